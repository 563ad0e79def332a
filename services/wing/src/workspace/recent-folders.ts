import { z } from "zod";
import { readPlainFile, writePrivateFile } from "../identity/private-file.ts";

/** Folders that are remembered: what a person still recognises. */
export const MAX_RECENT_FOLDERS = 50;
/** Fifty paths of the longest kind, twice over. */
const MAX_FILE_BYTES = 512 * 1024;

const fileSchema = z.object({ folders: z.array(z.string().min(1).max(4096)).max(MAX_RECENT_FOLDERS) });

/** The folders in which sessions were started, latest first, kept over restarts. */
export class RecentFolders {
  readonly #file: string;
  #folders: readonly string[];
  #written: Promise<void> = Promise.resolve();

  private constructor(file: string, folders: readonly string[]) {
    this.#file = file;
    this.#folders = folders;
  }

  /** Reads the file; a damaged one counts as empty, for nothing is lost with it but a convenience. */
  static async open(file: string): Promise<RecentFolders> {
    try {
      const text = await readPlainFile(file, { maxBytes: MAX_FILE_BYTES });
      return new RecentFolders(file, text === undefined ? [] : fileSchema.parse(JSON.parse(text)).folders);
    } catch {
      return new RecentFolders(file, []);
    }
  }

  /** Latest first. */
  list(): readonly string[] {
    return this.#folders;
  }

  /** Puts a folder first; resolves when that is on disk. */
  async remember(folder: string): Promise<void> {
    this.#folders = [folder, ...this.#folders.filter((other) => other !== folder)].slice(0, MAX_RECENT_FOLDERS);
    const text = `${JSON.stringify({ folders: this.#folders })}\n`;
    // One write after the other, so that the last one stands.
    this.#written = this.#written.catch(() => {}).then(() => writePrivateFile(this.#file, text));
    await this.#written;
  }
}
