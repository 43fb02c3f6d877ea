"""The course list: who is who, under every name that a download may use."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.errors import IntakeError
from grader.intake.table import Row, read_table


class Field(enum.StrEnum):
    """A kind of name for a student."""

    STUDENT_ID = "student_id"
    """What the gradebook calls a student."""
    SID = "sid"
    """The institution's number."""
    USERNAME = "username"
    EMAIL = "email"
    USER_ID = "user_id"
    """The number that Canvas or another system has given."""
    PARTICIPANT = "participant"
    """The number that Moodle has given for one assignment."""
    GITHUB = "github"
    REPOSITORY = "repository"
    NAME = "name"
    ANY = "any"
    """Of a download that does not say which kind its names are."""


# What the columns are called, without spaces, underscores and capitals, in the systems' own exports among others.
_COLUMNS = {
    Field.STUDENT_ID: "studentid rosteridentifier",
    Field.SID: "sid sisuserid idnumber orgdefinedid studentnumber",
    Field.USERNAME: "username login loginid sisloginid eid netid",
    Field.EMAIL: "email emailaddress mail",
    Field.USER_ID: "userid canvasid canvasuserid lmsuserid lmsid",
    Field.PARTICIPANT: "participant participantid moodleid",
    Field.GITHUB: "github githubusername",
    Field.REPOSITORY: "repository repo studentrepositoryname",
    Field.NAME: "name fullname student studentname displayname",
}
_FIRST, _LAST, _TIME = "firstname givenname", "lastname surname familyname", "submittedat submissiontimestamp"
_KNOWN = {word: field for field, words in _COLUMNS.items() for word in words.split()}
_PARTS = {word: words for words in (_FIRST, _LAST, _TIME) for word in words.split()}
IDENTITIES = tuple(field for field in _COLUMNS if field not in (Field.NAME, Field.REPOSITORY))
"""Each belongs to one student only."""
_WITHOUT_CASE = (Field.USERNAME, Field.EMAIL, Field.GITHUB, Field.REPOSITORY)
_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
_WANTS = (
    "The first line must name the columns; one of them is student_id, or sid, username, email or github. "
    "Exports of Canvas, Moodle, Blackboard and nbgrader have such a line."
)


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the course list."""

    student_id: str
    line: int
    known_as: Mapping[Field, str]
    """Every name, comparable."""
    submitted_at: str | None = None
    """UTC, ISO 8601, where the list has it."""


class Roster:
    """A course list, by every name of everybody."""

    def __init__(self, students: Sequence[Student], name: str) -> None:
        self.students = students
        self.name = name
        self.fields = {field for student in students for field in student.known_as}
        self._by_name: dict[tuple[Field, str], list[Student]] = defaultdict(list)
        for student in students:
            for field, value in student.known_as.items():
                self._by_name[field, value].append(student)

    def find(self, keys: Iterable[tuple[Field, str]]) -> list[Student]:
        """Everybody whom these names may mean; a person's own name is asked only where no other name fits.

        Args:
            keys: what one person is called, in any order.
        """
        keys = tuple(keys)
        found = {student.line: student for field, value in keys for student in self._named(field, value)}
        if not found:
            names = [comparable(Field.NAME, value) for field, value in keys if field in (Field.NAME, Field.ANY)]
            named = [student for name in names for student in self._by_name.get((Field.NAME, name), ())]
            found = {student.line: student for student in named if not self._contradicts(student, keys)}
        return [found[line] for line in sorted(found)]

    def _named(self, field: Field, value: str) -> list[Student]:
        if field is Field.NAME:
            return []
        if field is Field.ANY:
            return [one for each in IDENTITIES for one in self._by_name.get((each, comparable(each, value)), ())]
        if field not in self.fields and field is not Field.PARTICIPANT:
            field = Field.STUDENT_ID
        return self._by_name.get((field, comparable(field, value)), [])

    def _contradicts(self, student: Student, keys: tuple[tuple[Field, str], ...]) -> bool:
        return any(
            field is not Field.NAME
            and student.known_as.get(field, comparable(field, value)) != comparable(field, value)
            for field, value in keys
        )


def comparable(field: Field, value: str) -> str:
    """A name in the form in which two ways to write it are equal."""
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if field is Field.PARTICIPANT:
        number = re.search(r"\d+$", text)  # "Participant 123", in the language of the site
        return number[0].lstrip("0") if number else text
    if field is Field.NAME:
        last, comma, first = text.partition(",")
        return f"{first.strip()} {last.strip()}".casefold() if comma else text.casefold()
    return text.casefold() if field in _WITHOUT_CASE else text


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet would take it for one."""
    return _FORMULA.match(text) is not None


def read_roster(path: Path) -> Roster:
    """Read a course list.

    Raises:
        IntakeError: it cannot be read, a column is missing, a student has no id, or two have the same one.
    """
    header, *rows = read_table(path, lambda cells: bool(_identities(_fields(cells, ()))), _WANTS)
    fields = _fields(header.cells, rows)
    order = [Field.STUDENT_ID] if Field.STUDENT_ID in fields.values() else list(IDENTITIES)
    students = [student for row in rows if (student := _student(path, fields, order, row))]
    if not students:
        raise IntakeError(f"{path} names no student.", "Give the course list, with a line for each student.")
    _refuse_doubles(path, students)
    return Roster(students, path.name)


def _plain(title: str) -> str:
    return "".join(character for character in title.casefold() if character.isalnum())


def _fields(header: Sequence[str], rows: Sequence[Row]) -> dict[int, Field | str]:
    """By column, what is in it; columns that say nothing of who a student is are left out."""
    words = [_plain(title) for title in header]
    known: dict[int, Field | str] = {}
    for column, word in enumerate(words):
        if word == "id":  # Canvas' own number, or nbgrader's name of a student
            of_canvas = {"sisuserid", "sisloginid", "section"} & set(words)
            known[column] = Field.USER_ID if of_canvas else Field.STUDENT_ID
        elif word == "identifier":  # Moodle's, or GitHub Classroom's
            cells = [row.cells[column] for row in rows if column < len(row.cells)]
            moodle = cells and all(re.fullmatch(r"\D+\d+\s*", cell) for cell in cells)
            known[column] = Field.PARTICIPANT if moodle else Field.STUDENT_ID
        elif word in _KNOWN or word in _PARTS:
            known[column] = _KNOWN[word] if word in _KNOWN else _PARTS[word]
    return known


def _identities(fields: Mapping[int, Field | str]) -> set[Field | str]:
    return set(fields.values()) & set(IDENTITIES)


def _student(path: Path, fields: Mapping[int, Field | str], order: Sequence[Field], row: Row) -> Student | None:
    """One line; None for one that is no student."""
    cells = {
        fields[column]: text.removeprefix("#")  # as Brightspace writes ids
        for column, cell in enumerate(row.cells)
        if column in fields and (text := cell.strip())
    }
    student_id = next((cells[field] for field in order if field in cells), "")
    if not student_id:
        if not cells or set(cells.values()) == {"Points Possible"}:
            return None  # lines that Canvas puts under its header
        raise IntakeError(f"{path}, line {row.line}: there is no {order[0]}.", "Every student needs one. Fill it in.")
    for field in IDENTITIES:
        if starts_formula(cells.get(field, "")):
            raise IntakeError(
                f"{path}, line {row.line}: the {field} {cells[field]!r} starts a formula.",
                "A spreadsheet would run it instead of showing it. Correct it, or take the line out.",
            )
    if _FIRST in cells and _LAST in cells:
        cells[Field.NAME] = f"{cells[_FIRST]} {cells[_LAST]}"
    known_as = {field: comparable(field, cell) for field, cell in cells.items() if isinstance(field, Field)}
    known_as[Field.STUDENT_ID] = comparable(Field.STUDENT_ID, student_id)
    return Student(
        student_id=student_id, line=row.line, known_as=known_as, submitted_at=_time(path, row, cells.get(_TIME, ""))
    )


def _time(path: Path, row: Row, text: str) -> str | None:
    """When something was handed in, in UTC. GitHub Classroom writes `2026-05-01 09:00:00 UTC`."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(re.sub(r" ?UTC$", "+00:00", text))
    except ValueError:
        raise IntakeError(
            f"{path}, line {row.line}: {text!r} is no time.", "Write it like 2026-11-20T09:00:00+01:00."
        ) from None
    return when.astimezone(UTC).isoformat(timespec="seconds")


def _refuse_doubles(path: Path, students: Sequence[Student]) -> None:
    seen: dict[tuple[Field, str], int] = {}
    for student in students:
        for field in IDENTITIES:
            value = student.known_as.get(field)
            if value is None:
                continue
            first = seen.setdefault((field, value), student.line)
            if first != student.line:
                raise IntakeError(
                    f"{path}, line {student.line}: the {field} {value!r} stands in line {first} already.",
                    "Two students cannot have the same one. Correct one of the lines, or take it out.",
                )
