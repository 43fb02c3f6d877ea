"""A catalogue of messages: what gettext reads, and the templates in it."""

from __future__ import annotations

import functools
import gettext
import string
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SAID = "said"
"""The context of sentences that are made far from their reader: see grader/language/said.py."""
SEPARATOR = "\x04"
"""What gettext puts between a context and a message."""
_LEAST = 2
"""Letters by which a text is known for ours."""


class Template(NamedTuple):
    """A sentence with places for values, and what it is in the other language."""

    pieces: tuple[str, ...]
    """What stands before, between and after the values."""
    names: tuple[str, ...]
    """Of the values; one fewer than pieces."""
    translation: str

    @property
    def is_bare(self) -> bool:
        """Whether it says so little that it would fit many a text that is not ours."""
        return sum(character.isalpha() for piece in self.pieces for character in piece) < _LEAST

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read in it besides its values."""
        return any(character.isalpha() for piece in self.pieces for character in piece)

    @property
    def is_sentence(self) -> bool:
        """Whether it can stand by itself, and is not only a part of one."""
        return any(sign in piece for piece in self.pieces for sign in ".?!:)")

    def match(self, text: str) -> dict[str, str] | None:
        """The values with which this template gives the text; None if there are none.

        Each piece is looked for once, from left to right: no text, however it was made, takes long.
        """
        first, *middle, last = self.pieces
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return None
        start, end = len(first), len(text) - len(last)
        values = []
        for piece in middle:
            found = text.find(piece, start, end)
            if found < 0:
                return None
            values.append(text[start:found])
            start = found + len(piece)
        return dict(zip(self.names, [*values, text[start:end]], strict=True))


class Catalogue(gettext.GNUTranslations):
    """What one file holds."""

    @functools.cached_property
    def messages(self) -> Mapping[str, str]:
        """Every message with its translation, contexts in front; of plurals the first form."""
        return {key: text for key, text in vars(self)["_catalog"].items() if isinstance(key, str) and key}

    @functools.cached_property
    def templates(self) -> tuple[Template, ...]:
        """The sentences with places for values; those that say most by themselves come first."""
        found = []
        for key, translation in self.messages.items():
            context, separator, message = key.rpartition(SEPARATOR)
            if separator and context == SAID and (template := parsed(message, translation)):
                found.append(template)
        return tuple(sorted(found, key=lambda template: -sum(map(len, template.pieces))))

    @functools.cached_property
    def sources(self) -> Mapping[str, str]:
        """The messages by their translations."""
        return {text: key.rpartition(SEPARATOR)[2] for key, text in self.messages.items()}


def parsed(message: str, translation: str) -> Template | None:
    """A template; None if the message has no places."""
    pieces, names = [""], []
    for literal, name, _, _ in string.Formatter().parse(message):
        pieces[-1] += literal
        if name is not None:
            names.append(name)
            pieces.append("")
    if not names or not any(pieces):
        return None
    return Template(tuple(pieces), tuple(names), translation)


@functools.lru_cache(maxsize=64)
def read_catalogue(path: Path) -> Catalogue | None:
    """The catalogue in a file; None where there is none, or none that can be read: English is better than nothing."""
    try:
        with open(path, "rb") as file:
            return Catalogue(file)
    except (OSError, ValueError, EOFError):
        return None
