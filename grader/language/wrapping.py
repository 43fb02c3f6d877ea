"""Lines of a text with wide signs: Chinese may break between any two of its signs, but not before a full stop."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping

_NEVER_FIRST = "，。、；：？！）》」』】”’…·,.;:?!)]}%"
_WIDE_STOPS = "，。、；：？！（）"
_NEVER_LAST = "（《「『【“‘([{"


def width_of(text: str) -> int:
    """Columns that a terminal needs for it."""
    return sum(_columns(character) for character in text)


def is_wide(character: str) -> bool:
    """Whether it takes two columns, as Chinese does."""
    return unicodedata.east_asian_width(character) in "WF"


def wrap(text: str, width: int, first: int | None = None) -> list[str]:
    """The text in lines of at most this width; what cannot be broken may be longer.

    Args:
        text: one paragraph.
        width: columns of a line.
        first: columns of the first line, if it has fewer.
    """
    lines = [""]
    room = width if first is None else first
    for piece in _pieces(text):
        glue = piece if lines[-1] else piece.lstrip(" ")
        if lines[-1] and width_of(lines[-1]) + width_of(glue.rstrip(" ")) > room:
            lines[-1] = lines[-1].rstrip(" ")
            lines.append("")
            room, glue = width, piece.lstrip(" ")
        lines[-1] += glue
    lines[-1] = lines[-1].rstrip(" ")
    return lines


def filled(template: str, values: Mapping[str, str]) -> str:
    """A template with its values in their places, spaced as Chinese is: apart from Latin words, close to its own."""
    text = ""
    for literal, name, _, _ in string.Formatter().parse(template):
        text = meeting(text, literal)
        if name is not None:
            text = meeting(text, values[name])
    return text


def meeting(left: str, right: str) -> str:
    """Two pieces of a sentence, with a space between them where one belongs."""
    before, after = left.rstrip(" "), right.lstrip(" ")
    if not before or not after:
        return left + right
    one, other = before[-1], after[0]
    if is_wide(one) and is_wide(other):
        return before + after
    if (_is_han(one) and other.isascii() and other.isalnum()) or (_is_han(other) and one.isascii() and one.isalnum()):
        return f"{before} {after}"
    if one in _WIDE_STOPS or other in _WIDE_STOPS:
        return before + after
    return left + right


def _is_han(character: str) -> bool:
    return is_wide(character) and character.isalpha()


def _columns(character: str) -> int:
    return 0 if unicodedata.combining(character) else 2 if is_wide(character) else 1


def _pieces(text: str) -> list[str]:
    """What may stand on a line of its own, spaces in front."""
    pieces = [""]
    for character in text:
        before = pieces[-1][-1:]
        if before and not _is_code(pieces[-1]) and _may_break(before, character):
            pieces.append("")
        pieces[-1] += character
    return pieces


def _is_code(piece: str) -> bool:
    """Whether it ends inside backticks: a command is one word."""
    return piece.count("`") % 2 == 1 and len(piece) < 40


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return before != " "
    if before == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return is_wide(before) or is_wide(after)
