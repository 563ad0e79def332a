import { fileURLToPath } from "node:url";

/** The programs that tests spawn in place of an egg or as a wing of its own, run by this Node. */
function program(name: string): { file: string; args: readonly string[] } {
  return { file: process.execPath, args: [fileURLToPath(new URL(name, import.meta.url))] };
}

/** Behaves as an egg does, without a sandbox. */
export const standInEgg = program("./stand-in-egg.ts");
/** Runs and never opens its socket. */
export const eggThatNeverOpens = program("./egg-that-never-opens.ts");
/** Ends before it opens its socket. */
export const eggThatDies = program("./egg-that-dies.ts");
/** A whole wing. */
export const wingProcess = program("./wing-process.ts");
/** The egg itself. */
export const realEgg = program("../../../egg/src/main.ts");
