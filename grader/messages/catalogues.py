"""Catalogues on disk: brought up to date with the sources, compiled, and looked through for what is missing."""

from __future__ import annotations

import io
import os
import string
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import CourseError
from grader.language.catalogue import SAID, SEPARATOR, read_catalogue
from grader.messages.message import Message

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog
    from babel.messages.catalog import Message as Entry

_PROJECT = "deepgrade"
_WIDTH = 110
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)
"""A date in each file would change with each run, and tell nothing."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a translator has to do."""

    file: Path
    line: int
    """0 where it is no line of the file."""
    what: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue beside its sources."""

    file: Path
    messages: int
    problems: tuple[Problem, ...]


def update(path: Path, code: str, messages: Iterable[Message]) -> bool:
    """Bring a catalogue up to date, and compile it; says whether anything has changed.

    What has no translation yet gets an empty one, what has changed a little is fuzzy, what is gone is left out.

    Raises:
        CourseError: there is a catalogue, and it cannot be read.
    """
    template = _template(messages)
    catalogue = _read(path, code)
    catalogue.update(template, no_fuzzy_matching=not len(catalogue))
    catalogue.obsolete.clear()
    _settle(catalogue)
    changed = [_replace(path, _po(catalogue)), _replace(path.with_suffix(".mo"), compiled(catalogue))]
    return any(changed)


def state(path: Path, code: str, messages: Iterable[Message]) -> State:
    """What is missing in a catalogue, and what does not fit.

    Raises:
        CourseError: it cannot be read.
    """
    template = _template(messages)
    catalogue = _read(path, code)
    problems = [
        *_lacking(path, catalogue, template),
        *(p for entry in catalogue if entry.id for p in _wrong(path, entry)),
    ]
    binary = path.with_suffix(".mo")
    if not binary.is_file() or binary.read_bytes() != compiled(catalogue):
        problems.append(Problem(file=binary, line=0, what="is not what the .po gives"))
    return State(file=path, messages=len(template), problems=tuple(problems))


def only(path: Path, code: str, texts: Iterable[str]) -> bytes:
    """A compiled catalogue of these texts only, whatever their context.

    Args:
        path: of a compiled catalogue.
        code: of its language.
        texts: that may be in it.

    Raises:
        CourseError: it cannot be read.
    """
    from babel.messages.catalog import Catalog

    found = read_catalogue(path)
    if found is None:
        raise CourseError(f"{path} cannot be read.", "Run `grade messages`.")
    wanted, kept = set(texts), Catalog(locale=code, project=_PROJECT, creation_date=_WHEN, fuzzy=False)
    _settle(kept)
    for key, translation in found.messages.items():
        context, _, text = key.rpartition(SEPARATOR)
        if text in wanted:
            kept.add(text, translation, context=context or None)
    return compiled(kept)


def compiled(catalogue: Catalog) -> bytes:
    """What gettext reads at run time; fuzzy translations are left out."""
    from babel.messages.mofile import write_mo

    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _lacking(path: Path, catalogue: Catalog, template: Catalog) -> Iterator[Problem]:
    keys = {(_single(entry.id), entry.context): entry for entry in catalogue if entry.id}
    wanted = {(_single(entry.id), entry.context) for entry in template if entry.id}
    for text, context in sorted(wanted - keys.keys(), key=str):
        yield Problem(file=path, line=0, what=f"lacks {_quoted(text)}" + (f" ({context})" if context else ""))
    for key in keys.keys() - wanted:
        yield Problem(file=path, line=keys[key].lineno or 0, what=f"no source says {_quoted(key[0])} any more")


def _wrong(path: Path, entry: Entry) -> Iterator[Problem]:
    """What is not right about one translation."""
    line, texts = entry.lineno or 0, entry.string if isinstance(entry.string, tuple) else (entry.string,)
    source = _single(entry.id)
    if entry.fuzzy:
        yield Problem(file=path, line=line, what=f"is fuzzy: {_quoted(source)}")
    for text in map(str, texts):
        if not text:
            yield Problem(file=path, line=line, what=f"is not translated: {_quoted(source)}")
        elif (problem := _places_problem(entry, text)) is not None:
            yield Problem(file=path, line=line, what=f"{problem}: {_quoted(source)}")


def _places_problem(entry: Entry, text: str) -> str | None:
    """Whether the places for values do not agree; None if they do."""
    source = entry.id if isinstance(entry.id, str) else entry.id[-1]
    wanted, given = _places(source), _places(text)
    if wanted is None:
        return None  # a formula with braces: no values are put into it
    if given is None:
        return "has a brace too many or too few"
    if entry.context == SAID:
        return None if given <= wanted else "has a place that the source has not"
    return None if given == wanted else "has other places for values than the source"


def _places(text: str) -> set[str] | None:
    """The names of the places; None if the braces do not fit."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def _template(messages: Iterable[Message]) -> Catalog:
    """What is to be translated, each text once."""
    from babel.messages.catalog import Catalog

    catalogue = Catalog(project=_PROJECT, creation_date=_WHEN)
    for message in messages:
        key = (message.text, message.many) if message.many else message.text
        comments = [message.comment] if message.comment else []
        catalogue.add(key, locations=[(message.file, 0)], auto_comments=comments, context=message.context)
    return catalogue


def _read(path: Path, code: str) -> Catalog:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import PoFileError, read_po

    if not path.is_file():
        fresh = Catalog(locale=code, project=_PROJECT, creation_date=_WHEN, fuzzy=False)
        _settle(fresh)
        return fresh
    try:
        with open(path, encoding="utf-8") as file:
            return read_po(file, locale=code, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError) as error:
        raise CourseError(f"{path} cannot be read: {error}.", "Mend it, or take an older one.") from error


def _settle(catalogue: Catalog) -> None:
    """A header that is the same on every machine and every day."""
    catalogue.header_comment = "# Written by `grade messages`; see docs/authors.md."
    catalogue.creation_date = catalogue.revision_date = _WHEN
    catalogue.last_translator = catalogue.language_team = _PROJECT
    catalogue.msgid_bugs_address = _PROJECT
    catalogue.fuzzy = False


def _po(catalogue: Catalog) -> bytes:
    from babel.messages.pofile import write_po

    stream = io.BytesIO()
    write_po(stream, catalogue, width=_WIDTH, include_lineno=False, include_previous=True)
    return stream.getvalue()


def _replace(path: Path, data: bytes) -> bool:
    """Write beside and rename, if it is not what is there."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    os.replace(beside, path)
    return True


def _single(key: str | tuple[str, ...] | list[str]) -> str:
    return key if isinstance(key, str) else key[0]


def _quoted(text: str) -> str:
    return f'"{text if len(text) < 60 else text[:59] + "…"}"'
