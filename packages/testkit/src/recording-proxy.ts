import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";

/** Most bytes that a recording keeps; a story that sends more should say why. */
const MAX_RECORDED_BYTES = 256 * 1024 * 1024;

/**
 * Stands between browsers, wings and one roost on loopback: records every byte that enters the roost, cuts its
 * WebSockets when a story says so, and otherwise changes nothing but the Host and Origin that name the port.
 */
export class RecordingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #pairs = new Set<readonly [WebSocket, WebSocket]>();
  readonly #recorded: Buffer[] = [];
  #recordedBytes = 0;
  #target: URL | undefined;
  #refuses = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (req, res) => this.#forward(req, res));
    server.on("upgrade", (req, socket, head) => this.#upgrade(req, socket, head));
  }

  /** Listens on a free loopback port. The roost is named later, because the roost's wing needs this port first. */
  static async listen(): Promise<RecordingProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    return new RecordingProxy(server);
  }

  /** Address for browsers and wings. */
  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Names the roost behind the proxy. */
  set target(url: string) {
    this.#target = new URL(url);
  }

  /** Everything that entered the roost so far: request lines, headers, bodies, WebSocket messages (unmasked). */
  get recorded(): Buffer {
    return Buffer.concat(this.#recorded);
  }

  /** WebSocket connections that stand now. */
  get openLinks(): number {
    return this.#pairs.size;
  }

  /** Breaks every WebSocket at once, without a closing handshake, as a lost network does. */
  cut(): void {
    for (const [outer, inner] of [...this.#pairs]) {
      outer.terminate();
      inner.terminate();
    }
  }

  /** From now on new WebSockets are refused (true) or let through (false). */
  set refuses(value: boolean) {
    this.#refuses = value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #record(bytes: Buffer): void {
    this.#recordedBytes += bytes.length;
    if (this.#recordedBytes > MAX_RECORDED_BYTES)
      throw new Error(`a story sent more than ${MAX_RECORDED_BYTES} bytes through the roost`);
    this.#recorded.push(Buffer.from(bytes));
  }

  #head(req: IncomingMessage): Record<string, string | string[] | undefined> {
    const target = this.#target;
    if (target === undefined) throw new Error("the proxy has no target yet");
    this.#record(Buffer.from(`${req.method} ${req.url}\n${req.rawHeaders.join("\n")}\n`));
    const headers: Record<string, string | string[] | undefined> = { ...req.headers, host: target.host };
    if (req.headers.origin !== undefined) headers["origin"] = target.origin;
    if (req.headers.referer !== undefined) headers["referer"] = `${target.origin}/`;
    return headers;
  }

  #forward(req: IncomingMessage, res: ServerResponse): void {
    if (this.#target === undefined) {
      res.writeHead(503).end();
      return;
    }
    const onward = request(new URL(req.url ?? "/", this.#target), { method: req.method, headers: this.#head(req) });
    req.on("data", (chunk: Buffer) => this.#record(chunk));
    req.pipe(onward);
    onward.on("error", () => res.destroy());
    onward.on("response", (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(res);
    });
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#target === undefined || this.#refuses) {
      socket.destroy();
      return;
    }
    const url = new URL(req.url ?? "/", this.#target);
    url.protocol = "ws:";
    const { host, origin } = this.#head(req);
    const inner = new WebSocket(url, {
      perMessageDeflate: false,
      headers: { host: String(host), ...(origin === undefined ? {} : { origin: String(origin) }) },
    });
    inner.on("error", () => socket.destroy());
    inner.once("open", () => this.#sockets.handleUpgrade(req, socket, head, (outer) => this.#join(outer, inner)));
  }

  #join(outer: WebSocket, inner: WebSocket): void {
    const pair = [outer, inner] as const;
    this.#pairs.add(pair);
    outer.on("message", (data: Buffer) => {
      this.#record(data);
      inner.send(data);
    });
    inner.on("message", (data: Buffer) => outer.send(data));
    for (const [one, other] of [pair, [inner, outer] as const]) {
      one.on("error", () => other.terminate());
      one.on("close", () => {
        this.#pairs.delete(pair);
        other.close();
      });
    }
  }
}
