"""A text to translate, as it is found in a source."""

from __future__ import annotations

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One text."""

    text: str
    many: str = ""
    """The plural, if it has one."""
    context: str | None = None
    """As in grader/language/catalogue.py."""
    file: str
    """Where it stands, from the folder of the course or the engine."""
    comment: str = ""
    """What it is, for the translator."""
