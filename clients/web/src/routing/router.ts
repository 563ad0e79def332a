import { type ReadonlySignal, signal } from "@preact/signals";
import { hrefOf, parseRoute, pathInAddress, type Route } from "./route.ts";

/** The part of `window` that routing needs. */
export interface RouterWindow {
  readonly location: { readonly pathname: string; readonly hash: string };
  readonly history: { pushState(data: unknown, unused: string, url: string): void };
  addEventListener(type: "popstate", handler: () => void): void;
}

/** The route as state, kept in step with the address bar. */
export class Router {
  readonly #window: RouterWindow;
  readonly #route;

  constructor(window: RouterWindow) {
    this.#window = window;
    this.#route = signal(parseRoute(pathInAddress(window.location)));
    window.addEventListener("popstate", () => {
      this.#route.value = parseRoute(pathInAddress(window.location));
    });
  }

  /** Where the person is. */
  get route(): ReadonlySignal<Route> {
    return this.#route;
  }

  /** Goes there and leaves an entry in the history; nothing when already there. */
  go(route: Route): void {
    const href = hrefOf(route);
    if (href === hrefOf(this.#route.value)) return;
    this.#window.history.pushState(null, "", href);
    this.#route.value = route;
  }
}
