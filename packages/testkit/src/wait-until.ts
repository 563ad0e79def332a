import { setTimeout as delay } from "node:timers/promises";

/** Pause between two looks at a condition that nothing announces, in milliseconds. */
const LOOK_AGAIN_MS = 20;

/**
 * Waits for a condition that has no event of its own (another process's files, a page's text).
 * @throws when it does not hold within the time; the message names the condition and what was seen last.
 */
export async function waitUntil<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 15_000,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > until) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await delay(LOOK_AGAIN_MS);
  }
}
