"""The filter of both processors, read as the kernel reads it, against the tables of libseccomp and of the kernel."""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import platform
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import landlock, seccomp

ALLOWED, REFUSED, KILLED = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
MACHINES = {"x86_64": 62, "aarch64": 183}
"""With the number that ELF gives the processor: include/uapi/linux/elf-em.h."""
LITTLE_ENDIAN_64 = 0xC0000000  # include/uapi/linux/audit.h
HEADERS = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
# What leads out of a process, by any processor's name.
_NEVER = """
socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvmsg recvmmsg recvfrom pipe
pipe2 clone clone3 fork vfork execve execveat kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open
pidfd_getfd pidfd_send_signal ptrace process_vm_readv process_vm_writev process_madvise kcmp mount umount2
move_mount open_tree fsopen fsmount fsconfig mount_setattr pivot_root chroot unshare setns bpf perf_event_open
userfaultfd io_uring_setup io_uring_enter keyctl add_key request_key shmget shmat shmctl semget semop semctl
msgget msgsnd msgrcv msgctl mq_open mq_unlink memfd_create memfd_secret inotify_init1 fanotify_init eventfd2
signalfd4 timerfd_create epoll_create1 openat2 open_by_handle_at name_to_handle_at mkdirat mknodat unlinkat
renameat renameat2 linkat symlinkat fchmod fchmodat fchown fchownat truncate ftruncate fallocate utimensat
setxattr fsetxattr removexattr chdir fchdir setuid setgid setreuid setresuid setresgid setgroups setfsuid
capset setrlimit setpriority sched_setaffinity sched_setscheduler sched_setattr ioprio_set prctl seccomp
personality landlock_create_ruleset landlock_add_rule landlock_restrict_self setsid setpgid setitimer
timer_create splice tee vmsplice sendfile copy_file_range init_module finit_module delete_module kexec_load
reboot swapon acct quotactl syslog settimeofday clock_settime clock_adjtime adjtimex sethostname mlock mlock2
mlockall mbind set_mempolicy
"""
NEVER = _NEVER.split()
Number = Callable[[str, str], int]


@pytest.fixture(scope="module")
def libseccomp() -> Number:
    """Number of a system call on a processor, as libseccomp knows it; negative if it has none there."""
    name = ctypes.util.find_library("seccomp")
    if name is None:
        pytest.skip("libseccomp is not installed; its tables are the second opinion here")
    library = ctypes.CDLL(name)
    library.seccomp_arch_resolve_name.restype = ctypes.c_uint32

    def number(machine: str, call: str) -> int:
        token = library.seccomp_arch_resolve_name(machine.encode())
        return int(library.seccomp_syscall_resolve_name_arch(ctypes.c_uint32(token), call.encode()))

    return number


def headers(machine: str) -> dict[str, int]:
    path = Path("/usr/include") / HEADERS[machine]
    if not path.exists():
        pytest.skip(f"the kernel's headers are not installed: {path}")
    text = path.read_text("utf-8")
    return {name: int(number) for name, number in re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)", text, re.M)}


def program(monkeypatch: pytest.MonkeyPatch, machine: str) -> bytes:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    return seccomp.program()


def verdict(code: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would do: a reader of the few instructions that the filter has."""
    data = struct.pack("<iIQ6Q", number, architecture, 0, *arguments, *(0,) * (6 - len(arguments)))
    steps = [struct.unpack_from("<HBBI", code, at) for at in range(0, len(code), 8)]
    position, value = 0, 0
    while True:
        kind, if_true, if_false, constant = steps[position]
        position += 1
        if kind == 0x20:
            (value,) = struct.unpack_from("<I", data, constant)
        elif kind == 0x15:
            position += if_true if value == constant else if_false
        elif kind == 0x35:
            position += if_true if value >= constant else if_false
        else:
            assert kind == 0x06
            return int(constant)


def names() -> list[tuple[str, str, str]]:
    """Name and number on each processor of what is allowed, from the table."""
    plain = [tuple(entry.split()) for entry in seccomp._PLAIN.replace("\n", "|").split("|") if entry]
    return plain + [(name, str(x), str(arm)) for name, (x, arm, *_) in seccomp._CHECKED.items()]  # type: ignore[return-value]


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_libseccomp(libseccomp: Number, machine: str) -> None:
    assert len(names()) > 60
    for name, *numbers in names():
        told = numbers[list(MACHINES).index(machine)]
        known = libseccomp(machine, name)
        assert (told == "-") if known < 0 else (told == str(known)), name
    calls = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
    ours = (landlock._CREATE_RULESET, landlock._ADD_RULE, landlock._RESTRICT_SELF)
    assert tuple(libseccomp(machine, name) for name in calls) == ours


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    known = headers(machine)
    # The headers of 64-bit processors without a past name three calls by what they are elsewhere.
    renamed = {"newfstatat": "fstatat"} if machine == "aarch64" else {}
    for name, *numbers in names():
        told = numbers[list(MACHINES).index(machine)]
        if told != "-":
            assert known[renamed.get(name, name)] == int(told), name


@pytest.mark.parametrize("machine", MACHINES)
def test_filter_allows_the_table_and_nothing_else(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    code = program(monkeypatch, machine)
    word = LITTLE_ENDIAN_64 | MACHINES[machine]
    column = list(MACHINES).index(machine)
    expected = {int(numbers[column]) for _, *numbers in names() if numbers[column] != "-"}
    checked = {numbers[column] for numbers in seccomp._CHECKED.values()}
    found = {number for number in range(1024) if verdict(code, word, number) == ALLOWED}
    refused = {number for number in range(1024) if verdict(code, word, number) == REFUSED}
    assert found - checked == expected - checked
    assert found | refused == set(range(1024))
    assert len(code) // 8 <= 4096  # BPF_MAXINSNS


@pytest.mark.parametrize("machine", MACHINES)
def test_filter_kills_a_call_of_another_table(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    code = program(monkeypatch, machine)
    for other in (0x40000003, 0x40000028, LITTLE_ENDIAN_64 | 243, *(LITTLE_ENDIAN_64 | n for n in MACHINES.values())):
        if other != LITTLE_ENDIAN_64 | MACHINES[machine]:
            assert verdict(code, other, 0) == KILLED
    assert verdict(code, LITTLE_ENDIAN_64 | MACHINES[machine], 0x40000000) == KILLED


@pytest.mark.parametrize("machine", MACHINES)
def test_filter_looks_at_both_halves_of_an_argument(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    code = program(monkeypatch, machine)
    word, column = LITTLE_ENDIAN_64 | MACHINES[machine], list(MACHINES).index(machine)
    for *numbers, argument, values in seccomp._CHECKED.values():
        for value in (*values, 8, 9, 0x5412, 1024):
            given = [7] * 6
            given[argument] = value
            assert (verdict(code, word, numbers[column], *given) == ALLOWED) == (value in values)
            given[argument] = value | 1 << 32
            assert verdict(code, word, numbers[column], *given) == REFUSED


@pytest.mark.parametrize("machine", MACHINES)
def test_filter_refuses_all_that_leads_out(monkeypatch: pytest.MonkeyPatch, libseccomp: Number, machine: str) -> None:
    code = program(monkeypatch, machine)
    known = {name: number for name in NEVER if (number := libseccomp(machine, name)) >= 0}
    assert len(known) > 120
    assert [
        name for name, number in known.items() if verdict(code, LITTLE_ENDIAN_64 | MACHINES[machine], number) != REFUSED
    ] == []
