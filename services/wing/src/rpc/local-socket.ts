import { chmod, rm } from "node:fs/promises";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import { type ConnectRouter, type ConnectRouterOptions, createContextValues } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Caller, callerKey } from "../access/caller.ts";

/** Calls of one program at once; `wt` makes two. */
const MAX_STREAMS = 128;

/** How long a closing socket waits for its calls, in ms: a stop of a session that just ended answers well within it. */
const MAX_FAREWELL_MS = 1_000;

/** What is served on the socket. */
export interface LocalSocketOptions {
  readonly path: string;
  /** Name of the person of this machine, for display. */
  readonly displayName: string;
  readonly routerOptions: ConnectRouterOptions;
  readonly routes: (router: ConnectRouter) => void;
}

/**
 * Serves gRPC on the wing's own socket. The folder (0700) and the socket (0600) let in programs of the same user only,
 * which are the owner. Whoever holds the state folder may replace a socket that a dead wing left.
 */
export async function serveLocalSocket(options: LocalSocketOptions): Promise<AsyncDisposable> {
  const caller = Caller.local(options.displayName);
  const handler = connectNodeAdapter({
    ...options.routerOptions,
    routes: options.routes,
    contextValues: () => createContextValues().set(callerKey, caller),
  });
  const server = createServer({ settings: { maxConcurrentStreams: MAX_STREAMS } }, handler);
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  await rm(options.path, { force: true });
  await listen(server, options.path);
  await chmod(options.path, 0o600);
  return { [Symbol.asyncDispose]: () => closeServer(server, sessions) };
}

function listen(server: Http2Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/**
 * Calls that are being answered get their answer. Streams such as Watch never end by themselves, so after
 * MAX_FAREWELL_MS the sessions are ended rather than waited for.
 */
function closeServer(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, MAX_FAREWELL_MS);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    for (const session of sessions) session.close();
  });
}
