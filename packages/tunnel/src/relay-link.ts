import type { Close, Frame } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { type StartTimer, startHostTimer } from "@wingthing/sealed-channel/host";
import { Inlet } from "@wingthing/sealed-channel/inlet";
import type { PipeCloseReason } from "@wingthing/sealed-channel/message-pipe";
import type { BinarySocket } from "./binary-socket.ts";
import { LinkOutbox } from "./link-outbox.ts";
import {
  closeText,
  type LinkCloseReason,
  pipeCloseReasonOf,
  RelayLostError,
  RelayRefusedError,
} from "./relay-errors.ts";
import { parseRelayFrame, RELAY_VERSION, relayFrame } from "./relay-frames.ts";
import { LINK_TIMEOUT_MS } from "./relay-limits.ts";
import { RelayPipe } from "./relay-pipe.ts";

/** What a link to the relay is made of. */
export interface RelayLinkOptions {
  readonly socket: BinarySocket;
  /** Relay token of roost-auth. */
  readonly token: string;
  readonly signal?: AbortSignal;
  readonly startTimer?: StartTimer;
}

/** What the relay said at the beginning. */
export interface RelayWelcome {
  readonly linkId: string;
  readonly maxChannels: number;
}

/** The frames that mean something else to a browser than to a wing. */
export type EndSpecificFrame = Exclude<Frame["kind"], { case: "data" | "close" | "welcome" | "drain" | undefined }>;

/** What differs between the two ends. */
export interface RelayLinkEnd {
  /** A frame for this kind of end; throws RelayLostError when it makes no sense here. */
  receive(frame: EndSpecificFrame): void;
  /** The relay closed a channel that has no pipe: it was never opened, or this end closed it already. */
  channelRefused(close: Close): void;
  /** The link has ended; pipes know already. */
  ended(error: Error): void;
}

/** WebSocket close code of an end that is meant. */
const NORMAL_CLOSURE = 1000;

/** What both ends of a link to the relay do alike: the greeting, pipes, drain and the end. */
export class RelayLink {
  readonly outbox: LinkOutbox;
  readonly startTimer: StartTimer;
  readonly #options: RelayLinkOptions;
  readonly #end: RelayLinkEnd;
  readonly #pipes = new Map<number, RelayPipe>();
  readonly #drains = new Inlet<number, LinkCloseReason>(1);
  readonly #greeting = Promise.withResolvers<RelayWelcome>();
  #state: "greeting" | "open" | "ended" = "greeting";
  #stopGreeting: () => void = () => {};

  constructor(options: RelayLinkOptions, end: RelayLinkEnd) {
    this.#options = options;
    this.#end = end;
    this.startTimer = options.startTimer ?? startHostTimer;
    this.outbox = new LinkOutbox(options.socket, this.startTimer);
  }

  /** Says hello and waits for the welcome; rejects with RelayRefusedError or RelayLostError. */
  connect(): Promise<RelayWelcome> {
    const { socket, token, signal } = this.#options;
    const stopTimer = this.startTimer(() => {
      this.#lose(new RelayLostError(`no welcome from the relay within ${LINK_TIMEOUT_MS / 1000} s`));
    }, LINK_TIMEOUT_MS);
    const onAbort = () => this.#lose(new RelayLostError("connecting was cancelled", { cause: signal?.reason }));
    this.#stopGreeting = () => {
      stopTimer();
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    socket.onMessage((message) => this.#receive(message));
    socket.onClose((code, reason) => this.#socketClosed(code, reason));
    socket.onOpen(() => {
      if (this.#state === "greeting") socket.send(relayFrame(hello(token)));
    });
    if (signal?.aborted === true) onAbort();
    return this.#greeting.promise;
  }

  get ended(): boolean {
    return this.#state === "ended";
  }

  get channels(): number {
    return this.#pipes.size;
  }

  /** A pipe for a channel that stands. */
  addPipe(channelId: number): RelayPipe {
    const pipe = new RelayPipe(channelId, this.outbox, () => this.#pipes.delete(channelId));
    this.#pipes.set(channelId, pipe);
    return pipe;
  }

  onDrain(handler: (reconnectAfterMs: number) => void): void {
    this.#drains.onMessage(handler);
  }

  onClose(handler: (reason: LinkCloseReason) => void): void {
    this.#drains.onClose(handler);
  }

  /** Ends the link, and every pipe with it. */
  close(): void {
    this.#finish({ text: "closed" }, { kind: "closed", text: "the link was closed" });
  }

  #receive(message: Uint8Array): void {
    try {
      if (this.#state === "greeting") this.#greet(parseRelayFrame(message));
      else if (this.#state === "open") this.#dispatch(parseRelayFrame(message));
    } catch (error) {
      if (!(error instanceof RelayLostError)) throw error;
      this.#lose(error);
    }
  }

  #greet(frame: Frame["kind"]): void {
    if (frame.case === "close") {
      this.#refusedBy(frame.value);
      return;
    }
    if (frame.case !== "welcome") throw new RelayLostError(`the relay began with ${frame.case}, wanted welcome`);
    const { version, linkId, maxChannels } = frame.value;
    if (version !== RELAY_VERSION) {
      throw new RelayLostError(
        `the relay speaks version ${version}, wanted ${RELAY_VERSION}: update the older of the two`,
      );
    }
    this.#state = "open";
    this.#stopGreeting();
    this.#greeting.resolve({ linkId, maxChannels });
  }

  #dispatch(frame: Frame["kind"]): void {
    switch (frame.case) {
      case "data":
        this.#pipes.get(frame.value.channelId)?.receive(frame.value.payload);
        break;
      case "close":
        this.#receiveClose(frame.value);
        break;
      case "drain":
        this.#drains.push(frame.value.reconnectAfterMs);
        break;
      case "welcome":
      case undefined:
        throw new RelayLostError(`the relay sent ${frame.case ?? "a frame without a kind"} in the middle of a link`);
      default:
        this.#end.receive(frame);
    }
  }

  #receiveClose(close: Close): void {
    if (close.channelId === 0) {
      this.#refusedBy(close);
      return;
    }
    const pipe = this.#pipes.get(close.channelId);
    this.#pipes.delete(close.channelId);
    if (pipe === undefined) this.#end.channelRefused(close);
    else pipe.endedElsewhere(pipeCloseReasonOf(close));
  }

  #refusedBy(close: Close): void {
    const text = closeText(close);
    const error = new RelayRefusedError(close.reason, text);
    this.#finish({ text, error }, { kind: "lost", text });
  }

  #socketClosed(code: number, reason: string): void {
    const words = reason === "" ? `code ${code}` : `code ${code}, ${reason}`;
    this.#lose(new RelayLostError(`the connection to the relay ended (${words})`));
  }

  #lose(error: RelayLostError): void {
    this.#finish({ text: error.message, error }, { kind: "lost", text: error.message });
  }

  #finish(reason: LinkCloseReason, pipeReason: PipeCloseReason): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#stopGreeting();
    this.outbox.stop();
    this.#options.socket.close(NORMAL_CLOSURE);
    const error = reason.error ?? new RelayLostError("the link was closed here");
    this.#greeting.reject(error);
    const pipes = [...this.#pipes.values()];
    this.#pipes.clear();
    for (const pipe of pipes) pipe.endedElsewhere(pipeReason);
    this.#end.ended(error);
    this.#drains.end(reason);
  }
}

function hello(token: string): Parameters<typeof relayFrame>[0] {
  return { case: "hello", value: { token, version: RELAY_VERSION } };
}
