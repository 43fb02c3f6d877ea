"""Compare a class, and look into the pairs that are close."""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from grader.errors import GraderError
from grader.intake.notebook import own_source
from grader.model import Course, Submission
from grader.similarity.tally import Tally
from grader.similarity.views import VIEWS, Expected, Hashes, View, fingerprint

COMMON = 10
"""What more submissions than this share is the task's, not theirs."""
ALIKE = 0.5
"""Share of their own wording from which a pair is listed; of their own structure it takes a quarter more."""
_LONGEST = 100_000
"""Characters of a module that are compared; the longest solution has a tenth of it."""

Progress = Callable[[str], None]


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Where two modules of a topic are alike."""

    topic: str
    lines: tuple[tuple[int, int], ...]
    """First and last line of each stretch in the one's module."""
    other_lines: tuple[tuple[int, int], ...]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two submissions that are worth a look."""

    one: str
    other: str
    structure: float | None
    """Share of what is their own that is alike, names apart; from 0 to 1. None if too little is their own."""
    wording: float | None
    """The same, word for word."""
    passages: tuple[Passage, ...]


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a comparison."""

    submissions: int
    pairs: tuple[Pair, ...]
    """The closest first."""
    more: int
    """Pairs beyond those."""


def find_pairs(
    course: Course,
    submissions: Iterable[Submission],
    *,
    alike: float = ALIKE,
    common: int = COMMON,
    most: int = 20,
    progress: Progress = lambda topic: None,  # noqa: ARG005
) -> Findings:
    """Compare every submission with every other one, topic by topic.

    Args:
        course: with stubs or solutions, which are left out of the comparison.
        submissions: read once; their text is kept, compressed.
        alike: share of their own wording from which a pair is listed; of their own structure it takes a quarter more.
        common: what more submissions than this share counts for nothing.
        most: pairs to look into.
        progress: told which topic is compared, and an empty text when the passages are looked for.

    Raises:
        GraderError: copydetect is not installed.
        CourseError: a topic has neither stub nor solution.
    """
    if importlib.util.find_spec("copydetect") is None:
        raise GraderError("This needs copydetect, which is not installed.", "pip install 'deepgrade[instructor]'")
    expected = {topic.name: Expected(course, topic.name) for topic in course.topics}
    shelf = _Shelf()
    for submission in submissions:
        shelf.add(submission)
    tally = Tally(len(shelf.students), common)
    for topic, texts in expected.items():
        progress(topic)
        for view in VIEWS:
            tally.add(topic, view, list(texts.own((shelf.text(place, topic) for place in shelf.places), view)))
    close = tally.close(alike)
    progress("")
    return Findings(
        submissions=len(shelf.students),
        pairs=tuple(_pair(tally, expected, shelf, one, other) for one, other in close[:most]),
        more=max(len(close) - most, 0),
    )


class _Shelf:
    """The text of every module, compressed; one that several handed in is kept once."""

    def __init__(self) -> None:
        self.students: list[str] = []
        self._modules: list[dict[str, bytes]] = []
        self._kept: dict[bytes, bytes] = {}

    @property
    def places(self) -> range:
        """Of the students, in their order."""
        return range(len(self.students))

    def add(self, submission: Submission) -> None:
        """Keep what one student handed in."""
        packed = {topic: zlib.compress(own_source(module)) for topic, module in submission.modules.items()}
        self.students.append(submission.student_id)
        self._modules.append({topic: self._kept.setdefault(data, data) for topic, data in packed.items()})

    def text(self, place: int, topic: str) -> str:
        """What a student handed in for a topic; empty if nothing, or if it could not be read."""
        data = self._modules[place].get(topic)
        text = zlib.decompress(data).decode("utf-8", "replace") if data else ""
        return text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n")


def _pair(tally: Tally, expected: Mapping[str, Expected], shelf: _Shelf, one: int, other: int) -> Pair:
    """Look into one pair: where are they alike?"""
    structure, wording = tally.known_shares(one, other)
    passages = []
    for topic, texts in expected.items():
        shared = {view: tally.shared(topic, view, one, other) for view in VIEWS}
        passages.append(_passage(topic, texts, shared, [shelf.text(place, topic) for place in (one, other)]))
    return Pair(
        one=shelf.students[one],
        other=shelf.students[other],
        structure=structure,
        wording=wording,
        passages=tuple(passage for passage in passages if passage.lines),
    )


def _passage(topic: str, texts: Expected, shared: Mapping[View, Hashes], sources: Sequence[str]) -> Passage:
    """The lines of two modules that are alike in either view."""
    from copydetect import compare_files

    lines: list[set[int]] = [set(), set()]
    for view, hashes in shared.items():
        if not len(hashes):
            continue
        prints = [fingerprint(view, texts.shown(source, view)) for source in sources]
        prints[0].hashes &= set(hashes.tolist())
        for place, slices in enumerate(compare_files(*prints)[2]):
            text = prints[place].raw_code
            for start, end in zip(*slices, strict=True) if len(slices) else ():
                lines[place].update(_lines_between(text, int(start), int(end)))
    return Passage(topic=topic, lines=_stretches(lines[0]), other_lines=_stretches(lines[1]))


def _lines_between(text: str, start: int, end: int) -> range:
    """The lines, counted from 1, that these characters stand in."""
    start = min(max(start, 0), len(text))
    first = text.count("\n", 0, start) + 1
    return range(first, first + text[start : max(end, start)].rstrip().count("\n") + 1)


def _stretches(lines: set[int]) -> tuple[tuple[int, int], ...]:
    """Neighbouring lines as first and last."""
    stretches: list[tuple[int, int]] = []
    for line in sorted(lines):
        if stretches and line <= stretches[-1][1] + 2:  # a blank line between does not part them
            stretches[-1] = (stretches[-1][0], line)
        else:
            stretches.append((line, line))
    return tuple(stretches)
