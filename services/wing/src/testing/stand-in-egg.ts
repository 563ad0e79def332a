/**
 * An egg without sandbox, PTY and agent: the same socket, token, files and service, and a terminal that echoes.
 * What is typed as a whole message decides what it does: "exit" ends the agent with code 3, "crash" ends the egg's
 * process at once, "flood" writes for ever, "ring" asks for a person.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http2";
import { join } from "node:path";
import { create, toJson } from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  EggService,
  NotEnforceableSchema,
  State,
  type Status,
  StatusSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import {
  type Exited,
  ExitedSchema,
  OpenedSchema,
  OutputSchema,
  type TerminalEvent,
  ViewersSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { findProcess } from "../eggs/process-identity.ts";
import { Outbox } from "./outbox.ts";

/** How long the process stays after its agent's end. */
const LINGER_MS = 200;
const CHUNK = new Uint8Array(32_768).fill(120);

const dir = process.env["WT_EGG_DIR"] ?? "";
const token = readFileSync(join(dir, "egg.token"), "utf8").trim();
const status: Status = create(StatusSchema, { state: State.WAITING });
const watchers = new Set<Outbox<Status>>();
const viewers = new Set<Outbox<TerminalEvent["event"]>>();
let seq = 0n;

function show(changed: Partial<Status>): void {
  Object.assign(status, changed);
  for (const watcher of watchers) watcher.push(create(StatusSchema, { ...status }));
}

function showViewers(): void {
  show({ viewers: create(ViewersSchema, { controllers: viewers.size }) });
}

function write(data: Uint8Array): void {
  for (const viewer of viewers) viewer.push({ case: "output", value: create(OutputSchema, { seq, data }) });
  seq += BigInt(data.length);
}

function end(exited: Exited): void {
  writeFileSync(
    join(dir, "egg.exit"),
    JSON.stringify({ ...Object(toJson(ExitedSchema, exited)), endedAt: new Date().toISOString() }),
  );
  show({ state: State.EXITED, exited });
  for (const viewer of viewers) leaveWith(viewer, exited);
  setTimeout(leave, LINGER_MS);
}

function leaveWith(viewer: Outbox<TerminalEvent["event"]>, exited: Exited): void {
  viewer.push({ case: "exited", value: exited });
  viewer.end();
}

function leave(): void {
  rmSync(join(dir, "egg.sock"), { force: true });
  rmSync(join(dir, "egg.pid"), { force: true });
  process.exit(0);
}

function type(data: Uint8Array): void {
  const text = new TextDecoder().decode(data);
  if (text === "exit") end(create(ExitedSchema, { code: 3, seq }));
  else if (text === "crash") process.kill(process.pid, "SIGKILL");
  else if (text === "ring") show({ attention: "rang the bell" });
  else if (text === "flood") setInterval(() => [...viewers].every((viewer) => viewer.size < 64) && write(CHUNK), 0);
  else write(data);
}

const service: ServiceImpl<typeof EggService> = {
  start(request) {
    if (status.state !== State.WAITING) throw new ConnectError("started already", Code.FailedPrecondition);
    if (request.argv.includes("--not-enforceable")) {
      const value = {
        area: "network",
        found: "no user namespaces",
        remedy: "sysctl -w kernel.unprivileged_userns_clone=1",
      };
      throw new ConnectError("cannot enforce network", Code.FailedPrecondition, undefined, [
        { desc: NotEnforceableSchema, value },
      ]);
    }
    if (request.argv.includes("--dies-while-starting")) process.exit(9);
    writeFileSync(join(dir, "started-with.json"), JSON.stringify({ ...request, config: undefined }));
    const { sessionId, agent, cwd } = request;
    const enforcement = [{ area: "filesystem", tier: "none", reason: "stand-in" }];
    Object.assign(status, create(StatusSchema, { enforcement }), { sessionId, agent, cwd });
    show({
      state: State.RUNNING,
      startedAt: timestampNow(),
      activeAt: timestampNow(),
      ...(request.size ? { size: request.size } : {}),
    });
    return { enforcement };
  },
  async *attach(requests, { signal }) {
    const outbox = new Outbox<TerminalEvent["event"]>();
    signal.addEventListener("abort", () => outbox.end());
    viewers.add(outbox);
    showViewers();
    void (async () => {
      for await (const { command } of requests) {
        if (command?.command.case === "open") {
          outbox.push({ case: "opened", value: create(OpenedSchema, { seq }) });
          if (status.exited !== undefined) leaveWith(outbox, status.exited);
        } else if (command?.command.case === "input") {
          type(command.command.value.data);
        }
      }
    })().catch(() => {});
    try {
      for await (const event of outbox) yield { event: { event } };
    } finally {
      viewers.delete(outbox);
      showViewers();
    }
  },
  getStatus: () => ({ status }),
  getSnapshot: () => ({}),
  sendInput({ data }) {
    type(data);
    return {};
  },
  resize: ({ size }) => ({ ...(size ? { size } : {}) }),
  async stop() {
    const exited = create(ExitedSchema, { signal: "SIGHUP", seq });
    end(exited);
    return { exited };
  },
  async *watchEvents(_request, { signal }) {
    const outbox = new Outbox<Status>();
    signal.addEventListener("abort", () => outbox.end());
    watchers.add(outbox);
    outbox.push(create(StatusSchema, { ...status }));
    try {
      for await (const value of outbox) yield { event: { case: "status" as const, value } };
    } finally {
      watchers.delete(outbox);
    }
  },
};

const server = createServer(
  connectNodeAdapter({
    grpc: true,
    grpcWeb: false,
    connect: false,
    acceptCompression: [],
    requestGate({ requestHeader }) {
      if (requestHeader.get("authorization") !== `Bearer ${token}`)
        throw new ConnectError("token", Code.Unauthenticated);
    },
    routes: (router) => router.service(EggService, service),
  }),
);
server.listen(join(dir, "egg.sock"), () => {
  chmodSync(join(dir, "egg.sock"), 0o600);
  writeFileSync(
    join(dir, "egg.pid"),
    JSON.stringify({ pid: process.pid, startTime: Number(findProcess(process.pid)?.startTime) }),
  );
});
process.on("SIGTERM", () =>
  status.state === State.RUNNING ? end(create(ExitedSchema, { signal: "SIGTERM", seq })) : leave(),
);
