import type { Session } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";

/** Watchers at once: a browser tab holds one, and a person has no hundred tabs. */
export const MAX_WATCHERS = 128;

/** Too many watch the list. */
export class TooManyWatchersError extends Error {
  override readonly name = "TooManyWatchersError";
  constructor() {
    super(`${MAX_WATCHERS} clients watch the session list already: close a browser tab and try again`);
  }
}

/** What a watcher is told. */
export type SessionChange =
  | { readonly kind: "all"; readonly sessions: readonly Session[] }
  | { readonly kind: "updated"; readonly session: Session }
  | { readonly kind: "removed"; readonly sessionId: string };

/** What one watcher has not been told yet: at most one entry a session, so its memory is bounded by the list. */
interface Watcher {
  readonly changed: Set<string>;
  wake: () => void;
}

/** All sessions of the wing, and who wants to hear of changes. */
export class SessionList {
  readonly #sessions = new Map<string, Session>();
  readonly #watchers = new Set<Watcher>();

  /** Newest first. */
  all(): Session[] {
    return [...this.#sessions.values()].sort((a, b) => startedAt(b) - startedAt(a));
  }

  get(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  /** Adds a session or puts a newer state in its place. */
  set(session: Session): void {
    this.#sessions.set(session.sessionId, session);
    this.#tell(session.sessionId);
  }

  remove(sessionId: string): void {
    if (this.#sessions.delete(sessionId)) this.#tell(sessionId);
  }

  /**
   * The whole list, then its changes until the signal is aborted. A slow watcher skips states that were overtaken; it
   * never misses the last one.
   * @throws TooManyWatchersError.
   */
  async *watch(signal: AbortSignal): AsyncGenerator<SessionChange> {
    if (this.#watchers.size >= MAX_WATCHERS) throw new TooManyWatchersError();
    const watcher: Watcher = { changed: new Set(), wake: () => {} };
    const onAbort = () => watcher.wake();
    this.#watchers.add(watcher);
    signal.addEventListener("abort", onAbort);
    try {
      yield { kind: "all", sessions: this.all() };
      while (!signal.aborted) {
        const [sessionId] = watcher.changed;
        if (sessionId === undefined) await new Promise<void>((wake) => (watcher.wake = wake));
        else yield this.#takeChange(watcher, sessionId);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#watchers.delete(watcher);
    }
  }

  #takeChange(watcher: Watcher, sessionId: string): SessionChange {
    watcher.changed.delete(sessionId);
    const session = this.#sessions.get(sessionId);
    return session === undefined ? { kind: "removed", sessionId } : { kind: "updated", session };
  }

  #tell(sessionId: string): void {
    for (const watcher of this.#watchers) {
      watcher.changed.add(sessionId);
      watcher.wake();
    }
  }
}

function startedAt(session: Session): number {
  return Number(session.startedAt?.seconds ?? 0n) * 1_000 + (session.startedAt?.nanos ?? 0) / 1e6;
}
