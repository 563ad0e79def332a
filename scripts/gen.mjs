/**
 * `npm run gen`: writes packages/contracts/src/gen anew from proto/, offline.
 *   --check      changes nothing; fails when the tree differs from what would be written
 *   --baseline   also writes proto/baseline.binpb, the contract that `npm run check` guards against breaking changes
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { installPackages, ROOT } from "./setup/packages.mjs";
import { run } from "./setup/run.mjs";
import { stopWith } from "./setup/say.mjs";

const GENERATED = join(ROOT, "packages/contracts/src/gen");
const BIN = join(ROOT, "node_modules/.bin");
const env = { PATH: `${BIN}:${process.env.PATH}` };

function* filesBelow(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

function contents(folder) {
  if (!existsSync(folder)) return new Map();
  return new Map([...filesBelow(folder)].map((file) => [relative(folder, file), readFileSync(file, "utf8")]));
}

await installPackages();
const scratch = mkdtempSync(join(tmpdir(), "wingthing-gen-"));
try {
  await run(join(BIN, "buf"), ["generate", "-o", scratch], { cwd: ROOT, env });
  const fresh = join(scratch, "packages/contracts/src/gen");
  if (process.argv.includes("--check")) {
    const [want, have] = [contents(fresh), contents(GENERATED)];
    const drifted = [...new Set([...want.keys(), ...have.keys()])].filter((file) => want.get(file) !== have.get(file));
    if (drifted.length > 0) stopWith(`generated code differs from proto/: ${drifted.join(", ")}. Run: npm run gen`);
  } else {
    rmSync(GENERATED, { recursive: true, force: true });
    cpSync(fresh, GENERATED, { recursive: true });
  }
  if (process.argv.includes("--baseline"))
    await run(join(BIN, "buf"), ["build", "proto", "-o", "proto/baseline.binpb"], { cwd: ROOT, env });
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
