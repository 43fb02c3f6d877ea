"""What a layout finds in a download: attempts of people, and what it cannot make sense of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from grader.intake.roster import Field
from grader.intake.tree import Node, Tree

Keys = tuple[tuple[Field, str], ...]
"""What one person is called in a download, the most reliable name first."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody handed in, not yet read."""

    people: tuple[Keys, ...]
    """Several for a group: each gets it."""
    tree: Tree
    label: str
    """What the download calls it."""
    when: str | None = None
    """UTC, ISO 8601."""
    dated: bool = False
    """Whether the files' own times tell when they were handed in."""
    mark: str = ""
    """What else tells two people of the same name apart, where a name is all there is."""


class Stray(msgspec.Struct, frozen=True):
    """Something in a download that is nobody's attempt."""

    name: str
    why: str
    """As a sentence."""


class Found(msgspec.Struct, frozen=True):
    """All of a download."""

    attempts: Sequence[Attempt]
    strays: Sequence[Stray] = ()


class Download(msgspec.Struct, frozen=True):
    """A download as a layout sees it."""

    tree: Tree
    title: str
    """Name of the folder, or of the zip without its suffix."""
    nodes: Sequence[Node]
    """In the topmost folder, without hidden ones."""
    topics: Sequence[str]
    path: str
    """What the instructor gave, for messages."""


class Layout(msgspec.Struct, frozen=True):
    """How one system names what it lets an instructor download."""

    name: str
    says: str
    """As in "read as a download from Canvas"."""
    recognises: Callable[[Download], bool]
    find: Callable[[Download], Found]
