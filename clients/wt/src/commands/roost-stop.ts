import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "../command-error.ts";
import { readRoostRecord } from "../roost/roost-record.ts";
import { stateDir } from "../state-dir.ts";

/** A roost drains its links and closes its store well within this time, in milliseconds. */
const STOP_WAIT_MS = 15_000;
/** Pause between two looks at the process table, in milliseconds. */
const LOOK_AGAIN_MS = 50;

/** `wt roost stop`: ends the roost and waits for it; sessions live on. */
export async function roostStop(): Promise<void> {
  const folder = stateDir();
  const record = readRoostRecord(folder);
  if (record === undefined) {
    console.log("no roost runs on this machine");
    return;
  }
  process.kill(record.pid, "SIGTERM");
  const until = Date.now() + STOP_WAIT_MS;
  while (readRoostRecord(folder) !== undefined) {
    if (Date.now() > until) {
      throw new CommandError(
        `the roost (pid ${record.pid}) did not stop within ${STOP_WAIT_MS / 1000} s; end it with: kill -9 ${record.pid}`,
      );
    }
    await delay(LOOK_AGAIN_MS);
  }
  console.log(`stopped the roost (pid ${record.pid}); its sessions live on: wt egg list`);
}
