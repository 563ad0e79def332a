/**
 * Plants one breach a rule of .dependency-cruiser.cjs in a copy of the tree and fails when one is not reported: a
 * boundary check that resolves nothing, or reads nothing, would pass everything.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NODE, ROOT } from "./setup/packages.mjs";
import { CommandFailedError, run } from "./setup/run.mjs";

const TREES = ["packages", "services", "clients", "test", "bench"];

/** rule → [file to plant, what it imports] */
const BREACHES = {
  "no-cycles": ["packages/tunnel/src/planted-cycle.ts", "./planted-cycle-2.ts"],
  resolvable: ["packages/tunnel/src/planted-unresolvable.ts", "@wingthing/nowhere/at-all"],
  "service-knows-no-service": ["services/egg/src/planted-service.ts", "@wingthing/wing/app"],
  "packages-know-no-service": ["packages/access-token/src/planted-service.ts", "@wingthing/wing/app"],
  "only-wt-composes-services": ["clients/web/src/planted-service.ts", "@wingthing/wing/app"],
  "wt-sees-only-app": ["clients/wt/src/planted-inside.ts", "../../../services/wing/src/main.ts"],
  "contracts-stand-alone": ["packages/contracts/src/planted.ts", "@wingthing/egg-config/resolve-egg-config"],
  "sealed-channel-knows-only-contracts": ["packages/sealed-channel/src/planted.ts", "@wingthing/tunnel/tunnel-client"],
  "tunnel-knows-channel-and-contracts": ["packages/tunnel/src/planted.ts", "@wingthing/egg-config/resolve-egg-config"],
  "attached-session-knows-only-contracts": [
    "packages/attached-session/src/planted.ts",
    "@wingthing/tunnel/tunnel-client",
  ],
  "egg-config-knows-only-contracts": ["packages/egg-config/src/planted.ts", "@wingthing/access-token/verify"],
  "egg-config-touches-nothing": ["packages/egg-config/src/planted-core.ts", "node:fs"],
  "sealed-channel-touches-nothing": ["packages/sealed-channel/src/planted-core.ts", "node:crypto"],
  "channel-is-not-for-the-roost": ["services/roost-relay/src/planted.ts", "@wingthing/sealed-channel/sealed-channel"],
  "who-resolves-egg-config": ["services/roost-auth/src/planted.ts", "@wingthing/egg-config/resolve-egg-config"],
  "who-reads-access-tokens": ["services/egg/src/planted-token.ts", "@wingthing/access-token/verify"],
  "only-auth-issues-tokens": ["services/wing/src/planted-issue.ts", "@wingthing/access-token/issue"],
  "domain-knows-no-rpc": ["services/wing/src/eggs/planted.ts", "../rpc/session-service.ts"],
  "code-knows-no-testkit": ["services/wing/src/planted-testkit.ts", "@wingthing/testkit/wait-until"],
  "web-knows-no-node": ["clients/web/src/planted-core.ts", "node:fs"],
};

const require = createRequire(import.meta.url);
const unplanted = require("../.dependency-cruiser.cjs")
  .forbidden.map((rule) => rule.name)
  .filter((name) => !(name in BREACHES));
if (unplanted.length > 0) throw new Error(`no breach is planted for: ${unplanted.join(", ")}`);

function copyTree(into) {
  const skip = /(^|\/)(node_modules|dist|gen)(\/|$)/;
  for (const tree of TREES) {
    cpSync(join(ROOT, tree), join(into, tree), {
      recursive: true,
      filter: (path) => !skip.test(path.slice(ROOT.length)),
    });
  }
  cpSync(join(ROOT, "packages/contracts/src/gen"), join(into, "packages/contracts/src/gen"), { recursive: true });
  cpSync(join(ROOT, ".dependency-cruiser.cjs"), join(into, ".dependency-cruiser.cjs"));
  mkdirSync(join(into, "node_modules/@wingthing"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "@wingthing") symlinkSync(join(ROOT, "node_modules", name), join(into, "node_modules", name));
  }
  for (const group of ["packages", "services", "clients"]) {
    for (const folder of readdirSync(join(into, group))) {
      const { name } = JSON.parse(readFileSync(join(into, group, folder, "package.json"), "utf8"));
      symlinkSync(join(into, group, folder), join(into, "node_modules", name));
    }
  }
}

function plant(into) {
  for (const [file, target] of Object.values(BREACHES))
    writeFileSync(join(into, file), `import ${JSON.stringify(target)};\n`);
  writeFileSync(join(into, "packages/tunnel/src/planted-cycle-2.ts"), 'import "./planted-cycle.ts";\n');
}

async function cruise(into) {
  const program = join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [
    program,
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
    "--output-to",
    "report.json",
    ...TREES,
  ];
  try {
    await run(NODE, args, { cwd: into });
  } catch (error) {
    // Violations are what is wanted; the report says which. Without a report it is another failure.
    if (!(error instanceof CommandFailedError) || !existsSync(join(into, "report.json"))) throw error;
  }
  return JSON.parse(readFileSync(join(into, "report.json"), "utf8"));
}

const copy = mkdtempSync(join(tmpdir(), "wingthing-breaches-"));
try {
  copyTree(copy);
  plant(copy);
  const { summary } = await cruise(copy);
  const missed = Object.entries(BREACHES).filter(
    ([rule, [file]]) =>
      !summary.violations.some((found) => found.rule.name === rule && found.from.startsWith(file.replace(".ts", ""))),
  );
  for (const [rule, [file, target]] of missed) console.error(`${rule}: ${file} → ${target} was not reported`);
  if (missed.length > 0) process.exitCode = 1;
  else console.log(`all ${Object.keys(BREACHES).length} planted breaches are reported`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
