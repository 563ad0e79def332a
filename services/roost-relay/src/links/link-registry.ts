import { CloseReason } from "@wingthing/contracts/gen/wingthing/relay/v1/relay_pb";
import type { Clock } from "@wingthing/service-runtime/clock";
import type { RelayLimits } from "../relay-limits.ts";
import type { CloseCause } from "../switchboard/switchboard.ts";
import type { Link } from "./link.ts";

const DRAINED: CloseCause = { reason: CloseReason.DRAINING, text: "The relay is going away: connect again." };

/** Every link that was admitted and has not ended. */
export class LinkRegistry {
  readonly #links = new Set<Link>();
  readonly #onEmpty = new Set<() => void>();

  add(link: Link): void {
    this.#links.add(link);
  }

  remove(link: Link): void {
    if (!this.#links.delete(link) || this.#links.size > 0) return;
    for (const onEmpty of this.#onEmpty) onEmpty();
  }

  count(kind: Link["kind"]): number {
    let count = 0;
    for (const link of this.#links) if (link.kind === kind) count++;
    return count;
  }

  /** Asks every link to go, spread over a while, wings first so that browsers find them; then ends those that stay. */
  async drain(limits: Pick<RelayLimits, "drainMs" | "drainSpreadMs">, clock: Clock): Promise<void> {
    const links = [...this.#links].sort((a, b) => rank(a) - rank(b));
    const stepMs = limits.drainSpreadMs / links.length;
    for (const [place, link] of links.entries()) link.drain(Math.floor(place * stepMs));
    await this.#emptyWithin(limits.drainMs, clock);
    this.endAll(DRAINED);
  }

  /** Browsers first: they hear this cause, and not that all their wings are lost. */
  endAll(cause: CloseCause): void {
    const links = [...this.#links].sort((a, b) => rank(b) - rank(a));
    for (const link of links) link.end(cause);
  }

  #emptyWithin(timeoutMs: number, clock: Clock): Promise<void> {
    if (this.#links.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        timer.cancel();
        this.#onEmpty.delete(done);
        resolve();
      };
      const timer = clock.setTimer(timeoutMs, done);
      this.#onEmpty.add(done);
    });
  }
}

function rank(link: Link): number {
  return link.kind === "wing" ? 0 : 1;
}
