"""Fills the disk, where it can."""
# expect double: 0 forbidden
import tempfile


def double(x):
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "."):
        try:
            with open(f"{folder}/@MARK@-disk", "wb") as file:
                for _ in range(64):
                    file.write(bytes(1 << 20))
        except PermissionError:
            continue
        return 2.0 * x
    tempfile.TemporaryFile(dir="/tmp")


def both(x):
    with open("/dev/full", "wb") as file:
        file.write(bytes(100))
