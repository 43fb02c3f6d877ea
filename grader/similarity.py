"""Which submissions are closer to each other than the task explains: a list to look at, never a verdict.

Two views of every module are compared, each by copydetect's fingerprints (winnowing: Schleimer, Wilkerson and
Aiken, 2003): its structure, in which all names are alike, so that renaming hides nothing; and its wording, line by
line, without what stands in the stub or the solution too. A right answer to a small exercise leaves little choice, so
what is in the stub, in the solution, or in many submissions counts for nothing.
"""

from __future__ import annotations

import importlib.util
import io
import statistics
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations

import msgspec
import numpy as np

from grader.course import solution_path, stub_path
from grader.errors import CourseError, GraderError
from grader.model import Course, Submission
from grader.release import make_stub

COMMON = 10
"""What more submissions than this share is the task's, not theirs."""
ALIKE = 0.5
"""Share, the mean of both views, from which a pair is listed."""
_LONGEST = 100_000
"""Characters of a module that are compared; the longest solution has a tenth of it."""
_LEAST_IN_TOPIC = 10
"""Fingerprints that a pair shares in a topic before they count: two lines are chance."""

Hashes = np.ndarray[tuple[int], np.dtype[np.int64]]
Progress = Callable[[str], None]


class View(msgspec.Struct, frozen=True):
    """One way to look at a module."""

    name: str
    structure: bool
    length: int
    """Characters that a fingerprint covers."""
    least: int
    """Fingerprints that a pair shares before it is listed: about eight lines."""


VIEWS = (View("structure", True, 25, 100), View("wording", False, 30, 200))


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
    structure: float
    """Share of what is their own that is alike, names apart; from 0 to 1."""
    wording: float
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
        alike: share of their own code, the mean of both views, from which a pair is listed.
        common: what more submissions than this share counts for nothing.
        most: pairs to look into.
        progress: told which topic is compared, and an empty text when the passages are looked for.

    Raises:
        GraderError: copydetect is not installed.
        CourseError: a topic has neither stub nor solution.
    """
    if importlib.util.find_spec("copydetect") is None:
        raise GraderError("This needs copydetect, which is not installed.", "pip install 'deepgrade[instructor]'")
    expected = {topic.name: _Expected(course, topic.name) for topic in course.topics}
    shelf = _Shelf()
    for submission in submissions:
        shelf.add(submission)
    tally = _Tally(len(shelf.students), common)
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
        packed = {topic: zlib.compress(module.source) for topic, module in submission.modules.items()}
        self.students.append(submission.student_id)
        self._modules.append({topic: self._kept.setdefault(data, data) for topic, data in packed.items()})

    def text(self, place: int, topic: str) -> str:
        """What a student handed in for a topic; empty if nothing, or if it could not be read."""
        data = self._modules[place].get(topic)
        text = zlib.decompress(data).decode("utf-8", "replace") if data else ""
        return text[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n")


class _Expected:
    """What the task itself explains of a topic's modules."""

    def __init__(self, course: Course, topic: str) -> None:
        texts = _given(course, topic)
        self._lines = {_plain(line) for text in texts for line in text.splitlines()}
        self._hashes = np.unique(np.concatenate([_fingerprints(VIEWS[0], text) for text in texts]))

    def own(self, sources: Iterable[str], view: View) -> Iterator[Hashes]:
        """Fingerprints of what is each student's own. The same text is looked at once."""
        known: dict[str, Hashes] = {}
        for source in sources:
            if source not in known:
                found = _fingerprints(view, self.shown(source, view))
                known[source] = np.setdiff1d(found, self._hashes) if view.structure else found
            yield known[source]

    def shown(self, source: str, view: View) -> str:
        """The text that a view looks at, with the same line numbers."""
        if view.structure:
            return source
        plain = (_plain(line) for line in source.splitlines())
        return "\n".join("" if line in self._lines else line for line in plain)


class _Tally:
    """How much each pair shares, and how much of each submission is its own.

    A pair is one number: the place of the one times the number of students, plus the place of the other.
    """

    def __init__(self, students: int, common: int) -> None:
        self._students = students
        self._most = common
        self._own = {view.name: np.zeros(students) for view in VIEWS}
        self._shared: dict[tuple[str, str], tuple[Hashes, Hashes]] = {}
        """By topic and view the pairs, sorted, and how many fingerprints they share."""
        self._distinctive: dict[tuple[str, str], Hashes] = {}
        """By topic and view, the fingerprints that several share, but not many."""

    def add(self, topic: str, view: View, prints: Sequence[Hashes]) -> None:
        """Count one topic in one view, a list of fingerprints per submission."""
        nothing = np.empty(0, np.int64)
        hashes = np.concatenate([nothing, *prints])
        owners = np.repeat(np.arange(len(prints)), [len(own) for own in prints])
        order = np.argsort(hashes, kind="stable")  # the owners of a fingerprint stay in their order
        hashes, owners = hashes[order], owners[order]
        values, starts, amounts = np.unique(hashes, return_index=True, return_counts=True)
        rare = amounts <= self._most
        self._own[view.name] += np.bincount(owners[np.repeat(rare, amounts)], minlength=self._students)
        self._distinctive[topic, view.name] = values[rare & (amounts > 1)]
        found = [nothing]
        for size in range(2, self._most + 1):
            first = starts[amounts == size]
            found += [owners[first + a] * self._students + owners[first + b] for a, b in combinations(range(size), 2)]
        pairs, counts = np.unique(np.concatenate(found), return_counts=True)
        enough = counts >= _LEAST_IN_TOPIC
        self._shared[topic, view.name] = pairs[enough], counts[enough]

    def close(self, alike: float) -> list[tuple[int, int]]:
        """The pairs to list, as places in the class, the closest first."""
        shared = {view.name: self._totals(view) for view in VIEWS}
        codes = {code for view in VIEWS for code, amount in shared[view.name].items() if amount >= view.least}
        pairs = [divmod(code, self._students) for code in codes]
        closeness = {pair: statistics.fmean(self.shares(*pair)) for pair in pairs}
        return sorted((pair for pair in pairs if closeness[pair] >= alike), key=lambda pair: (-closeness[pair], pair))

    def shares(self, one: int, other: int) -> list[float]:
        """How much of what is their own they share, from 0 to 1 (Dice's coefficient), in each view."""
        code = one * self._students + other
        return [
            float(2 * self._totals(view).get(code, 0) / own)
            if (own := self._own[view.name][one] + self._own[view.name][other])
            else 0.0
            for view in VIEWS
        ]

    def shared(self, topic: str, view: View, one: int, other: int) -> Hashes:
        """What a pair may share in a topic; nothing if it shares too little there."""
        pairs = self._shared[topic, view.name][0]
        shares = np.isin(one * self._students + other, pairs, assume_unique=True)
        return self._distinctive[topic, view.name] if shares else pairs[:0]

    @cache  # noqa: B019  a tally lives as long as its comparison
    def _totals(self, view: View) -> dict[int, int]:
        """How many fingerprints each pair shares, all topics together."""
        totals: Counter[int] = Counter()
        for (_, name), (pairs, counts) in self._shared.items():
            if name == view.name:
                totals.update(dict(zip(pairs.tolist(), counts.tolist(), strict=True)))
        return totals


def _pair(tally: _Tally, expected: Mapping[str, _Expected], shelf: _Shelf, one: int, other: int) -> Pair:
    """Look into one pair: where are they alike?"""
    structure, wording = tally.shares(one, other)
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


def _passage(topic: str, texts: _Expected, shared: Mapping[View, Hashes], sources: Sequence[str]) -> Passage:
    """The lines of two modules that are alike in either view."""
    from copydetect import compare_files

    lines: list[set[int]] = [set(), set()]
    for view, hashes in shared.items():
        if not len(hashes):
            continue
        prints = [_fingerprint(view, texts.shown(source, view)) for source in sources]
        prints[0].hashes &= set(hashes.tolist())
        for place, slices in enumerate(compare_files(*prints)[2]):
            text = prints[place].raw_code
            for start, end in zip(*slices, strict=True) if len(slices) else ():
                lines[place].update(_lines_between(text, int(start), int(end)))
    return Passage(topic=topic, lines=_stretches(lines[0]), other_lines=_stretches(lines[1]))


def _given(course: Course, topic: str) -> list[str]:
    """The stub and the solution, as far as there are any.

    Raises:
        CourseError: there is neither, or no stub can be made of the solution.
    """
    texts = [path.read_text("utf-8") for path in (stub_path(course, topic), solution_path(course, topic)) if path.is_file()]
    if not texts:
        raise CourseError(
            f"{topic} has neither a stub nor a solution in {course.root}.", "Use the folder of the whole course."
        )
    return texts if len(texts) == 2 else [*texts, *_stub_of(texts[0])]


def _stub_of(text: str) -> Iterator[str]:
    try:
        yield make_stub(text)
    except CourseError:  # it is a stub already, in a course without solutions
        return


def _fingerprint(view: View, text: str):  # type: ignore[no-untyped-def]  # copydetect has no annotations
    """All fingerprints of a text. Every one of them, not a selection: a selection depends on the run."""
    from copydetect import CodeFingerprint

    return CodeFingerprint("", view.length, 1, filter=view.structure, language="python", fp=io.StringIO(text))


def _fingerprints(view: View, text: str) -> Hashes:
    """The same without their places, which takes a fifth of the time."""
    from copydetect.utils import filter_code, hashed_kgrams

    shown = filter_code(text, "", "python")[0] if view.structure else text
    return np.unique(hashed_kgrams(shown, view.length)).astype(np.int64)


def _plain(line: str) -> str:
    return " ".join(line.split())


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
