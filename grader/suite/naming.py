"""Which catalogued mistake is behind the failed tests of a topic: from answers to a name and its hint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from grader import diagnosis
from grader.diagnosis import Transcript
from grader.model import Mistake, Outcome, Result


class Catalogue(Protocol):
    """The known mistakes of one topic, and what each of them answers."""

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """By name."""

    def answers(self, mistake: str) -> Mapping[str, Transcript | None]:
        """What it answers in each test that it fails; None for a test that it passes."""

    def comparable(self, transcript: Transcript) -> Transcript:
        """A submission's answers as they can be compared with these."""


def named(outcomes: Sequence[Outcome], failed: Mapping[str, Transcript], catalogue: Catalogue) -> tuple[Outcome, ...]:
    """The outcomes, with the mistakes that explain the failed tests.

    Args:
        outcomes: of every test of the topic.
        failed: what the submission answered in the tests whose answer came and was not right.
        catalogue: what is known.
    """
    found = {test: _candidates(test, transcript, catalogue) for test, transcript in failed.items()}
    _rule_out(found, outcomes, catalogue)
    names = diagnosis.agree_on_one(found)
    return tuple(
        msgspec.structs.replace(outcome, mistake=mistake.says, hint=mistake.hint)
        if (mistake := catalogue.mistakes.get(names.get(outcome.test, "")))
        else outcome
        for outcome in outcomes
    )


def _candidates(test: str, transcript: Transcript, catalogue: Catalogue) -> frozenset[str]:
    known = {name: answers for name in catalogue.mistakes if (answers := catalogue.answers(name).get(test))}
    return diagnosis.candidates(catalogue.comparable(transcript), known)


def _rule_out(found: dict[str, frozenset[str]], outcomes: Sequence[Outcome], catalogue: Catalogue) -> None:
    """Where several mistakes fit, drop those that fail a test which the submission passes."""
    passed = [outcome.test for outcome in outcomes if outcome.result is Result.PASSED]
    for test, names in found.items():
        if len(names) > 1:
            left = (name for name in names if all(catalogue.answers(name).get(each) is None for each in passed))
            found[test] = frozenset(left) or names
