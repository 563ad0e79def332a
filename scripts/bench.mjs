/** `npm run bench [NAME…]`: runs the benchmarks of bench/, each beside a peer or a limit of the same run. */
import { join } from "node:path";
import { installPackages, NODE, ROOT } from "./setup/packages.mjs";
import { run } from "./setup/run.mjs";
import { say, stopWith } from "./setup/say.mjs";
import { installSystemPackages, PRODUCT_PROGRAMS } from "./setup/system-packages.mjs";
import { buildWeb } from "./setup/web-build.mjs";

const BENCHMARKS = ["terminal", "relay-forwarding", "footprint"];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) stopWith(`no benchmark ${unknown.join(", ")}; there are: ${BENCHMARKS.join(", ")}`);

await installSystemPackages({ ...PRODUCT_PROGRAMS, tmux: "tmux" });
await installPackages();
await buildWeb();
for (const name of wanted.length > 0 ? wanted : BENCHMARKS) {
  say(name);
  await run(NODE, [join(ROOT, "bench", `${name}.ts`)], { cwd: ROOT, loud: true });
}
