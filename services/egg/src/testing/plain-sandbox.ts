import { create } from "@bufbuild/protobuf";
import { EnforcementSchema } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { Sandbox, SandboxRequest } from "../sandbox/sandbox.ts";

/** No sandbox: the program as it is, for tests of everything else. */
export async function preparePlainSandbox({ argv, env, cwd }: SandboxRequest): Promise<Sandbox> {
  return {
    launch: { argv, env, cwd, descriptors: [] },
    enforcement: [create(EnforcementSchema, { area: "filesystem", tier: "none", reason: "stand-in" })],
    async release() {},
  };
}
