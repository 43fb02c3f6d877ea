"""The places in nbgrader's gradebook where the scores of one submission stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from grader.nbgrader.cells import SCORE
from grader.scoring import DECIMALS

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """Where the score of a topic stands, and what a person has made of it."""

    notebook_id: str
    grade_id: str
    comment_id: str
    by_hand: float | None
    """What somebody has set, extra credit included; None if nobody touched it."""
    extra_credit: float
    remark: str
    """What somebody has written beside it."""


def find_slots(gradebook: Gradebook, submission_id: str) -> dict[str, Slot]:
    """By topic, where its score stands.

    One query: the objects of nbgrader's API would add up the scores of everything above them each time.
    """
    import sqlalchemy as sa
    from nbgrader.api import BaseCell, Comment, Grade, Notebook, SubmittedNotebook

    grades, comments = Grade.__table__, Comment.__table__
    cells, notebooks, submitted = BaseCell.__table__, Notebook.__table__, SubmittedNotebook.__table__
    query = (
        sa.select(
            notebooks.c.name,
            submitted.c.id.label("notebook_id"),
            grades.c.id.label("grade_id"),
            comments.c.id.label("comment_id"),
            grades.c.auto_score,
            grades.c.manual_score,
            grades.c.extra_credit,
            comments.c.manual_comment,
        )
        .select_from(submitted)
        .join(notebooks, notebooks.c.id == submitted.c.notebook_id)
        .join(cells, sa.and_(cells.c.notebook_id == notebooks.c.id, cells.c.name == SCORE))
        .join(grades, sa.and_(grades.c.cell_id == cells.c.id, grades.c.notebook_id == submitted.c.id))
        .join(comments, sa.and_(comments.c.cell_id == cells.c.id, comments.c.notebook_id == submitted.c.id))
        .where(submitted.c.assignment_id == submission_id)
    )
    return {str(row.name): _slot(row) for row in gradebook.db.execute(query)}


def add_slots(gradebook: Gradebook, submission: Any, topics: Sequence[str]) -> None:
    """Make up for topics that came to the assignment after the submission: nbgrader itself does not.

    Args:
        gradebook: where the assignment has these topics.
        submission: of one student.
        topics: that lack something in it.
    """
    from nbgrader.api import Comment, Grade, SubmittedNotebook

    for topic in topics:
        master = gradebook.find_notebook(topic, submission.assignment.name)
        [cell] = [cell for cell in master.task_cells if cell.name == SCORE]
        mine = [notebook for notebook in submission.notebooks if notebook.notebook_id == master.id]
        notebook = mine[0] if mine else SubmittedNotebook(notebook=master, assignment=submission)
        for kind, there in ((Grade, notebook.grades), (Comment, notebook.comments)):
            if cell.id not in {one.cell_id for one in there}:
                gradebook.db.add(kind(cell_id=cell.id, notebook=notebook))
    gradebook.db.flush()


def _slot(row: Any) -> Slot:
    extra = float(row.extra_credit or 0.0)
    base = row.auto_score if row.manual_score is None else row.manual_score
    touched = row.manual_score is not None or extra != 0.0
    return Slot(
        notebook_id=row.notebook_id,
        grade_id=row.grade_id,
        comment_id=row.comment_id,
        by_hand=round(float(base or 0.0) + extra, DECIMALS) if touched else None,
        extra_credit=extra,
        remark=(row.manual_comment or "").strip(),
    )
