"""What a runner is started with."""

from __future__ import annotations

import msgspec

from grader.model import Isolation


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The same for every runner of a batch."""

    root: str
    """Of the course."""
    topics: tuple[str, ...]
    """Whose suites to collect."""
    isolation: Isolation
    seed: int
    """Run seed of the suites."""
