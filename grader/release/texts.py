"""The texts of a kit: its README of one screen and its course.toml without secrets."""

from __future__ import annotations

import json

import msgspec

from grader.course import VERSION
from grader.language.messages import gettext
from grader.language.records import course_in_language
from grader.model import Course, Limits, Topic


def readme(course: Course) -> str:
    """What a student reads first, in the language of now; it fits on one screen."""
    course = course_in_language(course)
    first = course.topics[0].name
    return "\n\n".join(
        (
            f"# {course.title}",
            gettext("{count} modules in `exercises/` wait for your code, in this order:", count=len(course.topics))
            + f"\n{_wrapped([topic.name for topic in course.topics])}.",
            gettext(
                "Each has a handout with pictures in `handouts/`. The tests in `tests/public/` are\n"
                "yours to see; hidden ones, with other numbers, give the grade."
            ),
            gettext(
                "Work in Jupyter? Each module is there as a notebook, too: use one of the two.\n"
                "The one with less left to write counts."
            ),
            gettext("Install once (Python 3.11 or newer):"),
            "    python -m pip install deepgrade",
            gettext("Then, in this folder:"),
            _commands(first),
            gettext(
                "Write where it says `YOUR CODE HERE`. Keep the names of files, functions and\n"
                "arguments. Import nothing but NumPy and Python's own modules. Check as often as you\n"
                "like: nothing is sent anywhere. Is `grade` not found? Type `python -m grader.cli`.\n"
            ),
        )
    )


def _commands(first: str) -> str:
    """What to type, and what comes of it."""
    commands = (
        ("grade next", gettext("which topic to go on with")),
        (f"grade check {first}", gettext("what is right in it, what to fix first")),
        (f"grade hint {first}", gettext("a hint; --stage 2 says more")),
        (f"grade plot {first}", gettext("your run as a picture; needs deepgrade[plot]")),
        ("grade check", gettext("all topics")),
        ("grade check --watch", gettext("again whenever a file is saved")),
        ("grade pack", gettext("the zip to hand in")),
    )
    width = max(len(command) for command, _ in commands)
    return "\n".join(f"    {command:<{width}}   {words}" for command, words in commands)


def course_file(course: Course) -> str:
    """The course.toml of the kit: no seed, and no policy of grading."""
    lines = [
        f"version = {VERSION}",
        "kit = true  # no hidden suites, and no seed of theirs",
        _line("title", course.title),
    ]
    limits = {
        field.name: value
        for field in msgspec.structs.fields(Limits)
        if (value := getattr(course.limits, field.name)) != field.default
    }
    if limits:
        lines += ["", "[limits]", *(_line(name, value) for name, value in limits.items())]
    for topic in course.topics:
        lines += ["", *_topic(topic)]
    return "\n".join(lines) + "\n"


def _topic(topic: Topic) -> list[str]:
    lines = [f"[topics.{topic.name}]", _line("title", topic.title), _line("max_score", topic.max_score)]
    return [*lines, _line("uses", list(topic.uses))] if topic.uses else lines


def _line(key: str, value: object) -> str:
    """A key with its value. What is written here reads the same in JSON and in TOML."""
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _wrapped(names: list[str], width: int = 80) -> str:
    lines = [""]
    for name in names:
        longer = f"{lines[-1]}, {name}" if lines[-1] else name
        if len(longer) > width:
            lines[-1] += ","
            lines.append(name)
        else:
            lines[-1] = longer
    return "\n".join(lines)
