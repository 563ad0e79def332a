import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { BatchSchema, type Frame, type FrameSchema } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { ChannelClosedError } from "@wingthing/sealed-channel/channel-errors";
import { Inlet } from "@wingthing/sealed-channel/inlet";
import type { ChannelCloseReason, SealedChannel } from "@wingthing/sealed-channel/sealed-channel";

type FrameInit = MessageInitShape<typeof FrameSchema>;

/** A channel whose other end is the test, which may say anything. */
export class StandInChannel implements SealedChannel {
  readonly handshakeHash = new Uint8Array(32);
  readonly channelBinding = new Uint8Array(32);
  readonly peerAbilities = [];
  /** What was sent, frame by frame. */
  readonly sent: Frame[] = [];
  /** Set by tests that play a network which takes nothing. */
  bufferedBytes = 0;
  readonly #inlet = new Inlet<Uint8Array, ChannelCloseReason>(1000);
  #ended: ChannelCloseReason | undefined;
  #waiting: (() => void)[] = [];

  get ended(): ChannelCloseReason | undefined {
    return this.#ended;
  }

  /** Kinds of what was sent, for comparisons. */
  get kinds(): (string | undefined)[] {
    return this.sent.map(({ kind }) => kind.case);
  }

  send(plaintext: Uint8Array): void {
    if (this.#ended !== undefined) throw new ChannelClosedError(this.#ended);
    this.sent.push(...fromBinary(BatchSchema, plaintext).frames);
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The network took everything. */
  drain(): void {
    this.bufferedBytes = 0;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  onMessage(handler: (plaintext: Uint8Array) => void): void {
    this.#inlet.onMessage(handler);
  }

  onClose(handler: (reason: ChannelCloseReason) => void): void {
    this.#inlet.onClose(handler);
  }

  close(reason = "closed"): void {
    this.#end({ kind: "closed", text: reason });
  }

  fail(error: Error): void {
    this.#end({ kind: "failed", text: error.message, error });
  }

  /** The other end says these frames, in one record. */
  hears(...frames: FrameInit[]): void {
    this.hearsBytes(toBinary(BatchSchema, create(BatchSchema, { frames })));
  }

  /** The other end says these bytes. */
  hearsBytes(plaintext: Uint8Array): void {
    this.#inlet.push(plaintext);
  }

  #end(reason: ChannelCloseReason): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#inlet.end(reason);
  }
}
