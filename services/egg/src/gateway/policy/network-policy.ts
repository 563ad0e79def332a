import type { NetworkRule } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { NotEnforceableError } from "../../sandbox/not-enforceable.ts";
import { type AddressClass, classifyAddress } from "./address-class.ts";
import { type Host, parseHost } from "./host.ts";

/** May it, and by which rule, or why not, in words that a person and an agent can act on. */
export type Decision =
  | { readonly kind: "allow"; readonly rule: string }
  | { readonly kind: "deny"; readonly reason: string };

/** What a rule without ports allows. */
export const WEB_PORTS: readonly number[] = [443, 80];

/** Names that by their registries can never be public (RFC 6761, 6762, 8375, and ICANN's `internal`); nor can one without a dot. */
const PRIVATE_USE_NAME = /^(?:[^.]+|.+\.(?:internal|local|lan|home\.arpa|test))$/;

const LOOPBACK_NAME = /^(?:.+\.)?localhost$/;

/** May never be dialled, whatever a rule says: they are this machine, nobody, everybody, or hide another address. */
const NEVER: ReadonlySet<AddressClass> = new Set(["loopback", "unspecified", "multicast", "translated"]);

const CLASS_IN_WORDS: Readonly<Record<AddressClass, string>> = {
  public: "a public address",
  private: "a private address",
  shared: "a carrier's shared address",
  loopback: "a loopback address",
  "link-local": "a link-local address",
  metadata: "a cloud's metadata service",
  unspecified: "no destination",
  multicast: "a multicast address",
  translated: "an address that hides another one",
  reserved: "a reserved address",
  "this-machine": "an address of this machine itself",
};

interface CompiledRule {
  readonly pattern: string;
  readonly ports: ReadonlySet<number> | "any";
  readonly source: string;
}

/**
 * Who may be reached, decided by name and port before and by address after resolving. Pure: no lookups, no sockets.
 *
 * Addresses that are not public need a rule that names them: the address itself in a rule (`10.1.2.3`), or, for private
 * and shared ones, a rule with the exact name when that name can only be private (`nas.local`, `db`). A public name,
 * even when a rule has it exactly, does not lift the check, because its DNS is in other hands (rebinding).
 * Loopback is never lifted: `host_ports` is the way to the host's own services.
 */
export class NetworkPolicy {
  readonly #exact = new Map<string, CompiledRule[]>();
  readonly #below: CompiledRule[] = [];
  readonly #any: CompiledRule[] = [];

  constructor(rules: readonly NetworkRule[]) {
    for (const rule of rules) this.#add(rule);
  }

  /** May this host be reached on this port, as far as its name tells? */
  decide(host: Host, port: number): Decision {
    if (host.kind === "name" && LOOPBACK_NAME.test(host.text)) {
      return deny(`${host.text} is the egg itself; host_ports opens a port of the host's loopback`);
    }
    const rules = this.#rulesFor(host);
    const rule = rules.find(({ ports }) => ports === "any" || ports.has(port));
    if (rule !== undefined) return { kind: "allow", rule: ruleInWords(rule) };
    if (rules.length === 0) return deny(`no network rule allows ${host.text}`);
    return deny(`the network rules allow ${host.text} on ${portsInWords(rules)}, not on port ${port}`);
  }

  /** Does any rule allow this host on any port? Names for which none does are not resolved. */
  knows(host: Host): boolean {
    return this.#rulesFor(host).length > 0;
  }

  /** May an address that the name resolved to be dialled? */
  decideAddress(target: { host: Host; port: number; address: string; ownAddresses: readonly string[] }): Decision {
    const addressClass = classifyAddress(target.address, target.ownAddresses);
    if (addressClass === "public") return { kind: "allow", rule: "a public address" };
    const found = CLASS_IN_WORDS[addressClass];
    const where = target.host.text === target.address ? target.address : `${target.host.text} (${target.address})`;
    if (NEVER.has(addressClass)) return deny(`${where} is ${found}`);
    const literal = this.#exactRule(target.address, target.port);
    if (literal !== undefined) return { kind: "allow", rule: ruleInWords(literal) };
    const named = this.#exactRule(target.host.text, target.port);
    const liftable = addressClass === "private" || addressClass === "shared";
    if (named !== undefined && liftable && isPrivateUse(target.host))
      return { kind: "allow", rule: ruleInWords(named) };
    return deny(`${where} is ${found}; a network rule "${target.address}" would allow it`);
  }

  /** Every port that some rule allows, ascending; "any" for a rule `*` without ports. */
  ports(): { readonly named: readonly number[]; readonly any: boolean } {
    const rules = [...[...this.#exact.values()].flat(), ...this.#below, ...this.#any];
    const named = new Set(rules.flatMap(({ ports }) => (ports === "any" ? [] : [...ports])));
    return { named: [...named].sort((a, b) => a - b), any: rules.some(({ ports }) => ports === "any") };
  }

  #add(rule: NetworkRule): void {
    const ports = rule.ports.length > 0 ? new Set(rule.ports) : new Set(WEB_PORTS);
    if (rule.host === "*") {
      this.#any.push({ pattern: "*", ports: rule.ports.length > 0 ? ports : "any", source: rule.source });
      return;
    }
    const isWildcard = rule.host.startsWith("*.");
    const host = parseHost(isWildcard ? rule.host.slice(2) : rule.host);
    if (host === undefined || (isWildcard && host.kind === "address")) throw invalidRule(rule);
    if (isWildcard) this.#below.push({ pattern: `*.${host.text}`, ports, source: rule.source });
    else
      this.#exact.set(host.text, [...this.#exactRules(host.text), { pattern: host.text, ports, source: rule.source }]);
  }

  #rulesFor(host: Host): readonly CompiledRule[] {
    const below = host.kind === "name" ? this.#below.filter(({ pattern }) => host.text.endsWith(pattern.slice(1))) : [];
    return [...this.#exactRules(host.text), ...below, ...this.#any];
  }

  #exactRules(text: string): readonly CompiledRule[] {
    return this.#exact.get(text) ?? [];
  }

  #exactRule(text: string, port: number): CompiledRule | undefined {
    return this.#exactRules(text).find(({ ports }) => ports === "any" || ports.has(port));
  }
}

/** Is this a name of the loopback interface, which a name server answers by itself (RFC 6761, 6.3)? */
export function isLoopbackName(host: Host): boolean {
  return host.kind === "name" && LOOPBACK_NAME.test(host.text);
}

function isPrivateUse(host: Host): boolean {
  return host.kind === "name" && PRIVATE_USE_NAME.test(host.text);
}

function deny(reason: string): Decision {
  return { kind: "deny", reason };
}

function ruleInWords(rule: CompiledRule): string {
  return rule.source === "" ? rule.pattern : `${rule.pattern} (${rule.source})`;
}

function portsInWords(rules: readonly CompiledRule[]): string {
  const ports = new Set(rules.flatMap(({ ports: set }) => (set === "any" ? [] : [...set])));
  return `${ports.size === 1 ? "port" : "ports"} ${[...ports].sort((a, b) => a - b).join(", ")}`;
}

function invalidRule(rule: NetworkRule): NotEnforceableError {
  return new NotEnforceableError({
    area: "network",
    found: `the network rule ${JSON.stringify(rule.host)} of ${rule.source || "the configuration"} is no host name, "*.name", "*" or address`,
    remedy: "Correct the rule",
  });
}
