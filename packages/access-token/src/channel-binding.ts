/** Length of a channel binding: a SHA-256. */
const BINDING_BYTES = 32;

/** A channel binding as the claim `cnf`: base64url without padding, 43 characters. Throws RangeError. */
export function encodeChannelBinding(binding: Uint8Array): string {
  if (binding.length !== BINDING_BYTES) {
    throw new RangeError(`A channel binding has ${BINDING_BYTES} bytes, this one ${binding.length}.`);
  }
  return Buffer.from(binding).toString("base64url");
}
