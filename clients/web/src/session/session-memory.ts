import { parseSessionId, parseWingId, type SessionId, type WingId } from "@wingthing/contracts/ids";
import type { RecordStore } from "../storage/record-store.ts";

/** Sessions whose wing is remembered: more than anybody has open, and a few KB. */
export const MAX_REMEMBERED = 200;
const KEY = "session-wings";

/** A session and its wing. */
export type SessionWing = readonly [SessionId, WingId];

/** Reads what was stored; anything else counts as nothing, since it only saves time. */
export function parseSessionWings(stored: unknown): readonly SessionWing[] | undefined {
  if (!Array.isArray(stored)) return undefined;
  try {
    return stored.map(([session, wing]: [string, string]) => [parseSessionId(session), parseWingId(wing)]);
  } catch {
    return undefined;
  }
}

/** Which wing a session is on, remembered so that a deep link need not ask every wing. */
export class SessionMemory {
  readonly #store: RecordStore<readonly SessionWing[]>;
  #wings: Map<SessionId, WingId>;

  private constructor(store: RecordStore<readonly SessionWing[]>, wings: readonly SessionWing[]) {
    this.#store = store;
    this.#wings = new Map(wings);
  }

  /** Reads what was remembered; a store that cannot be read remembers nothing. */
  static async load(store: RecordStore<readonly SessionWing[]>): Promise<SessionMemory> {
    const wings = await store.get(KEY).catch(() => undefined);
    return new SessionMemory(store, wings ?? []);
  }

  /** The wing that the session was last seen on. */
  wingOf(sessionId: SessionId): WingId | undefined {
    return this.#wings.get(sessionId);
  }

  /** Remembers it; the oldest makes room. */
  async remember(sessionId: SessionId, wingId: WingId): Promise<void> {
    if (this.#wings.get(sessionId) === wingId) return;
    const others = [...this.#wings].filter(([id]) => id !== sessionId);
    const kept: SessionWing[] = [...others, [sessionId, wingId] as const].slice(-MAX_REMEMBERED);
    this.#wings = new Map(kept);
    await this.#store.put(KEY, kept);
  }
}
