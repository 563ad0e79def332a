"""Builds the same policy with libseccomp, for comparison.

Reads {"machine", "denied", "terminal", "names"} from its input; writes {"program": hex, "numbers": {name: number}}.
"""
import errno
import json
import sys
import tempfile

import seccomp

REQUEST = json.load(sys.stdin)
ARCH = {"x64": seccomp.Arch.X86_64, "arm64": seccomp.Arch.AARCH64}[REQUEST["machine"]]
NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
LOW = 0xFFFFFFFF

policy = seccomp.SyscallFilter(seccomp.ALLOW)
policy.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.ERRNO(errno.ENOSYS))
if policy.exist_arch(seccomp.Arch.NATIVE) and seccomp.system_arch() != ARCH:
    policy.remove_arch(seccomp.Arch.NATIVE)
if not policy.exist_arch(ARCH):
    policy.add_arch(ARCH)

refuse = seccomp.ERRNO(errno.EPERM)
for name in REQUEST["denied"]:
    policy.add_rule_exactly(refuse, name)
policy.add_rule_exactly(seccomp.ERRNO(errno.ENOSYS), "clone3")
for bit in NAMESPACES:
    policy.add_rule_exactly(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, bit, bit))
for request in REQUEST["terminal"]:
    policy.add_rule_exactly(refuse, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, LOW, request))

with tempfile.TemporaryFile() as file:
    policy.export_bpf(file)
    file.seek(0)
    program = file.read().hex()

numbers = {name: seccomp.resolve_syscall(ARCH, name) for name in REQUEST["names"]}
json.dump({"program": program, "numbers": numbers}, sys.stdout)
