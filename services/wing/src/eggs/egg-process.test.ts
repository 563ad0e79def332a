import { readFileSync } from "node:fs";
import { newSessionId } from "@wingthing/contracts/ids";
import { systemClock } from "@wingthing/service-runtime/clock";
import { expect, test } from "vitest";
import { eggThatDies, eggThatNeverOpens, standInEgg } from "../testing/programs.ts";
import { makeTempHome, type TempHome } from "../testing/temp-home.ts";
import { EggFolder } from "./egg-folder.ts";
import { EggDiedError, EggNotReadyError, EggProcess, EggProgramError } from "./egg-process.ts";
import { runs } from "./process-identity.ts";

const makeFolder = (home: TempHome) =>
  EggFolder.make(
    home.path,
    newSessionId((bytes) => crypto.getRandomValues(bytes)),
  );

const options = { program: standInEgg, env: { PATH: "/usr/bin:/bin" }, spare: false, clock: systemClock };

test("an egg gets its folder in a clean environment and no secret in its arguments", async () => {
  await using home = await makeTempHome();
  const folder = await makeFolder(home);
  const egg = await EggProcess.spawn(folder, { ...options, spare: true });
  const environ = readFileSync(`/proc/${egg.identity.pid}/environ`, "utf8").split("\0").filter(Boolean).sort();
  expect(environ).toEqual(["PATH=/usr/bin:/bin", `WT_EGG_DIR=${folder.path}`, "WT_EGG_SPARE=1"]);
  const token = await folder.readToken();
  expect(readFileSync(`/proc/${egg.identity.pid}/cmdline`, "utf8")).not.toContain(token);
  await egg.kill(systemClock);
});

test("an egg is the leader of a session of its own, so that signals to the wing's group do not reach it", async () => {
  await using home = await makeTempHome();
  const egg = await EggProcess.spawn(await makeFolder(home), options);
  const stat = readFileSync(`/proc/${egg.identity.pid}/stat`, "utf8");
  const [, , group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  expect([Number(group), Number(session)]).toEqual([egg.identity.pid, egg.identity.pid]);
  await egg.kill(systemClock);
});

test("an egg that never opens its socket is killed when its time is over", async () => {
  await using home = await makeTempHome();
  const folder = await makeFolder(home);
  const spawning = EggProcess.spawn(folder, { ...options, program: eggThatNeverOpens, socketWaitMs: 300 });
  await expect(spawning).rejects.toThrow(EggNotReadyError);
  expect(runs((await folder.readSpawned())!)).toBe(false);
});

test("an egg that dies before it opens its socket is reported with the end of its log", async () => {
  await using home = await makeTempHome();
  const spawning = EggProcess.spawn(await makeFolder(home), { ...options, program: eggThatDies });
  await expect(spawning).rejects.toThrow(EggDiedError);
  await expect(spawning).rejects.toThrow(
    "(exit code 4) before its agent ran; its log ends with: no bubblewrap on this host",
  );
});

test("a program that is not there is named", async () => {
  await using home = await makeTempHome();
  const program = { file: "/nowhere/egg", args: [] };
  const spawning = EggProcess.spawn(await makeFolder(home), { ...options, program });
  await expect(spawning).rejects.toThrow(EggProgramError);
  await expect(spawning).rejects.toThrow("/nowhere/egg cannot be run");
});
