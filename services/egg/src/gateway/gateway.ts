import type { NetworkRule } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Enforcement, Refusal } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import {
  type CaptureTier,
  chooseCaptureTier,
  DNS_PORT,
  networkEnforcement,
  originalDestination,
} from "./capture-tier.ts";
import { CapturedConnections } from "./connections/captured-connections.ts";
import { ConnectionTable } from "./connections/connection-table.ts";
import { ForwardProxy } from "./connections/forward-proxy.ts";
import { type Dialer, Outbound, type Resolver } from "./connections/outbound.ts";
import { OutgoingService } from "./connections/outgoing-service.ts";
import { FakeAddresses } from "./names/fake-addresses.ts";
import { NameAnswers } from "./names/name-answers.ts";
import { serveTcpNames, serveUdpNames } from "./names/name-server.ts";
import { closeSocket, type InsideSocket } from "./namespace/inside-sockets.ts";
import { type PreparedNetwork, prepareNetwork } from "./namespace/prepared-network.ts";
import type { WantedSocket } from "./namespace/socket-maker.ts";
import { NetworkPolicy } from "./policy/network-policy.ts";
import { Refusals } from "./refusals.ts";

/** What a sandbox needs to live inside the egg's network. */
export interface NetworkEntry {
  /** argv prefix that enters the egg's user and network namespaces; the program follows. */
  readonly enter: readonly string[];
  /** Text of /etc/resolv.conf inside. */
  readonly resolvConf: string;
  /** Variables for the agent: a convenience, nothing depends on them. */
  readonly env: Readonly<Record<string, string>>;
  /** How strongly the network is enforced here. */
  readonly enforcement: Enforcement;
}

/** The egg's only way out: every connection of every program inside arrives here and is decided here. */
export interface Gateway extends AsyncDisposable {
  readonly entry: NetworkEntry;
  /** Calls back for each refusal; a flood is thinned out and counted. */
  onRefusal(handler: (refusal: Refusal) => void): void;
  /** Calls back once when the gateway can no longer serve; every connection is cut by then and the agent must be stopped. */
  onFailure(handler: (error: Error) => void): void;
  close(): Promise<void>;
}

/** What a gateway is opened with. */
export interface GatewayOptions {
  readonly rules: readonly NetworkRule[];
  /** Ports of the host's loopback that appear on the egg's own 127.0.0.1. */
  readonly hostPorts: readonly number[];
  /** Made ahead of time by `prepareNetwork`, to save most of the wait; the gateway owns it from here on. */
  readonly prepared?: PreparedNetwork;
  readonly dial?: Dialer;
  readonly resolve?: Resolver;
}

const RESOLV_CONF = `# Names are answered by the egg's gateway.
nameserver 127.0.0.1
options timeout:2 attempts:2
`;

/** Loopback inside is the egg's own and needs no proxy. */
const NO_PROXY = "localhost,127.0.0.1,::1";

/** A socket of the gateway failed or closed although nobody closed it. */
class ListenerFailedError extends Error {
  override readonly name = "ListenerFailedError";

  constructor(port: number, options?: ErrorOptions) {
    super(`the gateway's listener on port ${port} failed; the agent has no network and must be stopped`, options);
  }
}

/**
 * Makes the egg's network namespace and serves it until closed.
 * @throws NotEnforceableError when this host cannot; nothing is left behind.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const policy = new NetworkPolicy(options.rules);
  const tier = chooseCaptureTier(policy);
  const network = options.prepared ?? (await prepareNetwork());
  try {
    const plan = planSockets(tier, options.hostPorts);
    const sockets = await network.open(plan);
    return new NamespaceGateway({ options, policy, tier, network, sockets });
  } catch (error) {
    await network[Symbol.asyncDispose]();
    throw error;
  }
}

/** Name server, name server on TCP, the captured ports, the host's ports that are not captured anyway, and the proxy. */
function planSockets(tier: CaptureTier, hostPorts: readonly number[]): readonly WantedSocket[] {
  const captured = tier.name === "ports" ? tier.ports : [];
  const forwarded = [...new Set(hostPorts)].filter((port) => !captured.includes(port));
  return [
    { kind: "udp", address: "::", port: DNS_PORT },
    { kind: "tcp", address: "::", port: DNS_PORT },
    ...captured.map((port) => ({ kind: "tcp" as const, address: "::", port })),
    ...forwarded.map((port) => ({ kind: "tcp" as const, address: "127.0.0.1", port })),
    { kind: "tcp", address: "127.0.0.1", port: 0 },
  ];
}

interface GatewayParts {
  readonly options: GatewayOptions;
  readonly policy: NetworkPolicy;
  readonly tier: CaptureTier;
  readonly network: PreparedNetwork;
  readonly sockets: readonly InsideSocket[];
}

class NamespaceGateway implements Gateway {
  readonly entry: NetworkEntry;
  readonly #network: PreparedNetwork;
  readonly #sockets: readonly InsideSocket[];
  readonly #connections = new ConnectionTable();
  readonly #refusals = new Refusals();
  readonly #failureHandlers: ((error: Error) => void)[] = [];
  #state: { kind: "open" } | { kind: "failed"; error: Error } | { kind: "closed" } = { kind: "open" };

  constructor(parts: GatewayParts) {
    this.#network = parts.network;
    this.#sockets = parts.sockets;
    const proxyPort = this.#serve(parts);
    for (const socket of parts.sockets) this.#watch(socket);
    parts.network.namespace.onDeath((error) => this.#fail(error));
    this.entry = {
      enter: parts.network.namespace.enter,
      resolvConf: RESOLV_CONF,
      env: proxyVariables(proxyPort),
      enforcement: networkEnforcement(parts.tier),
    };
  }

  onRefusal(handler: (refusal: Refusal) => void): void {
    this.#refusals.onRefusal(handler);
  }

  onFailure(handler: (error: Error) => void): void {
    const state = this.#state;
    if (state.kind === "failed") queueMicrotask(() => handler(state.error));
    else this.#failureHandlers.push(handler);
  }

  async close(): Promise<void> {
    this.#state = { kind: "closed" };
    await this.#release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Gives each socket its service, in the order of the plan; returns the port of the proxy. */
  #serve({ options, policy, tier, sockets }: GatewayParts): number {
    const onRefusal = this.#refusals.add.bind(this.#refusals);
    const addresses = new FakeAddresses();
    const answers = new NameAnswers({ policy, addresses, onRefusal });
    const { resolve, dial } = options;
    const outbound = new Outbound({ policy, ...(resolve && { resolve }), ...(dial && { dial }) });
    const outgoing = new OutgoingService({ policy, outbound, onRefusal });
    const connections = this.#connections;
    const captured = new CapturedConnections({
      connections,
      addresses,
      outgoing,
      onRefusal,
      hostPorts: options.hostPorts,
      originalDestination: (socket) => originalDestination(tier, socket),
    });
    const proxy = sockets.at(-1);
    for (const made of sockets) {
      if (made.kind === "udp") serveUdpNames(made.socket, answers);
      else if (made.port === DNS_PORT) serveTcpNames(made.server, answers, connections);
      else if (made === proxy) new ForwardProxy({ connections, outgoing }).listen(made.server);
      else captured.listen(made.server);
    }
    return proxy?.port ?? 0;
  }

  /** A listener that is gone would leave the agent without a network and without a word. */
  #watch(made: InsideSocket): void {
    const socket = made.kind === "tcp" ? made.server : made.socket;
    const fail = (cause?: unknown) => this.#fail(new ListenerFailedError(made.port, { cause }));
    socket.once("error", fail);
    socket.once("close", fail);
  }

  #fail(error: Error): void {
    if (this.#state.kind !== "open") return;
    this.#state = { kind: "failed", error };
    void this.#release().then(() => {
      for (const handler of this.#failureHandlers) handler(error);
    });
  }

  async #release(): Promise<void> {
    this.#connections.cutAll();
    for (const socket of this.#sockets) closeIfOpen(socket);
    await this.#network[Symbol.asyncDispose]();
  }
}

function closeIfOpen(made: InsideSocket): void {
  try {
    closeSocket(made);
  } catch {
    // It was the one that failed: a UDP socket throws when it is closed twice.
  }
}

/** Both spellings: curl reads http_proxy in lower case only, others upper case only. */
function proxyVariables(port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  const names = { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY };
  const lower = Object.fromEntries(Object.entries(names).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...names, ...lower, NODE_USE_ENV_PROXY: "1" };
}
