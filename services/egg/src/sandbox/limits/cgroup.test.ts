import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCgroupPlaces, makeEggCgroup } from "./cgroup.ts";

const CEILINGS = { cpuSeconds: 1n, memoryBytes: 1_048_576n, maxFds: 1, maxPids: 77 };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const mount = (point: string, type: string, options: string) =>
  `30 23 0:26 / ${point} rw,nosuid - ${type} none ${options}\n`;

test("in the unified tree the nearest folder above our own that hands controllers down is found", () => {
  const user = join(root, "user.slice/user@1000.service/app.slice");
  mkdirSync(join(user, "wing.scope"), { recursive: true });
  writeFileSync(join(user, "cgroup.subtree_control"), "memory pids\n");
  writeFileSync(join(root, "cgroup.subtree_control"), "cpu io memory pids\n");
  const facts = {
    mounts: mount(root, "cgroup2", "rw"),
    memberships: "0::/user.slice/user@1000.service/app.slice/wing.scope\n",
  };
  expect(findCgroupPlaces(facts)[0]).toEqual({ parent: user, controllers: ["memory", "pids"], unified: true });
  expect(findCgroupPlaces(facts).at(-1)).toEqual({ parent: root, controllers: ["memory", "pids"], unified: true });
});

test("in the old trees our own folder of each controller is taken", () => {
  const facts = {
    mounts:
      mount("/cg/pids", "cgroup", "rw,pids") +
      mount("/cg/memory", "cgroup", "rw,memory") +
      mount("/cg/cpu", "cgroup", "rw,cpu"),
    memberships: "8:pids:/own\n4:memory:/docker/x\n1:cpu:/\n0::/\n",
  };
  expect(findCgroupPlaces(facts)).toEqual([
    { parent: "/cg/pids/own", controllers: ["pids"], unified: false },
    { parent: "/cg/memory/docker/x", controllers: ["memory"], unified: false },
  ]);
});

test("a host without cgroups has no place", () => {
  expect(findCgroupPlaces({ mounts: "", memberships: "" })).toEqual([]);
});

test("the ceilings are written, and removing leaves nothing", async () => {
  writeFileSync(join(root, "cgroup.subtree_control"), "memory pids\n");
  const facts = { mounts: mount(root, "cgroup2", "rw"), memberships: "0::/\n" };
  const cgroup = makeEggCgroup("egg-1", CEILINGS, facts)!;
  expect(cgroup).toMatchObject({ folders: [join(root, "egg-1")], controllers: ["memory", "pids"] });
  expect(readFileSync(join(root, "egg-1/pids.max"), "utf8")).toBe("77");
  expect(readFileSync(join(root, "egg-1/memory.max"), "utf8")).toBe("1048576");
  // Unlike the kernel's, a made-up folder must be empty to be removed.
  for (const file of readdirSync(join(root, "egg-1"))) rmSync(join(root, "egg-1", file));
  await cgroup.remove();
  expect(existsSync(join(root, "egg-1"))).toBe(false);
});

test("where nothing can be made there is no cgroup", () => {
  const facts = { mounts: mount(join(root, "missing"), "cgroup", "rw,pids"), memberships: "8:pids:/\n" };
  expect(makeEggCgroup("egg-1", CEILINGS, facts)).toBeUndefined();
});
