import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { Inlet } from "@wingthing/sealed-channel/inlet";
import {
  type MessagePipe,
  PIPE_LOW_WATER_BYTES,
  PipeClosedError,
  type PipeCloseReason,
} from "@wingthing/sealed-channel/message-pipe";
import type { FrameSource, LinkOutbox } from "./link-outbox.ts";
import { relayDataFrame, relayFrame } from "./relay-frames.ts";
import { MAX_HELD_MESSAGES, MAX_PIPE_BACKLOG_BYTES } from "./relay-limits.ts";

/** One channel of a link. */
export class RelayPipe implements MessagePipe, FrameSource {
  readonly channelId: number;
  readonly #outbox: LinkOutbox;
  readonly #onClosedHere: (pipe: RelayPipe) => void;
  readonly #inlet = new Inlet<Uint8Array, PipeCloseReason>(MAX_HELD_MESSAGES);
  #frames: Uint8Array<ArrayBuffer>[] = [];
  #bufferedBytes = 0;
  /** The last frame, once the pipe was closed here. */
  #closeFrame: Uint8Array<ArrayBuffer> | undefined;
  #closed: PipeCloseReason | undefined;
  #waiting: (() => void)[] = [];

  /** `onClosedHere` is called when this end closes the pipe; what comes for it from then on is late. */
  constructor(channelId: number, outbox: LinkOutbox, onClosedHere: (pipe: RelayPipe) => void) {
    this.channelId = channelId;
    this.#outbox = outbox;
    this.#onClosedHere = onClosedHere;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  send(message: Uint8Array): void {
    if (this.#closed !== undefined) throw new PipeClosedError(this.#closed);
    this.#sendData(relayDataFrame(this.channelId, message));
    if (this.#bufferedBytes <= MAX_PIPE_BACKLOG_BYTES) return;
    this.#giveUp(CloseReason.FELL_BEHIND, `${this.#bufferedBytes} bytes wait to be sent: the network is too slow`);
  }

  drained(): Promise<void> {
    if (this.#closed !== undefined || this.#bufferedBytes < PIPE_LOW_WATER_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  onMessage(handler: (message: Uint8Array) => void): void {
    this.#inlet.onMessage(handler);
  }

  onClose(handler: (reason: PipeCloseReason) => void): void {
    this.#inlet.onClose(handler);
  }

  close(reason = "closed"): void {
    this.#closeHere({ kind: "closed", text: reason }, CloseReason.CLOSED_BY_PEER);
  }

  /** A message came from the other end. */
  receive(message: Uint8Array): void {
    if (this.#inlet.push(message)) return;
    this.#giveUp(CloseReason.FELL_BEHIND, `nobody reads: ${MAX_HELD_MESSAGES} messages are waiting`);
  }

  /** The other end, the relay or the link ended the channel. */
  endedElsewhere(reason: PipeCloseReason): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#dropFrames();
    this.#wake();
    this.#inlet.end(reason);
  }

  takeFrame(): Uint8Array<ArrayBuffer> | undefined {
    const frame = this.#frames.shift();
    if (frame === undefined) return this.#takeCloseFrame();
    this.#bufferedBytes -= frame.length;
    if (this.#bufferedBytes < PIPE_LOW_WATER_BYTES) this.#wake();
    return frame;
  }

  #giveUp(reason: CloseReason, text: string): void {
    this.#dropFrames();
    this.#closeHere({ kind: "lost", text }, reason);
  }

  #closeHere(end: PipeCloseReason, reason: CloseReason): void {
    if (this.#closed !== undefined) return;
    this.#closed = end;
    const { channelId } = this;
    this.#sendClose(relayFrame({ case: "close", value: { channelId, reason, text: end.text } }));
    this.#onClosedHere(this);
    this.#wake();
    this.#inlet.abandon(end);
  }

  #sendData(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#frames.length === 0 && this.#outbox.hasRoom) {
      this.#outbox.send(frame);
      return;
    }
    this.#frames.push(frame);
    this.#bufferedBytes += frame.length;
    this.#outbox.wait(this);
  }

  /** Behind the data. */
  #sendClose(frame: Uint8Array<ArrayBuffer>): void {
    this.#closeFrame = frame;
    this.#outbox.wait(this);
  }

  #takeCloseFrame(): Uint8Array<ArrayBuffer> | undefined {
    const frame = this.#closeFrame;
    this.#closeFrame = undefined;
    return frame;
  }

  #dropFrames(): void {
    this.#frames = [];
    this.#bufferedBytes = 0;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
