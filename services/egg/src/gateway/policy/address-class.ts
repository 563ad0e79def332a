import { BlockList, isIPv4, isIPv6 } from "node:net";

/** What an address is for, after the special-purpose registries of IANA (RFC 6890 and its updates). */
export type AddressClass =
  | "public"
  | "private"
  | "shared"
  | "loopback"
  | "link-local"
  | "metadata"
  | "unspecified"
  | "multicast"
  | "translated"
  | "reserved"
  | "this-machine";

type Range = readonly [kind: Exclude<AddressClass, "public" | "this-machine">, network: string, prefix: number];

/** Looked through in order; the first match decides. */
const IPV4_RANGES: readonly Range[] = [
  ["unspecified", "0.0.0.0", 8],
  ["private", "10.0.0.0", 8],
  // Alibaba's metadata service sits in the shared range, Azure's at a public address.
  ["metadata", "100.100.100.200", 32],
  ["metadata", "168.63.129.16", 32],
  ["metadata", "169.254.169.254", 32],
  ["metadata", "169.254.170.2", 32],
  ["shared", "100.64.0.0", 10],
  ["loopback", "127.0.0.0", 8],
  ["link-local", "169.254.0.0", 16],
  ["private", "172.16.0.0", 12],
  ["reserved", "192.0.0.0", 24],
  ["reserved", "192.0.2.0", 24],
  ["translated", "192.88.99.0", 24],
  ["private", "192.168.0.0", 16],
  ["reserved", "198.18.0.0", 15],
  ["reserved", "198.51.100.0", 24],
  ["reserved", "203.0.113.0", 24],
  ["multicast", "224.0.0.0", 4],
  ["reserved", "240.0.0.0", 4],
];

const IPV6_RANGES: readonly Range[] = [
  ["unspecified", "::", 128],
  ["loopback", "::1", 128],
  ["metadata", "fd00:ec2::254", 128],
  ["metadata", "fd20:ce::254", 128],
  ["private", "fc00::", 7],
  ["link-local", "fe80::", 10],
  ["private", "fec0::", 10],
  ["multicast", "ff00::", 8],
  // These carry an IPv4 address inside, which a translator on the way would unpack: mapped, compatible, NAT64, Teredo, 6to4.
  ["translated", "::ffff:0:0", 96],
  ["translated", "::", 96],
  ["translated", "64:ff9b::", 96],
  ["translated", "64:ff9b:1::", 48],
  ["translated", "2001::", 32],
  ["translated", "2002::", 16],
  ["reserved", "2001::", 23],
  ["reserved", "2001:db8::", 32],
  ["reserved", "3fff::", 20],
];

/** All of the public IPv6 internet is allocated from here; everything else is reserved. */
const GLOBAL_UNICAST: Range = ["reserved", "2000::", 3];

const IPV4 = IPV4_RANGES.map((range) => compile(range, "ipv4"));
const IPV6 = IPV6_RANGES.map((range) => compile(range, "ipv6"));
const GLOBAL_IPV6 = compile(GLOBAL_UNICAST, "ipv6");

/** Class of an address in the text form of the system; what is no address at all is "reserved". */
export function classifyAddress(address: string, ownAddresses: readonly string[] = []): AddressClass {
  if (isIPv4(address)) {
    const range = IPV4.find(({ list }) => list.check(address, "ipv4"));
    return range?.kind ?? publicOrOwn(address, ownAddresses);
  }
  // A zone makes it an address of one interface.
  if (!isIPv6(address) || address.includes("%")) return "reserved";
  const range = IPV6.find(({ list }) => list.check(address, "ipv6"));
  if (range !== undefined) return range.kind;
  return GLOBAL_IPV6.list.check(address, "ipv6") ? publicOrOwn(address, ownAddresses) : "reserved";
}

/** A public address of this very machine reaches services that its firewall keeps from everybody else. */
function publicOrOwn(address: string, ownAddresses: readonly string[]): AddressClass {
  return ownAddresses.includes(address) ? "this-machine" : "public";
}

function compile([kind, network, prefix]: Range, family: "ipv4" | "ipv6") {
  const list = new BlockList();
  list.addSubnet(network, prefix, family);
  return { kind, list };
}
