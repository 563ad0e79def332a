/** `npm run check`: everything that can be said about the tree without starting it, and the unit tests. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages, NODE, ROOT } from "./setup/packages.mjs";
import { run } from "./setup/run.mjs";

await installPackages();
const BIN = join(ROOT, "node_modules/.bin");
const env = { PATH: `${BIN}:${process.env.PATH}` };
const bin =
  (name, ...args) =>
  () =>
    run(join(BIN, name), args, { cwd: ROOT, env });
const script =
  (name, ...args) =>
  () =>
    run(NODE, [join(ROOT, "scripts", name), ...args], { cwd: ROOT, env });

const folders = ["packages", "services", "clients"]
  .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => `${group}/${name}`))
  .concat("test", "bench");
const projects = folders
  .flatMap((folder) => ["tsconfig.json", "tsconfig.test.json"].map((file) => `${folder}/${file}`))
  .filter((file) => existsSync(join(ROOT, file)));

const checks = [
  // The longest first: everything else fits beside it.
  ["unit tests", bin("vitest", "run", "--project", "unit", "--reporter=dot")],
  ["format and lint", bin("biome", "ci", ".")],
  [
    "types",
    async () => {
      for (const project of projects) await run(join(BIN, "tsc"), ["-p", project], { cwd: ROOT, env });
    },
  ],
  [
    "import boundaries",
    bin("depcruise", "--config", ".dependency-cruiser.cjs", "packages", "services", "clients", "test", "bench"),
  ],
  ["planted breaches", script("plant-breaches.mjs")],
  ["dead code", bin("knip", "--no-progress")],
  ["proto format", bin("buf", "format", "--diff", "--exit-code")],
  ["proto lint", bin("buf", "lint")],
  ["proto breaking", bin("buf", "breaking", "proto", "--against", "proto/baseline.binpb")],
  ["generated code", script("gen.mjs", "--check")],
];

/** Two cores: the long ones overlap, the machine stays usable. */
const AT_ONCE = 2;
const failures = [];
const started = performance.now();
const queue = [...checks];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [title, check] = next;
      const from = performance.now();
      try {
        await check();
        console.log(`  ✓ ${title} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
      } catch (error) {
        failures.push(title);
        console.error(`  ✗ ${title}\n${error.message}`);
      }
    }
  }),
);
console.log(
  failures.length === 0 ? `all ${checks.length} checks pass` : `failed: ${failures.join(", ")}`,
  `(${((performance.now() - started) / 1000).toFixed(0)} s)`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
