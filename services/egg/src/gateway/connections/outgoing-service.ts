import type { Socket } from "node:net";
import { type Host, parseHost } from "../policy/host.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { RefusedAttempt } from "../refusals.ts";
import { waitForOpening } from "./opening-reader.ts";
import { type Outbound, UnreachableError } from "./outbound.ts";
import { type RefusalReply, replyWithRefusal, TlsAlert } from "./refusal-reply.ts";
import { splice } from "./splice.ts";

/** TLS and nothing else is expected here. On other ports it is checked when it is there. */
const TLS_PORT = 443;

/** Browsers open connections in advance and speak when they need them; after this they open another one. */
const OPENING_MS = 60_000;

/** Where a connection wants to go, once it is known which name was meant. */
export interface Destination {
  readonly host: Host;
  readonly port: number;
}

/** What the service decides and connects with. */
export interface OutgoingServiceOptions {
  readonly policy: NetworkPolicy;
  readonly outbound: Outbound;
  readonly onRefusal: (attempt: RefusedAttempt) => void;
}

/** A connection that may not go on, and the alert that its client is given when it speaks TLS. */
class ConnectionRefusedError extends Error {
  override readonly name = "ConnectionRefusedError";
  readonly alert: TlsAlert;

  constructor(reason: string, alert: TlsAlert = TlsAlert.ACCESS_DENIED) {
    super(reason);
    this.alert = alert;
  }
}

/** The client said nothing at all; that is no attempt to reach anything. */
class SilentClientError extends Error {
  override readonly name = "SilentClientError";
}

/**
 * Takes a connection of a program inside to where it wants to go, or refuses it in its own protocol: first by name and
 * port, then by the address that the name has, then by the server name that its TLS asks for.
 *
 * The server name must be the name that the address was given out for: otherwise an allowed name on a shared host would
 * open every other name there. What is inside the encryption (a Host header, an encrypted ClientHello) cannot be seen.
 */
export class OutgoingService {
  readonly #options: OutgoingServiceOptions;

  constructor(options: OutgoingServiceOptions) {
    this.#options = options;
  }

  /** Serves one connection until it is over. Never rejects. */
  async serve(client: Socket, destination: Destination): Promise<void> {
    const cancel = new AbortController();
    const onClose = () => cancel.abort();
    client.once("close", onClose);
    try {
      const upstream = await this.connect(destination, cancel.signal);
      await this.join(client, upstream, destination);
    } catch (error) {
      await replyWithRefusal(client, this.explain(destination, error));
    } finally {
      client.off("close", onClose);
    }
  }

  /** Joins a client with the upstream that `connect` gave, until both are closed. Never rejects. */
  async join(client: Socket, upstream: Socket, destination: Destination): Promise<void> {
    try {
      await splice({ client, upstream, admit: () => admit(client, destination) });
    } catch (error) {
      if (error instanceof SilentClientError) client.resetAndDestroy();
      else await replyWithRefusal(client, this.explain(destination, error));
    }
  }

  /**
   * Connects to a destination when the policy allows it. What goes wrong is for `explain`.
   * @throws Error of several classes.
   */
  async connect(destination: Destination, cancel: AbortSignal): Promise<Socket> {
    const { host, port } = destination;
    const decision = this.#options.policy.decide(host, port);
    if (decision.kind === "deny") throw new ConnectionRefusedError(decision.reason);
    return await this.#options.outbound.connect(host, port, cancel);
  }

  /** How to tell a client why its connection went no further; a refusal, unlike a fault of the network, is recorded. */
  explain({ host, port }: Destination, error: unknown): RefusalReply {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `wingthing: ${reason}`;
    if (error instanceof UnreachableError) return { alert: TlsAlert.INTERNAL_ERROR, status: "502 Bad Gateway", text };
    this.#options.onRefusal({ host: host.text, port, reason });
    const alert = error instanceof ConnectionRefusedError ? error.alert : TlsAlert.ACCESS_DENIED;
    return { alert, status: "403 Forbidden", text };
  }
}

/** Lets a client's bytes flow once its first ones show that they are meant for the destination. */
async function admit(client: Socket, destination: Destination): Promise<void> {
  const isTlsPort = destination.port === TLS_PORT;
  const opening = await waitForOpening(client, isTlsPort ? OPENING_MS : undefined);
  // Who names an address in a rule means whatever is served there.
  if (destination.host.kind === "address") return;
  switch (opening.kind) {
    case "silent":
      // On other ports the server may be the only one to speak.
      if (isTlsPort) throw new SilentClientError();
      return;
    case "not-tls":
      if (isTlsPort) throw new ConnectionRefusedError(`only TLS may be spoken to ${inWords(destination)}`);
      return;
    case "malformed":
      throw new ConnectionRefusedError(`TLS to ${inWords(destination)} starts with ${opening.problem}`);
    case "client-hello":
      assertServerName(opening.serverName, destination);
  }
}

function assertServerName(serverName: string | undefined, destination: Destination): void {
  if (serverName === undefined && destination.port !== TLS_PORT) return;
  if (serverName === undefined) {
    const reason = `TLS to ${inWords(destination)} names no server (SNI)`;
    throw new ConnectionRefusedError(reason, TlsAlert.UNRECOGNIZED_NAME);
  }
  if (parseHost(serverName)?.text === destination.host.text) return;
  const reason = `TLS to ${inWords(destination)} names another server, ${serverName}`;
  throw new ConnectionRefusedError(reason, TlsAlert.UNRECOGNIZED_NAME);
}

function inWords({ host, port }: Destination): string {
  return `${host.text} on port ${port}`;
}
