import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type SyscallName, syscallNumber } from "./seccomp/syscall-numbers.ts";
import { type Control, probeSuite } from "./testing/probe-suite.ts";

const machine = process.arch === "arm64" ? "arm64" : "x64";

/** Ends with 0 when the kernel looked at the call at all: any answer but "not permitted" and "no such call". */
const syscall = (number: number, ...args: (number | string)[]) =>
  `perl -e '$r = syscall(${[number, ...args].join(", ")}); exit 0 if $r >= 0; exit(($! + 0 == 1 || $! + 0 == 38) ? 1 : 0)'`;

const call = (name: SyscallName, ...args: (number | string)[]) => syscall(syscallNumber(name, machine)!, ...args);

/** Calls with arguments that change nothing: most of them cannot even succeed, they only must not be refused outside. */
const CALLS: readonly (readonly [SyscallName, readonly (number | string)[], Control])[] = [
  ["unshare", [0x10000000], "everyone"],
  ["setns", [-1, 0], "everyone"],
  ["clone", [0x10000011, 0, 0, 0, 0], "everyone"],
  ["clone3", [0, 0], "everyone"],
  ["ptrace", [0, 0, 0, 0], "everyone"],
  ["process_vm_readv", ["$$", 0, 0, 0, 0, 0], "everyone"],
  ["pidfd_getfd", [-1, 0, 0], "everyone"],
  ["kcmp", ["$$", "$$", 2, 0, 0], "everyone"],
  ["io_uring_setup", [0, 0], "everyone"],
  ["keyctl", [0, -3, 0], "everyone"],
  ["add_key", [0, 0, 0, 0, 0], "everyone"],
  ["request_key", [0, 0, 0, 0], "everyone"],
  ["perf_event_open", [0, 0, -1, -1, 0], "everyone"],
  ["userfaultfd", [1], "everyone"],
  ["open_tree", [-1, 0, 0], "everyone"],
  ["chroot", [0], "everyone"],
  ["bpf", [0, 0, 0], "root"],
  ["mount", [0, 0, 0, 0, 0], "root"],
  ["umount2", [0, 0], "root"],
  ["pivot_root", [0, 0], "root"],
  ["fsopen", [0, 0], "root"],
  ["fsmount", [-1, 0, 0], "root"],
  ["move_mount", [-1, 0, -1, 0, 0], "root"],
  ["mount_setattr", [-1, 0, 0, 0, 0], "root"],
  ["open_by_handle_at", [-1, 0, 0], "root"],
  ["fanotify_init", [0xffff, 0], "root"],
  ["swapon", [0, 0], "root"],
  ["sethostname", [0, -1], "root"],
  ["clock_settime", [999, 0], "root"],
  ["syslog", [10, 0, 0], "root"],
];

const AF_PACKET = 17;
const SOCKETS: readonly (readonly [string, readonly number[], Control])[] = [
  ["netlink audit", [16, 3, 9], "everyone"],
  ["netlink netfilter", [16, 3, 12], "everyone"],
  ["alg", [38, 5, 0], "everyone"],
  ["vsock", [40, 1, 0], "everyone"],
  ["packet", [AF_PACKET, 3, 0], "root"],
];

/** A 32-bit program that ends with 42 through the old gate: 120 bytes, of which the last 14 are code. */
function i386Program(): Uint8Array {
  const code = [0xb8, 1, 0, 0, 0, 0xbb, 42, 0, 0, 0, 0xcd, 0x80, 0x0f, 0x0b];
  const bytes = new Uint8Array(84 + code.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  for (const [at, value] of [
    [16, 2],
    [18, 3],
    [40, 52],
    [42, 32],
    [44, 1],
  ] as const)
    view.setUint16(at, value, true);
  for (const [at, value] of [
    [20, 1],
    [24, 0x08048054],
    [28, 52],
  ] as const)
    view.setUint32(at, value, true);
  const segment = [1, 0, 0x08048000, 0x08048000, bytes.length, bytes.length, 5, 0x1000];
  for (const [index, value] of segment.entries()) view.setUint32(52 + 4 * index, value, true);
  bytes.set(code, 84);
  return bytes;
}

probeSuite("kernel", ({ probe, world, isRoot }) => {
  for (const [name, args, control] of CALLS) probe(`${name} is refused`, call(name, ...args), { control });
  for (const [name, args, control] of SOCKETS)
    probe(`a ${name} socket is refused`, call("socket", ...args), { control });

  probe("no user namespace can be made", "unshare --user true");
  probe("nothing can be mounted", "unshare --user --map-root-user --mount mount -t tmpfs none /mnt");
  test.runIf(machine === "x64")("a 32-bit program does not get around the filter", async () => {
    const path = join(world().folders.project, "i386");
    writeFileSync(path, i386Program());
    chmodSync(path, 0o755);
    expect((await world().outside("./i386; [ $? = 42 ]")).code).toBe(0);
    expect((await world().inside("./i386; [ $? = 42 ]")).code).not.toBe(0);
  });
  test.runIf(machine === "x64")("an x32 number does not get around the filter", async () => {
    expect((await world().inside(syscall(0x40000000 + 272, 0x10000000))).code).toBe(1);
  });

  probe("processes of the host cannot be seen", "grep -qs 'sandbox-drive[r]' /proc/[0-9]*/cmdline");
  probe("processes of the host cannot be signalled", "kill -0 $HOST_PID");
  probe("variables of the egg cannot be seen", "grep -qs DRIVER_SECRET /proc/[0-9]*/environ");
  probe("the host's name cannot be seen", '[ "$(uname -n)" != egg ]');
  probe(
    "shared memory of the host cannot be seen",
    "ipcmk -M 4096 >/dev/null && [ $(ipcs -m | wc -l) -gt 4 ]; ipcrm --all; [ $(uname -n) != egg ]",
  );

  test("the first process inside has no variables, and shows no secret in its arguments", async () => {
    const script = "wc -c < /proc/1/environ; tr '\\0' ' ' < /proc/1/cmdline";
    const { output } = await world().inside(script, { env: { TOKEN: "s3cret-token" } });
    expect(output.split("\n")[0]).toBe("0");
    expect(output).not.toContain("s3cret-token");
  });

  test("the agent gets its own variables and nothing of the egg's", async () => {
    const { output } = await world().inside("env | cut -d= -f1 | sort | tr '\\n' ' '", { env: { TOKEN: "mine" } });
    expect(output.trim().split(" ")).toEqual(
      [
        "ELSEWHERE",
        "HOME",
        "HOST_PID",
        "HOST_PORT",
        "LANG",
        "PATH",
        "PWD",
        "SHLVL",
        "TERM",
        "TMPDIR",
        "TOKEN",
        "_",
      ].sort(),
    );
  });

  test("no privilege can be gained: no capability is left, and setuid programs gain none", async () => {
    const { output } = await world().inside("grep -E 'Cap|NoNewPrivs|Seccomp:' /proc/self/status");
    expect(output.match(/Cap(Inh|Prm|Eff|Bnd|Amb):\t0+\n/g)).toHaveLength(5);
    expect(output).toMatch(/NoNewPrivs:\t1/);
    expect(output).toMatch(/Seccomp:\t2/);
  });

  probe("a socket of the host by its path does not answer", connect('"$ENV{HOME}/service.sock"'));
  probe("an abstract socket of the host does not answer", connect('"\\0wingthing-test"'));
  probe("a port of the host's loopback does not answer", "exec 5<>/dev/tcp/127.0.0.1/$HOST_PORT && read -r line <&5");

  const settings = [
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sysrq-trigger",
    "/proc/sys/fs/file-max",
  ];
  for (const path of settings.filter((setting) => existsSync(setting))) {
    probe(`${path} cannot be opened for writing`, `exec 5>>${path}`, { control: "root" });
  }
  probe("the kernel's log cannot be read", "exec 5</proc/kmsg", { control: "root" });
  for (const device of ["/dev/kmsg", "/dev/mem", "/dev/fuse", "/dev/net/tun", "/dev/kvm", "/dev/vda", "/dev/sda"]) {
    test(`${device} does not exist`, async () => {
      expect((await world().inside(`[ -e ${device} ]`)).code).not.toBe(0);
    });
  }
  test("no device of the host can be made", async () => {
    expect((await world().inside("mknod d b 1 1 || mknod /tmp/d c 1 1 || mknod /dev/shm/d c 1 1")).code).not.toBe(0);
  });

  test.runIf(isRoot)(
    "as root nothing of the kernel can be written but what belongs to the egg's own processes",
    async () => {
      const script =
        "find /proc /sys -maxdepth 3 -path '/proc/[0-9]*' -prune -o -path '/proc/self*' -prune -o -path '/proc/thread-self*' -prune -o -type f -writable -print 2>/dev/null";
      const control = await world().outside(script);
      expect(control.output).toContain("/proc/sys/kernel/core_pattern");
      expect((await world().inside(script)).output).toBe("");
    },
  );
});

/** Connects to a unix socket and reads one line. */
function connect(path: string): string {
  return `perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un(${path})) && <S> =~ /hello/ or exit 1'`;
}
