import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { when } from "./when.ts";

const evenHalf = (value: number) => (value % 2 === 0 ? value / 2 : undefined);

describe("when()", () => {
  it("resolves at once with a value that is already there", async () => {
    expect(await when(signal(8), evenHalf, new AbortController().signal)).toBe(4);
  });

  it("resolves with the first later value that is picked", async () => {
    const source = signal(1);
    const picked = when(source, evenHalf, new AbortController().signal);
    source.value = 3;
    source.value = 6;
    source.value = 8;
    expect(await picked).toBe(3);
  });

  it("rejects with the reason of the signal when that comes first", async () => {
    const stop = new AbortController();
    const picked = when(signal(1), evenHalf, stop.signal);
    stop.abort(new Error("left the page"));
    await expect(picked).rejects.toThrow("left the page");
    await expect(when(signal(2), evenHalf, stop.signal)).rejects.toThrow("left the page");
  });
});
