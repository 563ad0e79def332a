import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";
import { say, step } from "./say.mjs";

/** The repository's root. */
export const ROOT = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
/** The Node that npm brought along. */
export const NODE = join(ROOT, "node_modules/.bin/node");

const STAMP = join(ROOT, "node_modules/.wingthing-installed");

/** Installs the npm packages of the lock file, unless they are there already. */
export async function installPackages() {
  const lock = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  if (existsSync(NODE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === lock) return;
  await step("Installing npm packages from package-lock.json (a minute or two, once)", () =>
    run("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], { cwd: ROOT }),
  );
  if (!existsSync(NODE)) {
    throw new Error(
      `npm brought no Node for ${process.platform}-${process.arch}: wingthing runs on Linux x64 and arm64. ` +
        "If npm was told to omit optional packages, run: npm ci --include=optional",
    );
  }
  writeFileSync(STAMP, lock);
}

/**
 * Installs npm packages that only tests use, each version into a folder of its own outside the product's tree.
 * @param {string} name package
 * @param {string} version exact version
 * @returns {Promise<string>} the folder of its executables
 */
export async function installBeside(name, version) {
  const folder = join(ROOT, ".cache/npm", `${name.replace("/", "__")}@${version}`);
  const stamp = join(folder, "installed");
  const bin = join(folder, "node_modules/.bin");
  if (existsSync(stamp)) return bin;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { [name]: true } }));
  await step(`Installing ${name} ${version} for the tests (once)`, () =>
    run("npm", ["install", "--loglevel=error", "--no-audit", "--no-fund", `${name}@${version}`], { cwd: folder }),
  );
  writeFileSync(stamp, "");
  say(`${name} is at ${bin}`);
  return bin;
}
