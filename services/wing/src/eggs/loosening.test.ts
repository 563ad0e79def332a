import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  FsMode,
  type ResolvedEggConfig,
  ResolvedEggConfigSchema,
  WhenMissing,
} from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { expect, test } from "vitest";
import { loosenedBy } from "./loosening.ts";

const HOME = { mode: FsMode.READ_ONLY, path: "/home/ada", source: "built-in" };
const SECRETS = { mode: FsMode.DENY, path: "/home/ada/.ssh", source: "built-in" };

const base = {
  fs: [HOME, SECRETS],
  network: [{ host: "api.example.com" }, { host: "registry.example.com", ports: [8443] }],
  env: ["LANG"],
  limits: { memoryBytes: 1_000n, maxPids: 10 },
  hostPorts: [11434],
};

type Changed = Extract<MessageInitShape<typeof ResolvedEggConfigSchema>, { $typeName?: never }>;

const config = (changed: Changed): ResolvedEggConfig => create(ResolvedEggConfigSchema, { ...base, ...changed });

const loosened = (changed: Changed, from = config({})) => loosenedBy(from, config(changed));

test.each<[string, Changed]>([
  ["nothing", {}],
  ["the same from another source", { fs: [{ ...HOME, source: "egg.yaml:1" }, SECRETS] }],
  ["a deny behind the others", { fs: [HOME, SECRETS, { mode: FsMode.DENY, path: "/home/ada/x" }] }],
  ["a deny between the others", { fs: [HOME, { mode: FsMode.DENY, path: "/home/ada/x" }, SECRETS] }],
  ["fewer destinations", { network: [{ host: "api.example.com" }] }],
  ["fewer variables", { env: [] }],
  ["lower limits", { limits: { memoryBytes: 999n, maxPids: 1 } }],
])("%s restricts only", (_what, changed) => {
  expect(loosened(changed)).toEqual([]);
});

test.each<[string, Changed]>([
  ["rw:/home/ada/x", { fs: [HOME, SECRETS, { mode: FsMode.READ_WRITE, path: "/home/ada/x" }] }],
  ["ro:/home/ada/.ssh", { fs: [HOME, SECRETS, { mode: FsMode.READ_ONLY, path: "/home/ada/.ssh" }] }],
  ["deny-write:/home/ada/.ssh", { fs: [HOME, SECRETS, { mode: FsMode.DENY_WRITE, path: "/home/ada/.ssh" }] }],
  ["without deny:/home/ada/.ssh", { fs: [HOME] }],
  ["without deny:/home/ada/.ssh", { fs: [SECRETS, HOME] }],
  [
    "deny:/home/ada/new",
    { fs: [HOME, SECRETS, { mode: FsMode.DENY, path: "/home/ada/new", whenMissing: WhenMissing.CREATE_FOLDER }] },
  ],
  ["network evil.example.com", { network: [{ host: "evil.example.com" }] }],
  ["network *", { network: [{ host: "*" }] }],
  ["network api.example.com:22", { network: [{ host: "api.example.com", ports: [22] }] }],
  ["network registry.example.com", { network: [{ host: "registry.example.com" }] }],
  ["env AWS_PROFILE", { env: ["LANG", "AWS_PROFILE"] }],
  ["host port 5432", { hostPorts: [11434, 5432] }],
  ["memory 1001", { limits: { memoryBytes: 1_001n, maxPids: 10 } }],
  ["memory 0", { limits: { memoryBytes: 0n, maxPids: 10 } }],
  ["cpu 5", { limits: { ...base.limits, cpuSeconds: 5n } }],
  ["max_pids 0", { limits: { memoryBytes: 1_000n } }],
  ["dangerously_skip_permissions", { dangerouslySkipPermissions: true }],
  ["agent_settings /srv/x.json", { agentSettings: "/srv/x.json" }],
])("%s loosens", (line, changed) => {
  expect(loosened(changed)).toContain(line);
});

test("to switch recording off loosens", () => {
  expect(loosened({}, config({ audit: true }))).toEqual(["without audit"]);
  expect(loosened({ audit: true })).toEqual([]);
});
