"""Reads a secret file by its path, through links in /proc, and by the raw system calls."""
# expect double: 0 forbidden
import ctypes
import os

libc = ctypes.CDLL(None)
PATH = b"@CANARY@"


def double(x):
    for number, arguments in ((2, (PATH, 0)), (257, (-100, PATH, 0)), (437, (-100, PATH, bytes(24), 24)), (85, (PATH, 6))):
        descriptor = libc.syscall(number, *arguments)
        if descriptor >= 0:
            print(os.read(descriptor, 100))
    for way in ("/proc/self/root", "/proc/self/cwd", f"/proc/{os.getppid()}/root", "/proc/1/root", "/dev/fd/../root"):
        try:
            print(open(way + PATH.decode()).read())
        except OSError:
            continue
    return open(PATH).read()


def both(x):
    return os.scandir(os.path.dirname(PATH))
