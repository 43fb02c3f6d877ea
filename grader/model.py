"""The records that flow through the grader. They are frozen, and import nothing of ours."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec


class Result(enum.StrEnum):
    """How one test ended."""

    PASSED = "passed"
    WRONG_VALUE = "wrong_value"
    WRONG_SHAPE = "wrong_shape"
    WRONG_TYPE = "wrong_type"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    NOT_IMPLEMENTED = "not_implemented"
    NOT_GRADED = "not_graded"
    """The grader itself failed. Never a zero: somebody must look."""


class Status(enum.StrEnum):
    """What a score means: missing, zero and not graded are three different things."""

    GRADED = "graded"
    MISSING = "missing"
    NOT_GRADED = "not_graded"


class SuiteKind(enum.StrEnum):
    """Which suites are run."""

    HIDDEN = "hidden"
    PUBLIC = "public"


class Isolation(enum.StrEnum):
    """How far student code is confined."""

    FULL = "full"
    """Every layer that the design names."""
    PARTIAL = "partial"
    """The layers that this machine has."""
    NONE = "none"
    """A process of its own and nothing more: for a student's own machine."""


class PercentOf(enum.StrEnum):
    """What the percentage of a late penalty is taken of."""

    MAX_SCORE = "max_score"
    SCORE = "score"
    """What was earned."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What student code may use. Seconds are measured by the runner's clock."""

    call_seconds: float = 2.0
    topic_seconds: float = 10.0
    submission_seconds: float = 60.0
    memory_mb: int = 1024
    """Address space of a worker."""
    message_mb: int = 16
    """Largest answer to one call, encoded."""
    output_kb: int = 16
    """Printed text that is kept of one call."""
    callbacks: int = 20_000
    """How often one call may ask a function that it was given."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One technique: the unit for which a score is reported."""

    name: str
    """The same word everywhere: `exercises/NAME.py`, `tests/hidden/test_NAME.py`, …"""
    title: str
    max_score: float
    """The sum of the points of the hidden suite; `grade audit` checks it."""
    uses: tuple[str, ...] = ()
    """Earlier topics whose modules its suite may use: the student's own, or the reference's where theirs is missing."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What handing in late costs. Computed from times when grades are read: another policy regrades nothing."""

    due: Mapping[str, datetime] = {}
    """By topic; one without can be handed in at any time."""
    timezone: str = "UTC"
    """Of dates that are written without one."""
    grace_minutes: float = 0.0
    """Who is later than this is late since the due date."""
    percent_per_day: float = 0.0
    """What each day that has begun costs."""
    percent_of: PercentOf = PercentOf.MAX_SCORE
    late_days: int = 0
    """Days of a student that cost nothing, over all topics."""
    cutoff_days: int | None = None
    """What comes later than this counts nothing; None if everything counts."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A directory with a `course.toml`."""

    root: Path
    title: str
    seed: int
    """Run seed of the hidden suites; the recorded truth belongs to it."""
    limits: Limits
    topics: tuple[Topic, ...]
    """In teaching order."""
    policy: Policy = Policy()
    min_mistakes: int = 0
    """So many must be catalogued in all."""


class Module(msgspec.Struct, frozen=True, kw_only=True):
    """What a student handed in for one topic."""

    topic: str
    filename: str
    """As the student named it; shown in messages, never opened again."""
    source: bytes
    problem: str = ""
    """Why the module could not be read, as a sentence; empty if it could."""
    cells: tuple[int, ...] = ()
    """Of a notebook: the line of `source` on which each code cell begins."""
    denied: bool = False
    """Whether the problem may be this machine's: the topic is then not graded, which is no zero."""
    submitted_at: str | None = None
    """When it was handed in or last changed, as of a Submission; None if that is not known of it alone."""


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """A known wrong answer: the solution with some edits."""

    name: str
    says: str
    """Completes "These are the numbers of …"."""
    hint: str
    """What to look at, never the fix."""
    edits: Mapping[str, str] = {}
    """Old text to new; each old text stands exactly once in the solution."""
    code: str = ""
    """Appended to the solution, where it redefines whole functions."""
    remembers: bool = False
    """Whether it keeps something from test to test, so that its answers depend on the tests before."""


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A right answer written differently: it must lose nothing, except where the handout announces a convention."""

    name: str
    says: str
    """What it does differently."""
    edits: Mapping[str, str] = {}
    """As of a Mistake."""
    code: str = ""
    """As of a Mistake."""
    may_lose: tuple[str, ...] = ()
    """Convention tests that it fails."""


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What one student handed in. A topic without a module is missing."""

    student_id: str
    modules: Mapping[str, Module]
    submitted_at: str | None = None
    """UTC, ISO 8601, seconds: as the download or the course list says, or the newest time of its modules."""
    attempt: str = ""
    """Which one counts, of several that may have been handed in, as the download calls it."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at one place of an answer, cell by cell, as text."""

    place: str
    """An index, such as "2" or "0, 3"; empty for a single value."""
    expected: tuple[str, ...]
    got: tuple[str, ...]
    wrong: tuple[bool, ...]
    """Which cells differ by more than the tolerance."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Expected and got, side by side. Public tests only."""

    axis: str
    """What the places count: "step", "row", "index"."""
    lines: tuple[Line, ...]
    """Around the first difference."""
    before: int = 0
    """Lines left out above."""
    after: int = 0
    """Lines left out below."""
    rtol: float = 0.0
    """Tolerance relative to an expected value; 0 where nothing was compared by size."""
    atol: float = 0.0
    """Tolerance beside it."""
    times: float = 0.0
    """The factor by which every value is off, if there is one."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """Of one test."""

    topic: str
    test: str
    """Name of the test function, with the parameters' id in brackets."""
    sentence: str
    """First line of the test's docstring: what a student reads."""
    result: Result
    points: float
    max_points: float
    message: str = ""
    """What to do next, in words a beginner can act on. Never an expected value of a hidden test."""
    output: str = ""
    """What the student's code printed, bounded."""
    mistake: str = ""
    """What the catalogued mistake says whose numbers these are."""
    hint: str = ""
    hints: tuple[str, ...] = ()
    """What the author of the test says to who asks for help, each more concrete than the one before."""
    call: tuple[str, ...] = ()
    """The call that went wrong, as lines of Python. Public tests only."""
    comparison: Comparison | None = None
    """What came of it and what should have. Public tests only."""
    seconds: float = 0.0


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """What stands between the points of the suite and the score that counts."""

    auto_score: float | None
    """What the suite gave; None if the topic is missing or not graded."""
    days_late: int = 0
    """Days that have begun since the due date, the grace and the student's extension taken into account."""
    free_days: int = 0
    """How many of them the student's late days pay for."""
    penalty: float = 0.0
    """Points that the others cost; none where somebody has set the score."""
    manual_score: float | None = None
    """What somebody set instead; it counts as it is."""
    why: str = ""
    """The reason for the manual score."""


class TopicScore(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one topic."""

    topic: str
    status: Status
    score: float | None
    """None unless the status is graded."""
    max_score: float
    outcomes: tuple[Outcome, ...] = ()
    submitted_at: str | None = None
    """When its module was handed in; None if that is not known of it alone."""
    digest: str = ""
    """SHA-256 of the module that was graded; empty if none was handed in."""
    adjustment: Adjustment | None = None
    """None as long as the score is the suite's."""


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """Of one submission."""

    student_id: str
    status: Status
    """not_graded if any topic is, missing if all topics are, else graded."""
    score: float | None
    """The sum over the topics, a missing one counting zero; None if anything is not graded."""
    max_score: float
    topics: tuple[TopicScore, ...]
    needs_manual_grade: bool
    submitted_at: str | None
    graded_at: str
    """UTC, ISO 8601, seconds."""
    isolation: Isolation
    attempt: str = ""
    """As of the Submission."""


class Extension(msgspec.Struct, frozen=True, kw_only=True):
    """More time for one student."""

    student_id: str
    topic: str | None
    """None for every topic."""
    until: datetime | None = None
    """The student's own due date, if it is not given in days."""
    days: float = 0.0
    """Beyond the due date of everybody."""


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A score that somebody set. The newest of a student and a topic counts, whatever is graded later."""

    student_id: str
    topic: str
    score: float | None
    """None takes an earlier one back."""
    why: str
    who: str
    set_at: str
    """UTC, ISO 8601, seconds."""
