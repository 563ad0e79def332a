/** Bytes that wait for all sockets of the process: many slow links together stay within one bound. */
export class ProcessBacklog {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether that many bytes more would be too many. */
  wouldExceed(bytes: number): boolean {
    return this.#bytes + bytes > this.#maxBytes;
  }

  /** A socket's share changed. */
  adjust(byBytes: number): void {
    this.#bytes += byBytes;
  }
}
