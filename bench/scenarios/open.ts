import { type Spread, spreadOf } from "../measure/percentiles.ts";
import type { TerminalPeer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";
import { GREETING, READY } from "./programs.ts";

/** The first sessions load code. */
const WARM_UP_OPENS = 2;

/** From the wish for a session to the first output of its program; milliseconds. */
export async function measureOpen(peer: TerminalPeer, times: number): Promise<Spread> {
  const samples: number[] = [];
  for (let time = 0; time < WARM_UP_OPENS + times; time++) {
    const startedAt = performance.now();
    const session = await peer.open(GREETING);
    await new OutputWatch(session).until(READY);
    if (time >= WARM_UP_OPENS) samples.push(performance.now() - startedAt);
    await session.close();
  }
  return spreadOf(samples);
}
