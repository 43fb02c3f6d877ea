"""What a student may read of a message that student code has had a say in."""

from __future__ import annotations

import re

_MOST_LINES = 14
_MOST_CHARACTERS = 1_200
_NUMBER = re.compile(r"\d[\d_]*(?:\.\d*)?|\.\d+")
_MOST_DIGITS = 3
"""Of a decimal number that is shown: enough for a setting or an error's size, too few for a random input."""
_MOST_WHOLE_DIGITS = 4
_HIDDEN = "…"


def without_inputs(message: str) -> str:
    """The message, with every number cut out that is long enough to be an input of a hidden test.

    What student code raises is in its author's hand, and the inputs were in its arguments.

    Args:
        message: without terminal escapes, which may stand in the middle of a number.
    """
    text = _NUMBER.sub(_short_number, message)
    lines = text[:_MOST_CHARACTERS].splitlines()
    cut = len(lines) > _MOST_LINES or len(text) > _MOST_CHARACTERS
    return "\n".join(lines[:_MOST_LINES]) + (f"\n{_HIDDEN}" if cut else "")


def _short_number(found: re.Match[str]) -> str:
    text = found[0]
    digits = re.sub(r"\D", "", text).strip("0")
    return text if len(digits) <= (_MOST_DIGITS if "." in text else _MOST_WHOLE_DIGITS) else _HIDDEN
