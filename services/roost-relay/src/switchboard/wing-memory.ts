import type { AnnouncedWing } from "./switchboard.ts";

/**
 * Wings that were here and are offline, so that their people hear "offline" and not "no such wing". Holds the latest
 * `capacity` of them; whoever fell out, or was last seen before this process began, is answered like an unknown wing.
 */
export class WingMemory {
  readonly #capacity: number;
  readonly #groupsOf = new Map<string, readonly string[]>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  remember(wing: AnnouncedWing): void {
    this.#groupsOf.delete(wing.wingId);
    this.#groupsOf.set(wing.wingId, wing.groups);
    if (this.#groupsOf.size <= this.#capacity) return;
    const [oldest] = this.#groupsOf.keys();
    if (oldest !== undefined) this.#groupsOf.delete(oldest);
  }

  forget(wingId: string): void {
    this.#groupsOf.delete(wingId);
  }

  groupsOf(wingId: string): readonly string[] | undefined {
    return this.#groupsOf.get(wingId);
  }
}
