import { describe, expect, it } from "vitest";
import { InputQueueFullError, MAX_QUEUED_INPUT_BYTES } from "../pty/pty.ts";
import { EchoPty } from "../testing/echo-pty.ts";
import { OpenSession, turn, WATCH } from "../testing/open-session.ts";
import { ViewerTerminal } from "../testing/terminal-picture.ts";
import { AttachReplacedError, MAX_VIEWERS, TooManyViewersError } from "./audience.ts";
import { InputGapError } from "./client-ledger.ts";
import { WatcherInputError } from "./session.ts";
import { ACCEPTANCE_DELAY_MS } from "./viewer.ts";

describe("input", () => {
  it("of a client is applied once across its attaches, and accepted each time", async () => {
    const opened = new OpenSession(new EchoPty());
    const { pty, session } = opened;
    await turn();
    const first = opened.attach();
    session.type(first.viewer, 0, Buffer.from("abc"));
    session.detach(first.viewer);
    const second = opened.attach({ resumeFrom: 0 });
    expect(second.pull()).toMatchObject({ case: "opened", value: { inputSeq: 3n } });
    session.type(second.viewer, 0, Buffer.from("abcde"));
    session.type(second.viewer, 2, Buffer.from("cde"));
    await turn();
    opened.clock.advance(ACCEPTANCE_DELAY_MS);
    second.pullAll();
    expect(second.output.toString()).toBe("ready\nabcde");
    expect(second.events.findLast((event) => event.case === "inputAccepted")).toMatchObject({ value: { seq: 5n } });
    expect(pty.queuedInputBytes).toBe(0);
  });

  it("with a gap, and from somebody who only looks on, is refused", () => {
    const opened = new OpenSession();
    const { session } = opened;
    expect(() => session.type(opened.attach().viewer, 1, Buffer.from("b"))).toThrow(InputGapError);
    const watcher = opened.attach({ ...WATCH, clientId: "w" });
    expect(() => session.type(watcher.viewer, 0, Buffer.from("b"))).toThrow(WatcherInputError);
  });

  it("that the program does not read waits with its viewer, and is taken whole when there is room", async () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const { viewer } = opened.attach();
    expect(session.type(viewer, 0, Buffer.alloc(MAX_QUEUED_INPUT_BYTES - 1))).toBe(true);
    expect(session.type(viewer, MAX_QUEUED_INPUT_BYTES - 1, Buffer.alloc(2))).toBe(false);
    expect(() => session.sendInput(Buffer.alloc(2))).toThrow(InputQueueFullError);
    const room = session.roomForInput();
    pty.readInput();
    await room;
    expect(session.type(viewer, MAX_QUEUED_INPUT_BYTES - 1, Buffer.alloc(2))).toBe(true);
    expect(pty.queuedInputBytes).toBe(2);
  });

  it("that waits is let go by the end of the program", async () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    session.type(opened.attach().viewer, 0, Buffer.alloc(10));
    const room = session.roomForInput();
    pty.exit({ code: 0 });
    await room;
  });

  it("answers the program's questions without any viewer", async () => {
    const opened = new OpenSession(new EchoPty());
    const { pty, session } = opened;
    await turn();
    pty.print("\x1b[6n");
    session.snapshot();
    expect(pty.queuedInputBytes).toBe("\x1b[2;1R".length);
  });
});

describe("the grid", () => {
  it("follows the visible viewer that was used last, and stays when nobody is visible", () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const desk = opened.attach({ clientId: "desk", ownGrid: { columns: 120, rows: 40 } });
    expect(pty.grid).toEqual({ columns: 120, rows: 40 });
    const phone = opened.attach({ clientId: "phone", ownGrid: { columns: 45, rows: 30 } });
    expect(pty.grid).toEqual({ columns: 45, rows: 30 });
    session.type(desk.viewer, 0, Buffer.from("x"));
    expect(pty.grid).toEqual({ columns: 120, rows: 40 });
    session.detach(desk.viewer);
    expect(pty.grid).toEqual({ columns: 45, rows: 30 });
    session.resizeViewer(phone.viewer, undefined);
    session.detach(phone.viewer);
    expect(session.grid).toEqual({ columns: 45, rows: 30 });
  });

  it("is not taken by watchers, nor by a tab that comes back by itself", () => {
    const opened = new OpenSession();
    const { session } = opened;
    const tab = opened.attach({ clientId: "tab", ownGrid: { columns: 60, rows: 20 } });
    const desk = opened.attach({ clientId: "desk", ownGrid: { columns: 120, rows: 40 } });
    const watcher = opened.attach({ ...WATCH, clientId: "watcher", ownGrid: { columns: 30, rows: 10 } });
    session.resizeViewer(watcher.viewer, { columns: 33, rows: 11 });
    session.detach(tab.viewer);
    opened.attach({ clientId: "tab", ownGrid: { columns: 60, rows: 20 }, resumeFrom: 0 });
    expect(session.grid).toEqual({ columns: 120, rows: 40 });
    session.detach(desk.viewer);
    expect(session.grid).toEqual({ columns: 60, rows: 20 });
  });

  it("is at least 20 by 8", () => {
    const opened = new OpenSession();
    const { session } = opened;
    opened.attach({ ownGrid: { columns: 3, rows: 2 } });
    expect(session.grid).toEqual({ columns: 20, rows: 8 });
    expect(session.setGrid({ columns: 5_000, rows: 1 })).toEqual({ columns: 1_000, rows: 8 });
  });

  it("changes between two bytes: before it the old ones, then the screen as it is, then the new ones", () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const viewer = opened.attach();
    viewer.pullAll();
    pty.print("before");
    session.setGrid({ columns: 40, rows: 10 });
    pty.print("after");
    expect(viewer.pullAll()).toMatchObject([
      { case: "output", value: { data: Buffer.from("before") } },
      { case: "resized", value: { size: { columns: 40, rows: 10 }, seq: 6n } },
      { case: "snapshot", value: { seq: 6n, size: { columns: 40, rows: 10 } } },
      { case: "output", value: { data: Buffer.from("after") } },
    ]);
  });

  it("of several changes a slow viewer is told the last", () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const viewer = opened.attach();
    viewer.pullAll();
    for (const columns of [40, 50, 60]) {
      pty.print("x");
      session.setGrid({ columns, rows: 10 });
    }
    viewer.pullAll();
    expect(viewer.kinds.filter((kind) => kind === "resized")).toHaveLength(1);
    expect(viewer.output.toString()).toBe("xxx");
    expect(viewer.events.at(-1)).toMatchObject({ case: "snapshot", value: { seq: 3n, size: { columns: 60 } } });
  });

  it("that changed while a viewer was away is told where it changed", () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const first = opened.attach();
    first.pullAll();
    session.detach(first.viewer);
    pty.print("one");
    session.setGrid({ columns: 40, rows: 10 });
    pty.print("two");
    const again = opened.attach({ resumeFrom: 0 });
    again.pullAll();
    expect(again.kinds).toEqual(["opened", "viewers", "output", "resized", "snapshot", "output"]);
    const screen = new ViewerTerminal({ columns: 40, rows: 10 });
    for (const event of again.events) {
      if (event.case === "snapshot" || event.case === "output") screen.feed(event.value.data);
    }
    expect(screen.lines[0]).toBe("onetwo");
  });
});

describe("viewers", () => {
  it("are told who comes and goes", () => {
    const opened = new OpenSession();
    const { session } = opened;
    const first = opened.attach();
    const watcher = opened.attach({ ...WATCH, clientId: "w" });
    first.pullAll();
    expect(first.events[1]).toMatchObject({ value: { controllers: 1, watchers: 1 } });
    session.detach(watcher.viewer);
    expect(first.pullAll()).toMatchObject([{ case: "viewers", value: { controllers: 1, watchers: 0 } }]);
  });

  it("are as many as the limit and not one more; the same client may come again", () => {
    const opened = new OpenSession();
    const viewers = Array.from({ length: MAX_VIEWERS }, (_, index) => opened.attach({ clientId: `c${index}` }));
    expect(() => opened.attach({ clientId: "one more" })).toThrow(TooManyViewersError);
    const again = opened.attach({ clientId: "c0" });
    expect(viewers[0]?.endedBy).toBeInstanceOf(AttachReplacedError);
    expect(again.endedBy).toBeUndefined();
    expect(viewers[0]?.pull()).toBeUndefined();
  });

  it("are told once that the program wants a person, and the status keeps it until somebody types", () => {
    const opened = new OpenSession();
    const { pty, session } = opened;
    const viewer = opened.attach();
    viewer.pullAll();
    pty.print("\x07\x07");
    session.snapshot();
    pty.print("\x07");
    session.snapshot();
    viewer.pullAll();
    expect(viewer.events.filter((event) => event.case === "attention")).toMatchObject([
      { value: { reason: "rang the bell" } },
    ]);
    expect(session.attention).toBe("rang the bell");
    session.type(viewer.viewer, 0, Buffer.from("x"));
    expect(session.attention).toBe("");
  });
});

describe("a session", () => {
  it("tells changes at once, thins out what moves, and leaves no timer when it is idle", async () => {
    const opened = new OpenSession();
    const { pty, clock, session } = opened;
    await turn();
    let changes = 0;
    session.onChange(() => changes++);
    clock.advance(10_000);
    changes = 0;
    for (let index = 0; index < 100; index++) pty.print("x");
    expect(changes).toBe(1);
    clock.advance(1_000);
    expect(changes).toBe(2);
    clock.advance(10_000);
    expect([changes, clock.pendingTimers]).toEqual([2, 0]);
  });
});
