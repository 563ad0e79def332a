import { create } from "@bufbuild/protobuf";
import {
  type Refusal,
  type Status,
  type WatchEventsResponse,
  WatchEventsResponseSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";

/** Refusals that wait for a slow watcher: the newest are kept, for they are what a person is asked about. */
export const MAX_WAITING_REFUSALS = 256;

/** Watchers at once: the wing needs one, and a script or two may look on. */
export const MAX_WATCHES = 16;

/** There is no room for another watcher of events. */
export class TooManyWatchesError extends Error {
  override readonly name = "TooManyWatchesError";

  constructor() {
    super(`${MAX_WATCHES} calls watch the events and that is the limit: end one of them, then try again.`);
  }
}

/** One call that watches the events. It is pulled like a viewer; of the status only the latest is told. */
export class EventWatch {
  readonly #status: () => Status;
  #isStatusDue = true;
  #attention: string | undefined;
  #refusals: Refusal[] = [];
  #onReady: () => void = () => {};

  constructor(status: () => Status) {
    this.#status = status;
  }

  /** Watching ends with the call. */
  get isDone(): boolean {
    return false;
  }

  /** Calls back when `next` may have something; set once. */
  onReady(handler: () => void): void {
    this.#onReady = handler;
  }

  /** The status changed. */
  changed(): void {
    this.#isStatusDue = true;
    this.#onReady();
  }

  /** The program wants a person. */
  wanted(reason: string): void {
    this.#attention = reason;
    this.#onReady();
  }

  /** The gateway refused. */
  refused(refusal: Refusal): void {
    this.#refusals.push(refusal);
    if (this.#refusals.length > MAX_WAITING_REFUSALS) this.#refusals.shift();
    this.#onReady();
  }

  /** The next message, or undefined until `onReady`. */
  next(): WatchEventsResponse | undefined {
    if (this.#isStatusDue) {
      this.#isStatusDue = false;
      return create(WatchEventsResponseSchema, { event: { case: "status", value: this.#status() } });
    }
    if (this.#attention !== undefined) {
      const reason = this.#attention;
      this.#attention = undefined;
      return create(WatchEventsResponseSchema, { event: { case: "attention", value: { reason } } });
    }
    const refusal = this.#refusals.shift();
    return refusal && create(WatchEventsResponseSchema, { event: { case: "refusal", value: refusal } });
  }
}
