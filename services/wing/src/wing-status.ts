import type { ConfigState } from "./config/wing-config-store.ts";
import type { RoostLinkState } from "./roost/link-state.ts";

/** What `wt status` shows of a wing. */
export interface WingStatus {
  readonly roost: RoostLinkState;
  readonly config: ConfigState;
  /** Sessions whose agent runs. */
  readonly sessions: number;
  /** Sealed channels that are open or shake hands. */
  readonly channels: number;
}

/** The wing's status, and who hears of its changes. */
export class StatusBoard {
  readonly #handlers: ((status: WingStatus) => void)[] = [];
  #status: WingStatus = { roost: { kind: "none" }, config: { kind: "good" }, sessions: 0, channels: 0 };

  get current(): WingStatus {
    return this.#status;
  }

  /** Puts parts of the status in place of what they were. */
  update(changed: Partial<WingStatus>): void {
    this.#status = { ...this.#status, ...changed };
    for (const handler of this.#handlers) handler(this.#status);
  }

  onChange(handler: (status: WingStatus) => void): void {
    this.#handlers.push(handler);
  }
}
