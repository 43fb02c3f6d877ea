"""How much each pair of a class shares, counted without comparing each with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np

from grader.similarity.views import VIEWS, Hashes, View

LEAST_IN_TOPIC = 10
"""Fingerprints that a pair shares in a topic before they count: two lines are chance."""


class Tally:
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
        enough = counts >= LEAST_IN_TOPIC
        self._shared[topic, view.name] = pairs[enough], counts[enough]

    def close(self, alike: float) -> list[tuple[int, int]]:
        """The pairs to list, as places in the class, the closest first."""
        shared = {view.name: self._totals(view) for view in VIEWS}
        codes = {code for view in VIEWS for code, amount in shared[view.name].items() if amount >= view.least}
        pairs = [divmod(code, self._students) for code in codes]
        closeness = {pair: self._closeness(*pair) for pair in pairs}
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

    def known_shares(self, one: int, other: int) -> list[float | None]:
        """The same; None where so little is their own that a share says nothing."""
        return [
            share if self._own[view.name][[one, other]].sum() >= 2 * view.least else None
            for view, share in zip(VIEWS, self.shares(one, other), strict=True)
        ]

    def _closeness(self, one: int, other: int) -> float:
        """What pairs are listed and ordered by: the share of the view that shows more.

        A share that rests on little counts little, for little is chance; and structure leaves fewer choices.
        """
        found = []
        for view, share in zip(VIEWS, self.shares(one, other), strict=True):
            own = float(self._own[view.name][one] + self._own[view.name][other])
            found.append(share * own / (own + 2 * view.least) - view.chance)
        return max(found)

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
