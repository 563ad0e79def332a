import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { describe, expect, test } from "vitest";
import type { WingOptions } from "./app.ts";
import { realEgg } from "./testing/programs.ts";
import { seesSession } from "./testing/sees.ts";
import { startTestWing, type TestWing } from "./testing/test-wing.ts";
import { Viewer } from "./testing/viewer.ts";

const size = { columns: 80, rows: 24 };

/** A wing with the real egg and a shell that everybody has. */
function startRealWing(options: Partial<WingOptions> = {}): Promise<TestWing> {
  const hostEnv = { PATH: process.env["PATH"], SHELL: "/bin/bash" };
  return startTestWing({ eggProgram: realEgg, hostEnv, ...options });
}

async function startShell(wing: TestWing): Promise<string> {
  const { session } = await wing.client.sessions.start({ agent: "shell", cwd: wing.home.project, size });
  return session!.sessionId;
}

// Without bubblewrap the egg refuses to start, which its own tests show.
describe.skipIf(!existsSync("/usr/bin/bwrap"))("with the real egg", () => {
  test("a shell in its sandbox is typed into, sees its folder, not the wing's, and ends", async () => {
    await using wing = await startRealWing({ spare: true });
    const sessionId = await startShell(wing);
    await writeFile(join(wing.home.project, "README"), "hello from the project\n");
    await using viewer = Viewer.attach(wing.client.sessions, sessionId);
    viewer.type("cat README\r");
    await viewer.sees("hello from the project");
    viewer.type(`ls ${wing.home.stateDir}/wing_key || echo not""there\r`);
    await viewer.sees("notthere");
    viewer.type("exit 7\r");
    const ended = await seesSession(wing.client.sessions, sessionId, ({ state }) => state === State.EXITED);
    expect(ended).toMatchObject({ exited: { code: 7 }, endReason: "" });
    expect(ended.enforcement.map(({ area }) => area).sort()).toEqual([
      "filesystem",
      "limits",
      "network",
      "syscalls",
      "tty",
    ]);
  });

  test("a session goes on under the next wing, byte for byte", async () => {
    await using wing = await startRealWing();
    const sessionId = await startShell(wing);
    const before = Viewer.attach(wing.client.sessions, sessionId);
    before.type("WORD=remembered; echo se''t\r");
    await before.sees("set");
    await before[Symbol.asyncDispose]();
    await wing.restart();
    await using after = Viewer.attach(wing.client.sessions, sessionId, "another-viewer-of-a-test");
    after.type("echo I $WORD it\r");
    await after.sees("I remembered it");
    const { session } = await wing.client.sessions.stop({ sessionId });
    expect(session?.state).toBe(State.EXITED);
  });

  test("two sessions run in one folder", async () => {
    await using wing = await startRealWing();
    const sessions = [await startShell(wing), await startShell(wing)];
    for (const sessionId of sessions) {
      await using viewer = Viewer.attach(wing.client.sessions, sessionId);
      viewer.type("echo o''k\r");
      await viewer.sees("ok");
    }
    for (const sessionId of sessions) await wing.client.sessions.stop({ sessionId });
  });
});
