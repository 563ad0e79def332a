import { create } from "@bufbuild/protobuf";
import type { CallOptions } from "@connectrpc/connect";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import {
  ExitedSchema,
  type TerminalCommand,
  type TerminalEvent,
  TerminalEventSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import type { SessionId } from "@wingthing/contracts/ids";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { Log } from "@wingthing/service-runtime/log";
import { EggUnreachableError, explainEggError } from "./egg-errors.ts";
import type { SessionEnd } from "./egg-folder.ts";
import type { ReadyEgg } from "./ready-egg.ts";
import { sessionEnded, sessionFromStatus, worthTelling } from "./session-view.ts";

/** An egg stops within its own SIGHUP, SIGTERM, SIGKILL sequence; after this it is killed from outside. */
const STOP_WAIT_MS = 15_000;
/** First pause before an egg that stopped talking is asked again; doubles up to the longest. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** What a viewer sends. */
export interface AttachCommand {
  readonly command: TerminalCommand;
}

/** What a supervised egg reports to. */
export interface EggReports {
  /** Each state of the session that watchers want to hear of. */
  onSession(session: Session): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** One session with its egg: follows what the egg tells until its process is gone, then knows how it ended. */
export class SupervisedEgg {
  readonly #egg: ReadyEgg;
  readonly #reports: EggReports;
  readonly #leave = new AbortController();
  #session: Session;
  /** What watchers were told last. */
  #told: Session;
  #stopReason = "";
  #gone = false;
  #followed: Promise<void> = Promise.resolve();

  constructor(egg: ReadyEgg, session: Session, reports: EggReports) {
    this.#egg = egg;
    this.#session = session;
    this.#told = session;
    this.#reports = reports;
  }

  get sessionId(): SessionId {
    return this.#egg.folder.sessionId;
  }

  /** The session as it was last seen. */
  get session(): Session {
    return this.#session;
  }

  get agentRuns(): boolean {
    return this.#session.state !== State.EXITED;
  }

  /** Begins to follow the egg. */
  follow(): void {
    this.#followed = this.#run(this.#leave.signal).catch((error: unknown) => {
      this.#reports.log.error("egg no longer followed", { sessionId: this.sessionId, error });
    });
  }

  /** Stops following; the egg lives on. */
  async leave(): Promise<void> {
    this.#leave.abort();
    this.#egg.client.close();
    await this.#followed;
  }

  /**
   * One viewer's terminal: what it sends goes up, what the egg tells comes down, each pulled by the other end. When
   * the egg is gone, or goes, the last event tells how the session ended. The signal lets go of the egg; to leave the
   * loop alone does not.
   * @throws EggUnreachableError, and the egg's own refusals as ConnectError.
   */
  async *attach(commands: AsyncIterable<AttachCommand>, signal: AbortSignal): AsyncGenerator<TerminalEvent> {
    try {
      if (!this.#gone) {
        const events = this.#egg.client.calls.attach(commands, { signal });
        for await (const { event } of events) if (event !== undefined) yield event;
        return;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const explained = explainEggError(error, this.#egg);
      const gone = explained instanceof EggUnreachableError && (await this.#egg.process.isGone(this.#reports.clock));
      if (!gone) throw explained;
      await this.#followed;
    }
    yield* onlyTheEnd(this.#session);
  }

  /** Ends the agent; returns once it has ended. The reason is empty when a person asked for it. */
  async stop(reason = ""): Promise<Session> {
    if (!this.agentRuns) return this.#session;
    this.#stopReason = reason;
    try {
      const options: CallOptions = { timeoutMs: STOP_WAIT_MS };
      const { exited } = await this.#egg.client.calls.stop({}, options);
      if (this.agentRuns) await this.#end({ endedAtMs: this.#now(), reason, ...(exited ? { exited } : {}) });
    } catch (error) {
      this.#reports.log.warn("egg killed because it did not stop", { sessionId: this.sessionId, error });
      await this.#egg.process.kill(this.#reports.clock);
      await this.#followed;
    }
    return this.#session;
  }

  /** Ends the egg's process, which may linger after its agent's end, and deletes its folder. */
  async remove(): Promise<void> {
    await this.leave();
    await this.#egg.process.kill(this.#reports.clock);
    await this.#egg.folder.remove();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const heard = await this.#listen(signal);
      if (signal.aborted) return;
      if (!this.#egg.process.running) return this.#noteGone();
      pauseMs = heard ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      await this.#reports.clock.sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** Follows the egg's events until they end or break; tells whether there were any. */
  async #listen(signal: AbortSignal): Promise<boolean> {
    let heard = false;
    try {
      for await (const { event } of this.#egg.client.calls.watchEvents({}, { signal })) {
        heard = true;
        if (event.case === "status") await this.#noteStatus(sessionFromStatus(this.#session, event.value));
        else if (event.case === "refusal")
          this.#reports.log.info("egg refused a connection", { sessionId: this.sessionId });
      }
    } catch (error) {
      this.#reports.log.debug("events of an egg broke off", { sessionId: this.sessionId, error });
    }
    return heard;
  }

  async #noteStatus(session: Session): Promise<void> {
    // An egg that still waits was never told what to run: the wing ended between spawning it and starting it.
    if (session.state === State.WAITING) {
      this.#stopReason = "the wing ended before the agent was started";
      return this.#egg.process.terminate();
    }
    const wasRunning = this.agentRuns;
    // What was on its way when the session was stopped does not bring it back to life.
    if (!wasRunning && session.state !== State.EXITED) return;
    this.#show(session);
    if (!wasRunning || session.state !== State.EXITED) return;
    const { exited } = session;
    await this.#end({ endedAtMs: this.#now(), reason: this.#stopReason, ...(exited ? { exited } : {}) });
  }

  async #noteGone(): Promise<void> {
    this.#gone = true;
    this.#egg.client.close();
    if (!this.agentRuns) return;
    const known = await this.#egg.folder.readEnd();
    const how = await this.#egg.process.howItEnded(this.#reports.clock);
    const reason = this.#stopReason === "" ? `the egg's process ended (${how}) while its agent ran` : this.#stopReason;
    await this.#end(known ?? { endedAtMs: this.#now(), reason });
  }

  async #end(end: SessionEnd): Promise<void> {
    this.#show(sessionEnded(this.#session, end));
    this.#reports.log.info("session ended", { sessionId: this.sessionId, reason: end.reason });
    try {
      await this.#egg.folder.writeEnd(end);
    } catch (error) {
      // The session stays listed by what is in memory; only a restart of the wing would know less.
      this.#reports.log.warn("end of a session not written down", { sessionId: this.sessionId, error });
    }
  }

  #show(session: Session): void {
    this.#session = session;
    if (!worthTelling(this.#told, session)) return;
    this.#told = session;
    this.#reports.onSession(session);
  }

  #now(): number {
    return this.#reports.clock.now();
  }
}

/** The terminal of a session whose egg is gone. */
export async function* onlyTheEnd(session: Session): AsyncGenerator<TerminalEvent> {
  const value = session.exited ?? create(ExitedSchema);
  yield create(TerminalEventSchema, { event: { case: "exited", value } });
}
