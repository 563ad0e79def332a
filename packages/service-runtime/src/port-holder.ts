import { readdir, readFile, readlink } from "node:fs/promises";
import { parseTcpTable } from "./proc-net-tcp.ts";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];

/** Says who listens on a port, as far as this user may know: 'node (process 123)', 'a program of user 1000'. */
export async function describePortHolder(port: number): Promise<string> {
  const unknown = "another program";
  if (process.platform !== "linux") return unknown;
  for (const path of TABLES) {
    const table = await readFile(path, "latin1").catch(() => "");
    for (const row of parseTcpTable(table)) {
      if (!row.listening || row.local.port !== port) continue;
      return (await findProcess(row.inode)) ?? `a program of user ${row.uid}`;
    }
  }
  return unknown;
}

async function findProcess(inode: number): Promise<string | undefined> {
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || !(await holds(pid, inode))) continue;
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    return `${name.trim() || "a program"} (process ${pid})`;
  }
  return undefined;
}

async function holds(pid: string, inode: number): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Other people's processes, and those that have just ended, cannot be looked into.
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => "");
    if (target === `socket:[${inode}]`) return true;
  }
  return false;
}
