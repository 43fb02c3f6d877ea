"""Text from outside, made safe to show: nothing here knows what a grade is."""

from __future__ import annotations

import math
import re
import unicodedata

from rich.cells import cell_len, set_cell_size

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands: titles, links, the clipboard
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # device control and other strings
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor movement, erasing
    r"|\x1b[ -/]*[0-~]"  # the short ones
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = frozenset({"Cc", "Cf"})
"""Control characters, and formats: zero width, right to left, joiners."""

_SIGNS = "━# ─- │| ✓+ ●* ○o ·- –- —- −- “\" ”\" ‘' ’' ×x"
_SPELT = "…... ↑up/ ↓down →-> ←<- ≤<= ≥>= ≠!= √sqrt ²^2 ³^3 ±+- αalpha βbeta γgamma εepsilon λlambda μmu ρrho σsigma"
_PLAIN = str.maketrans({pair[0]: pair[1:] for pair in f"{_SIGNS} {_SPELT}".split()})
"""What stands for our own signs, and for the field's, where there is no Unicode."""


def printable(text: str) -> str:
    r"""The text without anything that a terminal would obey.

    Terminal escapes, control characters and invisible characters are left out; every kind of line end
    becomes `\n`, a tab becomes spaces, and what is no character at all (half of a pair) becomes `�`.
    """
    if text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text)).expandtabs(4)
    return "".join(_shown(character) for character in text)


def one_line(text: str) -> str:
    """The printable text with its lines joined and its spaces collapsed."""
    return " ".join(printable(text).split())


def encodable(text: str, encoding: str) -> str:
    """The text as far as a terminal of this encoding can show it; the rest is spelt out, or `?`."""
    if encoding.lower().startswith("utf"):
        return text
    text = text.translate(_PLAIN)
    return "".join(_encoded(character, encoding) for character in text)


def shorten(text: str, width: int, ellipsis: str = "…") -> str:
    """The text, cut where it is wider than that many columns."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    return set_cell_size(text, room).rstrip() + ellipsis if room > 0 else set_cell_size(text, max(width, 0))


def number(value: float) -> str:
    """At most two decimals, rounded down: who lacks a hundredth of a point has not got them all."""
    return f"{math.floor(value * 100 + 1e-6) / 100:.2f}".rstrip("0").rstrip(".")


def count(amount: int, noun: str) -> str:
    """As in "1 test" and "1,200 tests"."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def _shown(character: str) -> str:
    if character == "\n":
        return character
    category = unicodedata.category(character)
    return "" if category in _HIDDEN else "\N{REPLACEMENT CHARACTER}" if category == "Cs" else character


def _encoded(character: str, encoding: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        return bare or ("" if unicodedata.combining(character) else "?")
    except LookupError:
        return character if character.isascii() else "?"
    return character
