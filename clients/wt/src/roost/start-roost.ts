import { join } from "node:path";
import { createVerifier } from "@wingthing/access-token/verify";
import { startRoostAuth } from "@wingthing/roost-auth/app";
import { startRoostRelay } from "@wingthing/roost-relay/app";
import { healthHandler } from "@wingthing/service-runtime/health";
import { createLocalGuard } from "@wingthing/service-runtime/local-guard";
import type { Log } from "@wingthing/service-runtime/log";
import { serve } from "@wingthing/service-runtime/serve";
import { staticFiles } from "@wingthing/service-runtime/static-files";
import { type EggProgram, startWing, type WingApp } from "@wingthing/wing/app";

/**
 * There is no other relay to move to: browsers come back to this one when it starts again. Half a second lets frames
 * that are on their way arrive.
 */
const DRAIN_AT_ONCE = { drainMs: 500, drainSpreadMs: 0 };

/** What a roost with a wing on one machine is made of. */
export interface RoostOptions {
  /** ~/.wingthing. */
  readonly stateDir: string;
  /** The person's home folder. */
  readonly home: string;
  /** Environment that agents may get variables of. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Address to listen on; undefined = both loopback addresses. */
  readonly host?: string;
  /** Port; 0 = any free one. */
  readonly port: number;
  /** Demanded of everyone who is not this user on this machine. */
  readonly token?: string;
  /** Folder of the built web client. */
  readonly webDir: string;
  readonly eggProgram: EggProgram;
  readonly roots?: readonly string[];
  /** Tags of this wing. */
  readonly labels?: readonly string[];
  readonly version: string;
  readonly log: Log;
  /** Address that the wing dials in place of the roost's own: a story puts a recorder there. */
  readonly wingDials?: string;
}

/** A running roost with its wing. */
export interface Roost extends AsyncDisposable {
  /** Where browsers open it. */
  readonly url: string;
  readonly wing: WingApp;
  /** Tells links to go, stops the wing and closes everything; sessions live on. */
  stop(): Promise<void>;
}

/** Puts auth, relay, web client and wing together in this process, in local mode: one person, no login page. */
export async function startRoost(options: RoostOptions): Promise<Roost> {
  const { stateDir, version, log } = options;
  await using owned = new AsyncDisposableStack();
  const auth = owned.use(
    await startRoostAuth({
      dataDir: join(stateDir, "roost"),
      local: true,
      version,
      log: log.child({ service: "roost-auth" }),
    }),
  );
  const verifier = createVerifier(auth.keys);
  const relay = owned.use(
    startRoostRelay({
      limits: DRAIN_AT_ONCE,
      verifyToken: (token) => verifier.verifyRelayToken(token),
      log: log.child({ service: "roost-relay" }),
    }),
  );
  const listener = owned.use(
    await serve({
      host: options.host,
      port: options.port,
      guard: createLocalGuard({ host: options.host, token: options.token }),
      handlers: [healthHandler({ store: auth.isHealthy }), auth.handle, staticFiles(options.webDir)],
      upgrades: { "/relay": (request, socket, head) => relay.handleUpgrade(request, socket, head) },
      log: log.child({ service: "roost" }),
    }),
  );
  const wing = owned.use(
    await startWing({
      stateDir,
      home: options.home,
      hostEnv: options.hostEnv,
      eggProgram: options.eggProgram,
      roost: {
        url: options.wingDials ?? `http://127.0.0.1:${listener.port}`,
        credential: (wingId) => auth.localWingCredential(wingId),
      },
      version,
      ...(options.roots === undefined ? {} : { roots: options.roots }),
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      log: log.child({ service: "wing" }),
    }),
  );
  const stack = owned.move();
  const stop = async (): Promise<void> => {
    if (stack.disposed) return;
    await relay.drain();
    await stack.disposeAsync();
  };
  return { url: listener.url, wing, stop, [Symbol.asyncDispose]: stop };
}
