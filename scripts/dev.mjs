/** `npm run dev`: the roost with a wing, and the web client's own server with hot reload, in one terminal. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installPackages, NODE, ROOT } from "./setup/packages.mjs";
import { installSystemPackages, PRODUCT_PROGRAMS } from "./setup/system-packages.mjs";
import { buildWeb } from "./setup/web-build.mjs";

await installSystemPackages(PRODUCT_PROGRAMS);
await installPackages();
await buildWeb();
const children = [
  spawn(
    NODE,
    ["--watch", "--watch-preserve-output", join(ROOT, "clients/wt/src/main.ts"), "roost", "start", "--foreground"],
    { stdio: "inherit" },
  ),
  spawn(NODE, [join(ROOT, "node_modules/vite/bin/vite.js")], { cwd: join(ROOT, "clients/web"), stdio: "inherit" }),
];
process.on("SIGINT", () => {});
for (const child of children) {
  child.on("exit", () => {
    for (const other of children) other.kill("SIGTERM");
  });
}
