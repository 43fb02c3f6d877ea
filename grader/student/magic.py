"""`%grade TOPIC` in a notebook or in IPython. Nothing is imported from IPython before it asks for this."""

from __future__ import annotations

import base64
import importlib
from typing import Any

from grader.errors import GraderError
from grader.language.choice import choose, speaking
from grader.language.english import english
from grader.student.shown import Shown, as_html, as_text, problem

_LINE = "%grade"


def register(shell: Any) -> None:
    """Add the magic to a running IPython."""
    words: Any = importlib.import_module("IPython.core.magic_arguments")

    def grade(line: str) -> Shown:
        """Check what this notebook has defined of a topic: `%grade adam`."""
        asked = words.parse_argstring(grade, line)
        try:
            code = choose()
        except GraderError as error:
            return problem(error.problem, error.remedy)
        with speaking(code):
            return _answer(shell, asked.topic, plot=asked.plot, stage=asked.hint)

    for add in (  # from the last to the first, as decorators are
        words.argument(
            "--hint", type=int, nargs="?", const=1, metavar="STAGE", help="A hint; a higher stage says more."
        ),
        words.argument("--plot", action="store_true", help="Draw your run beside the reference's numbers."),
        words.argument("topic", help="Which topic."),
        words.magic_arguments(_LINE),
    ):
        grade = add(grade)
    shell.register_magic_function(grade, magic_kind="line", magic_name="grade")


def _answer(shell: Any, topic: str, *, plot: bool, stage: int | None) -> Shown:
    try:
        return _checked(shell.history_manager.input_hist_raw, topic, plot=plot, stage=stage)
    except ModuleNotFoundError as error:
        from grader.student.installation import how_to_install

        words = english(f"{error.name} is not installed here.")
        return problem(words, english(f"Install it: {how_to_install(error.name or '')}"))
    except GraderError as error:
        return problem(error.problem, error.remedy)


def _checked(history: list[str], word: str, *, plot: bool, stage: int | None) -> Shown:
    from grader.course import find_course, select_topics
    from grader.intake.folders import read_modules
    from grader.model import Submission
    from grader.student.choosing import asked
    from grader.student.handout import read_sections
    from grader.student.hints import hints_for
    from grader.student.history import module_of_history
    from grader.student.installation import check_installation
    from grader.student.work import check_work, choose_suites, expected_names, find_work

    check_installation()
    course = find_course()
    [topic] = select_topics(course, asked([word]).topics)
    module = module_of_history(topic.name, history, expected_names(course, topic.name))
    others = read_modules(find_work(course, None), [other.name for other in course.topics])
    kind = choose_suites(course, [topic])
    submission = Submission(student_id="me", modules={**others, topic.name: module})
    result = check_work(course, [topic], kind, submission)
    pictures = []
    if plot:
        from grader.figures import picture
        from grader.student.plots import figures_of

        pictures = [
            base64.b64encode(picture.svg([figure])).decode() for figure in figures_of(course, topic.name, module)
        ]
    hints = hints_for(result.topics[0], read_sections(course, topic.name)) if stage else ()
    hint = hints[min(stage or 1, len(hints)) - 1] if hints else None
    return Shown(
        text=as_text(topic, result, kind, module.filename, hint),
        html=as_html(topic, result.topics[0], kind, hint, pictures),
    )
