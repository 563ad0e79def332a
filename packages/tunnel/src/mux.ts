import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import {
  BatchSchema,
  type End,
  type Frame,
  type Head,
  type Open,
  ResetReason,
} from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { ChannelClosedError, type ChannelCloseReason } from "@wingthing/sealed-channel/channel-errors";
import { type StartTimer, startHostTimer } from "@wingthing/sealed-channel/host";
import type { SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { FrameSender } from "./frame-sender.ts";
import { goAwayFrame, headerBytes, headersOf, pingFrame, pongFrame, resetFrame } from "./frames.ts";
import { Liveness } from "./liveness.ts";
import { MuxStream, type StreamCarrier, type StreamRole } from "./mux-stream.ts";
import { ReceiveWindows } from "./receive-windows.ts";
import { callError, errorOfReset, HeadersTooLargeError, TunnelProtocolError, unavailable } from "./tunnel-errors.ts";
import { MAX_HEADER_BYTES, MAX_REASON_LENGTH } from "./tunnel-limits.ts";

/** Text of a channel that was ended by GoAway; a relay can read it, the reason itself was sealed. */
const GOODBYE = "goodbye";
/** Data that is less than this part of its record is copied, or a byte could keep 64 KiB alive. */
const MIN_KEPT_PART = 1 / 4;

/** What differs between the two ends, and what tests replace. */
export interface MuxOptions {
  readonly role: StreamRole;
  /** The other end opened a stream; only for the answerer. */
  readonly onOpen?: (stream: MuxStream, path: string, header: Headers) => void;
  readonly startTimer?: StartTimer;
  readonly now?: () => number;
}

/** All streams of one channel: reads its frames, and owns what is sent on it. */
export class Mux {
  readonly closed: Promise<ChannelCloseReason>;
  readonly #channel: SealedChannel;
  readonly #options: MuxOptions;
  readonly #received = new ReceiveWindows();
  readonly #sender: FrameSender;
  readonly #liveness: Liveness;
  readonly #carrier: StreamCarrier;
  readonly #streams = new Map<number, MuxStream>();
  readonly #closing = Promise.withResolvers<ChannelCloseReason>();
  /** The highest id of a stream; every odd one up to it was used or skipped. */
  #lastId = -1;
  #goodbye: ChannelCloseReason | undefined;
  #failing = false;
  #ended: ChannelCloseReason | undefined;

  /** Takes both handlers of the channel. */
  constructor(channel: SealedChannel, options: MuxOptions) {
    this.closed = this.#closing.promise;
    this.#channel = channel;
    this.#options = options;
    this.#sender = new FrameSender(channel, this.#received, (error) => this.fail(error));
    this.#carrier = this.#createCarrier();
    this.#liveness = new Liveness({
      startTimer: options.startTimer ?? startHostTimer,
      now: options.now ?? (() => performance.now()),
      sendPing: (nonce) => this.#sender.sendUrgent(pingFrame(nonce)),
      onSilent: (error) => this.fail(error),
    });
    channel.onMessage((plaintext) => this.#receive(plaintext));
    channel.onClose((reason) => this.#end(reason));
  }

  /** Makes the next stream; throws ConnectError with Code.Unavailable after the end. */
  open(): MuxStream {
    if (this.#ended !== undefined) throw unavailable(this.#ended);
    this.#lastId += 2;
    return this.#addStream(this.#lastId);
  }

  /** Round-trip time in milliseconds; rejects with ChannelClosedError, TooManyPingsError. */
  ping(): Promise<number> {
    if (this.#ended !== undefined) return Promise.reject(new ChannelClosedError(this.#ended));
    return this.#liveness.ping();
  }

  /** Sends what may be sent and the reason, sealed, and ends the channel. */
  close(reason: string): void {
    if (this.#ended !== undefined) return;
    const text = reason.slice(0, MAX_REASON_LENGTH);
    this.#goodbye = { kind: "closed", text };
    this.#say(text);
    this.#channel.close(GOODBYE);
  }

  /** Ends the channel because of the error, which the other end is told, sealed. */
  fail(error: Error): void {
    // Saying why may fail in turn: the network that takes nothing takes no goodbye either.
    if (this.#ended !== undefined || this.#failing) return;
    this.#failing = true;
    this.#say(error.message.slice(0, MAX_REASON_LENGTH));
    this.#channel.fail(error);
  }

  #say(reason: string): void {
    try {
      this.#sender.flush();
      this.#sender.sendUrgent(goAwayFrame(reason));
      this.#sender.flush();
    } catch {
      // The channel ends anyway, and its reason is the caller's.
    }
  }

  #createCarrier(): StreamCarrier {
    return {
      schedule: (stream) => this.#sender.schedule(stream),
      sendUrgent: (frame) => this.#sender.sendUrgent(frame),
      consume: (streamId, bytes) => this.#consume(streamId, bytes),
      forget: (stream) => {
        this.#streams.delete(stream.id);
        this.#sender.forget(stream);
      },
    };
  }

  #addStream(id: number): MuxStream {
    const stream = new MuxStream(id, this.#options.role, this.#carrier);
    this.#streams.set(id, stream);
    return stream;
  }

  #end(reason: ChannelCloseReason): void {
    const said = reason.kind === "closed" ? this.#goodbye : undefined;
    this.#ended = said ?? reason;
    this.#sender.stop();
    this.#liveness.stop(new ChannelClosedError(this.#ended));
    const error = unavailable(this.#ended);
    for (const stream of [...this.#streams.values()]) stream.end(error);
    this.#closing.resolve(this.#ended);
  }

  #consume(streamId: number, bytes: number): void {
    if (this.#received.consume(streamId, bytes)) this.#sender.flushSoon();
  }

  #receive(plaintext: Uint8Array): void {
    this.#liveness.heard();
    try {
      for (const frame of parseBatch(plaintext)) {
        if (this.#ended !== undefined) return;
        this.#dispatch(frame);
      }
    } catch (error) {
      if (!(error instanceof TunnelProtocolError)) throw error;
      this.fail(error);
    }
  }

  #dispatch({ streamId, kind }: Frame): void {
    switch (kind.case) {
      case "open":
        this.#receiveOpen(streamId, kind.value);
        break;
      case "head":
        this.#receiveHead(streamId, kind.value);
        break;
      case "data":
        this.#receiveData(streamId, kind.value);
        break;
      case "end":
        this.#receiveEnd(streamId, kind.value);
        break;
      case "reset":
        this.#knownStream(streamId)?.end(errorOfReset(kind.value.reason));
        break;
      case "credit":
        this.#sender.giveCredit(streamId, kind.value.bytes);
        break;
      case "ping":
        this.#sender.sendUrgent(pongFrame(kind.value.nonce));
        break;
      case "pong":
        this.#liveness.pong(kind.value.nonce);
        break;
      case "goAway":
        this.#receiveGoAway(kind.value.reason);
        break;
      case undefined:
        throw new TunnelProtocolError("a frame has no kind: the other end is newer than what it agreed to speak");
    }
  }

  #receiveOpen(streamId: number, { path, headers }: Open): void {
    const { role, onOpen } = this.#options;
    if (role !== "answerer" || onOpen === undefined || streamId % 2 !== 1 || streamId <= this.#lastId) {
      throw new TunnelProtocolError(`stream ${streamId} cannot be opened here, after stream ${this.#lastId}`);
    }
    this.#lastId = streamId;
    const header = parseHeaders(headers);
    if (path.length + headerBytes(header) > MAX_HEADER_BYTES) {
      this.#sender.sendUrgent(resetFrame(streamId, ResetReason.HEADERS_TOO_LARGE));
      return;
    }
    onOpen(this.#addStream(streamId), path, header);
  }

  #receiveHead(streamId: number, { status, headers }: Head): void {
    const stream = this.#knownStream(streamId);
    if (stream === undefined) return;
    const header = parseHeaders(headers);
    const bytes = headerBytes(header);
    if (bytes > MAX_HEADER_BYTES) {
      stream.reset(ResetReason.HEADERS_TOO_LARGE, callError(new HeadersTooLargeError(bytes, MAX_HEADER_BYTES)));
    } else if (this.#options.role !== "caller" || !stream.receiveHead({ status, header })) {
      throw new TunnelProtocolError(`stream ${streamId} has a second head, or one from the caller`);
    }
  }

  #receiveData(streamId: number, data: Uint8Array): void {
    const stream = this.#knownStream(streamId);
    const fits = this.#received.receive(streamId, data.length);
    if (stream === undefined) {
      // It crossed our own end of the stream: what comes still counts, and nobody will read it.
      this.#consume(streamId, data.length);
      return;
    }
    if (!stream.acceptsData) throw new TunnelProtocolError(`stream ${streamId} has data outside of its body`);
    if (fits) {
      stream.body.push(owned(data));
      return;
    }
    this.#consume(streamId, data.length);
    stream.reset(ResetReason.CREDIT_EXCEEDED, new ConnectError("more was sent than was allowed", Code.Internal));
  }

  #receiveEnd(streamId: number, { trailers }: End): void {
    const stream = this.#knownStream(streamId);
    if (stream === undefined) return;
    const trailer = parseHeaders(trailers);
    const bytes = headerBytes(trailer);
    if (bytes > MAX_HEADER_BYTES) {
      stream.reset(ResetReason.HEADERS_TOO_LARGE, callError(new HeadersTooLargeError(bytes, MAX_HEADER_BYTES)));
    } else if (!stream.receiveEnd(trailer)) {
      throw new TunnelProtocolError(`stream ${streamId} ends before it began, or a second time`);
    }
  }

  #receiveGoAway(reason: string): void {
    this.#goodbye = { kind: "closed", text: reason.slice(0, MAX_REASON_LENGTH) };
    this.#channel.close(GOODBYE);
  }

  /** The stream, or undefined when it has ended here; throws for one that never was. */
  #knownStream(streamId: number): MuxStream | undefined {
    if (streamId % 2 === 1 && streamId <= this.#lastId) return this.#streams.get(streamId);
    throw new TunnelProtocolError(`a frame for stream ${streamId}, which was never opened`);
  }
}

function parseBatch(plaintext: Uint8Array): readonly Frame[] {
  try {
    return fromBinary(BatchSchema, plaintext).frames;
  } catch (cause) {
    throw new TunnelProtocolError("a record holds no batch of frames", { cause });
  }
}

function parseHeaders(list: Parameters<typeof headersOf>[0]): Headers {
  try {
    return headersOf(list);
  } catch (cause) {
    throw new TunnelProtocolError("a header has a name or value that HTTP does not have", { cause });
  }
}

function owned(data: Uint8Array): Uint8Array {
  return data.byteLength >= data.buffer.byteLength * MIN_KEPT_PART ? data : data.slice();
}
