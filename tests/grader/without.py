"""Run Python on a machine that lacks layers of isolation: `python without.py landlock,seccomp -m grader.cli doctor`.

A seccomp filter makes the calls fail that put a layer on, as they do on a kernel or in a container without it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_ARCHITECTURE = {"x86_64": 0, "aarch64": 1}
# Layer: number on x86_64 and on aarch64, argument and the value it has (None: any; "not 0"), error.
_PRCTL, _ANY = (157, 167), None
CALLS = {
    "no_new_privs": [(_PRCTL, (0, 38), errno.EINVAL)],
    "capabilities": [((126, 91), _ANY, errno.EPERM)],
    "rlimits": [((160, 164), _ANY, errno.EPERM), ((302, 261), (2, "not 0"), errno.EPERM)],
    "landlock": [((444, 444), _ANY, errno.ENOSYS)],
    "seccomp": [(_PRCTL, (0, 22), errno.EINVAL), ((317, 277), _ANY, errno.ENOSYS)],
}


def _step(code: int, constant: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, constant)


def program(layers: list[str]) -> bytes:
    """A filter that refuses what these layers need, and nothing else."""
    column = _ARCHITECTURE[platform.machine()]
    code: list[bytes] = []
    for layer in layers:
        for numbers, argument, error in CALLS[layer]:
            refuse = [_step(_RETURN, _ERRNO | error)]
            if argument is not None:
                position, value = argument
                test = _step(_JUMP_EQUAL, 0, 1, 0) if value == "not 0" else _step(_JUMP_EQUAL, int(value), 0, 1)
                refuse = [_step(_LOAD, 16 + 8 * position), test, *refuse]
            code += [_step(_LOAD, 0), _step(_JUMP_EQUAL, numbers[column], 0, len(refuse)), *refuse]
    return b"".join([*code, _step(_RETURN, _ALLOW)])


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def take_away(layers: list[str]) -> None:
    """From this process and all that it starts."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = program(layers)
    if os.geteuid() != 0:
        libc.prctl(38, 1, 0, 0, 0)  # the kernel wants no_new_privs of a plain user
    if libc.prctl(22, 2, ctypes.byref(_Program(len(code) // 8, code)), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    take_away(sys.argv[1].split(","))
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
