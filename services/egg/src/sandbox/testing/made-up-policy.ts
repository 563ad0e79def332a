import { create } from "@bufbuild/protobuf";
import {
  FsMode,
  FsRuleSchema,
  ResolvedEggConfigSchema,
  WhenMissing,
} from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import { type PolicyInput, SandboxPolicy } from "../policy/policy.ts";
import { MadeUpFiles } from "./made-up-files.ts";

const MODES: Readonly<Record<string, FsMode>> = {
  rw: FsMode.READ_WRITE,
  ro: FsMode.READ_ONLY,
  deny: FsMode.DENY,
  "deny-write": FsMode.DENY_WRITE,
  locked: FsMode.DENY,
};

/** A rule out of "rw:/path", with "?" at the end when a missing path is to be left alone. */
export function fsRule(text: string) {
  const [mode = "", path = ""] = text.split(/:(.*)/s);
  return create(FsRuleSchema, {
    mode: MODES[mode]!,
    path: path.replace(/\?$/, ""),
    source: text,
    locked: mode === "locked",
    whenMissing: path.endsWith("?") ? WhenMissing.IGNORE : WhenMissing.UNSPECIFIED,
  });
}

/** The folders that every made-up host has. */
const HOST = {
  "/etc/passwd": { text: "" },
  "/tmp": "folder",
  "/run": "folder",
  "/var/tmp": "folder",
  "/home/ada/.bashrc": { text: "" },
  "/home/ada/.wingthing/eggs/s1": "folder",
  "/home/ada/src": "folder",
} as const;

/** A host out of a table, laid over the folders that every host has. */
export function madeUpHost(...layers: ConstructorParameters<typeof MadeUpFiles>): MadeUpFiles {
  return new MadeUpFiles({ ...HOST, ...layers[0] }, layers[1]);
}

/** A policy for working in /home/ada/src with these rules. */
export function madeUpPolicy(rules: readonly string[], other: Partial<PolicyInput> = {}): SandboxPolicy {
  return SandboxPolicy.build({
    config: create(ResolvedEggConfigSchema, { fs: rules.map(fsRule) }),
    cwd: "/home/ada/src",
    home: "/home/ada",
    eggDir: "/home/ada/.wingthing/eggs/s1",
    files: madeUpHost({}),
    sockets: [],
    rootSecrets: [],
    openSockets: [],
    ...other,
  });
}

/** The rules that a shell gets by default, in short. */
export const USUAL = ["ro:/", "ro:/home/ada", "rw:/home/ada/src", "locked:/home/ada/.wingthing"] as const;
