"""The zip to hand in: the topic modules, and what would be missing from it. Nothing of a module is executed.

The same modules make the same bytes, whenever and wherever they are packed.
"""

from __future__ import annotations

import ast
import io
import os
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.language.english import english
from grader.model import Module, Submission, Topic
from grader.student.outline import Names, assigned, heirs, outline, takes_anything

SUFFIX = ".zip"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""
_MOST_NAMES = 4


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """One topic of the zip."""

    topic: str
    problems: tuple[str, ...] = ()
    """What will cost points, as sentences."""
    missing: bool = False
    """Not in the zip."""
    unfinished: int = 0
    """How many places still say that something is to be written."""

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.problems or self.missing or self.unfinished)


def inspect(topic: Topic, module: Module | None, names: Names) -> Packed:
    """What a look at a module tells, before it is handed in.

    Args:
        topic: which one.
        module: what the student has; None if there is no file.
        names: what the stub defines; empty if that is not known.
    """
    if module is None:
        return Packed(topic=topic.name, missing=True, problems=(english(f"{topic.name}.py is not there."),))
    if module.problem:
        return Packed(topic=topic.name, missing=True, problems=(module.problem,))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" and the like are no fault
            tree = ast.parse(module.source, module.filename)
            text = ast.unparse(tree)
            compile(module.source, module.filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        kind, text = type(error).__name__, error.msg
        problem = english(f"line {error.lineno}: {kind}: {text}.") if error.lineno else f"{kind}: {text}."
        return Packed(topic=topic.name, problems=(problem,))
    except (ValueError, RecursionError, MemoryError) as error:
        return Packed(topic=topic.name, problems=(english(f"Python cannot read it: {error}."),))
    return Packed(
        topic=topic.name,
        problems=(*_imports(tree), *_lost(text, names)),
        unfinished=sum(_says_unfinished(node) for node in ast.walk(tree)),
    )


def pack(submission: Submission, topics: Sequence[Topic], target: Path) -> None:
    """Write the zip: beside it first, then in its place, and read it back.

    Raises:
        UsageError: there is nothing to pack, something else has that name, or it cannot be written.
    """
    modules = [m for topic in topics if (m := submission.modules.get(topic.name)) and not m.problem]
    if not modules:
        raise UsageError("There is no module that could be packed.", "Change to the folder with your modules.")
    if target.exists() and not zipfile.is_zipfile(target):
        raise UsageError(f"{target} is there already, and it is no zip.", "Name another file with --output.")
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(content(modules))
        _read_back(beside, modules)
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(
            f"{target} cannot be written: {error.strerror or error}.", "Name another place with --output."
        ) from error


def content(modules: Sequence[Module]) -> bytes:
    """The bytes of the zip: names in order, no times, nothing compressed, as compressors differ."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for module in sorted(modules, key=lambda module: module.topic):
            entry = zipfile.ZipInfo(f"{module.topic}.py", _WHEN)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, module.source)
    return stream.getvalue()


def _read_back(path: Path, modules: Sequence[Module]) -> None:
    with zipfile.ZipFile(path) as archive:
        for module in modules:
            if archive.read(f"{module.topic}.py") != module.source:
                raise OSError(f"{module.topic}.py was not written as it is")


def _imports(tree: ast.Module) -> Iterator[str]:
    """Imports that the grader's machine refuses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else ["." * node.level]
        else:
            continue
        for name in names:
            package = name.partition(".")[0]
            if package not in sys.stdlib_module_names and package != "numpy":
                words = f"line {node.lineno}: {name} cannot be imported: only NumPy and the standard library can."
                yield english(words)


def _lost(source: str, names: Names) -> Iterator[str]:
    """Names of the stub that have gone."""
    mine, anything = outline(source), takes_anything(source)
    elsewhere = (assigned(source) - set(mine)) | heirs(source)  # made in another way, or with methods from elsewhere
    lost = [name for name in names if name not in mine and name.partition(".")[0] not in elsewhere]
    lost = [name for name in lost if name.partition(".")[0] not in lost or "." not in name]
    if lost:
        more = f" and {len(lost) - _MOST_NAMES} more" if len(lost) > _MOST_NAMES else ""
        shown = ", ".join(lost[:_MOST_NAMES])
        yield english(f"{shown}{more} of the stub {'is' if len(lost) == 1 else 'are'} not there any more.")
    for name, parameters in names.items():
        if name.partition(".")[0] in elsewhere:
            continue
        left_out = [parameter for parameter in parameters if parameter not in mine.get(name, parameters)]
        if left_out and name.rpartition(".")[2] not in anything:
            yield english(f"{name} has no parameter {', '.join(left_out)} any more.")


def _says_unfinished(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
