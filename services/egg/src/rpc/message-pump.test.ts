import { create } from "@bufbuild/protobuf";
import { type AttachResponse, AttachResponseSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { expect, it } from "vitest";
import { MAX_MESSAGES_IN_FLIGHT, MessagePump } from "./message-pump.ts";

/** A source with so many messages, and a sink whose line a test moves. */
function pumped(count: number, next?: () => AttachResponse | undefined) {
  let left = count;
  let ready = () => {};
  const sent: (() => void)[] = [];
  const told: unknown[] = [];
  const source = {
    get isDone() {
      return left < 0;
    },
    next: next ?? (() => (left > 0 && left-- ? create(AttachResponseSchema) : undefined)),
    onReady: (handler: () => void) => {
      ready = handler;
    },
  };
  const sink = {
    write: (_message: AttachResponse, done: () => void) => sent.push(done),
    end: () => told.push("end"),
    fail: (error: unknown) => told.push(error),
  };
  const pump = new MessagePump(source, sink);
  const finish = () => {
    left = -1;
    ready();
  };
  return { pump, sent, told, finish, ready: () => ready() };
}

it.each([
  [MAX_MESSAGES_IN_FLIGHT - 1, MAX_MESSAGES_IN_FLIGHT - 1],
  [MAX_MESSAGES_IN_FLIGHT, MAX_MESSAGES_IN_FLIGHT],
  [MAX_MESSAGES_IN_FLIGHT + 1, MAX_MESSAGES_IN_FLIGHT],
])("of %i messages keeps at most the limit in flight: %i", (count, inFlight) => {
  const { sent } = pumped(count);
  expect(sent).toHaveLength(inFlight);
  for (let index = 0; index < count; index++) sent[index]?.();
  expect(sent).toHaveLength(count);
});

it("ends the sink after the last message, once", () => {
  const { told, finish, ready } = pumped(1);
  finish();
  ready();
  expect(told).toEqual(["end"]);
});

it("sends nothing after it was stopped", () => {
  const { pump, sent, told, finish } = pumped(9);
  pump.stop();
  sent[0]?.();
  finish();
  expect([sent.length, told]).toEqual([MAX_MESSAGES_IN_FLIGHT, []]);
});

it("ends its own call when the source fails, and nobody else's", () => {
  const failure = new Error("no snapshot");
  const { told, ready } = pumped(0, () => {
    throw failure;
  });
  expect(() => ready()).not.toThrow();
  expect(told).toEqual([failure]);
});

it("is not confused by a source that says that there is more while it is asked", () => {
  let askAgain = () => {};
  let left = 1;
  const { sent, ready } = pumped(0, () => {
    askAgain();
    return left-- > 0 ? create(AttachResponseSchema) : undefined;
  });
  askAgain = ready;
  left = 1;
  ready();
  expect(sent).toHaveLength(2);
});
