"""The coordinator finds out what is to do, hands it to runners, records the outcomes. Nobody else writes them."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

import msgspec

from grader.batch import runner
from grader.batch.keys import MISSING, Keys
from grader.errors import CourseError, GraderError, IntakeError
from grader.gradebook import Gradebook
from grader.intake.folders import StudentFolder, newest_time, read_submission
from grader.model import Course, Isolation, Outcome, Result, Submission, TopicScore
from grader.scoring import score_topic
from grader.suite.session import Job

ATTEMPTS = 2
"""How often a job is tried before its topics are not graded."""
PATIENCE = 60.0
"""Seconds beyond a submission's limit after which a silent runner is given up."""


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


class _Task(msgspec.Struct):
    """A job, what it will be recorded under, and how it goes."""

    job: Job
    keys: dict[str, str]
    missing: tuple[str, ...]
    attempt: int = 1
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    trouble: str = ""


def grade_class(
    course: Course,
    folders: Sequence[StudentFolder],
    gradebook: Gradebook,
    *,
    isolation: Isolation,
    runners: int,
    seed: int,
    progress: Progress,
) -> Tally:
    """Grade everybody into a gradebook; what is graded and unchanged is left alone.

    Args:
        course: with hidden suites.
        folders: one per student; read one at a time.
        gradebook: where it stopped, and where it goes on.
        isolation: of student code; a machine that cannot isolate so far is refused.
        runners: processes that grade.
        seed: run seed of the suites.
        progress: called after each submission.

    Raises:
        IsolationError: this machine cannot isolate as asked.
        CourseError: a suite cannot be collected.
        GradebookError: the gradebook cannot be written.
    """
    batch = _Batch(course, gradebook, isolation, seed, progress)
    batch.tally.total = len(folders)
    gradebook.see((folder.student_id for folder in folders), seen_at=_now())
    try:
        batch.run(folders, runners)
    finally:
        batch.stop()
    return batch.tally


class _Batch:
    def __init__(
        self, course: Course, gradebook: Gradebook, isolation: Isolation, seed: int, progress: Progress
    ) -> None:
        self.tally = Tally()
        self._course = course
        self._gradebook = gradebook
        self._isolation = isolation
        self._seed = seed
        self._progress = progress
        self._keys = Keys(course, seed=seed, isolation=isolation)
        self._again: list[_Task] = []
        self._runners: list[_Runner] = []

    def run(self, folders: Sequence[StudentFolder], runners: int) -> None:
        """Keep the runners busy until everything is recorded."""
        tasks = self._tasks(folders)
        self._progress(self.tally)
        first = self._next(tasks)
        if first is None:
            return
        self._again.append(first)
        self._runners = [self._start() for _ in range(min(runners, self.tally.total))]
        while self._runners:
            for idle in self._listen():
                task = self._next(tasks)
                if task is None:
                    idle.stop()
                    self._runners.remove(idle)
                else:
                    idle.give(task)

    def stop(self) -> None:
        """End the runners, whatever they do."""
        for one in self._runners:
            one.kill()

    def _tasks(self, folders: Sequence[StudentFolder]) -> Iterator[_Task]:
        """What is to be graded, read one submission at a time."""
        names = [topic.name for topic in self._course.topics]
        for folder in folders:
            try:
                submission = read_submission(folder.path, folder.student_id, names)
            except IntakeError as error:
                self._record_unread(folder, names, error)
                continue
            task = self._task(submission, names)
            if task is None:
                self.tally.unchanged += 1
                self._progress(self.tally)
            elif not task.job.topics:
                self._record(task)
            else:
                yield task

    def _task(self, submission: Submission, names: Sequence[str]) -> _Task | None:
        known = self._gradebook.keys(submission.student_id)
        keys = {name: self._keys.of(name, submission.modules) for name in names}
        stale = [name for name in names if known.get(name) != keys[name]]
        if not stale:
            return None
        topics = tuple(name for name in stale if keys[name] != MISSING)
        missing = tuple(name for name in stale if keys[name] == MISSING)
        return _Task(job=Job(submission=submission, topics=topics), keys=keys, missing=missing)

    def _next(self, tasks: Iterator[_Task]) -> _Task | None:
        return self._again.pop() if self._again else next(tasks, None)

    def _listen(self) -> list[_Runner]:
        """Take what the runners say, until one has nothing to do."""
        by_connection = {one.connection: one for one in self._runners}
        ready = wait(list(by_connection), timeout=1.0)
        idle = [one for connection in ready if (one := by_connection[connection]) and self._hear(one)]  # type: ignore[index]
        for one in list(self._runners):
            if one not in idle and one.overdue(self._course.limits.submission_seconds + PATIENCE):
                self._lost(one, "the runner did not answer")
        return idle

    def _hear(self, one: _Runner) -> bool:
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
        if task is None:
            return True
        if not _is_graded(task) and task.attempt < ATTEMPTS:
            self._retry(task)
            self._replace(one)
            return False
        self._record(task)
        return True

    def _lost(self, one: _Runner, why: str) -> None:
        """Replace a runner that is gone or stuck, and see to its job."""
        task = one.task
        self._replace(one)
        if task is None:
            raise GraderError("A runner stopped before it had anything to grade.", "Try again; see `grade doctor`.")
        task.trouble = why
        if task.attempt < ATTEMPTS:
            self._retry(task)
        else:
            self._record(task)

    def _retry(self, task: _Task) -> None:
        task.attempt += 1
        task.outcomes = {}
        self._again.append(task)

    def _replace(self, one: _Runner) -> None:
        one.kill()
        self._runners[self._runners.index(one)] = self._start()

    def _start(self) -> _Runner:
        topics = tuple(topic.name for topic in self._course.topics)
        return _Runner(self._course.root, topics, self._isolation, self._seed)

    def _record(self, task: _Task) -> None:
        """Write down what is known about a submission, in one transaction."""
        wanted = {topic.name: topic for topic in self._course.topics}
        scores: dict[str, tuple[str, TopicScore]] = {}
        for name in task.missing:
            scores[name] = (MISSING, score_topic(wanted[name], None))
        for name in task.job.topics:
            outcomes = task.outcomes.get(name) or _no_outcomes(name, task.trouble)
            scores[name] = (task.keys[name], score_topic(wanted[name], outcomes))
        self._write(task.job.submission, scores)
        self._count(graded=_is_graded(task))

    def _record_unread(self, folder: StudentFolder, names: Sequence[str], error: IntakeError) -> None:
        """A submission that this machine could not read is not graded: somebody must look."""
        wanted = {topic.name: topic for topic in self._course.topics}
        scores = {name: ("", score_topic(wanted[name], _no_outcomes(name, str(error)))) for name in names}
        self._write(Submission(student_id=folder.student_id, modules={}), scores)
        self._count(graded=False)

    def _write(self, submission: Submission, scores: dict[str, tuple[str, TopicScore]]) -> None:
        self._gradebook.record(
            submission.student_id,
            submission.submitted_at,
            scores,
            isolation=self._isolation,
            seed=self._seed,
            graded_at=_now(),
        )

    def _count(self, *, graded: bool) -> None:
        self.tally.graded += graded
        self.tally.not_graded += not graded
        self._progress(self.tally)


class _Runner:
    """The coordinator's side of a runner."""

    def __init__(self, root: Path, topics: tuple[str, ...], isolation: Isolation, seed: int) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would share the gradebook's connection
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=runner.serve, args=(theirs, root, topics, isolation, seed), daemon=True)
        self._process.start()
        theirs.close()
        self.task: _Task | None = None
        self._heard = time.monotonic()

    def give(self, task: _Task) -> None:
        """Hand over a job; a runner that is gone is noticed when it is listened to."""
        self.task = task
        self._heard = time.monotonic()
        try:
            self.connection.send_bytes(runner.encode(task.job))
        except OSError:
            return

    def receive(self) -> runner.Message:
        """The next message."""
        self._heard = time.monotonic()
        return runner.decode_message(self.connection.recv_bytes())

    def overdue(self, seconds: float) -> bool:
        """Whether it has been silent for too long."""
        return time.monotonic() - self._heard > seconds

    def stop(self) -> None:
        """Let it end by itself: it has nothing to do."""
        self.connection.close()
        self._process.join(timeout=10)
        self.kill()

    def kill(self) -> None:
        """End it now."""
        self.connection.close()
        self._process.kill()
        self._process.join()


def _is_graded(task: _Task) -> bool:
    """Whether every topic of the job has outcomes, and none of them is the grader's failure."""
    return all(
        (outcomes := task.outcomes.get(topic)) and all(outcome.result is not Result.NOT_GRADED for outcome in outcomes)
        for topic in task.job.topics
    )


def _no_outcomes(topic: str, why: str) -> tuple[Outcome, ...]:
    """In place of the outcomes that a runner should have delivered."""
    message = f"The grader failed: {why or 'it delivered nothing'}."
    return (
        Outcome(
            topic=topic,
            test="(all)",
            sentence="This topic could not be graded.",
            result=Result.NOT_GRADED,
            points=0.0,
            max_points=0.0,
            message=message,
        ),
    )


def _error(message: runner.Failed) -> GraderError:
    """What stopped a runner, as the coordinator's own error."""
    error = CourseError(message.problem, message.remedy)
    error.exit_code = message.exit_code
    return error


def _now() -> str:
    return newest_time([int(time.time())]) or ""
