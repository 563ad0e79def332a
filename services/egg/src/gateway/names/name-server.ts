import type { Socket as UdpSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import type { ConnectionTable } from "../connections/connection-table.ts";
import { MAX_QUERY_BYTES } from "./dns-message.ts";
import type { NameAnswers } from "./name-answers.ts";

/** Resolvers use TCP only when told to or when asked by hand; a handful is plenty. */
export const MAX_DNS_CONNECTIONS = 32;

/** RFC 7766, 6.2.3: seconds, not minutes. */
const DNS_IDLE_MS = 10_000;

const LENGTH_BYTES = 2;

/** Answers queries that arrive as packets. A packet that cannot be answered is lost, as packets are. */
export function serveUdpNames(socket: UdpSocket, answers: NameAnswers): void {
  socket.on("message", (message, peer) => {
    const answer = answers.answer(message);
    if (answer === undefined) return;
    socket.send(answer, peer.port, peer.address, () => {
      // The client is gone; it will ask again if it still wants to know.
    });
  });
}

/** Answers queries that arrive on connections (RFC 7766): each message behind its length. */
export function serveTcpNames(server: Server, answers: NameAnswers, connections: ConnectionTable): void {
  server.maxConnections = MAX_DNS_CONNECTIONS;
  server.on("connection", (socket: Socket) => {
    if (!connections.admit(socket)) socket.resetAndDestroy();
    const reader = new QueryReader();
    socket.setTimeout(DNS_IDLE_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const queries = reader.read(chunk);
      if (queries === undefined) socket.destroy();
      else if (!answerAll(socket, queries, answers)) waitForDrain(socket);
    });
  });
}

/** False when the client does not read its answers as fast as it asks. */
function answerAll(socket: Socket, queries: readonly Uint8Array[], answers: NameAnswers): boolean {
  let hasRoom = true;
  for (const query of queries) {
    const answer = answers.answer(query);
    if (answer === undefined) continue;
    const framed = Buffer.alloc(LENGTH_BYTES + answer.length);
    framed.writeUInt16BE(answer.length);
    framed.set(answer, LENGTH_BYTES);
    hasRoom = socket.write(framed);
  }
  return hasRoom;
}

function waitForDrain(socket: Socket): void {
  socket.pause();
  socket.once("drain", () => socket.resume());
}

/** Cuts a stream into messages; holds less than one of them. */
class QueryReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Whole queries so far; undefined when the client announces one that is too long to be honest. */
  read(chunk: Buffer): Uint8Array[] | undefined {
    let rest = Buffer.concat([this.#rest, chunk]);
    const queries: Uint8Array[] = [];
    while (rest.length >= LENGTH_BYTES) {
      const length = rest.readUInt16BE();
      if (length > MAX_QUERY_BYTES) return undefined;
      if (rest.length < LENGTH_BYTES + length) break;
      queries.push(rest.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
      rest = rest.subarray(LENGTH_BYTES + length);
    }
    this.#rest = rest;
    return queries;
  }
}
