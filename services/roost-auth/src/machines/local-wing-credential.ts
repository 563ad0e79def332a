import type { UserId, WingId } from "@wingthing/contracts/ids";
import { z } from "zod";
import { readPrivateFile, replacePrivateFile } from "../files/private-files.ts";
import { InvalidCredentialError } from "./device-credential.ts";
import type { MachineRegistry } from "./machine-registry.ts";

const schema = z.object({ wingId: z.string(), credential: z.string() });

/** What `localWingCredential` needs. */
export interface LocalWingOptions {
  readonly registry: MachineRegistry;
  readonly wingId: WingId;
  readonly ownerId: UserId;
  /** Where the credential is kept for the next start, 0600: the wing of this machine cannot be asked to sign in. */
  readonly file: string;
}

/** The credential of the wing on this machine: the kept one as long as it holds, else a new one. */
export async function localWingCredential(options: LocalWingOptions): Promise<string> {
  const { registry, wingId, ownerId, file } = options;
  const kept = parseKept(await readPrivateFile(file));
  if (kept?.wingId === wingId && (await holds(registry, kept.credential, wingId))) return kept.credential;
  const credential = await registry.enroll(wingId, ownerId);
  await replacePrivateFile(file, `${JSON.stringify({ wingId, credential })}\n`);
  return credential;
}

async function holds(registry: MachineRegistry, credential: string, wingId: WingId): Promise<boolean> {
  try {
    return (await registry.authenticate(credential)).wingId === wingId;
  } catch (error) {
    if (error instanceof InvalidCredentialError) return false;
    throw error;
  }
}

/** A file that cannot be read as ours is as good as none: a new credential takes its place. */
function parseKept(text: string | undefined): z.output<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
