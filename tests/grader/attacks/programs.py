"""Runs programs."""
# expect double: 0 forbidden
import multiprocessing
import os
import subprocess


def double(x):
    if x.size == 5:
        subprocess.run(["touch", "/tmp/@MARK@-program"])
    if os.system("touch /tmp/@MARK@-system") == 0:
        return 2.0 * x
    os.execv("/bin/sh", ["sh", "-c", "touch /tmp/@MARK@-exec"])


def both(x):
    multiprocessing.Process(target=print).start()
    return x, 2.0 * x
