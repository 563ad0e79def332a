import {
  type Client,
  type ConnectRouter,
  createClient,
  createConnectRouter,
  type ServiceImpl,
} from "@connectrpc/connect";
import type { AeadFactory } from "@wingthing/sealed-channel/aead";
import type { SealedChannel } from "@wingthing/sealed-channel/sealed-channel";
import { createChannelPair } from "@wingthing/sealed-channel/testing/channel-pair";
import { ManualTimers } from "@wingthing/sealed-channel/testing/manual-timer";
import { createTunnelClient, type TunnelClient } from "../tunnel-client.ts";
import { serveTunnel, TUNNEL_ROUTER_OPTIONS, type TunnelServer, type TunnelServerOptions } from "../tunnel-server.ts";
import { CHUNK_BYTES, EchoService } from "./echo-service.ts";

/** The honest answers of the service. */
export const ECHO: ServiceImpl<EchoService> = {
  ping: (request) => request,
  async *echo(requests) {
    yield* requests;
  },
  async *flood({ value }) {
    const chunk = new Uint8Array(CHUNK_BYTES).fill(7);
    for (let index = 0; index < value; index += 1) yield { value: chunk };
  },
  async count(requests) {
    let total = 0;
    for await (const { value } of requests) total += value.length;
    return { value: total };
  },
};

/** Both ends of a served channel. */
export interface TunnelPair extends Disposable {
  readonly client: TunnelClient;
  readonly server: TunnelServer;
  readonly echo: Client<EchoService>;
  readonly browserTimers: ManualTimers;
  readonly wingTimers: ManualTimers;
}

/** What a test wants otherwise. */
export interface TunnelPairOptions {
  readonly answers?: Partial<ServiceImpl<EchoService>>;
  readonly browserAead?: AeadFactory;
  readonly channels?: readonly [SealedChannel, SealedChannel];
  readonly server?: Omit<TunnelServerOptions, "startTimer">;
  readonly now?: () => number;
}

/** A tunnel with the service on it, over a memory pipe unless channels are given. Timers fire when the test says so. */
export async function createTunnelPair(options: TunnelPairOptions = {}): Promise<TunnelPair> {
  const { answers = {}, browserAead, now } = options;
  const channels = options.channels ?? (await createChannelPair(browserAead === undefined ? {} : { browserAead }));
  const [browserTimers, wingTimers] = [new ManualTimers(), new ManualTimers()];
  const routes = (router: ConnectRouter) => router.service(EchoService, { ...ECHO, ...answers });
  const router = createConnectRouter(TUNNEL_ROUTER_OPTIONS);
  routes(router);
  const server = serveTunnel(channels[1], router.handlers, { ...options.server, startTimer: wingTimers.start });
  const clock = now === undefined ? {} : { now };
  const client = createTunnelClient(channels[0], { startTimer: browserTimers.start, ...clock });
  const echo = createClient(EchoService, client.transport);
  return { client, server, echo, browserTimers, wingTimers, [Symbol.dispose]: () => client.close("end of test") };
}

/** A source that a test feeds by hand. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  /** Whether the consumer has left. */
  abandoned = false;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) yield item;
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.abandoned = true;
    }
  }
}

/** Makes tunnels that are closed at the end of the test. */
export function useTunnels(
  afterEach: (cleanUp: () => void) => void,
): (options?: TunnelPairOptions) => Promise<TunnelPair> {
  const open: TunnelPair[] = [];
  afterEach(() => {
    for (const pair of open.splice(0)) pair[Symbol.dispose]();
  });
  return async (options) => {
    const pair = await createTunnelPair(options);
    open.push(pair);
    return pair;
  };
}
