"""What a batch has left: the rows of a gradebook, and processes."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A topic of a student, as the gradebook has it."""

    status: str
    score: float | None
    outcomes: tuple[tuple[Any, ...], ...]
    """Test, result, points, message, output, mistake."""


def rows_of(gradebook: Path) -> dict[str, dict[str, Row]]:
    """What the gradebook has of every student and topic, without the times; nobody is graded twice."""
    found = history_of(gradebook)
    assert all(len(rows) == 1 for topics in found.values() for rows in topics.values()), "graded twice"
    return {student: {topic: rows[0] for topic, rows in topics.items()} for student, topics in found.items()}


def history_of(gradebook: Path) -> dict[str, dict[str, list[Row]]]:
    """All that the gradebook has ever had of every student and topic, oldest first, without the times."""
    rows: dict[str, dict[str, list[Row]]] = {}
    with closing(sqlite3.connect(gradebook)) as connection:
        for number, student, topic, status, score in connection.execute(
            "SELECT id, student_id, topic, status, score FROM grades ORDER BY id"
        ):
            columns = "test, result, points, message, output, mistake"
            outcomes = connection.execute(
                f"SELECT {columns} FROM outcomes WHERE grade_id = ? ORDER BY position", (number,)
            )
            rows.setdefault(student, {}).setdefault(topic, []).append(Row(status, score, tuple(outcomes)))
    return rows


def dump(gradebook: Path) -> str:
    with closing(sqlite3.connect(gradebook)) as connection:
        return "\n".join(connection.iterdump())


@contextmanager
def adopted_children() -> Iterator[Callable[[], list[str]]]:
    """Become the parent of every process that is left behind, and tell which there are."""
    libc = ctypes.CDLL(None)
    child_subreaper = 36
    known = set(_children())

    def left() -> list[str]:
        for _ in range(50):
            found = [child for child in _children() if child not in known and _command(child)]
            if not found:
                return []
            time.sleep(0.1)  # what was killed is not gone at once
        return [_command(child) for child in found]

    libc.prctl(child_subreaper, 1, 0, 0, 0)
    try:
        yield left
    finally:
        libc.prctl(child_subreaper, 0, 0, 0, 0)
        for child in set(_children()) - known:
            if not _command(child):
                os.waitpid(child, os.WNOHANG)


def _children(process: int | str = "self") -> list[int]:
    children = []
    with suppress(OSError):  # it may end while it is looked at
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            children += [int(child) for child in task.read_text().split()]
    return children


def _command(process: int) -> str:
    """What a process executes; empty for one that is dead."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


class Process(NamedTuple):
    """A process, as the system sees it."""

    parent: int
    command: str


def descendants(process: int) -> dict[int, Process]:
    """Every living process that this one has started, and those that they have started."""
    found: dict[int, Process] = {}
    waiting = [process]
    while waiting:
        parent = waiting.pop()
        for child in _children(parent):
            if child not in found and (command := _command(child)):
                found[child] = Process(parent, command)
                waiting.append(child)
    return found
