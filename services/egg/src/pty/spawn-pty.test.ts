import { createHash } from "node:crypto";
import { closeSync, openSync, readlinkSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describePty } from "../testing/pty-compliance.ts";
import { launchProgram, launchScript, TEST_ENV } from "../testing/pty-program.ts";
import { PtyTranscript } from "../testing/pty-transcript.ts";
import { PtySpawnError } from "./pty.ts";
import { processesOfSession } from "./session-processes.ts";
import { spawnPty } from "./spawn-pty.ts";

const GRID = { columns: 80, rows: 24 };
const open = (script: string) => new PtyTranscript(spawnPty(launchScript(script), GRID));

describePty("a real PTY", (program, grid) => spawnPty(launchProgram(program), grid));

describe("spawnPty", () => {
  it("loses nothing of programs that print and exit at once, in 150 runs", async () => {
    const expected = "x".repeat(3_000);
    for (let run = 0; run < 150; run++) {
      using transcript = open(`printf '%3000s' '' | tr ' ' x`);
      expect(await transcript.ended).toEqual({ code: 0 });
      expect(transcript.text).toBe(expected);
    }
  });

  it("hands out 50 MB byte for byte, whatever the pauses", async () => {
    const bytes = 50_000_000;
    // The key stream of zeros: the same bytes here and there, and no pattern in them.
    const generate = `stty raw; openssl enc -aes-128-ctr -K ${"0".repeat(32)} -iv ${"0".repeat(32)} -in /dev/zero 2>/dev/null | head -c ${bytes}`;
    const [pauseEvery] = fc.sample(fc.integer({ min: 200, max: 600 }), 1);
    const pty = spawnPty(launchScript(generate), GRID);
    const hash = createHash("sha256");
    let [total, chunks] = [0, 0];
    pty.onData((chunk) => {
      hash.update(chunk);
      total += chunk.byteLength;
      if (++chunks % pauseEvery! !== 0) return;
      pty.pause();
      setTimeout(() => pty.resume(), chunks % 7);
    });
    await new Promise<void>((resolve) => pty.onExit(() => resolve()));
    expect(total).toBe(bytes);
    const { createCipheriv } = await import("node:crypto");
    const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16), Buffer.alloc(16));
    const expected = createHash("sha256");
    for (let left = bytes; left > 0; left -= 1_000_000) expected.update(cipher.update(Buffer.alloc(1_000_000)));
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
  });

  it("takes a paste of 3 MB without losing a byte, when it is fed as fast as the queue drains", async () => {
    const paste = Buffer.alloc(3_000_000, "0123456789abcdef\n");
    const script = `stty raw -echo; echo ready; head -c ${paste.length} | sha256sum`;
    using transcript = open(script);
    await transcript.sees("ready");
    for (let offset = 0; offset < paste.length; offset += 65_536) {
      transcript.pty.write(paste.subarray(offset, offset + 65_536));
      if (transcript.pty.queuedInputBytes === 0) continue;
      await new Promise<void>((resolve) => transcript.pty.onInputDrained(resolve));
    }
    await transcript.ended;
    expect(transcript.text).toContain(createHash("sha256").update(paste).digest("hex"));
  });

  it("interrupts with Ctrl-C, stops with Ctrl-Z and goes on with fg", async () => {
    const launch = { argv: ["/bin/bash", "--norc", "-i"], env: { ...TEST_ENV, PS1: "$ " }, cwd: "/", descriptors: [] };
    using transcript = new PtyTranscript(spawnPty(launch, GRID));
    const type = (text: string) => transcript.pty.write(Buffer.from(text));
    const prompt = "\x1b[?2004h$ ";
    await transcript.sees(prompt);
    expect(transcript.text).not.toContain("no job control");
    // One process each, that reads: a shell that forks may miss a signal between two of its own steps.
    type("sh -c 'echo first; read line'\r");
    await transcript.sees("\rfirst\r\n");
    type("\x03");
    await transcript.sees(prompt);
    type(`sh -c 'echo second; while read line; do echo "got $line"; done'\r`);
    await transcript.sees("\rsecond\r\n");
    type("\x1a");
    await transcript.sees("Stopped");
    await transcript.sees(prompt);
    type("fg\r");
    await transcript.sees("\rsh -c");
    type("words\r");
    await transcript.sees("got words");
    type("\x03");
    await transcript.sees(prompt);
    type("exit 3\r");
    expect(await transcript.ended).toEqual({ code: 3 });
  });

  it("makes the terminal the controlling one, with iutf8 and the child's own folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "egg-pty-"));
    using transcript = new PtyTranscript(
      spawnPty(launchScript("stty -a | grep -o ' iutf8'; pwd; echo tty >/dev/tty; tty", folder), GRID),
    );
    await transcript.ended;
    expect(transcript.text.replaceAll("\r", "").trim().split("\n")).toEqual([
      "iutf8",
      folder,
      "tty",
      expect.stringMatching(/^\/dev\/pts\/\d+$/),
    ]);
    await rm(folder, { recursive: true });
  });

  it("hands on exactly the launch's descriptors, in their order, and nothing that this process has open", async () => {
    const folder = await mkdtemp(join(tmpdir(), "egg-pty-"));
    const files = ["first", "second"].map((name) => openSync(join(folder, name), "w+"));
    for (const [index, file] of files.entries()) writeSync(file, `text ${index}`, 0);
    using _other = open("exec sleep 600"); // its master is open here and not close-on-exec
    const script = "exec ls -l /proc/self/fd";
    using transcript = new PtyTranscript(spawnPty({ ...launchScript(script), descriptors: files }, GRID));
    await transcript.ended;
    const found = [...transcript.text.matchAll(/(\d+) -> (\S+)/g)].map(([, fd, target]) => `${fd} ${target}`);
    const own = /^[012] \/dev\/pts\/|^\d+ \/dev\/null$|^\d+ \/proc\//; // the terminal, what is masked, the listing
    expect(found.filter((line) => !own.test(line))).toEqual([`3 ${folder}/first`, `4 ${folder}/second`]);
    for (const file of files) closeSync(file);
    await rm(folder, { recursive: true });
  });

  it("gives the child the launch's environment and nothing else", async () => {
    using transcript = open("env | grep -v -e ^_= -e ^PWD= -e ^OLDPWD= | sort");
    await transcript.ended;
    expect(transcript.text.replaceAll("\r", "").trim()).toBe(`PATH=${TEST_ENV["PATH"]}\nTERM=xterm-256color`);
  });

  it("kills what the program left running in its session, and tells the end all the same", async () => {
    using transcript = open("sleep 600 & (trap '' HUP TERM; while :; do sleep 600; done) & echo started; exit 4");
    const { pid } = transcript.pty;
    expect(await transcript.ended).toEqual({ code: 4 });
    await expect.poll(() => processesOfSession(pid)).toEqual([]);
  });

  it("keeps no descriptor of a PTY that ended", async () => {
    const masters = () =>
      Array.from({ length: 256 }, (_, fd) => fd).filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === "/dev/ptmx";
        } catch {
          return false;
        }
      }).length;
    const before = masters();
    for (let run = 0; run < 20; run++) {
      using transcript = open("echo done");
      await transcript.ended;
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(masters()).toBeLessThanOrEqual(before);
  });

  it("says what failed when the folder is missing", () => {
    expect(() => spawnPty(launchScript("true", "/no/such/folder"), GRID)).toThrow(PtySpawnError);
    expect(() => spawnPty(launchScript("true", "/no/such/folder"), GRID)).toThrow("/no/such/folder");
  });

  it("shows the shell's word and code 127 for a program that is missing", async () => {
    using transcript = new PtyTranscript(spawnPty({ ...launchScript(""), argv: ["/no/such/program"] }, GRID));
    expect(await transcript.ended).toEqual({ code: 127 });
    expect(transcript.text).toContain("/no/such/program");
  });
});
