import { closeSocket, type InsideSocket, InsideSockets, type SocketMakerProgram } from "./inside-sockets.ts";
import { routeEverythingToLoopback } from "./loopback-routes.ts";
import { type NetworkNamespace, openNetworkNamespace } from "./network-namespace.ts";
import type { WantedSocket } from "./socket-maker.ts";

/** A namespace whose slow half is done: it waits for the list of its sockets. An egg keeps one warm before its start. */
export class PreparedNetwork implements AsyncDisposable {
  readonly namespace: NetworkNamespace;
  readonly #maker: InsideSockets;
  readonly #routed: Promise<void>;
  readonly #routing: Promise<void>;

  /** Not for callers: `prepareNetwork` makes one. */
  constructor(namespace: NetworkNamespace, program: SocketMakerProgram | undefined) {
    this.namespace = namespace;
    this.#maker = new InsideSockets(namespace, program);
    this.#routed = routeEverythingToLoopback(namespace);
    this.#routing = this.#routed.then(
      () => undefined,
      // `open` tells; here it only matters that it is over.
      () => undefined,
    );
  }

  /**
   * Makes the sockets, once, in order.
   * @throws NotEnforceableError when a route or a socket cannot be made; nothing is left open but the namespace.
   */
  async open(wanted: readonly WantedSocket[]): Promise<readonly InsideSocket[]> {
    const sockets = await this.#maker.make(wanted);
    try {
      await this.#routed;
    } catch (error) {
      for (const socket of sockets) closeSocket(socket);
      throw error;
    }
    return sockets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#maker.stop(), this.#routing]);
    await this.namespace.close();
  }
}

/**
 * Makes a namespace of nothing but loopback and starts what will make its sockets.
 * @throws NotEnforceableError when the host does not allow it.
 */
export async function prepareNetwork(program?: SocketMakerProgram): Promise<PreparedNetwork> {
  const namespace = await openNetworkNamespace();
  try {
    return new PreparedNetwork(namespace, program);
  } catch (error) {
    await namespace.close();
    throw error;
  }
}
