"""From a gradebook into the file that an instructor's system has given out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from grader.errors import GraderError, UsageError
from grader.export.files import write_file
from grader.export.lms import FORMATS
from grader.export.lms.columns import Choice, Target, choose_columns
from grader.export.lms.fill import Filled, fill
from grader.export.lms.outline import Outline, plain
from grader.export.sheet import Sheet, read_sheet
from grader.intake.roster import Field, Roster
from grader.model import Grade, Topic


class Written(msgspec.Struct, frozen=True):
    """What was done."""

    filled: Filled
    targets: Sequence[Target]


def export_into(
    system: str,
    into: Path,
    out: Path | BinaryIO,
    topics: Sequence[Topic],
    grades: Iterable[Grade],
    choice: Choice,
    *,
    id_columns: Sequence[str] = (),
    roster: Roster | None = None,
    zero_for_missing: bool = False,
) -> Written:
    """Fill in an instructor's own file. It is written when it is complete, and only then.

    Args:
        system: one of FORMATS.
        into: the file as it was downloaded.
        out: where to write it.
        topics: of the course.
        grades: of the class.
        choice: which columns.
        id_columns: headers of columns with students' ids, where the file's own language hides them.
        roster: the course list.
        zero_for_missing: whether what was not handed in becomes a zero.

    Raises:
        IntakeError: the file is none of that system's.
        UsageError: the columns that were asked for are not there.
        GraderError: nobody has a row in it, or it cannot be written.
    """
    form = FORMATS[system]
    wanted = {plain(title) for title in id_columns}
    sheet = read_sheet(
        into,
        form.delimiters,
        lambda header: wanted <= set(map(plain, header)) if wanted else form.fits(header),
        form.wants,
    )
    outline = _with_ids(sheet, form.outline(sheet), wanted)
    targets = choose_columns(sheet, outline, topics, choice)
    filled = fill(sheet, outline, targets, grades, roster=roster, zero_for_missing=zero_for_missing)
    if not filled.students and not filled.kept:
        raise GraderError(
            f"Nobody in the gradebook has a row in {into}.",
            "If the two call students by different names, give a course list that has both: --roster FILE",
        )
    write_file(out, lambda stream: stream.write(sheet.encoded()), example="grades.csv")
    return Written(filled, targets)


def _with_ids(sheet: Sheet, outline: Outline, wanted: set[str]) -> Outline:
    """Take the columns that the instructor has named for those with the ids."""
    if not wanted:
        return outline
    header = [plain(title) for title in sheet.values(0)]
    columns = [index for index, title in enumerate(header) if title in wanted]
    if len(columns) != len(wanted):
        raise UsageError(f"{sheet.path} has two columns of the same name.", "Rename one of them.")
    identities = {
        index: Field.PARTICIPANT if _numbered(sheet, outline, index) else Field.STUDENT_ID for index in columns
    }
    return msgspec.structs.replace(outline, identities={**outline.identities, **identities})


def _numbered(sheet: Sheet, outline: Outline, column: int) -> bool:
    """Whether these are Moodle's numbers, as in "Teilnehmer/in 123"."""
    cells = [sheet.value(row, column).strip() for row in outline.rows]
    return bool(cells) and all(cell[:1].isalpha() and cell.rpartition(" ")[2].isdecimal() for cell in cells)
