import { lookup } from "node:dns/promises";
import { isIPv6, type LookupFunction, connect as netConnect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Host } from "../policy/host.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";

/** Addresses of a host name, in the order in which they should be tried. Rejects when there are none. */
export type Resolver = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** Connects to one of the addresses, all of them checked. */
export type Dialer = (target: DialTarget, signal: AbortSignal) => Promise<Socket>;

/** Where to connect to. */
export interface DialTarget {
  /** What was asked for, for a dialer that maps names. */
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

/** Names and routes that do not answer within this are as good as unreachable; clients themselves wait 30 s or more. */
const CONNECT_MS = 20_000;

/** How long one address may take before the next is tried as well. Node's 250 ms would give up on honest satellite links. */
const ATTEMPT_MS = 1_000;

/** Big services publish a dozen; more are not tried. */
export const MAX_ADDRESSES = 16;

/** The policy forbids every address that the name has. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError";
}

/** The policy allows it, but the network or the other side does not answer. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** What outbound connections are made with. */
export interface OutboundOptions {
  readonly policy: NetworkPolicy;
  readonly resolve?: Resolver;
  readonly dial?: Dialer;
  /** Addresses of this machine; looked up anew for each connection, because laptops move. */
  readonly ownAddresses?: () => readonly string[];
  readonly connectTimeoutMs?: number;
}

/** Makes the connections that were allowed: resolves, checks each address, and dials nothing but what was checked. */
export class Outbound {
  readonly #policy: NetworkPolicy;
  readonly #resolve: Resolver;
  readonly #dial: Dialer;
  readonly #ownAddresses: () => readonly string[];
  readonly #timeoutMs: number;

  constructor(options: OutboundOptions) {
    this.#policy = options.policy;
    this.#resolve = options.resolve ?? resolveBySystem;
    this.#dial = options.dial ?? dialByTcp;
    this.#ownAddresses = options.ownAddresses ?? ownAddresses;
    this.#timeoutMs = options.connectTimeoutMs ?? CONNECT_MS;
  }

  /**
   * A connection to an allowed host.
   * @throws AddressRefusedError when the host has no address that may be dialled.
   * @throws UnreachableError when it cannot be resolved or does not answer, or when `cancel` fires.
   */
  async connect(host: Host, port: number, cancel: AbortSignal): Promise<Socket> {
    const attempt = new AbortController();
    const onCancel = () => attempt.abort(new Error("the client went away"));
    const onLate = () => attempt.abort(new Error(`no answer within ${this.#timeoutMs / 1_000} s`));
    cancel.addEventListener("abort", onCancel, { once: true });
    const timer = setTimeout(onLate, this.#timeoutMs);
    try {
      const resolved = host.kind === "address" ? [host.text] : await this.#resolveName(host.text, attempt.signal);
      return await this.#dialName(
        { host: host.text, port, addresses: this.#check(host, port, resolved) },
        attempt.signal,
      );
    } finally {
      clearTimeout(timer);
      cancel.removeEventListener("abort", onCancel);
    }
  }

  async #resolveName(host: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await untilAborted(this.#resolve(host, signal), signal);
    } catch (error) {
      throw new UnreachableError(`${host} cannot be resolved: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #dialName(target: DialTarget, signal: AbortSignal): Promise<Socket> {
    const dialing = this.#dial(target, signal);
    try {
      return await untilAborted(dialing, signal);
    } catch (error) {
      // A dialer that succeeds after all has nobody left to give its socket to.
      void dialing.then(
        (socket) => socket.destroy(),
        () => undefined,
      );
      const problem = `${target.host} does not answer on port ${target.port}: ${reasonOf(error)}`;
      throw new UnreachableError(problem, { cause: error });
    }
  }

  #check(host: Host, port: number, resolved: readonly string[]): readonly string[] {
    const ownAddresses = this.#ownAddresses();
    const reasons: string[] = [];
    const allowed = resolved.slice(0, MAX_ADDRESSES).filter((address) => {
      const decision = this.#policy.decideAddress({ host, port, address, ownAddresses });
      if (decision.kind === "deny") reasons.push(decision.reason);
      return decision.kind === "allow";
    });
    if (allowed.length > 0) return allowed;
    if (reasons[0] === undefined) throw new UnreachableError(`${host.text} has no address`);
    throw new AddressRefusedError(reasons[0]);
  }
}

/** Asks the host's own resolver, with its hosts file and its order of families. */
export async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
}

/** Tries the addresses one after the other, both families in turn (RFC 8305), and takes the first that answers. */
export function dialByTcp(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = netConnect({
      // Not looked up by Node: `lookup` below gives it the checked addresses, and so there is no second, unchecked answer.
      host: "checked.invalid",
      port: target.port,
      lookup: answerWith(target.addresses),
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
      allowHalfOpen: true,
      signal,
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function answerWith(addresses: readonly string[]): LookupFunction {
  const answers = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, _options, callback) => callback(null, answers);
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []);
}

/** The result of the work, or the signal's reason as soon as it fires, whatever the work does then. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message;
  return error instanceof Error ? error.message : String(error);
}
