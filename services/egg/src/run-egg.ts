import { flushCompileCache } from "node:module";
import { type EggApp, type EggOptions, SPARE_START_WAIT_MS, START_WAIT_MS, startEgg } from "./app.ts";
import { jsonLog } from "./json-log.ts";
import { closeStrayDescriptors } from "./pty/stray-descriptors.ts";

/** Exit code when the egg could not open its socket. */
const EXIT_NOT_STARTED = 1;
/** Exit code after an error that nobody expected (EX_SOFTWARE). */
const EXIT_FAULT = 70;

/** What a process may be given in place of the real thing: the entry for stories leads names to local servers. */
export type StandIns = Pick<EggOptions, "openGateway" | "prepareSandbox" | "dial" | "resolve">;

/** Runs this process as an egg, until its agent ended and its viewers left. */
export async function runEgg(standIns: StandIns = {}): Promise<void> {
  closeStrayDescriptors();
  const parent = process.ppid;
  const log = jsonLog();
  const { WT_EGG_DIR: eggDir, WT_EGG_SPARE: spare } = process.env;
  // Programs that the egg runs need not know where its token is.
  for (const name of ["WT_EGG_DIR", "WT_EGG_SPARE"]) delete process.env[name];
  if (!eggDir) {
    log.error("WT_EGG_DIR is not set: it names the folder with the egg's token, which a wing makes");
    process.exit(EXIT_NOT_STARTED);
  }
  try {
    const startWaitMs = spare ? SPARE_START_WAIT_MS : START_WAIT_MS;
    const isOrphaned = () => process.ppid !== parent;
    const egg = await startEgg({ ...standIns, eggDir, log, startWaitMs, isOrphaned });
    listenToSignals(egg);
    await warmUp(egg);
    await egg.ended;
    process.exit(0);
  } catch (error) {
    log.error("the egg could not start", { error });
    process.exit(EXIT_NOT_STARTED);
  }
}

/** What cannot be prepared is told by the start that needs it. */
async function warmUp(egg: EggApp): Promise<void> {
  try {
    await egg.warmUp();
  } catch (error) {
    jsonLog().warn("a start could not be prepared", { error });
  }
  flushCompileCache(); // an egg may end by SIGKILL, and the next one shall start sooner too
}

function listenToSignals(egg: EggApp): void {
  const log = jsonLog();
  // An egg outlives the terminal and the wing that it was spawned from.
  process.on("SIGHUP", () => {});
  process.on("SIGPIPE", () => {});
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      log.info("told to stop", { signal });
      void egg.stop();
    });
  }
  const fault = (error: unknown) => {
    log.error("an error that nobody expected ends the egg", { error });
    // The sandbox dies with its parent; nothing of the agent is left.
    process.exit(EXIT_FAULT);
  };
  process.on("uncaughtException", fault);
  process.on("unhandledRejection", fault);
}
