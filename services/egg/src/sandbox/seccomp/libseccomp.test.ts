import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { interpretFilter } from "../testing/bpf-interpreter.ts";
import { assembleSyscallFilter, DENIED_SYSCALLS, DENIED_TERMINAL_REQUESTS } from "./syscall-filter.ts";
import { AUDIT_ARCHITECTURE, type Machine, NEWEST_SYSCALL, SYSCALL_NAMES, syscallNumber } from "./syscall-numbers.ts";

/** Debian's python: the binding is no package of other pythons. */
const PYTHON = "/usr/bin/python3";

const missing = spawnSync(PYTHON, ["-c", "import seccomp"]).status !== 0;
if (missing) console.warn("skipped: libseccomp's python binding is not here (apt-get install python3-seccomp)");

/** Calls that libseccomp 2.5 does not know by name yet, and those that it refuses to name exactly on arm64. */
const UNKNOWN_TO_LIBSECCOMP = new Set(["open_tree_attr"]);

interface Oracle {
  readonly program: Uint8Array;
  readonly numbers: Readonly<Record<string, number>>;
}

function oracle(machine: Machine): Oracle {
  const denied = DENIED_SYSCALLS.filter(
    (name) => !UNKNOWN_TO_LIBSECCOMP.has(name) && syscallNumber(name, machine) !== undefined,
  );
  const request = { machine, denied, terminal: DENIED_TERMINAL_REQUESTS, names: SYSCALL_NAMES };
  const script = new URL("../testing/libseccomp-oracle.py", import.meta.url).pathname;
  const result = spawnSync(PYTHON, [script], { input: JSON.stringify(request), encoding: "utf8" });
  if (result.status !== 0) throw new Error(result.stderr);
  const { program, numbers } = JSON.parse(result.stdout);
  return { program: Uint8Array.from(Buffer.from(program, "hex")), numbers };
}

/** Arguments around everything that a rule looks at. */
const ARGUMENTS: readonly (readonly (number | bigint)[])[] = [
  [0, 0, 0],
  [17, 0x5412, 0],
  [0x3d0f00, 0x5413, 0],
  [0x10000000, 0x541c, 0],
  [0x20000, 0x5423, 0],
  [0x40000000n, 0x1_0000_5412n, 0],
  [0x1_1000_0000n, 0x2_0000_541cn, 1],
  [0x1200011, 0x5402, 9],
  [2, 1, 0],
  [0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
];

for (const machine of ["x64", "arm64"] as const) {
  test.skipIf(missing)(`${machine}: libseccomp decides the same at every point`, () => {
    const theirs = oracle(machine).program;
    const ours = assembleSyscallFilter(machine);
    // The two that libseccomp cannot express in one rule set (allow some, refuse the rest), and what it has no name for.
    const apart = new Set(["socket", "socketpair", ...UNKNOWN_TO_LIBSECCOMP].map((name) => numberOf(name, machine)));
    let compared = 0;
    for (let number = 0; number <= NEWEST_SYSCALL; number++) {
      if (apart.has(number)) continue;
      for (const args of ARGUMENTS) {
        const point = { architecture: AUDIT_ARCHITECTURE[machine], number, arguments: args };
        expect([number, args, interpretFilter(ours, point)]).toEqual([number, args, interpretFilter(theirs, point)]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(4_000);
  });

  test.skipIf(missing)(`${machine}: libseccomp knows the calls by the same numbers`, () => {
    const { numbers } = oracle(machine);
    for (const name of SYSCALL_NAMES.filter((known) => !UNKNOWN_TO_LIBSECCOMP.has(known))) {
      const theirs = numbers[name]!;
      expect([name, theirs < 0 ? undefined : theirs]).toEqual([name, syscallNumber(name, machine)]);
    }
  });
}

function numberOf(name: string, machine: Machine): number | undefined {
  const known = SYSCALL_NAMES.find((candidate) => candidate === name);
  return known && syscallNumber(known, machine);
}
