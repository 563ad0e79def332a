import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Folder of everything that wingthing keeps on this machine: `WINGTHING_DIR`, else ~/.wingthing. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["WINGTHING_DIR"];
  return chosen === undefined || chosen === "" ? join(homedir(), ".wingthing") : resolve(chosen);
}
