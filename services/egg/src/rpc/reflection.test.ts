import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  type ServerReflectionRequest,
  ServerReflectionRequestSchema,
} from "@wingthing/contracts/gen/grpc/reflection/v1/reflection_pb";
import { EggService } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRequest, TEST_TOKEN, TestEgg } from "../testing/test-egg.ts";
import { Reflection } from "./reflection.ts";

const HEADER = `authorization: Bearer ${TEST_TOKEN}`;
const SERVICE = "wingthing.egg.v1.EggService";

/** A program in PATH or where Go installs. */
function findProgram(name: string): string | undefined {
  const go = spawnSync("go", ["env", "GOPATH"], { encoding: "utf8" }).stdout?.trim();
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...(go ? [join(go, "bin")] : [])];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(program: string, args: readonly string[], input = ""): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let [output, errors] = ["", ""];
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (errors += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors }));
    child.stdin.end(input);
  });
}

const buf = join(
  dirname(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json")),
  "..",
  "..",
  ".bin",
  "buf",
);
const grpcurl = findProgram("grpcurl");
if (!grpcurl) {
  console.warn(
    "grpcurl is not installed, so its test is skipped: go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest",
  );
}

describe("Reflection", () => {
  const reflection = new Reflection([EggService]);
  const ask = (messageRequest: ServerReflectionRequest["messageRequest"]) =>
    reflection.answer(create(ServerReflectionRequestSchema, { host: "h", messageRequest })).messageResponse;
  const filesOf = (answer: ReturnType<typeof ask>) =>
    answer.case === "fileDescriptorResponse"
      ? answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
      : answer;

  it.each([
    [SERVICE, "wingthing/egg/v1/egg.proto"],
    [`${SERVICE}.Attach`, "wingthing/egg/v1/egg.proto"],
    ["wingthing.egg.v1.Snapshot", "wingthing/egg/v1/terminal.proto"],
    ["wingthing.egg.v1.Snapshot.seq", "wingthing/egg/v1/terminal.proto"],
    ["google.protobuf.Timestamp", "google/protobuf/timestamp.proto"],
  ])("finds the file of %s, itself first and then what it needs", (symbol, file) => {
    const files = filesOf(ask({ case: "fileContainingSymbol", value: symbol }));
    expect(files).toHaveProperty("0", file);
  });

  it("gives a file with all of its imports", () => {
    expect(filesOf(ask({ case: "fileByFilename", value: "wingthing/egg/v1/egg.proto" }))).toEqual(
      expect.arrayContaining([
        "buf/validate/validate.proto",
        "google/protobuf/descriptor.proto",
        "wingthing/egg/v1/config.proto",
      ]),
    );
  });

  it("knows the validation rules as an extension", () => {
    const numbers = ask({ case: "allExtensionNumbersOfType", value: "google.protobuf.FieldOptions" });
    expect(numbers).toMatchObject({ case: "allExtensionNumbersResponse", value: { extensionNumber: [1159, 1160] } });
    const value = { containingType: "google.protobuf.FieldOptions", extensionNumber: 1159 };
    const request = create(ServerReflectionRequestSchema, {
      messageRequest: { case: "fileContainingExtension", value },
    });
    expect(filesOf(reflection.answer(request).messageResponse)).toHaveProperty("0", "buf/validate/validate.proto");
  });

  it.each([
    [{ case: "fileByFilename", value: "no.proto" }, 5],
    [{ case: "fileContainingSymbol", value: "no.such.Thing" }, 5],
    [{ case: "allExtensionNumbersOfType", value: "no.such.Type" }, 5],
    [{ case: undefined }, 3],
  ] as const)("answers %o with code %i", (question, errorCode) => {
    expect(ask(question)).toMatchObject({ case: "errorResponse", value: { errorCode } });
  });
});

describe("the egg's socket", () => {
  let egg: TestEgg;
  beforeAll(async () => {
    egg = await TestEgg.open();
  });
  afterAll(async () => {
    await egg[Symbol.asyncDispose]();
  });

  const bufCurl = (args: readonly string[], input?: string) => {
    const socket = ["--unix-socket", egg.app.socketPath, "--http2-prior-knowledge"];
    return run(
      buf,
      ["curl", "--protocol", "grpc", ...socket, "--header", HEADER, "--reflect-header", HEADER, ...args],
      input,
    );
  };

  it("is listed, described and called by buf curl, unary and both ways", async () => {
    expect((await bufCurl(["--list-services", "http://localhost"])).output.trim().split("\n")).toEqual([
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      SERVICE,
    ]);
    expect((await bufCurl(["--list-methods", "http://localhost"])).output).toContain(`${SERVICE}/WatchEvents`);
    expect((await bufCurl([`http://localhost/${SERVICE}/GetStatus`])).output).toContain("STATE_WAITING");
    await egg.calls.start(startRequest("stty raw -echo; echo ready; exec cat"));
    const open = { mode: "ATTACH_MODE_CONTROL", clientId: "buf-curl-0000000000", size: { columns: 80, rows: 24 } };
    const type = (seq: number, text: string) => ({ input: { seq, data: Buffer.from(text).toString("base64") } });
    const commands = [{ open }, type(0, "typed by buf"), type(12, "\u0004")].map((command) =>
      JSON.stringify({ command }),
    );
    const attach = bufCurl(["-d", "@-", `http://localhost/${SERVICE}/Attach`], commands.join("\n"));
    using viewer = egg.attach();
    await viewer.sees("typed by buf");
    await egg.calls.stop({});
    const { output } = await attach;
    expect(output).toContain('"opened"');
    expect(output).toContain(Buffer.from("typed by buf").toString("base64").slice(0, 12));
    expect(output).toContain('"exited"');
  });

  it("tells buf curl without the token that it wants one", async () => {
    const args = ["curl", "--protocol", "grpc", "--unix-socket", egg.app.socketPath, "--http2-prior-knowledge"];
    const { code, errors } = await run(buf, [...args, "--list-services", "http://localhost"]);
    expect([code, errors]).toEqual([expect.any(Number), expect.stringMatching(/not authenticated/)]);
    expect(code).not.toBe(0);
  });

  it.skipIf(!grpcurl)(
    "is listed, described and called by grpcurl, which is skipped where it is not installed",
    async () => {
      const target = ["-plaintext", "-unix", "-H", HEADER];
      const call = (...args: readonly string[]) => run(grpcurl ?? "", [...target, ...args]);
      expect((await call(egg.app.socketPath, "list")).output).toContain(SERVICE);
      expect((await call(egg.app.socketPath, "describe", SERVICE)).output).toContain(
        "rpc Attach ( stream .wingthing.egg.v1.AttachRequest ) returns ( stream .wingthing.egg.v1.AttachResponse );",
      );
      expect((await call(egg.app.socketPath, `${SERVICE}/GetStatus`)).output).toContain("STATE_");
    },
  );
});
