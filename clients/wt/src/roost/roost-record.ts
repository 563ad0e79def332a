import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  url: z.url(),
  startedAt: z.iso.datetime(),
});

/** Which process is the roost of a state folder, and where it listens. */
export type RoostRecord = z.infer<typeof schema>;

const recordPath = (stateDir: string): string => join(stateDir, "roost.json");

/** Start time of a process in clock ticks since boot, field 22 of /proc/PID/stat; undefined when there is none. */
export function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name in parentheses may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Writes the record of this process. */
export async function writeRoostRecord(stateDir: string, url: string): Promise<void> {
  const startTime = readStartTime(process.pid) ?? "";
  const record: RoostRecord = { pid: process.pid, startTime, url, startedAt: new Date().toISOString() };
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const scratch = `${recordPath(stateDir)}.${process.pid}`;
  await writeFile(scratch, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(scratch, recordPath(stateDir));
}

/** Takes the record away when it is this process's. */
export async function removeRoostRecord(stateDir: string): Promise<void> {
  if (readRoostRecord(stateDir)?.pid === process.pid) await rm(recordPath(stateDir), { force: true });
}

/** The roost that runs on this state folder; undefined when none does, or when its pid belongs to another process now. */
export function readRoostRecord(stateDir: string): RoostRecord | undefined {
  let text: string;
  try {
    text = readFileSync(recordPath(stateDir), "utf8");
  } catch {
    return undefined;
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return undefined;
  return readStartTime(parsed.data.pid) === parsed.data.startTime ? parsed.data : undefined;
}
