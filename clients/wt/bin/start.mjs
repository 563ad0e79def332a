// Plain JavaScript, so that neither the version nor anything else waits for Node's TypeScript compiler.
import { readFileSync } from "node:fs";
import { lstat, mkdir } from "node:fs/promises";

/** Folder of compiled code, below the wing's own; sandboxes see neither. */
const CACHE_NAME = "compile-cache";
/** Bits of a mode that let others in. */
const OTHERS = 0o077;

/** What lies in the cache is run, so only folders count that nobody else may write. */
async function isPrivate(path) {
  const found = await lstat(path);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & OTHERS) === 0;
}

/** Keeps compiled code when there is a place for it. A machine without a wing's folder is not given one by this. */
async function keepCompiledCode() {
  const { WINGTHING_DIR, HOME } = process.env;
  const stateDir = WINGTHING_DIR || (HOME && `${HOME}/.wingthing`);
  if (!stateDir) return;
  try {
    if (!(await isPrivate(stateDir))) return;
    const cache = `${stateDir}/${CACHE_NAME}`;
    await mkdir(cache, { recursive: true, mode: 0o700 });
    if (!(await isPrivate(cache))) return;
    const { enableCompileCache } = await import("node:module");
    enableCompileCache(cache);
  } catch {
    // Missing, read-only or full: everything works without it, a little later.
  }
}

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  console.log(version);
} else {
  await keepCompiledCode();
  await import("../src/main.ts");
}
