import { EggFolder } from "../eggs/egg-folder.ts";
import { signalProcess } from "../eggs/process-identity.ts";

/** Ends every egg that a test left alive in a state folder; eggs outlive their wing on purpose. */
export async function killEggs(eggsDir: string): Promise<void> {
  for (const folder of await EggFolder.list(eggsDir).catch(() => [])) {
    const process = (await folder.readEggProcess()) ?? (await folder.readSpawned());
    if (process !== undefined) signalProcess(process, "SIGKILL");
  }
}
