import { newSessionId } from "@wingthing/contracts/ids";
import { systemClock } from "@wingthing/service-runtime/clock";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { expect, test } from "vitest";
import { standInEgg } from "../testing/programs.ts";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { createEggClient } from "./egg-client.ts";
import { EggFolder } from "./egg-folder.ts";
import { EggProcess } from "./egg-process.ts";
import { discardEgg, type ReadyEgg } from "./ready-egg.ts";
import { WarmSpare } from "./warm-spare.ts";

async function spawnEgg(home: TempHome): Promise<ReadyEgg> {
  const folder = await EggFolder.make(
    home.path,
    newSessionId((bytes) => crypto.getRandomValues(bytes)),
  );
  const process = await EggProcess.spawn(folder, { program: standInEgg, env: {}, spare: true, clock: systemClock });
  return { folder, process, client: createEggClient(folder.socket, (await folder.readToken()) ?? "") };
}

test("the spare that is being made is waited for and handed out once", async () => {
  await using home = await makeTempHome();
  const spare = new WarmSpare({ spawn: () => spawnEgg(home), clock: systemClock, log: silentLog });
  spare.warm(0);
  await systemClock.sleep(1);
  const egg = await spare.take();
  expect(egg?.process.running).toBe(true);
  expect(await spare.take()).toBeUndefined();
  await discardEgg(egg!, systemClock);
});

test("a spare that died while it waited is not handed out, and its folder is gone", async () => {
  await using home = await makeTempHome();
  const eggs: ReadyEgg[] = [];
  const spawn = async () => {
    const egg = await spawnEgg(home);
    eggs.push(egg);
    return egg;
  };
  const clock = new ManualClock();
  const spare = new WarmSpare({ spawn, clock, log: silentLog });
  spare.warm();
  clock.advance(1_000);
  const made = await spare.take();
  expect(made).toBe(eggs[0]);
  await made!.process.kill(systemClock);
  const dead = new WarmSpare({ spawn: async () => made!, clock, log: silentLog });
  dead.warm(0);
  clock.advance(0);
  expect(await dead.take()).toBeUndefined();
  expect(await EggFolder.list(home.path)).toEqual([]);
});

test("when no spare can be made there is none, and the next plan tries again", async () => {
  const clock = new ManualClock();
  let tries = 0;
  const spawn = () => Promise.reject(new Error(`no room ${++tries}`));
  const spare = new WarmSpare({ spawn, clock, log: silentLog });
  for (const expected of [1, 2]) {
    spare.warm();
    clock.advance(1_000);
    expect(await spare.take()).toBeUndefined();
    expect(tries).toBe(expected);
  }
});

test("closing ends the spare, and none is made after it", async () => {
  await using home = await makeTempHome();
  const made = Promise.withResolvers<ReadyEgg>();
  const spawn = async () => {
    const egg = await spawnEgg(home);
    made.resolve(egg);
    return egg;
  };
  const spare = new WarmSpare({ spawn, clock: systemClock, log: silentLog });
  spare.warm(0);
  const egg = await made.promise;
  await spare.close();
  expect(egg.process.running).toBe(false);
  expect(await EggFolder.list(home.path)).toEqual([]);
  spare.warm(0);
  expect(await spare.take()).toBeUndefined();
});
