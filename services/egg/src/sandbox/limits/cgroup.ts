import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Ceilings } from "./ceilings.ts";

/** The controllers that an egg wants. */
export type Controller = "memory" | "pids";

/** A cgroup of this egg alone; what it holds counts together, threads and grandchildren included. */
export interface EggCgroup {
  /** Folders to join: one in the unified tree, one for each controller in the old ones. */
  readonly folders: readonly string[];
  readonly controllers: readonly Controller[];
  /** Removes the folders, once the processes in them are gone. */
  remove(): Promise<void>;
}

/** What the kernel says about cgroups: /proc/self/cgroup and /proc/self/mountinfo. */
export interface CgroupFacts {
  readonly memberships: string;
  readonly mounts: string;
}

/** Processes that were killed leave their cgroup within milliseconds; a second is a hang, and the folder is left. */
const REMOVAL_TRIES = 20;
const REMOVAL_PAUSE_MS = 50;

/** Where a folder for the egg can be made, and what it would control. */
export interface CgroupPlace {
  readonly parent: string;
  readonly controllers: readonly Controller[];
  readonly unified: boolean;
}

/** Makes a cgroup with the ceilings where this account may, else gives undefined. */
export function makeEggCgroup(name: string, ceilings: Ceilings, facts = readFacts()): EggCgroup | undefined {
  const made: string[] = [];
  const controllers: Controller[] = [];
  for (const place of findCgroupPlaces(facts)) {
    const wanted = place.controllers.filter((controller) => !controllers.includes(controller));
    const folder =
      wanted.length === 0 ? undefined : tryMake(join(place.parent, name), { ...place, controllers: wanted }, ceilings);
    if (folder === undefined) continue;
    made.push(folder);
    controllers.push(...wanted);
  }
  if (made.length === 0) return undefined;
  return { folders: made, controllers, remove: () => removeFolders(made) };
}

function readFacts(): CgroupFacts {
  const text = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  return { memberships: text("/proc/self/cgroup"), mounts: text("/proc/self/mountinfo") };
}

/**
 * Folders in which a cgroup could be made, the nearest first. In the unified tree those are the folders above our own:
 * a cgroup that has processes, as ours has, may not hand controllers to its children.
 */
export function findCgroupPlaces(facts: CgroupFacts): readonly CgroupPlace[] {
  return facts.mounts.split("\n").flatMap((line): readonly CgroupPlace[] => {
    const [head = "", tail = ""] = line.split(" - ");
    const mountPoint = head.split(" ")[4];
    const [type, , options = ""] = tail.split(" ");
    if (mountPoint === undefined) return [];
    if (type === "cgroup2") return unifiedPlaces(mountPoint, membershipOf(facts, ""));
    if (type !== "cgroup") return [];
    const controllers = (["memory", "pids"] as const).filter((controller) => options.split(",").includes(controller));
    return controllers.slice(0, 1).map((controller) => ({
      parent: join(mountPoint, membershipOf(facts, controller)),
      controllers,
      unified: false,
    }));
  });
}

function membershipOf(facts: CgroupFacts, controller: string): string {
  for (const line of facts.memberships.split("\n")) {
    const [, controllers = "", path = "/"] = line.split(":");
    if (controllers.split(",").includes(controller)) return path;
  }
  return "/";
}

function unifiedPlaces(mountPoint: string, own: string): CgroupPlace[] {
  const segments = own.split("/").filter((segment) => segment !== "");
  const parents = segments.map((_, index) => join(mountPoint, ...segments.slice(0, segments.length - 1 - index)));
  return (parents.length === 0 ? [mountPoint] : parents).map((parent) => ({
    parent,
    controllers: delegatedControllers(parent),
    unified: true,
  }));
}

function delegatedControllers(folder: string): Controller[] {
  const control = join(folder, "cgroup.subtree_control");
  const delegated = existsSync(control) ? readFileSync(control, "utf8").trim().split(" ") : [];
  return (["memory", "pids"] as const).filter((controller) => delegated.includes(controller));
}

/** The folder with its ceilings set, or undefined when this account may not: then nothing is left. */
function tryMake(folder: string, { controllers, unified }: CgroupPlace, ceilings: Ceilings): string | undefined {
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  try {
    if (controllers.includes("pids")) writeFileSync(join(folder, "pids.max"), `${ceilings.maxPids}`);
    if (controllers.includes("memory")) {
      writeFileSync(join(folder, unified ? "memory.max" : "memory.limit_in_bytes"), `${ceilings.memoryBytes}`);
    }
    return folder;
  } catch {
    rmdirSync(folder);
    return undefined;
  }
}

async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let tries = REMOVAL_TRIES; tries > 0 && existsSync(folder); tries--) {
      try {
        rmdirSync(folder);
      } catch {
        // EBUSY while the last process is still being reaped.
        await delay(REMOVAL_PAUSE_MS);
      }
    }
  }
}
