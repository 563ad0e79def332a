import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OpenSession, pattern, TEST_GRID, turn } from "../testing/open-session.ts";
import { RING_BYTES } from "./replay-ring.ts";
import {
  ACCEPTANCE_DELAY_MS,
  MAX_BACKLOG_AT_INTERRUPT_BYTES,
  MAX_BACKLOG_BYTES,
  MAX_OUTPUT_MESSAGE_BYTES,
} from "./viewer.ts";

describe("a viewer", () => {
  it("is opened, told who is there, and shown the screen", () => {
    const opened = new OpenSession();
    const { pty } = opened;
    pty.print("hello");
    const viewer = opened.attach();
    viewer.pullAll();
    expect(viewer.kinds).toEqual(["opened", "viewers", "snapshot"]);
    expect(viewer.events[0]).toMatchObject({ value: { seq: 5n, inputSeq: 0n, resumed: false, size: TEST_GRID } });
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
      const opened = new OpenSession();
      const { pty } = opened;
      const viewer = opened.attach();
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
    const opened = new OpenSession();
    const viewer = opened.attach();
    viewer.pullAll();
    await opened.flood(pattern(length));
    expect(viewer.pull()?.case).toBe(kind);
  });

  it("that comes back is given exactly the missing bytes, up to what the ring holds, and else a snapshot", async () => {
    for (const [missing, resumed] of [
      [RING_BYTES - 1, true],
      [RING_BYTES, true],
      [RING_BYTES + 1, false],
    ] as const) {
      const opened = new OpenSession();
      await opened.flood(pattern(100));
      await opened.flood(pattern(missing, 100));
      const viewer = opened.attach({ resumeFrom: 100 });
      viewer.pullAll();
      expect(viewer.events[0]).toMatchObject({ value: { resumed } });
      expect(viewer.kinds.includes("snapshot")).toBe(!resumed);
      expect(viewer.output.equals(resumed ? pattern(missing, 100) : Buffer.alloc(0))).toBe(true);
    }
  });

  it("that claims to have seen more than there is gets a snapshot", () => {
    const opened = new OpenSession();
    const viewer = opened.attach({ resumeFrom: 1_000_000 });
    viewer.pullAll();
    expect(viewer.kinds).toContain("snapshot");
  });

  it("that interrupts a flood is shown what comes of it, not what was on its way", () => {
    for (const [backlog, kind] of [
      [MAX_BACKLOG_AT_INTERRUPT_BYTES, "output"],
      [MAX_BACKLOG_AT_INTERRUPT_BYTES + 1, "snapshot"],
    ] as const) {
      const opened = new OpenSession();
      const { pty, session } = opened;
      const viewer = opened.attach();
      viewer.pullAll();
      pty.print(pattern(backlog));
      session.type(viewer.viewer, 0, Buffer.from("\x03"));
      expect(viewer.pull()?.case).toBe("inputAccepted");
      expect(viewer.pull()?.case).toBe(kind);
    }
  });

  it("is told once what was taken of its input, a moment after the echo of it", () => {
    const opened = new OpenSession();
    const { pty, session, clock } = opened;
    const viewer = opened.attach();
    viewer.pullAll();
    let wakes = 0;
    viewer.viewer.onReady(() => wakes++);
    session.type(viewer.viewer, 0, Buffer.from("a"));
    session.type(viewer.viewer, 1, Buffer.from("b"));
    expect(wakes).toBe(0);
    pty.print("ab");
    expect(viewer.pullAll().map((event) => event.case)).toEqual(["output"]);
    clock.advance(ACCEPTANCE_DELAY_MS - 1);
    expect(viewer.pull()).toBeUndefined();
    clock.advance(1);
    expect(wakes).toBe(2);
    expect(viewer.pullAll()).toMatchObject([{ case: "inputAccepted", value: { seq: 2n } }]);
    session.type(viewer.viewer, 2, Buffer.from("c"));
    clock.advance(ACCEPTANCE_DELAY_MS);
    expect(viewer.pullAll()).toMatchObject([{ case: "inputAccepted", value: { seq: 3n } }]);
  });

  it("is told what was taken of its input before it is told the end", async () => {
    const opened = new OpenSession();
    const viewer = opened.attach();
    viewer.pullAll();
    opened.session.type(viewer.viewer, 0, Buffer.from("exit"));
    opened.pty.exit({ code: 0 });
    await turn();
    expect(viewer.pullAll()).toMatchObject([{ case: "inputAccepted", value: { seq: 4n } }, { case: "exited" }]);
    opened.clock.advance(ACCEPTANCE_DELAY_MS);
    expect(viewer.pull()).toBeUndefined();
  });

  it("is told the end after the last byte, and nothing afterwards", async () => {
    const opened = new OpenSession();
    const { pty } = opened;
    const viewer = opened.attach();
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
    const opened = new OpenSession();
    const { pty } = opened;
    pty.print("done");
    pty.exit({ signal: "SIGKILL" });
    await turn();
    const viewer = opened.attach();
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
        const opened = new OpenSession();
        const { session } = opened;
        const all: Buffer[] = [];
        const seen: Buffer[] = [];
        let printed = 0;
        let viewer = opened.attach();
        viewer.pullAll();
        const from = viewer.seq ?? 0;
        for (const step of script) {
          if ("print" in step) {
            all.push(pattern(step.print, printed));
            printed += step.print;
            await opened.flood(all.at(-1)!);
          } else if ("pull" in step) {
            for (let count = 0; count < step.pull; count++) viewer.pull();
          } else {
            session.detach(viewer.viewer);
            seen.push(viewer.output);
            viewer = opened.attach({ resumeFrom: viewer.seq ?? from + Buffer.concat(seen).byteLength });
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
