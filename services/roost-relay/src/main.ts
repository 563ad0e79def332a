import { keysFromUrl } from "@wingthing/access-token/remote-keys";
import { createVerifier } from "@wingthing/access-token/verify";
import { systemClock } from "@wingthing/service-runtime/clock";
import { readEnvironment } from "@wingthing/service-runtime/config";
import { drain, untilTerminated } from "@wingthing/service-runtime/drain";
import { healthHandler } from "@wingthing/service-runtime/health";
import { createLog } from "@wingthing/service-runtime/log-file";
import { serve } from "@wingthing/service-runtime/serve";
import { RELAY_PATH, startRoostRelay } from "./app.ts";
import { environmentSchema } from "./environment.ts";
import { metricsHandler } from "./metrics.ts";
import { DEFAULT_RELAY_LIMITS } from "./relay-limits.ts";

/** The links' own bound, and a few seconds to close the listener: under the 30 s after which Kubernetes kills. */
const DRAIN_GRACE_MS = DEFAULT_RELAY_LIMITS.drainMs + 5_000;
/** Probes and scrapes beside the links. */
const HTTP_CONNECTIONS = 64;

async function main(): Promise<void> {
  const env = readEnvironment(environmentSchema, process.env);
  const log = createLog({ level: env.WT_LOG_LEVEL, fields: { service: "roost-relay" } });
  const verifier = createVerifier(keysFromUrl({ url: env.WT_JWKS_URL }));
  await using relay = startRoostRelay({ verifyToken: (token) => verifier.verifyRelayToken(token), log });
  const listener = await serve({
    host: env.WT_RELAY_HOST,
    port: env.WT_RELAY_PORT,
    handlers: [healthHandler({ draining: () => !relay.stats().draining }), metricsHandler(() => relay.stats())],
    upgrades: { [RELAY_PATH]: relay.handleUpgrade },
    limits: { maxConnections: DEFAULT_RELAY_LIMITS.maxLinks + HTTP_CONNECTIONS },
    log,
  });
  log.info("listening", { url: listener.url });
  log.info("draining", { signal: await untilTerminated() });
  const steps = [
    { name: "links", run: () => relay.drain() },
    { name: "listener", run: () => listener.close() },
  ];
  await drain(steps, { graceMs: DRAIN_GRACE_MS, clock: systemClock, log });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
