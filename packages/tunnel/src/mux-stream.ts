import { Code, ConnectError } from "@connectrpc/connect";
import { ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import { endFrame, headFrame, openFrame, resetFrame } from "./frames.ts";
import { InboundBody } from "./inbound-body.ts";
import { Outbox } from "./outbox.ts";

/** What a stream needs of the channel that it is part of. */
export interface StreamCarrier {
  /** The outbox has something to send. */
  schedule(stream: MuxStream): void;
  /** Sends a frame before the data of all streams. */
  sendUrgent(frame: Uint8Array): void;
  /** The application consumed bytes of the stream. */
  consume(streamId: number, bytes: number): void;
  /** The stream has ended both ways; no more frames are passed to it. */
  forget(stream: MuxStream): void;
}

/** Which end of a call this is: the browser calls, the wing answers. */
export type StreamRole = "caller" | "answerer";

/** What a response begins with. */
export interface ResponseHead {
  readonly status: number;
  readonly header: Headers;
}

/** One call, at either end. It ends once: in order, by a reset of either end, or with its channel. */
export class MuxStream {
  readonly id: number;
  readonly body: InboundBody;
  /** Trailers of the response, complete when the body has ended. */
  readonly trailer = new Headers();
  /** The sending half, for whoever fills batches. */
  readonly outbox: Outbox;
  readonly #role: StreamRole;
  readonly #carrier: StreamCarrier;
  readonly #head = Promise.withResolvers<ResponseHead>();
  #headSeen = false;
  #inboundEnded = false;
  #ended: { readonly error: ConnectError | undefined } | undefined;
  #onEnded: ((error: ConnectError | undefined) => void) | undefined;
  #onDone: (() => void) | undefined;

  constructor(id: number, role: StreamRole, carrier: StreamCarrier) {
    this.id = id;
    this.#role = role;
    this.#carrier = carrier;
    this.outbox = new Outbox(id);
    this.body = new InboundBody({
      onConsumed: (bytes) => carrier.consume(id, bytes),
      onAbandoned: () => this.#bodyAbandoned(),
      onDone: () => this.#onDone?.(),
    });
    // Only the calling end asks for it.
    this.#head.promise.catch(() => {});
  }

  /** The beginning of the response; rejects with ConnectError when the stream ends without one. */
  get head(): Promise<ResponseHead> {
    return this.#head.promise;
  }

  /** Whether data may come: the response has begun or the request has not ended. */
  get acceptsData(): boolean {
    return this.#role === "caller" ? this.#headSeen : !this.#inboundEnded;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Sets the handler of the end, with the error if it was early; at once when it has ended. */
  onEnded(handler: (error: ConnectError | undefined) => void): void {
    this.#onEnded = handler;
    if (this.#ended !== undefined) handler(this.#ended.error);
  }

  /** Sets the handler of a body that was read to its end or never will be. */
  onDone(handler: () => void): void {
    this.#onDone = handler;
  }

  /** Sends the request's beginning; throws HeadersTooLargeError. */
  sendOpen(path: string, headers: Headers): void {
    this.outbox.setFirst(openFrame(this.id, path, headers));
    this.#carrier.schedule(this);
  }

  /** Sends the response's beginning; throws HeadersTooLargeError. */
  sendHead(status: number, headers: Headers): void {
    this.outbox.setFirst(headFrame(this.id, status, headers));
    this.#carrier.schedule(this);
  }

  /** Sends data. A promise comes back when the writer should wait before it sends more. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    const wait = this.outbox.write(chunk);
    this.#carrier.schedule(this);
    return wait;
  }

  /** Whether nothing more can be written. */
  get writingEnded(): boolean {
    return this.outbox.closed;
  }

  /** Ends this direction after what was written; throws HeadersTooLargeError. */
  sendEnd(trailers: Headers): void {
    this.outbox.setLast(endFrame(this.id, trailers));
    this.#carrier.schedule(this);
  }

  /** Ends the stream early, and tells the other end if it knows of the stream. */
  reset(reason: ResetReason, error: ConnectError): void {
    if (this.#ended !== undefined) return;
    const unheardOf = this.#role === "caller" && this.outbox.firstWaits;
    if (!unheardOf) this.#carrier.sendUrgent(resetFrame(this.id, reason));
    this.end(error);
  }

  /** Ends the stream without a word: the other end knows, or is gone. */
  end(error: ConnectError | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.outbox.close();
    this.#carrier.forget(this);
    if (error === undefined) this.body.end();
    else {
      this.#head.reject(error);
      this.body.fail(error);
    }
    this.#onEnded?.(error);
  }

  /** The response begins; false when it had begun before. */
  receiveHead(head: ResponseHead): boolean {
    if (this.#headSeen) return false;
    this.#headSeen = true;
    this.#head.resolve(head);
    return true;
  }

  /** The other end ended its direction; false when it may not do so now. A response that ends, ends the stream. */
  receiveEnd(trailer: Headers): boolean {
    if (!this.acceptsData) return false;
    this.#inboundEnded = true;
    trailer.forEach((value, name) => {
      this.trailer.append(name, value);
    });
    if (this.#role === "caller") this.end(undefined);
    else this.body.end();
    return true;
  }

  /** Everything up to the last frame was sent. After a response, the rest of the request is of no use. */
  lastFrameSent(): void {
    if (this.#role === "caller") return;
    this.body.abandon();
    this.end(undefined);
  }

  #bodyAbandoned(): void {
    if (this.#role === "answerer") return;
    this.reset(ResetReason.CANCELLED, new ConnectError("nobody reads the response any more", Code.Canceled));
  }
}
