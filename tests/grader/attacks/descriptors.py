"""Reads what every open descriptor offers, and moves them about."""
# expect double: 0 wrong_value
import os
import stat


def look():
    for descriptor in range(1024):
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:
            continue
        print(descriptor, oct(mode))
        if stat.S_ISSOCK(mode):
            continue
        for read in (lambda: os.pread(descriptor, 1000, 0), lambda: os.listdir(descriptor)):
            try:
                print(read())
            except OSError:
                continue


def double(x):
    look()
    return x


def both(x):
    return x, x
