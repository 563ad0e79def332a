import { lstat, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { assertPrivate, UnusableFileError } from "./private-file.ts";

/** A socket's path has to fit into sockaddr_un: 108 bytes on Linux, 104 on macOS, with the closing zero. */
export const MAX_SOCKET_PATH_BYTES = process.platform === "darwin" ? 103 : 107;

/** The longest socket path below the state folder, behind its own path: a session id is "s" and 16 letters. */
const LONGEST_SOCKET_SUFFIX = "/eggs/s0123456789abcdef/egg.sock";

/** The state folder's path is too long for the sockets below it. */
export class StateDirTooLongError extends Error {
  override readonly name = "StateDirTooLongError";
  constructor(stateDir: string) {
    const most = MAX_SOCKET_PATH_BYTES - LONGEST_SOCKET_SUFFIX.length;
    super(
      `${stateDir} has ${Buffer.byteLength(stateDir)} bytes, wanted at most ${most} because the sockets below it ` +
        "have to fit into the kernel's limit: set WINGTHING_DIR to a shorter path",
    );
  }
}

/** Where everything of a wing lies. */
export class StateDir {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder with mode 0700 when it is missing.
   * @throws InsecureModeError when others may enter it, ForeignOwnerError, StateDirTooLongError.
   */
  static async open(stateDir: string): Promise<StateDir> {
    const path = resolve(stateDir);
    if (Buffer.byteLength(path) + LONGEST_SOCKET_SUFFIX.length > MAX_SOCKET_PATH_BYTES) {
      throw new StateDirTooLongError(path);
    }
    await makePrivateFolder(path);
    const stateDirectory = new StateDir(path);
    await makePrivateFolder(stateDirectory.eggs);
    await makePrivateFolder(stateDirectory.compileCache);
    return stateDirectory;
  }

  get wingId(): string {
    return join(this.path, "wing_id");
  }
  get wingKey(): string {
    return join(this.path, "wing_key");
  }
  get wingYaml(): string {
    return join(this.path, "wing.yaml");
  }
  get globalEggYaml(): string {
    return join(this.path, "egg.yaml");
  }
  get lock(): string {
    return join(this.path, "wing.lock");
  }
  get socket(): string {
    return join(this.path, "wing.sock");
  }
  get eggs(): string {
    return join(this.path, "eggs");
  }
  /** Code that Node compiled: what lies here is run, and no sandbox sees it. */
  get compileCache(): string {
    return join(this.path, "compile-cache");
  }
  get recentFolders(): string {
    return join(this.path, "recent_folders.json");
  }
}

async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory()) throw new UnusableFileError(path, "is not a folder: move it away");
  assertPrivate(path, found, 0o700);
}
