"""Everything that a gradebook knows of a class, as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from grader.export.files import write_file
from grader.model import Course, Grade

VERSION = 1
_BEYOND_ASCII = re.compile("[\x7f-\U0010ffff]")


def export_json(grades: Iterable[Grade], course: Course, out: Path | BinaryIO) -> int:
    """Write grades with everything that belongs to them.

    An object with `version`, `title`, `topics` and `students`; a student has the fields of a Grade, with the topics'
    scores and, if they were read, the outcomes. Written one student at a time, for a class may be large.

    Args:
        grades: in the order of the students.
        course: whose.
        out: a file's path, or a stream.

    Returns:
        How many students were written.

    Raises:
        GraderError: the file cannot be written; what was there before is untouched.
    """
    return write_file(out, lambda stream: _write(grades, course, stream), example="grades.json")


def harmless(data: bytes) -> bytes:
    r"""The same JSON, with `\u` for what cannot be seen: a terminal that it is shown on would obey some of it."""
    text = data.decode("utf-8")
    if text.isascii() and "\x7f" not in text:
        return data
    return _BEYOND_ASCII.sub(lambda match: _spelt(match[0]), text).encode("utf-8")


def _spelt(character: str) -> str:
    if character.isprintable():
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _write(grades: Iterable[Grade], course: Course, stream: BinaryIO) -> int:
    head = msgspec.json.encode({"version": VERSION, "title": course.title, "topics": course.topics})
    stream.write(head[:-1] + b',"students":[')
    count = 0
    for grade in grades:
        stream.write((b",\n" if count else b"\n") + harmless(msgspec.json.encode(grade)))
        count += 1
    stream.write(b"\n]}\n")
    return count
