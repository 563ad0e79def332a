import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { basename } from "node:path";
import type { ResolvedEggConfig } from "@wingthing/contracts/gen/wingthing/egg/v1/config_pb";
import type { Enforcement } from "@wingthing/contracts/gen/wingthing/egg/v1/egg_pb";
import type { NetworkEntry } from "../gateway/gateway.ts";
import { bubblewrapArguments, encodeArguments } from "./bubblewrap-argv.ts";
import { describeFolderError } from "./egg-folder-error.ts";
import { reportEnforcement } from "./enforcement-report.ts";
import { type HostFiles, RealHostFiles } from "./host/host-files.ts";
import { probeHost, type SandboxHost } from "./host/probe.ts";
import { resolveRealPath } from "./host/real-path.ts";
import { findRootSecrets, findWritableProc } from "./host/root-secrets.ts";
import { findBoundSockets } from "./host/unix-sockets.ts";
import type { Launch } from "./launch.ts";
import { launchArguments } from "./launcher.ts";
import { type Ceilings, effectiveCeilings, hardFileLimit, prlimitArguments } from "./limits/ceilings.ts";
import { type EggCgroup, makeEggCgroup } from "./limits/cgroup.ts";
import { NotEnforceableError } from "./not-enforceable.ts";
import { Placeholders } from "./placeholders.ts";
import { type Mount, planMounts } from "./policy/mount-plan.ts";
import { SandboxPolicy } from "./policy/policy.ts";
import { PrivateFiles } from "./private-files.ts";

/** Everything that one sandbox is made of. */
export interface SandboxRequest {
  /** Program and arguments; the program is an absolute path. */
  readonly argv: readonly string[];
  /** Working folder, absolute. */
  readonly cwd: string;
  /** Home folder that the agent sees, absolute. */
  readonly home: string;
  /** The agent's whole environment; the network entry's variables are laid over it. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: ResolvedEggConfig;
  /** The egg's own folder (0700), where the private files of a start are kept. */
  readonly eggDir: string;
  readonly network: NetworkEntry;
}

/** A sandbox that is ready to be spawned once. */
export interface Sandbox {
  readonly launch: Launch;
  /** How filesystem, syscalls, limits and tty are enforced; the gateway reports the network. */
  readonly enforcement: readonly Enforcement[];
  /** Closes the descriptors, removes the private files and the placeholders left on the host. Idempotent. */
  release(): Promise<void>;
}

/** The variable of the person's ssh agent: named in egg.yaml, its socket is opened although it lies in a private folder. */
const SOCKET_VARIABLE = "SSH_AUTH_SOCK";

let probed: Promise<SandboxHost> | undefined;

/**
 * Turns a request into something that a PTY can spawn, or refuses.
 * @throws WorkingFolderError when the working folder cannot be opened to an agent.
 * @throws EggFolderError when the egg's folder takes no files, as on a full disk.
 * @throws NotEnforceableError when the host cannot enforce a rule; nothing was started and nothing is left behind.
 */
export async function prepareSandbox(request: SandboxRequest): Promise<Sandbox> {
  const host = await knownHost();
  const files = new RealHostFiles();
  const rootSecrets = host.isRoot ? findRootSecrets(files) : [];
  const policy = SandboxPolicy.build({
    ...request,
    files,
    rootSecrets,
    sockets: findBoundSockets(readFileSync("/proc/net/unix", "utf8"), files),
    openSockets: openSocketsOf(request),
  });
  const owned = new Owned();
  try {
    return build({ request, host, files, policy, owned, hidden: rootSecrets.length });
  } catch (error) {
    await owned.release();
    throw describeFolderError(error, request.eggDir);
  }
}

/** Looks at the host before anybody asks, so that a start need not wait for it. What is missing is said at the start. */
export async function warmSandbox(): Promise<void> {
  await knownHost().catch(() => undefined);
}

/** A failed probe is not kept: the person fixes the host and tries again. */
async function knownHost(): Promise<SandboxHost> {
  probed ??= probeHost();
  try {
    return await probed;
  } catch (error) {
    probed = undefined;
    throw error;
  }
}

interface Build {
  readonly request: SandboxRequest;
  readonly host: SandboxHost;
  readonly files: HostFiles;
  readonly policy: SandboxPolicy;
  readonly owned: Owned;
  /** Paths that are hidden because root could read them. */
  readonly hidden: number;
}

function build({ request, host, files, policy, owned, hidden }: Build): Sandbox {
  const { config, eggDir, network } = request;
  const ceilings = effectiveCeilings(config.limits, hostCeilings());
  owned.placeholders = Placeholders.make(policy.make, eggDir);
  owned.cgroup = makeEggCgroup(`wingthing-${basename(eggDir)}`, ceilings);
  assertProcessLimit({ host, config, ceilings, cgroup: owned.cgroup });
  const held = new PrivateFiles(eggDir);
  owned.files = held;
  const mounts = planMounts(policy);
  const options = bubblewrapArguments({
    features: host.features,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    mounts,
    descriptors: pinMounts(mounts, held, host),
    covers: held.covers,
    readOnlyProc: findWritableProc(files, host.isRoot),
    resolvConf: holdResolvConf(network.resolvConf, held, { files, policy }),
    filterDescriptor: held.hold(host.filter),
    cwd: policy.cwd,
    env: agentEnvironment(request, files),
  });
  const optionsDescriptor = held.hold(encodeArguments(options));
  const argv = launchArguments({
    programs: host.programs,
    enter: network.enter,
    optionsDescriptor,
    lastDescriptor: held.descriptors.length + 2,
    cgroups: owned.cgroup?.folders ?? [],
    limits: prlimitArguments(ceilings),
    command: request.argv,
  });
  encodeArguments(argv);
  return {
    launch: { argv, env: {}, cwd: "/", descriptors: held.descriptors },
    enforcement: reportEnforcement({ host, ceilings, controllers: owned.cgroup?.controllers ?? [], hidden }),
    release: () => owned.release(),
  };
}

/** What a sandbox leaves to be cleaned up. */
class Owned {
  files: PrivateFiles | undefined;
  placeholders: Placeholders | undefined;
  cgroup: EggCgroup | undefined;

  async release(): Promise<void> {
    this.files?.[Symbol.dispose]();
    this.placeholders?.remove();
    await this.cgroup?.remove();
  }
}

function hostCeilings(): { memoryBytes: number; maxFds: number } {
  const maxFds = hardFileLimit(readFileSync("/proc/self/limits", "utf8"));
  if (maxFds !== undefined) return { memoryBytes: totalmem(), maxFds };
  throw new NotEnforceableError({
    area: "limits",
    found: "/proc/self/limits does not say how many files may be open",
    remedy: "Mount /proc, then start again",
  });
}

/** The kernel does not count root's processes. A ceiling that a person wrote must hold, so without a cgroup it is refused. */
function assertProcessLimit(of: {
  host: SandboxHost;
  config: ResolvedEggConfig;
  ceilings: Ceilings;
  cgroup: EggCgroup | undefined;
}): void {
  const { host, config, ceilings, cgroup } = of;
  if (!host.isRoot || cgroup?.controllers.includes("pids") || !config.limits?.maxPids) return;
  throw new NotEnforceableError({
    area: "limits",
    found: `max_pids is ${ceilings.maxPids}, the kernel does not count processes of root, and no cgroup can be made here`,
    remedy: "Run wingthing as an ordinary user, or remove max_pids from egg.yaml",
  });
}

/** By descriptor what the agent could have swapped: a path is looked up again by bubblewrap, a descriptor is not. */
function pinMounts(
  mounts: readonly Mount[],
  held: PrivateFiles,
  { features }: SandboxHost,
): ReadonlyMap<string, number> {
  const pinned = mounts.filter((mount) => mount.kind === "host").filter((mount) => mount.swappable);
  const numbers = new Map(pinned.map((mount) => [mount.path, held.pin(mount.path, mount.file)]));
  return features.bindByDescriptor ? numbers : new Map();
}

/** On most hosts /etc/resolv.conf is a link into /run, which is the egg's own: the text then lies where the link leads. */
function holdResolvConf(text: string, held: PrivateFiles, at: { files: HostFiles; policy: SandboxPolicy }) {
  const { path, kind } = resolveRealPath("/etc/resolv.conf", at.files);
  const made = at.policy.decide(path, "write").rule?.private === true;
  if (kind !== "file" && !made) return undefined;
  return { path, descriptor: held.hold(text) };
}

function openSocketsOf({ config, env }: SandboxRequest): readonly string[] {
  const path = config.env.includes(SOCKET_VARIABLE) ? env[SOCKET_VARIABLE] : undefined;
  return path?.startsWith("/") ? [path] : [];
}

/** The agent's variables. What names a place that does not exist inside is set anew or left out. */
function agentEnvironment(request: SandboxRequest, files: HostFiles): Readonly<Record<string, string>> {
  const { [SOCKET_VARIABLE]: socket, ...env } = request.env;
  const [open] = openSocketsOf(request).map((path) => resolveRealPath(path, files).path);
  return {
    TERM: "xterm-256color",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    ...env,
    ...request.network.env,
    ...(open === undefined ? {} : { [SOCKET_VARIABLE]: open }),
    HOME: request.home,
    TMPDIR: "/tmp",
  };
}
