import type { Duplex } from "node:stream";

/** Why an upgrade is refused before it is a WebSocket. */
export interface HttpRefusal {
  readonly status: "404 Not Found" | "503 Service Unavailable";
  readonly text: string;
  /** When to come back. */
  readonly retryAfterS?: number;
}

/** Answers an upgrade request with plain HTTP and closes the socket. */
export function refuseUpgrade(socket: Duplex, { status, text, retryAfterS }: HttpRefusal): void {
  const body = `${text}\n`;
  const head = [
    `HTTP/1.1 ${status}`,
    "connection: close",
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    ...(retryAfterS === undefined ? [] : [`retry-after: ${retryAfterS}`]),
  ];
  // Whoever hung up meanwhile needs no answer.
  socket.on("error", () => {});
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}
