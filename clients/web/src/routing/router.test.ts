import { describe, expect, it } from "vitest";
import { parseRoute } from "./route.ts";
import { Router, type RouterWindow } from "./router.ts";

/** A window with a history of its own. */
function fakeWindow(path: string) {
  const entries = [path];
  let onPop = () => {};
  const window: RouterWindow = {
    location: {
      get pathname() {
        return new URL(entries.at(-1)!, "http://localhost").pathname;
      },
      get hash() {
        return new URL(entries.at(-1)!, "http://localhost").hash;
      },
    },
    history: { pushState: (_data, _unused, url) => void entries.push(url) },
    addEventListener: (_type, handler) => {
      onPop = handler;
    },
  };
  const back = () => {
    entries.pop();
    onPop();
  };
  return { window, entries, back };
}

describe("Router", () => {
  it("starts where the address bar is and follows the back button", () => {
    const { window, back } = fakeWindow("/#/s/sabcdefghij234567");
    const router = new Router(window);
    expect(router.route.value.kind).toBe("session");
    router.go({ kind: "home" });
    expect(router.route.value.kind).toBe("home");
    back();
    expect(router.route.value.kind).toBe("session");
  });

  it("keeps sessions out of what a reload sends to the roost", () => {
    const { window, entries } = fakeWindow("/");
    new Router(window).go(parseRoute("/s/sabcdefghij234567"));
    expect(new URL(entries.at(-1)!, "http://localhost").pathname).toBe("/");
    expect(new Router(window).route.value.kind).toBe("session");
  });

  it("adds no entry for the page that is already shown", () => {
    const { window, entries } = fakeWindow("/");
    const router = new Router(window);
    router.go(parseRoute("/"));
    expect(entries).toEqual(["/"]);
  });
});
