"""Overwrites, removes, renames and relabels a file, and makes links to it."""
# expect double: 0 forbidden
import os

PATH = "@CANARY@"


def double(x):
    for attempt in (
        lambda: open(PATH, "w").write("gone"),
        lambda: os.truncate(PATH, 0),
        lambda: os.unlink(PATH),
        lambda: os.rename(PATH, PATH + "-@MARK@"),
        lambda: os.chmod(PATH, 0o777),
        lambda: os.chown(PATH, 12345, 12345),
        lambda: os.utime(PATH, (0, 0)),
        lambda: os.link(PATH, "/tmp/@MARK@-link"),
        lambda: os.symlink(PATH, "/tmp/@MARK@-symlink"),
        lambda: os.setxattr(PATH, "user.mark", b"x"),
        lambda: os.removexattr(PATH, "user.mark"),
    ):
        try:
            attempt()
        except PermissionError:
            continue
        print("done what must not be")
        return 2.0 * x
    os.unlink(PATH)


def both(x):
    with open(PATH, "a"):
        return x, 2.0 * x
