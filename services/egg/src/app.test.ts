import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, it } from "vitest";
import { LINGER_MS, PARENT_CHECK_MS, SPARE_START_WAIT_MS, START_WAIT_MS, startEgg } from "./app.ts";
import { EggFilesError } from "./egg-files.ts";
import { makeEggDir, startRequest, TestEgg } from "./testing/test-egg.ts";

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe("an egg", () => {
  it("says which process it is, for good", async () => {
    await using egg = await TestEgg.open();
    const { pid, startTime } = JSON.parse(await readFile(join(egg.dir, "egg.pid"), "utf8"));
    const kernel = await readFile(`/proc/${pid}/stat`, "latin1");
    expect(pid).toBe(process.pid);
    expect(startTime).toBe(kernel.slice(kernel.lastIndexOf(")") + 2).split(" ")[19]);
    expect((await stat(join(egg.dir, "egg.pid"))).mode & 0o777).toBe(0o600);
  });

  it("waits for its agent, and ends when none is started in time", async () => {
    const clock = new ManualClock();
    await using egg = await TestEgg.open({ clock });
    clock.advance(START_WAIT_MS - 1);
    expect((await egg.calls.getStatus({})).status?.state).toBe(State.WAITING);
    clock.advance(1);
    await egg.app.ended;
    expect([await exists(egg.app.socketPath), await exists(join(egg.dir, "egg.pid"))]).toEqual([false, false]);
    expect(await exists(join(egg.dir, "egg.exit"))).toBe(false);
  });

  it("ends soon when its wing is gone before it had an agent, and not when it has one", async () => {
    const clock = new ManualClock();
    let wingLives = true;
    const isOrphaned = () => !wingLives;
    await using spare = await TestEgg.open({ clock, isOrphaned, startWaitMs: SPARE_START_WAIT_MS });
    await using busy = await TestEgg.open({ clock, isOrphaned });
    await busy.calls.start(startRequest("exec sleep 600"));
    clock.advance(PARENT_CHECK_MS * 10);
    wingLives = false;
    expect((await spare.calls.getStatus({})).status?.state).toBe(State.WAITING);
    clock.advance(PARENT_CHECK_MS);
    await spare.app.ended;
    clock.advance(PARENT_CHECK_MS * 10);
    expect((await busy.calls.getStatus({})).status?.state).toBe(State.RUNNING);
  });

  it("does not end by that while its agent runs", async () => {
    const clock = new ManualClock();
    await using egg = await TestEgg.open({ clock });
    await egg.calls.start(startRequest("exec sleep 600"));
    clock.advance(START_WAIT_MS * 2);
    expect((await egg.calls.getStatus({})).status?.state).toBe(State.RUNNING);
  });

  it("writes down how its agent ended, lingers for late viewers, and leaves nothing that looks alive", async () => {
    const clock = new ManualClock();
    await using egg = await TestEgg.open({ clock });
    using early = egg.attach();
    expect((await early.ended)?.message).toContain("call Start first");
    await egg.calls.start(startRequest("echo last words; exit 3"));
    using viewer = egg.attach();
    expect(await viewer.event("exited")).toMatchObject({ code: 3 });
    const exit = join(egg.dir, "egg.exit");
    await expect.poll(() => exists(exit)).toBe(true);
    expect(JSON.parse(await readFile(exit, "utf8"))).toEqual({
      code: 3,
      seq: "12",
      endedAt: new Date(clock.now()).toISOString(),
    });
    using late = egg.attach();
    await late.sees("last words");
    await late.event("exited");
    await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
    clock.advance(LINGER_MS);
    await egg.app.ended;
    expect([await exists(egg.app.socketPath), await exists(join(egg.dir, "egg.pid"))]).toEqual([false, false]);
  });

  it("that is told to stop while it waits is gone at once", async () => {
    await using egg = await TestEgg.open();
    expect((await egg.calls.stop({})).exited).toBeUndefined();
    await egg.app.ended;
    expect(await exists(egg.app.socketPath)).toBe(false);
  });

  it("goes on when the note of its agent's end cannot be written", async () => {
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (event: string) => void warnings.push(event) };
    await using egg = await TestEgg.open({ log });
    await mkdir(join(egg.dir, "egg.exit", "in-the-way"), { recursive: true });
    await egg.calls.start(startRequest("exit 0"));
    using viewer = egg.attach();
    await viewer.event("exited");
    await expect.poll(() => warnings).toEqual(["the agent's end could not be written down"]);
    expect((await egg.calls.getStatus({})).status?.state).toBe(State.EXITED);
  });
});

describe("an egg's folder", () => {
  const spoil: readonly (readonly [string, (dir: string) => Promise<unknown>, string])[] = [
    ["can be entered by others", (dir) => chmod(dir, 0o711), "not private: found mode 711"],
    ["has a token that others can read", (dir) => chmod(join(dir, "egg.token"), 0o644), "not private: found mode 644"],
    ["has no token", (dir) => rm(join(dir, "egg.token")), "could not be read"],
    ["has half a token", (dir) => writeFile(join(dir, "egg.token"), "abc"), "64 hexadecimal digits are wanted"],
    [
      "has a link for a token",
      async (dir) => {
        await rm(join(dir, "egg.token"));
        await symlink("/etc/hostname", join(dir, "egg.token"));
      },
      "not private",
    ],
    ["is not there", (dir) => rm(dir, { recursive: true }), "the folder is gone"],
  ];
  it.each(spoil)("that %s is refused with a word", async (_what, change, message) => {
    const eggDir = await makeEggDir();
    await change(eggDir);
    const starting = startEgg({ eggDir, log: silentLog });
    await expect(starting).rejects.toThrow(EggFilesError);
    await expect(starting).rejects.toThrow(message);
    await rm(eggDir, { recursive: true, force: true });
  });
});
