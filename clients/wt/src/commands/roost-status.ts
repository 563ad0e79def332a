import { EXIT } from "../command-error.ts";
import { readRoostRecord } from "../roost/roost-record.ts";
import { stateDir } from "../state-dir.ts";

/** Longest wait for the roost's health, in milliseconds. */
const HEALTH_WAIT_MS = 3_000;

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/healthz", url), { signal: AbortSignal.timeout(HEALTH_WAIT_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** `wt roost status`: exit code 0 when a healthy roost runs. */
export async function roostStatus(options: { json?: boolean }): Promise<void> {
  const record = readRoostRecord(stateDir());
  const healthy = record !== undefined && (await isHealthy(record.url));
  if (!healthy) process.exitCode = EXIT.unavailable;
  if (options.json === true) {
    console.log(JSON.stringify({ running: record !== undefined, healthy, ...record }));
  } else if (record === undefined) {
    console.log("no roost runs on this machine; start one with: wt roost start");
  } else {
    console.log(
      `roost   ${healthy ? "running" : "does not answer"} at ${record.url} (pid ${record.pid}, since ${record.startedAt})`,
    );
  }
}
