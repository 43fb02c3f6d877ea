"""Whose is it? Attempts to students; what matches nobody, or two people, is listed and never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from grader.intake.attempt import Attempt, Keys, Stray
from grader.intake.entry import Entry
from grader.intake.files import printable, shown
from grader.intake.roster import Field, Roster, Student


class Matched(msgspec.Struct, frozen=True):
    """A class."""

    entries: list[Entry]
    """Sorted by student id."""
    strays: list[Stray]
    repeated: int
    """Students who handed in more than once."""


def match(attempts: Sequence[Attempt], roster: Roster | None) -> Matched:
    """Find out whose each attempt is, and which of several counts: the newest.

    Args:
        attempts: in a download.
        roster: the course list; without, everybody is who the download says.
    """
    return _Matching(roster).run(attempts)


class _Matching:
    def __init__(self, roster: Roster | None) -> None:
        self._roster = roster
        self._strays: list[Stray] = []
        self._unclear: set[str] = set()
        """Students who may have handed in what cannot be told to be theirs: they are not missing."""
        self._by_student: dict[str, list[Attempt]] = defaultdict(list)

    def run(self, attempts: Sequence[Attempt]) -> Matched:
        for attempt in attempts:
            for keys in attempt.people:
                student_id = self._owner(attempt, keys)
                if student_id and attempt not in self._by_student[student_id]:
                    self._by_student[student_id].append(attempt)
        entries = [entry for student_id, own in self._by_student.items() if (entry := self._entry(student_id, own))]
        repeated = sum(len(own) > 1 for own in self._by_student.values())
        entries += self._absent()
        return Matched(sorted(entries, key=lambda entry: entry.student_id), self._strays, repeated)

    def _owner(self, attempt: Attempt, keys: Keys) -> str:
        """Whose it is; empty if that is not certain."""
        if self._roster is not None:
            return self._listed(self._roster, attempt, keys)
        field, value = keys[0]
        if len([each for each, _ in keys if each is field]) > 1:
            self._stray(
                attempt, "It cannot be told where in its name the username begins. Give a course list: --roster."
            )
            return ""
        return printable(value)

    def _listed(self, roster: Roster, attempt: Attempt, keys: Keys) -> str:
        """Whose it is according to the course list."""
        found = roster.find(keys)
        if len(found) == 1:
            return found[0].student_id
        called = " or ".join(dict.fromkeys(shown((value,)) for _, value in keys))
        if not found:
            self._stray(attempt, f"{roster.name} has nobody called {called}.")
        else:
            names = " and ".join(f"{one.student_id} (line {one.line})" for one in found)
            self._stray(attempt, f"{called} may be {names} of {roster.name}.")
            self._unclear.update(one.student_id for one in found)
        return ""

    def _entry(self, student_id: str, attempts: Sequence[Attempt]) -> Entry | None:
        """The newest attempt; None if it is not certain which one that is."""
        if self._roster is None and len({attempt.mark for attempt in attempts}) > 1:
            for attempt in attempts:
                self._stray(attempt, f"Two people may be called {student_id}. Give a course list: --roster.")
            return None
        times = sorted((attempt.when for attempt in attempts if attempt.when), reverse=True)
        if len(attempts) > 1 and (len(times) < len(attempts) or times[0] == times[1]):
            for attempt in attempts:
                self._stray(attempt, f"It cannot be told which one of {student_id} is the newest.")
            self._unclear.add(student_id)
            return None
        newest = max(attempts, key=lambda attempt: attempt.when or "")
        label = newest.label if len(attempts) == 1 else f"{newest.label} (the newest of {len(attempts)})"
        listed = self._student(student_id)
        return Entry(
            student_id=student_id,
            tree=newest.tree,
            attempt=label,
            submitted_at=(listed.submitted_at if listed else None) or newest.when,
            dated=newest.dated,
        )

    def _student(self, student_id: str) -> Student | None:
        found = self._roster.find([(Field.STUDENT_ID, student_id)]) if self._roster else []
        return found[0] if found else None

    def _absent(self) -> list[Entry]:
        """Who stands on the course list and has handed in nothing."""
        if self._roster is None:
            return []
        known = self._unclear | self._by_student.keys()
        return [Entry(student_id=one.student_id) for one in self._roster.students if one.student_id not in known]

    def _stray(self, attempt: Attempt, why: str) -> None:
        self._strays.append(Stray(attempt.label, why))
