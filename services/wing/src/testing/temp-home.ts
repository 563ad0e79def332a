import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A person's home folder for one test, with an empty project in it. */
export interface TempHome extends AsyncDisposable {
  readonly path: string;
  readonly stateDir: string;
  readonly project: string;
}

/** Makes a home below the system's temporary folder; it is deleted when the test ends. */
export async function makeTempHome(): Promise<TempHome> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "wing-")));
  const project = join(path, "project");
  await mkdir(project);
  return {
    path,
    stateDir: join(path, ".wt"),
    project,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
