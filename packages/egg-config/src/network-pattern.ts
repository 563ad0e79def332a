import { EggValueError } from "./egg-config-error.ts";

/** One destination out of an egg.yaml or an agent profile. */
export type NetworkPattern =
  | { readonly kind: "host"; readonly host: string; readonly ports: readonly number[] }
  /** A port of the host's own loopback. */
  | { readonly kind: "host-port"; readonly port: number };

/** The longest name that DNS can carry, RFC 1035. */
const MAX_HOST_LENGTH = 253;

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** A name that ends like this is an IPv4 address in one of its spellings, whatever stands before (WHATWG URL). */
const LAST_LABEL_IS_NUMBER = /(^|\.)(\d+|0x[0-9a-f]*)$/;
const PORT = /^[1-9]\d{0,4}$/;

/** Second-level labels under which registries of countries sell names, as in co.uk or com.au. */
const REGISTRY_LABELS = new Set(["ac", "co", "com", "edu", "gov", "ltd", "me", "mil", "net", "nom", "or", "org", "ne"]);

/** Reads "github.com", "*.githubusercontent.com", "example.com:8443", "localhost:11434" or "*". */
export function parseNetworkPattern(text: string): NetworkPattern {
  if (text === "*") return { kind: "host", host: "*", ports: [] };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || text.includes("/")) {
    throw new EggValueError(`"${text}" is an address of a page; write the host alone, as in github.com`);
  }
  if (text.startsWith("[") || text.split(":").length > 2) {
    throw new EggValueError(`"${text}" is an IPv6 address; addresses are not supported yet, write the host's name`);
  }
  const { name, port } = splitPort(text);
  const host = parseHost(name, text);
  if (host !== "localhost") return { kind: "host", host, ports: port === undefined ? [] : [port] };
  if (port !== undefined) return { kind: "host-port", port };
  throw new EggValueError(`"${text}" would open every service of this machine; name the port, as in localhost:3000`);
}

function splitPort(text: string): { readonly name: string; readonly port?: number } {
  const colon = text.indexOf(":");
  if (colon < 0) return { name: text };
  const digits = text.slice(colon + 1);
  if (!PORT.test(digits) || Number(digits) > 65_535) {
    throw new EggValueError(`"${text}" has no valid port after the colon; write a number from 1 to 65535`);
  }
  return { name: text.slice(0, colon), port: Number(digits) };
}

/** Canonical form, as the gateway compares it: lower case, one trailing dot gone. */
function parseHost(name: string, text: string): string {
  const host = name.toLowerCase().replace(/\.$/, "");
  if (/[^\x20-\x7e]/.test(host)) {
    throw new EggValueError(`"${text}" has letters outside ASCII; write the name's xn-- form`);
  }
  if (LAST_LABEL_IS_NUMBER.test(host)) {
    throw new EggValueError(`"${text}" is an IP address; addresses are not supported yet, write the host's name`);
  }
  const wildcard = host.startsWith("*.");
  const labels = (wildcard ? host.slice(2) : host).split(".");
  if (host.length > MAX_HOST_LENGTH || !labels.every((label) => LABEL.test(label))) {
    throw new EggValueError(
      host.includes("*")
        ? `"${text}" has a star in the middle; a star stands alone or in front, as in "*.example.com"`
        : `"${text}" is no host name; write one like github.com or example.com:8443`,
    );
  }
  if (wildcard && isRegistry(labels)) {
    throw new EggValueError(
      `"${text}" is too wide: anyone can buy a name below ${labels.join(".")}; name the domain, as in "*.example.com"`,
    );
  }
  return host;
}

function isRegistry(labels: readonly string[]): boolean {
  const [second, top] = labels;
  if (top === undefined) return true;
  return labels.length === 2 && top.length === 2 && REGISTRY_LABELS.has(second ?? "");
}
