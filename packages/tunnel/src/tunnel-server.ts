import { Code, ConnectError, type ConnectRouterOptions, type ContextValues } from "@connectrpc/connect";
import type { UniversalHandler, UniversalServerRequest } from "@connectrpc/connect/protocol";
import { ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import type { StartTimer } from "@wingthing/sealed-channel/host";
import type { ChannelCloseReason, SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { Mux } from "./mux.ts";
import type { MuxStream } from "./mux-stream.ts";
import { pump } from "./pump.ts";
import { callError, HeadersTooLargeError } from "./tunnel-errors.ts";
import { MAX_MESSAGE_BYTES, MAX_STREAMS } from "./tunnel-limits.ts";

/** What `createConnectRouter` of a served tunnel must be given: gRPC only, no compression, bounded messages. */
export const TUNNEL_ROUTER_OPTIONS = {
  grpc: true,
  grpcWeb: false,
  connect: false,
  acceptCompression: [],
  readMaxBytes: MAX_MESSAGE_BYTES,
  writeMaxBytes: MAX_MESSAGE_BYTES,
} satisfies ConnectRouterOptions;

/** A tunnel that is being served. */
export interface TunnelServer {
  /** Resolves when the channel has ended; never rejects. */
  readonly closed: Promise<ChannelCloseReason>;
  /** Round-trip time in milliseconds; rejects with ChannelClosedError, TooManyPingsError. */
  ping(): Promise<number>;
  /** Says goodbye with the reason, sealed, and ends the channel; running handlers see their signal aborted. */
  close(reason?: string): void;
}

/** What a served tunnel may be given. */
export interface TunnelServerOptions {
  /** Values for the context of a call: the channel, the person. */
  readonly contextValues?: (request: UniversalServerRequest) => ContextValues;
  /** A handler failed outside of Connect's own handling: a bug, for the log. */
  readonly onHandlerFailure?: (path: string, error: unknown) => void;
  readonly startTimer?: StartTimer;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** Runs the handlers of a router made with TUNNEL_ROUTER_OPTIONS for calls on the channel, and takes the channel over. */
export function serveTunnel(
  channel: SealedChannel,
  handlers: readonly UniversalHandler[],
  options: TunnelServerOptions = {},
): TunnelServer {
  const { contextValues, onHandlerFailure, ...timing } = options;
  const answers = new TunnelAnswers(handlers, options);
  const mux = new Mux(channel, {
    role: "answerer",
    onOpen: (stream, path, header) => answers.answer(stream, path, header),
    ...timing,
  });
  return {
    closed: mux.closed,
    ping: () => mux.ping(),
    close: (reason = "closed") => mux.close(reason),
  };
}

/** Connect's handlers: one run a stream. */
class TunnelAnswers {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;
  readonly #options: TunnelServerOptions;
  /** Calls whose handler has not returned or whose response was not sent. */
  #running = 0;

  constructor(handlers: readonly UniversalHandler[], options: TunnelServerOptions) {
    this.#handlers = new Map(handlers.map((handler) => [handler.requestPath, handler]));
    this.#options = options;
  }

  answer(stream: MuxStream, path: string, header: Headers): void {
    const handler = this.#handlers.get(path);
    if (handler === undefined) {
      stream.reset(ResetReason.UNKNOWN_METHOD, new ConnectError(`there is no ${path}`, Code.Unimplemented));
    } else if (this.#running >= MAX_STREAMS) {
      const text = `${MAX_STREAMS} calls run at once`;
      stream.reset(ResetReason.TOO_MANY_STREAMS, new ConnectError(text, Code.ResourceExhausted));
    } else {
      void this.#run(stream, handler, header);
    }
  }

  async #run(stream: MuxStream, handler: UniversalHandler, header: Headers): Promise<void> {
    this.#running += 1;
    const controller = new AbortController();
    stream.onEnded((error) => {
      if (error !== undefined) controller.abort(error);
    });
    try {
      await this.#respond(stream, handler, this.#requestOf(stream, handler.requestPath, header, controller.signal));
    } catch (error) {
      this.#abandon(stream, handler.requestPath, error);
    } finally {
      // At once when the stream has ended; else when its last frame was sent.
      stream.onEnded(() => {
        this.#running -= 1;
      });
    }
  }

  #requestOf(stream: MuxStream, path: string, header: Headers, signal: AbortSignal): UniversalServerRequest {
    const url = `https://wing.invalid${path}`;
    const request: UniversalServerRequest = {
      httpVersion: "2.0",
      method: "POST",
      url,
      header,
      body: stream.body,
      signal,
    };
    const contextValues = this.#options.contextValues?.(request);
    return contextValues === undefined ? request : { ...request, contextValues };
  }

  async #respond(stream: MuxStream, handler: UniversalHandler, request: UniversalServerRequest): Promise<void> {
    const response = await handler(request);
    stream.sendHead(response.status, response.header ?? new Headers());
    if (response.body !== undefined) await pump(response.body, stream);
    if (!stream.writingEnded) stream.sendEnd(response.trailer ?? new Headers());
  }

  #abandon(stream: MuxStream, path: string, error: unknown): void {
    const tooLarge = error instanceof HeadersTooLargeError;
    if (!tooLarge && !stream.ended) this.#options.onHandlerFailure?.(path, error);
    stream.reset(tooLarge ? ResetReason.HEADERS_TOO_LARGE : ResetReason.INTERNAL, callError(error));
  }
}
