/**
 * The program that runs inside the egg's namespaces for some milliseconds: it makes the sockets that the egg asked
 * for, hands each over its IPC channel, and exits, so that no copy of a socket stays here to steal connections.
 *
 * It decides nothing, and it imports as little as possible because the start of every egg waits for it.
 */
import dgram from "node:dgram";
import { writeFileSync } from "node:fs";
import net from "node:net";

/** One socket to make. `address` is where to bind it; `::` means every address of both families. */
export interface WantedSocket {
  readonly kind: "tcp" | "udp";
  readonly address: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** What this program says: `made` comes with the socket as the handle of the message, in the order of the request. */
export type SocketMakerMessage =
  | { readonly said: "made"; readonly index: number; readonly port: number }
  | { readonly said: "failed"; readonly index: number; readonly text: string };

/** The longest queue that the kernel keeps of connections which the egg has not accepted yet; a page load opens dozens. */
const ACCEPT_QUEUE = 1_024;

/** Every address routes to loopback here, so the kernel would answer pings in the name of the whole internet. */
const SILENCED_PINGS = ["/proc/sys/net/ipv4/icmp_echo_ignore_all", "/proc/sys/net/ipv6/icmp/echo_ignore_all"];

async function make(wanted: WantedSocket): Promise<net.Server | dgram.Socket> {
  try {
    return await bind(wanted);
  } catch (error) {
    if (wanted.address !== "::" || !isWithoutIpv6(error)) throw error;
    return await bind({ ...wanted, address: "0.0.0.0" });
  }
}

function bind(wanted: WantedSocket): Promise<net.Server | dgram.Socket> {
  return new Promise((resolve, reject) => {
    if (wanted.kind === "udp") {
      const socket = dgram.createSocket(wanted.address.includes(":") ? "udp6" : "udp4");
      socket.once("error", reject);
      socket.bind(wanted.port, wanted.address, () => resolve(socket));
      return;
    }
    const server = net.createServer();
    server.once("error", reject);
    server.listen({ host: wanted.address, port: wanted.port, backlog: ACCEPT_QUEUE }, () => resolve(server));
  });
}

function isWithoutIpv6(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL");
}

function portOf(socket: net.Server | dgram.Socket): number {
  const address = socket.address();
  return address !== null && typeof address === "object" ? address.port : 0;
}

function say(message: SocketMakerMessage, handle?: net.Server | dgram.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, handle, {}, (error) => (error ? reject(error) : resolve()));
  });
}

/** One after the other, so that port 0 cannot take a port that is wanted by number; the sending overlaps. */
async function makeAll(wanted: readonly WantedSocket[]): Promise<void> {
  const sent: Promise<void>[] = [];
  for (const [index, one] of wanted.entries()) {
    try {
      const socket = await make(one);
      sent.push(say({ said: "made", index, port: portOf(socket) }, socket));
    } catch (error) {
      sent.push(say({ said: "failed", index, text: error instanceof Error ? error.message : String(error) }));
    }
  }
  await Promise.all(sent);
}

function silencePings(): void {
  for (const path of SILENCED_PINGS) {
    try {
      writeFileSync(path, "1");
    } catch {
      // A container may mount /proc/sys read-only; then pings to anywhere are answered from inside the egg. Nothing leaves.
    }
  }
}

process.once("message", (wanted: WantedSocket[]) => {
  silencePings();
  void makeAll(wanted).then(() => process.exit(0));
});
process.once("disconnect", () => process.exit(0));
