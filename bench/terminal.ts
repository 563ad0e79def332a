/** What a person feels of a terminal, through each peer in turn: echo, flood, Ctrl-C, bulk, open, attach. */
import { fileURLToPath } from "node:url";
import { byMetric, publish } from "./measure/report.ts";
import { barePtyPeer } from "./peers/bare-pty.ts";
import type { TerminalPeer } from "./peers/terminal-peer.ts";
import { tmuxPeer } from "./peers/tmux.ts";
import { wingthingPeer } from "./peers/wingthing.ts";
import { FULL_EFFORT, measureTerminal } from "./scenarios/all.ts";

const RESULTS = fileURLToPath(new URL("./results", import.meta.url));
const PEERS: readonly (() => Promise<TerminalPeer>)[] = [barePtyPeer, tmuxPeer, wingthingPeer];
const BASELINE = "bare";

const results = new Map<string, Map<string, number>>();
for (const start of PEERS) {
  const peer = await start();
  try {
    console.log(`measuring ${peer.name} …`);
    results.set(peer.name, await measureTerminal(peer, FULL_EFFORT));
  } finally {
    await peer.close();
  }
}
publish({ name: "terminal", baseline: BASELINE, ...byMetric(results) }, RESULTS);
