import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Engines with light-dark(), dialog, X25519-free WebCrypto AES-GCM and ES2024: all of them two years old or more. */
const TARGETS = ["chrome123", "edge123", "firefox121", "safari17.5"];

/** The roost that the development server hands calls and the relay's WebSocket on to. */
const ROOST = process.env["WT_ROOST_URL"] ?? "http://localhost:8080";
/** A roost answers its own pages only, so the development server speaks in its name. */
const toRoost = { target: ROOST, changeOrigin: true, ws: true, headers: { origin: ROOST } };

/** `vite build` makes the product; `vite build --mode gallery` adds the page that draws every state of every screen. */
export default defineConfig(({ command, mode }) => ({
  // The preset brings hot reload; a build needs only the compiler's own JSX, and is quicker without Babel.
  plugins: command === "serve" ? [preact()] : [],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/relay": toRoost, "^/wingthing\\.": toRoost } },
  build: {
    target: TARGETS,
    cssTarget: TARGETS,
    // The page's content security policy allows no data: scripts or fonts.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: mode === "gallery" ? [page("index.html"), page("gallery.html")] : [page("index.html")],
      output: {
        codeSplitting: {
          groups: [
            // What the first frame needs, and nothing more.
            { name: "frame", test: /preact|frame[/]boot|ui[/]mark|preload-helper/, priority: 2 },
            // What several screens share travels as one file: a roost speaks HTTP/1.1, where many small ones queue.
            { name: "shared", minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
}));
