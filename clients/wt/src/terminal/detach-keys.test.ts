import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DetachKeys } from "./detach-keys.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("detach keys", () => {
  test.each([
    ["plain text passes", [bytes(97, 98)], bytes(97, 98), false],
    ["the pair detaches", [bytes(0x1c, 0x1c)], bytes(), true],
    ["the pair detaches across chunks", [bytes(97, 0x1c), bytes(0x1c, 98)], bytes(97), true],
    ["a single one is given to the agent with the next key", [bytes(0x1c), bytes(97)], bytes(0x1c, 97), false],
    ["two with a key between do not detach", [bytes(0x1c, 97, 0x1c, 98)], bytes(0x1c, 97, 0x1c, 98), false],
  ])("%s", (_title, chunks, forwarded, detached) => {
    const keys = new DetachKeys();
    const seen: number[] = [];
    let detach = false;
    for (const chunk of chunks) {
      const typed = keys.read(chunk);
      seen.push(...typed.forward);
      detach ||= typed.detach;
    }
    expect(Uint8Array.from(seen)).toEqual(forwarded);
    expect(detach).toBe(detached);
  });

  test("without the pair every byte arrives, whatever the chunks", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), { maxLength: 20 }), (chunks) => {
        const flat = chunks.flatMap((chunk) => [...chunk]);
        fc.pre(!flat.some((byte, at) => byte === 0x1c && flat[at + 1] === 0x1c));
        const keys = new DetachKeys();
        const seen = [...chunks, bytes(0)].flatMap((chunk) => [...keys.read(chunk).forward]);
        expect(seen).toEqual([...flat, 0]);
      }),
    );
  });
});
