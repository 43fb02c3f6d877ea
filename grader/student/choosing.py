"""A topic can be worked on in a module or in a notebook: which was asked for, which counts, and how that is said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.language.messages import gettext
from grader.model import Module

MODULE, NOTEBOOK = ".py", ".ipynb"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a student has typed behind a command."""

    topics: tuple[str, ...]
    folder: Path | None = None
    """Where the files lie, if files were named with their folder."""
    endings: Mapping[str, str] = {}
    """Of the files that were named, by topic."""


def asked(words: Sequence[str]) -> Asked:
    """Take topics by their names, or by their files: adam, adam.py, exercises/adam.ipynb.

    Raises:
        UsageError: files of two folders, or both files of one topic.
    """
    topics: list[str] = []
    folders: set[Path] = set()
    endings: dict[str, str] = {}
    for word in words:
        path = Path(word)
        if path.suffix not in (MODULE, NOTEBOOK):
            topics.append(word)
            continue
        if endings.setdefault(path.stem, path.suffix) != path.suffix:
            raise UsageError(f"{path.stem} is named twice, as a module and as a notebook.", "Name one of them.")
        topics.append(path.stem)
        if path.name != word:
            folders.add(path.parent)
    if len(folders) > 1:
        raise UsageError("These files lie in different folders.", "Check one folder at a time.")
    return Asked(topics=tuple(topics), folder=next(iter(folders), None), endings=endings)


def notes_on(folder: Path, modules: Mapping[str, Module], endings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which file counts, as a sentence, for each topic of which there are two.

    Args:
        folder: with the student's modules and notebooks.
        modules: that were read there.
        endings: of the files that were asked for.
    """
    found: dict[str, str] = {}
    for topic, module in modules.items():
        name, other = both(folder, topic, module)
        if not other or module.problem:
            continue
        asked_for = (endings or {}).get(topic)
        if asked_for and (counts := _counts(folder, topic).filename) != name:
            words = gettext("This is {file}, as asked. Where nothing is asked {other} counts.", file=name, other=counts)
        elif _gaps(module) == _gaps(_counts(folder, topic, Path(other).suffix)):
            words = gettext(
                "Work in {file} or in {other}: the one with less left to write counts.", file=name, other=other
            )
        elif name.endswith(MODULE) and _is_fresh(folder / other):
            continue  # nobody has worked in the notebook
        else:
            words = gettext("{file} counts, not {other}: less is left to write in it.", file=name, other=other)
        found[topic] = words
    return found


def both(folder: Path, topic: str, module: Module) -> tuple[str, str]:
    """The name of the file that counts, and of the other one; empty if there is none."""
    other = f"{topic}{MODULE if module.filename.endswith(NOTEBOOK) else NOTEBOOK}"
    return module.filename, other if (folder / other).is_file() else ""


def _counts(folder: Path, topic: str, ending: str = "") -> Module:
    """The module that counts, or the one whose name ends so."""
    from grader.intake.folders import read_modules  # only who has two files needs it

    return read_modules(folder, [topic], only={topic: ending})[topic]


def _is_fresh(notebook: Path) -> bool:
    """Whether a notebook was never saved: whatever saves one writes down which Python that was."""
    try:
        return bool(json.loads(notebook.read_bytes())["metadata"]["language_info"] == {"name": "python"})
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return False


def _gaps(module: Module) -> int:
    return module.source.count(b"NotImplementedError")
