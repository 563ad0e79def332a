import type { Socket } from "node:net";

/** A client that speaks first does so at once; one that waits for the server (ssh, databases) is reset after this. */
const FIRST_BYTE_MS = 1_000;

/**
 * How long the rest of the request is read away after the answer. Closing with unread bytes would make the kernel send a
 * reset, which overtakes the answer.
 */
const LINGER_MS = 2_000;

const HTTP_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|TRACE|CONNECT) /;
/** The longest of the methods and its space. */
const METHOD_BYTES = 8;
const RECORD_HANDSHAKE = 22;

/** Why a connection ends here: the alert is for clients that speak TLS, the status for those that speak HTTP. */
export interface RefusalReply {
  readonly alert: TlsAlert;
  readonly status: "400 Bad Request" | "403 Forbidden" | "502 Bad Gateway";
  /** One sentence for a person or an agent. */
  readonly text: string;
}

/** Fatal alerts (RFC 8446, 6.2; RFC 6066, 3). */
export const TlsAlert = { ACCESS_DENIED: 49, INTERNAL_ERROR: 80, UNRECOGNIZED_NAME: 112 } as const;

/** One of the alerts. */
export type TlsAlert = (typeof TlsAlert)[keyof typeof TlsAlert];

/** Ends a connection in the protocol that the client speaks: a TLS alert, an HTTP answer, or else a reset. */
export async function replyWithRefusal(socket: Socket, reply: RefusalReply): Promise<void> {
  socket.on("error", () => socket.destroy());
  const start = await firstBytes(socket);
  if (start[0] === RECORD_HANDSHAKE) return sayAndLinger(socket, tlsAlert(reply.alert));
  const text = Buffer.from(start.subarray(0, METHOD_BYTES)).toString("latin1");
  if (HTTP_METHOD.test(text)) return sayAndLinger(socket, httpAnswer(reply));
  socket.resetAndDestroy();
}

/** A whole HTTP answer after which the connection closes. */
export function httpAnswer(reply: Pick<RefusalReply, "status" | "text">): Buffer {
  const body = Buffer.from(`${reply.text}\n`);
  const head = [
    `HTTP/1.1 ${reply.status}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), body]);
}

function tlsAlert(alert: TlsAlert): Buffer {
  const fatal = 2;
  return Buffer.from([21, 3, 3, 0, 2, fatal, alert]);
}

function firstBytes(socket: Socket): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const finish = (bytes: Uint8Array) => {
      clearTimeout(timer);
      socket.off("data", finish).off("end", silent).off("close", silent);
      resolve(bytes);
    };
    const silent = () => finish(new Uint8Array());
    const timer = setTimeout(silent, FIRST_BYTE_MS);
    if (socket.destroyed || socket.readableEnded) return silent();
    socket.on("data", finish).on("end", silent).on("close", silent);
    socket.resume();
  });
}

function sayAndLinger(socket: Socket, answer: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    // Nothing listens to the data any more; it flows away.
    socket.resume();
    socket.end(answer);
  });
}
