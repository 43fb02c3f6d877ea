"""What was graded from where, so that `grade regrade` need not be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from msgspec.structs import replace

from grader.gradebook import Gradebook

_FACT = "batches"
"""What the gradebook calls them."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One `grade batch`, as far as it has not been replaced by a later one."""

    submissions: str
    """The folder or zip, as an absolute path."""
    layout: str = ""
    """Empty if it is to be recognised."""
    roster: str = ""
    """The course list, as an absolute path; empty if there is none."""
    isolation: str = ""
    """Empty for the default."""
    seed: int | None = None
    """None for the course's."""
    topics: tuple[str, ...]
    """Whose grades come from there."""


def remember_source(book: Gradebook, source: Source, topics: Sequence[str]) -> None:
    """Keep a source. Of each topic the last one counts: earlier ones keep the topics that it did not grade.

    Args:
        book: the gradebook.
        source: of the batch that begins.
        topics: of the course.
    """
    earlier = [_without(one, source.topics) for one in remembered_sources(book, topics)]
    kept = [*(one for one in earlier if one.topics), source]
    book.remember(**{_FACT: msgspec.json.encode(kept).decode()})


def remembered_sources(book: Gradebook, topics: Sequence[str]) -> list[Source]:
    """What is graded from where, in the order in which it was graded last.

    Args:
        book: the gradebook.
        topics: of the course, for a gradebook that was written before a batch could be told its topics.
    """
    known = book.recall(_FACT)
    if known is not None:
        return msgspec.json.decode(known, type=list[Source])
    facts = {fact: book.recall(fact) or "" for fact in ("submissions", "layout", "roster", "isolation", "seed")}
    if not facts["submissions"]:
        return []
    seed = facts.pop("seed")
    return [Source(**facts, seed=int(seed) if seed else None, topics=tuple(topics))]


def narrowed(sources: Sequence[Source], topics: Collection[str]) -> list[Source]:
    """The sources of these topics only."""
    kept = [replace(one, topics=tuple(name for name in one.topics if name in topics)) for one in sources]
    return [one for one in kept if one.topics]


def _without(source: Source, topics: Collection[str]) -> Source:
    return replace(source, topics=tuple(name for name in source.topics if name not in topics))
