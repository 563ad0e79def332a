/** The wing proved, or claimed, another key than the one that was dialed with. */
export class WingKeyMismatchError extends Error {
  override readonly name = "WingKeyMismatchError";
  /** The key that was dialed with. */
  readonly wanted: Uint8Array;
  /** The key that the other end claims, unproven; undefined when it claimed none. */
  readonly claimed: Uint8Array | undefined;

  // The channel's own error class stays out of the page's first code, for it brings the ciphers along.
  constructor(cause: Error & { readonly wanted: Uint8Array; readonly claimed: Uint8Array | undefined }) {
    super(cause.message, { cause });
    this.wanted = cause.wanted;
    this.claimed = cause.claimed;
  }
}
