"""The engine's own messages: marked here by gettext's names, so that Babel finds them."""

from __future__ import annotations

from pathlib import Path

from grader.language.catalogue import SAID, SEPARATOR, Catalogue, read_catalogue
from grader.language.choice import ENGLISH, language

DOMAIN = "grader"
FOLDER = Path(__file__).parent


def catalogue() -> Catalogue | None:
    """The engine's messages in the language of now; None if that is English."""
    return None if language() == ENGLISH else read_catalogue(FOLDER / language() / f"{DOMAIN}.mo")


def gettext(message: str, /, **values: object) -> str:
    """The message in the language of now, with its values filled in."""
    found = catalogue()
    text = found.gettext(message) if found else message
    return text.format(**values) if values else text


def ngettext(one: str, many: str, amount: int, /, **values: object) -> str:
    """The message for so many of something; `{n}` in it is the amount."""
    found = catalogue()
    text = found.ngettext(one, many, amount) if found else one if amount == 1 else many
    return text.format(n=f"{amount:,}", **values)


def gettext_noop(message: str, /) -> str:
    """The message as it is: marked where it stands, translated where it is shown."""
    return message


def lookup(found: Catalogue | None, text: str) -> str | None:
    """A whole text in a catalogue, whatever its context; None if it is not in it."""
    if found is None:
        return None
    for key in (f"{SAID}{SEPARATOR}{text}", text):
        if (translation := found.messages.get(key)) is not None:
            return translation
    return None
