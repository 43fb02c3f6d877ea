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
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from grader.errors import UsageError
from grader.intake.files import UnreadableError, read_file
from grader.intake.notebook import MAX_NOTEBOOK, code_cells, readable_cell
from grader.language.english import english
from grader.model import Module, Topic
from grader.student.choosing import MODULE, NOTEBOOK
from grader.student.outline import Names, assigned, heirs, outline, takes_anything

SUFFIX = ".zip"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""
_MOST_NAMES = 4


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """One topic of the zip."""

    topic: str
    filename: str
    """The module or the notebook; as it should be called where it is missing."""
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


def packed_files(folder: Path, modules: Mapping[str, Module]) -> dict[str, bytes]:
    """What goes into the zip, by topic: a module as it was read, a notebook as it lies there.

    Raises:
        UsageError: a notebook cannot be read any more.
    """
    found = {}
    for topic, module in modules.items():
        if module.problem:
            continue
        found[topic] = module.source
        if module.filename.endswith(NOTEBOOK):
            try:
                found[topic], _ = read_file(folder, (module.filename,), follow=True, most=MAX_NOTEBOOK)
            except UnreadableError as error:
                raise UsageError(str(error), "Save it once more.") from error
    return found


def inspect(topic: Topic, module: Module | None, data: bytes, names: Names) -> Packed:
    """What a look at a module or a notebook tells, before it is handed in.

    Args:
        topic: which one.
        module: what the student has; None if there is no file.
        data: the file itself.
        names: what the stub defines; empty if that is not known.
    """
    if module is None:
        file = f"{topic.name}{MODULE}"
        return Packed(topic=topic.name, filename=file, missing=True, problems=(english(f"{file} is not there."),))
    if module.problem:
        return Packed(topic=topic.name, filename=module.filename, missing=True, problems=(module.problem,))
    parts = _parts(module, data)
    problems = [part.problem for part in parts if part.problem]
    if not problems:
        refused = [sentence for part in parts for sentence in _refused(part, names)]
        problems = [*refused, *_lost("\n".join(part.text for part in parts), names)]
    return Packed(
        topic=topic.name,
        filename=module.filename,
        problems=tuple(problems),
        unfinished=sum(_says_unfinished(node) for part in parts for node in ast.walk(part.tree)),
    )


class _Part(msgspec.Struct, frozen=True):
    """A module, or a cell of a notebook, as Python reads it."""

    place: str
    """In front of the number of a line: empty, or the cell."""
    tree: ast.Module = ast.Module([], [])
    text: str = ""
    """Of the tree."""
    problem: str = ""
    """Why it cannot be read."""


def _parts(module: Module, data: bytes) -> list[_Part]:
    if not module.filename.endswith(NOTEBOOK):
        return [_part("", module.filename, module.source)]
    cells = [readable_cell(code) for code in code_cells(data, module.filename)]
    return [_part(f"cell {number}, ", module.filename, code) for number, code in enumerate(cells, 1)]


def _part(place: str, filename: str, source: str | bytes) -> _Part:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" and the like are no fault
            tree = ast.parse(source, filename)
            text = ast.unparse(tree)
            compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        kind, why = type(error).__name__, error.msg
        where = f"{place}line {error.lineno}: " if error.lineno else ""
        return _Part(place, problem=english(f"{where}{kind}: {why}."))
    except (ValueError, RecursionError, MemoryError) as error:
        return _Part(place, problem=english(f"Python cannot read it: {error}."))
    return _Part(place, tree, text)


def pack(files: Mapping[str, bytes], target: Path) -> None:
    """Write the zip: beside it first, then in its place, and read it back.

    Args:
        files: by name.
        target: the zip.

    Raises:
        UsageError: there is nothing to pack, something else has that name, or it cannot be written.
    """
    if not files:
        raise UsageError("There is no module that could be packed.", "Change to the folder with your modules.")
    if target.exists() and not zipfile.is_zipfile(target):
        raise UsageError(f"{target} is there already, and it is no zip.", "Name another file with --output.")
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(content(files))
        _read_back(beside, files)
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(
            f"{target} cannot be written: {error.strerror or error}.", "Name another place with --output."
        ) from error


def content(files: Mapping[str, bytes]) -> bytes:
    """The bytes of the zip: names in order, no times, nothing compressed, as compressors differ."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return stream.getvalue()


def _read_back(path: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        for name, data in files.items():
            if archive.read(name) != data:
                raise OSError(f"{name} was not written as it is")


def _refused(part: _Part, names: Names) -> Iterator[str]:
    """Imports that the grader's machine refuses. In a notebook they cost only the cell that they stand in."""
    if part.place and not outline(part.text).keys() & names.keys():
        return
    for node in ast.walk(part.tree):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or ""] if not node.level else ["." * node.level]
        else:
            continue
        for name in imported:
            package = name.partition(".")[0]
            if package not in sys.stdlib_module_names and package != "numpy":
                where = f"{part.place}line {node.lineno}"
                yield english(f"{where}: {name} cannot be imported: only NumPy and the standard library can.")


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
