import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { newSessionId } from "@wingthing/contracts/ids";
import { systemClock } from "@wingthing/service-runtime/clock";
import { expect, test } from "vitest";
import { startWing } from "./app.ts";
import { EggFolder } from "./eggs/egg-folder.ts";
import { EggProcess } from "./eggs/egg-process.ts";
import { findProcess, runs } from "./eggs/process-identity.ts";
import { WingAlreadyRunningError } from "./identity/single-wing.ts";
import { connectLocally } from "./testing/local-client.ts";
import { eggThatNeverOpens, standInEgg, wingProcess } from "./testing/programs.ts";
import { seesSession } from "./testing/sees.ts";
import { makeTempHome, type TempHome } from "./testing/temp-home.ts";
import { startTestWing, type TestWing, testWingOptions } from "./testing/test-wing.ts";
import { Viewer } from "./testing/viewer.ts";

const size = { columns: 80, rows: 24 };

async function startShell(wing: Pick<TestWing, "client" | "home">): Promise<string> {
  const { session } = await wing.client.sessions.start({ agent: "shell", cwd: wing.home.project, size });
  return session!.sessionId;
}

const folderOf = (home: TempHome, sessionId: string) =>
  new EggFolder(join(home.stateDir, "eggs"), sessionId as ReturnType<typeof newSessionId>);

/** A wing in a process of its own, so that it can be killed. */
async function spawnWing(home: TempHome): Promise<ChildProcess> {
  const options = JSON.stringify({ stateDir: home.stateDir, home: home.path });
  const child = spawn(wingProcess.file, [...wingProcess.args, options], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout!, "data");
  return child;
}

test("the local socket is the user's alone, and the next wing has the same id and key", async () => {
  await using wing = await startTestWing();
  expect((await stat(wing.app.socketPath)).mode & 0o777).toBe(0o600);
  const { wingId, publicKey } = wing.app;
  await wing.restart();
  expect(wing.app.wingId).toBe(wingId);
  expect(wing.app.publicKey).toEqual(publicKey);
});

test("a second wing on the same folder is refused while the first runs", async () => {
  await using wing = await startTestWing();
  await expect(startWing(testWingOptions(wing.home))).rejects.toThrow(WingAlreadyRunningError);
  expect((await wing.client.info.getInfo({})).version).toBe("1.2.3");
});

test("a session lives on when its wing is killed, and the next wing goes on with it", async () => {
  const home = await makeTempHome();
  const killed = await spawnWing(home);
  using client = connectLocally(join(home.stateDir, "wing.sock"));
  const sessionId = await startShell({ client, home });
  const viewer = Viewer.attach(client.sessions, sessionId);
  viewer.type("before");
  await viewer.sees("before");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  await viewer[Symbol.asyncDispose]();

  await using wing = await startTestWing({}, home);
  const { sessions } = await wing.client.sessions.list({});
  expect(sessions).toMatchObject([{ sessionId, agent: "shell", cwd: home.project, state: State.RUNNING }]);
  await using again = Viewer.attach(wing.client.sessions, sessionId);
  expect(await again.next()).toMatchObject({ case: "opened", value: { seq: 6n } });
  again.type("after");
  await again.sees("after");
});

test("a wing that stops leaves its eggs alone, and the next one stops them", async () => {
  await using wing = await startTestWing();
  const sessionId = await startShell(wing);
  await wing.restart();
  const { session } = await wing.client.sessions.stop({ sessionId });
  expect(session).toMatchObject({ state: State.EXITED, exited: { signal: "SIGHUP" } });
});

test("a session that ended while no wing ran is listed with its end", async () => {
  await using wing = await startTestWing();
  const sessionId = await startShell(wing);
  const { identity } = EggProcess.adopt((await folderOf(wing.home, sessionId).readEggProcess())!);
  await wing.app.stop();
  process.kill(identity.pid, "SIGTERM");
  while (runs(identity)) await systemClock.sleep(10);
  await wing.restart();
  const { sessions } = await wing.client.sessions.list({});
  expect(sessions).toMatchObject([{ sessionId, state: State.EXITED, exited: { signal: "SIGTERM" }, endReason: "" }]);
});

test("an egg that vanished while no wing ran is listed as ended, with the reason", async () => {
  await using wing = await startTestWing();
  const sessionId = await startShell(wing);
  const egg = EggProcess.adopt((await folderOf(wing.home, sessionId).readEggProcess())!);
  await wing.app.stop();
  await egg.kill(systemClock);
  await wing.restart();
  const { sessions } = await wing.client.sessions.list({});
  expect(sessions).toMatchObject([{ sessionId, state: State.EXITED, endReason: expect.stringContaining("was gone") }]);
  await wing.client.sessions.forget({ sessionId });
  expect(await readdir(join(wing.home.stateDir, "eggs"))).toEqual([]);
});

test("a process that got the number of a dead egg is neither taken for it nor touched", async () => {
  await using wing = await startTestWing();
  const sessionId = await startShell(wing);
  const folder = folderOf(wing.home, sessionId);
  const egg = EggProcess.adopt((await folder.readEggProcess())!);
  await wing.app.stop();
  await egg.kill(systemClock);
  const stranger = spawn("sleep", ["60"]);
  await once(stranger, "spawn");
  const reused = { pid: stranger.pid!, startTime: egg.identity.startTime };
  await writeFile(join(folder.path, "egg.pid"), JSON.stringify(reused));
  await folder.writeSpawned(reused);

  await wing.restart();
  expect((await wing.client.sessions.list({})).sessions).toMatchObject([{ sessionId, state: State.EXITED }]);
  await wing.client.sessions.stop({ sessionId });
  await wing.client.sessions.forget({ sessionId });
  expect(findProcess(stranger.pid!)).toBeDefined();
  stranger.kill("SIGKILL");
  await once(stranger, "exit");
});

test("an egg that an earlier wing spawned and that never opened its socket is reaped", async () => {
  const home = await makeTempHome();
  await using wing = await startTestWing({}, home);
  await wing.app.stop();
  const folder = await EggFolder.make(
    join(home.stateDir, "eggs"),
    newSessionId((b) => crypto.getRandomValues(b)),
  );
  const stuck = spawn(eggThatNeverOpens.file, [...eggThatNeverOpens.args], { detached: true, stdio: "ignore" });
  await once(stuck, "spawn");
  await folder.writeSpawned(findProcess(stuck.pid!)!);
  const ended = once(stuck, "exit");
  await wing.restart();
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(await readdir(join(home.stateDir, "eggs"))).toEqual([]);
  expect((await wing.client.sessions.list({})).sessions).toEqual([]);
});

test("a spare egg is used for the next session, replaced, and gone with its wing", async () => {
  await using wing = await startTestWing({ spare: true });
  const eggs = join(wing.home.stateDir, "eggs");
  const spare = await eventually(async () => (await readdir(eggs))[0]);
  const sessionId = await startShell(wing);
  expect(sessionId).toBe(spare);
  const next = await eventually(async () => {
    const other = (await readdir(eggs)).find((name) => name !== sessionId);
    return other === undefined ? undefined : await folderOf(wing.home, other).readEggProcess();
  });
  expect(runs(next)).toBe(true);
  await wing.app.stop();
  expect(runs(next)).toBe(false);
  expect(await readdir(eggs)).toEqual([sessionId]);
});

test("the spare of a wing that was killed is reaped by the next one", async () => {
  await using wing = await startTestWing();
  await wing.app.stop();
  const folder = await EggFolder.make(
    join(wing.home.stateDir, "eggs"),
    newSessionId((b) => crypto.getRandomValues(b)),
  );
  const spare = await EggProcess.spawn(folder, { program: standInEgg, env: {}, spare: true, clock: systemClock });
  await wing.restart();
  expect(runs(spare.identity)).toBe(false);
  expect((await wing.client.sessions.list({})).sessions).toEqual([]);
});

test("a start that the wing's death cut short does not become a session", async () => {
  await using wing = await startTestWing();
  await wing.app.stop();
  const folder = await EggFolder.make(
    join(wing.home.stateDir, "eggs"),
    newSessionId((b) => crypto.getRandomValues(b)),
  );
  const egg = await EggProcess.spawn(folder, { program: standInEgg, env: {}, spare: false, clock: systemClock });
  await folder.writeRecord({ agent: "shell", cwd: wing.home.project, startedAtMs: Date.now() });
  await wing.restart();
  const ended = await seesSession(wing.client.sessions, folder.sessionId, ({ state }) => state === State.EXITED);
  expect(ended.endReason).toBe("the wing ended before the agent was started");
  expect(runs(egg.identity)).toBe(false);
});

test("a bad wing.yaml at a reload shows in the status and changes nothing else", async () => {
  await using wing = await startTestWing();
  const yaml = join(wing.home.stateDir, "wing.yaml");
  await writeFile(yaml, "label: my laptop\nlabels: [gpu]\n");
  await wing.app.reloadConfig();
  expect(await wing.client.info.getInfo({})).toMatchObject({ label: "my laptop", labels: ["gpu"] });
  const seen: unknown[] = [];
  wing.app.onStatus(({ config }) => seen.push(config));
  await writeFile(yaml, "lable: x\n");
  await wing.app.reloadConfig();
  expect(seen).toEqual([{ kind: "stale", problem: expect.stringContaining("did you mean label?") }]);
  expect((await wing.client.info.getInfo({})).label).toBe("my laptop");
});

test("the status counts the sessions whose agents run", async () => {
  await using wing = await startTestWing();
  const sessionId = await startShell(wing);
  expect(wing.app.status()).toMatchObject({ sessions: 1, roost: { kind: "none" } });
  await wing.client.sessions.stop({ sessionId });
  expect(wing.app.status().sessions).toBe(0);
});

/** For what another process does without telling anybody. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await systemClock.sleep(10);
  }
}
