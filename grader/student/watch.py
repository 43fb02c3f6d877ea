"""`grade check --watch`: a topic is checked again as soon as its file is saved. Nothing moves on by itself.

It all happens in one session of the suites, which takes its jobs from here, so that suites are loaded once and the
sandbox stays warm.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.errors import GraderError
from grader.intake.folders import read_modules
from grader.language.messages import gettext, ngettext
from grader.language.records import outcome_in_language
from grader.model import Course, Isolation, Module, Outcome, Submission, SuiteKind, Topic
from grader.report.page import Page
from grader.report.progress import Stage, as_run, failures, stage_of
from grader.report.text import number
from grader.report.topic import Row
from grader.sandbox.levels import open_sandbox
from grader.sandbox.start import Zygote
from grader.scoring import score_topic
from grader.student import scenes
from grader.student.changes import PAUSE, Changes
from grader.student.choosing import MODULE, NOTEBOOK, notes_on
from grader.student.handout import read_sections
from grader.student.hints import Hint, hints_for
from grader.student.keyboard import Keyboard
from grader.student.screen import Screen, signals
from grader.student.work import find_renamed, without_module
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

_PAGE = 10
"""Lines that the body moves by when it is scrolled."""


def watch(
    course: Course,
    topics: Sequence[Topic],
    kind: SuiteKind,
    home: Path,
    screen: Screen,
    keyboard: Keyboard,
    *,
    endings: Mapping[str, str] | None = None,
    zygote: Zygote | None = None,
) -> None:
    """Check topics whenever they are saved, until the student has enough.

    Args:
        course: the course or the kit.
        topics: which; the first that is not done is shown first.
        kind: which suites.
        home: the folder with the student's modules.
        screen: to paint on.
        keyboard: to be told what to do.
        endings: of the files that were asked for, by topic.
        zygote: one that has been started ahead.
    """
    files = {topic.name: [home / f"{topic.name}{ending}" for ending in (MODULE, NOTEBOOK)] for topic in topics}
    state = _Watch(course, topics, kind, home, endings or {}, screen, keyboard, Changes(files))
    bench = Bench(course, kind, open_sandbox(Isolation.PARTIAL, course.limits, zygote=zygote))
    try:
        with signals(lambda: _both(screen, keyboard)), contextlib.suppress(KeyboardInterrupt):
            grade(bench, [topic.name for topic in topics], state.jobs(), state.take)
    finally:
        bench.close()
    if len(state.rows) == len(topics):
        screen.print(lambda page: scenes.farewell(page, state.rows, kind))


@contextlib.contextmanager
def _both(screen: Screen, keyboard: Keyboard) -> Iterator[None]:
    with keyboard.modes(), screen.modes():
        yield


class _Watch:
    """What is known, what is shown, and what the keys do."""

    def __init__(
        self,
        course: Course,
        topics: Sequence[Topic],
        kind: SuiteKind,
        home: Path,
        endings: Mapping[str, str],
        screen: Screen,
        keyboard: Keyboard,
        changes: Changes,
    ) -> None:
        self._course, self._kind, self._home, self._endings = course, kind, home, endings
        self._topics = {topic.name: topic for topic in topics}
        self._names = list(self._topics)
        self._screen, self._keyboard, self._changes = screen, keyboard, changes
        self._found: dict[str, Row] = {}
        self._modules: dict[str, Module] = {}
        self._files: dict[str, str] = {}
        self._notes: dict[str, str] = {}
        self._current = self._names[0]
        self._body: Callable[[Page], None] | None = None
        """What is shown in place of the result: a hint, the list."""
        self._chosen = ""
        """In the list; empty where it is not shown."""
        self._stage = 0
        """Of the last hint."""
        self._hinted = ""
        """The test that the last hint was about."""
        self._offset = 0
        self._words = ""

    @property
    def rows(self) -> dict[str, Row]:
        """What has come of each topic, in teaching order."""
        return {name: self._found[name] for name in self._names if name in self._found}

    def jobs(self) -> Iterator[Job]:
        """What is to be checked, as soon as there is something."""
        yield from self._check(self._names)
        self._current = next(filter(self._is_open, self._names), self._names[0])
        self._body, self._chosen = None, ""
        while True:
            self._show()
            wanted = self._wait()
            if wanted is None:
                return
            yield from self._check(wanted)

    def take(self, _: Job, topic: str, outcomes: tuple[Outcome, ...]) -> None:
        """Take what came of a topic."""
        self._put(topic, tuple(outcome_in_language(self._course, outcome) for outcome in outcomes))

    def _put(self, topic: str, outcomes: tuple[Outcome, ...] | None) -> None:
        score = as_run(score_topic(self._topics[topic], outcomes), self._kind)
        file, note = self._files.get(topic, f"{topic}{MODULE}"), self._notes.get(topic, "")
        self._found[topic] = Row(self._topics[topic], score, stage_of(score), file, note)

    def _check(self, names: Sequence[str]) -> Iterator[Job]:
        """Check some topics, and say so before."""
        if not names:
            return
        before = self._found.get(names[0])
        if self._current not in names:
            self._current = names[0]  # whoever saves another topic works on that one
        self._body, self._chosen, self._offset = None, "", 0
        if len(names) > 1:
            self._list(self._current)
        try:
            modules = read_modules(self._home, [topic.name for topic in self._course.topics], only=self._endings)
        except GraderError as error:  # the folder may come back
            self._words = gettext("{problem} Waiting for it.", problem=error.problem)
            return
        self._modules = modules
        submission = Submission(student_id="me", modules=modules)
        self._notes |= notes_on(self._home, {name: modules[name] for name in names if name in modules}, self._endings)
        for name in names:
            self._words = gettext("Checking {name} …", name=name)
            if name in modules:
                self._files[name] = modules[name].filename
                self._paint()
                yield Job(submission=submission, topics=(name,))
            else:
                self._put(name, None)
        self._words = self._report(names, before)

    def _report(self, names: Sequence[str], before: Row | None) -> str:
        now = time.strftime("%H:%M:%S")
        if len(names) > 1:
            return ngettext(
                "Checked {n} topic at {time}. Save a file to check it again.",
                "Checked {n} topics at {time}. Save a file to check it again.",
                len(names),
                time=now,
            )
        row = self._found[names[0]]
        if row.stage is Stage.MISSING:
            return gettext("{file} is not there any more, at {time}.", file=row.filename, time=now)
        words = gettext("Checked {file} at {time}.", file=row.filename, time=now)
        gained = (row.score.score or 0.0) - (before.score.score or 0.0) if before else 0.0
        change = f"{'+' if gained > 0 else '−'}{number(abs(gained))}"
        return words + (" " + gettext("{change} points.", change=change) if gained else "")

    def _wait(self) -> Sequence[str] | None:
        """Wait for something to check; None to stop."""
        size = self._screen.size
        while True:
            key = self._keyboard.read(PAUSE)
            if key == "q":
                return None
            if wanted := self._act(key) if key else ():
                return wanted
            if not key and (changed := self._changes.look()):
                return changed
            if key or self._screen.stale or size != self._screen.size:
                size = self._screen.size
                self._show()

    def _act(self, key: str) -> Sequence[str]:
        """Do what a key asks for; returns what is to be checked."""
        if key == "c":
            return self._names
        if key in ("r", "enter") and not self._chosen:
            return (self._current,)
        if self._chosen:
            self._choose(key)
        elif key in ("n", "p"):
            self._move(key)
        elif key == "h":
            self._hint()
        elif key == "l":
            self._list(self._current)
        elif key in ("down", "up", "page down", "page up", "j", "k"):
            step = _PAGE if key.startswith("page") else 1
            self._offset = max(self._offset + (step if key in ("down", "page down", "j") else -step), 0)
        else:
            self._body, self._offset = None, 0
        return ()

    def _list(self, chosen: str) -> None:
        self._chosen, self._offset = chosen, 0
        self._body = lambda page: scenes.listing(page, self.rows, self._chosen)

    def _choose(self, key: str) -> None:
        """Keys in the list."""
        place = self._names.index(self._chosen)
        if key in ("down", "j", "n", "up", "k", "p"):
            step = 1 if key in ("down", "j", "n") else -1
            place = min(max(place + step, 0), len(self._names) - 1)
            self._chosen, self._offset = self._names[place], max(place - 5, 0)
            return
        if key == "enter":
            self._go(self._chosen)
        self._body, self._chosen, self._offset = None, "", 0

    def _move(self, key: str) -> None:
        place = self._names.index(self._current)
        wanted = self._following(self._current) if key == "n" else self._names[place - 1] if place else None
        if wanted is None:
            self._words = (
                gettext("There is nothing else that is not done.")
                if key == "n"
                else gettext("This is the first topic.")
            )
        else:
            self._go(wanted)

    def _go(self, name: str) -> None:
        self._current, self._body, self._offset, self._stage = name, None, 0, 0
        self._words = gettext("{file}: save it to check it again.", file=self._found[name].filename)

    def _following(self, name: str) -> str | None:
        """The next topic that is not done, from the top again after the last one; None if all others are."""
        place = self._names.index(name)
        around = [*self._names[place + 1 :], *self._names[:place]]
        return next((other for other in around if self._is_open(other)), None)

    def _is_open(self, name: str) -> bool:
        return name in self._found and self._found[name].stage is not Stage.DONE

    def _hint(self) -> None:
        """Give the next hint."""
        row = self._found[self._current]
        hints, sentence = self._hints(row)
        test = f"{row.topic.name}.{failures(row.score)[0].first.test}" if hints else ""
        self._stage = min(self._stage + 1, len(hints)) if test == self._hinted else min(1, len(hints))
        self._hinted, self._offset = test, 0
        self._body = partial(scenes.hint, row=row, sentence=sentence, hints=hints, stage=self._stage)

    def _hints(self, row: Row) -> tuple[Sequence[Hint], str]:
        if not row.score.outcomes or row.stage is Stage.DONE:
            return (), ""
        hints = hints_for(row.score, read_sections(self._course, row.topic.name))
        return hints, failures(row.score)[0].first.sentence

    def _show(self) -> None:
        """Paint the screen, or write the page where there is none."""
        if self._screen.live:
            self._paint()
        else:
            self._screen.print(self._whole)

    def _paint(self) -> None:
        if not self._screen.live:
            return
        self._offset = self._screen.paint(
            lambda page: scenes.head(page, self._names, self._found, self._current),
            self._middle,
            lambda page: scenes.foot(page, self._words, self._keys()),
            self._offset,
        )

    def _whole(self, page: Page) -> None:
        scenes.head(page, self._names, self._found, self._current)
        self._middle(page)
        scenes.foot(page, self._words, self._keys())
        page.line()

    def _middle(self, page: Page) -> None:
        if self._body is not None:
            self._body(page)
        elif row := self._found.get(self._current):
            missing = without_module(self._home, [row.topic], self._modules) if row.stage is not Stage.DONE else []
            following = self._following(self._current)
            after = self._found[following] if following else None
            scenes.result(page, row, after, find_renamed(self._course, self._home, missing), self._kind)

    def _keys(self) -> tuple[str, ...]:
        if not self._keyboard.works:
            return ()
        return scenes.LIST_KEYS if self._chosen else scenes.KEYS
