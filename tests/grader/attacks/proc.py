"""Reads and writes the memory of other processes through /proc, and looks where their descriptors lead."""
# expect double: 0 forbidden
import os


def double(x):
    for process in ["self", os.getppid(), *range(1, 400)]:
        for name in ("mem", "maps", "environ", "fd/0", "fd/5", "fdinfo/5", "stack", "syscall", "task", "cwd", "exe"):
            for way in (open, os.listdir):
                try:
                    way(f"/proc/{process}/{name}")
                except (PermissionError, FileNotFoundError, NotADirectoryError, ProcessLookupError):
                    continue
                print("reached", process, name)
    open(f"/proc/{os.getppid()}/mem", "r+b")


def both(x):
    return os.listdir("/proc")
