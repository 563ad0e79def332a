import type { Socket } from "node:net";

/**
 * Connections of one egg at one time. Each takes two descriptors of the egg, whose hard limit is 4,096 on the smallest
 * of common hosts; a package manager opens about 50.
 */
export const MAX_CONNECTIONS = 1_000;

/** Every open connection of the egg, so that all can be cut at once and none is one too many. */
export class ConnectionTable {
  readonly #limit: number;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor(limit: number = MAX_CONNECTIONS) {
    this.#limit = limit;
  }

  /** Open connections now. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Takes a connection in until it closes; false when there are too many already or all were cut. */
  admit(socket: Socket): boolean {
    if (this.#isCut || this.#sockets.size >= this.#limit) return false;
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    return true;
  }

  /** Resets every connection, and every one that is still to come. */
  cutAll(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
