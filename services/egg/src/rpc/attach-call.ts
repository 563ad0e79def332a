import { create } from "@bufbuild/protobuf";
import {
  type AttachRequest,
  type AttachResponse,
  AttachResponseSchema,
} from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { type Open, OpenSchema, type TerminalSize } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import type { Grid } from "../pty/pty.ts";
import { MAX_GRID } from "../session/grid-policy.ts";
import type { Session } from "../session/session.ts";
import type { Viewer } from "../session/viewer.ts";
import { MessagePump, type MessageSink } from "./message-pump.ts";
import { ProtocolError } from "./request-errors.ts";

/** Input in one message, in bytes: what the contract allows. */
export const MAX_INPUT_MESSAGE_BYTES = 64 * 1024;

/** Largest seq that is exact as a number: 9 petabytes. */
const MAX_SEQ = BigInt(Number.MAX_SAFE_INTEGER);

/** One attach, free of its transport. */
export interface AttachCall {
  /** Messages of the viewer, pulled one after the other; ends when the viewer says no more. */
  readonly requests: AsyncIterable<AttachRequest>;
  readonly responses: Pick<MessageSink<AttachResponse>, "write">;
  /** Aborted when the viewer is gone. */
  readonly signal: AbortSignal;
}

/**
 * Serves a viewer until it goes, the session ends, or it breaks the protocol. Resolves when everything that it will get
 * was handed over; rejects with what it is told.
 */
export async function serveAttach(session: Session, call: AttachCall): Promise<void> {
  const requests = call.requests[Symbol.asyncIterator]();
  const opening = await requests.next();
  if (opening.done) throw new ProtocolError("The attach ended before it was opened: send Open first.");
  const viewer = session.attach(parseOpen(await openOf(opening.value)));
  const ended = Promise.withResolvers<void>();
  viewer.onEnd(ended.reject);
  const pump = new MessagePump(viewerMessages(viewer), {
    write: (response, sent) => call.responses.write(response, sent),
    end: () => ended.resolve(),
    fail: (error) => ended.reject(error),
  });
  call.signal.addEventListener("abort", () => ended.resolve(), { once: true });
  takeCommands(session, viewer, requests).catch(ended.reject);
  try {
    await ended.promise;
  } finally {
    pump.stop();
    session.detach(viewer);
  }
}

function viewerMessages(viewer: Viewer) {
  return {
    get isDone() {
      return viewer.isDone;
    },
    next() {
      const event = viewer.next();
      return event && create(AttachResponseSchema, { event });
    },
    onReady: (handler: () => void) => viewer.onReady(handler),
  };
}

async function openOf({ command }: AttachRequest): Promise<Open> {
  const first = command?.command;
  if (first?.case !== "open")
    throw new ProtocolError(`The first message is ${first?.case ?? "empty"}: send Open first.`);
  const { assertValid } = await import("@wingthing/service-runtime/validate");
  assertValid(OpenSchema, first.value);
  return first.value;
}

function parseOpen({ clientId, mode, size, resumeFromSeq }: Open) {
  return {
    clientId,
    mode,
    ownGrid: size && parseGrid(size),
    // Beyond any output that there is, so a snapshot follows.
    resumeFrom: resumeFromSeq === undefined ? undefined : Number(resumeFromSeq),
  };
}

function parseGrid({ columns, rows }: TerminalSize): Grid {
  const fits = (value: number, limit: number) => value >= 1 && value <= limit;
  if (fits(columns, MAX_GRID.columns) && fits(rows, MAX_GRID.rows)) return { columns, rows };
  throw new ProtocolError(`A grid of ${columns} by ${rows} is none: send 1 to ${MAX_GRID.columns} columns and rows.`);
}

/** Applies what the viewer sends, one after the other; what the program does not take holds the viewer up. */
async function takeCommands(session: Session, viewer: Viewer, requests: AsyncIterator<AttachRequest>): Promise<void> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const command = next.value.command?.command;
    switch (command?.case) {
      case "input": {
        const { seq, data } = command.value;
        assertInput(seq, data);
        while (!session.type(viewer, Number(seq), data)) await session.roomForInput();
        break;
      }
      case "resize":
        session.resizeViewer(viewer, command.value.size && parseGrid(command.value.size));
        break;
      case "open":
        throw new ProtocolError("The attach is open already: attach again to change how.");
      case undefined:
        throw new ProtocolError("A message without a command: send Input or Resize.");
    }
  }
}

function assertInput(seq: bigint, data: Uint8Array): void {
  if (data.byteLength > MAX_INPUT_MESSAGE_BYTES) {
    throw new ProtocolError(
      `${data.byteLength} bytes of input in one message: split it into ${MAX_INPUT_MESSAGE_BYTES}.`,
    );
  }
  if (seq > MAX_SEQ)
    throw new ProtocolError(`Input seq ${seq} is beyond what any session takes: count your input bytes.`);
}
