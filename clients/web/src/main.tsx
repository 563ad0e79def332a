import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/page.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startClient } from "./client.ts";
import { ClientContext } from "./client-context.ts";

const host = document.querySelector("#app");
const leaving = new AbortController();
window.addEventListener("pagehide", (event) => {
  // A page that the browser keeps for its back button goes on where it was.
  if (!event.persisted) leaving.abort();
});

if (host !== null) {
  const client = await startClient(leaving.signal);
  render(
    <ClientContext.Provider value={client}>
      <App />
    </ClientContext.Provider>,
    host,
  );
}
