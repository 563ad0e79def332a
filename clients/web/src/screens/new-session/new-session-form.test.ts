import { Code, ConnectError, createClient, createRouterTransport } from "@connectrpc/connect";
import { SessionService, type StartRequest } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { WorkspaceService } from "@wingthing/contracts/gen/wingthing/wing/v1/workspace_pb";
import { parseWingId } from "@wingthing/contracts/ids";
import { describe, expect, it } from "vitest";
import type { LastChoice } from "../../session/last-choice.ts";
import { NewSessionForm, type StartableWing } from "./new-session-form.ts";

const HOME = "/home/eb";
const SESSION = `s${"a".repeat(16)}`;
const grid = { columns: 80, rows: 24 };
const project = (path: string, recent = false) => ({ path, name: "", git: true, recent });

/** A wing with two projects, one used lately, that completes "~/src/" and starts anything but in /missing. */
function startable(letter: string, started: StartRequest[] = []): StartableWing {
  const transport = createRouterTransport(({ service }) => {
    service(WorkspaceService, {
      listProjects: () => ({ projects: [project(`${HOME}/src/wingthing`, true), project(`${HOME}/old`)] }),
      completePath: ({ prefix }) => ({ folders: prefix === "~/src/" ? [project(`${HOME}/src/relay`)] : [] }),
    });
    service(SessionService, {
      start: (request) => {
        if (request.cwd === "/missing") throw new ConnectError("/missing is not a folder", Code.NotFound);
        started.push(request);
        return { session: { sessionId: SESSION } };
      },
    });
  });
  const agent = (name: string, installed: boolean) => ({ name, title: name, installed, installHint: "" });
  return {
    wingId: parseWingId(`w${letter.repeat(20)}`),
    label: letter,
    info: {
      label: letter,
      platform: "linux",
      labels: [],
      version: "1",
      agents: [agent("claude", true), agent("shell", true), agent("codex", false)],
      home: HOME,
      roots: [HOME],
    },
    services: {
      sessions: createClient(SessionService, transport),
      workspace: createClient(WorkspaceService, transport),
    },
  };
}

async function begun(wings: readonly StartableWing[], last?: LastChoice) {
  const form = new NewSessionForm(() => wings, last);
  await form.begin(undefined);
  return form;
}
const paths = (form: NewSessionForm) => form.state.value.suggestions.map(({ path }) => path);

describe("NewSessionForm", () => {
  it("begins with the folder that was used last and the first agent, so that one Enter starts", async () => {
    const started: StartRequest[] = [];
    const wing = startable("a", started);
    const form = await begun([wing]);
    expect(form.state.value).toMatchObject({ folder: "~/src/wingthing", agent: "claude", failure: undefined });
    expect(await form.start(grid)).toEqual({ sessionId: SESSION, wingId: wing.wingId });
    expect(started).toMatchObject([{ agent: "claude", cwd: "~/src/wingthing", size: grid }]);
  });

  it.each([
    [{ agent: "shell", wingId: `w${"b".repeat(20)}` }, "b", "shell"],
    [{ agent: "codex", wingId: `w${"c".repeat(20)}` }, "a", "claude"],
  ])("begins with the last choice %j where that still can start: wing %s, agent %s", async (last, letter, agent) => {
    const form = await begun([startable("a"), startable("b")], last);
    expect(form.state.value).toMatchObject({ wingId: `w${letter.repeat(20)}`, agent });
  });

  it("completes a path by the wing and finds a name among its projects", async () => {
    const form = await begun([startable("a")]);
    await form.typeFolder("~/src/");
    expect(paths(form)).toEqual(["~/src/relay"]);
    await form.typeFolder("wing");
    expect(paths(form)).toEqual(["~/src/wingthing"]);
  });

  it("shows what was asked for last when answers cross", async () => {
    const form = await begun([startable("a")]);
    await Promise.all([form.typeFolder("~/src/"), form.typeFolder("old")]);
    expect(paths(form)).toEqual(["~/old"]);
  });

  it("keeps what was typed while the projects were still on their way", async () => {
    const wing = startable("a");
    const form = new NewSessionForm(() => [wing], undefined);
    const beginning = form.begin(undefined);
    await form.typeFolder("/tmp");
    await beginning;
    expect(form.state.value.folder).toBe("/tmp");
    await form.typeFolder("wing");
    expect(paths(form)).toEqual(["~/src/wingthing"]);
  });

  it("goes into a suggested folder, or takes it as it is", async () => {
    const form = await begun([startable("a")]);
    const [suggestion] = [{ path: "~/src", shown: "~/src", git: false, recent: false }];
    await form.takeSuggestion(suggestion, true);
    expect(form.state.value.folder).toBe("~/src/");
    expect(paths(form)).toEqual(["~/src/relay"]);
    await form.takeSuggestion(form.state.value.suggestions[0]!, false);
    expect(form.state.value.folder).toBe("~/src/relay");
  });

  it("says why it did not start, until something is changed", async () => {
    const form = await begun([startable("a")]);
    await form.typeFolder("/missing");
    expect(await form.start(grid)).toBeUndefined();
    expect(form.state.value).toMatchObject({ busy: false, failure: { text: "/missing is not a folder" } });
    form.chooseAgent("shell");
    expect(form.state.value.failure).toBeUndefined();
  });

  it("starts once however often Enter is pressed", async () => {
    const started: StartRequest[] = [];
    const form = await begun([startable("a", started)]);
    await Promise.all([form.start(grid), form.start(grid)]);
    expect(started).toHaveLength(1);
  });
});
