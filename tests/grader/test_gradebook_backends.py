"""A gradebook in SQLite and in a real PostgreSQL: the same in both, and one can be copied into the other."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook import Gradebook, PastGrade, Record, copy_gradebook, copying, open_gradebook, upgrade_gradebook
from grader.gradebook.tables import TABLES
from grader.model import Grade, Isolation, Outcome, Override, Result, Status, Topic, TopicScore

ADAM = Topic(name="adam", title="Adam", max_score=3.0)
DROPOUT = Topic(name="dropout", title="Dropout", max_score=2.0)
TOPICS = (ADAM, DROPOUT)
MONDAY, TUESDAY, FRIDAY = "2026-11-23T17:24:09+00:00", "2026-11-24T08:00:00+00:00", "2026-11-27T08:00:00+00:00"


def scored(topic: Topic, score: float | None, status: Status = Status.GRADED, **fields: Any) -> TopicScore:
    one = Outcome(topic=topic.name, test="test_one", sentence="One.", result=Result.PASSED, points=1.5, max_points=1.5)
    outcomes = () if status is Status.MISSING else (one, one)
    return TopicScore(
        topic=topic.name, status=status, score=score, max_score=topic.max_score, outcomes=outcomes, **fields
    )


def record(book: Gradebook, student_id: str, *scores: TopicScore, key: str = "k1", **changes: Any) -> None:
    run = {"submitted_at": MONDAY, "isolation": Isolation.FULL, "seed": 2026, "graded_at": TUESDAY}
    by_topic = {score.topic: (key, score) for score in scores}
    book.record([Record(student_id=student_id, scores=by_topic, **(run | changes))])


def override(score: float | None = 2.5, **changes: str) -> Override:
    fields = {"student_id": "ada", "topic": "adam", "why": "Right, but renamed.", "who": "kim", "set_at": TUESDAY}
    return Override(score=score, **(fields | changes))


class Server:
    """A PostgreSQL of our own, which listens to a socket in its folder only."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder = folder
        self.user = user
        self.programs = program_folder()
        self.databases = 0

    def run(self, program: str, *arguments: str) -> None:
        """PostgreSQL's programs refuse to be run by root."""
        subprocess.run(
            [self.programs / program, *arguments],
            cwd=self.folder,
            user=self.user if os.geteuid() == 0 else None,
            check=True,
            capture_output=True,
        )

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{self.user}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        self.databases += 1
        engine = sa.create_engine(self.url().replace(":", "+psycopg:", 1), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE test_{self.databases}")
        engine.dispose()
        return self.url(f"test_{self.databases}")


def program_folder() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not newest:
        pytest.skip("PostgreSQL is not installed (on Debian: apt install postgresql)")
    return newest[-1].parent


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    program_folder()
    root = os.geteuid() == 0
    user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the name of a socket has 107 characters at most
    if root:
        os.chown(folder, user.pw_uid, user.pw_gid)
    made = Server(folder, user.pw_name)
    try:
        data = str(folder / "data")
        made.run("initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", data)
        options = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={folder}"
        made.run("pg_ctl", "--wait", "--log", str(folder / "log"), "--options", options, "--pgdata", data, "start")
        try:
            yield made
        finally:
            made.run("pg_ctl", "--wait", "--mode", "immediate", "--pgdata", data, "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def database(server: Server) -> str:
    """URL of an empty database."""
    return server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "gradebook.db")
    return str(request.getfixturevalue("database"))


@pytest.fixture
def book(target: str) -> Iterator[Gradebook]:
    with open_gradebook(target, create=True) as opened:
        yield opened


def execute(target: str, *statements: str) -> list[Any]:
    url = target.replace("postgresql:", "postgresql+psycopg:") if "://" in target else f"sqlite:///{target}"
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            results = [connection.exec_driver_sql(statement) for statement in statements]
            return results[-1].fetchall() if results[-1].returns_rows else []
    finally:
        engine.dispose()


# --- grades


def test_grades_give_back_what_was_recorded(book):
    odd = Outcome(
        topic="adam",
        test="test_two[0.5]",
        sentence="Two.",
        result=Result.WRONG_VALUE,
        points=0.25,
        max_points=1.5,
        message="Step 2 differs.",
        output="\x1b[31mgrün 😀\r\n",
        mistake="no_bias_correction",
        hint="Look at step 1.",
        seconds=0.125,
    )
    adam = TopicScore(
        topic="adam",
        status=Status.GRADED,
        score=1.75,
        max_score=3.0,
        outcomes=(odd,),
        submitted_at=MONDAY,
        digest="ab12",
    )
    dropout = scored(DROPOUT, None, Status.MISSING)
    record(book, "ada", adam, dropout)
    book.see(["ben"], seen_at=TUESDAY)
    ada, ben = book.grades(TOPICS, outcomes=True)
    assert ada == Grade(
        student_id="ada",
        status=Status.GRADED,
        score=1.75,
        max_score=5.0,
        topics=(adam, dropout),
        needs_manual_grade=False,
        submitted_at=MONDAY,
        graded_at=TUESDAY,
        isolation=Isolation.FULL,
    )
    assert (ben.status, ben.needs_manual_grade) == (Status.NOT_GRADED, True)
    assert book.keys("ada") == {"adam": "k1", "dropout": "k1"}


@pytest.mark.parametrize("text", ["\0", "\ud800", "'; DROP TABLE grades; --", "%s %(x)s :x"])
def test_record_takes_any_text(book, text):
    broken = Outcome(
        topic="adam", test=text, sentence=text, result=Result.PASSED, points=1, max_points=1, message=text, output=text
    )
    record(book, text, TopicScore(topic="adam", status=Status.GRADED, score=1, max_score=3, outcomes=(broken,)))
    [grade] = book.grades([ADAM], outcomes=True)
    assert grade.score == 1.0
    assert grade.topics[0].outcomes[0].message == grade.student_id


def test_grades_are_sorted_by_code_point(book):
    ids = ["zoe", "Ada", "ada", "10", "9", "ü", "z\u0308", "𝒜", "\uffee", "a b", "a'b", "_", "-"]
    for student_id in ids:
        record(book, student_id, scored(ADAM, 1.0))
    assert [grade.student_id for grade in book.grades([ADAM])] == sorted(ids)
    assert book.students() == sorted(ids)


def test_record_is_all_or_nothing(book):
    record(book, "ada", scored(ADAM, 1.0))
    broken = TopicScore(topic="dropout", status=Status.GRADED, score=1.0, max_score=None, outcomes=())
    with pytest.raises(GradebookError, match="max_score"):
        record(book, "ada", scored(ADAM, 3.0), broken, submitted_at=TUESDAY)
    [grade] = book.grades([ADAM])
    assert (grade.score, grade.submitted_at) == (1.0, MONDAY)


def test_grades_can_be_read_while_somebody_writes(book, target):
    for number in range(3):
        record(book, f"s{number}", scored(ADAM, 1.0))
    with open_gradebook(target, create=False) as reader:
        grades = reader.grades([ADAM])
        assert next(grades).score == 1.0
        record(book, "s1", scored(ADAM, 3.0))
        assert [grade.score for grade in grades] == [1.0, 1.0]
        assert [grade.score for grade in reader.grades([ADAM])] == [1.0, 3.0, 1.0]


def test_open_when_many_make_it_at_once_makes_one(target):
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with open_gradebook(target, create=True) as mine:
                record(mine, f"s{number}", scored(ADAM, 1.0))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with open_gradebook(target, create=False) as book:
        assert len(book.students()) == 6


# --- history, overrides, times


def test_history_keeps_every_grade(book):
    record(book, "ada", scored(ADAM, 1.0, digest="aa"))
    record(book, "ben", scored(ADAM, 2.0))
    record(book, "ada", scored(ADAM, None, Status.NOT_GRADED, digest="bb"), graded_at=FRIDAY, seed=7)
    fields = {"topic": "adam", "max_score": 3.0, "isolation": Isolation.FULL}
    assert book.history("ada") == [
        PastGrade(status=Status.GRADED, score=1.0, graded_at=TUESDAY, seed=2026, digest="aa", **fields),
        PastGrade(status=Status.NOT_GRADED, score=None, graded_at=FRIDAY, seed=7, digest="bb", **fields),
    ]
    assert book.history("nobody") == []


def test_override_is_kept_with_everything_said_about_it(book):
    record(book, "ada", scored(ADAM, 1.0))
    record(book, "ben", scored(ADAM, 1.0))
    first, second, other = override(2.5), override(None, set_at=FRIDAY), override(0.0, student_id="ben")
    book.override([first])
    book.override([second, other])
    assert book.overrides("ada") == [first, second]
    assert book.overrides() == [first, second, other]
    assert book.overrides("nobody") == []


def test_override_when_graded_again_stays(book):
    record(book, "ada", scored(ADAM, 1.0))
    book.override([override()])
    record(book, "ada", scored(ADAM, 2.0))
    assert book.overrides("ada") == [override()]


def test_override_when_one_student_is_unknown_sets_none(book):
    record(book, "ada", scored(ADAM, 1.0))
    with pytest.raises(GradebookError):
        book.override([override(), override(student_id="nobody")])
    assert book.overrides() == []


def test_hand_in_changes_times_and_nothing_else(book):
    adam, dropout = scored(ADAM, 1.0, submitted_at=MONDAY), scored(DROPOUT, 2.0, submitted_at=MONDAY)
    record(book, "ada", adam, dropout, attempt="1")
    book.hand_in("ada", FRIDAY, {"adam": FRIDAY}, attempt="2")
    [grade] = book.grades(TOPICS)
    assert (grade.submitted_at, grade.graded_at, grade.score, grade.attempt) == (FRIDAY, TUESDAY, 3.0, "2")
    assert [topic.submitted_at for topic in grade.topics] == [FRIDAY, MONDAY]
    assert len(book.history("ada")) == 2


def test_record_takes_times_of_topics_that_needed_no_grading(book):
    record(book, "ada", scored(ADAM, 1.0, submitted_at=MONDAY), scored(DROPOUT, 2.0))
    record(book, "ada", scored(DROPOUT, 1.0), times={"adam": FRIDAY, "dropout": TUESDAY})
    [grade] = book.grades(TOPICS)
    assert [topic.submitted_at for topic in grade.topics] == [FRIDAY, TUESDAY]


def test_grades_when_a_missing_topic_is_worth_more_now_counts_what_it_is_worth(book):
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, None, Status.MISSING))
    worth_more = Topic(name="dropout", title="Dropout", max_score=7.0)
    [grade] = book.grades((ADAM, worth_more))
    assert (grade.max_score, grade.topics[1].max_score) == (10.0, 7.0)


def test_hand_in_when_nothing_changed_does_not_write(book):
    record(book, "ada", scored(ADAM, 1.0, submitted_at=MONDAY))
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    sa.event.listen(book.engine, "before_cursor_execute", note)
    book.hand_in("ada", MONDAY, {"adam": MONDAY})
    assert {statement.split()[0] for statement in asked} == {"SELECT"}


def test_remember_keeps_the_last_word(book):
    assert book.recall("submissions") is None
    book.remember(submissions="one", layout="canvas")
    book.remember(submissions="two")
    assert (book.recall("submissions"), book.recall("layout"), book.recall("version")) == ("two", "canvas", "3")


# --- upgrade


VERSION_1 = """
CREATE TABLE meta (key {text} NOT NULL, value {text} NOT NULL, PRIMARY KEY (key));
CREATE TABLE submissions (
    student_id {text} NOT NULL, submitted_at {text}, seen_at {text} NOT NULL, PRIMARY KEY (student_id)
);
CREATE TABLE grades (
    id {serial} NOT NULL, student_id {text} NOT NULL, topic {text} NOT NULL, key {text} NOT NULL,
    status {text} NOT NULL, score {double}, max_score {double} NOT NULL,
    needs_manual_grade BOOLEAN NOT NULL, isolation {text} NOT NULL, seed BIGINT NOT NULL, graded_at {text} NOT NULL,
    PRIMARY KEY (id), FOREIGN KEY(student_id) REFERENCES submissions (student_id)
);
CREATE INDEX grades_newest ON grades (student_id, topic, id);
CREATE TABLE outcomes (
    grade_id INTEGER NOT NULL, position INTEGER NOT NULL, test {text} NOT NULL, sentence {text} NOT NULL,
    result {text} NOT NULL, points {double} NOT NULL, max_points {double} NOT NULL,
    message {text} NOT NULL, output {text} NOT NULL, mistake {text} NOT NULL, hint {text} NOT NULL,
    seconds {double} NOT NULL, PRIMARY KEY (grade_id, position), FOREIGN KEY(grade_id) REFERENCES grades (id)
);
INSERT INTO meta VALUES ('format', 'deepgrade gradebook');
INSERT INTO meta VALUES ('version', '1');
INSERT INTO submissions VALUES ('ada', '2026-11-23T17:24:09+00:00', '2026-11-24T08:00:00+00:00');
INSERT INTO grades VALUES (
    1, 'ada', 'adam', 'k1', 'graded', 2.0, 3.0, {false}, 'full', 2026, '2026-11-24T08:00:00+00:00'
);
INSERT INTO outcomes VALUES (1, 0, 'test_one', 'One.', 'passed', 2.0, 3.0, '', '', '', '', 0.5)
"""
"""The first format, as it was made by the deepgrade of then."""


@pytest.fixture
def old(target: str) -> str:
    """A gradebook of format 1."""
    words = {"text": 'TEXT COLLATE "C"', "serial": "SERIAL", "false": "false", "double": "DOUBLE PRECISION"}
    if "://" not in target:
        words = {"text": "TEXT", "serial": "INTEGER", "false": "0", "double": "DOUBLE"}
    execute(target, *VERSION_1.format(**words).split(";\n"))
    if "://" in target:
        execute(target, "SELECT setval('grades_id_seq', 1)")
    return target


@pytest.mark.parametrize("create", [False, True])
def test_open_when_it_is_of_an_older_format_says_how_to_upgrade(old, create):
    with pytest.raises(GradebookError) as error:
        open_gradebook(old, create=create)
    assert "has format 1" in error.value.problem
    assert "grade gradebook upgrade --gradebook" in error.value.remedy


def test_upgrade_keeps_everything_and_makes_the_newest_format(old):
    assert upgrade_gradebook(old) == 1
    with open_gradebook(old, create=True) as book:
        [grade] = book.grades(TOPICS, outcomes=True)
        assert (grade.topics[0].score, grade.submitted_at, grade.topics[0].digest) == (2.0, MONDAY, "")
        assert grade.topics[0].submitted_at == MONDAY  # late penalties are computed from it
        assert [outcome.sentence for outcome in grade.topics[0].outcomes] == ["One."]
        record(book, "ada", scored(ADAM, 3.0, submitted_at=FRIDAY, digest="ab"))
        book.override([override()])
        assert [past.score for past in book.history("ada")] == [2.0, 3.0]
    assert upgrade_gradebook(old) == 3


def columns(target: str) -> dict[str, Any]:
    url = target.replace("postgresql:", "postgresql+psycopg:") if "://" in target else f"sqlite:///{target}"
    engine = sa.create_engine(url)
    inspector = sa.inspect(engine)
    tables = {
        table: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)},
            sorted((index["name"], *index["column_names"]) for index in inspector.get_indexes(table)),
        )
        for table in inspector.get_table_names()
    }
    engine.dispose()
    return tables


def test_upgrade_makes_what_a_new_gradebook_has(old, tmp_path, request):
    upgrade_gradebook(old)
    fresh = str(tmp_path / "fresh.db")
    if "://" in old:
        fresh = request.getfixturevalue("server").new_database()
    open_gradebook(fresh, create=True).close()
    assert columns(old) == columns(fresh)


def test_upgrade_when_it_fails_changes_nothing(old, monkeypatch):
    before = columns(old)

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sa.schema.CreateColumn, "compile", stop)
    with pytest.raises(KeyboardInterrupt):
        upgrade_gradebook(old)
    assert columns(old) == before


def test_upgrade_when_it_is_no_gradebook_leaves_it_as_it_is(target):
    execute(target, "CREATE TABLE assignment (name TEXT)")
    with pytest.raises(GradebookError, match="is no gradebook"):
        upgrade_gradebook(target)
    assert list(columns(target)) == ["assignment"]


# --- copy


def everything(target: str) -> dict[str, list[Any]]:
    return {table.name: execute(target, f"SELECT * FROM {table.name} ORDER BY 1, 2") for table in TABLES.sorted_tables}


def fill(book: Gradebook) -> None:
    for number in range(5):
        record(book, f"s{number}", scored(ADAM, 1.0, submitted_at=MONDAY))
    record(book, "ada", scored(ADAM, 1.0), scored(DROPOUT, None, Status.NOT_GRADED))
    book.override([override()])
    book.remember(submissions="somewhere")


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_copy_has_every_row_of_every_table(book, target, to, tmp_path, server, monkeypatch):
    monkeypatch.setattr(copying, "_AT_ONCE", 2)  # rows
    fill(book)
    copy = str(tmp_path / "copy.db") if to == "sqlite" else server.new_database()
    assert copy_gradebook(book, copy) == 6
    book.close()
    assert everything(copy) == everything(target)
    with open_gradebook(copy, create=True) as other:
        record(other, "ada", scored(ADAM, 3.0))  # its numbers go on from the last
        other.override([override(None)])
        assert [past.score for past in other.history("ada") if past.topic == "adam"] == [1.0, 3.0]


def test_copy_when_the_gradebook_is_empty_is_an_empty_gradebook(book, tmp_path):
    assert copy_gradebook(book, tmp_path / "copy.db") == 0
    with open_gradebook(tmp_path / "copy.db", create=True) as other:
        record(other, "ada", scored(ADAM, 3.0))


def test_copy_when_somebody_writes_is_of_one_moment(book, target, tmp_path):
    record(book, "ada", scored(ADAM, 1.0))
    with open_gradebook(target, create=True) as writer:

        def write(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if "FROM submissions" in statement and not writer.history("later"):
                record(writer, "later", scored(ADAM, 1.0))

        sa.event.listen(book.engine, "after_cursor_execute", write)
        copy_gradebook(book, tmp_path / "copy.db")
        assert writer.students() == ["ada", "later"]
    with open_gradebook(tmp_path / "copy.db", create=False) as copy:
        assert copy.students() == ["ada"]
        assert copy.history("later") == []


def test_copy_when_the_file_exists_leaves_it(book, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(GradebookError, match="overwrites nothing"):
        copy_gradebook(book, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"


def test_copy_when_the_database_is_not_empty_leaves_it(book, database):
    with open_gradebook(database, create=True) as other:
        record(other, "ben", scored(ADAM, 3.0))
    with pytest.raises(GradebookError, match="is not empty"):
        copy_gradebook(book, database)


def test_copy_when_it_fails_leaves_no_file(book, target, tmp_path):
    record(book, "ada", scored(ADAM, 1.0))
    execute(target, "DROP TABLE outcomes")
    with pytest.raises(GradebookError):
        copy_gradebook(book, tmp_path / "folder.db")
    assert not list(tmp_path.glob("*.part"))
    assert not (tmp_path / "folder.db").exists()


# --- the commands


def test_commands_work_on_every_kind_of_gradebook(target, toy_course, hand_in, grade_command, tmp_path):
    right = "def double(x):\n    return 2.0 * x\ndef both(x):\n    return x, 2.0 * x\n"
    hand_in("ada", double=right)
    hand_in("ben", double=right.replace("2.0", "3.0"))

    def grade(*arguments: str | Path) -> str:
        done = grade_command(arguments[0], *arguments[1:], "--gradebook", target, "--course", toy_course)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    grade("batch", "submissions")
    grade("override", "ben", "double", "1.5", "--why", "so")
    suite = toy_course / "tests/hidden/test_double.py"
    suite.write_text(suite.read_text().replace("rng.normal(size=5)", "rng.normal(size=6)"))
    assert json.loads(grade("regrade", "--json"))["regraded"] == 2
    rows = [row.split(",")[:4] for row in grade("export", "csv", "--output", "-").splitlines()]
    assert rows[1:] == [["ada", "4", "missing", "4"], ["ben", "1.5", "missing", "1.5"]]
    assert len(json.loads(grade("log", "ben", "--json"))["history"]) == 3
    copies = tmp_path / "copies"
    copies.mkdir()
    done = grade_command("gradebook", "backup", copies, "--gradebook", target)
    [copy] = copies.iterdir()
    assert done.stdout == f"Copied 2 students to {copy}.\n"
    assert re.fullmatch(r"gradebook-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}Z\.db", copy.name)
    with open_gradebook(copy, create=False) as book:
        assert book.students() == ["ada", "ben"]


def test_gradebook_upgrade_says_what_it_did(old, grade_command):
    done = grade_command("gradebook", "upgrade", "--gradebook", old)
    assert (done.returncode, done.stdout) == (0, "Upgraded from format 1 to 3.\n")
    assert grade_command("gradebook", "upgrade", "--gradebook", old).stdout == "It has format 3 already.\n"


def test_gradebook_backup_when_the_target_is_a_url_does_not_show_its_password(
    database, server, grade_command, tmp_path
):
    open_gradebook(tmp_path / "gradebook.db", create=True).close()
    url = database.replace(f"{server.user}@", f"{server.user}:secret@")
    done = grade_command("gradebook", "backup", url, "--gradebook", "gradebook.db")
    assert done.returncode == 0, done.stderr
    assert "secret" not in done.stdout + done.stderr
    again = grade_command("gradebook", "backup", tmp_path / "gradebook.db", "--gradebook", url)
    assert again.returncode == 1
    assert "overwrites nothing" in again.stderr


# --- a server's own failures


def test_open_when_there_is_no_server_says_what_to_look_at(tmp_path):
    with pytest.raises(GradebookError) as error:
        open_gradebook(f"postgresql://ada:secret@/grades?host={tmp_path}", create=True)
    assert "cannot be reached" in error.value.problem
    assert "PGPASSWORD" in error.value.remedy
    assert "secret" not in str(error.value)


def test_open_when_the_database_is_missing_says_so(server):
    with pytest.raises(GradebookError, match="does not exist") as error:
        open_gradebook(server.url("nowhere"), create=True)
    assert "createdb" in error.value.remedy


def test_open_when_the_database_belongs_to_another_program_leaves_it(database):
    execute(database, "CREATE TABLE assignment (name TEXT)")
    with pytest.raises(GradebookError, match="is no gradebook"):
        open_gradebook(database, create=True)
    assert list(columns(database)) == ["assignment"]


def test_open_when_the_database_is_empty_makes_a_gradebook_only_if_told(database):
    with pytest.raises(GradebookError, match="is no gradebook"):
        open_gradebook(database, create=False)
    open_gradebook(database, create=True).close()
    open_gradebook(database, create=False).close()


def test_record_when_the_user_may_not_write_says_so(server, database):
    with open_gradebook(database, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
    execute(
        database,
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    )
    with open_gradebook(database.replace(f"{server.user}@", "reader@"), create=False) as book:
        assert book.students() == ["ada"]
        with pytest.raises(GradebookError, match="may not be used by this user"):
            record(book, "ada", scored(ADAM, 2.0))
    execute(database, "DROP OWNED BY reader", "DROP ROLE reader")


def test_record_when_another_does_not_let_go_says_so(database):
    with open_gradebook(database, create=True, busy_seconds=0.05) as book:
        record(book, "ada", scored(ADAM, 1.0))
        engine = sa.create_engine(database.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as other:
            other.exec_driver_sql("LOCK TABLE grades IN EXCLUSIVE MODE")
            with pytest.raises(GradebookError, match="in use by another program"):
                record(book, "ben", scored(ADAM, 1.0))
        engine.dispose()
        record(book, "ben", scored(ADAM, 1.0))
        assert book.students() == ["ada", "ben"]


def test_record_when_the_server_dropped_the_connection_opens_another(database):
    with open_gradebook(database, create=True) as book:
        record(book, "ada", scored(ADAM, 1.0))
        execute(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        record(book, "ben", scored(ADAM, 1.0))
        assert book.students() == ["ada", "ben"]


def test_open_when_the_driver_is_missing_says_how_to_install_it():
    code = """
import sys
sys.modules["psycopg"] = None
from grader.errors import GradebookError
from grader.gradebook import open_gradebook
try:
    open_gradebook("postgresql://ada@host/grades", create=True)
except GradebookError as error:
    print(error.remedy)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'deepgrade[postgresql]'" in done.stdout
