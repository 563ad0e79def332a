import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private folder that is gone when its owner is disposed. */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder of mode 0700 below the system's temporary folder. */
export async function makeTempDir(purpose: string): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), `wingthing-${purpose}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
