"""`grade plot`: a student's own run beside the reference's numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, example, folder_option, json_option, print_json, terminal
from grader.cli.speech import lang_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.figure import Figure

KINDS = ("png", "svg")


@click.command(
    epilog=example(
        "grade plot adam                       in the terminal",
        "grade plot adam --output adam.png     a picture",
    )
)
@click.argument("topic")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write a picture: a .png or an .svg.")
@folder_option
@course_option
@json_option
@lang_option
def command(topic: str, output: Path | None, folder: Path | None, course_dir: Path | None, as_json: bool) -> None:
    """Draw what my functions of TOPIC compute, beside the reference's numbers.

    In the terminal, if no file is named. A picture is no test: `grade check` says what is right.
    """
    from grader.student.installation import check_installation

    check_installation()
    from grader.course import find_course, select_topics
    from grader.student.choosing import asked
    from grader.student.plots import figures_of, render_figures
    from grader.student.work import find_work, read_work

    kind = _kind(output)
    files = asked([topic])
    folder = folder or files.folder
    course = find_course(folder, course_dir)
    [chosen] = select_topics(course, files.topics)
    submission = read_work(course, find_work(course, folder), [chosen], files.endings)
    figures = figures_of(course, chosen.name, submission.modules[chosen.name])
    if output is not None:
        _write(figures, output, kind)
    if as_json:
        print_json({"version": 1, "topic": chosen.name, "figures": figures})
    elif output is None:
        render_figures(chosen, figures, terminal())
    else:
        _report(figures, output)
    if any(figure.problem for figure in figures):
        raise click.exceptions.Exit(1)


def _kind(output: Path | None) -> str:
    """Of picture, as the file's name says."""
    from grader.errors import UsageError

    kind = output.suffix.lower().removeprefix(".") if output is not None else KINDS[0]
    if output is not None and kind not in KINDS:
        raise UsageError(
            f"{output} is neither a .png nor an .svg.",
            f"Name the picture, for example: {output.with_suffix('.png').name or 'picture.png'}",
        )
    return kind


def _write(figures: Sequence[Figure], output: Path, kind: str) -> None:
    from grader.errors import UsageError
    from grader.export.files import write_file
    from grader.figures import picture

    if kind == "png" and picture.lacks_font(figures):
        raise UsageError(
            "No font with Chinese characters is installed, and a PNG needs one.",
            f"Write {output.with_suffix('.svg').name} instead, or ask for English with --lang en.",
        )
    data = picture.svg(figures) if kind == "svg" else picture.png(figures)
    write_file(output, lambda stream: stream.write(data), example=f"picture.{kind}")


def _report(figures: Sequence[Figure], output: Path) -> None:
    from grader.language.messages import gettext
    from grader.report.page import Page

    page = Page(terminal())
    page.paragraph(gettext("Wrote {file}.", file=output), indent=0)
    for figure in figures:
        if figure.problem:
            words = gettext("{title}: your run is not in it. {problem}", title=figure.title, problem=figure.problem)
            page.paragraph(words, style="red")
