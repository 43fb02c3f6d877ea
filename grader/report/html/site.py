"""Write the report: the class, its tests and its mistakes for staff, and a page for each student."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from grader.errors import GraderError
from grader.language.choice import ENGLISH, language, speaking
from grader.language.records import course_in_language, grade_in_language
from grader.model import Course, Grade, Status, Topic
from grader.report.html.drawn import Drawn
from grader.report.html.figures import BINS, ClassTally, bin_of
from grader.report.html.items import ItemTally
from grader.report.html.mistakes import MistakeTally, Person
from grader.report.html.pages import render, stream
from grader.report.html.plots import Cell, heat_map
from grader.report.html.student import view_of, when
from grader.report.text import one_line

PAGES = ("index.html", "tests.html", "mistakes.html")
STUDENTS = "students"
_SAFE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
"""Names that Windows gives to devices."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A student among the class."""

    person: Person
    cells: tuple[Cell, ...]
    """A cell per topic."""
    total: Cell
    flags: str
    """What the table can be narrowed to, in words of our own."""


def write_report(
    grades: Iterable[Grade],
    topics: Sequence[Topic],
    title: str,
    out: Path,
    *,
    written_at: str,
    drawn: Drawn | None = None,
    course: Course | None = None,
    code: str = ENGLISH,
) -> int:
    """Write the site into a folder, which appears when it is complete; a report that was there before is replaced.

    Args:
        grades: of the class, with outcomes; read once, and not kept.
        topics: in teaching order.
        title: of the course.
        out: the folder.
        written_at: UTC, ISO 8601.
        drawn: gives the figures of a student; without, the pages have none.
        course: where the catalogues are, if the students' pages are not in English.
        code: of the language of the students' pages.

    Returns:
        How many students it shows.

    Raises:
        GraderError: the folder holds something else, or cannot be written; what was there before is untouched.
    """
    try:
        _check(out)
        target = out.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            students = _Site(topics, title, draft, written_at, drawn, _reader(course, code)).write(grades)
            _put(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise GraderError(
            f"{out} cannot be written: {error.strerror or error}.", "Name a folder where you may write."
        ) from error
    return students


def page_name(student_id: str) -> str:
    """The file of a student's page: the id where it is a harmless name everywhere, else told apart by a hash."""
    if _SAFE.fullmatch(student_id) and not _RESERVED.fullmatch(student_id):
        return f"{student_id}.html"
    readable = re.sub(r"[^A-Za-z0-9]+", "-", student_id)[:40].strip("-") or "student"
    # The equals sign keeps it apart from every id that is its own name.
    return f"{readable}={hashlib.sha256(student_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.html"


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """How the students' pages read."""

    code: str
    grade: Callable[[Grade], Grade]
    """Puts the outcomes into that language."""
    topics: tuple[Topic, ...] = ()
    """With titles to read; none if those of the report will do."""
    title: str = ""
    """Of the course, likewise."""


def _reader(course: Course | None, code: str) -> Reader:
    if course is None or code == ENGLISH:
        return Reader(code=ENGLISH, grade=lambda grade: grade)
    with speaking(code):
        read = course_in_language(course)
    return Reader(code=code, grade=partial(grade_in_language, course), topics=read.topics, title=read.title)


class _Site:
    """One report on its way to the disk."""

    def __init__(
        self, topics: Sequence[Topic], title: str, folder: Path, written_at: str, drawn: Drawn | None, reader: Reader
    ) -> None:
        self._topics = topics
        self._folder = folder
        self._common = {"course": title, "written_at": when(written_at)}
        self._written_at = written_at
        self._reader = reader
        self._figures = ClassTally(topics)
        self._items = ItemTally(topics)
        self._mistakes = MistakeTally(topics)
        self._rows: list[Row] = []
        self._drawn = drawn or (lambda _: {})

    def write(self, grades: Iterable[Grade]) -> int:
        """Write every page; returns the number of students."""
        (self._folder / STUDENTS).mkdir(parents=True)
        for grade in grades:
            self._add(grade)
        self._write_class()
        self._write("tests", topics=self._topics, items=self._items.figures())
        mistakes = self._mistakes.figures()
        self._write("mistakes", topics=self._topics, mistakes=mistakes, tally=self._mistakes)
        return len(self._rows)

    def _add(self, grade: Grade) -> None:
        """Write one student's page, and count them."""
        name = one_line(grade.student_id) or ascii(grade.student_id)
        file = page_name(grade.student_id)
        with speaking(self._reader.code):
            read = self._reader.grade(grade)
            view = view_of(read, self._reader.topics or self._topics, name, self._drawn(grade))
            common = {"course": self._reader.title or self._common["course"], "written_at": when(self._written_at)}
            page = render("student", student=view, language=language().replace("_", "-"), **common)
        (self._folder / STUDENTS / file).write_text(page, "utf-8")
        person = Person(name, f"{STUDENTS}/{file}")
        self._figures.add(grade)
        self._items.add(grade)
        self._mistakes.add(grade, person)
        self._rows.append(_row(grade, self._topics, person))

    def _write_class(self) -> None:
        figures = self._figures.figures()
        best_first = sorted(self._rows, key=lambda row: (-row.total.score, row.total.status, row.person.name))
        strips = heat_map([(row.person.name, row.cells) for row in best_first], len(self._topics))
        self._write(
            "index",
            topics=self._topics,
            figures=figures,
            graded_at=when(figures.graded_at),
            rows=self._rows,
            strips=strips,
            failures=self._mistakes.failures,
            failed=self._mistakes.failed,
        )

    def _write(self, name: str, **values: object) -> None:
        with (self._folder / f"{name}.html").open("w", encoding="utf-8") as file:
            file.writelines(stream(name, **values, **self._common))


def _row(grade: Grade, topics: Sequence[Topic], person: Person) -> Row:
    scores = {score.topic: score for score in grade.topics}
    cells = [
        Cell(score.status, score.score or 0.0, score.max_score)
        if (score := scores.get(topic.name))
        else Cell(Status.NOT_GRADED, 0.0, topic.max_score)
        for topic in topics
    ]
    known = [cell for cell in cells if cell.status is not Status.NOT_GRADED]
    total = Cell(grade.status, sum(cell.score for cell in known), grade.max_score)
    return Row(person=person, cells=tuple(cells), total=total, flags=_flags(total, cells))


def _flags(total: Cell, cells: Sequence[Cell]) -> str:
    states = {cell.status for cell in cells}
    flags = {
        "missing": Status.MISSING in states,
        "nothing": states == {Status.MISSING},
        "ungraded": Status.NOT_GRADED in states,
        "low": total.status is Status.GRADED and total.score < total.max_score / 2,
        "full": total.status is Status.GRADED and bin_of(total.score, total.max_score) > BINS,
    }
    return " ".join(flag for flag, holds in flags.items() if holds)


def _check(out: Path) -> None:
    """Refuse to replace anything but a report."""
    if not os.path.lexists(out):
        return
    remedy = f"Name a folder that does not exist yet, such as {out / 'report'}"
    if not out.is_dir():
        raise GraderError(f"{out} is not a folder.", "Name a folder for the report.")
    if out.resolve() == Path.cwd() or out.resolve() in Path.cwd().parents:
        raise GraderError(f"{out} is the folder you are in, and it would be replaced.", remedy)
    ours = {*PAGES, STUDENTS}
    strangers = sorted(name for name in os.listdir(out) if name not in ours)
    folder = out / STUDENTS
    if folder.is_dir():
        strangers += sorted(f"{STUDENTS}/{name}" for name in os.listdir(folder) if not name.endswith(".html"))
    if strangers:
        raise GraderError(f"{out} holds {strangers[0]}, which is not part of a report.", remedy)


def _put(draft: Path, target: Path) -> None:
    """Put the finished folder in the place of the old one."""
    old = draft.with_suffix(".old")
    with suppress(FileNotFoundError):
        target.rename(old)
    try:
        draft.rename(target)
    except OSError:
        with suppress(OSError):
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
