import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Exited, ExitedSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";
import { parseSessionId, type SessionId } from "@wingthing/contracts/ids";
import { z } from "zod";
import { errorCode } from "../identity/errno.ts";
import { diskFullOr, readPlainFile, writePrivateFile } from "../identity/private-file.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** The token of an egg: 32 random bytes in hexadecimal. */
const TOKEN_BYTES = 32;
const TOKEN_PATTERN = /^[0-9a-f]{64}$/;
/** The JSON files of a folder are a few hundred bytes; a working folder's path may have 4,096. */
const MAX_FILE_BYTES = 16_384;

const processSchema = z
  .object({ pid: z.int().positive(), startTime: z.union([z.string().regex(/^\d+$/), z.number().transform(String)]) })
  .transform(({ pid, startTime }): ProcessIdentity => ({ pid, startTime }));

const recordSchema = z.object({ agent: z.string().min(1), cwd: z.string().min(1), startedAtMs: z.int() });
const endSchema = z.object({ endedAtMs: z.int(), reason: z.string(), exited: z.unknown().optional() });

/** What the wing remembers of a session beside its egg, for the time after a restart. */
export type SessionRecord = Readonly<z.output<typeof recordSchema>>;

/** How a session ended. */
export interface SessionEnd {
  /** Milliseconds since the epoch. */
  readonly endedAtMs: number;
  /** Why, when the agent did not end by itself; else empty. */
  readonly reason: string;
  /** The agent's own end, when it is known. */
  readonly exited?: Exited;
}

/**
 * The folder of one egg (0700): `egg.token`, `egg.sock`, `egg.pid`, `egg.log` and `egg.exit` are shared with the egg;
 * `spawned.json`, `session.json` and `end.json` are the wing's own.
 */
export class EggFolder {
  readonly sessionId: SessionId;
  readonly path: string;

  constructor(eggsDir: string, sessionId: SessionId) {
    this.sessionId = sessionId;
    this.path = join(eggsDir, sessionId);
  }

  /** Makes the folder and its token, which must not exist yet. */
  static async make(eggsDir: string, sessionId: SessionId): Promise<EggFolder> {
    const folder = new EggFolder(eggsDir, sessionId);
    await mkdir(folder.path, { mode: 0o700 }).catch((cause: unknown) => {
      throw diskFullOr(cause, folder.path);
    });
    await writePrivateFile(folder.#file("egg.token"), `${randomBytes(TOKEN_BYTES).toString("hex")}\n`);
    return folder;
  }

  /** Every folder below; names that are no session ids are left alone. */
  static async list(eggsDir: string): Promise<EggFolder[]> {
    const entries = await readdir(eggsDir, { withFileTypes: true });
    return entries.flatMap((entry) => {
      const sessionId = entry.isDirectory() ? sessionIdOrUndefined(entry.name) : undefined;
      return sessionId === undefined ? [] : [new EggFolder(eggsDir, sessionId)];
    });
  }

  get socket(): string {
    return this.#file("egg.sock");
  }

  get log(): string {
    return this.#file("egg.log");
  }

  /** The egg's bearer token, or undefined when the file is missing or damaged. */
  async readToken(): Promise<string | undefined> {
    const text = await readPlainFile(this.#file("egg.token"), { maxBytes: MAX_FILE_BYTES, private: true });
    const token = text?.trim();
    return token !== undefined && TOKEN_PATTERN.test(token) ? token : undefined;
  }

  /** The process that the egg says it is; written once its socket is open. */
  readEggProcess(): Promise<ProcessIdentity | undefined> {
    return this.#readJson("egg.pid", (value) => processSchema.parse(value));
  }

  /** The process that the wing spawned. */
  readSpawned(): Promise<ProcessIdentity | undefined> {
    return this.#readJson("spawned.json", (value) => processSchema.parse(value));
  }

  writeSpawned(process: ProcessIdentity): Promise<void> {
    return this.#writeJson("spawned.json", { pid: process.pid, startTime: process.startTime });
  }

  /** The session; undefined in a folder whose egg was never told to start one. */
  readRecord(): Promise<SessionRecord | undefined> {
    return this.#readJson("session.json", (value) => recordSchema.parse(value));
  }

  writeRecord(record: SessionRecord): Promise<void> {
    return this.#writeJson("session.json", { ...record });
  }

  /** How the session ended, as the wing noted it, else as the egg did. */
  async readEnd(): Promise<SessionEnd | undefined> {
    return (await this.#readJson("end.json", parseEnd)) ?? (await this.#readJson("egg.exit", parseEggExit));
  }

  writeEnd(end: SessionEnd): Promise<void> {
    const exited = end.exited === undefined ? {} : { exited: toJson(ExitedSchema, end.exited) };
    return this.#writeJson("end.json", { endedAtMs: end.endedAtMs, reason: end.reason, ...exited });
  }

  /** Deletes the folder with everything in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  /** Damaged files count as missing: the wing then knows less of the session, and never something wrong. */
  async #readJson<T>(name: string, parse: (value: JsonValue) => T): Promise<T | undefined> {
    try {
      const text = await readPlainFile(this.#file(name), { maxBytes: MAX_FILE_BYTES });
      return text === undefined ? undefined : parse(JSON.parse(text) as JsonValue);
    } catch {
      return undefined;
    }
  }

  async #writeJson(name: string, value: JsonValue): Promise<void> {
    try {
      await writePrivateFile(this.#file(name), `${JSON.stringify(value)}\n`);
    } catch (cause) {
      // A folder that is being forgotten needs no more notes.
      if (errorCode(cause) !== "ENOENT") throw cause;
    }
  }
}

function parseEnd(value: JsonValue): SessionEnd {
  const { exited, ...end } = endSchema.parse(value);
  return exited === undefined ? end : { ...end, exited: fromJson(ExitedSchema, exited as JsonValue) };
}

/** `egg.exit` is the JSON form of Exited with the field `endedAt` beside it. */
function parseEggExit(value: JsonValue): SessionEnd {
  const { endedAt } = z.object({ endedAt: z.union([z.string(), z.number()]) }).parse(value);
  const exited = fromJson(ExitedSchema, value, { ignoreUnknownFields: true });
  return { endedAtMs: new Date(endedAt).getTime(), reason: "", exited };
}

function sessionIdOrUndefined(name: string): SessionId | undefined {
  try {
    return parseSessionId(name);
  } catch {
    return undefined;
  }
}
