"""The coordinator finds out what is to do, hands it to runners, records the outcomes. Nobody else writes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from grader.batch import runner
from grader.batch.book import Book
from grader.batch.keys import MISSING, Keys, digest_of
from grader.batch.order import Order
from grader.batch.pool import LocalPool, Pool, Runner, cores
from grader.batch.process import PATIENCE, STARTING
from grader.batch.task import Task, is_graded, no_outcomes, times_of, troubles
from grader.batch.terms import Terms
from grader.errors import CourseError, GraderError, IntakeError
from grader.gradebook.known import Known
from grader.gradebook.record import Record
from grader.intake.entry import Entry
from grader.intake.submission import iso_time
from grader.model import Course, Isolation, Submission, TopicScore
from grader.scoring import score_topic
from grader.suite.session import Job

ATTEMPTS = 2
"""How often a job is tried before its topics are not graded."""
_ASKED = 200
"""Students that the gradebook is asked for at a time."""
_GATHERING, _AT_ONCE = 0.2, 100
"""Seconds that an outcome may wait for others, and how many are written at the same time at most: a transaction costs
the same for one as for many, and a crash costs so much of the work."""


class Tally(msgspec.Struct):
    """What a batch has done so far."""

    total: int = 0
    unchanged: int = 0
    """Nothing about the submission was new."""
    graded: int = 0
    not_graded: int = 0
    """The grader itself failed on some topic: it needs a manual grade, or another run."""

    @property
    def done(self) -> int:
        """Submissions that need no more work."""
        return self.unchanged + self.graded + self.not_graded


Progress = Callable[[Tally], None]


def grade_class(
    course: Course,
    entries: Sequence[Entry],
    gradebook: Book,
    *,
    isolation: Isolation,
    runners: int | None,
    seed: int,
    progress: Progress,
    topics: Collection[str] | None = None,
    cluster: str = "",
) -> Tally:
    """Grade everybody into a gradebook; what is graded and unchanged is left alone.

    Args:
        course: with hidden suites.
        entries: one per student; read one at a time.
        gradebook: where it stopped, and where it goes on.
        isolation: of student code; a machine that cannot isolate so far is refused.
        runners: processes that grade; None for one per core, or one per thread of a cluster.
        seed: run seed of the suites.
        progress: called after each submission.
        topics: which to grade and record, if not all; the others are left alone.
        cluster: address of a Dask scheduler whose workers grade; empty for this machine.

    Raises:
        IsolationError: this machine cannot isolate as asked.
        CourseError: a suite cannot be collected.
        GradebookError: the gradebook cannot be written.
        GraderError: runners do not start, or the cluster has gone.
    """
    batch = _Batch(course, gradebook, isolation, seed, progress)
    batch.wanted = [topic.name for topic in course.topics if topics is None or topic.name in topics]
    batch.tally.total = len(entries)
    gradebook.see((entry.student_id for entry in entries), seen_at=_now())
    terms = Terms(root=str(course.root), topics=tuple(batch.wanted), isolation=isolation, seed=seed)
    batch.run(entries, lambda: _open_pool(terms, batch.keys, runners, cluster))
    return batch.tally


def _open_pool(terms: Terms, keys: Keys, runners: int | None, cluster: str) -> Pool:
    if not cluster:
        return LocalPool(terms, runners or cores())
    from grader.batch.cluster import ClusterPool

    order = Order(terms=terms, surroundings=keys.surroundings, content=keys.content)
    return ClusterPool(cluster, order, runners)


class _Batch:
    def __init__(self, course: Course, gradebook: Book, isolation: Isolation, seed: int, progress: Progress) -> None:
        self.tally = Tally()
        self.wanted = [topic.name for topic in course.topics]
        """Names of the topics to grade."""
        self._course = course
        self._gradebook = gradebook
        self._isolation = isolation
        self._seed = seed
        self._progress = progress
        self.keys = Keys(course, seed=seed, isolation=isolation)
        self._again: list[Task] = []
        """Tasks that come before all others."""
        self._finished: list[tuple[Record, bool]] = []
        """What is to be written down, and whether it is graded."""
        self._waiting_since = 0.0
        self._stillborn = 0
        """Runners that were lost since one was last ready to grade."""
        self._incurable: set[tuple[str, str]] = set()
        """Troubles that a fresh runner had, too."""

    def run(self, entries: Sequence[Entry], open_pool: Callable[[], Pool]) -> None:
        """Keep the runners busy until everything is recorded; without anything to do, no pool is opened."""
        tasks = self._tasks(entries)
        self._progress(self.tally)
        try:
            first = self._next(tasks)
            if first is not None:
                self._again.append(first)
                self._pool = open_pool()
                try:
                    self._share_out(tasks)
                finally:
                    self._pool.close()
        finally:
            self._write_down()

    def _share_out(self, tasks: Iterator[Task]) -> None:
        """Give a task to every runner that has none, and one more runner a task wherever there is room for it."""
        started = 0
        while started == 0 or self._pool.runners:
            while started < min(self._pool.room(), self.tally.total):
                self._pool.start()
                started += 1
            for idle in self._listen():
                task = self._next(tasks)
                if task is None:
                    self._pool.dismiss(idle)
                else:
                    idle.give(task)
            self._catch_up(tasks)

    def _catch_up(self, tasks: Iterator[Task]) -> None:
        """While the runners are at work: write down what has come, and have the next task ready."""
        if self._finished and time.monotonic() - self._waiting_since >= _GATHERING:
            self._write_down()
        if not self._again and (task := next(tasks, None)) is not None:
            self._again.append(task)

    def _tasks(self, entries: Sequence[Entry]) -> Iterator[Task]:
        """What is to be graded, read one submission at a time."""
        names = [topic.name for topic in self._course.topics]
        for entry, known in self._with_known(entries):
            try:
                submission = entry.read(names)
            except IntakeError as error:
                self._record_unread(entry, error)
                continue
            task = self._task(submission, names, known)
            if task is None:
                self._leave(submission, known)
            elif not task.job.topics:
                self._record(task)
            else:
                yield task

    def _with_known(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Known]]:
        """What the gradebook knows of each, asked for many at a time."""
        for start in range(0, len(entries), _ASKED):
            some = entries[start : start + _ASKED]
            known = self._gradebook.known(entry.student_id for entry in some)
            yield from ((entry, known[entry.student_id]) for entry in some)

    def _leave(self, submission: Submission, known: Known) -> None:
        """Nothing is to be graded; when it was handed in may be new."""
        of = submission.submitted_at, times_of(submission, self.wanted), submission.attempt
        if not known.says(*of):
            self._gradebook.hand_in(submission.student_id, of[0], of[1], attempt=of[2])
        self.tally.unchanged += 1
        self._progress(self.tally)

    def _task(self, submission: Submission, names: Sequence[str], known: Known) -> Task | None:
        keys = {name: self.keys.of(name, submission.modules) for name in names}
        stale = [name for name in self.wanted if known.keys.get(name) != keys[name]]
        if not stale:
            return None
        topics = tuple(name for name in stale if keys[name] != MISSING)
        missing = tuple(name for name in stale if keys[name] == MISSING)
        return Task(job=Job(submission=submission, topics=topics), keys=keys, missing=missing)

    def _next(self, tasks: Iterator[Task]) -> Task | None:
        return self._again.pop() if self._again else next(tasks, None)

    def _listen(self) -> list[Runner]:
        """Take what the runners say, until one has nothing to do."""
        idle = [one for one in self._pool.wait(_GATHERING if self._finished else 1.0) if self._hear(one)]
        for one in list(self._pool.runners):
            patience = self._course.limits.submission_seconds + PATIENCE if one.task else STARTING
            if one not in idle and one.overdue(patience):
                self._lost(one, "the runner did not answer")
        return idle

    def _hear(self, one: Runner) -> bool:
        """Take one message; whether the runner waits for a job now."""
        try:
            message = one.receive()
        except (EOFError, OSError):
            self._lost(one, "the runner stopped")
            return False
        if isinstance(message, runner.Failed):
            raise _error(message)
        if isinstance(message, runner.Graded):
            assert one.task is not None
            one.task.outcomes[message.topic] = message.outcomes
            return False
        task, one.task = one.task, None
        self._stillborn = 0
        if task is None:
            return True
        if not is_graded(task) and self._may_get_better(task):
            self._retry(task)
            self._replace(one)
            return False
        self._record(task)
        return True

    def _may_get_better(self, task: Task) -> bool:
        """Whether a fresh runner is worth a try: not where one has failed in just the same way before."""
        found = troubles(task)
        if task.attempt < ATTEMPTS:
            return not found or not found <= self._incurable
        self._incurable |= found
        return False

    def _lost(self, one: Runner, why: str) -> None:
        """Replace a runner that is gone or stuck, and see to its job."""
        task = one.task
        self._replace(one)
        if task is None:
            self._stillborn += 1
            if self._stillborn > ATTEMPTS:
                raise GraderError(
                    f"Runners do not start: {why}.", "What is graded is kept. See `grade doctor`, then run it again."
                )
            return
        task.trouble = why
        if task.attempt < ATTEMPTS:
            self._retry(task)
        else:
            self._record(task)

    def _retry(self, task: Task) -> None:
        task.attempt += 1
        task.outcomes = {}
        self._again.append(task)

    def _replace(self, one: Runner) -> None:
        self._pool.kill(one)
        self._pool.start()

    def _record(self, task: Task) -> None:
        """What is known about a submission is to be written down."""
        wanted = {topic.name: topic for topic in self._course.topics}
        scores: dict[str, tuple[str, TopicScore]] = {}
        for name in task.missing:
            scores[name] = (MISSING, score_topic(wanted[name], None))
        for name in task.job.topics:
            outcomes = task.outcomes.get(name) or no_outcomes(name, task.trouble)
            digest = digest_of(task.job.submission.modules[name])
            scores[name] = (task.keys[name], replace(score_topic(wanted[name], outcomes), digest=digest))
        self._gather(task.job.submission, scores, graded=is_graded(task))

    def _record_unread(self, entry: Entry, error: IntakeError) -> None:
        """A submission that this machine could not read is not graded: somebody must look."""
        wanted = {topic.name: topic for topic in self._course.topics}
        scores = {name: ("", score_topic(wanted[name], no_outcomes(name, str(error)))) for name in self.wanted}
        self._gather(Submission(student_id=entry.student_id, modules={}), scores, graded=False)

    def _gather(self, submission: Submission, scores: dict[str, tuple[str, TopicScore]], *, graded: bool) -> None:
        """Have it written down soon, with what comes in the meantime."""
        record = Record(
            student_id=submission.student_id,
            submitted_at=submission.submitted_at,
            scores=scores,
            times=times_of(submission, self.wanted),
            attempt=submission.attempt,
            isolation=self._isolation,
            seed=self._seed,
            graded_at=_now(),
        )
        if not self._finished:
            self._waiting_since = time.monotonic()
        self._finished.append((record, graded))
        if len(self._finished) >= _AT_ONCE:
            self._write_down()

    def _write_down(self) -> None:
        """In one transaction; only then it counts."""
        finished, self._finished = self._finished, []
        if finished:
            self._gradebook.record([record for record, _ in finished])
        for _, graded in finished:
            self.tally.graded += graded
            self.tally.not_graded += not graded
            self._progress(self.tally)


def _error(message: runner.Failed) -> GraderError:
    """What stopped a runner, as the coordinator's own error."""
    error = CourseError(message.problem, message.remedy)
    error.exit_code = message.exit_code
    return error


def _now() -> str:
    return iso_time(int(time.time())) or ""
