import "./styles/look.ts";
import { render } from "preact";
import { pathInAddress } from "./routing/route.ts";
import { Boot } from "./screens/frame/boot.tsx";

// The frame is drawn first, from a few KB; the rest of the page follows into it.
const host = document.querySelector("#app");
const leaving = new AbortController();
window.addEventListener("pagehide", (event) => {
  // A page that the browser keeps for its back button goes on where it was.
  if (!event.persisted) leaving.abort();
});

if (host !== null) {
  render(<Boot path={pathInAddress(location)} />, host);
  const [{ startClient }, { App }] = await Promise.all([import("./client.ts"), import("./app.tsx")]);
  render(<App client={await startClient(leaving.signal)} />, host);
}
