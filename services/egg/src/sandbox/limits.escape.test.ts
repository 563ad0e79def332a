import { expect, test } from "vitest";
import { probeSuite } from "./testing/probe-suite.ts";

/** Forks until it is refused or has this many children at once; perl does not try again by itself, as bash does. */
const fork = (children: number) =>
  `perl -e 'for (1..${children}) { my $p = fork; if (!defined $p) { kill 9, @p; exit 1 } if (!$p) { sleep 20; exit } push @p, $p } kill 9, @p'`;

const open = (files: number) => `perl -e 'for (1..${files}) { open(my $f, "<", "/dev/null") or exit 1; push @f, $f }'`;

const allocate = (megabytes: number) => `perl -e '$x = "x" x (${megabytes} * 1024 * 1024); $x .= "y"'`;

probeSuite("limits", ({ probe, world, isRoot }) => {
  probe("a fork bomb is stopped at max_pids", fork(100), { eggYaml: "max_pids: 64" });
  probe("open files are stopped at max_fds", open(80), { eggYaml: "max_fds: 64" });
  probe("memory is stopped at its ceiling", allocate(400), { eggYaml: "memory: 128M" });

  test("below the ceilings everything works", async () => {
    const eggYaml = "{max_pids: 64, max_fds: 64, memory: 256M}";
    const script = [fork(20), open(40), allocate(40)].join(" && ");
    expect(await world().inside(script, { eggYaml })).toMatchObject({ code: 0 });
  });

  test("without an egg.yaml there are ceilings too", async () => {
    const { output } = await world().inside("cat /proc/self/limits");
    expect(output).toMatch(/Max cpu time +86400 +86405/);
    expect(output).toMatch(/Max core file size +1 +1/);
    expect(output).toMatch(/Max processes +4096 +4096/);
    expect(output).not.toMatch(/Max data size +unlimited/);
  });

  test("a ceiling cannot be raised from inside", async () => {
    const script = "ulimit -u 5000 || ulimit -t 90000 || ulimit -d unlimited || ulimit -c unlimited";
    expect((await world().inside(script)).code).not.toBe(0);
  });

  test("the egg's folders in memory end at 512 MB", async () => {
    const { output } = await world().inside("df --output=size,target -B1M /tmp /var/tmp /run /dev/shm");
    for (const target of ["/tmp", "/var/tmp", "/run", "/dev/shm"]) expect(output).toMatch(new RegExp(`512 ${target}`));
  });

  test.runIf(isRoot)("root's processes are counted by a cgroup, which the report says", async () => {
    const report: { area: string; tier: string }[] = JSON.parse(await world().enforcement());
    expect(report.find((entry) => entry.area === "limits")).toMatchObject({ tier: "cgroup" });
  });
});
