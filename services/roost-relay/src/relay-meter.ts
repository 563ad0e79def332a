import type { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import { reasonName } from "./links/reason-name.ts";

/** What the relay counts while it runs. */
export class RelayMeter {
  framesForwarded = 0;
  bytesForwarded = 0;
  channels = 0;
  heldBrowsers = 0;
  readonly #closes = new Map<CloseReason, number>();

  /** A payload went from one link to another. */
  forwarded(payloadBytes: number): void {
    this.framesForwarded++;
    this.bytesForwarded += payloadBytes;
  }

  /** A link or a channel ended. */
  closed(reason: CloseReason): void {
    this.#closes.set(reason, (this.#closes.get(reason) ?? 0) + 1);
  }

  /** Ends by the name of their reason. */
  closes(): Record<string, number> {
    return Object.fromEntries(Array.from(this.#closes, ([reason, count]) => [reasonName(reason), count]));
  }
}
