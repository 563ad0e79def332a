import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Both ends of one real TCP connection over loopback. */
export interface SocketPair extends AsyncDisposable {
  readonly connected: Socket;
  readonly accepted: Socket;
}

/** Makes a connection whose ends close with the pair. */
export async function socketPair(): Promise<SocketPair> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const connected = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  const [[accepted]] = await Promise.all([once(server, "connection"), once(connected, "connect")]);
  for (const socket of [connected, accepted]) socket.on("error", () => undefined);
  return {
    connected,
    accepted,
    async [Symbol.asyncDispose]() {
      connected.destroy();
      accepted.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits for the end of a socket; "whole" when its peer ended it, "reset" when it was cut. */
export function ending(socket: Socket): Promise<"whole" | "reset"> {
  return new Promise((resolve) => {
    const tell = () => resolve(socket.readableEnded ? "whole" : "reset");
    if (socket.closed) tell();
    else socket.once("close", tell);
  });
}

/** Everything that a socket still says, as text; the socket itself stays open for writing. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "end");
  return Buffer.concat(chunks).toString("latin1");
}
