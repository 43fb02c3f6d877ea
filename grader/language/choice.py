"""Which language: what was asked for, else what the environment says, else English."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar

from grader.errors import UsageError

ENGLISH = "en"
CHINESE = "zh_CN"
LANGUAGES = {ENGLISH: "English", CHINESE: "简体中文"}
"""Each with its own name."""

STUDENT = ("check", "next", "hint", "plot", "pack")
"""The commands that speak the student's language; all others speak English."""
OPTION = "--lang"
ENVIRONMENT = "GRADE_LANG"
"""The environment variable that names the language."""
_LOCALES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where a system says it, in the order in which gettext looks."""
_SIMPLIFIED = ("cn", "sg", "hans")

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The language of what is shown now."""
    return _language.get()


def use(code: str) -> None:
    """Speak this language from now on."""
    _language.set(code)


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak this language for a while."""
    before = _language.set(code)
    try:
        yield
    finally:
        _language.reset(before)


def known_language(name: str, asked_by: str) -> str:
    """The code of a language.

    Args:
        name: as the user wrote it: zh_CN, zh-Hans, en_GB, …
        asked_by: the option or variable that it stands in.

    Raises:
        UsageError: there is no such language.
    """
    if code := _code(name):
        return code
    choices = " or ".join(f"{code} ({words})" for code, words in LANGUAGES.items())
    raise UsageError(f'{asked_by} asks for "{name}", and there is no such language here.', f"Choose {choices}.")


def choose(arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> str:
    """The language that the arguments of a command ask for, else GRADE_LANG, else the locale, else English.

    Raises:
        UsageError: one was asked for by name, and there is no such language.
    """
    environment = os.environ if environment is None else environment
    if (asked := _asked(arguments)) is not None:
        return known_language(asked, OPTION)
    if named := environment.get(ENVIRONMENT, ""):
        return known_language(named, ENVIRONMENT)
    return _of_locale(environment)


def _asked(arguments: Sequence[str]) -> str | None:
    """What stands behind the last --lang: help and errors must speak it, too, so it is read before all else."""
    found = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == OPTION and position + 1 < len(arguments):
            found = arguments[position + 1]
        elif argument.startswith(f"{OPTION}="):
            found = argument.partition("=")[2]
    return found


def _of_locale(environment: Mapping[str, str]) -> str:
    for variable in _LOCALES:
        if value := environment.get(variable, ""):
            return next(filter(None, map(_code, value.split(":"))), ENGLISH)
    return _code(_of_windows()) or ENGLISH


def _of_windows() -> str:
    """The language in which Windows speaks to this user; empty elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


def _code(name: str) -> str:
    """The language of a locale such as zh_CN.UTF-8; empty if there is none of it."""
    parts = name.partition(".")[0].partition("@")[0].replace("-", "_").lower().split("_")
    if parts[0] in (ENGLISH, "c", "posix"):
        return ENGLISH
    if parts[0] == "zh" and (len(parts) == 1 or any(part in _SIMPLIFIED for part in parts[1:])):
        return CHINESE
    return ""
