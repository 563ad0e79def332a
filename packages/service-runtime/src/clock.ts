/** A pending callback. */
export interface Timer {
  /** After this the callback will not be called; may be called twice. */
  cancel(): void;
}

/** Time as a parameter: code that waits takes a Clock, tests pass a ManualClock. */
export interface Clock {
  /** Wall time, milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds on a scale that never goes back; only differences mean something. */
  monotonicMs(): number;
  /** Calls back once, after delayMs. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Resolves after delayMs; rejects with the signal's reason when that is aborted first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Longest delay that setTimeout keeps; beyond it Node fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Waits on a clock's timer; the body of every Clock's `sleep`. */
export function sleepOn(clock: Pick<Clock, "setTimer">, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_MS));
    return { cancel: () => clearTimeout(handle) };
  },
  sleep: (delayMs, signal) => sleepOn(systemClock, delayMs, signal),
};
