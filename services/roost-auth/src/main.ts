import { systemClock } from "@wingthing/service-runtime/clock";
import { readEnvironment } from "@wingthing/service-runtime/config";
import { drain, untilTerminated } from "@wingthing/service-runtime/drain";
import { healthHandler } from "@wingthing/service-runtime/health";
import { createLocalGuard } from "@wingthing/service-runtime/local-guard";
import { createLog } from "@wingthing/service-runtime/log-file";
import { serve } from "@wingthing/service-runtime/serve";
import { startRoostAuth } from "./app.ts";
import { environmentSchema } from "./environment.ts";

/** Requests are short; what takes longer is stuck. */
const DRAIN_GRACE_MS = 10_000;
const VERSION = "0.1.0";

async function main(): Promise<void> {
  const env = readEnvironment(environmentSchema, process.env);
  const log = createLog({ level: env.WT_LOG_LEVEL, fields: { service: "roost-auth" } });
  const guard = createLocalGuard({ host: env.WT_AUTH_HOST, token: env.WT_ROOST_TOKEN });
  await using auth = await startRoostAuth({
    dataDir: env.WT_ROOST_DIR,
    local: true,
    version: VERSION,
    signingKey: env.WT_JWT_KEY,
    log,
  });
  const listener = await serve({
    host: env.WT_AUTH_HOST,
    port: env.WT_AUTH_PORT,
    guard,
    handlers: [healthHandler({ store: auth.isHealthy }), auth.handle],
    log,
  });
  log.info("listening", { url: listener.url });
  log.info("closing", { signal: await untilTerminated() });
  await drain([{ name: "listener", run: () => listener.close() }], {
    graceMs: DRAIN_GRACE_MS,
    clock: systemClock,
    log,
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
