import { randomBytes } from "node:crypto";
import { chmod, type FileHandle, link, mkdir, open, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Bits of everybody but the owner. */
const OTHERS = 0o077;

/** The folder is not one to keep secrets in. */
export class UnsafeFolderError extends Error {
  override readonly name = "UnsafeFolderError";
}

/** Makes the folder for its owner only, or takes everybody else's rights from it. Throws UnsafeFolderError. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const found = await stat(path);
  const ownUid = process.getuid?.();
  if (ownUid !== undefined && found.uid !== ownUid) {
    throw new UnsafeFolderError(`${path} belongs to user ${found.uid}; choose a folder of user ${ownUid}.`);
  }
  if ((found.mode & OTHERS) !== 0) await chmod(path, FOLDER_MODE);
}

/** Makes an empty file for its owner only, or takes everybody else's rights from the one that is there. */
export async function ensurePrivateFile(path: string): Promise<void> {
  const handle = await open(path, "a", FILE_MODE);
  try {
    await makePrivate(handle);
  } finally {
    await handle.close();
  }
}

/** Reads a file of secrets, after taking everybody else's rights from it; undefined when there is none. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    await makePrivate(handle);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function makePrivate(handle: FileHandle): Promise<void> {
  const { mode } = await handle.stat();
  if ((mode & OTHERS) !== 0) await handle.chmod(FILE_MODE);
}

/** Writes a file of secrets whole, on the disk, in place of what was there. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await rename(await writeBeside(path, text), path);
}

/** The same, only when there is no such file yet; false when there is. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const scratch = await writeBeside(path, text);
  try {
    await link(scratch, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(scratch);
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  const scratch = join(dirname(path), `.${randomBytes(8).toString("hex")}.tmp`);
  const handle = await open(scratch, "wx", FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return scratch;
}
