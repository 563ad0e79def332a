import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@wingthing/service-runtime/clock";
import { readEnvironment } from "@wingthing/service-runtime/config";
import { drain, untilTerminated } from "@wingthing/service-runtime/drain";
import { createLog } from "@wingthing/service-runtime/log-file";
import { type RoostAddress, startWing } from "./app.ts";
import { environmentSchema } from "./environment.ts";
import { readPlainFile } from "./identity/private-file.ts";

/** Eggs live on by themselves; what has to end are sockets and one spare egg. */
const DRAIN_GRACE_MS = 10_000;
/** A device credential is one short line. */
const MAX_CREDENTIAL_BYTES = 4_096;
const VERSION = "0.1.0";

/** There is a roost to connect to and nothing to show to it. */
class CredentialMissingError extends Error {
  override readonly name = "CredentialMissingError";
  constructor(path: string, url: string) {
    super(`${path} is missing, and the roost ${url} admits no wing without a credential: run wt login --roost ${url}`);
  }
}

async function main(): Promise<void> {
  const env = readEnvironment(environmentSchema, process.env);
  const log = createLog({ level: env.WT_LOG_LEVEL, fields: { service: "wing" } });
  const roost = env.WT_ROOST_URL === undefined ? undefined : await roostAt(env.WT_ROOST_URL, env.WINGTHING_DIR);
  const wing = await startWing({
    stateDir: env.WINGTHING_DIR,
    home: homedir(),
    hostEnv: process.env,
    eggProgram: { file: process.execPath, args: [fileURLToPath(new URL("../../egg/src/main.ts", import.meta.url))] },
    version: VERSION,
    ...(roost === undefined ? {} : { roost }),
    log,
  });
  process.on("SIGHUP", () => void wing.reloadConfig());
  log.info("wing runs", { wingId: wing.wingId });
  log.info("closing", { signal: await untilTerminated() });
  await drain([{ name: "wing", run: () => wing.stop() }], { graceMs: DRAIN_GRACE_MS, clock: systemClock, log });
}

async function roostAt(url: string, stateDir: string): Promise<RoostAddress> {
  const path = join(stateDir, "credential");
  const credential = await readPlainFile(path, { maxBytes: MAX_CREDENTIAL_BYTES, private: true });
  if (credential === undefined) throw new CredentialMissingError(path, url);
  return { url, credential: credential.trim() };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
