"""The student's kit: made in memory, proved to hold nothing secret, tried out, and only then put in its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from grader.course import handout_path, known_path, load_course, notebook_path, stub_path, suite_path
from grader.diagnosis import solution_module
from grader.errors import CourseError, UsageError
from grader.intake.notebook import read_notebook
from grader.language.choice import ENGLISH, speaking
from grader.model import Course, Grade, Isolation, Limits, Module, Result, Submission, SuiteKind
from grader.release import pictures, secrets, texts, translations
from grader.release.notebooks import notebook_of
from grader.release.stubs import stub_of
from grader.sandbox.levels import open_sandbox
from grader.student.handout import markdown
from grader.student.outline import outline
from grader.student.translated import stub_in_language, translation
from grader.student.work import check_work
from grader.suite import known
from grader.suite.bench import Bench
from grader.suite.session import answers_of_mistakes

_MOST_LEAKS = 5


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """What was released."""

    folder: Path
    files: int
    topics: int
    secrets: int
    """How many pieces of secret text and secret numbers were looked for in every file."""
    mistakes: int
    """How many mistakes a check in the kit can name."""


def release(course: Course, target: Path, code: str = ENGLISH) -> Kit:
    """Write a student's kit into a fresh folder.

    Args:
        course: the course.
        target: the folder.
        code: of the language; see `kit_files`.

    Raises:
        UsageError: the folder holds something already, or cannot be written.
        CourseError: something of the course is missing, something secret would get into the kit, or the kit would
            not work: then nothing is written.
    """
    _check_target(course, target)
    files = kit_files(course, code)
    hidden = secrets.collect(course)
    _check_leaks(hidden.find(files))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _beside(target) as fresh:
            _write(fresh, files)
            _try_out(course, load_course(fresh))
            _check_leaks(hidden.find(secrets.files_below(fresh)))
            with contextlib.suppress(FileNotFoundError):
                target.rmdir()  # it is empty
            os.replace(fresh, target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror or error}.", "Name another folder.") from error
    mistakes = sum(len(known.read(known_path(load_course(target), t.name), t.name).mistakes) for t in course.topics)
    return Kit(folder=target, files=len(files), topics=len(course.topics), secrets=len(hidden), mistakes=mistakes)


def kit_files(course: Course, code: str = ENGLISH) -> dict[str, bytes]:
    """Every file of the kit, by its path from the kit's folder.

    Args:
        course: with its titles in English.
        code: of the language in which stubs, handouts, pictures and README are. The kit's commands speak every
            language that the course has catalogues of.

    Raises:
        CourseError: something of the course is missing or broken.
    """
    stubs = {topic.name: stub_of(course, topic.name) for topic in course.topics}
    files = {"course.toml": texts.course_file(course)}
    with speaking(code):
        files["README.md"] = texts.readme(course)
        for topic, stub in stubs.items():
            files |= _topic_files(course, topic, stub)
    files |= pictures.shared_files(course)
    for path in sorted((course.root / "tests" / "public").glob("*.py")):
        files[_inside(course, path)] = path.read_text("utf-8")
    for topic in stubs:
        if _inside(course, suite_path(course, SuiteKind.PUBLIC, topic)) not in files:
            raise CourseError(f"{topic} has no public suite.", f"Write tests/public/test_{topic}.py.")
    found = _known(course, stubs)
    files |= {_inside(course, known_path(course, topic)): text for topic, text in found.items()}
    catalogues = translations.for_kit(course, stubs, found)
    encoded = {name: text.encode("utf-8") for name, text in files.items()}
    return encoded | {_inside(course, path): data for path, data in catalogues.items()}


def _topic_files(course: Course, topic: str, stub: str) -> dict[str, str]:
    """What a student starts a topic from, in the language of now."""
    figures = pictures.reference_of(course, topic)
    handout = pictures.illustrated(course, topic, _handout(course, topic, stub), figures)
    shown = stub_in_language(course, topic, stub)
    return {
        _inside(course, stub_path(course, topic)): shown,
        _inside(course, notebook_path(course, topic)): notebook_of(topic, shown, handout),
        _inside(course, handout_path(course, topic)): handout,
        **pictures.figure_files(course, topic, figures),
    }


def _handout(course: Course, topic: str, stub: str) -> str:
    try:
        return markdown(stub, translation(course, topic))
    except CourseError as error:
        raise CourseError(f"solutions/{topic}.py: {error.problem}", error.remedy) from error


def _known(course: Course, stubs: Mapping[str, str]) -> dict[str, str]:
    """What the mistakes answer to the public suites, and what the stubs define."""
    bench = Bench(course, SuiteKind.PUBLIC, open_sandbox(Isolation.NONE, course.limits))
    try:
        answers = answers_of_mistakes(bench, list(stubs))
    finally:
        bench.close()
    return {topic: known.text(topic, outline(stub), answers[topic]) for topic, stub in stubs.items()}


def _inside(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _check_target(course: Course, target: Path) -> None:
    """Refuse what would be overwritten."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UsageError(f"{target} is there already, and it is no folder.", "Name another folder.")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(
            f"{target} is not empty: a kit is released into a fresh folder.", "Name another folder, or remove this one."
        )
    if course.root.resolve().is_relative_to(target.resolve()):
        raise UsageError(f"{target} holds the course itself.", "Name another folder.")


def _check_leaks(leaks: list[secrets.Leak]) -> None:
    if leaks:
        more = f"\nand {len(leaks) - _MOST_LEAKS} more" if len(leaks) > _MOST_LEAKS else ""
        raise CourseError(
            "Something secret would get into the kit:\n" + "\n".join(map(str, leaks[:_MOST_LEAKS])) + more,
            "Nothing was written. Change the file named first, or what it is made of.",
        )


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder beside the target; it is gone afterwards, unless it has been moved."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        fresh.chmod(0o755)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _try_out(course: Course, kit: Course) -> None:
    """In the kit, the solutions must earn everything and the stubs nothing.

    Raises:
        CourseError: a public suite asks for something that a kit has not, or gives points away.
    """
    kit = msgspec.structs.replace(kit, limits=Limits(call_seconds=60, topic_seconds=600, submission_seconds=6000))
    right = _graded(kit, {topic.name: solution_module(course, topic.name) for topic in course.topics})
    for score in right.topics:
        for outcome in score.outcomes:
            if outcome.result is not Result.PASSED:
                raise CourseError(
                    f"In the kit the solution of {score.topic} does not pass {outcome.test}: {outcome.message}",
                    "A public suite may use `student` and `rng`, and nothing of solutions/ or tests/hidden/.",
                )
    stubs = {topic.name: stub_path(kit, topic.name).read_bytes() for topic in kit.topics}
    empty = _graded(kit, {t: Module(topic=t, filename=f"{t}.py", source=data) for t, data in stubs.items()})
    for score in empty.topics:
        if score.score:
            raise CourseError(f"In the kit the stub of {score.topic} earns points.", "See docs/authors.md.")
    notebooks = _graded(kit, {topic.name: _notebook(kit, topic.name) for topic in kit.topics})
    for score, same in zip(empty.topics, notebooks.topics, strict=True):
        if [outcome.result for outcome in score.outcomes] != [outcome.result for outcome in same.outcomes]:
            raise CourseError(f"In the kit the notebook of {score.topic} is not its stub.", "See docs/authors.md.")


def _notebook(kit: Course, topic: str) -> Module:
    path = notebook_path(kit, topic)
    source = read_notebook(path.read_bytes(), path.name)
    return Module(topic=topic, filename=path.name, source=source.text, cells=source.cells)


def _graded(kit: Course, modules: dict[str, Module]) -> Grade:
    return check_work(kit, kit.topics, SuiteKind.PUBLIC, Submission(student_id="me", modules=modules))
