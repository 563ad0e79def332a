import { describe, expect, it } from "vitest";
import { DrawWindow, MAX_UNDRAWN_BYTES } from "./draw-window.ts";

const isOpen = async (promise: Promise<void>) => {
  let open = false;
  promise.then(() => {
    open = true;
  });
  await Promise.resolve();
  await Promise.resolve();
  return open;
};

describe("DrawWindow", () => {
  it.each([
    [MAX_UNDRAWN_BYTES - 1, true],
    [MAX_UNDRAWN_BYTES, false],
    [MAX_UNDRAWN_BYTES + 1, false],
  ])("with %i bytes undrawn has room: %s", async (undrawn, open) => {
    const window = new DrawWindow();
    window.hand(undrawn);
    expect(await isOpen(window.room())).toBe(open);
  });

  it("has room again once the terminal has parsed enough", async () => {
    const window = new DrawWindow();
    const first = window.hand(MAX_UNDRAWN_BYTES);
    const room = window.room();
    expect(await isOpen(room)).toBe(false);
    first();
    await room;
    expect(window.undrawnBytes).toBe(0);
  });

  it("tells when everything was drawn, not sooner", async () => {
    const window = new DrawWindow();
    const first = window.hand(1);
    const second = window.hand(1);
    const drawn = window.drawn();
    first();
    expect(await isOpen(drawn)).toBe(false);
    second();
    await drawn;
  });
});
