import { readdir } from "node:fs/promises";
import { create } from "@bufbuild/protobuf";
import { ResolvedEggConfigSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { TerminalSizeSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { systemClock } from "@wingthing/service-runtime/clock";
import { silentLog } from "@wingthing/service-runtime/log";
import { expect, test } from "vitest";
import { killEggs } from "../testing/kill-eggs.ts";
import { eggThatNeverOpens, standInEgg } from "../testing/programs.ts";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { EggNotReadyError } from "./egg-process.ts";
import { EggSupervisor, type SessionPlan, type SupervisorOptions, TooManySessionsError } from "./egg-supervisor.ts";
import { SessionList } from "./session-list.ts";

const plan: SessionPlan = {
  agent: "shell",
  argv: ["/bin/sh"],
  cwd: "/",
  home: "/",
  env: {},
  config: create(ResolvedEggConfigSchema),
  size: create(TerminalSizeSchema, { columns: 80, rows: 24 }),
};

function supervise(home: TempHome, options: Partial<SupervisorOptions> = {}) {
  const list = new SessionList();
  const supervisor = new EggSupervisor({
    eggsDir: home.path,
    program: standInEgg,
    eggEnv: {},
    list,
    random: (bytes) => crypto.getRandomValues(bytes),
    clock: systemClock,
    log: silentLog,
    ...options,
  });
  const dispose = async () => {
    await supervisor.close();
    await killEggs(home.path);
  };
  return { supervisor, list, [Symbol.asyncDispose]: dispose };
}

test("the last session that fits starts, one more is refused, and one that ends makes room", async () => {
  await using home = await makeTempHome();
  await using wing = supervise(home, { maxRunning: 2 });
  const first = await wing.supervisor.start(plan);
  await wing.supervisor.start(plan);
  await expect(wing.supervisor.start(plan)).rejects.toThrow(TooManySessionsError);
  await wing.supervisor.stop(first.sessionId);
  await wing.supervisor.start(plan);
  expect(wing.supervisor.running).toBe(2);
});

test("sessions that are still starting count", async () => {
  await using home = await makeTempHome();
  await using wing = supervise(home, { maxRunning: 2 });
  const starts = await Promise.allSettled([1, 2, 3].map(() => wing.supervisor.start(plan)));
  expect(starts.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

test("an egg that never opens its socket leaves neither process nor folder nor session", async () => {
  await using home = await makeTempHome();
  await using wing = supervise(home, { program: eggThatNeverOpens, socketWaitMs: 300 });
  const before = await readdir(home.path);
  await expect(wing.supervisor.start(plan)).rejects.toThrow(EggNotReadyError);
  expect(await readdir(home.path)).toEqual(before);
  expect(wing.list.all()).toEqual([]);
});
