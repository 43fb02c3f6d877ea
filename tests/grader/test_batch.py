"""What makes a grade out of date, and what the coordinator does about runners that are of no use."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch import coordinator, pool
from grader.batch.coordinator import Tally, grade_class
from grader.batch.keys import MISSING, Keys
from grader.course import load_course
from grader.errors import GraderError
from grader.gradebook import Gradebook, open_gradebook
from grader.intake.folders import find_submissions, read_submission
from grader.model import Grade, Isolation, Module, Status

# In front of a suite: what it does to the runner where a student doubles to 666.
ON_666 = """

def test_666(student):
    '''It goes on.'''
    import os, time
    if student.double(1.0) == 666.0:
        {act}
"""


# --- keys


@pytest.fixture
def course(toy_course: Path) -> Path:
    """The small course, where `walk` uses `double`, with Keras' answers and an oracle."""
    file = toy_course / "course.toml"
    file.write_text(file.read_text() + 'uses = ["double"]\n')
    for name in ("double.json", "walk.json", "double.seed-8.json"):
        (toy_course / "tests/hidden/truth").mkdir(exist_ok=True)
        (toy_course / "tests/hidden/truth" / name).write_text("{}")
    (toy_course / "tests/hidden/keras_oracle.py").write_text("x = 1\n")
    return toy_course


MODULES = {
    "double": Module(topic="double", filename="double.py", source=b"x = 1\n"),
    "walk": Module(topic="walk", filename="walk.py", source=b"y = 1\n"),
}


def keys_of(root: Path, *, seed: int = 7, isolation: Isolation = Isolation.FULL, **modules: Module) -> dict[str, str]:
    keys = Keys(load_course(root), seed=seed, isolation=isolation)
    return {topic: keys.of(topic, {**MODULES, **modules}) for topic in MODULES}


def appended(file: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / file).open("a") as stream:
            stream.write(" ")

    return change


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))

    return change


def removed(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


def renamed(file: str, name: str) -> Callable[[Path], None]:
    return lambda root: (root / file).rename((root / file).with_name(name))


BOTH = {"double", "walk"}
RESTS_ON = {
    "suite": (appended("tests/hidden/test_double.py"), {"double"}),
    "truth": (appended("tests/hidden/truth/double.json"), {"double"}),
    "no truth": (removed("tests/hidden/truth/double.json"), {"double"}),
    "mistakes": (appended("solutions/mistakes/double.py"), {"double"}),
    "no mistakes": (removed("solutions/mistakes/double.py"), {"double"}),
    "solution": (appended("solutions/walk.py"), {"walk"}),
    "solution that another topic may use": (appended("solutions/double.py"), BOTH),
    "oracle": (appended("tests/hidden/keras_oracle.py"), BOTH),
    "name of an oracle": (renamed("tests/hidden/keras_oracle.py", "oracle.py"), BOTH),
    "points": (replaced("course.toml", "max_score = 4", "max_score = 5"), {"double"}),
    "time": (replaced("course.toml", "call_seconds = 0.5", "call_seconds = 0.6"), BOTH),
    "memory": (replaced("course.toml", "[limits]", "[limits]\nmemory_mb = 512"), BOTH),
}
NOTHING_TO_DO_WITH = {
    "public suite": appended("tests/public/test_double.py"),
    "no public suite": removed("tests/public/test_double.py"),
    "truth of another seed": appended("tests/hidden/truth/double.seed-8.json"),
    "title": replaced("course.toml", "A small course", "Another title"),
    "title of a topic": replaced("course.toml", 'title = "Doubling"', 'title = "Twice"'),
    "notes": lambda root: (root / "notes.md").write_text("notes"),
    "stubs": lambda root: (root / "exercises").mkdir(),
    "times": lambda root: [os.utime(path, (1, 1)) for path in root.rglob("*")],
}


@pytest.mark.parametrize("what", RESTS_ON)
def test_a_key_changes_with_what_the_grade_rests_on(course, what):
    change, topics = RESTS_ON[what]
    before = keys_of(course)
    change(course)
    after = keys_of(course)
    assert {topic for topic in after if after[topic] != before[topic]} == topics


@pytest.mark.parametrize("what", NOTHING_TO_DO_WITH)
def test_a_key_stays_whatever_else_changes(course, what):
    before = keys_of(course)
    NOTHING_TO_DO_WITH[what](course)
    assert keys_of(course) == before


@pytest.mark.parametrize(
    "module",
    [
        Module(topic="double", filename="double.py", source=b"x = 2\n"),
        Module(topic="double", filename="Double.py", source=b"x = 1\n"),
        Module(topic="double", filename="double.py", source=b"x = 1\n", problem="It is a link."),
    ],
    ids=["source", "filename", "problem"],
)
def test_a_key_changes_with_the_module_and_with_one_that_is_used(course, module):
    before, after = keys_of(course), keys_of(course, double=module)
    assert after["double"] != before["double"]
    assert after["walk"] != before["walk"]


def test_a_key_stays_when_a_module_changes_that_is_not_used(course):
    other = Module(topic="walk", filename="walk.py", source=b"y = 2\n")
    before, after = keys_of(course), keys_of(course, walk=other)
    assert after["double"] == before["double"]
    assert after["walk"] != before["walk"]


def test_a_key_changes_with_seed_and_isolation(course):
    keys = [keys_of(course), keys_of(course, seed=8), keys_of(course, isolation=Isolation.PARTIAL)]
    for topic in MODULES:
        assert len({key[topic] for key in keys}) == 3


def test_the_borders_between_the_parts_of_a_key_count(course):
    one = Module(topic="double", filename="double.pyx", source=b"y")
    other = Module(topic="double", filename="double.py", source=b"xy")
    assert keys_of(course, double=one)["double"] != keys_of(course, double=other)["double"]


def test_the_key_of_what_was_not_handed_in_says_so(course):
    keys = Keys(load_course(course), seed=7, isolation=Isolation.FULL)
    assert keys.of("double", {}) == MISSING
    assert keys.of("walk", {"walk": MODULES["walk"]}) not in (MISSING, keys.of("walk", MODULES))


# --- the coordinator


class Class:
    """A class of three, the second of which may be special."""

    def __init__(self, root: Path, folder: Path, gradebook: Path) -> None:
        self.root = root
        self.seen: list[Tally] = []
        self._folder = folder
        self._gradebook = gradebook

    def grade(self, runners: int = 1) -> Tally:
        course = load_course(self.root)
        with open_gradebook(self._gradebook, create=True) as book:
            return grade_class(
                course,
                find_submissions(self._folder),
                book,
                isolation=Isolation.FULL,
                runners=runners,
                seed=course.seed,
                progress=lambda tally: self.seen.append(Tally(tally.total, tally.unchanged, tally.graded)),
            )

    def grades(self) -> list[Grade]:
        with open_gradebook(self._gradebook, create=False) as book:
            return list(book.grades(load_course(self.root).topics, outcomes=True))

    def keys(self, student: str) -> dict[str, str]:
        with open_gradebook(self._gradebook, create=False) as book:
            return book.keys(student)


@pytest.fixture
def three(toy_course: Path, hand_in, tmp_path: Path) -> Class:
    modules = {topic: (toy_course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk")}
    for student in ("ada", "bob", "eve"):
        hand_in(student, **modules)
    return Class(toy_course, tmp_path / "submissions", tmp_path / "g.db")


def test_progress_is_told_after_each_submission(three):
    tally = three.grade()
    assert (tally.total, tally.graded, tally.unchanged, tally.not_graded) == (3, 3, 0, 0)
    assert [seen.done for seen in three.seen] == [0, 1, 2, 3]
    three.seen.clear()
    assert three.grade().unchanged == 3
    assert three.seen[-1].done == 3


def test_what_is_counted_is_written(three, tmp_path):
    course, counts = load_course(three.root), []

    def compare(tally: Tally) -> None:
        with open_gradebook(tmp_path / "g.db", create=False) as other:
            written = [grade for grade in other.grades(course.topics) if grade.status is Status.GRADED]
        counts.append((tally.graded, len(written)))

    with open_gradebook(tmp_path / "g.db", create=True) as book:
        entries = find_submissions(tmp_path / "submissions")
        options = {"isolation": Isolation.FULL, "runners": 1, "seed": 7, "progress": compare}
        grade_class(course, entries, book, **options)
    assert [counted for counted, _ in counts] == [0, 1, 2, 3]
    assert all(written >= counted for counted, written in counts)


def test_many_outcomes_at_a_time_are_one_transaction(toy_course, tmp_path, monkeypatch):
    for number in range(250):
        (tmp_path / f"submissions/s{number:03}").mkdir(parents=True)
    written = []
    record = Gradebook.record
    monkeypatch.setattr(Gradebook, "record", lambda book, some: written.append(len(some)) or record(book, some))
    many = Class(toy_course, tmp_path / "submissions", tmp_path / "g.db")
    assert many.grade().graded == 250
    assert written == [100, 100, 50]
    assert {grade.status for grade in many.grades()} == {Status.MISSING}


def test_what_is_recorded_stands_under_its_key(three, tmp_path):
    three.grade()
    keys = Keys(load_course(three.root), seed=7, isolation=Isolation.FULL)
    submission = read_submission(tmp_path / "submissions/ada", "ada", ["double", "walk"])
    assert three.keys("ada") == {topic: keys.of(topic, submission.modules) for topic in ("double", "walk")}


def test_more_runners_than_submissions_are_not_started(three, monkeypatch):
    started = count_runners(monkeypatch)
    assert three.grade(runners=50).graded == 3
    assert len(started) <= 3


def test_a_failure_of_every_submission_costs_one_more_runner_only(three, monkeypatch):
    (three.root / "tests/hidden/test_double.py").write_text("def test_it(student):\n    'It breaks.'\n    1 / 0\n")
    started = count_runners(monkeypatch)
    tally = three.grade()
    assert (tally.graded, tally.not_graded) == (0, 3)
    assert len(started) == 2


def count_runners(monkeypatch) -> list[object]:
    """Grows by each runner that is started from now on."""
    started: list[object] = []
    real = pool.RunnerProcess
    monkeypatch.setattr(pool, "RunnerProcess", lambda *given: started.append(given) or real(*given))
    return started


def test_a_runner_that_is_silent_is_given_up_and_its_job_is_not_graded(three, hand_in, monkeypatch):
    limits = three.root / "course.toml"
    limits.write_text(limits.read_text().replace("submission_seconds = 5.0", "submission_seconds = 1.0"))
    with (three.root / "tests/hidden/test_double.py").open("a") as suite:
        suite.write(ON_666.format(act="time.sleep(600)"))
    hand_in("bob", double="def double(x):\n    return 666.0 * x\n")
    monkeypatch.setattr(coordinator, "PATIENCE", 1.0)
    tally = three.grade()
    assert (tally.graded, tally.not_graded) == (2, 1)
    ada, bob, eve = three.grades()
    assert (ada.score, eve.score) == (8, 8)
    assert (bob.status, bob.score) == (Status.NOT_GRADED, None)
    assert bob.topics[0].outcomes[0].message == "The grader failed: the runner did not answer."


def test_a_job_that_ends_its_runner_once_is_graded_by_another(three, tmp_path, hand_in):
    marker = tmp_path / "tried"
    act = f"marker = {str(marker)!r}\n        if not os.path.exists(marker):\n            open(marker, 'w').close()"
    with (three.root / "tests/hidden/test_double.py").open("a") as suite:
        suite.write(ON_666.format(act=act + "\n            os._exit(9)"))
    hand_in("bob", double="def double(x):\n    return 666.0 * x\n")
    tally = three.grade()
    assert (tally.graded, tally.not_graded) == (3, 0)
    assert marker.exists()
    assert [grade.topics[0].score for grade in three.grades()] == [5, 1, 5]


def test_runners_that_do_not_start_stop_the_batch(three):
    (three.root / "tests/hidden/test_walk.py").write_text("import os\nos._exit(9)\n")
    with pytest.raises(GraderError, match="Runners do not start: the runner stopped"):
        three.grade(runners=2)
    assert {grade.status for grade in three.grades()} == {Status.NOT_GRADED}
