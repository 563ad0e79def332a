import type { WingId } from "@wingthing/contracts/ids";

/** Bytes of an X25519 public key. */
const KEY_BYTES = 32;

/** The key that a wing had when this browser first met it, and has to have ever after. */
export interface KeyPin {
  readonly wingId: WingId;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** Milliseconds since 1970. */
  readonly pinnedSince: number;
  /** Name of the wing when it was last seen, to name it while it is offline. */
  readonly label: string;
}

/** What a stored pin and the key that the roost states lead to. */
export type KeyDecision =
  /** Dial with the pinned key; what the roost says does not matter. */
  | { readonly kind: "pinned"; readonly publicKey: Uint8Array }
  /** Nothing is pinned: dial with the stated key, and pin it once the wing has proved that it holds it. */
  | { readonly kind: "first-use"; readonly publicKey: Uint8Array }
  /** The roost states another key than the pinned one: dial nothing, ask the person. */
  | { readonly kind: "changed"; readonly pinned: Uint8Array; readonly stated: Uint8Array }
  /** Nothing is pinned and nothing stated. */
  | { readonly kind: "unknown" };

/** Whether two keys are the same; they are public, so time may tell. */
function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}

/** Decides which key to dial with. */
export function decideKey(pin: KeyPin | undefined, stated: Uint8Array | undefined): KeyDecision {
  const usable = stated?.byteLength === KEY_BYTES ? stated : undefined;
  if (pin === undefined) {
    return usable === undefined ? { kind: "unknown" } : { kind: "first-use", publicKey: usable };
  }
  if (usable !== undefined && !sameKey(pin.publicKey, usable)) {
    return { kind: "changed", pinned: pin.publicKey, stated: usable };
  }
  return { kind: "pinned", publicKey: pin.publicKey };
}

/** Reads a stored pin; a record that is not one throws, because taking it for "no pin" would trust any key. */
export function parsePin(stored: unknown): KeyPin | undefined {
  if (stored === undefined) return undefined;
  const pin = stored as KeyPin;
  if (!(pin.publicKey instanceof Uint8Array) || pin.publicKey.byteLength !== KEY_BYTES) {
    throw new DamagedPinError();
  }
  return pin;
}

/** The stored pin cannot be read. */
export class DamagedPinError extends Error {
  override readonly name = "DamagedPinError";
  constructor() {
    super("the pinned key of this wing is damaged: clear this site's data, then compare `wt wing fingerprint` anew");
  }
}
