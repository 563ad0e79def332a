import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pathOf, refuseOnSocket, SECURITY_HEADERS, sendRefusal } from "./http-reply.ts";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";
import type { Refusal, RequestGuard, Verdict } from "./request-guard.ts";
import type { RequestHandler, UpgradeHandler } from "./request-handler.ts";

/** What a listener serves. */
export interface ServeOptions {
  /** Address to bind; undefined = 127.0.0.1 and ::1 on the same port. */
  readonly host?: string | undefined;
  /** 0 = any free port, the same on both addresses. */
  readonly port: number;
  /** Asked in this order; the first that returns true has taken the request. */
  readonly handlers: readonly RequestHandler[];
  /** WebSocket upgrades by exact path, for instance "/relay". */
  readonly upgrades?: Readonly<Record<string, UpgradeHandler>>;
  /** Asked before any handler; omit it only where somebody else stands in front. */
  readonly guard?: RequestGuard;
  readonly log: Log;
  readonly limits?: Partial<ServeLimits>;
  /** Aborting it closes the listener. */
  readonly signal?: AbortSignal;
}

/** Bounds of a listener. */
export interface ServeLimits {
  /** Request line and headers; a request with a ticket is under 3 KB. */
  readonly maxHeaderBytes: number;
  /** One request's body; larger things go through the sealed channel. */
  readonly maxBodyBytes: number;
  /** Sockets, upgraded ones too; with descriptors to spare under a limit of 1,024. */
  readonly maxConnections: number;
  /** Until the headers are there. */
  readonly headersTimeoutMs: number;
  /** Until the whole request is there. */
  readonly requestTimeoutMs: number;
  /** Silence on a socket that was not upgraded. */
  readonly idleTimeoutMs: number;
  /** Given to running requests when the listener closes. */
  readonly closeGraceMs: number;
}

/** Bounds unless `limits` says otherwise. */
export const SERVE_LIMITS: ServeLimits = {
  maxHeaderBytes: 16_384,
  maxBodyBytes: 1_048_576,
  maxConnections: 512,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 120_000,
  closeGraceMs: 5_000,
};

/** An answered request whose body is still coming is dropped after this: time to read the answer, not to be fed. */
const UNREAD_BODY_LINGER_MS = 1_000;
/** A socket whose last request ends while the listener closes is idle from then on; Node would keep it for seconds. */
const CLOSE_SWEEP_MS = 20;
/** How often Node looks for requests that are over time. */
const TIMEOUT_CHECK_MS = 1_000;

/** An open listener. */
export interface HttpListener extends AsyncDisposable {
  readonly port: number;
  /** For people, for instance "http://localhost:8080". */
  readonly url: string;
  /** Stops listening, lets running requests end within a grace, and resolves when all sockets are closed. */
  close(): Promise<void>;
}

/** Opens the listener. Throws PortTakenError, PortForbiddenError, AddressUnavailableError. */
export async function serve(options: ServeOptions): Promise<HttpListener> {
  options.signal?.throwIfAborted();
  const listener = new Listener(options);
  await listener.open();
  return listener;
}

class Listener implements HttpListener {
  readonly #options: ServeOptions;
  readonly #limits: ServeLimits;
  readonly #sockets = new Set<Socket>();
  #servers: readonly Server[] = [];
  #port = 0;
  #closing: Promise<void> | undefined;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#limits = { ...SERVE_LIMITS, ...options.limits };
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { host } = this.#options;
    const name = host === undefined ? "localhost" : host.includes(":") ? `[${host}]` : host;
    return `http://${name}:${this.#port}`;
  }

  async open(): Promise<void> {
    const { host, port, signal } = this.#options;
    const opened = await listen({ host, port, newServer: () => this.#newServer() });
    this.#servers = opened.servers;
    this.#port = opened.port;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) await this.close();
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onAbort = () => void this.close();

  async #closeAll(): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    this.#closeIdle();
    const sweep = setInterval(() => this.#closeIdle(), CLOSE_SWEEP_MS);
    const grace = setTimeout(() => this.#destroySockets(), this.#limits.closeGraceMs);
    await Promise.all(closed);
    clearInterval(sweep);
    clearTimeout(grace);
  }

  #closeIdle(): void {
    for (const server of this.#servers) server.closeIdleConnections();
  }

  #destroySockets(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #newServer(): Server {
    const limits = this.#limits;
    const server = createServer({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      shouldUpgradeCallback: isWebSocketUpgrade,
    });
    server.maxConnections = Math.ceil(limits.maxConnections / (this.#options.host === undefined ? 2 : 1));
    // Node would silently drop what is above; the size of all headers is bounded already, and a guard must see them all.
    server.maxHeadersCount = 0;
    server.timeout = limits.idleTimeoutMs;
    server.on("connection", (socket) => this.#track(socket));
    server.on("request", (request, response) => void this.#serveRequest(request, response));
    server.on("upgrade", (request, socket, head) => void this.#serveUpgrade(request, socket, head));
    server.on("clientError", answerClientError);
    return server;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #serveRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (this.#closing) response.setHeader("connection", "close");
    dropUnreadBody(request, response);
    try {
      const verdict = await this.#inspect(request, "request");
      if (response.destroyed) return;
      const refusal = this.#dispatch(verdict, request, response);
      if (!refusal) return;
      this.#logRefusal("request refused", refusal);
      sendRefusal(response, refusal);
    } catch (error) {
      const refusal = this.#unexpected(error);
      if (response.headersSent) response.destroy();
      else sendRefusal(response, refusal);
    }
  }

  /** Undefined when a handler took the request. */
  #dispatch(verdict: Verdict, request: IncomingMessage, response: ServerResponse): Refusal | undefined {
    if (verdict.kind === "refuse") return verdict.refusal;
    const { maxBodyBytes } = this.#limits;
    if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) return bodyTooLarge(maxBodyBytes);
    const handlers = verdict.kind === "answer" ? [verdict.handler] : this.#options.handlers;
    return handlers.some((handler) => handler(request, response)) ? undefined : NOTHING_HERE;
  }

  async #serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Until a handler takes over, a reset must not end the process.
    const onError = () => socket.destroy();
    socket.on("error", onError);
    try {
      const verdict = await this.#inspect(request, "upgrade");
      if (socket.destroyed) return;
      const handler = this.#upgradeHandler(verdict, request);
      if (typeof handler !== "function") {
        this.#logRefusal("upgrade refused", handler);
        refuseOnSocket(socket, handler);
        return;
      }
      request.socket.setTimeout(0);
      handler(request, socket, head);
      socket.off("error", onError);
    } catch (error) {
      refuseOnSocket(socket, this.#unexpected(error));
    }
  }

  #upgradeHandler(verdict: Verdict, request: IncomingMessage): UpgradeHandler | Refusal {
    if (verdict.kind === "refuse") return verdict.refusal;
    if (this.#closing) return CLOSING;
    if (verdict.kind === "answer") return NOTHING_HERE;
    return this.#options.upgrades?.[pathOf(request)] ?? NOTHING_HERE;
  }

  #logRefusal(event: string, { status, code, message }: Refusal): void {
    this.#options.log.info(event, { status, code, reason: message });
  }

  async #inspect(request: IncomingMessage, kind: "request" | "upgrade"): Promise<Verdict> {
    return (await this.#options.guard?.inspect(request, kind)) ?? { kind: "admit" };
  }

  #unexpected(error: unknown): Refusal {
    const errorId = randomBytes(6).toString("hex");
    this.#options.log.error("unexpected error in a request handler", { errorId, error });
    const message = `Unexpected error ${errorId}: its cause is in the log under this id.`;
    return { status: 500, code: "internal", message };
  }
}

const NOTHING_HERE: Refusal = { status: 404, code: "unimplemented", message: "There is nothing under this path." };
const CLOSING: Refusal = { status: 503, code: "unavailable", message: "This server is closing; connect again soon." };

function bodyTooLarge(maxBodyBytes: number): Refusal {
  const message = `A request's body has at most ${maxBodyBytes} bytes here.`;
  return { status: 413, code: "resource_exhausted", message };
}

function isWebSocketUpgrade(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

/** Bounds what a client may still send once it has its answer. */
function dropUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  response.once("finish", () => {
    if (request.complete) return;
    // Not cleared by the request's own "close", which comes before its body has ended.
    const timer = setTimeout(() => {
      if (!request.complete) socket.destroy();
    }, UNREAD_BODY_LINGER_MS);
    timer.unref();
  });
}

/** By Node's error code; anything else is no HTTP. */
const CLIENT_ERRORS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: "invalid_argument", message: "The headers are too long." },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: "invalid_argument", message: "The request took too long to arrive." },
};
const NOT_HTTP: Refusal = { status: 400, code: "invalid_argument", message: "This is not an HTTP request." };

/** What is no HTTP, too long or too slow is answered in a word and closed. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  socket.on("error", () => socket.destroy());
  if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
  else refuseOnSocket(socket, CLIENT_ERRORS[error.code ?? ""] ?? NOT_HTTP);
}
