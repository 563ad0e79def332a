import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NODE, ROOT } from "./packages.mjs";
import { run } from "./run.mjs";
import { step } from "./say.mjs";

const WEB = join(ROOT, "clients/web");
const STAMP = join(WEB, "dist/.built-from");
/** What the client is built from. */
const INPUTS = [
  "clients/web",
  "packages/contracts",
  "packages/sealed-channel",
  "packages/tunnel",
  "packages/egg-config",
  "package-lock.json",
];

function* filesBelow(path) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== "dist" && name !== "node_modules") yield* filesBelow(join(path, name));
  }
}

function fingerprint() {
  const hash = createHash("sha256");
  for (const input of INPUTS) {
    for (const file of filesBelow(join(ROOT, input))) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** Builds the web client, unless it was built from the very same sources. */
export async function buildWeb() {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  await step("Building the web client", () =>
    run(NODE, [join(ROOT, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], { cwd: WEB }),
  );
  writeFileSync(STAMP, wanted);
}
