import { isIPv4, isIPv6 } from "node:net";

/** A destination as it is compared: a lower-case name of A-labels without its trailing dot, or an address. */
export type Host = { readonly kind: "name" | "address"; readonly text: string };

/** The longest name of DNS, in characters; in other scripts the text may be longer than its A-labels are. */
const MAX_NAME_CHARACTERS = 253;
const MAX_SPELLING_CHARACTERS = 1_024;

/** What a URL parser would take as something other than a part of a host name, and `%`, which it would decode. */
const NOT_IN_A_HOST = /[\p{Cc}\s/\\@?#%:<>^|[\]]/u;

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Reads a host in any spelling that some client would accept: other case, trailing dot, full-width characters,
 * decimal, hexadecimal, octal and short IPv4, IPv4 inside IPv6, brackets. Two spellings of one destination give the
 * same text; undefined means that it is none.
 */
export function parseHost(spelling: string): Host | undefined {
  if (spelling.length === 0 || spelling.length > MAX_SPELLING_CHARACTERS) return undefined;
  const bare = spelling.startsWith("[") && spelling.endsWith("]") ? spelling.slice(1, -1) : spelling;
  if (bare.includes(":")) return parseIpv6(bare);
  if (bare !== spelling || NOT_IN_A_HOST.test(bare)) return undefined;
  return parseName(bare);
}

function parseName(spelling: string): Host | undefined {
  const canonical = canonicalHostname(spelling)?.replace(/\.$/, "");
  if (canonical === undefined || canonical.length > MAX_NAME_CHARACTERS) return undefined;
  if (isIPv4(canonical)) return { kind: "address", text: canonical };
  return NAME.test(canonical) ? { kind: "name", text: canonical } : undefined;
}

function parseIpv6(spelling: string): Host | undefined {
  // A zone ("fe80::1%eth0") names an interface of this machine: never a destination of an agent.
  if (!isIPv6(spelling) || spelling.includes("%")) return undefined;
  const canonical = canonicalHostname(`[${spelling}]`)?.slice(1, -1);
  if (canonical === undefined) return undefined;
  return { kind: "address", text: mappedIpv4(canonical) ?? canonical };
}

/** The WHATWG algorithm, which is what browsers and fetch connect to. */
function canonicalHostname(spelling: string): string | undefined {
  const url = URL.parse(`http://${spelling}/`);
  return url === null || url.hostname === "" ? undefined : url.hostname;
}

function mappedIpv4(canonical: string): string | undefined {
  const match = MAPPED_IPV4.exec(canonical);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const high = Number.parseInt(match[1], 16);
  const low = Number.parseInt(match[2], 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
