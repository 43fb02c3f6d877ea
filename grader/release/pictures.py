"""Pictures for the handouts, and the numbers of the reference for whoever draws a run of their own beside them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.course import figures_path, handout_path, picture_path, recorded_figures_path
from grader.errors import CourseError
from grader.figure import Figure
from grader.figures import reference
from grader.figures.running import load
from grader.language.messages import gettext, gettext_noop
from grader.language.records import figure_in_language
from grader.model import Course
from grader.student.handout import LAST

HEADING = gettext_noop("In pictures")


def figure_files(course: Course, topic: str, figures: Sequence[Figure]) -> dict[str, str]:
    """What a kit has of a topic's figures, by its path from the kit's folder.

    Args:
        course: the course.
        topic: whose figures they are.
        figures: of the reference; none if nothing is drawn of the topic.

    Raises:
        ModuleNotFoundError: Matplotlib is not installed.
    """
    if not figures:
        return {}
    from grader.figures import picture

    shown = [figure_in_language(course, topic, figure) for figure in figures]
    files = {picture_path(course, topic, figure.name): picture.svg([figure]).decode("utf-8") for figure in shown}
    files[figures_path(course, topic)] = figures_path(course, topic).read_text("utf-8")
    files[recorded_figures_path(course, topic)] = reference.text(topic, tuple(figures))
    return {path.relative_to(course.root).as_posix(): text for path, text in files.items()}


def shared_files(course: Course) -> dict[str, str]:
    """What the figure files of several topics import."""
    names = {topic.name for topic in course.topics}
    paths = sorted((course.root / "figures").glob("*.py"))
    return {
        path.relative_to(course.root).as_posix(): path.read_text("utf-8") for path in paths if path.stem not in names
    }


def reference_of(course: Course, topic: str) -> tuple[Figure, ...]:
    """The figures of a topic with the solution's numbers.

    Raises:
        CourseError: they cannot be made.
    """
    return reference.made_of_solution(course, topic, load(course, topic))


def illustrated(course: Course, topic: str, handout: str, figures: Sequence[Figure]) -> str:
    """The handout with its pictures, before what is to be written; both in the language of now."""
    if not figures:
        return handout
    folder = handout_path(course, topic).parent
    parts, before = [f"## {gettext(HEADING)}"], f"\n## {gettext(LAST)}\n"
    for figure in (figure_in_language(course, topic, figure) for figure in figures):
        link = picture_path(course, topic, figure.name).relative_to(folder).as_posix()
        parts += [
            f"![{figure.title}]({link})",
            gettext("**{title}.** {says}", title=figure.title, says=figure.says).rstrip(),
        ]
    text, found, rest = handout.rpartition(before)
    if not found:
        raise CourseError(f"The handout of {topic} has no place for pictures.", "This is a bug in the grader.")
    return text + "\n" + "\n\n".join(parts) + "\n" + before + rest
