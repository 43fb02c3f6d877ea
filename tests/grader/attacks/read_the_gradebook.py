"""Reads and writes the gradebook."""
# expect double: 0 forbidden


def double(x):
    with open("@GRADEBOOK@", "r+b") as gradebook:
        gradebook.write(b"\0" * 100)
    return 2.0 * x


def both(x):
    with open("@GRADEBOOK@-wal", "ab") as log:
        log.write(b"\0" * 4096)
    return x, 2.0 * x
