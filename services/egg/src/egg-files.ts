import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Exited, ExitedSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/terminal_pb";

/** Rights of group and others. */
const NOT_OURS = 0o077;

const TOKEN = /^[0-9a-f]{64}$/;

/** Position of the start time in /proc/PID/stat, counted behind the closing parenthesis of the name. */
const START_TIME_FIELD = 19;

/** Something about the egg's folder is not as it must be. */
export class EggFilesError extends Error {
  override readonly name = "EggFilesError";
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space, then start again",
  EDQUOT: "your quota is used up; free some space, then start again",
  EROFS: "the file system is read-only; mount it for writing, then start again",
  ENOENT: "the folder is gone; let the wing make another one",
  EACCES: "the folder belongs to another account; give it back to yours",
};

function failed(what: string, path: string, error: unknown): EggFilesError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new EggFilesError(`${path} could not be ${what}: ${ADVICE[code] ?? code}`, { cause: error });
}

/** When the kernel started this process, in clock ticks since it booted; with the pid it names a process for good. */
async function ownStartTime(): Promise<string> {
  const stat = await readFile("/proc/self/stat", "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME_FIELD] ?? "";
}

/** The files in an egg's folder that the egg and its wing share. */
export class EggFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where the socket is. */
  get socketPath(): string {
    return join(this.#folder, "egg.sock");
  }

  /** Checks that nobody else can enter the folder, and reads the token. Throws EggFilesError. */
  async readToken(): Promise<string> {
    await this.#assertPrivate(this.#folder, "folder");
    const path = join(this.#folder, "egg.token");
    await this.#assertPrivate(path, "file");
    const token = (await readFile(path, "utf8")).trim();
    if (!TOKEN.test(token)) throw new EggFilesError(`${path} holds no token: 64 hexadecimal digits are wanted`);
    return token;
  }

  /** Says which process this is, so that a wing that starts later can find it. Throws EggFilesError. */
  async writePid(): Promise<void> {
    await this.#write("egg.pid", { pid: process.pid, startTime: await ownStartTime() });
  }

  /** Says how the agent ended, and when, in ms since 1970. Throws EggFilesError. */
  async writeExit(exited: Exited, endedAt: number): Promise<void> {
    const json = toJson(ExitedSchema, exited);
    await this.#write("egg.exit", { ...Object(json), endedAt: new Date(endedAt).toISOString() });
  }

  /** Removes what says that an egg lives here. */
  async removeSignsOfLife(): Promise<void> {
    for (const name of ["egg.pid", "egg.sock"]) await rm(join(this.#folder, name), { force: true });
  }

  async #assertPrivate(path: string, kind: "folder" | "file"): Promise<void> {
    const found = await lstat(path).catch((error: unknown) => {
      throw failed("read", path, error);
    });
    const isKind = kind === "folder" ? found.isDirectory() : found.isFile();
    if (isKind && (found.mode & NOT_OURS) === 0 && found.uid === process.geteuid?.()) return;
    const mode = (found.mode & 0o777).toString(8);
    const wanted = `a ${kind} of your own with mode ${kind === "folder" ? "700" : "600"}`;
    throw new EggFilesError(`${path} is not private: found mode ${mode} of user ${found.uid}, wanted ${wanted}`);
  }

  /** Whole or not at all: a reader never sees half a file. */
  async #write(name: string, value: JsonValue): Promise<void> {
    const path = join(this.#folder, name);
    try {
      await writeFile(`${path}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (error) {
      await rm(`${path}.new`, { force: true }).catch(() => {});
      throw failed("written", path, error);
    }
  }
}
