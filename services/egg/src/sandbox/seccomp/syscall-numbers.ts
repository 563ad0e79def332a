/** The machines that we have a filter for, as `process.arch` names them. */
export type Machine = "x64" | "arm64";

/** AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h. */
export const AUDIT_ARCHITECTURE: Readonly<Record<Machine, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/**
 * Highest number of Linux 6.18 (file_setattr). What comes later is unknown here and answers ENOSYS, as it would on the
 * older kernels that every program still copes with. Numbers of x32 and negative ones are greater too.
 */
export const NEWEST_SYSCALL = 469;

/** Numbers of one call, or null where the machine does not have it. */
type Numbers = readonly [x64: number | null, arm64: number | null];

const NUMBERS = {
  _sysctl: [156, null],
  acct: [163, 89],
  add_key: [248, 217],
  bpf: [321, 280],
  chroot: [161, 51],
  clock_settime: [227, 112],
  clone: [56, 220],
  clone3: [435, 435],
  delete_module: [176, 106],
  fanotify_init: [300, 262],
  finit_module: [313, 273],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  init_module: [175, 105],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  ioctl: [16, 29],
  ioperm: [173, null],
  iopl: [172, null],
  kcmp: [312, 272],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  keyctl: [250, 219],
  lookup_dcookie: [212, 18],
  migrate_pages: [256, 238],
  modify_ldt: [154, null],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  move_pages: [279, 239],
  nfsservctl: [180, 42],
  open_by_handle_at: [304, 265],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  perf_event_open: [298, 241],
  pidfd_getfd: [438, 438],
  pivot_root: [155, 41],
  process_madvise: [440, 440],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  request_key: [249, 218],
  setdomainname: [171, 162],
  sethostname: [170, 161],
  setns: [308, 268],
  settimeofday: [164, 170],
  socket: [41, 198],
  socketpair: [53, 199],
  swapoff: [168, 225],
  swapon: [167, 224],
  syslog: [103, 116],
  umount2: [166, 39],
  unshare: [272, 97],
  uselib: [134, null],
  userfaultfd: [323, 282],
  vhangup: [153, 58],
} as const satisfies Readonly<Record<string, Numbers>>;

/** A call that the filter speaks of. */
export type SyscallName = keyof typeof NUMBERS;

/** The number of a call on a machine, undefined where the machine does not have it. */
export function syscallNumber(name: SyscallName, machine: Machine): number | undefined {
  const [x64, arm64]: Numbers = NUMBERS[name];
  return (machine === "x64" ? x64 : arm64) ?? undefined;
}

/** Every call that has a number here. */
export const SYSCALL_NAMES: readonly SyscallName[] = Object.keys(NUMBERS).filter(isSyscallName);

function isSyscallName(name: string): name is SyscallName {
  return name in NUMBERS;
}
