"""Records in the language of now: what a course, its suites and its workers have said, for one who reads it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.figure import Figure, Panel
from grader.language.catalogue import Catalogue, read_catalogue
from grader.language.choice import ENGLISH, LANGUAGES, language
from grader.language.messages import DOMAIN, FOLDER, catalogue, lookup
from grader.language.said import label, said
from grader.model import Comparison, Course, Grade, Outcome

OF_COURSE = "translations"
"""The folder of a course: translations/LANGUAGE/TOPIC.mo."""
COURSE_DOMAIN = "course"
"""The catalogue of a course's own title and the titles of its topics; no topic's name."""


def catalogue_path(root: Path, code: str, domain: str) -> Path:
    """The catalogue of a topic, or of a course."""
    return root / OF_COURSE / code / f"{domain}.mo"


def course_catalogue(course: Course, domain: str) -> Catalogue | None:
    """The same in the language of now; None if that is English, or there is no such catalogue."""
    return None if language() == ENGLISH else read_catalogue(catalogue_path(course.root, language(), domain))


def text_of(course: Course, topic: str, text: str) -> str:
    """A text that an author has written, or a heading that the engine puts beside it."""
    known = lookup(course_catalogue(course, topic), text)
    return known or lookup(catalogue(), text) or text


def source_of(course: Course, topic: str, text: str) -> str:
    """What an author has written where this is its translation into any language; the text itself if it is none."""
    for code in LANGUAGES:
        own = catalogue_path(course.root, code, topic)
        for path in (own, FOLDER / code / f"{DOMAIN}.mo") if code != ENGLISH else ():
            found = read_catalogue(path)
            if found is not None and text in found.sources:
                return found.sources[text]
    return text


def course_in_language(course: Course) -> Course:
    """The course with titles to read."""
    if language() == ENGLISH:
        return course
    translate = functools.partial(text_of, course, COURSE_DOMAIN)
    topics = tuple(msgspec.structs.replace(topic, title=translate(topic.title)) for topic in course.topics)
    return msgspec.structs.replace(course, title=translate(course.title), topics=topics)


def grade_in_language(course: Course, grade: Grade) -> Grade:
    """The grade with outcomes to read."""
    if language() == ENGLISH:
        return grade
    topics = tuple(
        msgspec.structs.replace(score, outcomes=tuple(outcome_in_language(course, each) for each in score.outcomes))
        for score in grade.topics
    )
    return msgspec.structs.replace(grade, topics=topics)


def outcome_in_language(course: Course, outcome: Outcome) -> Outcome:
    """The outcome with texts to read. What the student's code has printed, and what it calls things, stays."""
    found = course_catalogue(course, outcome.topic)
    translate = functools.partial(text_of, course, outcome.topic)
    return msgspec.structs.replace(
        outcome,
        sentence=_sentence(outcome.sentence, found),
        message=said(outcome.message, found),
        mistake=translate(outcome.mistake),
        hint=translate(outcome.hint),
        hints=tuple(map(translate, outcome.hints)),
        call=tuple(_note(line, found) for line in outcome.call),
        comparison=outcome.comparison and _comparison(outcome.comparison, found),
    )


def figure_in_language(course: Course, topic: str, figure: Figure) -> Figure:
    """The figure with words to read."""
    if language() == ENGLISH:
        return figure
    found = course_catalogue(course, topic), course_catalogue(course, COURSE_DOMAIN)
    return msgspec.structs.replace(
        figure,
        title=said(figure.title, *found),
        says=said(figure.says, *found),
        problem=said(figure.problem, *found),
        panels=tuple(_panel(panel, found) for panel in figure.panels),
    )


def _panel(panel: Panel, found: Sequence[Catalogue | None]) -> Panel:
    return msgspec.structs.replace(
        panel,
        title=label(panel.title, *found),
        x_label=label(panel.x_label, *found),
        y_label=label(panel.y_label, *found),
        series=tuple(msgspec.structs.replace(one, name=label(one.name, *found)) for one in panel.series),
    )


def _sentence(sentence: str, found: Catalogue | None) -> str:
    """The sentence of a test; the parameters that may stand behind it stay."""
    known = lookup(found, sentence)
    text, bracket, parameters = sentence.rpartition(" [")
    if known is None and bracket and (known := lookup(found, text)) is not None:
        return f"{known}{bracket}{parameters}"
    return sentence if known is None else known


def _note(line: str, found: Catalogue | None) -> str:
    """A line of a call; only what the suite says of its own functions is text."""
    if not line.startswith("# "):
        return line
    name, colon, words = line.partition(": ")
    known = lookup(found, words) if colon else None
    return f"{name}{colon}{known}" if known is not None else said(line, found)


def _comparison(comparison: Comparison, found: Catalogue | None) -> Comparison:
    return msgspec.structs.replace(comparison, axis=said(comparison.axis, found))
