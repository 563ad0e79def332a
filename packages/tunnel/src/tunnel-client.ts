import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import type { UniversalClientRequest, UniversalClientResponse } from "@connectrpc/connect/protocol";
import { createTransport } from "@connectrpc/connect/protocol-grpc";
import { ResetReason } from "@wingthing/contracts/gen/wingthing/channel/v1/channel_pb";
import type { StartTimer } from "@wingthing/sealed-channel/host";
import type { ChannelCloseReason, SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { Mux } from "./mux.ts";
import type { MuxStream } from "./mux-stream.ts";
import { pump } from "./pump.ts";
import { callError } from "./tunnel-errors.ts";
import { MAX_MESSAGE_BYTES, MAX_STREAMS } from "./tunnel-limits.ts";

/** Connect wants an address; it never leaves this file. */
const BASE_URL = "https://wing.invalid";

/** RPC over a sealed channel, from the browser's side. */
export interface TunnelClient {
  /** Connect transport for `createClient`; calls after the end fail with Code.Unavailable. */
  readonly transport: Transport;
  readonly channel: SealedChannel;
  /** Round-trip time in milliseconds; rejects with ChannelClosedError, TooManyPingsError. */
  ping(): Promise<number>;
  /** Says goodbye with the reason, sealed, and ends the channel; open calls fail with Code.Unavailable. */
  close(reason?: string): void;
  /** Resolves when the channel has ended; never rejects. */
  readonly closed: Promise<ChannelCloseReason>;
}

/** What a client may be given. */
export interface TunnelClientOptions {
  readonly interceptors?: Interceptor[];
  readonly startTimer?: StartTimer;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: () => number;
}

/** Takes the channel over: nothing else may set its handlers or send on it. */
export function createTunnelClient(channel: SealedChannel, options: TunnelClientOptions = {}): TunnelClient {
  const { interceptors = [], ...timing } = options;
  const mux = new Mux(channel, { role: "caller", ...timing });
  const calls = new TunnelCalls(mux);
  const transport = createTransport({
    httpClient: (request) => calls.call(request),
    baseUrl: BASE_URL,
    useBinaryFormat: true,
    interceptors,
    acceptCompression: [],
    sendCompression: null,
    compressMinBytes: MAX_MESSAGE_BYTES,
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
  });
  return {
    transport,
    channel,
    ping: () => mux.ping(),
    close: (reason = "closed") => mux.close(reason),
    closed: mux.closed,
  };
}

/** Connect's HTTP client: a stream a request. */
class TunnelCalls {
  readonly #mux: Mux;
  /** Calls whose response was not read to its end. */
  #running = 0;

  constructor(mux: Mux) {
    this.#mux = mux;
  }

  async call(request: UniversalClientRequest): Promise<UniversalClientResponse> {
    const { signal, url, header, body } = request;
    if (signal?.aborted === true) throw errorOfSignal(signal);
    const stream = this.#open();
    if (signal !== undefined) cancelOnAbort(stream, signal);
    try {
      stream.sendOpen(url.slice(BASE_URL.length), header);
    } catch (error) {
      stream.end(callError(error));
    }
    void send(body, stream);
    const head = await stream.head;
    return { ...head, body: stream.body, trailer: stream.trailer };
  }

  #open(): MuxStream {
    if (this.#running >= MAX_STREAMS) {
      throw new ConnectError(`${MAX_STREAMS} calls run at once: end some first`, Code.ResourceExhausted);
    }
    const stream = this.#mux.open();
    this.#running += 1;
    stream.onDone(() => {
      this.#running -= 1;
    });
    return stream;
  }
}

function cancelOnAbort(stream: MuxStream, signal: AbortSignal): void {
  const onAbort = () => {
    // Connect aborts every call at its end, too; only the body may then be left unread.
    if (!stream.ended) stream.reset(ResetReason.CANCELLED, errorOfSignal(signal));
    stream.body.abandon();
  };
  signal.addEventListener("abort", onAbort, { once: true });
}

async function send(body: AsyncIterable<Uint8Array> | undefined, stream: MuxStream): Promise<void> {
  try {
    if (body !== undefined) await pump(body, stream);
    if (!stream.writingEnded) stream.sendEnd(new Headers());
  } catch (error) {
    stream.reset(ResetReason.CANCELLED, callError(error));
  }
}

function errorOfSignal(signal: AbortSignal): ConnectError {
  return ConnectError.from(signal.reason, Code.Canceled);
}
