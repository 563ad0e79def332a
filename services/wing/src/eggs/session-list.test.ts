import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { SessionSchema } from "@wingthing/contracts/gen/wingthing/wing/v1/session_pb";
import { expect, test } from "vitest";
import { MAX_WATCHERS, type SessionChange, SessionList, TooManyWatchersError } from "./session-list.ts";

const session = (sessionId: string, title = "", startedAtMs = 0) =>
  create(SessionSchema, { sessionId, title, startedAt: timestampFromMs(startedAtMs) });

const briefly = (change: SessionChange | undefined) => {
  switch (change?.kind) {
    case "all":
      return change.sessions.map(({ sessionId }) => sessionId);
    case "updated":
      return `${change.session.sessionId}=${change.session.title}`;
    default:
      return change?.sessionId;
  }
};

async function next(watching: AsyncGenerator<SessionChange>) {
  return briefly((await watching.next()).value ?? undefined);
}

test("a watcher sees the whole list, newest first, then each change", async () => {
  const list = new SessionList();
  list.set(session("older", "", 1));
  list.set(session("newer", "", 2));
  const watching = list.watch(new AbortController().signal);
  expect(await next(watching)).toEqual(["newer", "older"]);
  list.set(session("older", "vim"));
  expect(await next(watching)).toBe("older=vim");
  const later = next(watching);
  list.remove("newer");
  expect(await later).toBe("newer");
});

test("a slow watcher is told the last state of each session and holds no more than one entry for each", async () => {
  const list = new SessionList();
  const watching = list.watch(new AbortController().signal);
  await watching.next();
  for (let n = 0; n < 10_000; n++) list.set(session(n % 2 === 0 ? "a" : "b", String(n)));
  expect([await next(watching), await next(watching)]).toEqual(["a=9998", "b=9999"]);
  list.set(session("a", "after"));
  expect(await next(watching)).toBe("a=after");
});

test("a session that came and went between two looks is told as gone", async () => {
  const list = new SessionList();
  const watching = list.watch(new AbortController().signal);
  await watching.next();
  list.set(session("a"));
  list.remove("a");
  expect(await next(watching)).toBe("a");
});

test("an aborted watch ends while it waits", async () => {
  const list = new SessionList();
  const stop = new AbortController();
  const watching = list.watch(stop.signal);
  await watching.next();
  const waiting = watching.next();
  stop.abort();
  expect((await waiting).done).toBe(true);
});

test("the last watcher that is allowed is served, one more is refused, and one that leaves makes room", async () => {
  const list = new SessionList();
  const stops = Array.from({ length: MAX_WATCHERS - 1 }, () => new AbortController());
  for (const stop of stops) await list.watch(stop.signal).next();
  const last = list.watch(new AbortController().signal);
  await last.next();
  await expect(list.watch(new AbortController().signal).next()).rejects.toThrow(TooManyWatchersError);
  await last.return(undefined);
  expect((await list.watch(new AbortController().signal).next()).done).toBe(false);
});
