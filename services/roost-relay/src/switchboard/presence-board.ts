import type { WingId } from "@wingthing/contracts/ids";
import type { AnnouncedWing, PresenceListener, PresenceWatch } from "./switchboard.ts";

interface Watcher {
  readonly groups: readonly string[];
  readonly listener: PresenceListener;
}

/** Who is online, by group, and who wants to know. A change costs as much as the people whom it concerns. */
export class PresenceBoard {
  readonly #groupsOf = new Map<WingId, readonly string[]>();
  readonly #wingsOf = new Map<string, Set<WingId>>();
  readonly #watchersOf = new Map<string, Set<Watcher>>();

  /** A wing came. When it was here already, only those hear of it for whom that changes something. */
  online({ wingId, groups }: AnnouncedWing): void {
    const before = this.#watchersFor(this.#groupsOf.get(wingId) ?? []);
    this.#remove(wingId);
    this.#groupsOf.set(wingId, groups);
    for (const group of groups) addTo(this.#wingsOf, group, wingId);
    const after = this.#watchersFor(groups);
    for (const watcher of before) if (!after.has(watcher)) watcher.listener.onPresence(wingId, false);
    for (const watcher of after) if (!before.has(watcher)) watcher.listener.onPresence(wingId, true);
  }

  /** A wing went. */
  offline(wingId: WingId): void {
    const watchers = this.#watchersFor(this.#groupsOf.get(wingId) ?? []);
    this.#remove(wingId);
    for (const { listener } of watchers) listener.onPresence(wingId, false);
  }

  /** Tells the present state, then every change. */
  watch(groups: readonly string[], listener: PresenceListener): PresenceWatch {
    const watcher: Watcher = { groups, listener };
    const wings = new Set(groups.flatMap((group) => [...(this.#wingsOf.get(group) ?? [])]));
    for (const group of groups) addTo(this.#watchersOf, group, watcher);
    for (const wingId of wings) listener.onPresence(wingId, true);
    listener.onReady();
    return {
      stop: () => {
        for (const group of groups) removeFrom(this.#watchersOf, group, watcher);
      },
    };
  }

  #remove(wingId: WingId): void {
    for (const group of this.#groupsOf.get(wingId) ?? []) removeFrom(this.#wingsOf, group, wingId);
    this.#groupsOf.delete(wingId);
  }

  #watchersFor(groups: readonly string[]): Set<Watcher> {
    return new Set(groups.flatMap((group) => [...(this.#watchersOf.get(group) ?? [])]));
  }
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key) ?? new Set<T>();
  sets.set(key, set.add(value));
}

function removeFrom<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
