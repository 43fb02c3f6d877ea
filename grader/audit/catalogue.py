"""The catalogue of a topic: enough mistakes and variants, each with its own name, and hints that teach."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from grader.audit.findings import Breach, breach_of
from grader.model import Course, Mistake, Topic, Variant

MIN_MISTAKES, MIN_VARIANTS = 8, 3
"""Of a topic."""
MOST_WORDS = 30
"""In a hint: one idea."""

_UNHELPFUL = re.compile(r"\b(just|simply|obvious|obviously|you|your)\b", re.IGNORECASE)
_LEAST_CODE = 8
"""Signs of code that give an answer away; less may stand in a hint by chance."""


def check_catalogue(topic: Topic, mistakes: Sequence[Mistake], variants: Sequence[Variant]) -> Iterator[Breach]:
    """What is wrong with it before anything runs."""
    where = f"Mend solutions/mistakes/{topic.name}.py."
    if len(mistakes) < MIN_MISTAKES:
        yield breach_of(topic, f"only {len(mistakes)} mistakes are catalogued, not {MIN_MISTAKES}", where)
    if len(variants) < MIN_VARIANTS:
        yield breach_of(
            topic,
            f"only {len(variants)} right answers written differently are there, not {MIN_VARIANTS}",
            f"Write some in solutions/variants/{topic.name}.py: loops for vectors, single precision, another form.",
        )
    for field in ("name", "says"):
        counted = Counter(getattr(mistake, field) for mistake in mistakes)
        for value, count in counted.items():
            if count > 1:
                yield breach_of(topic, f"{count} mistakes have the {field} {value!r}", where)
    for mistake in mistakes:
        if not mistake.hint.strip() or not mistake.says.strip():
            yield breach_of(topic, f"mistake {mistake.name} has no hint or is not named", where)
        elif fault := _fault(mistake):
            yield breach_of(topic, f"the hint of mistake {mistake.name} {fault}", where)


def check_number(course: Course, mistakes: int) -> Iterator[Breach]:
    """Whether the course as a whole has as many mistakes as course.toml asks for."""
    if mistakes < course.min_mistakes:
        yield breach_of(
            "(course)",
            f"only {mistakes} mistakes are catalogued in all, not {course.min_mistakes}",
            "Add some to solutions/mistakes/, or change [audit] in course.toml.",
        )


def _fault(mistake: Mistake) -> str:
    """What is wrong with the words of a hint; empty if nothing is."""
    words = len(mistake.hint.split())
    if found := _UNHELPFUL.search(mistake.hint):
        return f'says "{found[0]}": say what to look at'
    if words > MOST_WORDS:
        return f"has {words} words, more than {MOST_WORDS}: one idea is enough"
    squeezed = "".join(mistake.hint.split())
    for right in mistake.edits:
        code = "".join(right.split())
        if len(code) >= _LEAST_CODE and code in squeezed:
            return f"gives the answer away: {right}"
    return ""
