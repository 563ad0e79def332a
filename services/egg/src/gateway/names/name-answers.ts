import { type Host, parseHost } from "../policy/host.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import { isLoopbackName } from "../policy/network-policy.ts";
import {
  type DnsAnswer,
  type DnsQuery,
  encodeAnswer,
  encodeError,
  parseQuery,
  RecordType,
  ResponseCode,
} from "./dns-message.ts";
import type { FakeAddresses } from "./fake-addresses.ts";

/** A name keeps its address as long as it is used, and each connection is decided anew; so clients may remember it a little. */
const TTL_SECONDS = 30;

/** What answers are made of. */
export interface NameAnswersOptions {
  readonly policy: NetworkPolicy;
  readonly addresses: FakeAddresses;
  readonly onRefusal: (refusal: { host: string; port: number; reason: string }) => void;
}

/**
 * Answers name lookups out of the policy alone. Nothing is ever forwarded, whatever its type or length, so no data
 * leaves in a question: a name is resolved when an allowed connection to it is made, not before.
 */
export class NameAnswers {
  readonly #options: NameAnswersOptions;

  constructor(options: NameAnswersOptions) {
    this.#options = options;
  }

  /** The answer to one message, or undefined for what deserves none. */
  answer(message: Uint8Array): Uint8Array | undefined {
    const parsed = parseQuery(message);
    if (parsed.kind === "drop") return undefined;
    if (parsed.kind === "error") return encodeError(parsed.id, parsed.code);
    return encodeAnswer(parsed.query, this.#decide(parsed.query));
  }

  #decide(query: DnsQuery): DnsAnswer {
    if (query.edns !== undefined && query.edns > 0) return { code: ResponseCode.BAD_VERSION };
    const host = parseHost(query.name);
    if (host !== undefined && isLoopbackName(host)) return loopback(query.type);
    if (host === undefined || host.kind !== "name" || !this.#options.policy.knows(host))
      return this.#refuse(query, host);
    // Everything but IPv4 addresses is empty: IPv6 is not needed, and HTTPS records would bring keys that hide the SNI.
    if (query.type !== RecordType.A && query.type !== RecordType.ANY) return { code: ResponseCode.NO_ERROR };
    return address(RecordType.A, ipv4Bytes(this.#options.addresses.addressOf(host.text)));
  }

  #refuse(query: DnsQuery, host: Host | undefined): DnsAnswer {
    const name = host?.text ?? query.name;
    const reason = `no network rule allows ${name}`;
    if (!isReverse(name)) this.#options.onRefusal({ host: name, port: 0, reason });
    return { code: ResponseCode.NAME_ERROR, reason: `wingthing: ${reason}` };
  }
}

/** Programs look up the name of every address that they log: that is nobody's wish to reach anything. */
function isReverse(name: string): boolean {
  return name.endsWith(".in-addr.arpa") || name.endsWith(".ip6.arpa");
}

function loopback(type: number): DnsAnswer {
  if (type === RecordType.A) return address(RecordType.A, Uint8Array.of(127, 0, 0, 1));
  if (type === RecordType.AAAA) return address(RecordType.AAAA, new Uint8Array(16).fill(1, 15));
  return { code: ResponseCode.NO_ERROR };
}

function address(type: number, data: Uint8Array): DnsAnswer {
  return { code: ResponseCode.NO_ERROR, record: { type, data, ttlSeconds: TTL_SECONDS } };
}

function ipv4Bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}
