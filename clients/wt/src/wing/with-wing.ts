import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { silentLog } from "@wingthing/service-runtime/log";
import { eggProgram } from "../egg-program.ts";
import { stateDir } from "../state-dir.ts";
import { VERSION } from "../version.ts";
import { createWingClient, type WingClient, wingAnswers } from "./wing-client.ts";

/** A wing to call, whether it lives elsewhere or here. */
export interface HomeWing extends WingClient {
  /** Becomes the wing when the one that was called is gone, so that a terminal outlives a roost that was stopped. */
  ensure(): Promise<void>;
}

/**
 * Calls the wing of this machine. When none runs, this process is the wing for as long as the call takes: eggs are
 * processes of their own, so sessions live on and the next wing adopts them.
 */
export async function withWing<T>(call: (wing: HomeWing) => Promise<T>): Promise<T> {
  const folder = stateDir();
  await using own = new AsyncDisposableStack();
  const ensure = async (): Promise<void> => {
    if (!(await wingAnswers(folder))) own.use(await startOwnWing(folder));
  };
  await ensure();
  return await call({ ...createWingClient(folder), ensure });
}

async function startOwnWing(folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { startWing } = await import("@wingthing/wing/app");
  return await startWing({
    stateDir: folder,
    home: homedir(),
    hostEnv: process.env,
    eggProgram: eggProgram(),
    version: VERSION,
    log: silentLog,
  });
}
