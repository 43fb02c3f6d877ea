"""The texts of a kit: its README of one screen and its course.toml without secrets."""

from __future__ import annotations

import json

import msgspec

from grader.course import VERSION
from grader.model import Course, Limits, Topic

_README = """\
# {title}

{count} modules in `exercises/` wait for your code, in this order:
{names}.

Each has a handout with pictures in `handouts/`. The tests in `tests/public/` are
yours to see; hidden ones, with other numbers, give the grade.

Install once (Python 3.11 or newer):

    python -m pip install deepgrade

Then, in this folder:

{commands}

Write where it says `YOUR CODE HERE`. Keep the names of files, functions and
arguments. Import nothing but NumPy and Python's own modules. Check as often as you
like: nothing is sent anywhere. Is `grade` not found? Type `python -m grader.cli`.
"""


def readme(course: Course) -> str:
    """What a student reads first; it fits on one screen."""
    names = _wrapped([topic.name for topic in course.topics])
    first = course.topics[0].name
    commands = (
        ("grade next", "which topic to go on with"),
        (f"grade check {first}", "what is right in it, what to fix first"),
        (f"grade hint {first}", "a hint; --stage 2 says more"),
        (f"grade plot {first}", "your run as a picture; needs deepgrade[plot]"),
        ("grade check", "all topics"),
        ("grade pack", "the zip to hand in"),
    )
    width = max(len(command) for command, _ in commands)
    lines = (f"    {command:<{width}}   {words}" for command, words in commands)
    return _README.format(title=course.title, count=len(course.topics), names=names, commands="\n".join(lines))


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
