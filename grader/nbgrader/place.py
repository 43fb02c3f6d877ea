"""Where an nbgrader course keeps its things, as its own configuration says."""

from __future__ import annotations

import importlib.util
import os
import re
import sysconfig
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.errors import GraderError, UsageError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

CONFIGURATION = "nbgrader_config.py"


def require_nbgrader() -> None:
    """Refuse to go on without nbgrader.

    Raises:
        GraderError: it is not installed.
    """
    if importlib.util.find_spec("nbgrader") is None:
        raise GraderError("This needs nbgrader, which is not installed.", "pip install 'deepgrade[nbgrader]'")


def check_assignment(name: str) -> None:
    """Refuse what nbgrader cannot call an assignment.

    Raises:
        UsageError: the name is empty, or a folder cannot have it, or it has a `+`, at which the exchange splits names.
    """
    if not re.fullmatch(r"[\w.-][\w. -]*", name) or name != name.strip() or name.startswith("."):
        raise UsageError(f'"{name}" cannot be the name of an assignment.', "Use letters, digits, `-` and `_`.")


def open_course_directory(folder: Path) -> CourseDirectory:
    """Where nbgrader finds things if it is run in this folder.

    Raises:
        UsageError: there is no such folder.
        GraderError: its configuration cannot be read, or nbgrader is not installed.
    """
    require_nbgrader()
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", "Make an nbgrader course: nbgrader quickstart NAME")
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import Config, PyFileConfigLoader

    config = Config()
    config.CourseDirectory.root = str(folder.resolve())
    if (folder / CONFIGURATION).is_file():
        try:
            config.merge(PyFileConfigLoader(CONFIGURATION, path=str(folder)).load_config())
        except Exception as error:  # the file is a program
            raise GraderError(
                f"{folder / CONFIGURATION} cannot be read: {type(error).__name__}: {error}.",
                "Does `nbgrader list` work in that folder?",
            ) from error
    return CourseDirectory(config=config)


@contextmanager
def open_nbgrader(folder: Path, *, create: bool = True) -> Iterator[Gradebook]:
    """The gradebook of an nbgrader course, through nbgrader's own API.

    Args:
        folder: of the course.
        create: whether it is made if it is not there.

    Raises:
        UsageError: there is no such folder, or no gradebook.
        GraderError: it cannot be opened, read or written, or nbgrader is not installed.
    """
    directory = open_course_directory(folder)
    import sqlalchemy as sa
    from nbgrader.api import Gradebook, InvalidEntry, MissingEntry

    file = sa.make_url(directory.db_url).database
    if not create and directory.db_url.startswith("sqlite") and not os.path.isfile(file or ""):
        raise UsageError(f"nbgrader has no gradebook in {folder}.", "Export to it first: grade export nbgrader")
    try:
        _refuse_another(directory.db_url)
        with warnings.catch_warnings(), _scripts_on_path():
            warnings.simplefilter("ignore", sa.exc.SAWarning)  # nbgrader's own affair
            with Gradebook(directory.db_url, directory.course_id) as gradebook:
                yield gradebook
    except (sa.exc.SQLAlchemyError, InvalidEntry, MissingEntry, OSError) as error:
        raise GraderError(
            f"nbgrader's gradebook of {folder} cannot be used: {_reason(error)}",
            "Does `nbgrader export` work in that folder? A gradebook of an older nbgrader needs `nbgrader db upgrade`.",
        ) from error


def _refuse_another(url: str) -> None:
    """Nbgrader would put its tables into any database: into our gradebook, which people call by the same name."""
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    try:
        tables = sa.inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables and "submitted_assignment" not in tables:
        raise GraderError(
            f"{sa.make_url(url).database} is not nbgrader's gradebook, and nbgrader would write into it.",
            "nbgrader's own place for its gradebook is taken. Keep ours elsewhere, or under another name.",
        )


@contextmanager
def _scripts_on_path() -> Iterator[None]:
    """For a new database nbgrader runs the command `alembic`, and leaves half a database behind if that fails."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _reason(error: Any) -> str:
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0] if text else type(error).__name__
