import { describe, expect, it } from "vitest";
import { type Grid, InputQueueFullError, MAX_QUEUED_INPUT_BYTES, type Pty, type PtyExit } from "../pty/pty.ts";
import { countText, type PtyProgram } from "./pty-program.ts";
import { PtyTranscript } from "./pty-transcript.ts";

const GRID: Grid = { columns: 80, rows: 24 };

/** The suite that every Pty passes. */
export function describePty(name: string, open: (program: PtyProgram, grid: Grid) => Pty): void {
  describe(`${name} as a Pty`, () => {
    it("gives typed bytes back in order", async () => {
      using transcript = new PtyTranscript(open({ kind: "echo" }, GRID));
      await transcript.sees("ready\n");
      for (let index = 0; index < 50; index++) transcript.pty.write(Buffer.from(`${index},`));
      await transcript.sees("48,49,");
      expect(transcript.text).toBe(`ready\n${Array.from({ length: 50 }, (_, index) => `${index},`).join("")}`);
    });

    const ends: readonly PtyExit[] = [{ code: 0 }, { code: 7 }, { signal: "SIGTERM" }, { signal: "SIGKILL" }];
    it.each(ends)("tells the end %o once and after the last byte", async (exit) => {
      using transcript = new PtyTranscript(open({ kind: "counts", to: 5_000, exit }, GRID));
      expect(await transcript.ended).toEqual(exit);
      expect(transcript.text).toBe(countText(5_000));
      expect(transcript.exits).toBe(1);
    });

    it("loses nothing when it is paused at the end, and tells the end only after it was resumed", async () => {
      const pty = open({ kind: "counts", to: 1_000, exit: { code: 0 } }, GRID);
      using transcript = new PtyTranscript(pty);
      pty.pause();
      await transcript.quiet();
      expect(transcript.exits).toBe(0);
      pty.resume();
      expect(await transcript.ended).toEqual({ code: 0 });
      expect(transcript.text).toBe(countText(1_000));
    });

    it("stops handing out bytes when the handler pauses it, and goes on where it stopped", async () => {
      const pty = open({ kind: "counts", to: 40_000, exit: { code: 0 } }, GRID);
      using transcript = new PtyTranscript(pty);
      let [isPaused, chunksWhilePaused] = [false, 0];
      transcript.afterEachChunk(() => {
        if (isPaused) chunksWhilePaused++;
        isPaused = true;
        pty.pause();
        setImmediate(() => {
          isPaused = false;
          pty.resume();
        });
      });
      await transcript.ended;
      expect(transcript.text).toBe(countText(40_000));
      expect(chunksWhilePaused).toBe(0);
    });

    it("tells the program its first grid and every change of it", async () => {
      const pty = open({ kind: "prints-its-size" }, { columns: 91, rows: 17 });
      using transcript = new PtyTranscript(pty);
      await transcript.sees("91x17");
      pty.resize({ columns: 132, rows: 43 });
      await transcript.sees("132x43");
    });

    it("takes input up to its limit from a program that does not read, and refuses one byte more whole", async () => {
      const pty = open({ kind: "never-reads" }, GRID);
      using transcript = new PtyTranscript(pty);
      await transcript.sees("ready");
      while (pty.queuedInputBytes < MAX_QUEUED_INPUT_BYTES - 1) {
        pty.write(Buffer.alloc(Math.min(65_536, MAX_QUEUED_INPUT_BYTES - 1 - pty.queuedInputBytes)));
      }
      expect(() => pty.write(Buffer.alloc(2))).toThrow(InputQueueFullError);
      expect(pty.queuedInputBytes).toBe(MAX_QUEUED_INPUT_BYTES - 1);
      pty.write(Buffer.alloc(1));
      expect(pty.queuedInputBytes).toBe(MAX_QUEUED_INPUT_BYTES);
      expect(() => pty.write(Buffer.alloc(1))).toThrow(InputQueueFullError);
    });

    it("says when the queue of input is empty", async () => {
      const pty = open({ kind: "echo" }, GRID);
      using transcript = new PtyTranscript(pty);
      await transcript.sees("ready");
      const drained = new Promise<void>((resolve) => pty.onInputDrained(resolve));
      pty.write(Buffer.alloc(200_000, "a"));
      await drained;
      expect(pty.queuedInputBytes).toBe(0);
    });

    it("ends by the signal that it is sent, and takes input and grids quietly afterwards", async () => {
      const pty = open({ kind: "echo" }, GRID);
      using transcript = new PtyTranscript(pty);
      await transcript.sees("ready");
      pty.kill("SIGHUP");
      expect(await transcript.ended).toEqual({ signal: "SIGHUP" });
      pty.write(Buffer.from("late"));
      pty.resize({ columns: 20, rows: 8 });
      pty.kill("SIGKILL");
      expect(pty.queuedInputBytes).toBe(0);
    });
  });
}
