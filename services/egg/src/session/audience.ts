import type { Exited } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Grid } from "../pty/pty.ts";
import { claimedGrid } from "./grid-policy.ts";
import type { ScreenSnapshot } from "./screen.ts";
import type { Attendance, Viewer } from "./viewer.ts";

/** Viewers at once: the contract's limit. */
export const MAX_VIEWERS = 64;

/** There is no room for another viewer. */
export class TooManyViewersError extends Error {
  override readonly name = "TooManyViewersError";

  constructor() {
    super(`${MAX_VIEWERS} viewers are attached and that is the limit: close one of them, then attach again.`);
  }
}

/** The viewer's place was taken by a later attach of the same client. */
export class AttachReplacedError extends Error {
  override readonly name = "AttachReplacedError";

  constructor() {
    super("The same client attached again, so this attach ended: go on with the newer one.");
  }
}

/** Everyone who is attached. */
export class Audience {
  /** By client id. */
  readonly #viewers = new Map<string, Viewer>();

  /** Viewers that may type and that look on. */
  get attendance(): Attendance {
    const viewers = [...this.#viewers.values()];
    const controllers = viewers.filter((viewer) => viewer.mayType).length;
    return { controllers, watchers: viewers.length - controllers };
  }

  /** The grid that the viewers want; undefined when none of them counts. */
  get wantedGrid(): Grid | undefined {
    return claimedGrid(this.#viewers.values());
  }

  /** Whether a client is attached. */
  has(clientId: string): boolean {
    return this.#viewers.has(clientId);
  }

  /** Throws TooManyViewersError when this client would be one too many. */
  assertRoom(clientId: string): void {
    if (this.#viewers.size >= MAX_VIEWERS && !this.#viewers.has(clientId)) throw new TooManyViewersError();
  }

  /** Lets a viewer in; an earlier attach of its client, which it has given up, ends. */
  add(viewer: Viewer): void {
    const earlier = this.#viewers.get(viewer.clientId);
    this.#viewers.set(viewer.clientId, viewer);
    earlier?.end(new AttachReplacedError());
    this.#tellAttendance();
  }

  /** Lets a viewer go; says whether it was there. */
  remove(viewer: Viewer): boolean {
    if (this.#viewers.get(viewer.clientId) !== viewer) return false;
    this.#viewers.delete(viewer.clientId);
    this.#tellAttendance();
    return true;
  }

  /** There is more output. */
  wake(): void {
    for (const viewer of this.#viewers.values()) viewer.wake();
  }

  /** The grid changed. */
  resized(snapshot: ScreenSnapshot): void {
    for (const viewer of this.#viewers.values()) viewer.resized(snapshot);
  }

  /** The program wants a person. */
  wanted(reason: string): void {
    for (const viewer of this.#viewers.values()) viewer.wanted(reason);
  }

  /** The program ended. */
  exited(exited: Exited): void {
    for (const viewer of this.#viewers.values()) viewer.exited(exited);
  }

  #tellAttendance(): void {
    const { attendance } = this;
    for (const viewer of this.#viewers.values()) viewer.attended(attendance);
  }
}
