import type { Socket } from "node:net";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Frame, FrameSchema } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { WebSocket } from "ws";

type Kind = Exclude<Frame["kind"], { case: undefined }>;
type KindName = Kind["case"];
type ValueOf<Name extends KindName> = Extract<Kind, { case: Name }>["value"];
type KindInit = NonNullable<MessageInitShape<typeof FrameSchema>["kind"]>;

/** How a WebSocket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** A browser or a wing, as the relay sees it: a real WebSocket and the generated codec. */
export class TestLink {
  readonly webSocket: WebSocket;
  /** How the socket ended. */
  readonly ended: Promise<SocketEnd>;
  /** Every presence that came, as "+wing" or "-wing". */
  readonly presences: string[] = [];
  readonly #frames: Kind[] = [];
  readonly #dataHandlers = new Set<(payload: Uint8Array) => void>();
  #wake: (() => void) | undefined;

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    this.ended = new Promise((resolve) => {
      webSocket.on("close", (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#wake?.();
      });
    });
    webSocket.on("error", () => {});
    webSocket.on("message", (message: Buffer) => this.#receive(message));
  }

  static dial(url: string): Promise<TestLink> {
    const webSocket = new WebSocket(url, { perMessageDeflate: false });
    const link = new TestLink(webSocket);
    return new Promise((resolve, reject) => {
      webSocket.once("open", () => resolve(link));
      webSocket.once("error", reject);
    });
  }

  get tcp(): Socket {
    // The socket under the WebSocket has no public name.
    return (this.webSocket as unknown as { _socket: Socket })._socket;
  }

  hello(token: string, version = 1): void {
    this.send({ case: "hello", value: { token, version } });
  }

  send(kind: KindInit): void {
    this.webSocket.send(toBinary(FrameSchema, create(FrameSchema, { kind })));
  }

  data(channelId: number, payload: Uint8Array | string): void {
    this.send({ case: "data", value: { channelId, payload: Buffer.from(payload) } });
  }

  /** The next frame, which must be of this kind; presence is passed over unless asked for. */
  async next<Name extends KindName>(name: Name): Promise<ValueOf<Name>> {
    return (await this.nextOf(name)).value as ValueOf<Name>;
  }

  /** The next frame, which must be of one of these kinds; presence is passed over unless asked for. */
  async nextOf<Name extends KindName>(...names: Name[]): Promise<Extract<Kind, { case: Name }>> {
    for (;;) {
      const kind = this.#frames.shift();
      if (kind === undefined) {
        await this.#arrival(names.join(" or "));
        continue;
      }
      if (names.some((name) => name === kind.case)) return kind as Extract<Kind, { case: Name }>;
      if (kind.case === "presence" || kind.case === "presenceReady") continue;
      throw new Error(`wanted ${names.join(" or ")}, got ${kind.case}: ${JSON.stringify(kind.value)}`);
    }
  }

  /** Opens a channel and waits until it stands. */
  async open(channelId: number, wingId: string): Promise<void> {
    this.send({ case: "open", value: { channelId, wingId } });
    await this.next("opened");
  }

  /** Takes Data from now on past the queue. */
  onData(handler: (payload: Uint8Array) => void): void {
    this.#dataHandlers.add(handler);
  }

  /** Frames that nobody asked for yet. */
  get unread(): number {
    return this.#frames.length;
  }

  /** Cuts the TCP socket, as a machine does that loses its network or power. */
  destroy(): void {
    this.tcp?.destroy();
    this.webSocket.terminate();
  }

  #receive(message: Buffer): void {
    const { kind } = fromBinary(FrameSchema, message);
    if (kind.case === undefined) throw new Error("the relay sent an empty frame");
    if (kind.case === "data" && this.#dataHandlers.size > 0) {
      for (const handler of this.#dataHandlers) handler(kind.value.payload);
      return;
    }
    if (kind.case === "presence") this.presences.push(`${kind.value.online ? "+" : "-"}${kind.value.wingId}`);
    this.#frames.push(kind);
    this.#wake?.();
  }

  #arrival(name: string): Promise<void> {
    if (this.webSocket.readyState === WebSocket.CLOSED) throw new Error(`wanted ${name}, but the socket is closed`);
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
