import { create, type MessageShape } from "@bufbuild/protobuf";
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import {
  AttachRequestSchema,
  type AttachResponse,
  EggService,
  GetSnapshotRequestSchema,
  GetSnapshotResponseSchema,
  GetStatusRequestSchema,
  GetStatusResponseSchema,
  ResizeRequestSchema,
  ResizeResponseSchema,
  SendInputRequestSchema,
  SendInputResponseSchema,
  StartRequestSchema,
  StartResponseSchema,
  StopRequestSchema,
  StopResponseSchema,
  type WatchEventsResponse,
} from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { SnapshotSchema, type TerminalSize } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { parseSessionId } from "@wingthing/contracts/ids";
import type { Log } from "@wingthing/service-runtime/log";
import type { Grid } from "../pty/pty.ts";
import type { AgentSpec, EggLife } from "../session/egg-life.ts";
import { MIN_GRID } from "../session/grid-policy.ts";
import { sizeOf } from "../session/viewer.ts";
import { serveAttach } from "./attach-call.ts";
import { CallHandlers, type StreamCall } from "./call-handlers.ts";
import { MessagePump } from "./message-pump.ts";

/** The service, as descriptors and handlers. */
export interface ServedService {
  readonly service: typeof EggService;
  readonly handlers: UntypedServiceImplementation;
}

const gridOf = (size: TerminalSize | undefined): Grid => size ?? MIN_GRID;

function parseStart(request: MessageShape<typeof StartRequestSchema>): AgentSpec {
  const { sessionId, agent, argv, cwd, home, env, config, size } = request;
  // The rules in the proto were checked: only the type does not know that it is there.
  if (!config) throw new Error("a validated StartRequest has a config");
  return { sessionId: parseSessionId(sessionId), agent, argv, cwd, home, env, config, grid: gridOf(size) };
}

/** EggService over one life. */
export function eggService(life: EggLife, log: Log): ServedService {
  const calls = new CallHandlers(log);
  const handlers: UntypedServiceImplementation = {
    start: calls.unary(StartRequestSchema, async (request) =>
      create(StartResponseSchema, { enforcement: [...(await life.start(parseStart(request)))] }),
    ),
    attach: calls.bidiStream<typeof AttachRequestSchema, AttachResponse>(AttachRequestSchema, (call) =>
      serveAttach(life.session, call),
    ),
    getStatus: calls.unary(GetStatusRequestSchema, () => create(GetStatusResponseSchema, { status: life.status() })),
    getSnapshot: calls.unary(GetSnapshotRequestSchema, () => {
      const { seq, data, grid } = life.session.snapshot();
      const snapshot = create(SnapshotSchema, { seq: BigInt(seq), data, size: sizeOf(grid) });
      return create(GetSnapshotResponseSchema, { snapshot });
    }),
    sendInput: calls.unary(SendInputRequestSchema, ({ data }) => {
      life.session.sendInput(data);
      return create(SendInputResponseSchema);
    }),
    resize: calls.unary(ResizeRequestSchema, ({ size }) =>
      create(ResizeResponseSchema, { size: sizeOf(life.session.setGrid(gridOf(size))) }),
    ),
    stop: calls.unary(StopRequestSchema, async () => {
      const exited = await life.stop();
      return create(StopResponseSchema, exited && { exited });
    }),
    watchEvents: calls.serverStream<WatchEventsResponse>((call) => serveEvents(life, call)),
  };
  return { service: EggService, handlers };
}

async function serveEvents(life: EggLife, { responses, signal }: StreamCall<WatchEventsResponse>): Promise<void> {
  const watch = life.watch();
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve(), { once: true });
  const pump = new MessagePump(watch, {
    write: (response, sent) => responses.write(response, sent),
    end: () => ended.resolve(),
    fail: (error) => ended.reject(error),
  });
  try {
    await ended.promise;
  } finally {
    pump.stop();
    life.unwatch(watch);
  }
}
