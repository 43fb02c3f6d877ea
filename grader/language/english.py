"""The mark for a sentence that is made far from its reader."""

from __future__ import annotations


def english(text: str) -> str:
    """The text as it is: a sentence for a record, which is English whoever reads it later.

    `grade messages` finds it by this name, an f-string with a place for each value; `said` translates it where it is
    shown. The worker imports this module, so it imports nothing.
    """
    return text
