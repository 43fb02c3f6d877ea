"""A zip as a tree: read in memory within bounds, never extracted."""

from __future__ import annotations

import errno
import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.files import LINK, SPECIAL, Parts, UnreadableError, shown, too_large
from grader.intake.tree import ROOT, Content, Kind, Node

MAX_CLASS_MEMBERS = 500_000
"""Files in the download of a class."""
MAX_MEMBERS = 10_000
"""Files in an archive that a student has handed in."""
_MAX_DIRECTORY = 4_000_000
"""Bytes of such an archive's directory, which is read as a whole when it is opened."""
_MAX_NAME = 1_000
_MAX_FOLDERS = 30
"""Folders around a file."""

_END = struct.Struct("<4s4H2LH")  # APPNOTE.TXT 4.3.16: end of central directory record
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED, _UTF8 = 0x1, 0x800  # APPNOTE.TXT 4.4.4
_UNIX = 3  # APPNOTE.TXT 4.4.2
_TIMES = 0x5455  # Info-ZIP's extended timestamp: seconds since 1970, where the zip's own time has no time zone
# A piece of bzip2 or LZMA may unpack to any size at once; the zlib of a deflated file can be told to stop.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile says of bytes that are no zip, or lie about themselves.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class ZipTree:
    """The files of a zip, by the names that they claim to have."""

    def __init__(self, archive: zipfile.ZipFile, folders: _Folders, base: Parts, refused: tuple[str, ...]) -> None:
        self.refused = refused
        """Names that lead out of the archive; what is behind them is not looked at."""
        self._archive = archive
        self._folders = folders
        self._base = base

    def listing(self, parts: Parts, most: int) -> list[Node]:
        """See Tree. A name that two files claim is there twice."""
        names = self._folders.get((*self._base, *parts))
        if names is None:
            raise UnreadableError(f"{shown(parts) or ROOT} is not there.")
        nodes = [Node(name, _kind_of(member)) for name in sorted(names) for member in names[name]]
        return nodes[:most]

    def read(self, parts: Parts, most: int) -> Content:
        """See Tree."""
        name = shown(parts)
        *above, last = (*self._base, *parts)
        member = next(filter(None, self._folders.get(tuple(above), {}).get(last, [])), None)
        if member is None:
            raise UnreadableError(f"{name} is not there.")
        _check_member(member, name)
        if member.file_size > most:
            raise too_large(name, member.file_size, most)
        try:
            with self._archive.open(member) as file:
                data = file.read(most + 1)
        except OSError as error:
            if error.errno == errno.EINVAL:  # it says that it begins before the archive does
                raise UnreadableError(f"{name} is damaged.") from error
            raise IntakeError(
                f"{name} could not be read: {error.strerror or error}.",
                "That is this machine's failure, not the student's. Put it right and run the same command again.",
            ) from error
        except _BROKEN as error:
            raise UnreadableError(f"{name} is damaged: {_sentence(error)}") from error
        if len(data) > most:
            raise too_large(name, len(data), most)
        return Content(data, _modified(member))

    def below(self, parts: Parts) -> ZipTree:
        """See Tree."""
        return ZipTree(self._archive, self._folders, (*self._base, *parts), self.refused)

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()


_Member = zipfile.ZipInfo | None
"""None stands for a folder, which need not have an entry of its own."""
_Folders = dict[Parts, dict[str, list[_Member]]]
"""By folder and name, those who claim that name."""


def open_download(path: Path) -> ZipTree:
    """The zip of a class.

    Raises:
        IntakeError: it is none, is damaged, or cannot be read.
    """
    remedy = "Give the folder that holds one folder per student, or download the zip again."
    try:
        return _opened(path, MAX_CLASS_MEMBERS)
    except OSError as error:
        raise IntakeError(f"{path} cannot be read: {error.strerror or error}.", remedy) from error
    except UnreadableError as error:
        raise IntakeError(f"{path} is no zip that can be read: {error}", remedy) from error


def open_archive(data: bytes, name: str) -> ZipTree:
    """An archive that a student has handed in.

    Raises:
        UnreadableError: it is none, is damaged, or has too many files in it.
    """
    _check_directory(data, name)
    try:
        return _opened(io.BytesIO(data), MAX_MEMBERS)
    except UnreadableError as error:
        raise UnreadableError(f"{name} is no zip that can be read: {error}") from error


def _check_directory(data: bytes, name: str) -> None:
    """Refuse a directory that would take the memory before anybody can count what is in it."""
    start = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _LONGEST_COMMENT))
    if start < 0 or start + _END.size > len(data):
        raise UnreadableError(f"{name} is no zip that can be read. Zip the files again.")
    _, _, _, _, entries, size, _, _ = _END.unpack_from(data, start)
    if entries > MAX_MEMBERS or size > _MAX_DIRECTORY:
        raise UnreadableError(f"{name} holds more than {MAX_MEMBERS:,} files. Hand in the modules only.")


def _opened(file: Path | io.BytesIO, most: int) -> ZipTree:
    """Read the directory of a zip, and sort it by folders."""
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        raise UnreadableError(_sentence(error)) from error
    members = archive.infolist()
    if len(members) > most:
        archive.close()
        raise UnreadableError(f"it holds {len(members):,} files, where {most:,} are allowed.")
    folders: _Folders = {(): {}}
    refused = []
    for member in members:
        parts = parts_of(member)
        if parts:
            _enter(folders, parts, None if _is_folder(member) else member)
        elif parts is None:
            refused.append(shown((member.filename,)))
    return ZipTree(archive, folders, (), tuple(refused))


def _enter(folders: _Folders, parts: Parts, member: _Member) -> None:
    """Note a file or folder, and the folders around it, which need not have an entry of their own."""
    for end in range(1, len(parts) + (member is None)):
        above, name = parts[: end - 1], parts[end - 1]
        if parts[:end] not in folders:
            folders[parts[:end]] = {}
            folders[above].setdefault(name, []).append(None)
    if member is not None:
        folders[parts[:-1]].setdefault(parts[-1], []).append(member)


def parts_of(member: zipfile.ZipInfo) -> Parts | None:
    """The way to a file, empty if it is the archive's own folder; None for a name that leads out of the archive."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        name = _as_utf8(name)
    name = unicodedata.normalize("NFC", name[:_MAX_NAME]).replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    leads_out = name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name)
    return None if leads_out or len(parts) > _MAX_FOLDERS else parts


def _as_utf8(name: str) -> str:
    """A name without the mark for UTF-8, which macOS writes in UTF-8 all the same."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(("/", "\\")) or _mode(member) == stat.S_IFDIR


def _mode(member: zipfile.ZipInfo) -> int:
    """What a Unix system took it for; 0 where none has a say."""
    return stat.S_IFMT(member.external_attr >> 16) if member.create_system == _UNIX else 0


def _kind_of(member: _Member) -> Kind:
    if member is None:
        return Kind.FOLDER
    mode = _mode(member)
    if mode == stat.S_IFLNK:
        return Kind.LINK
    return Kind.FILE if mode in (0, stat.S_IFREG) else Kind.OTHER


def _check_member(member: zipfile.ZipInfo, name: str) -> None:
    if _kind_of(member) is Kind.LINK:
        raise UnreadableError(LINK.format(name))
    if _kind_of(member) is not Kind.FILE:
        raise UnreadableError(SPECIAL.format(name))
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableError(f"{name} is encrypted. Zip it without a password.")
    if member.compress_type not in _METHODS:
        raise UnreadableError(f"{name} is compressed in an unusual way. Zip it again with the usual method (deflate).")


def _modified(member: zipfile.ZipInfo) -> int | None:
    """When it was last modified; the zip's own time is one of a clock on a wall, taken to be this machine's."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _TIMES and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            return int(struct.unpack_from("<l", extra, 5)[0])
        extra = extra[4 + size :]
    try:
        return int(datetime(*member.date_time).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def _sentence(error: Exception) -> str:
    """What zipfile said, as a sentence of one printable line."""
    text = "".join(character if character.isprintable() else "?" for character in str(error))[:100].rstrip(".")
    return f"{text[:1].lower()}{text[1:]}." if text else f"{type(error).__name__}."
