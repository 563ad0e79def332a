import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { addressHex, parseTcpTable, type TcpSocketRow } from "./proc-net-tcp.ts";

/** Who holds the other end of a connection on this machine. */
export type PeerUser =
  | { readonly kind: "uid"; readonly uid: number }
  /** This system does not tell (only Linux does). */
  | { readonly kind: "unsupported" }
  /** The table has no such socket, or nobody holds it any more. */
  | { readonly kind: "unknown" };

/** Finds out who holds the other end of a socket. */
export type PeerUserLookup = (socket: Socket) => Promise<PeerUser>;

/** Both are read: an IPv6 program that dials 127.0.0.1 is in the second, as a v4-mapped address. */
const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
/** The kernel hands the table out page by page while it changes; a row that slips through is there the next time. */
const TRIES = 3;

/** The two ends as this side sees them. */
export interface ConnectionEnds {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/**
 * The row whose local end is our remote one and the other way round, that is, the peer's own socket. Rows without an
 * inode don't count: many kernels print 0, root, as the owner of a socket that its program has closed.
 */
export function findPeerRow(table: string, ends: ConnectionEnds): TcpSocketRow | undefined {
  const theirs = addressHex(ends.remoteAddress);
  const ours = addressHex(ends.localAddress);
  for (const row of parseTcpTable(table)) {
    const same =
      row.local.port === ends.remotePort &&
      row.remote.port === ends.localPort &&
      row.local.address === theirs &&
      row.remote.address === ours;
    if (same && row.inode !== 0) return row;
  }
  return undefined;
}

/** Looks in the kernel's table of TCP sockets. */
export const peerUser: PeerUserLookup = async (socket) => {
  if (process.platform !== "linux") return { kind: "unsupported" };
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (!localAddress || !localPort || !remoteAddress || !remotePort) return { kind: "unknown" };
  const ends = { localAddress, localPort, remoteAddress, remotePort };
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    for (const path of TABLES) {
      const row = findPeerRow(await readTable(path), ends);
      if (row) return { kind: "uid", uid: row.uid };
    }
  }
  return { kind: "unknown" };
};

/** A kernel without IPv6 has no second table; a table that cannot be read has no row, so nobody is admitted by it. */
async function readTable(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}

/** Asks once a socket: a connection does not change hands in the kernel's table. */
export function cachedPerSocket(lookup: PeerUserLookup): PeerUserLookup {
  const known = new WeakMap<Socket, Promise<PeerUser>>();
  return (socket) => {
    const answer = known.get(socket) ?? lookup(socket);
    known.set(socket, answer);
    return answer;
  };
}
