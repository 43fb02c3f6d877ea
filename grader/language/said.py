"""Sentences that were made far from their reader: by a worker, a suite, last year's gradebook. Those are in English.

They are translated where they are shown: a text is looked up as it is, then compared with the templates of the
catalogues, and the values in it are translated in the same way. What nothing fits stays English. A student's code can
say what it likes: it is compared with texts, and never becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.language.catalogue import Catalogue
from grader.language.messages import catalogue, lookup
from grader.language.wrapping import filled, meeting

_DEEPEST = 4
_LONGEST = 2000
"""Longer lines are not ours."""
_MOST_SENTENCES = 12
_SENTENCE_END = re.compile(r"(?<=[.?!]) (?=\S)")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_WORDS = frozenset({"along", "along_2", "along_axis", "describe", "kind", "kind_of_dtype"})
"""Values that may be translated though they look like a name in a program."""


def said(text: str, *more: Catalogue | None) -> str:
    """A text of several lines and sentences in the language of now.

    Args:
        text: in English.
        more: catalogues of the course; they come before the engine's.
    """
    found = tuple(each for each in (*more, catalogue()) if each is not None)
    if not found or not text:
        return text
    return _known(text, found) or "\n".join(_line(line, found) for line in text.split("\n"))


def label(text: str, *more: Catalogue | None) -> str:
    """A few words that an author has written or put together, such as the name of a curve, in the language of now.

    Args:
        text: in English.
        more: catalogues of the course.
    """
    own = tuple(each for each in more if each is not None)
    if (known := _known(text, own)) is not None:
        return known
    for one in own:  # what an author has put together fits templates that are too short for others
        for template in one.templates:
            if template.has_words and (values := template.match(text)) is not None:
                return filled(
                    template.translation, {name: lookup(one, value) or value for name, value in values.items()}
                )
    return text


def _line(line: str, found: Sequence[Catalogue]) -> str:
    """A line; one that is indented is code."""
    if not line or line[0].isspace() or len(line) > _LONGEST:
        return line
    return _known(line, found) or _sentences(line, found)


def _sentences(line: str, found: Sequence[Catalogue]) -> str:
    """Sentence by sentence, or two or more at a time where only together they fit a template."""
    parts = _SENTENCE_END.split(line)[:_MOST_SENTENCES]
    for many in range(1, len(parts) + 1):
        first = " ".join(parts[:many])
        if (shown := _whole(first, found, 0)) is not None:
            rest = line[len(first) + 1 :]
            return meeting(f"{shown} ", _sentences(rest, found)) if rest else shown
    return line


def _known(text: str, found: Sequence[Catalogue]) -> str | None:
    """A text that is known as it is."""
    return next((known for one in found if (known := lookup(one, text)) is not None), None)


def _whole(text: str, found: Sequence[Catalogue], depth: int) -> str | None:
    """A text that is known as it is, or fits a template; None if it does neither."""
    if (known := _known(text, found)) is not None:
        return known
    if depth >= _DEEPEST or len(text) > _LONGEST:
        return None
    for one in found:
        for template in one.templates:
            if (depth or template.is_sentence) and (values := template.match(text)) is not None:
                shown = {name: _value(name, value, one, found, depth + 1) for name, value in values.items()}
                if shown != values or not template.is_bare:
                    return filled(template.translation, shown)
    return None


def _value(name: str, value: str, own: Catalogue, found: Sequence[Catalogue], depth: int) -> str:
    """What stands in a place of a template: words are translated, names of a program are not.

    Those that an author has put into an own sentence are words; what else looks like a name may be a student's.
    """
    if not value:
        return value
    if _NAME.fullmatch(value) and name not in _WORDS:
        return value if own is found[-1] else lookup(own, value) or value
    return _whole(value, found, depth) or value
