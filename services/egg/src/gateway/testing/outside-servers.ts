import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { makeTestCertificate, type TestCertificate } from "./test-certificate.ts";

/** Stand-ins for the internet, on the host's loopback. */
export interface OutsideServers extends AsyncDisposable {
  readonly certificate: TestCertificate;
  /** Where each listens, as "127.0.0.1:PORT". */
  readonly http: string;
  readonly https: string;
  /** Says a banner, then echoes, and ends when the client ends. */
  readonly echo: string;
  /** Reads everything and says how much it was; then sends as many bytes back. */
  readonly bulk: string;
}

/** Starts them; `names` are what the certificate is valid for, `listener` answers HTTP and HTTPS. */
export async function startOutsideServers(
  names: readonly string[],
  listener: RequestListener,
): Promise<OutsideServers> {
  const certificate = makeTestCertificate(...names);
  const sockets = new Set<Socket>();
  const servers: Server[] = [
    createHttpServer(listener),
    createHttpsServer(certificate, listener),
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.write("banner\n");
      socket.pipe(socket);
    }),
    createServer({ allowHalfOpen: true }, (socket) => void takeAndGive(socket)),
  ];
  for (const server of servers) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket.on("error", () => socket.destroy()));
      socket.once("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  const [http, https, echo, bulk] = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  return {
    certificate,
    http: http!,
    https: https!,
    echo: echo!,
    bulk: bulk!,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      certificate[Symbol.dispose]();
    },
  };
}

async function takeAndGive(socket: Socket): Promise<void> {
  let taken = 0;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) taken += chunk.length;
  const chunk = Buffer.alloc(1 << 16, 120);
  for (let given = 0; given < taken; given += chunk.length) {
    if (!socket.write(chunk.subarray(0, Math.min(chunk.length, taken - given)))) await once(socket, "drain");
  }
  socket.end();
}
