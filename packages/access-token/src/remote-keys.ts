import { keysFromJwks, parsePublishedKeys } from "./published-keys.ts";
import { KeysUnavailableError } from "./token-error.ts";
import type { TokenVerifierKeys } from "./verify.ts";

/** Keys are asked for again when they are older: how long a retired key may linger. */
export const KEYS_FRESH_MS = 10 * 60_000;
/** Older keys are used for as long while the roost cannot be reached, and no longer. */
export const KEYS_STALE_MS = 60 * 60_000;
/** An unknown key id asks again at most this often: anybody can make up key ids. */
export const UNKNOWN_KEY_COOLDOWN_MS = 30_000;
/** After a failure the roost is left alone for a moment. */
export const FAILURE_COOLDOWN_MS = 2_000;
/** The roost answers from memory; longer is a hang. */
const FETCH_TIMEOUT_MS = 5_000;
/** A set of 16 keys is about 4 KB. */
export const MAX_JWKS_BYTES = 65_536;

/** How to reach the roost's keys. */
export interface RemoteKeysOptions {
  /** For instance "http://127.0.0.1:8080/.well-known/jwks.json". */
  readonly url: string;
  readonly fetch?: typeof fetch;
  /** A scale in milliseconds that never goes back. */
  readonly monotonicMs?: () => number;
}

/** Keys behind a URL: fetched when first wanted, kept, and fetched again within fixed bounds. */
export function keysFromUrl(options: RemoteKeysOptions): TokenVerifierKeys {
  return new RemoteKeys(options);
}

interface Fetched {
  readonly keys: TokenVerifierKeys;
  readonly at: number;
}

class RemoteKeys implements TokenVerifierKeys {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  #fetched: Fetched | undefined;
  #running: Promise<Fetched> | undefined;
  #failure: { readonly error: KeysUnavailableError; readonly at: number } | undefined;

  constructor({ url, fetch = globalThis.fetch, monotonicMs = () => performance.now() }: RemoteKeysOptions) {
    this.#url = url;
    this.#fetch = fetch;
    this.#now = monotonicMs;
  }

  async keyFor(kid: string): Promise<CryptoKey | undefined> {
    const current = await this.#current();
    const key = await current.keys.keyFor(kid);
    if (key || this.#now() - current.at < UNKNOWN_KEY_COOLDOWN_MS) return key;
    const newer = await this.#refetch();
    return newer.keys.keyFor(kid);
  }

  async #current(): Promise<Fetched> {
    const kept = this.#fetched;
    const ageMs = kept ? this.#now() - kept.at : Number.POSITIVE_INFINITY;
    if (kept && ageMs < KEYS_FRESH_MS) return kept;
    try {
      return await this.#refetch();
    } catch (error) {
      if (kept && ageMs < KEYS_STALE_MS) return kept;
      throw error;
    }
  }

  /** One fetch at a time, whoever asks. */
  #refetch(): Promise<Fetched> {
    const failure = this.#failure;
    if (failure && this.#now() - failure.at < FAILURE_COOLDOWN_MS) return Promise.reject(failure.error);
    this.#running ??= this.#fetchNow().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #fetchNow(): Promise<Fetched> {
    try {
      const response = await this.#fetch(this.#url, {
        headers: { accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const published = parsePublishedKeys(JSON.parse(await boundedText(response)));
      this.#failure = undefined;
      this.#fetched = { keys: keysFromJwks(published), at: this.#now() };
      return this.#fetched;
    } catch (cause) {
      const text = `The roost's public keys at ${this.#url} could not be had; is the roost running?`;
      const error = new KeysUnavailableError(text, { cause });
      this.#failure = { error, at: this.#now() };
      throw error;
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_JWKS_BYTES) throw new Error(`longer than ${MAX_JWKS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
