"""A class to try the grader on: right answers, known mistakes, and everything else that is handed in."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from grader import diagnosis
from grader.errors import UsageError
from grader.model import Course, Module
from grader.release import make_stub

LIST = "class.csv"
"""Beside the submissions: what each student did. Tells that a folder was made by this module."""

_NAMES = (
    *("ada", "alan", "annie", "barbara", "claude", "dennis", "dorothy", "edsger", "edith", "emmy"),
    *("evelyn", "frances", "grace", "hedy", "jean", "john", "karen", "kathleen", "katherine", "kurt"),
    *("linus", "margaret", "mary", "maurice", "niklaus", "radia", "richard", "sophie", "tim", "tony"),
)
_LOOP = "\n\nwhile True:\n    pass\n"
_SYNTAX = "\n\ndef unfinished(:\n"
_CRASH = "\n\nimport os\n\nos._exit(3)\n"
_EXCEPTION = "\n\nlearning_rte = 0.1\nprint(learning_rate)\n"


class Student(msgspec.Struct, frozen=True):
    """One of the class."""

    name: str
    did: str
    """What was handed in, in a few words."""


def make_class(course: Course, folder: Path, students: int = 30) -> list[Student]:
    """Write a class folder, the same one every time.

    Args:
        course: with solutions and mistakes.
        folder: to write to; it gets `submissions/` and a list of who did what.
        students: how many, at least 10.

    Raises:
        UsageError: if the folder holds something else, or cannot be written.
    """
    try:
        _check_folder(folder, students)
        made = [_make_student(course, folder, number) for number in range(students)]
        with (folder / LIST).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("student_id", "did"), *((student.name, student.did) for student in made)])
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror or error}.", "Name another folder.") from error
    return made


def _check_folder(folder: Path, students: int) -> None:
    """Refuse to write among things that are not ours, and to leave part of a larger class behind."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", "Name another folder.")
    if not (folder / LIST).is_file():
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty, and no demo has made it.", "Name another folder.")
        return
    before = len((folder / LIST).read_text("utf-8", "replace").splitlines()) - 1
    if before > students:
        raise UsageError(
            f"{folder} holds a class of {before} students already.",
            f"Name another folder, or ask for at least so many: --students {before}",
        )


def _make_student(course: Course, folder: Path, number: int) -> Student:
    name = _NAMES[number % len(_NAMES)] + ("" if number < len(_NAMES) else str(number // len(_NAMES) + 1))
    home = folder / "submissions" / name
    home.mkdir(parents=True, exist_ok=True)
    texts = {topic.name: diagnosis.solution_module(course, topic.name).source.decode() for topic in course.topics}
    did = _KINDS[number % len(_KINDS)](course, texts, random.Random(number))
    files = {home / f"{topic}.py": text.encode() for topic, text in texts.items()}
    for path in home.glob("*.py"):
        if path not in files:
            path.unlink()
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:  # the time of a file is when it was handed in
            path.write_bytes(content)
    return Student(name, did)


Texts = dict[str, str]
Kind = Callable[[Course, Texts, random.Random], str]


def _right(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
    return "everything right"


def _mistaken(course: Course, texts: Texts, chance: random.Random) -> str:
    """One catalogued mistake in each of one, two or three topics."""
    catalogues = {topic: known for topic in sorted(texts) if (known := diagnosis.load_mistakes(course, topic))}
    made = []
    for topic in chance.sample(list(catalogues), min(len(catalogues), chance.randint(1, 3))):
        solution = Module(topic=topic, filename=f"{topic}.py", source=texts[topic].encode())
        mistake = chance.choice(catalogues[topic])
        texts[topic] = diagnosis.edited(solution, mistake).source.decode()
        made.append(f"{topic}: {mistake.says}")
    return "; ".join(made) or "everything right"


def _stubs(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
    texts.update({topic: make_stub(text) for topic, text in texts.items()})
    return "untouched stubs"


def _half(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
    """The later half of the topics is untouched."""
    for topic in list(texts)[len(texts) // 2 :]:
        texts[topic] = make_stub(texts[topic])
    return "the later topics untouched"


def _missing(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
    topic = chance.choice(sorted(texts))
    del texts[topic]
    return f"{topic}.py is missing"


def _nothing(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
    texts.clear()
    return "an empty folder"


def _appends(text: str, did: str) -> Kind:
    def spoil(course: Course, texts: Texts, chance: random.Random) -> str:  # noqa: ARG001
        topic = chance.choice(sorted(texts))
        texts[topic] += text
        return f"{topic}.py {did}"

    return spoil


_KINDS: tuple[Kind, ...] = (
    *(_right, _mistaken, _mistaken, _stubs, _mistaken),
    _appends(_SYNTAX, "has a syntax error"),
    *(_mistaken, _right, _missing, _mistaken),
    _appends(_LOOP, "loops for ever"),
    *(_half, _mistaken, _right),
    _appends(_CRASH, "ends Python"),
    *(_mistaken, _right, _nothing, _mistaken),
    _appends(_EXCEPTION, "raises at import"),
    *(_mistaken, _mistaken, _right, _mistaken),
)
