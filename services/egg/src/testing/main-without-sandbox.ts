/** The egg's process without sandbox and gateway, for tests of the process itself. */
import "../small-heap.ts";

import { runEgg } from "../run-egg.ts";
import { preparePlainSandbox } from "./plain-sandbox.ts";
import { StandInGateway } from "./stand-in-gateway.ts";

await runEgg({ openGateway: async () => new StandInGateway(), prepareSandbox: preparePlainSandbox });
