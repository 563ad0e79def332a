import type { Clock } from "@wingthing/service-runtime/clock";
import type { PtySignal } from "../pty/pty.ts";

/** What a program gets to save its work after the terminal hung up, in ms: shells and agents need a tenth of it. */
export const HANG_UP_WAIT_MS = 2_000;
/** What it gets after it was told to end, in ms. */
export const TERMINATE_WAIT_MS = 3_000;

const STEPS: readonly { readonly signal: PtySignal; readonly waitMs: number }[] = [
  { signal: "SIGHUP", waitMs: HANG_UP_WAIT_MS },
  { signal: "SIGTERM", waitMs: TERMINATE_WAIT_MS },
];

/** What `stopAgent` acts on. */
export interface StopTarget {
  kill(signal: PtySignal): void;
  /** Resolves at the end of the program. */
  readonly ended: Promise<unknown>;
}

/** Ends a program: hangs up, then asks, then kills. Resolves when it ended. */
export async function stopAgent({ kill, ended }: StopTarget, clock: Clock): Promise<void> {
  const waits = new AbortController();
  const over = ended.then(() => true);
  for (const { signal, waitMs } of STEPS) {
    kill(signal);
    const late = clock.sleep(waitMs, waits.signal).then(
      () => false,
      () => true, // only the end of the program aborts the wait
    );
    if (await Promise.race([over, late])) {
      waits.abort();
      return;
    }
  }
  kill("SIGKILL");
  await ended;
}
