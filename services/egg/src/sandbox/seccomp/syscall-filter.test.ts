import { expect, test } from "vitest";
import { interpretFilter } from "../testing/bpf-interpreter.ts";
import { ALLOW, assembleSyscallFilter, DENIED_SYSCALLS, REFUSED, UNKNOWN } from "./syscall-filter.ts";
import {
  AUDIT_ARCHITECTURE,
  type Machine,
  NEWEST_SYSCALL,
  type SyscallName,
  syscallNumber,
} from "./syscall-numbers.ts";

const MACHINES: readonly Machine[] = ["x64", "arm64"];
const FILTERS = { x64: assembleSyscallFilter("x64"), arm64: assembleSyscallFilter("arm64") };

const decide = (machine: Machine, number: number, ...args: (number | bigint)[]) =>
  interpretFilter(FILTERS[machine], { architecture: AUDIT_ARCHITECTURE[machine], number, arguments: args });

const call = (machine: Machine, name: SyscallName, ...args: (number | bigint)[]) =>
  decide(machine, syscallNumber(name, machine)!, ...args);

const READ = { x64: 0, arm64: 63 };
const EXECVE = { x64: 59, arm64: 221 };

for (const machine of MACHINES) {
  test(`${machine}: ordinary calls are allowed`, () => {
    expect(decide(machine, READ[machine])).toBe(ALLOW);
    expect(decide(machine, EXECVE[machine])).toBe(ALLOW);
  });

  test.each(DENIED_SYSCALLS.filter((name) => syscallNumber(name, machine) !== undefined))(
    `${machine}: %s answers EPERM`,
    (name) => {
      expect(call(machine, name)).toBe(REFUSED);
    },
  );

  test.each<[string, number | bigint, number]>([
    ["fork", 17, ALLOW],
    ["a thread", 0x3d0f00, ALLOW],
    ["a thread of musl", 0x7d0f00, ALLOW],
    ["a mount namespace", 0x00020011, REFUSED],
    ["a user namespace", 0x10000011, REFUSED],
    ["a pid namespace", 0x20000000, REFUSED],
    ["a network namespace", 0x40000000, REFUSED],
    ["an ipc namespace", 0x08000000, REFUSED],
    ["a uts namespace", 0x04000000, REFUSED],
    ["a cgroup namespace", 0x02000000, REFUSED],
    ["a user namespace with a thread's flags", 0x10000000 | 0x3d0f00, REFUSED],
    ["flags above 32 bits, which the kernel ignores", 0x1_0000_0011n, ALLOW],
  ])(`${machine}: clone for %s`, (_, flags, expected) => {
    expect(call(machine, "clone", flags)).toBe(expected);
  });

  test(`${machine}: clone3 does not exist, so that programs use clone`, () => {
    expect(call(machine, "clone3", 0, 88)).toBe(UNKNOWN);
  });

  test.each<[string, number | bigint, number]>([
    ["TIOCSTI", 0x5412, REFUSED],
    ["TIOCSTI with upper bits set, which the kernel drops", 0x1_0000_5412n, REFUSED],
    ["TIOCLINUX", 0x541c, REFUSED],
    ["TIOCSETD", 0x5423, REFUSED],
    ["TIOCGWINSZ", 0x5413, ALLOW],
    ["TCSETS", 0x5402, ALLOW],
    ["TIOCSCTTY", 0x540e, ALLOW],
  ])(`${machine}: ioctl %s`, (_, request, expected) => {
    expect(call(machine, "ioctl", 0, request)).toBe(expected);
  });

  test.each<[string, readonly number[], number]>([
    ["unix", [1, 1, 0], ALLOW],
    ["inet", [2, 1, 0], ALLOW],
    ["inet6", [10, 2, 0], ALLOW],
    ["netlink route", [16, 3, 0], ALLOW],
    ["netlink audit", [16, 3, 9], REFUSED],
    ["netlink netfilter", [16, 3, 12], REFUSED],
    ["packet", [17, 3, 0], REFUSED],
    ["alg", [38, 5, 0], REFUSED],
    ["vsock", [40, 1, 0], REFUSED],
    ["bluetooth", [31, 1, 0], REFUSED],
    ["xdp", [44, 3, 0], REFUSED],
  ])(`${machine}: a %s socket`, (_, args, expected) => {
    expect(call(machine, "socket", ...args)).toBe(expected);
  });

  test(`${machine}: socket pairs are unix only`, () => {
    expect(call(machine, "socketpair", 1, 1, 0)).toBe(ALLOW);
    expect(call(machine, "socketpair", 2, 1, 0)).toBe(REFUSED);
  });

  test(`${machine}: the newest known number is allowed, the next one unknown`, () => {
    expect(decide(machine, NEWEST_SYSCALL - 1)).toBe(ALLOW);
    expect(decide(machine, NEWEST_SYSCALL)).toBe(ALLOW);
    expect(decide(machine, NEWEST_SYSCALL + 1)).toBe(UNKNOWN);
    expect(decide(machine, -1)).toBe(UNKNOWN);
  });

  test(`${machine}: every number of another machine answers ENOSYS`, () => {
    for (const architecture of [0x40000003, 0x40000028, AUDIT_ARCHITECTURE[machine === "x64" ? "arm64" : "x64"], 0]) {
      for (const number of [0, 1, 59, 101, 165, 221, 435]) {
        expect(interpretFilter(FILTERS[machine], { architecture, number })).toBe(UNKNOWN);
      }
    }
  });
}

test("x32 numbers answer ENOSYS on x64", () => {
  for (const number of [0, 59, 101, 165, 272]) expect(decide("x64", 0x40000000 | number)).toBe(UNKNOWN);
});

test("a call is denied on both machines or does not exist on one", () => {
  for (const name of DENIED_SYSCALLS) {
    const present = MACHINES.filter((machine) => syscallNumber(name, machine) !== undefined);
    expect(present.length).toBeGreaterThan(0);
  }
});
