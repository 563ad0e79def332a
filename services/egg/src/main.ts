import "./small-heap.ts";

import { runEgg } from "./run-egg.ts";

await runEgg();
