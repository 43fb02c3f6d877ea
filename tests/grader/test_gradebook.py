"""The gradebook: nothing is lost, nothing is overwritten, and it says what to do when it cannot go on."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook import Gradebook, Record, open_gradebook
from grader.model import Grade, Isolation, Outcome, Result, Status, Topic, TopicScore

ADAM = Topic(name="adam", title="Adam", max_score=3.0)
DROPOUT = Topic(name="dropout", title="Dropout", max_score=2.0)
TOPICS = (ADAM, DROPOUT)
MONDAY, TUESDAY = "2026-11-23T17:24:09+00:00", "2026-11-24T08:00:00+00:00"


def outcome(topic: str = "adam", test: str = "test_one", **changes: Any) -> Outcome:
    fields = {"sentence": "One step.", "result": Result.PASSED, "points": 1.5, "max_points": 1.5}
    return Outcome(topic=topic, test=test, **(fields | changes))


def scored(topic: Topic, score: float | None, status: Status = Status.GRADED) -> TopicScore:
    outcomes = () if status is Status.MISSING else (outcome(topic.name), outcome(topic.name, "test_two"))
    return TopicScore(topic=topic.name, status=status, score=score, max_score=topic.max_score, outcomes=outcomes)


def record(book: Gradebook, student_id: str, *scores: TopicScore, key: str = "k1", **changes: Any) -> None:
    run = {"submitted_at": MONDAY, "isolation": Isolation.FULL, "seed": 2026, "graded_at": TUESDAY}
    by_topic = {score.topic: (key, score) for score in scores}
    book.record([Record(student_id=student_id, scores=by_topic, **(run | changes))])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gradebook.db"


@pytest.fixture
def book(path: Path) -> Iterator[Gradebook]:
    with open_gradebook(path, create=True) as opened:
        yield opened


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(query).fetchall()
        connection.commit()
        return found


@contextmanager
def plain_user() -> Iterator[Path]:
    """A folder of a user for whom permissions count, also where the tests run as root."""
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    try:
        if root:
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        yield folder
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)
        shutil.rmtree(folder)


# --- record, and give back


def test_grades_gives_back_what_was_recorded(book):
    full = outcome(
        test="test_two[0.5]",
        result=Result.WRONG_VALUE,
        points=0.25,
        message="Step 2 differs.",
        output="hello\n",
        mistake="no_bias_correction",
        hint="Look at step 1.",
        seconds=0.125,
    )
    adam = TopicScore(
        topic="adam",
        status=Status.GRADED,
        score=1.75,
        max_score=3.0,
        outcomes=(outcome(), full),
        submitted_at=MONDAY,  # of the submission, for nothing else is known
    )
    record(book, "ada", adam, scored(DROPOUT, None, Status.MISSING))
    assert list(book.grades(TOPICS, outcomes=True)) == [
        Grade(
            student_id="ada",
            status=Status.GRADED,
            score=1.75,
            max_score=5.0,
            topics=(adam, scored(DROPOUT, None, Status.MISSING)),
            needs_manual_grade=False,
            submitted_at=MONDAY,
            graded_at=TUESDAY,
            isolation=Isolation.FULL,
        )
    ]


def test_grades_without_outcomes_has_none(book):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, 2.0))
    [grade] = book.grades(TOPICS)
    assert [topic.outcomes for topic in grade.topics] == [(), ()]
    assert grade.score == 3.0


def test_grades_are_sorted_by_student_id_as_python_sorts(book):
    ids = ["zoe", "Ada", "ada", "10", "9", "ü", "z\u0308", "𝒜", "\uffee", "a b", "a'b", ""]
    for student_id in ids:
        record(book, student_id, scored(ADAM, 1.0))
    assert [grade.student_id for grade in book.grades([ADAM])] == sorted(ids)


def test_grades_come_in_the_order_of_the_topics(book):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, 2.0))
    [grade] = book.grades([DROPOUT, ADAM], outcomes=True)
    assert [topic.topic for topic in grade.topics] == ["dropout", "adam"]
    assert [[found.topic for found in topic.outcomes] for topic in grade.topics] == [["dropout"] * 2, ["adam"] * 2]


def test_grades_leaves_out_topics_that_were_not_asked_for(book):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, 2.0))
    [grade] = book.grades([ADAM])
    assert (grade.score, grade.max_score) == (1.0, 3.0)


def test_grades_when_graded_again_gives_the_newest_and_keeps_the_older(book, path):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, 2.0))
    record(book, "ada", scored(ADAM, 3.0), key="k2", submitted_at=TUESDAY, graded_at="2026-11-25T00:00:00+00:00")
    [grade] = book.grades(TOPICS, outcomes=True)
    assert [topic.score for topic in grade.topics] == [3.0, 2.0]
    assert [len(topic.outcomes) for topic in grade.topics] == [2, 2]
    assert (grade.submitted_at, grade.graded_at) == (TUESDAY, "2026-11-25T00:00:00+00:00")
    assert rows(path, "SELECT score FROM grades WHERE topic = 'adam' ORDER BY id") == [(1.0,), (3.0,)]


def test_grades_when_a_regrade_is_worse_gives_the_newest(book):
    record(book, "ada", scored(ADAM, 3.0))
    record(book, "ada", scored(ADAM, 0.0))
    [grade] = book.grades([ADAM])
    assert grade.score == 0.0


def test_grades_when_a_topic_was_never_graded_is_not_graded(book):
    record(book, "ada", scored(ADAM, 3.0))
    [grade] = book.grades(TOPICS)
    assert grade.topics[1] == TopicScore(
        topic="dropout", status=Status.NOT_GRADED, score=None, max_score=2.0, outcomes=()
    )
    assert (grade.status, grade.score, grade.needs_manual_grade) == (Status.NOT_GRADED, None, True)


def test_grades_keeps_missing_zero_and_not_graded_apart(book, path):
    record(book, "missing", scored(ADAM, None, Status.MISSING))
    record(book, "zero", scored(ADAM, 0.0))
    record(book, "failed", scored(ADAM, None, Status.NOT_GRADED))
    found = {grade.student_id: (grade.status, grade.topics[0].score) for grade in book.grades([ADAM])}
    assert found == {
        "missing": (Status.MISSING, None),
        "zero": (Status.GRADED, 0.0),
        "failed": (Status.NOT_GRADED, None),
    }
    assert rows(path, "SELECT student_id, needs_manual_grade FROM grades ORDER BY 1") == [
        ("failed", 1),
        ("missing", 0),
        ("zero", 0),
    ]


def test_grades_when_topics_were_isolated_differently_names_the_weakest(book):
    record(book, "ada", scored(ADAM, 1.0), isolation=Isolation.PARTIAL)
    record(book, "ada", scored(DROPOUT, 1.0), isolation=Isolation.FULL)
    [grade] = book.grades(TOPICS)
    assert grade.isolation is Isolation.PARTIAL


def test_grades_of_an_empty_gradebook(book):
    assert list(book.grades(TOPICS)) == []


def test_see_gives_a_row_to_students_who_were_not_graded_yet(book):
    record(book, "ada", scored(ADAM, 1.0))
    book.see(["ada", "ben"], seen_at=TUESDAY)
    book.see([], seen_at=TUESDAY)
    ada, ben = book.grades([ADAM])
    assert (ada.score, ada.submitted_at) == (1.0, MONDAY)
    assert (ben.student_id, ben.status, ben.score, ben.graded_at) == ("ben", Status.NOT_GRADED, None, "")


def test_record_when_nothing_was_graded_keeps_the_student(book):
    record(book, "ada", submitted_at=None)
    [grade] = book.grades([ADAM])
    assert (grade.student_id, grade.submitted_at, grade.status) == ("ada", None, Status.NOT_GRADED)


@pytest.mark.parametrize(
    "text", ["\0", "\ud800", "\udcff\0x", "\U0001f600", "'; DROP TABLE grades; --", "\x1b[31m\r\n"]
)
def test_record_takes_any_text(book, text):
    odd = outcome(message=text, output=text, mistake=text, hint=text, sentence=text, test=text)
    adam = TopicScore(topic="adam", status=Status.GRADED, score=1.0, max_score=3.0, outcomes=(odd,))
    record(book, "ada", adam)
    [grade] = book.grades([ADAM], outcomes=True)
    kept = grade.topics[0].outcomes[0].message
    assert kept.encode()
    assert "\0" not in kept  # PostgreSQL takes none
    assert kept == text or "\0" in text or "\ud800" in text


# --- keys


def test_keys_are_those_of_the_newest_rows(book):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, 2.0), key="k1")
    record(book, "ada", scored(ADAM, 1.0), key="k2")
    record(book, "ben", scored(ADAM, 1.0), key="k3")
    assert book.keys("ada") == {"adam": "k2", "dropout": "k1"}
    assert book.keys("nobody") == {}


def test_keys_when_missing_is_up_to_date(book):
    record(book, "ada", scored(ADAM, None, Status.MISSING), key="nothing")
    assert book.keys("ada") == {"adam": "nothing"}


def test_keys_when_not_graded_is_never_up_to_date(book):
    record(book, "ada", scored(ADAM, 1.0), key="k1")
    record(book, "ada", scored(ADAM, None, Status.NOT_GRADED), key="k1")
    assert book.keys("ada") == {}


# --- streams


def multiply(path: Path, students: int) -> None:
    """Make the first student's grades those of many."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {students})"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"""
            {numbers} INSERT INTO submissions SELECT printf('s%06d', i), NULL, seen_at, attempt FROM submissions, n;
            {numbers} INSERT INTO grades SELECT 100 + i, printf('s%06d', i), topic, key, status, score, max_score,
                needs_manual_grade, isolation, seed, graded_at, digest FROM grades, n WHERE id = 1;
            {numbers} INSERT INTO outcomes SELECT 100 + i, position, test, sentence, result, points, max_points,
                message, output, mistake, hint, seconds FROM outcomes, n WHERE grade_id = 1;
        """)


def peak_of_reading(path: Path) -> int:
    with open_gradebook(path, create=False) as book:
        tracemalloc.start()
        count = sum(1 for grade in book.grades([ADAM], outcomes=True) if grade.topics[0].outcomes)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count > 1000
    return peak


def test_grades_when_the_class_grows_takes_no_more_memory(path):
    big = tuple(outcome(test=f"test_{number}", output="x" * 1000) for number in range(4))
    with open_gradebook(path, create=True) as book:
        record(book, "ada", TopicScore(topic="adam", status=Status.GRADED, score=3.0, max_score=3.0, outcomes=big))
    other = path.with_name("other.db")
    shutil.copy(path, other)
    multiply(path, 1_000)
    multiply(other, 4_000)
    assert peak_of_reading(other) < 1.5 * peak_of_reading(path)


@pytest.mark.parametrize("outcomes", [False, True])
def test_grades_asks_once_and_lets_the_database_sort_by_index(book, path, outcomes):
    asked = []
    for student_id in ("ada", "ben", "eve"):
        record(book, student_id, scored(ADAM, 1.0), scored(DROPOUT, 1.0))

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert len(list(book.grades(TOPICS, outcomes=outcomes))) == 3
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    [(statement, parameters)] = asked
    with closing(sqlite3.connect(path)) as connection:
        plan = str(connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall())
    assert "USING INDEX" in plan
    assert "TEMP B-TREE" not in plan


def test_grades_can_be_read_while_somebody_writes(book, path):
    for number in range(3):
        record(book, f"s{number}", scored(ADAM, 1.0))
    with open_gradebook(path, create=False) as reader:
        grades = reader.grades([ADAM])
        assert next(grades).score == 1.0
        record(book, "s1", scored(ADAM, 3.0))
        record(book, "s9", scored(ADAM, 3.0))
        assert [grade.score for grade in grades] == [1.0, 1.0]
        assert [grade.score for grade in reader.grades([ADAM])] == [1.0, 3.0, 1.0, 3.0]


# --- durable


WRITER = """
import sys
from grader.gradebook import Record, open_gradebook
from grader.model import *
book = open_gradebook(sys.argv[1], create=True)
outcomes = tuple(
    Outcome(topic="adam", test=f"test_{i}", sentence="", result=Result.PASSED, points=1.0, max_points=1.0)
    for i in range(20)
)
score = TopicScore(topic="adam", status=Status.GRADED, score=20.0, max_score=20.0, outcomes=outcomes)
for number in range(100_000):
    fields = {"submitted_at": None, "isolation": Isolation.FULL, "seed": 1, "graded_at": "now"}
    book.record([Record(student_id=f"s{number:06}", scores={"adam": ("k", score)}, **fields)])
    print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 7, 23])
def test_record_when_killed_loses_nothing_that_was_recorded(path, lines):
    process = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    said = lines + len(process.stdout.read().split())
    process.wait()
    with open_gradebook(path, create=True) as book:
        found = list(book.grades([ADAM], outcomes=True))
        record(book, "later", scored(ADAM, 1.0))
    assert said <= len(found) <= said + 1
    assert [grade.student_id for grade in found] == [f"s{number:06}" for number in range(len(found))]
    assert all(len(grade.topics[0].outcomes) == 20 for grade in found)
    assert os.listdir(path.parent) == [path.name]


def test_record_is_all_or_nothing(book):
    record(book, "ada", scored(ADAM, 1.0))
    broken = TopicScore(topic="dropout", status=Status.GRADED, score=1.0, max_score=None, outcomes=())
    with pytest.raises(GradebookError, match="max_score"):
        record(book, "ada", scored(ADAM, 3.0), broken, submitted_at=TUESDAY)
    [grade] = book.grades([ADAM])
    assert (grade.score, grade.submitted_at) == (1.0, MONDAY)


def test_close_leaves_one_file_that_needs_no_recovery(book, path):
    record(book, "ada", scored(ADAM, 1.0))
    book.close()
    assert os.listdir(path.parent) == [path.name]
    assert rows(path, "PRAGMA journal_mode") == [("delete",)]


def test_close_when_another_has_it_open_does_not_disturb(book, path):
    with open_gradebook(path, create=True) as other:
        record(other, "ada", scored(ADAM, 1.0))
        book.close()
        record(other, "ben", scored(ADAM, 1.0))
        assert len(list(other.grades([ADAM]))) == 2
    assert os.listdir(path.parent) == [path.name]


def test_record_when_two_write_loses_no_row(path):
    code = WRITER.replace("100_000", "50").replace('f"s{number', 'sys.argv[2] + f"{number')
    writers = [
        subprocess.Popen([sys.executable, "-c", code, path, name], stdout=subprocess.DEVNULL) for name in ("a", "b")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    with open_gradebook(path, create=False) as book:
        assert len(list(book.grades([ADAM]))) == 100


def test_record_when_another_does_not_let_go_says_so(path):
    with open_gradebook(path, create=True, busy_seconds=0.05) as book:
        record(book, "ada", scored(ADAM, 1.0))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(GradebookError, match="in use by another program") as error:
                record(book, "ben", scored(ADAM, 1.0))
            other.execute("ROLLBACK")
        assert "Wait" in error.value.remedy
        record(book, "ben", scored(ADAM, 1.0))
        assert len(list(book.grades([ADAM]))) == 2


def test_open_when_a_reader_does_not_let_go_still_writes(path):
    with open_gradebook(path, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        cursor = reader.execute("SELECT * FROM grades, outcomes")
        cursor.fetchone()
        with open_gradebook(path, create=True, busy_seconds=0.05) as book:
            cursor.close()
            record(book, "ben", scored(ADAM, 1.0))
            assert len(list(book.grades([ADAM]))) == 2


def test_record_when_the_disk_is_full_says_so_and_keeps_the_rest(path):
    def limit(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count=40")

    sa.event.listen(sa.Engine, "connect", limit)
    try:
        with open_gradebook(path, create=True) as book, pytest.raises(GradebookError) as error:
            for number in range(10_000):
                record(book, f"s{number:06}", scored(ADAM, 1.0))
    finally:
        sa.event.remove(sa.Engine, "connect", limit)
    assert "the disk is full" in error.value.problem
    assert "goes on where it stopped" in error.value.remedy
    with open_gradebook(path, create=True) as book:
        found = list(book.grades([ADAM], outcomes=True))
        assert len(found) == number
        assert all(len(grade.topics[0].outcomes) == 2 for grade in found)
        record(book, f"s{number:06}", scored(ADAM, 1.0))


# --- what is no gradebook


def refusal(target: str | Path, *, create: bool) -> GradebookError:
    with pytest.raises(GradebookError) as error, open_gradebook(target, create=create) as book:
        list(book.grades(TOPICS, outcomes=True))
    assert error.value.remedy
    return error.value


def test_open_when_it_is_not_there_says_how_to_make_one(path):
    error = refusal(path, create=False)
    assert "There is no gradebook" in error.problem
    assert "grade batch" in error.remedy
    assert not path.exists()


@pytest.mark.parametrize("create", [False, True])
def test_open_when_it_is_a_folder_says_so(tmp_path, create):
    assert "is a folder" in refusal(tmp_path, create=create).problem


@pytest.mark.parametrize("create", [False, True])
def test_open_when_its_folder_is_missing_says_so(tmp_path, create):
    assert "There is no folder" in refusal(tmp_path / "no" / "gradebook.db", create=create).problem


@pytest.mark.parametrize("create", [False, True])
def test_open_when_it_is_a_named_pipe_does_not_wait(path, create):
    os.mkfifo(path)
    assert "not a regular file" in refusal(path, create=create).problem


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("content", [b"student_id,score\nada,3\n" * 100, b"x", b"SQLite format 3\0" + b"\0" * 5000])
def test_open_when_it_is_another_file_leaves_it_as_it_is(path, create, content):
    path.write_bytes(content)
    assert "is no gradebook" in refusal(path, create=create).problem
    assert path.read_bytes() == content


@pytest.mark.parametrize("create", [False, True])
def test_open_when_it_is_the_database_of_another_program_leaves_it_as_it_is(path, create):
    rows(path, "CREATE TABLE assignment (name TEXT)")  # nbgrader's file is called gradebook.db, too
    before = path.read_bytes()
    assert "is no gradebook" in refusal(path, create=create).problem
    assert path.read_bytes() == before


@pytest.mark.parametrize("create", [False, True])
def test_open_when_another_program_has_a_table_of_that_name(path, create):
    rows(path, "CREATE TABLE meta (key TEXT, value TEXT)")
    assert "is no gradebook" in refusal(path, create=create).problem


def test_open_when_the_file_is_empty_makes_a_gradebook_only_if_told(path):
    path.touch()
    assert "is no gradebook" in refusal(path, create=False).problem
    with open_gradebook(path, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
        assert len(list(book.grades([ADAM]))) == 1


@pytest.mark.parametrize("create", [False, True])
def test_open_when_it_is_of_a_newer_version_says_to_update(path, create):
    open_gradebook(path, create=True).close()
    rows(path, "UPDATE meta SET value = '99' WHERE key = 'version'")
    error = refusal(path, create=create)
    assert "format 99" in error.problem
    assert "pip install --upgrade" in error.remedy


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_open_when_it_was_cut_off_says_it_is_damaged(path, create, keep):
    with open_gradebook(path, create=True) as book:
        for number in range(100):
            record(book, f"s{number}", scored(ADAM, 1.0))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    error = refusal(path, create=create)
    assert "is damaged" in error.problem
    assert "copy" in error.remedy


@pytest.mark.parametrize("create", [False, True])
def test_open_when_a_table_is_gone_says_it_is_damaged(path, create):
    open_gradebook(path, create=True).close()
    rows(path, "DROP TABLE outcomes")
    assert "is damaged" in refusal(path, create=create).problem


def test_open_when_it_is_write_protected_reads_but_does_not_write():
    with plain_user() as folder:
        path = folder / "gradebook.db"
        with open_gradebook(path, create=True) as book:
            record(book, "ada", scored(ADAM, 1.0))
        path.chmod(0o400)
        folder.chmod(0o500)
        with open_gradebook(path, create=False) as book:
            assert [grade.student_id for grade in book.grades([ADAM])] == ["ada"]
            with pytest.raises(GradebookError, match="cannot be written"):
                record(book, "ben", scored(ADAM, 1.0))
        error = refusal(path, create=True)
        assert "cannot be written" in error.problem
        assert "--gradebook" in error.remedy


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_open_when_its_folder_is_write_protected_says_so(mode):
    with plain_user() as folder:
        folder.chmod(mode)
        error = refusal(folder / "gradebook.db", create=True)
        assert "permissions" in error.remedy


def test_open_when_it_may_not_be_read_says_so():
    with plain_user() as folder:
        path = folder / "gradebook.db"
        open_gradebook(path, create=True).close()
        path.chmod(0)
        assert "permissions" in refusal(path, create=False).remedy


@pytest.mark.parametrize("name", ["100%.db", "a?b#c.db", "ä b.db", ":memory:", "file:x.db"])
def test_open_when_the_name_is_odd_makes_that_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with open_gradebook(name, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
    assert os.listdir(tmp_path) == [name]
    with open_gradebook(tmp_path / name, create=False) as book:
        assert len(list(book.grades([ADAM]))) == 1


def test_open_when_it_is_a_url_of_sqlite_is_the_file(path):
    with open_gradebook(f"sqlite:///{path}", create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
    assert path.exists()


@pytest.mark.parametrize(
    "url", ["mysql+nothing://localhost/grades", "nonsense://x", "://", "oracle://user:secret@host/grades"]
)
def test_open_when_the_url_cannot_be_used_says_which_can(url):
    error = refusal(url, create=True)
    assert "postgresql" in error.remedy
    assert "secret" not in str(error)


def test_open_when_an_earlier_attempt_was_killed_half_way_makes_it_whole(path):
    code = """
import os, sys, sqlalchemy as sa
from grader.gradebook import open_gradebook
def stop(_connection, _cursor, statement, *_):
    if "CREATE TABLE outcomes" in statement:
        os._exit(9)
sa.event.listen(sa.Engine, "before_cursor_execute", stop)
open_gradebook(sys.argv[1], create=True)
"""
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 9
    with open_gradebook(path, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
        assert len(list(book.grades([ADAM], outcomes=True))) == 1


def test_import_when_sqlalchemy_is_missing_says_how_to_install_it():
    code = """
import importlib.util, sys
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "sqlalchemy" else find_spec(name, package)
from grader.errors import GradebookError
try:
    import grader.gradebook
except GradebookError as error:
    print(error.remedy)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "pip install 'deepgrade[instructor]'\n"
