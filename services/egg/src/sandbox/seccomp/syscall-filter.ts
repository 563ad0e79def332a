import {
  answer,
  DATA,
  encode,
  type Instruction,
  load,
  loadArgument,
  unlessEqual,
  whenAnySet,
  whenEqual,
  whenGreater,
} from "./bpf.ts";
import {
  AUDIT_ARCHITECTURE,
  type Machine,
  NEWEST_SYSCALL,
  type SyscallName,
  syscallNumber,
} from "./syscall-numbers.ts";

/** SECCOMP_RET_ALLOW. */
export const ALLOW = 0x7fff0000;

const EPERM = 1;
const ENOSYS = 38;

/** SECCOMP_RET_ERRNO with the errno in its low half. */
const refuseWith = (errno: number): number => 0x00050000 | errno;

/** The call is not for agents. */
export const REFUSED = refuseWith(EPERM);

/** The call does not exist: programs then take the way of older kernels. */
export const UNKNOWN = refuseWith(ENOSYS);

/** Calls that no agent needs, each a way out of the sandbox or a large target in the kernel. */
export const DENIED_SYSCALLS: readonly SyscallName[] = [
  // Mounts, in the old and in the new API, and other roots.
  ...(["mount", "umount2", "pivot_root", "chroot", "fsopen", "fsconfig", "fsmount", "fspick"] as const),
  ...(["move_mount", "open_tree", "open_tree_attr", "mount_setattr", "open_by_handle_at"] as const),
  // Namespaces; clone and clone3 are below.
  ...(["unshare", "setns"] as const),
  // Other processes.
  ...(["ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp"] as const),
  ...(["move_pages", "migrate_pages"] as const),
  // Keyrings are not per namespace.
  ...(["keyctl", "add_key", "request_key"] as const),
  // Large surfaces of the kernel with a record of holes. io_uring also walks around this very filter.
  ...(["io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd"] as const),
  ...(["fanotify_init", "lookup_dcookie", "uselib", "modify_ldt", "_sysctl", "nfsservctl"] as const),
  // The machine itself.
  ...(["init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon"] as const),
  ...(["swapoff", "acct", "quotactl", "quotactl_fd", "settimeofday", "clock_settime", "sethostname"] as const),
  ...(["setdomainname", "iopl", "ioperm", "syslog", "vhangup"] as const),
];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. (NEWTIME shares its bit with the exit signal here.) */
const CLONE_NEW_NAMESPACES = 0x7e020000;

/** TIOCSTI types into the terminal of the person, TIOCLINUX pastes, TIOCSETD loads line disciplines. */
export const DENIED_TERMINAL_REQUESTS: readonly number[] = [0x5412, 0x541c, 0x5423];

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;

/** The filter of a machine, as bubblewrap's `--seccomp` reads it. */
export function assembleSyscallFilter(machine: Machine): Uint8Array {
  return encode([
    load(DATA.architecture),
    ...unlessEqual(AUDIT_ARCHITECTURE[machine], [answer(UNKNOWN)]),
    load(DATA.number),
    ...whenGreater(NEWEST_SYSCALL, [answer(UNKNOWN)]),
    ...DENIED_SYSCALLS.flatMap((name) => forCall(machine, name, [answer(REFUSED)])),
    // Its flags lie in memory, where a filter cannot look; programs fall back to clone.
    ...forCall(machine, "clone3", [answer(UNKNOWN)]),
    ...forCall(machine, "clone", [
      loadArgument(0),
      ...whenAnySet(CLONE_NEW_NAMESPACES, [answer(REFUSED)]),
      answer(ALLOW),
    ]),
    ...forCall(machine, "ioctl", [
      loadArgument(1),
      ...DENIED_TERMINAL_REQUESTS.flatMap((request) => whenEqual(request, [answer(REFUSED)])),
      answer(ALLOW),
    ]),
    ...forCall(machine, "socket", [
      loadArgument(0),
      ...[AF_UNIX, AF_INET, AF_INET6].flatMap((family) => whenEqual(family, [answer(ALLOW)])),
      ...whenEqual(AF_NETLINK, [loadArgument(2), ...whenEqual(NETLINK_ROUTE, [answer(ALLOW)])]),
      answer(REFUSED),
    ]),
    ...forCall(machine, "socketpair", [loadArgument(0), ...whenEqual(AF_UNIX, [answer(ALLOW)]), answer(REFUSED)]),
    answer(ALLOW),
  ]);
}

/** The block must end with an answer: it may change the accumulator, which the rest of the program reads. */
function forCall(machine: Machine, name: SyscallName, block: readonly Instruction[]): Instruction[] {
  const number = syscallNumber(name, machine);
  return number === undefined ? [] : whenEqual(number, block);
}
