"""Which catalogued mistake is behind the failed tests of a topic: from answers to a name and its hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from grader import diagnosis
from grader.diagnosis import Transcript
from grader.model import Mistake, Outcome, Result
from grader.sandbox.tape import Exchange

SEARCHES = 4
"""Failed tests of a topic about which the whole catalogue is asked."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A test whose answer came and was not right: a known mistake may be behind it."""

    transcript: Transcript
    exchanges: tuple[Exchange, ...] = ()
    """What was said, where that is known."""


class Catalogue(Protocol):
    """The known mistakes of one topic, and what each of them answers."""

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """By name."""

    def possible(self, names: Iterable[str], test: str, exchanges: Sequence[Exchange]) -> Mapping[str, bool]:
        """Those that may be behind a failure, found without much ado, and whether that is certain."""

    def answer(self, mistake: str, test: str) -> Transcript | None:
        """What it answers in a test that it fails; None if it passes."""

    def comparable(self, transcript: Transcript) -> Transcript:
        """A submission's answers as they can be compared with these."""


def named(outcomes: Sequence[Outcome], failed: Mapping[str, Failure], catalogue: Catalogue) -> tuple[Outcome, ...]:
    """The outcomes, with the mistakes that explain the failed tests.

    Args:
        outcomes: of every test of the topic.
        failed: the tests whose answer came and was not right.
        catalogue: what is known.
    """
    found = _all_candidates(failed, catalogue)
    _rule_out(found, outcomes, catalogue)
    names = diagnosis.agree_on_one(found)
    return tuple(
        msgspec.structs.replace(outcome, mistake=mistake.says, hint=mistake.hint)
        if (mistake := catalogue.mistakes.get(names.get(outcome.test, "")))
        else outcome
        for outcome in outcomes
    )


def _all_candidates(failed: Mapping[str, Failure], catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """The candidates of each failed test. What explains one failure is asked first about the next.

    To ask the whole catalogue takes time, and a submission that nothing explains would ask it about every test: so it
    is asked about the first few only.
    """
    found: dict[str, frozenset[str]] = {}
    suspects: dict[str, None] = {}
    searches = SEARCHES
    for test, failure in failed.items():
        found[test] = _candidates(test, failure, catalogue, suspects)
        if not found[test] and searches:
            searches -= 1
            found[test] = _candidates(test, failure, catalogue, catalogue.mistakes)
        suspects |= dict.fromkeys(sorted(found[test]))
    return found


def _candidates(test: str, failure: Failure, catalogue: Catalogue, names: Iterable[str]) -> frozenset[str]:
    possible = catalogue.possible(names, test, failure.exchanges)
    known = {name: answer for name, sure in possible.items() if not sure and (answer := catalogue.answer(name, test))}
    certain = frozenset(name for name, sure in possible.items() if sure)
    return certain | diagnosis.candidates(catalogue.comparable(failure.transcript), known)


def _rule_out(found: dict[str, frozenset[str]], outcomes: Sequence[Outcome], catalogue: Catalogue) -> None:
    """Where several mistakes fit, drop those that fail a test which the submission passes."""
    passed = [outcome.test for outcome in outcomes if outcome.result is Result.PASSED]
    for test, names in found.items():
        if len(names) > 1:
            left = (name for name in names if all(catalogue.answer(name, each) is None for each in passed))
            found[test] = frozenset(left) or names
