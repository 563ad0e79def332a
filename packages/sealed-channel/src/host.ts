/** AES-GCM of WebCrypto, as far as it is used. */
export interface HostSubtleCrypto {
  importKey(
    format: "raw",
    key: Uint8Array,
    algorithm: "AES-GCM",
    extractable: false,
    usages: readonly ["encrypt", "decrypt"],
  ): Promise<object>;
  encrypt(algorithm: HostAesGcm, key: object, data: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: HostAesGcm, key: object, data: Uint8Array): Promise<ArrayBuffer>;
}

/** Parameters of one AES-GCM call. */
export interface HostAesGcm {
  readonly name: "AES-GCM";
  readonly iv: Uint8Array;
  readonly additionalData: Uint8Array;
  readonly tagLength: 128;
}

/**
 * What this package needs of the platform. Browsers and Node both have it; it is described here because the package
 * is compiled without the types of either.
 */
export interface Host {
  setTimeout(run: () => void, delayMs: number): unknown;
  clearTimeout(timer: unknown): void;
  /** Absent in a browser on a page that is neither https nor localhost. */
  readonly crypto?: { readonly subtle?: HostSubtleCrypto };
}

/** Calls back once after the delay, unless the returned function was called before. */
export type StartTimer = (run: () => void, delayMs: number) => () => void;

/** The platform has something missing that no code can replace. */
export class UnsupportedHostError extends Error {
  override readonly name = "UnsupportedHostError";
}

/** Views the global object as the platform; throws UnsupportedHostError when it has no timers. */
export function parseHost(global: object): Host {
  if (!("setTimeout" in global && "clearTimeout" in global)) {
    throw new UnsupportedHostError("this platform has no setTimeout: run in a browser or in Node");
  }
  return global as Host;
}

/** A timer of the platform. */
export const startHostTimer: StartTimer = (run, delayMs) => {
  const host = parseHost(globalThis);
  const timer = host.setTimeout(run, delayMs);
  return () => host.clearTimeout(timer);
};
