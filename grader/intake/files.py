"""One file of a stranger: its name made harmless, its bytes read within bounds."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from grader.errors import IntakeError

MAX_BYTES = 1_000_000
"""Of one module. The longest solution of a course is a hundredth of it."""

Parts = tuple[str, ...]
"""Names from a submission's folder down to a file, as the file system spells them."""

# Flags that a system lacks are 0: Windows has no links that a plain user can make, and no such devices.
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FILE = (
    os.O_RDONLY
    | _NO_LINK
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe that nobody writes to would block the open itself
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)

DENIED = "{} cannot be read: permission denied."
LINK = "{} is a link, and links are not followed. Hand in the file itself."
SPECIAL = "{} is not a regular file."
_STUDENTS_OWN = {
    errno.ELOOP: LINK,
    errno.EMLINK: LINK,  # FreeBSD's word for it
    errno.ENOTDIR: LINK,  # a folder on the way that has become something else
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
    errno.ENXIO: SPECIAL,  # a socket
    errno.ENODEV: SPECIAL,
    errno.ENAMETOOLONG: "{} cannot be read: the path is too long.",
}


def is_denied(problem: str) -> bool:
    """Whether this sentence tells of a right that may be lacking here, not of what was handed in."""
    return problem.endswith(DENIED.removeprefix("{}"))


class UnreadableError(Exception):
    """Why something that was handed in cannot be read, as a sentence. No fault of this machine."""


def printable(name: str) -> str:
    """Escape what does not print, so that two different names stay different.

    Control characters, line ends, direction marks and bytes that are no UTF-8 become escapes, and a backslash
    is doubled, which is what keeps two names apart.
    """
    if name.isprintable() and "\\" not in name:  # nearly every name of a large class
        return name
    return "".join(_escaped(character) for character in name)


def _escaped(character: str) -> str:
    if character == "\\":
        return r"\\"
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shown(parts: Parts, longest: int = 100) -> str:
    """Name a file in a message: one line, printable, and short."""
    text = "/".join(printable(part) for part in parts)
    return text if len(text) <= longest else "…" + text[1 - longest :]


def unreadable(name: str, error: OSError) -> UnreadableError:
    """Say what is wrong with something that was handed in.

    Raises:
        IntakeError: it is this machine that failed (too many open files, a disk error, a file that vanished):
            no reason to give a student a zero.
    """
    sentence = _STUDENTS_OWN.get(error.errno or 0)
    if sentence is None:
        raise IntakeError(
            f"{name} could not be read: {error.strerror or error}.",
            "That is this machine's failure, not the student's. Put it right and run the same command again.",
        ) from error
    return UnreadableError(sentence.format(name))


def read_file(folder: Path, parts: Parts, *, follow: bool, most: int = MAX_BYTES, name: str = "") -> tuple[bytes, int]:
    """Read a regular file of bounded size, and follow no link on the way to it.

    Args:
        folder: what the submission consists of.
        parts: the way from there.
        follow: whether `folder` itself may be a link.
        most: bytes that are allowed.
        name: of the file in messages, if not all of its parts.

    Returns:
        Its bytes, and when it was last modified, in seconds since 1970.

    Raises:
        UnreadableError: it is a link, no regular file, too large, or may not be read.
        IntakeError: this machine failed.
    """
    name = name or shown(parts)
    try:
        descriptor = _open_beneath(folder, parts, follow=follow)
        try:
            return _read_regular(descriptor, name, most)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise unreadable(name, error) from error


def too_large(name: str, size: int, most: int) -> UnreadableError:
    """Say that something is larger than what is read."""
    return UnreadableError(f"{name} is too large: {size:,} bytes, where {most:,} are allowed.")


def _read_regular(descriptor: int, name: str, most: int) -> tuple[bytes, int]:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError(SPECIAL.format(name))
    source = _read_bounded(descriptor, most)
    if len(source) > most:
        raise too_large(name, max(status.st_size, len(source)), most)
    return source, status.st_mtime_ns // 1_000_000_000


def _open_beneath(folder: Path, parts: Parts, *, follow: bool) -> int:
    """Open step by step, so that a folder which turns into a link meanwhile leads nowhere."""
    if os.open not in os.supports_dir_fd:
        return os.open(folder.joinpath(*parts), _FILE)
    here = os.open(folder, _FOLDER if follow else _FOLDER | _NO_LINK)
    try:
        for part in parts[:-1]:
            below = os.open(part, _FOLDER | _NO_LINK, dir_fd=here)
            os.close(here)
            here = below
        return os.open(parts[-1], _FILE, dir_fd=here)
    finally:
        os.close(here)


def _read_bounded(descriptor: int, most: int) -> bytes:
    """Read to the end or one byte past the bound; the size that was promised may be a lie."""
    chunks = []
    left = most + 1
    while left > 0 and (chunk := os.read(descriptor, min(left, 1 << 16))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)
