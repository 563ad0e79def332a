import type { DescMessage, Message, MessageShape } from "@bufbuild/protobuf";
import type { handleBidiStreamingCall, handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import type { Log } from "@wingthing/service-runtime/log";
import type { CallStatus } from "./error-status.ts";
import type { MessageSink } from "./message-pump.ts";
import { MalformedRequestError } from "./request-errors.ts";
import type { Received } from "./service-definition.ts";

/** What a streaming method is given. */
export interface StreamCall<O extends Message> {
  readonly responses: Pick<MessageSink<O>, "write">;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

/** A method that is given one message and gives one. */
export type Unary<I extends DescMessage, O extends Message> = (request: MessageShape<I>) => O | Promise<O>;
/** A method that is given one message and gives many. */
export type ServerStream<O extends Message> = (call: StreamCall<O>) => Promise<void>;
/** A method that is given many messages and gives many. */
export type BidiStream<I extends DescMessage, O extends Message> = (
  call: StreamCall<O> & { readonly requests: AsyncIterable<MessageShape<I>> },
) => Promise<void>;

/** The part of grpc-js's streams that is used. */
interface CallStream {
  readonly cancelled: boolean;
  write(message: Message, sent: () => void): unknown;
  end(): unknown;
  on(event: "cancelled" | "close", listener: () => void): unknown;
  emit(event: "error", error: CallStatus): unknown;
}

/** Turns plain functions into handlers of grpc-js: decodes, validates, and tells errors in one way. */
export class CallHandlers {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** A unary method; its request is held to the rules in the proto. */
  unary<I extends DescMessage, O extends Message>(input: I, method: Unary<I, O>): handleUnaryCall<Received, O> {
    return (call, respond) => {
      this.#runUnary(input, method, call.request).then(
        (response) => respond(null, response),
        async (error: unknown) => respond(await this.#status(error)),
      );
    };
  }

  /** A method that streams its answers; its request is empty. */
  serverStream<O extends Message>(method: ServerStream<O>): handleServerStreamingCall<Received, O> {
    return (call) => this.#runStream(call, () => method(streamCall(call)));
  }

  /** A method that streams both ways. */
  bidiStream<I extends DescMessage, O extends Message>(
    input: I,
    method: BidiStream<I, O>,
  ): handleBidiStreamingCall<Received, O> {
    return (call) => this.#runStream(call, () => method({ ...streamCall(call), requests: messages(input, call) }));
  }

  async #runUnary<I extends DescMessage, O extends Message>(
    input: I,
    method: Unary<I, O>,
    received: Received,
  ): Promise<O> {
    const request = parseReceived(input, received);
    const { assertValid } = await import("@wingthing/service-runtime/validate");
    assertValid(input, request);
    return method(request);
  }

  #runStream(call: CallStream, run: () => Promise<void>): void {
    // A method that fails before its first await fails the same way.
    const running = (async () => run())();
    running.then(
      () => call.end(),
      async (error: unknown) => {
        if (!call.cancelled) call.emit("error", await this.#status(error));
      },
    );
  }

  async #status(error: unknown): Promise<CallStatus> {
    const { statusOfError } = await import("./error-status.ts");
    return statusOfError(error, this.#log);
  }
}

/** A stream of messages of a caller. */
interface MessageStream {
  readonly cancelled: boolean;
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<Received>;
}

/** The message that was decoded for this very method. */
function parseReceived<I extends DescMessage>(input: I, received: Received): MessageShape<I> {
  if (received.kind === "malformed") throw new MalformedRequestError(input.typeName, { cause: received.error });
  return received.message as MessageShape<I>;
}

async function* messages<I extends DescMessage>(input: I, call: MessageStream): AsyncGenerator<MessageShape<I>> {
  try {
    // The stream must outlive its messages: the answer, or the error, still goes out on it.
    for await (const received of call.iterator({ destroyOnReturn: false })) yield parseReceived(input, received);
  } catch (error) {
    // A caller who is gone ends its messages; that is no error of theirs.
    if (!call.cancelled) throw error;
  }
}

function streamCall<O extends Message>(call: CallStream): StreamCall<O> {
  const gone = new AbortController();
  call.on("cancelled", () => gone.abort());
  call.on("close", () => gone.abort());
  return {
    signal: gone.signal,
    responses: { write: (message, sent) => call.write(message, sent) },
  };
}
