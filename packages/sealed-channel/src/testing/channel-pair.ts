import type { AeadFactory } from "../aead.ts";
import { generateKeyPair } from "../key-pair.ts";
import { createMessagePipePair } from "../memory-pipe.ts";
import type { MessagePipe } from "../message-pipe.ts";
import type { RekeyLimits } from "../record-cipher.ts";
import {
  acceptSealedChannel,
  type ChannelCloseReason,
  openSealedChannel,
  type SealedChannel,
} from "../sealed-channel.ts";
import { fixedRandom } from "./fixed-random.ts";
import { nodeAead } from "./node-aead.ts";

/** The wing of the tests. */
export const TEST_WING_ID = "waaaaaaaaaaaaaaaaaaaa";
/** Its key, the same in every run. */
export const TEST_WING_KEY = generateKeyPair(fixedRandom("wing"));

/** What a test wants of a pair that is not the usual. */
export interface ChannelPairOptions {
  readonly browserPipe?: MessagePipe;
  readonly wingPipe?: MessagePipe;
  readonly browserAead?: AeadFactory;
  readonly wingAead?: AeadFactory;
  readonly rekeyLimits?: RekeyLimits;
  readonly seed?: string;
}

/** Both ends of one channel, after its handshake. */
export async function createChannelPair(options: ChannelPairOptions = {}): Promise<[SealedChannel, SealedChannel]> {
  const [left, right] = createMessagePipePair();
  const { browserPipe = left, wingPipe = right, browserAead = nodeAead, wingAead = nodeAead, seed = "pair" } = options;
  const shared = {
    wingId: TEST_WING_ID,
    ...(options.rekeyLimits === undefined ? {} : { rekeyLimits: options.rekeyLimits }),
  };
  return Promise.all([
    openSealedChannel({
      ...shared,
      pipe: browserPipe,
      wingPublicKey: TEST_WING_KEY.publicKey,
      aead: browserAead,
      random: fixedRandom(`${seed} browser`),
    }),
    acceptSealedChannel({
      ...shared,
      pipe: wingPipe,
      keyPair: TEST_WING_KEY,
      aead: wingAead,
      random: fixedRandom(`${seed} wing`),
    }),
  ]);
}

/** Collects what a channel receives. */
export class ChannelEar {
  readonly heard: Uint8Array[] = [];
  readonly closed: Promise<ChannelCloseReason>;
  #waiting: { readonly count: number; resolve(): void }[] = [];

  constructor(channel: SealedChannel) {
    channel.onMessage((plaintext) => {
      this.heard.push(plaintext);
      this.#waiting = this.#waiting.filter(({ count, resolve }) => {
        if (this.heard.length >= count) resolve();
        return this.heard.length < count;
      });
    });
    this.closed = new Promise((resolve) => channel.onClose(resolve));
  }

  /** Resolves when so many messages were heard. */
  hears(count: number): Promise<void> {
    if (this.heard.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
