import { effect, type ReadonlySignal } from "@preact/signals";

/**
 * Resolves with the first value that `pick` takes out of the source: at once when it already has one. Rejects with the
 * signal's reason when that aborts first.
 */
export function when<T, Picked>(
  source: ReadonlySignal<T>,
  pick: (value: T) => Picked | undefined,
  signal: AbortSignal,
): Promise<Picked> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let stop: (() => void) | undefined;
    let settled = false;
    const finish = (settle: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", abort);
      settle();
      // The effect may be running for the first time and have no handle yet.
      queueMicrotask(() => stop?.());
    };
    const abort = () => finish(() => reject(signal.reason));
    signal.addEventListener("abort", abort);
    stop = effect(() => {
      const picked = pick(source.value);
      if (picked !== undefined) finish(() => resolve(picked));
    });
  });
}
