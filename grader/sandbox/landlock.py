"""Landlock: a worker may read the standard library and NumPy, and touch nothing else.

Source: the kernel's Documentation/userspace-api/landlock.rst. The three system calls have the same numbers everywhere.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_QUERY = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

# Rights that each version of the interface knows, so that everything it knows is denied.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_SINCE, _NET_RIGHTS = 4, 0b11
_SCOPE_SINCE, _SCOPES = 6, 0b11

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Of the kernel's interface; 0 where there is none."""
    answer: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_QUERY)
    return max(answer, 0)


def ruleset(readable: Iterable[str]) -> int:
    """A ruleset that allows reading beneath these paths and denies everything else.

    Returns:
        Its file descriptor, for `restrict`.

    Raises:
        OSError: if the kernel has no Landlock.
    """
    abi = version()
    rights = _FILE_RIGHTS.get(abi, _FILE_RIGHTS[5])
    attributes = struct.pack(
        "<QQQ", rights, _NET_RIGHTS if abi >= _NET_SINCE else 0, _SCOPES if abi >= _SCOPE_SINCE else 0
    )
    size = 24 if abi >= _SCOPE_SINCE else 16 if abi >= _NET_SINCE else 8
    descriptor = _checked(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    for path in readable:
        _allow(descriptor, path)
    return descriptor


def _allow(descriptor: int, path: str) -> None:
    try:
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = _READ_FILE | _READ_DIR if os.path.isdir(path) else _READ_FILE
        rule = struct.pack("<Qi", rights, beneath)
        _checked(_libc.syscall(_ADD_RULE, descriptor, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(beneath)


def restrict(descriptor: int) -> None:
    """Put this process, and what it starts, under a ruleset for good. Needs no_new_privs."""
    _checked(_libc.syscall(_RESTRICT_SELF, descriptor, 0))
    os.close(descriptor)


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
