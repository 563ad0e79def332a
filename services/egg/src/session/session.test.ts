import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { silentLog } from "@wingthing/service-runtime/log";
import { ManualClock } from "@wingthing/service-runtime/manual-clock";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputQueueFullError, MAX_QUEUED_INPUT_BYTES } from "../pty/pty.ts";
import { EchoPty } from "../testing/echo-pty.ts";
import { PulledViewer } from "../testing/pulled-viewer.ts";
import { ViewerTerminal } from "../testing/terminal-picture.ts";
import { AttachReplacedError, MAX_VIEWERS, TooManyViewersError } from "./audience.ts";
import { InputGapError } from "./client-ledger.ts";
import { RING_BYTES } from "./replay-ring.ts";
import { type AttachOptions, Session, WatcherInputError } from "./session.ts";
import { MAX_BACKLOG_AT_INTERRUPT_BYTES, MAX_BACKLOG_BYTES, MAX_OUTPUT_MESSAGE_BYTES } from "./viewer.ts";

const GRID = { columns: 80, rows: 24 };
const CONTROL: AttachOptions = { clientId: "a", mode: AttachMode.CONTROL, ownGrid: undefined, resumeFrom: undefined };
const WATCH: AttachOptions = { ...CONTROL, mode: AttachMode.WATCH };

function open(pty = new EchoPty({ kind: "silent" })) {
  const clock = new ManualClock();
  const session = new Session({ pty, grid: GRID, clock, log: silentLog });
  const attach = (options: Partial<AttachOptions> = {}) => new PulledViewer(session.attach({ ...CONTROL, ...options }));
  /** Prints as fast as the terminal lets it. */
  const flood = async (data: Uint8Array) => {
    const until = session.outputSeq + data.byteLength;
    pty.print(data);
    while (session.outputSeq < until) await turn();
  };
  return { pty, clock, session, attach, flood };
}

/** Printable bytes that differ from their neighbours. */
const pattern = (length: number, from = 0) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => 0x21 + ((from + index) % 89)));
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a viewer", () => {
  it("is opened, told who is there, and shown the screen", () => {
    const { pty, attach } = open();
    pty.print("hello");
    const viewer = attach();
    viewer.pullAll();
    expect(viewer.kinds).toEqual(["opened", "viewers", "snapshot"]);
    expect(viewer.events[0]).toMatchObject({ value: { seq: 5n, inputSeq: 0n, resumed: false, size: GRID } });
    pty.print(" world");
    viewer.pullAll();
    expect(viewer.output.toString()).toBe(" world");
    expect(viewer.seq).toBe(11);
  });

  it("gets output in messages of at most the limit, one byte more makes two", () => {
    for (const [length, messages] of [
      [MAX_OUTPUT_MESSAGE_BYTES - 1, 1],
      [MAX_OUTPUT_MESSAGE_BYTES, 1],
      [MAX_OUTPUT_MESSAGE_BYTES + 1, 2],
    ] as const) {
      const { pty, attach } = open();
      const viewer = attach();
      viewer.pullAll();
      pty.print(pattern(length));
      expect(viewer.pullAll()).toHaveLength(messages);
      expect(viewer.output.equals(pattern(length))).toBe(true);
    }
  });

  it.each([
    [MAX_BACKLOG_BYTES - 1, "output"],
    [MAX_BACKLOG_BYTES, "output"],
    [MAX_BACKLOG_BYTES + 1, "snapshot"],
  ])("that is %i bytes behind goes on with: %s", async (length, kind) => {
    const { attach, flood } = open();
    const viewer = attach();
    viewer.pullAll();
    await flood(pattern(length));
    expect(viewer.pull()?.case).toBe(kind);
  });

  it("that comes back is given exactly the missing bytes, up to what the ring holds, and else a snapshot", async () => {
    for (const [missing, resumed] of [
      [RING_BYTES - 1, true],
      [RING_BYTES, true],
      [RING_BYTES + 1, false],
    ] as const) {
      const { attach, flood } = open();
      await flood(pattern(100));
      await flood(pattern(missing, 100));
      const viewer = attach({ resumeFrom: 100 });
      viewer.pullAll();
      expect(viewer.events[0]).toMatchObject({ value: { resumed } });
      expect(viewer.kinds.includes("snapshot")).toBe(!resumed);
      expect(viewer.output.equals(resumed ? pattern(missing, 100) : Buffer.alloc(0))).toBe(true);
    }
  });

  it("that claims to have seen more than there is gets a snapshot", () => {
    const { attach } = open();
    const viewer = attach({ resumeFrom: 1_000_000 });
    viewer.pullAll();
    expect(viewer.kinds).toContain("snapshot");
  });

  it("that interrupts a flood is shown what comes of it, not what was on its way", () => {
    for (const [backlog, kind] of [
      [MAX_BACKLOG_AT_INTERRUPT_BYTES, "output"],
      [MAX_BACKLOG_AT_INTERRUPT_BYTES + 1, "snapshot"],
    ] as const) {
      const { pty, session, attach } = open();
      const viewer = attach();
      viewer.pullAll();
      pty.print(pattern(backlog));
      session.type(viewer.viewer, 0, Buffer.from("\x03"));
      expect(viewer.pull()?.case).toBe("inputAccepted");
      expect(viewer.pull()?.case).toBe(kind);
    }
  });

  it("is told the end after the last byte, and nothing afterwards", async () => {
    const { pty, attach } = open();
    const viewer = attach();
    viewer.pullAll();
    pty.print("last words");
    pty.exit({ code: 3 });
    await turn();
    viewer.pullAll();
    expect(viewer.output.toString()).toBe("last words");
    expect(viewer.events.at(-1)).toMatchObject({ case: "exited", value: { code: 3, seq: 10n } });
    expect(viewer.viewer.isDone).toBe(true);
    expect(viewer.pull()).toBeUndefined();
  });

  it("may come after the end, and sees the screen and how it ended", async () => {
    const { pty, attach } = open();
    pty.print("done");
    pty.exit({ signal: "SIGKILL" });
    await turn();
    const viewer = attach();
    viewer.pullAll();
    expect(viewer.kinds).toEqual(["opened", "viewers", "snapshot", "exited"]);
    expect(viewer.events.at(-1)).toMatchObject({ value: { signal: "SIGKILL" } });
  });

  it("sees every byte exactly once through any cuts and comebacks, and ends with the session's screen", async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ print: fc.integer({ min: 1, max: 50_000 }) }),
        fc.record({ pull: fc.integer({ min: 1, max: 8 }) }),
        fc.constant({ cut: true as const }),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const { session, attach, flood } = open();
        const all: Buffer[] = [];
        const seen: Buffer[] = [];
        let printed = 0;
        let viewer = attach();
        viewer.pullAll();
        const from = viewer.seq ?? 0;
        for (const step of script) {
          if ("print" in step) {
            all.push(pattern(step.print, printed));
            printed += step.print;
            await flood(all.at(-1)!);
          } else if ("pull" in step) {
            for (let count = 0; count < step.pull; count++) viewer.pull();
          } else {
            session.detach(viewer.viewer);
            seen.push(viewer.output);
            viewer = attach({ resumeFrom: viewer.seq ?? from + Buffer.concat(seen).byteLength });
          }
        }
        viewer.pullAll();
        seen.push(viewer.output);
        expect(Buffer.concat(seen).equals(Buffer.concat(all).subarray(from))).toBe(true);
        session.close();
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});

describe("input", () => {
  it("of a client is applied once across its attaches, and accepted each time", async () => {
    const { pty, session, attach } = open(new EchoPty());
    await turn();
    const first = attach();
    session.type(first.viewer, 0, Buffer.from("abc"));
    session.detach(first.viewer);
    const second = attach({ resumeFrom: 0 });
    expect(second.pull()).toMatchObject({ case: "opened", value: { inputSeq: 3n } });
    session.type(second.viewer, 0, Buffer.from("abcde"));
    session.type(second.viewer, 2, Buffer.from("cde"));
    await turn();
    second.pullAll();
    expect(second.output.toString()).toBe("ready\nabcde");
    expect(second.events.findLast((event) => event.case === "inputAccepted")).toMatchObject({ value: { seq: 5n } });
    expect(pty.queuedInputBytes).toBe(0);
  });

  it("with a gap, and from somebody who only looks on, is refused", () => {
    const { session, attach } = open();
    expect(() => session.type(attach().viewer, 1, Buffer.from("b"))).toThrow(InputGapError);
    const watcher = attach({ ...WATCH, clientId: "w" });
    expect(() => session.type(watcher.viewer, 0, Buffer.from("b"))).toThrow(WatcherInputError);
  });

  it("that the program does not read waits with its viewer, and is taken whole when there is room", async () => {
    const { pty, session, attach } = open();
    const { viewer } = attach();
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
    const { pty, session, attach } = open();
    session.type(attach().viewer, 0, Buffer.alloc(10));
    const room = session.roomForInput();
    pty.exit({ code: 0 });
    await room;
  });

  it("answers the program's questions without any viewer", async () => {
    const { pty, session } = open(new EchoPty());
    await turn();
    pty.print("\x1b[6n");
    session.snapshot();
    expect(pty.queuedInputBytes).toBe("\x1b[2;1R".length);
  });
});

describe("the grid", () => {
  it("follows the visible viewer that was used last, and stays when nobody is visible", () => {
    const { pty, session, attach } = open();
    const desk = attach({ clientId: "desk", ownGrid: { columns: 120, rows: 40 } });
    expect(pty.grid).toEqual({ columns: 120, rows: 40 });
    const phone = attach({ clientId: "phone", ownGrid: { columns: 45, rows: 30 } });
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
    const { session, attach } = open();
    const tab = attach({ clientId: "tab", ownGrid: { columns: 60, rows: 20 } });
    const desk = attach({ clientId: "desk", ownGrid: { columns: 120, rows: 40 } });
    const watcher = attach({ ...WATCH, clientId: "watcher", ownGrid: { columns: 30, rows: 10 } });
    session.resizeViewer(watcher.viewer, { columns: 33, rows: 11 });
    session.detach(tab.viewer);
    attach({ clientId: "tab", ownGrid: { columns: 60, rows: 20 }, resumeFrom: 0 });
    expect(session.grid).toEqual({ columns: 120, rows: 40 });
    session.detach(desk.viewer);
    expect(session.grid).toEqual({ columns: 60, rows: 20 });
  });

  it("is at least 20 by 8", () => {
    const { session, attach } = open();
    attach({ ownGrid: { columns: 3, rows: 2 } });
    expect(session.grid).toEqual({ columns: 20, rows: 8 });
    expect(session.setGrid({ columns: 5_000, rows: 1 })).toEqual({ columns: 1_000, rows: 8 });
  });

  it("changes between two bytes: before it the old ones, then the screen as it is, then the new ones", () => {
    const { pty, session, attach } = open();
    const viewer = attach();
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
    const { pty, session, attach } = open();
    const viewer = attach();
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
    const { pty, session, attach } = open();
    const first = attach();
    first.pullAll();
    session.detach(first.viewer);
    pty.print("one");
    session.setGrid({ columns: 40, rows: 10 });
    pty.print("two");
    const again = attach({ resumeFrom: 0 });
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
    const { session, attach } = open();
    const first = attach();
    const watcher = attach({ ...WATCH, clientId: "w" });
    first.pullAll();
    expect(first.events[1]).toMatchObject({ value: { controllers: 1, watchers: 1 } });
    session.detach(watcher.viewer);
    expect(first.pullAll()).toMatchObject([{ case: "viewers", value: { controllers: 1, watchers: 0 } }]);
  });

  it("are as many as the limit and not one more; the same client may come again", () => {
    const { attach } = open();
    const viewers = Array.from({ length: MAX_VIEWERS }, (_, index) => attach({ clientId: `c${index}` }));
    expect(() => attach({ clientId: "one more" })).toThrow(TooManyViewersError);
    const again = attach({ clientId: "c0" });
    expect(viewers[0]?.endedBy).toBeInstanceOf(AttachReplacedError);
    expect(again.endedBy).toBeUndefined();
    expect(viewers[0]?.pull()).toBeUndefined();
  });

  it("are told once that the program wants a person, and the status keeps it until somebody types", () => {
    const { pty, session, attach } = open();
    const viewer = attach();
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
    const { pty, clock, session } = open();
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
