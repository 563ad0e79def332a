import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  InvalidIdError,
  newLinkId,
  newSessionId,
  newUserId,
  newWingId,
  parseSessionId,
  parseUserId,
  parseWingId,
} from "./ids.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);

describe("ids", () => {
  test.each([
    ["wing", newWingId, parseWingId],
    ["session", newSessionId, parseSessionId],
    ["user", newUserId, parseUserId],
  ] as const)("a new %s id reads back as itself", (_kind, make, parse) => {
    for (let count = 0; count < 200; count += 1) {
      const id = make(random);
      expect(parse(id)).toBe(id);
    }
  });

  test("link ids are for logs and have a shape of their own", () => {
    expect(newLinkId(random)).toMatch(/^l[a-z2-7]{16}$/);
  });

  test.each([
    "",
    "s",
    "saaaaaaaaaaaaaaa",
    "saaaaaaaaaaaaaaaaa",
    "waaaaaaaaaaaaaaaa",
    "saaaaaaaaaaaaaaa1",
    "sAAAAAAAAAAAAAAAA",
    "../../etc/passwd",
  ])("%j is no session id, and the error says what is", (text) => {
    expect(() => parseSessionId(text)).toThrow(InvalidIdError);
    expect(() => parseSessionId(text)).toThrow('"s" and 16 of [a-z2-7]');
  });

  test("no text but the documented shape is taken, and a long one is not repeated whole", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        fc.pre(!/^w[a-z2-7]{20}$/.test(text));
        expect(() => parseWingId(text)).toThrow(InvalidIdError);
      }),
    );
    expect(() => parseWingId("x".repeat(10_000))).toThrow(/^.{0,200}$/);
  });
});
