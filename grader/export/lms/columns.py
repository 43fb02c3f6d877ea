"""Which of our scores goes into which of their columns, and out of how many points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from grader.errors import UsageError
from grader.export.csv import number
from grader.export.lms.outline import Column, Outline, plain
from grader.export.sheet import Sheet
from grader.model import Topic
from grader.scoring import add_points


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What the instructor has asked for."""

    total: str = ""
    """Column for the total."""
    topics: Mapping[str, str] = {}
    """By topic, a column."""
    every_topic: bool = False
    """Each topic into the column of its name or title."""
    scale: bool = False
    """To what the file says that the column is out of."""
    out_of: float | None = None
    """What a full score becomes."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A column to fill in."""

    column: Column
    topic: str | None
    """None for the total."""
    max_score: float
    """Of ours."""
    out_of: float
    """Of theirs."""

    def scaled(self, score: float) -> float:
        """A score of ours in their points."""
        if self.out_of == self.max_score:
            return score
        return round(score * self.out_of / self.max_score, 2)


def choose_columns(sheet: Sheet, outline: Outline, topics: Sequence[Topic], choice: Choice) -> list[Target]:
    """Find the columns to fill in.

    Raises:
        UsageError: a column is not there, is named by two titles, is closed, or has another number of points.
    """
    wishes = _wishes(sheet, outline, topics, choice)
    taken: dict[int, str] = {}
    for topic, column in wishes:
        name = topic or "the total"
        if column.closed:
            raise UsageError(f"{_named(sheet, column)} takes no scores. {column.closed}", _these(outline.columns))
        if column.index in taken:
            raise UsageError(
                f"{_named(sheet, column)} cannot take both {taken[column.index]} and {name}.", "Choose one."
            )
        taken[column.index] = name
    most = {topic.name: topic.max_score for topic in topics}
    return [
        _target(sheet, column, topic, most[topic] if topic else add_points(most.values()), choice)
        for topic, column in wishes
    ]


def _wishes(sheet: Sheet, outline: Outline, topics: Sequence[Topic], choice: Choice) -> list[tuple[str | None, Column]]:
    wishes: list[tuple[str | None, Column]] = []
    if choice.total:
        wishes.append((None, _column(sheet, outline, choice.total)))
    wishes += [(topic, _column(sheet, outline, title)) for topic, title in choice.topics.items()]
    if choice.every_topic:
        wishes += _by_title(sheet, outline, [topic for topic in topics if topic.name not in choice.topics])
    if wishes:
        return wishes
    open_columns = [column for column in outline.columns if not column.closed]
    if len(open_columns) != 1:
        raise UsageError(f"{sheet.path} has {len(open_columns)} columns that take scores.", _these(open_columns))
    return [(None, open_columns[0])]


def _by_title(sheet: Sheet, outline: Outline, topics: Iterable[Topic]) -> list[tuple[str | None, Column]]:
    """Each topic's column: its title or its name is the column's."""
    found: list[tuple[str | None, Column]] = []
    without = []
    for topic in topics:
        names = {plain(topic.name), plain(topic.title), plain(topic.name.replace("_", " "))}
        columns = [column for column in outline.columns if names & _names(column)]
        if len(columns) == 1:
            found.append((topic.name, columns[0]))
        else:
            without.append(topic.name)
    if without:
        raise UsageError(
            f"{sheet.path} has no column, or several, for {', '.join(without)}.",
            f"Name the columns that you want: --topic {without[0]}=COLUMN …\n{_these(outline.columns)}",
        )
    return found


def _names(column: Column) -> set[str]:
    return {plain(name) for name in (column.header, *column.names)}


def _column(sheet: Sheet, outline: Outline, title: str) -> Column:
    """The column of a title, a number of the system's, or a whole header; any column, if its header is given."""
    columns = [column for column in outline.columns if plain(title) in _names(column)]
    exact = [column for column in columns if column.header == title]
    if len(exact or columns) == 1:
        return (exact or columns)[0]
    if columns:
        raise UsageError(f"{sheet.path} has {len(columns)} columns called {title}.", _these(columns))
    header = sheet.values(0)
    if header.count(title) == 1 and header.index(title) not in {*outline.identities, *outline.names}:
        return Column(index=header.index(title), header=title, names=())
    raise UsageError(f"{sheet.path} has no column {title}.", _these(outline.columns))


def _these(columns: Sequence[Column]) -> str:
    names = "\n".join(f"  {column.header}" for column in columns if not column.closed)
    return f"Name one with --total COLUMN. It has these:\n{names}" if names else "It has no column that takes scores."


def _named(sheet: Sheet, column: Column) -> str:
    return f"{sheet.path}, line {sheet.line(0)}: {column.header}"


def _target(sheet: Sheet, column: Column, topic: str | None, max_score: float, choice: Choice) -> Target:
    out_of = choice.out_of or (column.out_of if choice.scale else None)
    if out_of is None and choice.scale:
        raise UsageError(
            f"{_named(sheet, column)}: the file does not say out of how many points.", "Say it: --out-of N"
        )
    if out_of is None and column.out_of not in (None, max_score):
        theirs, ours = number(column.out_of or 0.0), number(max_score)
        name = topic or "the total"
        raise UsageError(
            f"{_named(sheet, column)} is out of {theirs} points, and {name} is out of {ours}.",
            f"To scale the scores to {theirs}: --scale. To write them as they are: --out-of {ours}",
        )
    return Target(column=column, topic=topic, max_score=max_score, out_of=out_of or max_score)
