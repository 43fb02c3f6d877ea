"""Seccomp: an allow-list of the system calls that Python and NumPy need to compute. All others fail with EPERM.

Source: the kernel's Documentation/userspace-api/seccomp_filter.rst and include/uapi/linux/{filter,seccomp,audit}.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_TCGETS, _FIOCLEX = 0x5401, 0x5451
_FCNTL = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC

# name: x86_64, aarch64. The common ones first: the filter is read from the top.
_PLAIN = """
read 0 63|write 1 64|futex 202 98|mmap 9 222|munmap 11 215|brk 12 214|mprotect 10 226|madvise 28 233|mremap 25 216
newfstatat 262 79|openat 257 56|close 3 57|fstat 5 80|lseek 8 62|getdents64 217 61|stat 4 -|lstat 6 -|statx 332 291
open 2 -|access 21 -|faccessat 269 48|faccessat2 439 439|readlink 89 -|readlinkat 267 78|getcwd 79 17|dup 32 23
readv 19 65|writev 20 66|pread64 17 67|poll 7 -|ppoll 271 73|select 23 -|pselect6 270 72
rt_sigaction 13 134|rt_sigprocmask 14 135|rt_sigreturn 15 139|rt_sigpending 127 136|sigaltstack 131 132
getpid 39 172|getppid 110 173|gettid 186 178|getuid 102 174|geteuid 107 175|getgid 104 176|getegid 108 177
getresuid 118 148|getresgid 120 150|getgroups 115 158|getpgrp 111 -|getpgid 121 155|getsid 124 156
clock_gettime 228 113|clock_getres 229 114|clock_nanosleep 230 115|nanosleep 35 101|gettimeofday 96 169|time 201 -
getrandom 318 278|sched_yield 24 124|sched_getaffinity 204 123|getrusage 98 165|times 100 153|uname 63 160
getrlimit 97 163|sysinfo 99 179|umask 95 166|getcpu 309 168|set_robust_list 273 99|rseq 334 293
restart_syscall 219 128|exit 60 93|exit_group 231 94
"""
# name: x86_64, aarch64, argument, the values it may have
_CHECKED = {
    "ioctl": (16, 29, 1, (_TCGETS, _FIOCLEX)),
    "fcntl": (72, 25, 1, _FCNTL),
    "prlimit64": (302, 261, 2, (0,)),  # ask, never set
}
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def supported() -> bool:
    """Whether there is a filter for this machine and a kernel that takes it."""
    return platform.machine() in _MACHINES and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def program() -> bytes:
    """The filter for this machine.

    Raises:
        OSError: if there is none.
    """
    if platform.machine() not in _MACHINES:
        raise OSError(errno.ENOSYS, f"no system call table for {platform.machine()}")
    column, architecture = _MACHINES[platform.machine()]
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_JUMP_AT_LEAST, _X32_BIT, 0, 1),
        _step(_RETURN, _KILL),
    ]
    for entry in _PLAIN.replace("\n", "|").split("|"):
        if entry and (number := entry.split()[1 + column]) != "-":
            code += [_step(_JUMP_EQUAL, int(number), 0, 1), _step(_RETURN, _ALLOW)]
    for *numbers, argument, values in _CHECKED.values():
        code += _check(int(numbers[column]), argument, values)
    return b"".join([*code, _step(_RETURN, _ERRNO)])


def _check(number: int, argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Allow a call if the argument has one of the values; both halves of it count."""
    low, high = _ARGUMENTS + 8 * argument, _ARGUMENTS + 8 * argument + 4
    body = [_step(_LOAD, high), _step(_JUMP_EQUAL, 0, 1, 0), _step(_RETURN, _ERRNO), _step(_LOAD, low)]
    for value in values:
        body += [_step(_JUMP_EQUAL, value, 0, 1), _step(_RETURN, _ALLOW)]
    body.append(_step(_RETURN, _ERRNO))
    return [_step(_JUMP_EQUAL, number, 0, len(body)), *body]


def _step(code: int, constant: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, constant)


def load(filter_program: bytes) -> None:
    """Put this process under the filter for good. Needs no_new_privs.

    Raises:
        OSError: if the kernel does not take it.
    """
    description = _Program(len(filter_program) // 8, filter_program)
    if _libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(description), 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
