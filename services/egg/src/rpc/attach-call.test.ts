import { Code } from "@connectrpc/connect";
import { AttachMode } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { type Clock, systemClock } from "@wingthing/service-runtime/clock";
import { describe, expect, it } from "vitest";
import { newClientId } from "../testing/attachment.ts";
import { ViewerTerminal } from "../testing/terminal-picture.ts";
import { TestEgg } from "../testing/test-egg.ts";
import { MAX_INPUT_MESSAGE_BYTES } from "./attach-call.ts";

const ECHO = "stty raw -echo; echo ready; exec cat";

describe("an attach", () => {
  it("shows the screen, takes input, follows the grid and tells the end", async () => {
    await using egg = await TestEgg.run(
      `echo hello; size() { stty size; }; trap size WINCH; read line; echo "got $line"; read line; exit 7`,
    );
    await egg.calls.getSnapshot({});
    using viewer = egg.attach();
    await viewer.sees("hello");
    viewer.type("abc\r");
    await viewer.sees("got abc");
    viewer.resize({ columns: 100, rows: 30 });
    await viewer.event("resized", ({ size }) => size?.columns === 100);
    await viewer.sees("30 100");
    viewer.type("\r");
    expect(await viewer.event("exited")).toMatchObject({ code: 7 });
    expect(await viewer.ended).toBeUndefined();
  });

  it("goes on where it stopped after a cut line, and repeats no keystroke", async () => {
    await using egg = await TestEgg.run(ECHO);
    const clientId = newClientId();
    const line = egg.connect();
    const first = line.attach({ clientId });
    await first.sees("ready");
    first.type("one,");
    await first.sees("one,");
    line.cut();
    await first.ended;
    egg.calls.sendInput({ data: Buffer.from("meanwhile,") });
    using again = egg.attach({ clientId, resumeFromSeq: first.seq });
    expect(await again.event("opened")).toMatchObject({ resumed: true, inputSeq: 4n });
    again.type("one,two,"); // sends again what it does not know to be accepted
    await again.sees("two,");
    expect(again.output.toString()).toBe("meanwhile,two,");
  });

  it("that stops reading slows neither the program nor other viewers, and is shown the present when it reads again", async () => {
    const lines = 400_000;
    await using egg = await TestEgg.run(`stty raw; read go; seq 1 ${lines}; exec sleep 600`);
    using slow = egg.attach();
    await slow.event("snapshot");
    slow.pause();
    using other = egg.connect();
    using quick = other.attach({});
    await quick.event("snapshot");
    quick.type("\n");
    await quick.event("output", ({ data }) => Buffer.from(data).includes(`\n${lines}\n`));
    slow.resume();
    await slow.sees(String(lines));
    expect(slow.events.filter((event) => event.case === "snapshot").length).toBeGreaterThan(1);
    const { snapshot } = await egg.calls.getSnapshot({});
    const [ours, theirs] = [
      new ViewerTerminal({ columns: 80, rows: 24 }),
      new ViewerTerminal({ columns: 80, rows: 24 }),
    ];
    for (const event of slow.events)
      if (event.case === "snapshot" || event.case === "output") ours.feed(event.value.data);
    theirs.feed(snapshot!.data);
    expect(ours.lines).toEqual(theirs.lines);
  });

  it("whose program does not read is held up, not cut, and loses nothing", async () => {
    await using egg = await TestEgg.run(
      "stty raw -echo; echo ready; read go </dev/null; sleep 0.3; head -c 3000000 | sha256sum; exec sleep 600",
    );
    using viewer = egg.attach();
    await viewer.sees("ready");
    const chunk = Buffer.alloc(MAX_INPUT_MESSAGE_BYTES, "x");
    for (let left = 3_000_000; left > 0; left -= chunk.byteLength)
      viewer.type(chunk.subarray(0, Math.min(left, chunk.byteLength)));
    const { createHash } = await import("node:crypto");
    await viewer.sees(createHash("sha256").update(Buffer.alloc(3_000_000, "x")).digest("hex"));
    await viewer.event("inputAccepted", ({ seq }) => seq === 3_000_000n);
  });

  it("by the same client again ends the earlier one with a word", async () => {
    await using egg = await TestEgg.run(ECHO);
    const clientId = newClientId();
    using first = egg.attach({ clientId });
    await first.event("snapshot");
    using second = egg.attach({ clientId });
    await second.event("snapshot");
    expect(await first.ended).toMatchObject({ code: Code.Aborted, message: expect.stringContaining("attached again") });
  });

  it("that only looks on cannot type", async () => {
    await using egg = await TestEgg.run(ECHO);
    using watcher = egg.attach({ mode: AttachMode.WATCH });
    await watcher.sees("ready");
    watcher.type("x");
    expect((await watcher.ended)?.code).toBe(Code.PermissionDenied);
  });

  it("leaves when its line is cut, and the others hear of it", async () => {
    await using egg = await TestEgg.run(ECHO);
    using stays = egg.attach();
    const line = egg.connect();
    line.attach({});
    await stays.event("viewers", ({ controllers }) => controllers === 2);
    line.cut();
    await stays.event("viewers", ({ controllers }) => controllers === 1 && stays.events.length > 4);
  });

  const sizes = { columns: 80, rows: 24 };
  it.each([
    ["input before it is open", { case: "input", value: { data: Buffer.from("x") } }],
    ["a client id that is too short", { case: "open", value: { clientId: "x", mode: AttachMode.CONTROL } }],
    ["no mode", { case: "open", value: { clientId: "c".repeat(16) } }],
    [
      "a grid that is too large",
      { case: "open", value: { clientId: "c".repeat(16), mode: 1, size: { ...sizes, rows: 1_001 } } },
    ],
  ] as const)("with %s is refused as invalid", async (_what, command) => {
    await using egg = await TestEgg.run(ECHO);
    using viewer = egg.attach({ silent: true });
    viewer.send(command);
    expect((await viewer.ended)?.code).toBe(Code.InvalidArgument);
    expect((await egg.calls.getStatus({})).status?.viewers).toMatchObject({ controllers: 0, watchers: 0 });
  });

  it.each([
    ["a second Open", Code.InvalidArgument, { case: "open", value: { clientId: "c".repeat(16), mode: 1 } }],
    ["a gap in its input", Code.OutOfRange, { case: "input", value: { seq: 5n, data: Buffer.from("x") } }],
    ["a seq beyond any", Code.InvalidArgument, { case: "input", value: { seq: 2n ** 60n, data: Buffer.from("x") } }],
    [
      "too much input at once",
      Code.InvalidArgument,
      { case: "input", value: { data: Buffer.alloc(MAX_INPUT_MESSAGE_BYTES + 1) } },
    ],
    ["a grid of nothing", Code.InvalidArgument, { case: "resize", value: { size: { columns: 0, rows: 0 } } }],
  ] as const)("that sends %s is told so", async (_what, code, command) => {
    await using egg = await TestEgg.run(ECHO);
    using viewer = egg.attach();
    await viewer.event("snapshot");
    viewer.send(command);
    expect((await viewer.ended)?.code).toBe(code);
  });

  it.each([MAX_INPUT_MESSAGE_BYTES - 1, MAX_INPUT_MESSAGE_BYTES])("takes %i bytes of input at once", async (length) => {
    await using egg = await TestEgg.run(ECHO);
    using viewer = egg.attach();
    await viewer.sees("ready");
    viewer.type(Buffer.alloc(length, "x"));
    await viewer.event("inputAccepted", ({ seq }) => seq === BigInt(length));
  });
});

describe("WatchEvents", () => {
  it("tells the life of an agent, and what the gateway refused", async () => {
    await using egg = await TestEgg.run(`printf '\\033]0;a title\\007'; read line; printf '\\007'; read line`);
    using line = egg.connect();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { event } of line.calls.watchEvents({})) {
        if (event.case === "status")
          seen.push(`${event.value.state} ${event.value.title} ${event.value.attention}`.trim());
        else if (event.case) seen.push(event.case === "refusal" ? event.value.host : event.value.reason);
        if (seen.at(-1)?.includes("a title") && !seen.includes("example.com")) {
          egg.gateway.refuse("example.com");
          await egg.calls.sendInput({ data: Buffer.from("\r") });
        }
        if (seen.at(-1)?.endsWith("rang the bell") && seen.includes("example.com"))
          await egg.calls.sendInput({ data: Buffer.from("\r") });
        if (event.case === "status" && event.value.exited) return event.value.exited;
      }
      return undefined;
    })();
    expect(await watching).toMatchObject({ code: 0 });
    expect(seen).toEqual(expect.arrayContaining(["3 a title", "example.com", "rang the bell"]));
    expect(seen.at(-1)).toMatch(/^4 a title/);
  });
});

/** Waits are a tenth as long. */
const impatientClock: Clock = {
  ...systemClock,
  setTimer: (delayMs, callback) => systemClock.setTimer(delayMs / 10, callback),
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 10, signal),
};

it("stops an agent that ignores hanging up, and all that it started", async () => {
  const script = "trap '' HUP; (trap '' HUP; exec sleep 600) & echo up; while :; do sleep 600; done";
  await using egg = await TestEgg.run(script, { clock: impatientClock });
  using viewer = egg.attach();
  await viewer.sees("up");
  const { exited } = await egg.calls.stop({});
  expect(exited?.signal).toBe("SIGTERM");
  expect(await viewer.event("exited")).toMatchObject({ signal: "SIGTERM" });
});
