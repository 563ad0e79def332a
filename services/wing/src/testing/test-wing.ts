import { join } from "node:path";
import { silentLog } from "@wingthing/service-runtime/log";
import { startWing, type WingApp, type WingOptions } from "../app.ts";
import { killEggs } from "./kill-eggs.ts";
import { connectLocally, type LocalClient } from "./local-client.ts";
import { standInEgg } from "./programs.ts";
import { makeTempHome, type TempHome } from "./temp-home.ts";

/** A wing on a home of its own, with a program that calls it. */
export interface TestWing extends AsyncDisposable {
  readonly home: TempHome;
  readonly app: WingApp;
  readonly client: LocalClient;
  /** Ends the wing, starts another on the same folder, and connects to it. */
  restart(options?: Partial<WingOptions>): Promise<void>;
}

/** What a wing of a test is started with. */
export function testWingOptions(home: TempHome, options: Partial<WingOptions> = {}): WingOptions {
  const hostEnv = { PATH: process.env["PATH"], SHELL: "/bin/sh", HOME: home.path, SECRET_OF_THE_HOST: "hunter2" };
  const eggProgram = standInEgg;
  return {
    stateDir: home.stateDir,
    home: home.path,
    hostEnv,
    eggProgram,
    version: "1.2.3",
    log: silentLog,
    ...options,
  };
}

/** Starts a wing; with it end its eggs and its home. */
export async function startTestWing(options: Partial<WingOptions> = {}, existing?: TempHome): Promise<TestWing> {
  const home = existing ?? (await makeTempHome());
  let app = await startWing(testWingOptions(home, options));
  let client = connectLocally(app.socketPath);
  const end = async () => {
    client[Symbol.dispose]();
    await app.stop();
  };
  return {
    home,
    get app() {
      return app;
    },
    get client() {
      return client;
    },
    async restart(changed = {}) {
      await end();
      app = await startWing(testWingOptions(home, { ...options, ...changed }));
      client = connectLocally(app.socketPath);
    },
    async [Symbol.asyncDispose]() {
      await end();
      await killEggs(join(home.stateDir, "eggs"));
      await home[Symbol.asyncDispose]();
    },
  };
}
