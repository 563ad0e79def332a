/** `npm test`: sets up what is missing, then runs every test. The last line alone is `N passed, N failed`. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installBeside, installPackages, NODE, ROOT } from "./setup/packages.mjs";
import { say, stopWith } from "./setup/say.mjs";
import { installSystemPackages, PRODUCT_PROGRAMS, TEST_PROGRAMS } from "./setup/system-packages.mjs";
import { buildWeb } from "./setup/web-build.mjs";

/** The real agent of the stories. */
const AGENT = { name: "@anthropic-ai/claude-code", version: "2.1.330" };

let agentBin = "";
try {
  await installSystemPackages({ ...PRODUCT_PROGRAMS, ...TEST_PROGRAMS });
  await installPackages();
  agentBin = await installBeside(AGENT.name, AGENT.version);
  await buildWeb();
} catch (error) {
  stopWith(error.message);
}

say("Running all tests: unit, then stories in real processes and a real browser");
const vitest = spawn(
  NODE,
  [
    join(ROOT, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=./scripts/closing-line-reporter.mjs",
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, WT_TEST_AGENT_BIN: agentBin } },
);
vitest.on("exit", (code) => process.exit(code ?? 1));
