"""Generated submissions: solutions that a machine has mutated, random bytes, trees of files, zips and notebooks."""

from __future__ import annotations

import io
import json
import os
import random
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

TOKENS = ["return", "raise", "yield", "import", "def", "class", "for", "while", "if", "in", "not", "lambda"]
TOKENS += ["x", "steps", "slope", "self", "total", "points", "np", "2.0", "0.1", "0", "1", "-1", "None", "True"]
TOKENS += [*"+-*/%<()[]:,.=", "**", "==", "\n", "\n    ", "    "]
ODD_TEXT = [*"\0\ufeff\u202eé𝟚\r\f\t'#\"\\{$", "\x1b[2J", "=1+1", '"""']
NAMES = ("double.py", "walk.py", "Double.py", "double (1).py", "walk.py.txt", "numpy.py", "conftest.py", "a", "b c")
NAMES += ("__init__.py", "tests", "grader", ".hidden", "__pycache__", "\udcff.py", "=1+1", "x" * 200, "double", "walk")

Fill = Callable[[Path, random.Random, dict[str, str]], None]


def fill(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """Make a submission of one kind or another, in a new folder.

    Args:
        folder: of the student.
        dice: decides everything.
        solutions: right answers, by topic.
    """
    folder.mkdir()
    [kind] = dice.choices((mutated, noisy, tree, zipped, notebooks), weights=(6, 2, 1, 2, 1))
    kind(folder, dice, solutions)


def mutated(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """Solutions with a few small changes each, of which some mean nothing."""
    for topic, source in solutions.items():
        if dice.random() < 0.9:
            for _ in range(dice.choice((0, 1, 1, 2, 3, 8))):
                source = dice.choice(MUTATIONS)(source, dice)
            encoded = source.encode(dice.choice(("utf-8", "utf-8", "utf-8", "utf-16", "latin-1")), "replace")
            (folder / f"{topic}.py").write_bytes(encoded)


def noisy(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """Random bytes, random words of Python, or the beginning of a solution."""
    for topic, source in solutions.items():
        words = " ".join(dice.choices(TOKENS, k=dice.randrange(1, 80)))
        content = (
            dice.randbytes(dice.choice((0, 1, 50, 5000))),
            words.encode(),
            source.encode()[: dice.randrange(300)],
        )
        (folder / f"{topic}.py").write_bytes(dice.choice(content))


def tree(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """Files, folders, links and pipes with names that mean something, anywhere."""
    places = [folder]
    for _ in range(dice.randrange(1, 25)):
        path = dice.choice(places) / dice.choice(NAMES)
        if path.exists() or path.is_symlink():
            continue
        match dice.randrange(8):
            case 0 | 1:
                path.mkdir()
                places.append(path)
            case 2:
                path.symlink_to(dice.choice((folder, folder.parent, path, Path("/dev/zero"), Path("/etc/passwd"), "x")))
            case 3:
                os.mkfifo(path)
            case _:
                topic = dice.choice(list(solutions))
                path.write_bytes(dice.choice((solutions[topic].encode(), b"", dice.randbytes(100))))


def zipped(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """An archive or two with solutions somewhere in them, of which some are damaged."""
    for name in dice.sample(("hw.zip", "HW (1).ZIP", "b.zip"), k=dice.choice((1, 1, 2))):
        (folder / name).write_bytes(damaged(archive(dice, solutions, depth=0), dice))


def archive(dice: random.Random, solutions: dict[str, str], depth: int) -> bytes:
    """A zip of modules and other files, at any place, by any method, of any kind."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand there twice
        for _ in range(dice.randrange(6)):
            above = dice.choice(
                ("", "", "", "", "work/", "work/", "hw/", "../", "/", "a/b/c/", "C:\\", ".hidden/", "__MACOSX/")
            )
            topic = dice.choice(list(solutions))
            name = dice.choice((f"{topic}.py", f"{topic}.py", f"{topic}.ipynb", "notes.txt", "x" * 300, "\udcff.py"))
            info = zipfile.ZipInfo((above + name).encode("utf-8", "replace").decode())
            info.create_system, info.external_attr = 3, dice.choice((0, 0, 0, 0o120777, 0o010666, 0o100644)) << 16
            methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
            content = dice.choice((solutions[topic].encode(), solutions[topic].encode(), bytes(100_000), b""))
            packed.writestr(info, content, dice.choice(methods))
        if depth < 3 and dice.random() < 0.3:
            packed.writestr("again.zip", archive(dice, solutions, depth + 1))
    return data.getvalue()


def notebooks(folder: Path, dice: random.Random, solutions: dict[str, str]) -> None:
    """Solutions cut into cells at random places, between cells of other kinds, of which some are damaged."""
    for topic, source in solutions.items():
        lines = source.splitlines(keepends=True)
        cuts = sorted(dice.choices(range(len(lines) + 1), k=dice.randrange(3)))
        parts = [lines[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
        cells = [{"cell_type": "code", "source": dice.choice((part, "".join(part)))} for part in parts]
        magic = dice.choice(("%matplotlib inline", "!ls", "%%bash\nls", "import tensorflow", "'" * 3, "raise", "1/0"))
        cells.insert(
            dice.randrange(len(cells) + 1),
            {"cell_type": dice.choice(("code", "code", "raw", "markdown", 5)), "source": magic},
        )
        text = json.dumps({"cells": cells, "nbformat": 4}).encode()
        (folder / f"{topic}.ipynb").write_bytes(damaged(text, dice))


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The same bytes, or with a few changed, or cut off."""
    changed = bytearray(data)
    for _ in range(dice.choice((0, 0, 0, 1, 3))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed[: dice.choice((len(changed), len(changed), len(changed), dice.randrange(len(changed) + 1)))])


def without_a_line(source: str, dice: random.Random) -> str:
    lines = source.splitlines(keepends=True) or [""]
    del lines[dice.randrange(len(lines))]
    return "".join(lines)


def with_a_line_twice(source: str, dice: random.Random) -> str:
    lines = source.splitlines(keepends=True) or [""]
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return "".join(lines)


def with_other_words(source: str, dice: random.Random) -> str:
    one, other = dice.choice(TOKENS), dice.choice(TOKENS)
    return source.replace(one, other, dice.choice((1, 1, -1)))


def with_something_inserted(source: str, dice: random.Random) -> str:
    position = dice.randrange(len(source) + 1)
    return source[:position] + dice.choice((*TOKENS, *ODD_TEXT)) + source[position:]


def with_something_cut(source: str, dice: random.Random) -> str:
    position = dice.randrange(len(source) + 1)
    return source[:position] + source[position + dice.randrange(1, 9) :]


def with_another_number(source: str, dice: random.Random) -> str:
    places = [place for place, sign in enumerate(source) if sign.isdigit()]
    if not places:
        return source
    place = dice.choice(places)
    return source[:place] + dice.choice("0123456789") + source[place + 1 :]


def with_trouble(source: str, dice: random.Random) -> str:
    """A statement that ends badly somewhere in the middle."""
    statement = dice.choice(
        ("raise KeyError", "import os; os._exit(0)", "x = 1/0", "return x", "print(x)", "x = [x]", "import tensorflow")
    )
    lines = source.splitlines(keepends=True) or [""]
    lines.insert(dice.randrange(len(lines) + 1), " " * dice.choice((0, 4, 8)) + statement + "\n")
    return "".join(lines)


MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    without_a_line,
    with_a_line_twice,
    with_other_words,
    with_something_inserted,
    with_something_cut,
    with_another_number,
    with_trouble,
)
