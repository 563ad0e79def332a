/**
 * `npm start`: from a fresh clone to a roost on http://localhost:8080 with a wing on this machine.
 * Runs on any Node from 20 on with nothing installed; everything after the set-up runs on the Node of package.json.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installPackages, NODE, ROOT } from "./setup/packages.mjs";
import { stopWith } from "./setup/say.mjs";
import { installSystemPackages, PRODUCT_PROGRAMS } from "./setup/system-packages.mjs";
import { buildWeb } from "./setup/web-build.mjs";

try {
  await installSystemPackages(PRODUCT_PROGRAMS);
  await installPackages();
  await buildWeb();
} catch (error) {
  stopWith(error.message);
}

const roost = spawn(
  NODE,
  [join(ROOT, "clients/wt/src/main.ts"), "roost", "start", "--foreground", ...process.argv.slice(2)],
  {
    stdio: "inherit",
  },
);
// A terminal sends Ctrl-C to the whole group: the roost stops by itself, and this process waits for it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => roost.kill("SIGTERM"));
roost.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
