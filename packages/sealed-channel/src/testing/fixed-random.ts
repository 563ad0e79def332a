import { createHash } from "node:crypto";
import type { RandomSource } from "@wingthing/contracts/ids";

/** Bytes that follow from the seed: SHA-256(seed, block number), block after block. For vectors and failing cases. */
export function fixedRandom(seed: string): RandomSource {
  let block = 0;
  return (bytes) => {
    for (let offset = 0; offset < bytes.length; offset += 32, block += 1) {
      const digest = createHash("sha256").update(`${seed} ${block}`).digest();
      bytes.set(digest.subarray(0, Math.min(32, bytes.length - offset)), offset);
    }
    return bytes;
  };
}

/** Gives exactly these byte strings, one a call, and throws on a call of another length. */
export function scriptedRandom(script: readonly Uint8Array[]): RandomSource {
  const rest = [...script];
  return (bytes) => {
    const next = rest.shift();
    if (next?.length !== bytes.length)
      throw new Error(`${bytes.length} random bytes were asked, scripted ${next?.length}`);
    bytes.set(next);
    return bytes;
  };
}
