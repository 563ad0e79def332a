import type { TerminalPeer } from "../peers/terminal-peer.ts";
import { OutputWatch } from "./output-watch.ts";
import { DONE, READY } from "./programs.ts";

const MB = 1_000_000;

/** How fast a program's output was shown to its end. */
export interface BulkRate {
  /** Of what the program wrote: a peer that shows the last screen only is as fast as it looks. */
  readonly mbPerSecond: number;
  /** Of what the viewer was sent. */
  readonly receivedMb: number;
}

/** Starts a program that waits for a line and then writes `bytes`; from that line to the marker at the end. */
export async function measureBulk(peer: TerminalPeer, program: readonly string[], bytes: number): Promise<BulkRate> {
  const session = await peer.open(program);
  const watch = new OutputWatch(session);
  await watch.until(READY);
  const before = watch.bytes;
  const done = watch.until(DONE);
  const startedAt = performance.now();
  session.write(Buffer.from("\n"));
  await done;
  const seconds = (performance.now() - startedAt) / 1_000;
  await session.close();
  return { mbPerSecond: bytes / MB / seconds, receivedMb: (watch.bytes - before) / MB };
}

/** Bytes that `seq 1 LAST` makes of a terminal: digits, and CR LF behind each number. */
export function numberedLinesBytes(last: number): number {
  let bytes = 0;
  for (let digits = 1, from = 1; from <= last; digits++, from *= 10) {
    bytes += (Math.min(last, from * 10 - 1) - from + 1) * (digits + 2);
  }
  return bytes;
}
