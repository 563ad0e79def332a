import type { TerminalPeer } from "../peers/terminal-peer.ts";
import { measureAttach } from "./attach.ts";
import { measureBulk, numberedLinesBytes } from "./bulk.ts";
import { measureEcho, measureEchoUnderFlood } from "./echo.ts";
import { measureInterrupt } from "./interrupt.ts";
import { measureOpen } from "./open.ts";
import { numberedLines, oneLongLine } from "./programs.ts";

/** How much of each is measured. */
export interface Effort {
  readonly keys: number;
  readonly opens: number;
  readonly interrupts: number;
  readonly attaches: number;
  readonly longLineBytes: number;
  readonly lines: number;
}

/** About a minute for a peer. */
export const FULL_EFFORT: Effort = {
  keys: 2_000,
  opens: 30,
  interrupts: 15,
  attaches: 15,
  longLineBytes: 100_000_000,
  lines: 2_000_000,
};

/** Runs every scenario on a peer and returns its values by metric. */
export async function measureTerminal(peer: TerminalPeer, effort: Effort): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  const open = await measureOpen(peer, effort.opens);
  values.set("open to first byte p50 ms", open.p50);
  values.set("open to first byte p99 ms", open.p99);
  const echo = await measureEcho(peer, effort.keys);
  values.set("echo p50 ms", echo.p50);
  values.set("echo p99 ms", echo.p99);
  const flooded = await measureEchoUnderFlood(peer, effort.keys);
  values.set("echo under flood p50 ms", flooded.p50);
  values.set("echo under flood p99 ms", flooded.p99);
  const interrupt = await measureInterrupt(peer, effort.interrupts);
  values.set("Ctrl-C to quiet p50 ms", interrupt.p50);
  values.set("Ctrl-C to quiet max ms", interrupt.max);
  const { longLineBytes, lines } = effort;
  const longLine = await measureBulk(peer, oneLongLine(longLineBytes), longLineBytes);
  values.set("one long line MB/s", longLine.mbPerSecond);
  const numbered = await measureBulk(peer, numberedLines(lines), numberedLinesBytes(lines));
  values.set("numbered lines MB/s", numbered.mbPerSecond);
  values.set("numbered lines received MB", numbered.receivedMb);
  const attach = await measureAttach(peer, effort.attaches);
  if (attach) {
    values.set("attach after 10 MB p50 ms", attach.time.p50);
    values.set("attach after 10 MB KB", attach.kilobytes);
  }
  return values;
}
