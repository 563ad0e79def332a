import { chmod } from "node:fs/promises";
import { createServer, type Socket, type Server as SocketServer } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import {
  ServerReflection,
  ServerReflectionRequestSchema,
  type ServerReflectionResponse,
} from "@wingthing/contracts/gen/grpc/reflection/v1/reflection_pb";
import { ServerReflection as ServerReflectionAlpha } from "@wingthing/contracts/gen/grpc/reflection/v1alpha/reflection_pb";
import type { Log } from "@wingthing/service-runtime/log";
import { type BidiStream, CallHandlers } from "./call-handlers.ts";
import type { ServedService } from "./egg-service.ts";
import { Reflection } from "./reflection.ts";
import { serviceDefinition } from "./service-definition.ts";
import { tokenGuard } from "./token-guard.ts";

/** One message, either way, in bytes: what the contract allows. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Calls of one connection at once: all viewers, all watchers, and the wing's own questions. */
const MAX_CALLS_PER_CONNECTION = 256;

/** Connections at once: the wing has one, and scripts come and go. */
export const MAX_CONNECTIONS = 64;

/** Longest path of a unix socket that the kernel takes, in bytes. */
const MAX_SOCKET_PATH_BYTES = 107;

/** How long calls may take to end by themselves when the server closes, in ms. */
const CLOSE_WAIT_MS = 500;

/** The socket could not be opened. */
export class EggSocketError extends Error {
  override readonly name = "EggSocketError";
}

/** What a server is opened with. */
export interface EggServerOptions {
  readonly socketPath: string;
  /** Text that every caller must present. */
  readonly token: string;
  readonly service: ServedService;
  readonly log: Log;
}

/** The open socket. */
export interface EggServer {
  /** Takes no new calls, lets the others end for a moment, then cuts them. The socket file is gone afterwards. */
  close(): Promise<void>;
}

/** Serves the egg and its reflection on a unix socket that only this user may open. Throws EggSocketError. */
export async function openEggServer({ socketPath, token, service, log }: EggServerOptions): Promise<EggServer> {
  assertPathFits(socketPath);
  const server = new Server({
    interceptors: [tokenGuard(token)],
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_concurrent_streams": MAX_CALLS_PER_CONNECTION,
    "grpc.enable_channelz": 0, // it keeps books of every call for nobody
  });
  server.addService(serviceDefinition(service.service), service.handlers);
  addReflection(server, service, log);
  const listener = new Listener(server);
  await listener.listen(socketPath);
  await chmod(socketPath, 0o600);
  return { close: () => listener.close() };
}

function assertPathFits(socketPath: string): void {
  const bytes = Buffer.byteLength(socketPath);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return;
  throw new EggSocketError(
    `The path of the egg's socket has ${bytes} bytes and the kernel takes ${MAX_SOCKET_PATH_BYTES}: ` +
      "choose a shorter state folder with WINGTHING_DIR.",
  );
}

/** The two versions of reflection have the same messages. */
function addReflection(server: Server, { service }: ServedService, log: Log): void {
  const reflection = new Reflection([service, ServerReflection, ServerReflectionAlpha]);
  const answerAll: BidiStream<typeof ServerReflectionRequestSchema, ServerReflectionResponse> = async (call) => {
    for await (const request of call.requests) {
      const { promise: sent, resolve } = Promise.withResolvers<void>();
      call.responses.write(reflection.answer(request), resolve);
      await Promise.race([sent, aborted(call.signal)]);
    }
  };
  const calls = new CallHandlers(log);
  const serverReflectionInfo = calls.bidiStream(ServerReflectionRequestSchema, answerAll);
  for (const { typeName } of [ServerReflection, ServerReflectionAlpha]) {
    server.addService(serviceDefinition({ typeName, methods: ServerReflection.methods }), { serverReflectionInfo });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** The socket of a server. It is ours and not grpc-js's own, whose `forceShutdown` leaves connections open. */
class Listener {
  readonly #server: Server;
  readonly #listener: SocketServer;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#server = server;
    this.#listener = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {}); // the caller is gone
      injector.injectConnection(socket);
    });
    this.#listener.maxConnections = MAX_CONNECTIONS;
  }

  /** Throws EggSocketError. */
  listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // Later errors are refused connections, as without free descriptors; the promise is settled by then.
      this.#listener.on("error", (error) => {
        const advice = "check that no egg runs in this folder and that it can be written";
        reject(new EggSocketError(`${socketPath} could not be opened: ${advice}`, { cause: error }));
      });
      this.#listener.listen(socketPath, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, CLOSE_WAIT_MS);
      this.#listener.close(() => {
        clearTimeout(late);
        resolve();
      });
      this.#server.tryShutdown(() => {});
    });
  }
}
