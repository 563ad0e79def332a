import "../styles/look.ts";
import { render } from "preact";
import "./gallery.css";

// gallery.html lists every state; gallery.html?state=NAME&theme=dark|light draws one alone, as the product would.

const query = new URLSearchParams(location.search);
const theme = query.get("theme");
if (theme !== null) document.documentElement.dataset["theme"] = theme;

// After the theme is set: samples with a terminal read it.
const { GALLERY_STATES } = await import("./gallery-states.ts");
const host = document.querySelector("#app");
const state = GALLERY_STATES.find(({ name }) => name === query.get("state"));
if (host !== null) render(state === undefined ? <Index /> : state.draw(), host);

function Index() {
  return (
    <main class="gallery-index">
      <h1>Gallery</h1>
      <ul>
        {GALLERY_STATES.map(({ name }) => (
          <li key={name}>
            {name} <a href={`?state=${name}&theme=dark`}>dark</a> <a href={`?state=${name}&theme=light`}>light</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
