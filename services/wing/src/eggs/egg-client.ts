import { connect } from "node:net";
import { type Client, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { EggService } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";

/** The egg is reached by its socket; the authority of a URL is demanded by HTTP/2 alone. */
const BASE_URL = "http://egg.local";

/** What an attached terminal may have in flight towards the wing: as much as a tunnel stream's first credit. */
const STREAM_WINDOW_BYTES = 256 * 1024;

/** One RPC message of an egg, either way. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Calls of one egg over its unix socket, each with its token. */
export interface EggClient {
  readonly calls: Client<typeof EggService>;
  /** Ends the connection and with it every call that still runs. */
  close(): void;
}

/** A client of the egg behind the socket; connects with the first call, and again after a break. */
export function createEggClient(socketPath: string, token: string): EggClient {
  const session = new Http2SessionManager(BASE_URL, undefined, {
    createConnection: () => connect(socketPath),
    settings: { initialWindowSize: STREAM_WINDOW_BYTES },
  });
  const transport = createGrpcTransport({
    baseUrl: BASE_URL,
    sessionManager: session,
    // Compression costs 2 to 7 times the throughput between two processes of one machine.
    acceptCompression: [],
    interceptors: [bearer(token)],
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
  });
  return { calls: createClient(EggService, transport), close: () => session.abort() };
}

function bearer(token: string): Interceptor {
  return (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
}
