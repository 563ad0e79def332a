import type { BinarySocket } from "../binary-socket.ts";

/** One end of a connection inside this process; messages arrive in a later microtask. */
export class MemorySocket implements BinarySocket {
  /** While true, what is sent stays here, as behind a network that takes nothing. */
  stuck = false;
  /** Frames that were sent, stuck ones included. */
  readonly sent: Uint8Array<ArrayBuffer>[] = [];
  #peer: MemorySocket | undefined;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #onMessage: (data: Uint8Array) => void = () => {};
  #onClose: (code: number, reason: string) => void = () => {};
  #onOpen: () => void = () => {};
  #open = false;
  #closed = false;

  /** Two ends that are open from the next microtask on. */
  static pair(): [MemorySocket, MemorySocket] {
    const [near, far] = [new MemorySocket(), new MemorySocket()];
    [near.#peer, far.#peer] = [far, near];
    queueMicrotask(() => {
      for (const end of [near, far]) end.#opened();
    });
    return [near, far];
  }

  get bufferedAmount(): number {
    return this.#queue.reduce((bytes, { length }) => bytes + length, 0);
  }

  get closed(): boolean {
    return this.#closed;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    if (this.#closed) return;
    this.sent.push(data);
    this.#queue.push(data);
    if (!this.stuck) queueMicrotask(() => this.carry());
  }

  /** Carries what waits, or only so many messages of it. */
  carry(count = this.#queue.length): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    for (const data of this.#queue.splice(0, count)) peer.#onMessage(data);
  }

  close(code = 1005, reason = ""): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose(code, reason);
    queueMicrotask(() => {
      this.carry();
      this.#peer?.close(code, reason);
    });
  }

  onOpen(handler: () => void): void {
    this.#onOpen = handler;
    if (this.#open) handler();
  }

  onMessage(handler: (data: Uint8Array) => void): void {
    this.#onMessage = handler;
  }

  onClose(handler: (code: number, reason: string) => void): void {
    this.#onClose = handler;
  }

  #opened(): void {
    this.#open = true;
    if (!this.#closed) this.#onOpen();
  }
}
