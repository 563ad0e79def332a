import { spawnSync } from "node:child_process";
import { readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesOfSession } from "./pty/session-processes.ts";
import { EggProcess, type EggProcessOptions } from "./testing/egg-process.ts";
import { makeEggDir, startRequest } from "./testing/test-egg.ts";

class Started implements AsyncDisposable {
  readonly dir: string;
  readonly egg: EggProcess;

  private constructor(dir: string, options: Partial<EggProcessOptions>) {
    this.dir = dir;
    this.egg = new EggProcess({ dir, ...options });
  }

  static async process(options: Partial<EggProcessOptions> = {}): Promise<Started> {
    return new Started(await makeEggDir(), options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.egg[Symbol.dispose]();
    await this.egg.ended;
    await rm(this.dir, { recursive: true, force: true });
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe("an egg's process", () => {
  it.each(["main.ts", "testing/main-without-sandbox.ts"])(
    "(%s) opens its socket, and is gone by SIGTERM while it waits",
    async (entry) => {
      await using started = await Started.process({ entry });
      using line = await started.egg.ready();
      expect((await line.calls.getStatus({})).status?.state).toBe(1);
      started.egg.child.kill("SIGTERM");
      expect(await started.egg.ended).toBe(0);
      expect(await readdir(started.dir)).toEqual(["egg.token"]);
    },
  );

  it("outlives the terminal that it was started from, and stops its agent by SIGTERM", async () => {
    await using started = await Started.process();
    using line = await started.egg.ready();
    await line.calls.start(startRequest("trap 'exit 9' HUP; echo up; while :; do sleep 600 & wait; done"));
    using viewer = line.attach({});
    await viewer.sees("up");
    started.egg.child.kill("SIGHUP");
    expect((await line.calls.getStatus({})).status?.state).toBe(3);
    started.egg.child.kill("SIGTERM");
    expect(await viewer.event("exited")).toMatchObject({ code: 9 });
    await expect.poll(() => exists(join(started.dir, "egg.exit"))).toBe(true);
  });

  it("takes its agent along when it is killed", async () => {
    await using started = await Started.process();
    using line = await started.egg.ready();
    await line.calls.start(startRequest("echo pid=$$.; exec sleep 600"));
    using viewer = line.attach({});
    await viewer.sees(".");
    const { snapshot } = await line.calls.getSnapshot({});
    const pid = Number(/pid=(\d+)\./.exec(Buffer.from(snapshot!.data).toString())?.[1]);
    expect(processesOfSession(pid)).toEqual([pid]);
    started.egg.child.kill("SIGKILL");
    await expect.poll(() => processesOfSession(pid)).toEqual([]);
  });

  it("keeps no descriptor that it inherited", async () => {
    await using started = await Started.process({ extraStdio: Array(40).fill("pipe") });
    using _line = await started.egg.ready();
    const { pid } = started.egg.child;
    const inherited: string[] = [];
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, "latin1").catch(() => "");
      const flags = Number.parseInt(/flags:\s*(\d+)/.exec(info)?.[1] ?? "0", 8);
      if (Number(fd) > 2 && info && (flags & 0o2000000) === 0) inherited.push(await readlink(`/proc/${pid}/fd/${fd}`));
    }
    expect(inherited).toEqual([]);
  });

  it("without a folder says what is missing", async () => {
    await using started = await Started.process({ env: { WT_EGG_DIR: "" } });
    expect(await started.egg.ended).toBe(1);
    expect(started.egg.log).toMatchObject([
      { level: "error", event: expect.stringContaining("WT_EGG_DIR is not set") },
    ]);
  });

  it("never writes its token into its log", async () => {
    await using started = await Started.process();
    using line = await started.egg.ready();
    using wrong = await started.egg.ready();
    await wrong.calls.start(startRequest("exit 0", { argv: ["/no/such"] })).catch(() => {});
    await line.calls.start(startRequest("exit 0"));
    started.egg.child.kill("SIGTERM");
    const token = (await readFile(join(started.dir, "egg.token"), "utf8")).trim();
    expect(JSON.stringify(started.egg.log)).not.toContain(token);
  });
});

/** A mount namespace with a small disk of its own over the egg's folder, filled up to so many bytes. */
function smallDisk(dir: string, fill: string): readonly string[] {
  const script = `
    cp "$1/egg.token" /dev/shm/token.$$ && mount -t tmpfs -o size=64k,mode=700 none "$1" && mv /dev/shm/token.$$ "$1/egg.token" &&
    chmod 600 "$1/egg.token" && { ${fill}; shift; exec "$@"; }`;
  return ["unshare", "-Urm", "sh", "-c", script, "sh", dir];
}

const canMount = spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
if (!canMount) console.warn("unshare cannot mount here, so the tests of a full disk are skipped");

describe.skipIf(!canMount)("on a full disk, which is skipped where nothing can be mounted, an egg", () => {
  it("that starts says so and ends", async () => {
    const dir = await makeEggDir();
    using egg = new EggProcess({
      dir,
      prefix: smallDisk(dir, 'head -c 1000000 /dev/zero >"$1/filler" 2>/dev/null || :'),
    });
    expect(await egg.ended).toBe(1);
    expect(egg.log).toMatchObject([
      {
        event: "the egg could not start",
        error: { name: "EggFilesError", message: expect.stringContaining("the disk is full; free some space") },
      },
    ]);
    await rm(dir, { recursive: true });
  });

  it("that runs keeps its agent and its viewers, and says what it could not note", async () => {
    const dir = await makeEggDir();
    // The egg's folder is seen from here by the process's own root.
    using egg = new EggProcess({ dir, prefix: smallDisk(dir, ":") });
    await expect.poll(() => egg.log.length, { timeout: 15_000 }).toBeGreaterThan(0);
    const seen = `/proc/${egg.child.pid}/root${dir}`;
    const { EggCalls } = await import("./testing/test-egg.ts");
    using line = new EggCalls(join(seen, "egg.sock"));
    await line.calls.start(
      startRequest(
        `head -c 1000000 /dev/zero >"${dir}/filler" 2>/dev/null; echo filled; read line; echo "got $line"; exit 5`,
      ),
    );
    using viewer = line.attach({});
    await viewer.sees("filled");
    viewer.type("still here\r");
    await viewer.sees("got still here");
    expect(await viewer.event("exited")).toMatchObject({ code: 5 });
    await expect.poll(() => egg.log.map(({ event }) => event)).toContain("the agent's end could not be written down");
    expect((await line.calls.getStatus({})).status?.exited).toMatchObject({ code: 5 });
    await rm(dir, { recursive: true, force: true });
  });
});
