import type { PeerSession } from "../peers/terminal-peer.ts";

/** A marker that takes longer has been lost; every transfer is shorter. */
const LOST_AFTER_MS = 60_000;
/** Output kept while nobody looks for a marker: a prompt and what stands around it. */
const KEPT_BYTES = 1_024;

/** What was waited for did not come. */
class LostMarkerError extends Error {
  override readonly name = "LostMarkerError";
  constructor(marker: string, bytes: number) {
    super(`${JSON.stringify(marker)} did not come within ${LOST_AFTER_MS} ms, but ${bytes} bytes of other output did`);
  }
}

/** Reads a session's output: counts it, and finds markers however they are cut. */
export class OutputWatch {
  #bytes = 0;
  /** The end of what was read and not matched. */
  #tail: Buffer = Buffer.alloc(0);
  #search: { readonly marker: Buffer; readonly found: () => void } | undefined;

  constructor(session: Pick<PeerSession, "onData">) {
    session.onData((chunk) => this.#read(chunk));
  }

  /** Bytes since the beginning. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when the marker stands in what came since the last one; rejects with LostMarkerError. */
  until(marker: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new LostMarkerError(marker, this.#bytes)), LOST_AFTER_MS);
      const found = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#search = { marker: Buffer.from(marker), found };
      this.#read(new Uint8Array());
    });
  }

  #read(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const unmatched = this.#tail.length > 0 ? Buffer.concat([this.#tail, chunk]) : Buffer.from(chunk);
    const at = this.#search ? unmatched.indexOf(this.#search.marker) : -1;
    if (!this.#search || at === -1) {
      this.#tail = unmatched.subarray(-KEPT_BYTES);
      return;
    }
    const { marker, found } = this.#search;
    this.#search = undefined;
    this.#tail = unmatched.subarray(at + marker.length).subarray(-KEPT_BYTES);
    found();
  }
}
