import { create } from "@bufbuild/protobuf";
import { ResolvedEggConfigSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { State } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import { describe, expect, it } from "vitest";
import { NotEnforceableError } from "../sandbox/not-enforceable.ts";
import type { Sandbox, SandboxRequest } from "../sandbox/sandbox.ts";
import { EchoPty } from "../testing/echo-pty.ts";
import { preparePlainSandbox } from "../testing/plain-sandbox.ts";
import { StandInGateway } from "../testing/stand-in-gateway.ts";
import { type AgentSpec, EggLife, type LifeOptions } from "./egg-life.ts";
import {
  AgentMissingError,
  AlreadyStartedError,
  GatewayFailedError,
  NotStartedError,
  StoppedWhileStartingError,
} from "./egg-life-errors.ts";
import { MAX_WATCHES, TooManyWatchesError } from "./event-watch.ts";

const SPEC: AgentSpec = {
  sessionId: parseSessionId("saaaabbbbccccdddd"),
  agent: "shell",
  argv: ["/bin/sh"],
  cwd: "/",
  home: "/",
  env: { SECRET: "x" },
  config: create(ResolvedEggConfigSchema),
  grid: { columns: 80, rows: 24 },
};

class Released {
  sandboxes = 0;
  requests: SandboxRequest[] = [];

  prepare = async (request: SandboxRequest): Promise<Sandbox> => {
    this.requests.push(request);
    const sandbox = await preparePlainSandbox(request);
    return {
      ...sandbox,
      release: async () => {
        this.sandboxes++;
      },
    };
  };
}

function open(options: Partial<LifeOptions> = {}) {
  const gateway = new StandInGateway();
  const released = new Released();
  const pty = new EchoPty();
  const life = new EggLife({
    eggDir: "/nowhere",
    clock: new ManualClock(),
    log: silentLog,
    openGateway: async () => gateway,
    prepareSandbox: released.prepare,
    spawnPty: () => pty,
    ...options,
  });
  return { life, gateway, released, pty };
}

describe("EggLife", () => {
  it("waits, runs one agent, and is over", async () => {
    const { life, gateway, released, pty } = open();
    expect(life.status().state).toBe(State.WAITING);
    expect(() => life.session).toThrow(NotStartedError);
    const enforcement = await life.start(SPEC);
    expect(enforcement.map(({ area }) => area)).toEqual(["filesystem", "network"]);
    expect(life.status()).toMatchObject({ state: State.RUNNING, agent: "shell", cwd: "/", size: { columns: 80 } });
    await expect(life.start(SPEC)).rejects.toThrow(AlreadyStartedError);
    pty.exit({ code: 5 });
    expect((await life.over)?.code).toBe(5);
    await life.close();
    expect(life.status()).toMatchObject({ state: State.EXITED, exited: { code: 5 } });
    expect([gateway.isClosed, released.sandboxes]).toEqual([true, 1]);
    await expect(life.start(SPEC)).rejects.toThrow(AlreadyStartedError);
  });

  it("gives the agent a terminal and its folder, and what the caller named over them", async () => {
    const { life, released } = open();
    await life.start({ ...SPEC, env: { SECRET: "x", TERM: "vt100" } });
    expect(released.requests[0]?.env).toEqual({ TERM: "vt100", COLORTERM: "truecolor", PWD: "/", SECRET: "x" });
  });

  it("waits again when the sandbox refuses, with nothing left behind", async () => {
    const refusal = new NotEnforceableError({
      area: "filesystem",
      found: "no bwrap",
      remedy: "apt install bubblewrap",
    });
    const { life, gateway } = open({ prepareSandbox: () => Promise.reject(refusal) });
    await expect(life.start(SPEC)).rejects.toBe(refusal);
    expect([life.isWaiting, gateway.isClosed]).toEqual([true, true]);
  });

  it("releases the sandbox when the terminal cannot be made", async () => {
    const { life, released, gateway } = open({ spawnPty: () => Promise.reject(new Error("no terminals left")) });
    await expect(life.start(SPEC)).rejects.toThrow("no terminals left");
    expect([released.sandboxes, gateway.isClosed, life.isWaiting]).toEqual([1, true, true]);
  });

  it("starts nothing when the gateway fails meanwhile", async () => {
    const gateway = new StandInGateway();
    const prepareSandbox = async (request: SandboxRequest) => {
      gateway.fail();
      return preparePlainSandbox(request);
    };
    let spawned = 0;
    const spawnPty = () => {
      spawned++;
      return new EchoPty();
    };
    const { life } = open({ openGateway: async () => gateway, prepareSandbox, spawnPty });
    await expect(life.start(SPEC)).rejects.toThrow(GatewayFailedError);
    expect(spawned).toBe(0);
  });

  it("kills the agent at once when the gateway fails", async () => {
    const { life, gateway } = open();
    await life.start(SPEC);
    gateway.fail();
    expect((await life.over)?.signal).toBe("SIGKILL");
  });

  it("kills the agent at once when the gateway fails while its terminal is being made", async () => {
    const gateway = new StandInGateway();
    const spawnPty = async () => {
      gateway.fail();
      return new EchoPty();
    };
    const { life } = open({ openGateway: async () => gateway, spawnPty });
    await life.start(SPEC);
    expect((await life.over)?.signal).toBe("SIGKILL");
  });

  it("says that a program is missing before it opens anything", async () => {
    let opened = 0;
    const { life } = open({
      openGateway: async () => {
        opened++;
        return new StandInGateway();
      },
    });
    await expect(life.start({ ...SPEC, argv: ["/no/such/agent"] })).rejects.toThrow(AgentMissingError);
    expect(opened).toBe(0);
  });

  it("stops while it waits, and has no end to tell", async () => {
    const { life } = open();
    expect(await life.stop()).toBeUndefined();
    expect(life.status().state).toBe(State.EXITED);
  });

  it("stops while it starts: nothing runs afterwards", async () => {
    const { promise: opened, resolve: openNow } = Promise.withResolvers<StandInGateway>();
    const { life } = open({ openGateway: () => opened });
    const starting = life.start(SPEC);
    const stopping = life.stop();
    openNow(new StandInGateway());
    await expect(starting).rejects.toThrow(StoppedWhileStartingError);
    expect(await stopping).toBeUndefined();
    expect(life.status().state).toBe(State.EXITED);
  });

  it("stops a running agent, however many ask for it", async () => {
    const { life } = open();
    await life.start(SPEC);
    const ends = await Promise.all([life.stop(), life.stop()]);
    expect(ends.map((exited) => exited?.signal)).toEqual(["SIGHUP", "SIGHUP"]);
  });
});

describe("a watch", () => {
  it("tells the whole status first, then changes, attention and refusals", async () => {
    const { life, gateway, pty } = open();
    const watch = life.watch();
    expect(watch.next()?.event).toMatchObject({ case: "status", value: { state: State.WAITING } });
    expect(watch.next()).toBeUndefined();
    await life.start(SPEC);
    expect(watch.next()?.event).toMatchObject({ case: "status", value: { state: State.RUNNING } });
    gateway.refuse("example.com");
    pty.print("\x07");
    life.session.snapshot();
    const kinds = [watch.next(), watch.next(), watch.next()].map((message) => message?.event.case);
    expect(kinds).toEqual(["status", "attention", "refusal"]);
    life.unwatch(watch);
    gateway.refuse("example.org");
    expect(watch.next()).toBeUndefined();
  });

  it("is one of at most the limit", () => {
    const { life } = open();
    const watches = Array.from({ length: MAX_WATCHES }, () => life.watch());
    expect(() => life.watch()).toThrow(TooManyWatchesError);
    life.unwatch(watches[0]!);
    expect(() => life.watch()).not.toThrow();
  });

  it("keeps the newest refusals for a slow watcher", async () => {
    const { MAX_WAITING_REFUSALS } = await import("./event-watch.ts");
    const { life, gateway } = open();
    await life.start(SPEC);
    for (const extra of [-1, 0, 1]) {
      const watch = life.watch();
      for (let index = 0; index < MAX_WAITING_REFUSALS + extra; index++) gateway.refuse(`h${index}`);
      const hosts: string[] = [];
      for (let message = watch.next(); message; message = watch.next()) {
        if (message.event.case === "refusal") hosts.push(message.event.value.host);
      }
      expect([hosts.length, hosts[0]]).toEqual([MAX_WAITING_REFUSALS + Math.min(extra, 0), `h${Math.max(extra, 0)}`]);
      life.unwatch(watch);
    }
  });
});
