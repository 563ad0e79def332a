import { createHash } from "node:crypto";
import type { RandomSource } from "@wingthing/contracts/ids";

/** Bytes of a credential: nobody guesses it, so a plain SHA-256 is enough to keep it by. */
const CREDENTIAL_BYTES = 32;
/** Lets people and secret scanners see what it is. */
const PREFIX = "wtd_";
const FORM = /^wtd_[A-Za-z0-9_-]{43}$/;

/** The text is not a device credential that this roost knows. */
export class InvalidCredentialError extends Error {
  override readonly name = "InvalidCredentialError";
  constructor() {
    super("This is not a device credential of this roost, or it was revoked. Sign the machine in again: wt login");
  }
}

/** Makes a credential: "wtd_" and base64url of 32 random bytes. It is shown once and kept only as its hash. */
export function newCredential(random: RandomSource): string {
  return PREFIX + Buffer.from(random(new Uint8Array(CREDENTIAL_BYTES))).toString("base64url");
}

/** Base64url of the SHA-256 of a credential's bytes. Throws InvalidCredentialError. */
export function hashCredential(credential: string): string {
  if (!FORM.test(credential)) throw new InvalidCredentialError();
  const bytes = Buffer.from(credential.slice(PREFIX.length), "base64url");
  return createHash("sha256").update(bytes).digest("base64url");
}
