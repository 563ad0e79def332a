import type { Clock } from "@wingthing/service-runtime/clock";
import type { EggClient } from "./egg-client.ts";
import type { EggFolder } from "./egg-folder.ts";
import type { EggProcess } from "./egg-process.ts";

/** An egg with its process and its connection. */
export interface ReadyEgg {
  readonly folder: EggFolder;
  readonly process: EggProcess;
  readonly client: EggClient;
}

/** Ends an egg that runs no session and deletes its folder. */
export async function discardEgg(egg: ReadyEgg, clock: Clock): Promise<void> {
  egg.client.close();
  await egg.process.kill(clock);
  await egg.folder.remove();
}
