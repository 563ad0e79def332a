import type { RandomSource } from "@wingthing/contracts/ids";

/** 18 random bytes are 24 characters: nobody guesses another viewer's id, and the proto takes 16 to 64. */
const RANDOM_BYTES = 18;

/** Names one viewer across its reconnects, in the alphabet of terminal.proto's `client_id`. */
export function newClientId(random: RandomSource): string {
  const bytes = random(new Uint8Array(RANDOM_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
