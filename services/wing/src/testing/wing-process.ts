/** A wing in a process of its own, for tests that kill it. The options come as JSON in the first argument. */
import { silentLog } from "@wingthing/service-runtime/log";
import { startWing } from "../app.ts";
import { standInEgg } from "./programs.ts";

const { stateDir, home } = JSON.parse(process.argv[2] ?? "{}");
const hostEnv = { PATH: process.env["PATH"], SHELL: "/bin/sh", HOME: home };
await startWing({ stateDir, home, hostEnv, eggProgram: standInEgg, version: "1.2.3", log: silentLog });
console.log("ready");
