import { type ReadonlySignal, signal } from "@preact/signals";
import { parseRoute, pathOf, type Route } from "./route.ts";

/** The part of `window` that routing needs. */
export interface RouterWindow {
  readonly location: { readonly pathname: string };
  readonly history: { pushState(data: unknown, unused: string, url: string): void };
  addEventListener(type: "popstate", handler: () => void): void;
}

/** The route as state, kept in step with the address bar. */
export class Router {
  readonly #window: RouterWindow;
  readonly #route;

  constructor(window: RouterWindow) {
    this.#window = window;
    this.#route = signal(parseRoute(window.location.pathname));
    window.addEventListener("popstate", () => {
      this.#route.value = parseRoute(window.location.pathname);
    });
  }

  /** Where the person is. */
  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  /** Goes there and leaves an entry in the history; nothing when already there. */
  go(route: Route): void {
    const path = pathOf(route);
    if (path === pathOf(this.#route.value)) return;
    this.#window.history.pushState(null, "", path);
    this.#route.value = route;
  }
}
