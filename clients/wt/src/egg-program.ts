import { fileURLToPath } from "node:url";
import type { EggProgram } from "@wingthing/wing/app";

/** How the wing starts an egg from a checkout: the same Node, the egg's own main. */
export function eggProgram(): EggProgram {
  return { file: process.execPath, args: [fileURLToPath(import.meta.resolve("@wingthing/egg/main"))] };
}
