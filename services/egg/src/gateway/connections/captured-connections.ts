import { connect as netConnect, type Server, type Socket } from "node:net";
import { type FakeAddresses, isFakeAddress } from "../names/fake-addresses.ts";
import { classifyAddress } from "../policy/address-class.ts";
import { parseHost } from "../policy/host.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { type ConnectionTable, MAX_CONNECTIONS } from "./connection-table.ts";
import type { OutgoingService } from "./outgoing-service.ts";
import { splice } from "./splice.ts";

/** Where a program inside meant to connect to, by address. */
export interface OriginalDestination {
  readonly address: string;
  readonly port: number;
}

/** What captured connections are served with. */
export interface CapturedConnectionsOptions {
  readonly connections: ConnectionTable;
  readonly addresses: FakeAddresses;
  readonly hostPorts: readonly number[];
  readonly outgoing: OutgoingService;
  readonly onRefusal: (attempt: RefusedAttempt) => void;
  /** How the capture tier tells where a connection was going; undefined when it cannot. */
  readonly originalDestination: (socket: Socket) => OriginalDestination | undefined;
}

/** Serves the connections that arrive at the namespace's listeners: to fake addresses, to real ones, to loopback. */
export class CapturedConnections {
  readonly #options: CapturedConnectionsOptions;

  constructor(options: CapturedConnectionsOptions) {
    this.#options = options;
  }

  /** Serves everything that a listener accepts. */
  listen(server: Server): void {
    server.on("connection", (socket: Socket) => void this.serve(socket));
  }

  /** Serves one connection until it is over. Never rejects. */
  async serve(socket: Socket): Promise<void> {
    prepareAccepted(socket);
    const destination = this.#options.originalDestination(socket);
    if (destination === undefined) return this.#reset(socket);
    const { address, port } = destination;
    if (!this.#options.connections.admit(socket)) {
      const reason = `more than ${MAX_CONNECTIONS} connections at one time`;
      this.#options.onRefusal({ host: this.#options.addresses.nameOf(address) ?? address, port, reason });
      return this.#reset(socket);
    }
    if (classifyAddress(address) === "loopback") return await this.#serveLoopback(socket, port);
    const host = parseHost(this.#options.addresses.nameOf(address) ?? address);
    if (host === undefined || isFakeAddress(host.text)) {
      const reason = `${address} stands for no name (any more); look the name up again`;
      this.#options.onRefusal({ host: address, port, reason });
      return this.#reset(socket);
    }
    await this.#options.outgoing.serve(socket, { host, port });
  }

  /** The egg's own loopback: a port of the host that was opened to it, or nobody. */
  async #serveLoopback(socket: Socket, port: number): Promise<void> {
    if (!this.#options.hostPorts.includes(port)) return this.#reset(socket);
    const upstream = netConnect({ host: "127.0.0.1", port, allowHalfOpen: true });
    await splice({ client: socket, upstream });
  }

  #reset(socket: Socket): void {
    socket.resetAndDestroy();
  }
}

/** A server that came over an IPC channel accepts with defaults: half-open must be set on each socket. */
export function prepareAccepted(socket: Socket): void {
  socket.allowHalfOpen = true;
  socket.on("error", () => socket.destroy());
}
