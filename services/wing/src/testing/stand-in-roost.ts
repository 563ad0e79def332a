import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { PublishedKeys } from "@wingthing/access-token/published-keys";
import { MachineService } from "@wingthing/contracts/gen/wingthing/auth/v1/auth_pb";
import { CloseReason, type Frame, FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { createMessagePipePair } from "@wingthing/sealed-channel/memory-pipe";
import type { MessagePipe } from "@wingthing/sealed-channel/message-pipe";
import { WebSocket, WebSocketServer } from "ws";

type Kind = Frame["kind"];

/** A wing's link as its relay sees it. */
export class WingLinkAtRelay {
  readonly #socket: WebSocket;
  readonly #pipes = new Map<number, MessagePipe>();
  #opened = 0;
  /** The token of the wing's hello. */
  readonly token: string;

  constructor(socket: WebSocket, token: string) {
    this.#socket = socket;
    this.token = token;
  }

  /** Opens a channel to the wing, as if a browser had asked for it. */
  openChannel(): MessagePipe {
    const channelId = ++this.#opened;
    const [browserEnd, relayEnd] = createMessagePipePair();
    this.#pipes.set(channelId, relayEnd);
    this.send({ case: "open", value: { channelId } as never });
    relayEnd.onMessage((payload) => this.send({ case: "data", value: { channelId, payload } as never }));
    relayEnd.onClose(() => {
      this.#pipes.delete(channelId);
      this.send({ case: "close", value: { channelId, reason: CloseReason.CLOSED_BY_PEER } as never });
    });
    return browserEnd;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Resolves when the connection has ended. */
  get closed(): Promise<void> {
    return new Promise((resolve) => this.#socket.once("close", () => resolve()));
  }

  /** Asks the wing to connect elsewhere. */
  drain(reconnectAfterMs: number): void {
    this.send({ case: "drain", value: { reconnectAfterMs } as never });
  }

  /** Ends the link with a reason. */
  close(reason: CloseReason): void {
    this.send({ case: "close", value: { channelId: 0, reason } as never });
    this.#socket.close();
  }

  /** Breaks the connection without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  send(kind: Kind): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encode(kind));
  }

  receive(kind: Kind): void {
    if (kind.case === "data") this.#pipes.get(kind.value.channelId)?.send(kind.value.payload);
    else if (kind.case === "close") this.#pipes.get(kind.value.channelId)?.close(kind.value.text);
  }
}

/** Life of the tokens that a stand-in gives. */
export const TOKEN_LIFE_MS = 600_000;

/** What a stand-in answers to a wing that asks for a token; throws to refuse. */
export type TokenAnswer = (credential: string) => string;

/** A roost with one kind of caller: wings. It publishes keys, gives tokens, and takes links. */
export class StandInRoost implements AsyncDisposable {
  readonly #server = createServer();
  readonly #links: WingLinkAtRelay[] = [];
  #onLink: () => void = () => {};
  /** What the next token request gets. */
  answer: TokenAnswer = () => "a token";
  /** Answers to hello: a welcome unless this says otherwise. */
  refusal: CloseReason | undefined;
  /** The roost's clock, milliseconds since the epoch. */
  now: () => number = Date.now;
  /** Tokens that were asked for. */
  tokensAsked = 0;

  static async start(published: PublishedKeys = { keys: [] }): Promise<StandInRoost> {
    const roost = new StandInRoost();
    const routes = connectNodeAdapter({
      routes: (router) =>
        router.service(MachineService, {
          issueWingToken: (_request, { requestHeader }) => {
            roost.tokensAsked += 1;
            const token = roost.answer(requestHeader.get("authorization") ?? "");
            return { token, expiresAt: timestampFromMs(roost.now() + TOKEN_LIFE_MS) };
          },
        }),
      fallback: (_request, response) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(published));
      },
    });
    roost.#server.on("request", routes);
    const sockets = new WebSocketServer({ server: roost.#server, path: "/relay", perMessageDeflate: false });
    sockets.on("connection", (socket) => roost.#serve(socket));
    roost.#server.listen(0, "127.0.0.1");
    await once(roost.#server, "listening");
    return roost;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The link that a wing makes next, or made already. */
  async nextLink(): Promise<WingLinkAtRelay> {
    for (;;) {
      const link = this.#links.shift();
      if (link !== undefined) return link;
      await new Promise<void>((resolve) => (this.#onLink = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    for (const link of this.#links) link.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: WebSocket): void {
    let link: WingLinkAtRelay | undefined;
    socket.on("message", (data: Buffer) => {
      const { kind } = fromBinary(FrameSchema, data);
      if (kind.case !== "hello") {
        link?.receive(kind);
        return;
      }
      link = new WingLinkAtRelay(socket, kind.value.token);
      if (this.refusal !== undefined) {
        link.close(this.refusal);
        return;
      }
      link.send({ case: "welcome", value: { linkId: "l234567", maxChannels: 64, version: 1 } as never });
      this.#links.push(link);
      this.#onLink();
    });
  }
}

function encode(kind: Kind): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { kind } as never));
}
