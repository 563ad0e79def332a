import type { Socket } from "node:net";
import type { NetworkRule } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Enforcement, Refusal } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";

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

/** Addresses of a host name, in the order in which they should be tried. Rejects when there are none. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Connects to one of the addresses, all of them checked; `host` is the name that was asked for, for tests that map names. */
export type Dialer = (target: DialTarget, signal: AbortSignal) => Promise<Socket>;

/** Where to connect to. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** What a gateway is opened with. */
export interface GatewayOptions {
  readonly rules: readonly NetworkRule[];
  /** Ports of the host's loopback that appear on the egg's own 127.0.0.1. */
  readonly hostPorts: readonly number[];
  readonly dial?: Dialer;
  readonly resolve?: Resolver;
}

/**
 * Makes the egg's network namespace and serves it until closed.
 * @throws NotEnforceableError when this host cannot; nothing is left behind.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  throw new NotEnforceableError({
    area: "network",
    found: `no gateway for ${options.rules.length} rules: not built yet`,
    remedy: "Use a version of wingthing that has one",
  });
}
