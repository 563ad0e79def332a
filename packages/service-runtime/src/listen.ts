import type { Server } from "node:net";
import { AddressUnavailableError, PortForbiddenError, PortTakenError } from "./listen-error.ts";
import { describePortHolder } from "./port-holder.ts";

/** Where "this machine only" is. Two sockets, because ::1 and 127.0.0.1 are two addresses. */
export const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "::1"];

/** A free port of one address is nearly always free on the other; this many misses in a row mean something is wrong. */
const MAX_PORT_TRIES = 20;

/** What to open. */
export interface ListenOptions<S extends Server> {
  /** Undefined = both loopback addresses, the second only where the machine has it. */
  readonly host: string | undefined;
  readonly port: number;
  /** Makes one more server that behaves like the others. */
  readonly newServer: () => S;
}

/** Servers that share one port. */
export interface Listening<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
}

/** Opens one server an address, all on the same port. Throws PortTakenError and its siblings. */
export async function listen<S extends Server>(options: ListenOptions<S>): Promise<Listening<S>> {
  const { host, port, newServer } = options;
  if (host !== undefined) {
    const server = await listenOn(newServer(), host, port);
    return { servers: [server], port: portOf(server) };
  }
  for (let attempt = 1; ; attempt += 1) {
    const opened = await listenOnLoopback(port, newServer);
    if (opened) return opened;
    if (attempt === MAX_PORT_TRIES) throw await taken("::1", port);
  }
}

/** Undefined when port 0 gave a port that the second address has not free. */
async function listenOnLoopback<S extends Server>(port: number, newServer: () => S): Promise<Listening<S> | undefined> {
  const [v4 = "", v6 = ""] = LOOPBACK_HOSTS;
  const first = await listenOn(newServer(), v4, port);
  try {
    const second = await listenOn(newServer(), v6, portOf(first));
    return { servers: [first, second], port: portOf(first) };
  } catch (error) {
    if (error instanceof AddressUnavailableError) return { servers: [first], port: portOf(first) };
    await new Promise((resolve) => first.close(resolve));
    if (error instanceof PortTakenError && port === 0) return undefined;
    throw error;
  }
}

function listenOn<S extends Server>(server: S, host: string, port: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => void listenError(error, host, port).then(reject, reject);
    server.once("error", onError);
    server.listen({ host, port, exclusive: true, ipv6Only: host === "::1" }, () => {
      server.off("error", onError);
      resolve(server);
    });
  });
}

async function listenError(error: NodeJS.ErrnoException, host: string, port: number): Promise<Error> {
  switch (error.code) {
    case "EADDRINUSE":
      return taken(host, port, error);
    case "EACCES":
      return new PortForbiddenError(host, port, { cause: error });
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new AddressUnavailableError(host, { cause: error });
    default:
      return error;
  }
}

async function taken(host: string, port: number, cause?: Error): Promise<PortTakenError> {
  return new PortTakenError({ host, port, holder: await describePortHolder(port) }, { cause });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no TCP port.");
  return address.port;
}
