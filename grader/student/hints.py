"""Hints in stages, from the idea to the numbers; each is given only to who asks for it.

An author's own hints, which stand in the docstring of a test, come first. What follows is taken from what there is
anyway: the handout's first section, the hint of the mistake whose numbers these are, the rules, the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from grader.language.messages import gettext
from grader.model import Outcome, TopicScore
from grader.report.progress import failures
from grader.student.handout import LAST, Section

_RULES_END = re.compile(
    r"(what we grade|conventions?|words|in numbers|worked example|to read|in pictures|what to write)\b", re.I
)
_NUMBERS = re.compile(r"(in numbers|worked example)\b", re.I)
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One stage."""

    title: str
    text: str
    """Several lines, some of them aligned."""


def hints_for(score: TopicScore, handout: Sequence[Section]) -> tuple[Hint, ...]:
    """What can be said about the first thing to fix in a topic, from the general to the concrete.

    Args:
        score: of the topic, with its outcomes.
        handout: the sections of its handout.

    Returns:
        The stages; none if nothing is left to fix.
    """
    found = failures(score)
    if not found:
        return ()
    outcome = found[0].first
    own = [section for section in handout if section.known_as != LAST]
    stages = [Hint(title=gettext("A hint"), text=text) for text in outcome.hints]
    if not stages and own:
        stages.append(Hint(title=gettext("The handout: {heading}", heading=own[0].heading), text=own[0].text))
    if outcome.hint:
        numbers_of = gettext("These are the numbers of {mistake}", mistake=outcome.mistake)
        title = numbers_of if outcome.mistake else gettext("A hint")
        stages.append(Hint(title=title, text=outcome.hint))
    names = functions_of(outcome)
    rules = _rules(own[1:])
    stages += _from_sections(
        rules + [s for s in own if s not in rules and _is_about(s, names)], gettext("The formula is here")
    )
    numbers = [section for section in own if _NUMBERS.match(section.known_as)]
    stages += _from_sections(numbers, gettext("Follow these numbers by hand"))
    return tuple(stages)


def functions_of(outcome: Outcome) -> frozenset[str]:
    """The student's functions that a failure is about, as far as it tells."""
    text = "\n".join(line for line in outcome.call if not line.startswith((" ", "#")))
    return frozenset(_CALLED.findall(text) or _CALLED.findall(outcome.message))


def _rules(handout: Sequence[Section]) -> list[Section]:
    """What stands between the idea and the conventions."""
    found = []
    for section in handout:
        if _RULES_END.match(section.known_as):
            break
        found.append(section)
    return found


def _is_about(section: Section, names: frozenset[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", section.heading) for name in names)


def _from_sections(found: Sequence[Section], title: str) -> list[Hint]:
    """All of them as one stage."""
    if not found:
        return []
    parts = [f"{section.heading}\n\n{section.text}" if len(found) > 1 else section.text for section in found]
    heading = gettext("{title}: {heading}", title=title, heading=found[0].heading) if len(found) == 1 else title
    return [Hint(title=heading, text="\n\n".join(parts))]
