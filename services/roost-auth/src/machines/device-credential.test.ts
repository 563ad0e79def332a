import { createHash, randomFillSync } from "node:crypto";
import { expect, test } from "vitest";
import { hashCredential, InvalidCredentialError, newCredential } from "./device-credential.ts";

test("a credential is 32 random bytes, and its hash is their SHA-256", () => {
  const credential = newCredential((bytes) => bytes.fill(1));
  expect(credential).toBe(`wtd_${Buffer.alloc(32, 1).toString("base64url")}`);
  expect(hashCredential(credential)).toBe(createHash("sha256").update(Buffer.alloc(32, 1)).digest("base64url"));
});

test("no two are alike", () => {
  const made = Array.from({ length: 100 }, () => newCredential((bytes) => randomFillSync(bytes)));
  expect(new Set(made).size).toBe(100);
});

test.each([
  "",
  "wtd_",
  `wtd_${"A".repeat(42)}`,
  `wtd_${"A".repeat(44)}`,
  "A".repeat(43),
  `WTD_${"A".repeat(43)}`,
  `wtd_${"+".repeat(43)}`,
])("%j is not one, and is not quoted", (text) => {
  expect(() => hashCredential(text)).toThrow(InvalidCredentialError);
  if (text.length > 4) expect(() => hashCredential(text)).not.toThrow(text);
});
