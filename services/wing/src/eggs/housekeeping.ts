import { timestampMs } from "@bufbuild/protobuf/wkt";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import type { EggSupervisor } from "./egg-supervisor.ts";
import type { SessionList } from "./session-list.ts";
import { activeAtMs } from "./session-view.ts";

/** How often idle and outdated sessions are looked for; the shortest settings are minutes. */
const SWEEP_EVERY_MS = 30_000;
/** Ended sessions that stay listed: more than a person scrolls through. */
export const MAX_ENDED_SESSIONS = 200;
/** How long ended sessions stay listed when wing.yaml does not say. */
const DEFAULT_RETENTION_MS = 30 * 86_400_000;

/** What is to be done with the list now. */
export interface Chores {
  readonly stop: readonly string[];
  readonly forget: readonly string[];
}

/** The times of wing.yaml that matter here. */
export interface KeepingTimes {
  readonly idleTimeoutMs?: number;
  readonly retentionMs?: number;
}

/** Sessions that were idle for too long, and ended ones that are too old or too many. */
export function choresOf(sessions: readonly Session[], now: number, times: KeepingTimes): Chores {
  const { idleTimeoutMs = Number.POSITIVE_INFINITY, retentionMs = DEFAULT_RETENTION_MS } = times;
  const running = sessions.filter(({ state }) => state === State.RUNNING);
  const ended = sessions.filter(({ state }) => state === State.EXITED).sort((a, b) => lastSeenMs(b) - lastSeenMs(a));
  const outdated = ended.filter(
    (session, index) => index >= MAX_ENDED_SESSIONS || now - lastSeenMs(session) > retentionMs,
  );
  return {
    stop: running.filter((session) => now - activeAtMs(session) > idleTimeoutMs).map(({ sessionId }) => sessionId),
    forget: outdated.map(({ sessionId }) => sessionId),
  };
}

/** What housekeeping works on. */
export interface HousekeepingOptions {
  readonly supervisor: EggSupervisor;
  readonly list: SessionList;
  readonly times: () => KeepingTimes;
  readonly clock: Clock;
  readonly log: Log;
}

/** Does the chores again and again until the signal is aborted. Never rejects. */
export async function keepHouse(options: HousekeepingOptions, signal: AbortSignal): Promise<void> {
  const { supervisor, list, times, clock, log } = options;
  while (!signal.aborted) {
    const { stop, forget } = choresOf(list.all(), clock.now(), times());
    const work = [
      ...stop.map((sessionId) => supervisor.stop(sessionId, "it was idle for longer than idle_timeout in wing.yaml")),
      ...forget.map((sessionId) => supervisor.forget(sessionId)),
    ];
    for (const done of await Promise.allSettled(work)) {
      if (done.status === "rejected") log.warn("session not tidied up", { error: done.reason });
    }
    await clock.sleep(SWEEP_EVERY_MS, signal).catch(() => {});
  }
}

function lastSeenMs(session: Session): number {
  return Math.max(activeAtMs(session), session.startedAt === undefined ? 0 : timestampMs(session.startedAt));
}
