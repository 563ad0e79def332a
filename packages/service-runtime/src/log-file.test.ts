import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLog } from "./log-file.ts";
import { createPinoLog } from "./pino-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wt-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function logLines(): { lines: string[]; log: ReturnType<typeof createPinoLog> } {
  const lines: string[] = [];
  return { lines, log: createPinoLog({ sink: { write: (line) => void lines.push(line) }, level: "debug" }) };
}

describe("a log", () => {
  test("writes one JSON object a line, with the fields of its parents", () => {
    const { lines, log } = logLines();
    log.child({ service: "wing" }).child({ linkId: "l1" }).info("link open", { attempt: 2, text: "two\nlines" });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.indexOf("\n")).toBe((lines[0]?.length ?? 0) - 1);
    expect(JSON.parse(lines[0]!)).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      service: "wing",
      linkId: "l1",
      attempt: 2,
      text: "two\nlines",
      event: "link open",
    });
  });

  const jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl";
  const credential = `wtd_${"A".repeat(43)}`;
  const secret = "s3cr3t-value";

  test.each([
    { what: "a field named token", fields: { token: secret } },
    { what: "a field named relayToken", fields: { relayToken: secret } },
    { what: "a field named key", fields: { key: secret } },
    { what: "a header", fields: { headers: { authorization: `Bearer ${secret}`, cookie: secret } } },
    { what: "a list", fields: { credentials: [secret] } },
    { what: "bytes", fields: { privateKey: Buffer.from(secret) } },
    { what: "bytes of any name", fields: { chunk: Buffer.from(secret) } },
    { what: "a JWT in a text", fields: { text: `got ${jwt} there` } },
    { what: "a device credential in a text", fields: { text: `Bearer ${credential}` } },
    { what: "an error's message", fields: { error: new Error(`bad ${jwt}`) } },
    { what: "an error's cause", fields: { error: new Error("bad", { cause: new Error(credential) }) } },
    { what: "something deeper than a log line goes", fields: { a: { b: { c: { d: { e: { f: secret } } } } } } },
  ])("never writes a secret: $what", ({ fields }) => {
    const { lines, log } = logLines();
    log.child(fields).error(`event ${jwt}`, fields);
    for (const text of [secret, jwt, credential, Buffer.from(secret).toString("base64")]) {
      expect(lines[0]).not.toContain(text);
    }
    expect(() => JSON.parse(lines[0]!)).not.toThrow();
  });

  test("keeps what an error says, and its cause", () => {
    const { lines, log } = logLines();
    log.error("failed", { error: new TypeError("outer", { cause: new Error("inner") }) });
    const { error } = JSON.parse(lines[0]!);
    expect(error).toMatchObject({ name: "TypeError", message: "outer", cause: { message: "inner" } });
    expect(error.stack).toContain("log-file.test.ts");
  });

  test("keeps public things: counts, ids, flags", () => {
    const { lines, log } = logLines();
    log.debug("seen", { tokens: 3, wingId: "w1", ok: true, big: 5n, at: new Date(0), none: null });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      tokens: 3,
      wingId: "w1",
      ok: true,
      big: "5",
      at: "1970-01-01T00:00:00.000Z",
      none: null,
    });
  });

  test("writes nothing below its level", () => {
    const lines: string[] = [];
    const log = createPinoLog({ sink: { write: (line) => void lines.push(line) } });
    log.debug("unseen");
    log.child({}).debug("unseen");
    expect(lines).toEqual([]);
  });
});

describe("a log file", () => {
  test("is for its owner only, and is continued", () => {
    const file = join(folder, "new", "roost.log");
    createLog({ file }).info("one");
    createLog({ file }).info("two");
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
  });

  test("is moved aside when it is full, and the one before goes", () => {
    const file = join(folder, "roost.log");
    const log = createLog({ file, maxFileBytes: 1_000 });
    for (let i = 0; i < 100; i += 1) log.info("event", { i });
    expect(statSync(file).size).toBeLessThanOrEqual(1_000);
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1_000);
    expect(readFileSync(file, "utf8")).toContain('"i":99');
  });
});
