/**
 * Clients that are remembered: four times as many as may be attached, so that those that broke off can come back.
 */
export const MAX_REMEMBERED_CLIENTS = 256;

/** Input of a client is missing in between. */
export class InputGapError extends Error {
  override readonly name = "InputGapError";

  constructor(found: number, expected: number) {
    super(
      `input starts at byte ${found} and ${expected} was expected: ${found - expected} bytes are missing. ` +
        "Attach again under a new client id.",
    );
  }
}

interface Client {
  /** Input bytes that were taken. */
  taken: number;
  /** When it was used last: a larger number is later. */
  usedAt: number;
}

/** What is remembered of each client across its reconnects: which input it gave, and when it was used. */
export class ClientLedger {
  /** In the order of their attaches, the latest last. */
  readonly #clients = new Map<string, Client>();
  #uses = 0;

  /** A client attaches; `isAttached` protects others from being forgotten. */
  open(clientId: string, isAttached: (clientId: string) => boolean): { readonly isKnown: boolean } {
    const known = this.#clients.get(clientId);
    this.#clients.delete(clientId);
    this.#clients.set(clientId, known ?? { taken: 0, usedAt: 0 });
    this.#forgetOldest((other) => other === clientId || isAttached(other));
    return { isKnown: known !== undefined };
  }

  /** Input seq that is expected of the client next. */
  expected(clientId: string): number {
    return this.#clients.get(clientId)?.taken ?? 0;
  }

  /** What of these bytes is new. Throws InputGapError. */
  fresh(clientId: string, seq: number, data: Uint8Array): Uint8Array {
    const expected = this.expected(clientId);
    if (seq > expected) throw new InputGapError(seq, expected);
    return data.subarray(Math.min(expected - seq, data.byteLength));
  }

  /** So many new bytes were taken; returns the input seq that is expected next. */
  take(clientId: string, count: number): number {
    const client = this.#clients.get(clientId);
    if (!client) return 0;
    client.taken += count;
    return client.taken;
  }

  /** The client was used: its number is larger than that of every other. */
  use(clientId: string): number {
    const client = this.#clients.get(clientId);
    if (client) client.usedAt = ++this.#uses;
    return this.usedAt(clientId);
  }

  /** When the client was used last; 0 for never. */
  usedAt(clientId: string): number {
    return this.#clients.get(clientId)?.usedAt ?? 0;
  }

  #forgetOldest(isProtected: (clientId: string) => boolean): void {
    for (const clientId of this.#clients.keys()) {
      if (this.#clients.size <= MAX_REMEMBERED_CLIENTS) return;
      if (!isProtected(clientId)) this.#clients.delete(clientId);
    }
  }
}
