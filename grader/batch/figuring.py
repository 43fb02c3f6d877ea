"""Let the modules of a class draw their figures, once they are graded: numbers for the report."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import msgspec

from grader.batch import drawing
from grader.batch.keys import digest_of
from grader.course import figures_path
from grader.errors import GraderError, IntakeError
from grader.gradebook import Gradebook
from grader.gradebook.figures import Kept, figure_keys, keep_figures
from grader.intake.entry import Entry
from grader.model import Course, Isolation, Module

_AHEAD = 2
"""Submissions that wait for each process."""

Progress = Callable[[int], None]
"""Is told how many submissions are done."""


def draw_class(
    course: Course,
    entries: Sequence[Entry],
    book: Gradebook,
    *,
    isolation: Isolation,
    runners: int,
    topics: Collection[str],
    progress: Progress,
) -> int:
    """Keep the figures of everybody's modules; what is kept of the same module already is not drawn again.

    Args:
        course: with figure files.
        entries: one per student; read one at a time.
        book: in which they are graded.
        isolation: of student code.
        runners: processes.
        topics: names of those that are wanted.
        progress: called after each submission.

    Returns:
        Of how many students there is something new.

    Raises:
        CourseError: a figure file is broken.
        IsolationError: this machine cannot isolate as asked.
        GraderError: the processes do not stay alive.
    """
    drawn = done = 0
    waiting: dict[Future[bytes], _Wanted] = {}
    with _pool(runners) as pool:
        for wanted in _wanted(course, entries, book, _digests(course, topics)):
            if wanted is None:
                done += 1
            else:
                drawn += 1
                waiting[pool.submit(drawing.draw, course.root, isolation, wanted.modules)] = wanted
            if len(waiting) >= runners * _AHEAD:
                done += _collect(book, waiting)
            progress(done)
        while waiting:
            done += _collect(book, waiting)
            progress(done)
    return drawn


class _Wanted(msgspec.Struct, frozen=True):
    """What is to be drawn of one student."""

    student_id: str
    modules: tuple[Module, ...]
    keys: Mapping[str, str]


def _digests(course: Course, topics: Collection[str]) -> dict[str, str]:
    """By topic, a hash of its figure file and of what such files share; topics without one are left out."""
    files = {name: path for name in topics if (path := figures_path(course, name)).is_file()}
    folder = course.root / "figures"
    shared = b"".join(path.read_bytes() for path in sorted(folder.glob("_*.py")))
    return {name: hashlib.sha256(path.read_bytes() + shared).hexdigest() for name, path in files.items()}


def _wanted(
    course: Course, entries: Sequence[Entry], book: Gradebook, files: Mapping[str, str]
) -> Iterator[_Wanted | None]:
    """For each student what there is to draw; None if there is nothing new."""
    names = [topic.name for topic in course.topics]
    for entry in entries:
        try:
            modules = entry.read(names).modules
        except IntakeError:
            yield None  # the batch has said so
            continue
        keys = {
            name: f"{files[name]}:{digest_of(module)}"
            for name, module in modules.items()
            if name in files and not module.problem
        }
        known = figure_keys(book, entry.student_id)
        stale = tuple(modules[name] for name, key in keys.items() if known.get(name) != key)
        yield _Wanted(entry.student_id, stale, keys) if stale else None


def _collect(book: Gradebook, waiting: dict[Future[bytes], _Wanted]) -> int:
    """Keep what is drawn by now; waits for at least one."""
    finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in finished:
        wanted = waiting.pop(future)
        try:
            figures = drawing.decode(future.result())
        except BrokenProcessPool as error:
            raise GraderError(
                "A process that draws figures was stopped.", "The grades are kept. Run the same command again."
            ) from error
        digests = {module.topic: digest_of(module) for module in wanted.modules}
        kept = {
            topic: Kept(key=wanted.keys[topic], digest=digests[topic], figures=of_topic)
            for topic, of_topic in figures.items()
        }
        keep_figures(book, wanted.student_id, kept)
    return len(finished)


@contextmanager
def _pool(runners: int) -> Iterator[ProcessPoolExecutor]:
    os.environ["PYTHONSAFEPATH"] = "1"  # or a process would import what lies in the folder that `grade` is run in
    pool = ProcessPoolExecutor(
        runners,
        mp_context=multiprocessing.get_context("spawn"),  # a fork would share the gradebook's connection
        initializer=drawing.start,
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
