"""Tries to leave something behind for the next student, wherever that might be possible."""
# expect double: 0 wrong_value
import ctypes
import mmap
import os
import sys

import numpy

libc = ctypes.CDLL(None)
FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/home", ".", os.path.dirname(numpy.__file__), sys.prefix)
FOLDERS += ("@COURSE@", "@SUBMISSIONS@", os.path.dirname(os.__file__), "/dev", "/sys", "/proc/self")


def leave():
    for folder in FOLDERS:
        for make in (
            lambda path: open(path, "w").write("x"),
            os.mkdir,
            os.mkfifo,
            lambda path: os.mknod(path, 0o20666, 259),
            lambda path: libc.shm_open(b"/@MARK@-shm", 0o102, 0o666),
            lambda path: libc.sem_open(b"/@MARK@-sem", 0o102, 0o666, 1),
        ):
            try:
                if make(f"{folder}/@MARK@-left") not in (None, -1, 0):
                    print("left something in", folder)
            except OSError:
                continue
    key = 0x5EC0DE
    for number in (29, 64, 68):  # shmget, semget, msgget
        if libc.syscall(number, key, 4096, 0o1666) >= 0:
            print("left System V memory")
    if libc.syscall(248, b"user", b"@MARK@", b"x", 1, -4) >= 0:  # add_key
        print("left a key")
    if libc.syscall(319, b"@MARK@", 0) >= 0:  # memfd_create
        print("made a memory file")
    try:
        mmap.mmap(-1, 4096)[0] = 1  # shared with nobody: there are no children
    except OSError:
        pass


def double(x):
    leave()
    return x


def both(x):
    return x, x
