import { setTimeout as delay } from "node:timers/promises";
import { type Spread, spreadOf } from "../measure/percentiles.ts";
import type { TerminalPeer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";
import { DONE, INTERRUPTIBLE_FLOOD, READY } from "./programs.ts";

/** Long enough that every buffer on the way is as full as it gets. */
const FLOOD_MS = 500;
const CTRL_C = Uint8Array.of(3);

/** From Ctrl-C during a flood to the last of its output and the marker behind it; milliseconds. */
export async function measureInterrupt(peer: TerminalPeer, times: number): Promise<Spread> {
  const session = await peer.open(INTERRUPTIBLE_FLOOD);
  const watch = new OutputWatch(session);
  await watch.until(READY);
  const samples: number[] = [];
  for (let time = 0; time < times; time++) {
    session.write(Buffer.from("\n"));
    await watch.until("y");
    await delay(FLOOD_MS);
    const quiet = watch.until(DONE);
    const sentAt = performance.now();
    session.write(CTRL_C);
    await quiet;
    samples.push(performance.now() - sentAt);
  }
  await session.close();
  return spreadOf(samples);
}
