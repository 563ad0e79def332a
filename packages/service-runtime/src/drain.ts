import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** One thing to close. */
export interface DrainStep {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** How to close. */
export interface DrainOptions {
  /** For all steps together; what still runs then is left behind. */
  readonly graceMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Closes a service: each step starts when the one before has ended, failed, or used up the grace. */
export async function drain(steps: readonly DrainStep[], options: DrainOptions): Promise<{ readonly clean: boolean }> {
  const { graceMs, clock, log } = options;
  const over = Promise.withResolvers<"over">();
  const timer = clock.setTimer(graceMs, () => over.resolve("over"));
  let clean = true;
  for (const { name, run } of steps) {
    const outcome = await Promise.race([outcomeOf(run), over.promise]);
    if (outcome === "done") continue;
    clean = false;
    if (outcome === "over") log.warn("closing took too long", { step: name, graceMs });
    else log.error("closing failed", { step: name, error: outcome.error });
  }
  timer.cancel();
  return { clean };
}

async function outcomeOf(run: () => Promise<void>): Promise<"done" | { readonly error: unknown }> {
  try {
    await run();
    return "done";
  } catch (error) {
    return { error };
  }
}

/** The process, as far as this file needs it. */
export type SignalSource = Pick<NodeJS.Process, "once" | "off">;

/** Resolves at the first SIGTERM or SIGINT; a second one then ends the process as it does by default. */
export function untilTerminated(source: SignalSource = process): Promise<"SIGTERM" | "SIGINT"> {
  return new Promise((resolve) => {
    const onTerm = () => settle("SIGTERM");
    const onInterrupt = () => settle("SIGINT");
    const settle = (signal: "SIGTERM" | "SIGINT") => {
      source.off("SIGTERM", onTerm);
      source.off("SIGINT", onInterrupt);
      resolve(signal);
    };
    source.once("SIGTERM", onTerm);
    source.once("SIGINT", onInterrupt);
  });
}
