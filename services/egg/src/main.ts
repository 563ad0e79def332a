import { runEgg } from "./run-egg.ts";

await runEgg();
