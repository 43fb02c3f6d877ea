"""Find a course and read its `course.toml`, with messages that say what to do."""

from __future__ import annotations

import keyword
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.coursefile import Table, parse, quoted
from grader.deadlines import read_policy
from grader.errors import UsageError
from grader.language.records import course_in_language
from grader.model import Course, Limits, SuiteKind, Topic

COURSE_FILE = "course.toml"
ENVIRONMENT = "GRADE_COURSE"
"""The environment variable that names the course directory."""

VERSION = 1
"""Of the format of `course.toml`."""

_CHECKOUT = Path(__file__).resolve().parent.parent
_COLUMNS = frozenset(
    {"student_id", "score", "max_score", "status", "submitted_at", "graded_at", "auto_score", "penalty", "overridden"}
)
"""What the gradebook's other columns are called: a topic has a column of its own beside them."""


def find_course(start: Path | None = None, explicit: Path | None = None) -> Course:
    """Read the course that was named, or the nearest one.

    In this order: `explicit`, the environment's GRADE_COURSE, `start` and the directories above it, the
    checkout that the grader was installed from.

    Args:
        start: where to look first; the working directory if None.
        explicit: the directory of the course, as the user gave it.

    Raises:
        UsageError: no course was found, or the one that was named is not there.
        CourseError: its `course.toml` is not in order.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if explicit is not None:
        return load_course(_named_root(explicit, "--course"))
    if named:
        return load_course(_named_root(Path(named), ENVIRONMENT))
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, _CHECKOUT):
        if _holds_course(folder):
            return load_course(folder)
    raise UsageError(
        f"No course here: there is no {COURSE_FILE} in {here} or in any folder above it.",
        f"Change to the folder of the course or the kit, or name it with --course DIR or {ENVIRONMENT}=DIR.",
    )


def load_course(root: Path) -> Course:
    """Read `root/course.toml`; its titles are in the language of now.

    Raises:
        CourseError: the file cannot be read, or something in it is wrong.
    """
    file = root.resolve() / COURSE_FILE
    table = Table(file, "", parse(file))
    _check_version(table)
    table.allow("version", "title", "seed", "limits", "policy", "audit", "topics", "kit")
    if "version" not in table.values:
        raise table.error("the version of the format is missing.", f"Add the line `version = {VERSION}` at the top.")
    course = Course(
        root=file.parent,
        title=table.text("title"),
        seed=0 if _is_kit(table) else table.whole("seed"),
        limits=_limits(table.table("limits", optional=True)),
        topics=_topics(table.table("topics")),
        policy=read_policy(table.table("policy", optional=True), table.table("topics")),
        min_mistakes=_min_mistakes(table.table("audit", optional=True)),
    )
    return course_in_language(course)


def select_topics(course: Course, names: Sequence[str]) -> tuple[Topic, ...]:
    """The topics of these names in teaching order, all of them if there are no names.

    Raises:
        UsageError: the course has no topic of such a name.
    """
    known = [topic.name for topic in course.topics]
    for name in names:
        if name not in known:
            raise UsageError(f'There is no topic "{name}".', _nearest_topic(name, known))
    return tuple(topic for topic in course.topics if not names or topic.name in names)


def stub_path(course: Course, topic: str) -> Path:
    """What a student starts from."""
    return course.root / "exercises" / f"{topic}.py"


def notebook_path(course: Course, topic: str) -> Path:
    """The same as a notebook; in a student's kit only."""
    return course.root / "exercises" / f"{topic}.ipynb"


def solution_path(course: Course, topic: str) -> Path:
    """The reference."""
    return course.root / "solutions" / f"{topic}.py"


def mistakes_path(course: Course, topic: str) -> Path:
    """The catalogue of known wrong answers."""
    return course.root / "solutions" / "mistakes" / f"{topic}.py"


def variants_path(course: Course, topic: str) -> Path:
    """Right answers written differently."""
    return course.root / "solutions" / "variants" / f"{topic}.py"


def suite_path(course: Course, kind: SuiteKind, topic: str) -> Path:
    """The tests of a topic."""
    return course.root / "tests" / kind.value / f"test_{topic}.py"


def truth_path(course: Course, topic: str, seed: int | None = None) -> Path:
    """What Keras answered to the hidden suite of a topic, for this run seed (the course's if None)."""
    suffix = "" if seed is None or seed == course.seed else f".seed-{seed}"
    return course.root / "tests" / "hidden" / "truth" / f"{topic}{suffix}.json"


def known_path(course: Course, topic: str) -> Path:
    """What the mistakes of a topic answer to its public suite, and what its module defines; in a student's kit only."""
    return course.root / "tests" / "public" / "known" / f"{topic}.json"


def figures_path(course: Course, topic: str) -> Path:
    """What is drawn of a topic, for whoever runs it on a module."""
    return course.root / "figures" / f"{topic}.py"


def recorded_figures_path(course: Course, topic: str) -> Path:
    """The numbers that the reference gives to the figures of a topic; in a student's kit only."""
    return course.root / "figures" / "reference" / f"{topic}.json"


def picture_path(course: Course, topic: str, figure: str) -> Path:
    """A figure of the reference's as a picture, for the handout; in a student's kit only."""
    return course.root / "handouts" / "pictures" / f"{topic}-{figure}.svg"


def handout_path(course: Course, topic: str) -> Path:
    """What a student reads on a topic; in a student's kit only."""
    return course.root / "handouts" / f"{topic}.md"


def has_suites(course: Course, kind: SuiteKind) -> bool:
    """Whether the course comes with suites of this kind: a student's kit has no hidden ones.

    One suite is enough. A course that has some and lacks others is broken, not without: see missing_suites.
    """
    return len(missing_suites(course, kind)) < len(course.topics)


def missing_suites(course: Course, kind: SuiteKind) -> tuple[Topic, ...]:
    """The topics that have no suite of this kind."""
    return tuple(topic for topic in course.topics if not suite_path(course, kind, topic.name).is_file())


def _named_root(folder: Path, source: str) -> Path:
    if _holds_course(folder):
        return folder
    problem = f"there is no {COURSE_FILE} in it" if folder.is_dir() else "there is no such folder"
    raise UsageError(
        f"{source} names {folder}, but {problem}.",
        f"Name the folder of the course, the one that holds {COURSE_FILE}.",
    )


def _holds_course(folder: Path) -> bool:
    return os.path.isfile(folder / COURSE_FILE)  # unlike Path.is_file, also where we may not look


def _min_mistakes(table: Table) -> int:
    table.allow("mistakes")
    return table.whole("mistakes") if "mistakes" in table.values else 0


def _check_version(table: Table) -> None:
    version = table.values.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise table.error(
            f"its format has version {version}, and this grader reads version {VERSION}.",
            "Install the newest grader: pip install --upgrade deepgrade",
        )
    if version != VERSION or isinstance(version, bool):
        raise table.error(f"`version` is {quoted(version)}.", f"Write `version = {VERSION}`.")


def _is_kit(table: Table) -> bool:
    """Whether this is a student's kit: it has no hidden suites, and does not know their seed."""
    value = table.values.get("kit", False)
    if not isinstance(value, bool):
        raise table.error(f"`kit` is {quoted(value)}.", "Leave it out; `grade release` writes `kit = true`.")
    return value


def _limits(table: Table) -> Limits:
    fields = {field.name: field.type for field in msgspec.structs.fields(Limits)}
    table.allow(*fields)
    read = {name: table.whole(name, least=1) if fields[name] is int else table.positive(name) for name in table.values}
    return msgspec.convert(read, Limits)


def _topics(tables: Table) -> tuple[Topic, ...]:
    if not tables.values:
        raise tables.error("the course has no topics.", "Add one: [topics.gradient_descent] with title and max_score.")
    return tuple(_topic(tables, name) for name in tables.values)


def _topic(tables: Table, name: str) -> Topic:
    problem = _name_problem(name)
    if problem:
        raise tables.error(
            f'"{name}" cannot be the name of a topic: {problem}.',
            "The name is that of the topic's modules: lower case letters, digits and single underscores.",
        )
    table = tables.table(name)
    table.allow("title", "max_score", "uses", "due")
    earlier = list(tables.values)[: list(tables.values).index(name)]
    return Topic(
        name=name,
        title=table.text("title"),
        max_score=table.positive("max_score"),
        uses=table.names("uses", earlier),
    )


def _name_problem(name: str) -> str:
    """Why a module, a test file and a gradebook column cannot all bear this name; empty if they can."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        return "it is not in lower_snake_case"
    if keyword.iskeyword(name):
        return "it is a word of the Python language"
    if name in sys.stdlib_module_names or name == "numpy":
        return f"a module {name}.py would stand in the way of Python's own"
    return "the gradebook has a column of that name" if name in _COLUMNS else ""


def _nearest_topic(name: str, known: Sequence[str]) -> str:
    """Who types a file's name or a title means the topic."""
    plain = re.sub(r"[\s-]+", "_", Path(name).stem.lower())
    import difflib  # not for everybody else

    close = difflib.get_close_matches(plain, known, n=1)
    guess = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{guess}The topics are: {', '.join(known)}."
