import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import { NotEnforceableSchema, State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { AgentUnavailableSchema, ConsentRequiredSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import { systemClock } from "@wingthing/service-runtime/clock";
import { expect, test } from "vitest";
import { EggFolder } from "../eggs/egg-folder.ts";
import { EggProcess } from "../eggs/egg-process.ts";
import { eggThatDies } from "../testing/programs.ts";
import { seesSession } from "../testing/sees.ts";
import { startTestWing, type TestWing } from "../testing/test-wing.ts";
import { Viewer } from "../testing/viewer.ts";

const size = { columns: 80, rows: 24 };

async function refusal(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => expect.fail("the call was not refused"),
    (error: unknown) => ConnectError.from(error),
  );
}

async function startShell(wing: TestWing, changed: object = {}) {
  const { session } = await wing.client.sessions.start({ agent: "shell", cwd: wing.home.project, size, ...changed });
  return session!;
}

test("a session starts where it was asked to, is typed into, and ends with its agent's exit code", async () => {
  await using wing = await startTestWing();
  const session = await startShell(wing, { cwd: "~/project" });
  expect(session).toMatchObject({ agent: "shell", cwd: wing.home.project, state: State.RUNNING });
  expect(session.enforcement.map(({ area }) => area)).toEqual(["filesystem"]);
  await using viewer = Viewer.attach(wing.client.sessions, session.sessionId);
  expect((await viewer.next())?.case).toBe("opened");
  viewer.type("hello");
  await viewer.sees("hello");
  viewer.type("exit");
  expect(await viewer.next()).toMatchObject({ case: "exited", value: { code: 3 } });
  expect(await viewer.next()).toBeUndefined();
  const ended = await seesSession(wing.client.sessions, session.sessionId, ({ state }) => state === State.EXITED);
  expect(ended).toMatchObject({ exited: { code: 3 }, endReason: "" });
});

test("the egg is told program, folder, home and environment, and nothing of the host's that was not named", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing, { args: ["-c", "echo hi"] });
  const told = JSON.parse(await readFile(join(wing.home.stateDir, "eggs", sessionId, "started-with.json"), "utf8"));
  expect(told).toMatchObject({ sessionId, agent: "shell", argv: ["/bin/sh", "-c", "echo hi"], home: wing.home.path });
  expect(told.env).toMatchObject({
    HOME: wing.home.path,
    WT_SESSION_ID: sessionId,
    TERM: "xterm-256color",
    PATH: process.env["PATH"],
  });
  expect(JSON.stringify(told.env)).not.toContain("hunter2");
});

test("a folder that a session was started in is remembered", async () => {
  await using wing = await startTestWing();
  await startShell(wing);
  const { projects } = await wing.client.workspace.listProjects({});
  expect(projects).toMatchObject([{ path: wing.home.project, recent: true }]);
});

test("the list is told with all its changes, to the removal", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  await using viewer = Viewer.attach(wing.client.sessions, sessionId);
  viewer.type("ring");
  await seesSession(wing.client.sessions, sessionId, ({ attention }) => attention === "rang the bell");
  expect((await refusal(wing.client.sessions.forget({ sessionId }))).code).toBe(Code.FailedPrecondition);
  const { session } = await wing.client.sessions.stop({ sessionId });
  expect(session).toMatchObject({ state: State.EXITED, exited: { signal: "SIGHUP" } });
  expect((await wing.client.sessions.stop({ sessionId })).session).toEqual(session);
  await wing.client.sessions.forget({ sessionId });
  expect((await wing.client.sessions.list({})).sessions).toEqual([]);
  expect(await readdir(join(wing.home.stateDir, "eggs"))).toEqual([]);
  expect((await refusal(wing.client.sessions.stop({ sessionId }))).code).toBe(Code.NotFound);
});

test("who attaches to no session is told so", async () => {
  await using wing = await startTestWing();
  await using viewer = Viewer.attach(wing.client.sessions, `s${"a".repeat(16)}`);
  const error = await refusal(viewer.next());
  expect(error.code).toBe(Code.NotFound);
  expect(error.rawMessage).toContain("wt egg list");
});

test("who attaches to a session that is over is told how it ended, and nothing else", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  const egg = EggProcess.adopt(
    (await new EggFolder(join(wing.home.stateDir, "eggs"), parseSessionId(sessionId)).readEggProcess())!,
  );
  await wing.client.sessions.stop({ sessionId });
  await egg.kill(systemClock);
  await wing.restart();
  await using viewer = Viewer.attach(wing.client.sessions, sessionId);
  expect(await viewer.next()).toMatchObject({ case: "exited", value: { signal: "SIGHUP" } });
  expect(await viewer.next()).toBeUndefined();
});

test("an egg that crashes ends its session with a reason, and its viewers' streams", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  await using viewer = Viewer.attach(wing.client.sessions, sessionId);
  expect((await viewer.next())?.case).toBe("opened");
  viewer.type("crash");
  expect(await viewer.next()).toMatchObject({ case: "exited", value: { signal: "" } });
  const ended = await seesSession(wing.client.sessions, sessionId, ({ state }) => state === State.EXITED);
  expect(ended.endReason).toBe("the egg's process ended (ended by SIGKILL) while its agent ran");
  expect(ended.exited).toBeUndefined();
});

test("a viewer that leaves is gone at the egg", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  const viewer = Viewer.attach(wing.client.sessions, sessionId);
  await seesSession(wing.client.sessions, sessionId, ({ viewers }) => viewers?.controllers === 1);
  await viewer[Symbol.asyncDispose]();
  await seesSession(wing.client.sessions, sessionId, ({ viewers }) => viewers?.controllers === 0);
});

test("a viewer that reads nothing holds up neither another viewer nor the wing's memory", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  await using idle = Viewer.attach(wing.client.sessions, sessionId);
  await idle.next();
  const { sessionId: other } = await startShell(wing);
  await using busy = Viewer.attach(wing.client.sessions, other);
  idle.type("flood");
  const before = process.memoryUsage().rss;
  for (let n = 0; n < 200; n++) {
    busy.type(`line ${n};`);
    await busy.sees(`line ${n};`);
  }
  // Windows of 256 KiB on each hop; a wing that buffered would hold hundreds of MB of such a flood by now.
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

test("an unknown agent is refused with the name that was meant", async () => {
  await using wing = await startTestWing();
  const error = await refusal(startShell(wing, { agent: "cluade" }));
  expect(error.code).toBe(Code.NotFound);
  expect(error.findDetails(AgentUnavailableSchema)).toMatchObject([{ agent: "cluade", nearest: "claude" }]);
});

test("an agent that is not installed is refused with how to install it", async () => {
  await using wing = await startTestWing({ hostEnv: { PATH: "/nowhere" } });
  const error = await refusal(startShell(wing, { agent: "opencode" }));
  expect(error.code).toBe(Code.FailedPrecondition);
  const [detail] = error.findDetails(AgentUnavailableSchema);
  expect(detail).toMatchObject({ agent: "opencode", installHint: "npm install -g opencode-ai" });
});

test.each([
  ["a missing folder", "~/project/nothing", Code.NotFound],
  ["a folder outside", "/etc", Code.PermissionDenied],
  ["wingthing's own folder", "~/.wt", Code.PermissionDenied],
  ["a relative path", "project", Code.InvalidArgument],
  ["no path", "", Code.InvalidArgument],
  ["the home folder", "~", Code.FailedPrecondition],
  ["a folder above home", "~/..", Code.FailedPrecondition],
])("%s is refused", async (_what, cwd, code) => {
  await using wing = await startTestWing({ roots: ["~/..", "~/.wt"] });
  expect((await refusal(startShell(wing, { cwd }))).code).toBe(code);
});

test.each([
  ["no size", { size: undefined }],
  ["a size of nothing", { size: { columns: 0, rows: 24 } }],
  ["too many arguments", { args: Array.from({ length: 65 }, () => "x") }],
])("a request with %s is refused before anything is done", async (_what, changed) => {
  await using wing = await startTestWing();
  expect((await refusal(startShell(wing, changed))).code).toBe(Code.InvalidArgument);
  expect(await readdir(join(wing.home.stateDir, "eggs"))).toEqual([]);
});

test("an opening of a terminal that breaks the rules of its proto is refused", async () => {
  await using wing = await startTestWing();
  const { sessionId } = await startShell(wing);
  await using viewer = Viewer.attach(wing.client.sessions, sessionId, "short");
  const error = await refusal(viewer.next());
  expect(error.code).toBe(Code.InvalidArgument);
  expect(error.rawMessage).toContain("client_id");
});

test("what the sandbox cannot enforce reaches the caller with its remedy, and nothing is left behind", async () => {
  await using wing = await startTestWing();
  const error = await refusal(startShell(wing, { args: ["--not-enforceable"] }));
  expect(error.code).toBe(Code.FailedPrecondition);
  const [detail] = error.findDetails(NotEnforceableSchema);
  expect(detail).toMatchObject({ area: "network", remedy: "sysctl -w kernel.unprivileged_userns_clone=1" });
  expect((await wing.client.sessions.list({})).sessions).toEqual([]);
  expect(await readdir(join(wing.home.stateDir, "eggs"))).toEqual([]);
});

test("an egg that dies while it starts an agent is reported, and nothing is left behind", async () => {
  await using wing = await startTestWing();
  const error = await refusal(startShell(wing, { args: ["--dies-while-starting"] }));
  expect(error.code).toBe(Code.Unavailable);
  expect(error.rawMessage).toContain("(exit code 9) before its agent ran");
  expect(await readdir(join(wing.home.stateDir, "eggs"))).toEqual([]);
});

test("an egg that dies at once is reported with the end of its log", async () => {
  await using wing = await startTestWing({ eggProgram: eggThatDies });
  const error = await refusal(startShell(wing));
  expect(error.code).toBe(Code.Unavailable);
  expect(error.rawMessage).toContain("no bubblewrap on this host");
});

test("when the eggs' folder cannot be written the caller is told without a trace of the inside", async () => {
  await using wing = await startTestWing();
  await rm(join(wing.home.stateDir, "eggs"), { recursive: true });
  const error = await refusal(startShell(wing));
  expect(error.code).toBe(Code.Internal);
  expect(error.rawMessage).toMatch(/^Unexpected error [0-9a-f]{12}: its cause is in the log/);
  await mkdir(join(wing.home.stateDir, "eggs"), { mode: 0o700 });
  expect((await startShell(wing)).state).toBe(State.RUNNING);
});

test("a project's egg.yaml that loosens the sandbox is refused and says what it would open", async () => {
  await using wing = await startTestWing();
  await writeFile(join(wing.home.project, "egg.yaml"), "network: [evil.example.com]\nenv: [SECRET_OF_THE_HOST]\n");
  const error = await refusal(startShell(wing));
  expect(error.code).toBe(Code.FailedPrecondition);
  const [detail] = error.findDetails(ConsentRequiredSchema);
  expect(detail?.source).toBe(join(wing.home.project, "egg.yaml"));
  expect(detail?.loosens).toEqual(["network evil.example.com", "env SECRET_OF_THE_HOST"]);
});

test("a project's egg.yaml that only restricts takes effect", async () => {
  await using wing = await startTestWing();
  await writeFile(join(wing.home.project, "egg.yaml"), "fs: [deny:./private]\n");
  expect((await startShell(wing)).state).toBe(State.RUNNING);
});

test("an egg.yaml that cannot be read is refused with its place", async () => {
  await using wing = await startTestWing();
  await writeFile(join(wing.home.project, "egg.yaml"), "netwrok: []\n");
  const error = await refusal(startShell(wing));
  expect(error.code).toBe(Code.FailedPrecondition);
  expect(error.rawMessage).toContain(`${join(wing.home.project, "egg.yaml")}:1:1: `);
});

test("the person's own egg.yaml loosens as it likes, in the state folder, by wing.yaml and by hand", async () => {
  await using wing = await startTestWing();
  const text = "env: [SECRET_OF_THE_HOST]\n";
  const envOf = async (sessionId: string) =>
    JSON.parse(await readFile(join(wing.home.stateDir, "eggs", sessionId, "started-with.json"), "utf8")).env;

  const byHand = await startShell(wing, { eggYaml: text });
  expect(await envOf(byHand.sessionId)).toMatchObject({ SECRET_OF_THE_HOST: "hunter2" });

  await writeFile(join(wing.home.stateDir, "egg.yaml"), text);
  expect(await envOf((await startShell(wing)).sessionId)).toMatchObject({ SECRET_OF_THE_HOST: "hunter2" });

  await writeFile(join(wing.home.stateDir, "wing.yaml"), "egg_config: ~/other.yaml\n");
  await wing.app.reloadConfig();
  expect((await refusal(startShell(wing))).rawMessage).toContain("which egg_config in wing.yaml names, does not exist");
  await writeFile(join(wing.home.path, "other.yaml"), "env: []\n");
  expect(await envOf((await startShell(wing)).sessionId)).not.toHaveProperty("SECRET_OF_THE_HOST");
});
