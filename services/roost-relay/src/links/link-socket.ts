import type { Socket } from "node:net";
import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { WebSocket } from "ws";
import type { DataFrame } from "../frames/data-frame.ts";
import { encodeFrame, type FrameInit } from "../frames/frame-codec.ts";
import { ProtocolError } from "../frames/protocol-error.ts";
import type { RelayLimits } from "../relay-limits.ts";
import type { CloseCause } from "../switchboard/switchboard.ts";
import type { ProcessBacklog } from "./backlog.ts";
import { Heartbeat } from "./heartbeat.ts";
import { OutgoingBatch } from "./outgoing-batch.ts";
import { reasonName } from "./reason-name.ts";

/** WebSocket close codes for applications begin here; the CloseReason is added. */
const CLOSE_CODE_BASE = 4_000;
/** Normal closure, RFC 6455. */
const CLOSE_CODE_NORMAL = 1_000;

/** What a link's socket is made of. */
export interface LinkSocketOptions {
  readonly webSocket: WebSocket;
  /** The TCP or TLS socket under it. */
  readonly stream: Socket;
  readonly limits: RelayLimits;
  readonly backlog: ProcessBacklog;
  readonly clock: Clock;
}

/** Who listens to a socket; changes when the link has been admitted. */
export interface SocketListener {
  /** A whole binary message of at most `maxFrameBytes`. Throws ProtocolError to end the link. */
  onMessage(message: Uint8Array): void;
  /** The link is over, whoever ended it; called once. */
  onEnd(cause: CloseCause): void;
  /** Everything that waited has left. */
  onDrained?(): void;
}

/**
 * One WebSocket as the relay uses it: what is sent in one turn of the event loop leaves by one system call, what waits
 * is counted, silence is noticed, and the end comes once.
 */
export class LinkSocket {
  readonly #webSocket: WebSocket;
  readonly #stream: Socket;
  readonly #limits: RelayLimits;
  readonly #backlog: ProcessBacklog;
  readonly #heartbeat: Heartbeat;
  readonly #batch: OutgoingBatch;
  #listener: SocketListener | undefined;
  #flushIsDue = false;
  #cause: CloseCause | undefined;
  #onEnded: ((cause: CloseCause) => void) | undefined;
  /** Share of the process's backlog that this socket has reported. */
  #reportedBytes = 0;

  constructor({ webSocket, stream, limits, backlog, clock }: LinkSocketOptions) {
    this.#webSocket = webSocket;
    this.#stream = stream;
    this.#limits = limits;
    this.#backlog = backlog;
    this.#batch = new OutgoingBatch(stream);
    stream.setNoDelay(true);
    webSocket.on("message", (message, isBinary) => this.#receive(message, isBinary));
    webSocket.on("error", ({ message }) => this.#lose(`The socket broke: ${message}.`));
    webSocket.on("close", () => this.#lose("The socket closed."));
    // Earlier than the WebSocket's close, which first waits until everything is written.
    stream.on("end", () => this.#lose("The socket closed."));
    stream.on("drain", () => this.#drained());
    this.#heartbeat = new Heartbeat({
      vitals: this,
      ping: () => webSocket.ping(),
      onSilent: () => this.#lose("The socket did not answer."),
      intervalMs: limits.pingIntervalMs,
      maxSilentPings: limits.maxSilentPings,
      clock,
    });
  }

  /** Takes the place of the listener before; set it before the first turn of the event loop ends. */
  listen(listener: SocketListener): void {
    this.#listener = listener;
  }

  /** Nothing is sent or heard any more; the TCP socket may still be closing. */
  get isEnded(): boolean {
    return this.#cause !== undefined;
  }

  /** Sets the one handler that is called after the listener heard of the end; at once when that was before. */
  onceEnded(handler: (cause: CloseCause) => void): void {
    if (this.#cause) handler(this.#cause);
    else this.#onEnded = handler;
  }

  get isPaused(): boolean {
    return this.#webSocket.isPaused;
  }

  get bytesRead(): number {
    return this.#stream.bytesRead;
  }

  get bytesSent(): number {
    return this.#stream.bytesWritten - this.#stream.writableLength;
  }

  /** Bytes that were accepted here and not by the kernel. */
  get bytesWaiting(): number {
    return this.#batch.bytesWaiting;
  }

  /** Whether so many bytes wait that a listener should care; `onDrained` is called when all of them have left. */
  isBehindBy(bytes: number): boolean {
    return this.#stream.writableNeedDrain && this.bytesWaiting >= bytes;
  }

  /** Reads nothing until `resume`, so that the other end's TCP window closes. */
  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  /** Sends sealed bytes; false, and nothing sent, when too much waits already: of the channel, the socket, the process. */
  sendData({ channelId, payload }: DataFrame, maxChannelBytes: number): boolean {
    if (this.isEnded) return true;
    if (!this.#hasRoom(channelId, payload.length, maxChannelBytes)) return false;
    this.#batch.addData(channelId, payload);
    this.#scheduleFlush();
    return true;
  }

  /** Sends a frame that is not Data; a socket that cannot even take these is ended. */
  sendFrame(frame: FrameInit): void {
    if (this.isEnded) return;
    if (this.bytesWaiting > this.#limits.maxSocketBacklogBytes) {
      this.end({ reason: CloseReason.FELL_BEHIND, text: "The link does not take what it is sent." });
      return;
    }
    this.#batch.addFrame(encodeFrame(frame));
    this.#scheduleFlush();
  }

  /** Ends the link and says why. */
  end(cause: CloseCause): void {
    if (this.isEnded) return;
    const close = { channelId: 0, reason: cause.reason, text: cause.text };
    this.#batch.addFrame(encodeFrame({ case: "close", value: close }));
    this.#flush();
    this.#finish(cause);
    this.#webSocket.resume();
    this.#webSocket.close(closeCode(cause.reason), reasonName(cause.reason));
  }

  /** Ends the link without a word. */
  terminate(): void {
    this.#lose("The relay stopped.");
  }

  #receive(message: unknown, isBinary: boolean): void {
    if (this.isEnded) return;
    try {
      if (!isBinary) throw new ProtocolError("a text message; every frame is one binary message");
      // `binaryType` is left at its default, which delivers one Buffer.
      if (!(message instanceof Uint8Array)) throw new ProtocolError("a message in parts");
      if (message.length > this.#limits.maxFrameBytes) throw this.#tooLong(message.length);
      this.#listener?.onMessage(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end({ reason: CloseReason.PROTOCOL_ERROR, text: `Found ${error.message}.` });
    }
  }

  #tooLong(bytes: number): ProtocolError {
    return new ProtocolError(`a frame of ${bytes} bytes, wanted at most ${this.#limits.maxFrameBytes}`);
  }

  #hasRoom(channelId: number, bytes: number, maxChannelBytes: number): boolean {
    const waiting = this.#batch.bytesWaiting;
    if (waiting === 0) return true;
    if (waiting + bytes > this.#limits.maxSocketBacklogBytes || this.#backlog.wouldExceed(bytes)) return false;
    return this.#batch.bytesWaitingOf(channelId) + bytes <= maxChannelBytes;
  }

  #scheduleFlush(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    // Runs when the message event is over, and with it everything else that the same read of a socket brought.
    process.nextTick(flushDue, this);
  }

  /** Called by flushDue only. */
  flushNow(): void {
    this.#flushIsDue = false;
    if (!this.isEnded) this.#flush();
  }

  #flush(): void {
    // After the other end's close frame the stream takes nothing more; its close event follows.
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#batch.flush();
    this.#report(this.#stream.writableLength);
  }

  #drained(): void {
    this.#report(0);
    if (!this.isEnded) this.#listener?.onDrained?.();
  }

  #report(bytes: number): void {
    if (bytes === this.#reportedBytes) return;
    this.#backlog.adjust(bytes - this.#reportedBytes);
    this.#reportedBytes = bytes;
  }

  #lose(text: string): void {
    if (!this.isEnded) this.#finish({ reason: CloseReason.PEER_LOST, text });
    this.#webSocket.terminate();
    this.#report(0);
  }

  #finish(cause: CloseCause): void {
    this.#cause = cause;
    this.#heartbeat.stop();
    this.#listener?.onEnd(cause);
    this.#onEnded?.(cause);
  }
}

function flushDue(socket: LinkSocket): void {
  socket.flushNow();
}

function closeCode(reason: CloseReason): number {
  return reason === CloseReason.CLOSED_BY_PEER ? CLOSE_CODE_NORMAL : CLOSE_CODE_BASE + reason;
}
