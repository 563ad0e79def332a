import { setTimeout as delay } from "node:timers/promises";
import { type Spread, spreadOf } from "../measure/percentiles.ts";
import type { TerminalPeer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";
import { DONE, numberedLines, READY } from "./programs.ts";

/** What belongs to a first screen has come after this. */
const SETTLED_AFTER_MS = 200;
/** 10 MB with their line ends. */
const LINES = 1_260_000;
const KB = 1_000;

/** How fast and how lean a second viewer gets the screen. */
export interface AttachCost {
  /** Until the last line stands on the screen; milliseconds. */
  readonly time: Spread;
  /** Sent for it, the median. */
  readonly kilobytes: number;
}

/** Attaches second viewers to a session that has written 10 MB; undefined where a peer has no such thing. */
export async function measureAttach(peer: TerminalPeer, times: number): Promise<AttachCost | undefined> {
  const session = await peer.open(numberedLines(LINES));
  const watch = new OutputWatch(session);
  await watch.until(READY);
  session.write(Buffer.from("\n"));
  await watch.until(DONE);
  const milliseconds: number[] = [];
  const bytes: number[] = [];
  for (let time = 0; session.attach && time < times; time++) {
    const startedAt = performance.now();
    const viewer = await session.attach();
    const view = new OutputWatch(viewer);
    await view.until(DONE);
    milliseconds.push(performance.now() - startedAt);
    await delay(SETTLED_AFTER_MS);
    bytes.push(view.bytes);
    await viewer.close();
  }
  await session.close();
  if (bytes.length === 0) return undefined;
  return { time: spreadOf(milliseconds), kilobytes: spreadOf(bytes).p50 / KB };
}
