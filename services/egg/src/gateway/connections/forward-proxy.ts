import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseHost } from "../policy/host.ts";
import { prepareAccepted } from "./captured-connections.ts";
import type { ConnectionTable } from "./connection-table.ts";
import { UnreachableError } from "./outbound.ts";
import type { Destination, OutgoingService } from "./outgoing-service.ts";
import { httpAnswer } from "./refusal-reply.ts";

/** Headers of one hop (RFC 9110, 7.6.1), which must not travel on; Node writes those of the next hop itself. */
const HOP_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A client that says nothing, or an upstream that answers nothing, for this long has gone. */
const IDLE_MS = 10 * 60_000;

const HTTP_PORT = 80;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:\s/@[\]]+):(\d{1,5})$/i;

/** What the proxy decides and connects with. */
export interface ForwardProxyOptions {
  readonly connections: ConnectionTable;
  readonly outgoing: OutgoingService;
}

/**
 * An ordinary HTTP proxy on the egg's loopback, for programs that like proxies: they get a refusal as a sentence. The
 * same policy applies, and nothing depends on it: programs that ignore it are captured.
 */
export class ForwardProxy {
  readonly #connections: ConnectionTable;
  readonly #outgoing: OutgoingService;
  /** Never listens itself: it is given the connections that a listener inside the namespace accepted. */
  readonly #http = createServer();

  constructor(options: ForwardProxyOptions) {
    this.#connections = options.connections;
    this.#outgoing = options.outgoing;
    this.#http.timeout = IDLE_MS;
    this.#http.on("request", (incoming, answer) => void this.#forward(incoming, answer));
    this.#http.on("connect", (incoming, socket, head) => void this.#tunnel(incoming, socket, head));
  }

  /** Serves everything that a listener accepts. */
  listen(server: Server): void {
    server.on("connection", (socket: Socket) => {
      prepareAccepted(socket);
      if (this.#connections.admit(socket)) this.#http.emit("connection", socket);
      else socket.resetAndDestroy();
    });
  }

  /** CONNECT: a refusal is an HTTP answer, and after a 200 the connection is served as if it had been captured. */
  async #tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!(socket instanceof Socket)) throw new TypeError("expected the socket that was accepted, found another stream");
    prepareAccepted(socket);
    const destination = parseAuthority(incoming.url ?? "");
    if (destination === undefined) {
      socket.end(httpAnswer({ status: "400 Bad Request", text: "wingthing: CONNECT needs host:port" }));
      return;
    }
    const cancel = cancelOnClose(socket);
    try {
      const upstream = await this.#outgoing.connect(destination, cancel);
      if (head.length > 0) socket.unshift(head);
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      await this.#outgoing.join(socket, upstream, destination);
    } catch (error) {
      socket.end(httpAnswer(this.#outgoing.explain(destination, error)));
    }
  }

  /** A plain request with the whole URL in it. */
  async #forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = incoming.url ?? "";
    const destination = parseUrl(url);
    if (destination === undefined) {
      replyInHttp(answer, 400, "this is a proxy: it takes http:// URLs and CONNECT");
      return;
    }
    const cancel = cancelOnClose(answer);
    try {
      const upstream = await this.#outgoing.connect(destination, cancel);
      const response = await exchange({ incoming, upstream, url, cancel });
      answer.writeHead(response.statusCode ?? 502, response.statusMessage ?? "", endToEnd(response));
      await pipeline(response, answer);
    } catch (error) {
      if (answer.headersSent) answer.destroy();
      else {
        const { status, text } = this.#outgoing.explain(destination, error);
        replyInHttp(answer, Number.parseInt(status, 10), text);
      }
    }
  }
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly upstream: Socket;
  readonly url: string;
  readonly cancel: AbortSignal;
}

/** Sends one request over one connection of its own; pooling is not worth a second place where hosts could be mixed up. */
function exchange({ incoming, upstream, url, cancel }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const unreachable = (error: Error) => reject(new UnreachableError(error.message, { cause: error }));
    const outgoing = request({
      createConnection: () => upstream,
      method: incoming.method,
      path: pathOf(url),
      // The name that was decided, not the one that the client put into its Host header.
      headers: ["Host", URL.parse(url)?.host ?? "", ...endToEnd(incoming), ...bodyHeaders(incoming)],
      signal: cancel,
    });
    outgoing.once("response", resolve);
    outgoing.on("error", unreachable);
    pipeline(incoming, outgoing).catch(unreachable);
  });
}

/** The headers that are for the other end, spelled and ordered as they came. */
function endToEnd(message: IncomingMessage): string[] {
  const named = (message.headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const headers: string[] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? "";
    const key = name.toLowerCase();
    if (!HOP_HEADERS.has(key) && !named.includes(key)) headers.push(name, message.rawHeaders[index + 1] ?? "");
  }
  return headers;
}

function bodyHeaders(incoming: IncomingMessage): string[] {
  return incoming.headers["transfer-encoding"] === undefined ? [] : ["Transfer-Encoding", "chunked"];
}

function pathOf(url: string): string {
  const path = url.replace(/^http:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}

function parseUrl(text: string): Destination | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "http:") return undefined;
  const host = parseHost(url.hostname);
  return host === undefined ? undefined : { host, port: url.port === "" ? HTTP_PORT : Number(url.port) };
}

/** The two halves of what CONNECT names. */
export function parseAuthority(text: string): Destination | undefined {
  const match = AUTHORITY.exec(text);
  const host = match?.[1] === undefined ? undefined : parseHost(match[1]);
  const port = Number(match?.[2]);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

function cancelOnClose(stream: Duplex | ServerResponse): AbortSignal {
  const cancel = new AbortController();
  stream.once("close", () => cancel.abort());
  return cancel.signal;
}

function replyInHttp(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  answer.end(`${text}\n`);
}
