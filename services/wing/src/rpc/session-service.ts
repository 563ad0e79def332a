import { Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import {
  type AttachRequest,
  AttachRequestSchema,
  type SessionService,
  type StartRequest,
} from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { assertValid } from "@wingthing/service-runtime/validate";
import { callerKey } from "../access/caller.ts";
import type { EggSupervisor } from "../eggs/egg-supervisor.ts";
import type { SessionChange, SessionList } from "../eggs/session-list.ts";
import { type PlanningContext, planSession, type SessionRequest } from "../eggs/session-plan.ts";
import type { AttachCommand } from "../eggs/supervised-egg.ts";
import type { RecentFolders } from "../workspace/recent-folders.ts";

/** An egg.yaml was handed over from outside this machine. */
export class EggYamlNotAllowedError extends Error {
  override readonly name = "EggYamlNotAllowedError";
  constructor() {
    super("an egg.yaml may be handed over on the wing's own machine only: put it into the project's folder instead");
  }
}

/** What sessions are served from. */
export interface Sessions {
  readonly supervisor: EggSupervisor;
  readonly list: SessionList;
  readonly recent: RecentFolders;
  /** Asked at each start, for wing.yaml may have changed. */
  readonly planning: () => PlanningContext;
}

/** Starts, attaches and ends sessions. */
export function sessionService(sessions: Sessions): ServiceImpl<typeof SessionService> {
  const { supervisor, list } = sessions;
  return {
    async start(request, context) {
      const plan = await planSession(sessionRequest(request, context), sessions.planning());
      const session = await supervisor.start(plan);
      await sessions.recent.remember(plan.cwd);
      return { session };
    },

    async *attach(requests, context) {
      const commands = requests[Symbol.asyncIterator]();
      const first = await commands.next();
      if (first.done === true) throw new ConnectError("the first message must name a session", Code.InvalidArgument);
      assertValid(AttachRequestSchema, first.value);
      const events = supervisor.attach(first.value.sessionId, commandsFrom(first.value, commands), context.signal);
      for await (const event of events) yield { event };
    },

    list() {
      return { sessions: list.all() };
    },

    async *watch(_request, { signal }) {
      for await (const change of list.watch(signal)) yield { change: changeMessage(change) };
    },

    async stop({ sessionId }) {
      return { session: await supervisor.stop(sessionId) };
    },

    async forget({ sessionId }) {
      await supervisor.forget(sessionId);
      return {};
    },
  };
}

function sessionRequest(request: StartRequest, { values }: HandlerContext): SessionRequest {
  const { agent, cwd, args, size, eggYaml } = request;
  if (size === undefined) throw new ConnectError("size is missing", Code.InvalidArgument);
  if (eggYaml !== "" && values.get(callerKey).standing.kind !== "local") throw new EggYamlNotAllowedError();
  return { agent, cwd, args, size, ...(eggYaml === "" ? {} : { eggYaml }) };
}

/** The egg is asked for no more than the viewer's stream gives: each message is pulled through. */
async function* commandsFrom(first: AttachRequest, rest: AsyncIterator<AttachRequest>): AsyncGenerator<AttachCommand> {
  for (let request = first; ; ) {
    if (request.command === undefined) throw new ConnectError("command is missing", Code.InvalidArgument);
    yield { command: request.command };
    const next = await rest.next();
    if (next.done === true) return;
    request = next.value;
  }
}

function changeMessage(change: SessionChange) {
  switch (change.kind) {
    case "all":
      return { case: "all" as const, value: { sessions: [...change.sessions] } };
    case "updated":
      return { case: "updated" as const, value: change.session };
    case "removed":
      return { case: "removedSessionId" as const, value: change.sessionId };
  }
}
