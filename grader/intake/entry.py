"""One student of a class, before anything is read: 10,000 of them fit into memory."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.intake.submission import submission_of
from grader.intake.tree import Tree
from grader.model import Submission


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A student, and where lies what was handed in."""

    student_id: str
    """Printable, and unique in the class."""
    tree: Tree | None = None
    """None for somebody on the course list who has handed in nothing."""
    attempt: str = ""
    """Which one counts, as the download calls it."""
    submitted_at: str | None = None
    """UTC, ISO 8601, if the download or the course list says so."""
    dated: bool = False
    """Whether the files' own times tell when they were handed in, if nothing else does."""

    def read(self, topics: Sequence[str]) -> Submission:
        """Read what was handed in.

        Raises:
            IntakeError: this machine failed to read; nothing is known about the submission.
        """
        if self.tree is None:
            return Submission(student_id=self.student_id, modules={})
        submission = submission_of(self.tree, self.student_id, topics)
        if self.submitted_at is None and self.dated:
            return msgspec.structs.replace(submission, attempt=self.attempt)
        modules = {
            topic: msgspec.structs.replace(module, submitted_at=None) for topic, module in submission.modules.items()
        }
        return msgspec.structs.replace(
            submission, modules=modules, submitted_at=self.submitted_at if modules else None, attempt=self.attempt
        )
