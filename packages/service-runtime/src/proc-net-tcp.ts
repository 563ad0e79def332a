import { isIP } from "node:net";
import { endianness } from "node:os";

/** One socket of /proc/net/tcp or tcp6 (Linux, Documentation/networking/proc_net_tcp.rst). */
export interface TcpSocketRow {
  readonly local: TcpEndpoint;
  readonly remote: TcpEndpoint;
  readonly listening: boolean;
  /** Owner of the socket; on many kernels 0 as well when nobody holds it any more, see `inode`. */
  readonly uid: number;
  /** 0 = no process holds the socket: it was closed, and `uid` says nothing. */
  readonly inode: number;
}

/** Address and port. */
export interface TcpEndpoint {
  /** 32 hex digits, network order; IPv4 is written as v4-mapped IPv6. */
  readonly address: string;
  readonly port: number;
}

const LISTEN_STATE = "0A";
const V4_MAPPED_PREFIX = `${"0".repeat(20)}ffff`;
const ROW =
  /^\s*\d+:\s+([0-9A-F]+):([0-9A-F]{4})\s+([0-9A-F]+):([0-9A-F]{4})\s+([0-9A-F]{2})\s+\S+\s+\S+\s+\S+\s+(\d+)\s+\d+\s+(\d+)/;

/** Reads the table; lines that are not rows, the heading above all, are skipped. */
export function* parseTcpTable(table: string): Iterable<TcpSocketRow> {
  for (const line of table.split("\n")) {
    const [, local, localPort, remote, remotePort, state, uid, inode] = ROW.exec(line) ?? [];
    if (!local || !localPort || !remote || !remotePort) continue;
    yield {
      local: { address: fromKernelHex(local), port: Number.parseInt(localPort, 16) },
      remote: { address: fromKernelHex(remote), port: Number.parseInt(remotePort, 16) },
      listening: state === LISTEN_STATE,
      uid: Number(uid),
      inode: Number(inode),
    };
  }
}

/** The kernel prints each 32-bit word of an address as a number of this machine's byte order. */
function fromKernelHex(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const inOrder = words.map((word) => (endianness() === "LE" ? word.match(/../g)?.reverse().join("") : word));
  const address = inOrder.join("").toLowerCase();
  return address.length === 8 ? V4_MAPPED_PREFIX + address : address;
}

/** An address as Node prints it ("127.0.0.1", "::1", "::ffff:127.0.0.1"), in the form of TcpEndpoint. */
export function addressHex(text: string): string {
  const address = text.split("%", 1)[0] ?? "";
  if (!address.includes(":")) return V4_MAPPED_PREFIX + dottedHex(address);
  const [head = "", tail] = address.split("::", 2);
  const left = groupsHex(head);
  const right = tail === undefined ? "" : groupsHex(tail);
  return left + "0".repeat(Math.max(0, 32 - left.length - right.length)) + right;
}

function groupsHex(groups: string): string {
  const hex = (group: string) => (group.includes(".") ? dottedHex(group) : group.toLowerCase().padStart(4, "0"));
  return groups === "" ? "" : groups.split(":").map(hex).join("");
}

function dottedHex(address: string): string {
  return address
    .split(".")
    .map((byte) => Number(byte).toString(16).padStart(2, "0"))
    .join("");
}

/** True for 127.0.0.0/8, its v4-mapped form, and ::1. */
export function isLoopbackAddress(text: string): boolean {
  if (isIP(text) === 0) return false;
  const hex = addressHex(text);
  return hex === `${"0".repeat(31)}1` || hex.startsWith(`${V4_MAPPED_PREFIX}7f`);
}
