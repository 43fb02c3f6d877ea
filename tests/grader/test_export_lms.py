"""The instructor's own file, filled in: nothing but our cells changes, and nothing is guessed."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError, IntakeError, UsageError
from grader.export.lms.columns import Choice
from grader.export.lms.into import Written, export_into
from grader.export.sheet import Sheet, read_sheet
from grader.intake.roster import read_roster
from grader.model import Grade, Isolation, Status, Submission, Topic, TopicScore
from grader.scoring import grade_of

TOPICS = (Topic(name="adam", title="Adam", max_score=6.0), Topic(name="weight_decay", title="Decay", max_score=4.0))
Score = float | Status


def grade(student_id: str, adam: Score, decay: Score) -> Grade:
    scores = [
        TopicScore(
            topic=topic.name,
            status=given if isinstance(given, Status) else Status.GRADED,
            score=None if isinstance(given, Status) else given,
            max_score=topic.max_score,
        )
        for topic, given in zip(TOPICS, (adam, decay), strict=True)
    ]
    submission = Submission(student_id=student_id, modules={})
    return grade_of(submission, scores, graded_at="2026-11-24T08:00:00+00:00", isolation=Isolation.FULL)


def exported(folder: Path, system: str, text: str | bytes, *grades: Grade, roster: str = "", **asked) -> bytes:
    return export(folder, system, text, *grades, roster=roster, **asked)[0]


def export(
    folder: Path, system: str, text: str | bytes, *grades: Grade, roster: str = "", **asked
) -> tuple[bytes, Written]:
    """Fill in a file; `asked` is the choice of columns and options."""
    into, out = folder / "export.csv", folder / "filled.csv"
    into.write_bytes(text if isinstance(text, bytes) else text.encode())
    if roster:
        (folder / "roster.csv").write_text(roster, "utf-8")
    options = {name: asked.pop(name) for name in ("id_columns", "zero_for_missing") if name in asked}
    written = export_into(
        system,
        into,
        out,
        TOPICS,
        grades,
        Choice(**asked),
        roster=read_roster(folder / "roster.csv") if roster else None,
        **options,
    )
    assert into.read_bytes() == (text if isinstance(text, bytes) else text.encode())
    return out.read_bytes(), written


def refused(folder: Path, system: str, text: str | bytes, *grades: Grade, **asked) -> GraderError:
    """What is said, and that nothing is written."""
    with pytest.raises(GraderError) as error:
        export(folder, system, text, *grades, **asked)
    assert not (folder / "filled.csv").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["export.csv"]
    assert error.value.remedy
    return error.value


# --- Canvas

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711),Adam (12),weight_decay (13),Notes,Final Score\r\n"
    ",,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,10,6,4,,(read only)\r\n"
    '"Liddell, Alice",12345,S1,alice,"Sec 1",,,,"said ""hi""",88\r\n'
    '"Builder, Bob",12346,S2,bob,Sec 1,EX,1,2.50,,\r\n'
    '"Zoë",12347,S3,zoe,Sec 1,"7",,3,,\r\n'
    '"Student, Test",99,,x,Sec 1,,,,,\r\n'
)
ALICE, BOB, ZOE = grade("12345", 6.0, 2.5), grade("S2", 5.0, 4.0), grade("zoe", Status.NOT_GRADED, 1.0)


def test_only_the_cells_of_the_column_change(tmp_path):
    data, written = export(tmp_path, "canvas", CANVAS, ALICE, BOB, ZOE, total="Homework 1")
    assert data.decode() == CANVAS.replace('"Sec 1",,,', '"Sec 1",8.5,,')
    assert written.filled.students == 1
    assert written.filled.kept == [("S2", "EX in Homework 1 (4711)"), ("zoe", "not graded")]
    assert written.filled.without_grade == [(7, "Student, Test 99 x")]


@pytest.mark.parametrize("name", ["Homework 1", "homework  1", "4711", "Homework 1 (4711)"])
def test_a_column_may_be_called_by_title_number_or_header(tmp_path, name):
    assert b'"Sec 1",8.5,' in exported(tmp_path, "canvas", CANVAS, ALICE, total=name)


def test_topics_go_into_columns_of_their_names_or_titles(tmp_path):
    data = exported(tmp_path, "canvas", CANVAS, ALICE, BOB, ZOE, every_topic=True).decode()
    rows = list(csv.reader(io.StringIO(data)))
    assert [row[6:8] for row in rows[3:6]] == [["6", "2.5"], ["5", "4"], ["", "1"]]
    assert [row[5] for row in rows[3:6]] == ["", "EX", "7"]


def test_total_and_topics_may_be_set_at_once(tmp_path):
    data = exported(tmp_path, "canvas", CANVAS, ALICE, total="4711", topics={"weight_decay": "Adam"}, out_of=4.0)
    assert b'"Sec 1",3.4,2.5,,' in data


def test_a_quoted_cell_stays_quoted(tmp_path):
    assert b'Sec 1,"3",,3,,' in exported(tmp_path, "canvas", CANVAS, grade("S3", 1.0, 2.0), total="4711")


def test_a_blank_never_overwrites_a_score(tmp_path):
    missing, unknown = grade("S3", Status.MISSING, Status.MISSING), grade("S2", Status.NOT_GRADED, 1.0)
    data, written = export(tmp_path, "canvas", CANVAS, missing, unknown, total="Adam", out_of=6.0)
    assert data.decode() == CANVAS
    assert dict(written.filled.kept) == {"S3": "handed in nothing", "S2": "not graded"}


def test_what_is_missing_is_a_zero_if_asked(tmp_path):
    missing = grade("S3", Status.MISSING, 2.0)
    data = exported(tmp_path, "canvas", CANVAS, missing, every_topic=True, zero_for_missing=True)
    assert b'Sec 1,"7",0,2,,' in data
    nothing = grade("S3", Status.MISSING, Status.MISSING)
    assert b'Sec 1,"0",,3,,' in exported(tmp_path, "canvas", CANVAS, nothing, total="4711", zero_for_missing=True)


def test_another_number_of_points_must_be_decided_on(tmp_path):
    text = CANVAS.replace(",10,6,4,", ",20,6,4,")
    error = refused(tmp_path, "canvas", text, ALICE, total="4711")
    assert "line 1: Homework 1 (4711) is out of 20 points, and the total is out of 10." in error.problem
    assert "--scale" in error.remedy
    assert "--out-of 10" in error.remedy
    assert b'"Sec 1",17,' in exported(tmp_path, "canvas", text, ALICE, total="4711", scale=True)
    assert b'"Sec 1",8.5,' in exported(tmp_path, "canvas", text, ALICE, total="4711", out_of=10.0)
    assert b'"Sec 1",2.83,' in exported(tmp_path, "canvas", text, grade("S1", 1.0, 0.0), total="4711", out_of=28.3)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "has 3 columns that take scores"),
        ({"total": "Homework 2"}, "has no column Homework 2"),
        ({"total": "Student"}, "has no column Student"),
        ({"total": "SIS User ID"}, "has no column SIS User ID"),
        ({"topics": {"adam": "Adam", "weight_decay": "Adam"}, "out_of": 1.0}, "cannot take both adam and weight_decay"),
    ],
)
def test_a_column_that_cannot_be_meant_is_refused_with_those_that_can(tmp_path, asked, said):
    error = refused(tmp_path, "canvas", CANVAS, ALICE, **asked)
    assert isinstance(error, UsageError)
    assert said in error.problem


def test_topics_without_a_column_are_told(tmp_path):
    error = refused(tmp_path, "canvas", CANVAS.replace("Adam (12)", "Something (12)"), ALICE, every_topic=True)
    assert "has no column, or several, for adam" in error.problem
    assert "--topic adam=COLUMN" in error.remedy


def test_a_read_only_column_is_refused(tmp_path):
    text = CANVAS.replace(",10,6,4,", ",(read only),6,4,")
    error = refused(tmp_path, "canvas", text, ALICE, total="Homework 1")
    assert error.problem.endswith("line 1: Homework 1 (4711) takes no scores. Canvas has it as read only.")
    assert "Adam (12)" in error.remedy


@pytest.mark.parametrize("title", ["Final Score", "My final score", "Current Grade", "Override Score"])
def test_a_title_that_canvas_passes_over_is_refused(tmp_path, title):
    text = CANVAS.replace("Homework 1 (", f"{title} (")
    assert "one of its own totals" in refused(tmp_path, "canvas", text, ALICE, total=title).problem


def test_the_minimal_file_is_enough(tmp_path):
    text = "Student,ID,SIS Login ID,Section,Homework 1 (4711)\n,,alice,,\n,,bob,,7\n"
    assert exported(tmp_path, "canvas", text, grade("alice", 5.0, 1.0)).decode() == text.replace("alice,,", "alice,,6")


def test_last_and_first_name_may_be_apart(tmp_path):
    text = "LastName,FirstName,ID,Section,Homework 1 (4711)\nLiddell,Alice,5,x,\n"
    assert exported(tmp_path, "canvas", text, grade("5", 5.0, 1.0)).endswith(b"Liddell,Alice,5,x,6\n")


def test_a_semicolon_and_a_decimal_comma_are_kept(tmp_path):
    text = "Student;ID;Section;Homework 1 (4711)\nAlice;5;x;7,25\nBob;6;x;\n"
    data = exported(tmp_path, "canvas", text, grade("5", 5.0, 1.5), grade("6", 5.25, 1.0))
    assert data.decode() == text.replace("7,25", "6,5").replace("Bob;6;x;", "Bob;6;x;6,25")


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("latin-1", b"")]
)
def test_the_encoding_is_kept_byte_for_byte(tmp_path, encoding, mark):
    text = mark + CANVAS.encode(encoding)
    assert exported(tmp_path, "canvas", text, ALICE, total="4711") == mark + CANVAS.replace(
        '"Sec 1",,', '"Sec 1",8.5,'
    ).encode(encoding)


# --- whose row is it


def test_students_without_a_row_are_listed(tmp_path):
    _, written = export(tmp_path, "canvas", CANVAS, ALICE, grade("eve", 1.0, 1.0), total="4711")
    assert written.filled.without_row == [("eve", "there is no such row")]


def test_nobody_with_a_row_is_an_error(tmp_path):
    error = refused(tmp_path, "canvas", CANVAS, grade("eve", 1.0, 1.0), total="4711")
    assert "Nobody in the gradebook has a row" in error.problem
    assert "--roster" in error.remedy


def test_an_id_that_is_anothers_number_is_listed_and_not_guessed(tmp_path):
    text = CANVAS.replace(",S2,", ",12345,")
    data, written = export(tmp_path, "canvas", text, ALICE, grade("zoe", 1.0, 1.0), total="4711")
    assert written.filled.without_row == [("12345", "lines 4 and 5 may be meant")]
    assert b'"Sec 1",,' in data


def test_two_students_of_the_gradebook_for_one_row_are_listed(tmp_path):
    data, written = export(tmp_path, "canvas", CANVAS, ALICE, grade("S1", 1.0, 1.0), BOB, total="4711")
    assert [student for student, _ in written.filled.without_row] == ["12345", "S1"]
    assert data.decode() == CANVAS


def test_a_roster_knows_the_names_that_the_system_uses(tmp_path):
    roster = "student_id,canvas_id\na.l@x.org,12345\n12345,12346\n"
    data = exported(
        tmp_path,
        "canvas",
        CANVAS,
        grade("a.l@x.org", 1.0, 1.0),
        grade("12345", 2.0, 2.0),
        total="Adam",
        out_of=10.0,
        roster=roster,
    )
    assert [row[6] for row in csv.reader(io.StringIO(data.decode()))][3:6] == ["2", "4", ""]


@pytest.mark.parametrize(("column", "value"), [(1, "12345"), (2, "S1"), (3, "alice"), (3, "ALICE")])
def test_two_rows_with_one_id_are_refused(tmp_path, column, value):
    row = ["Bob", "12346", "S2", "bob", "x", "", "", "", "", ""]
    row[column] = value
    text = CANVAS.replace('"Builder, Bob",12346,S2,bob,Sec 1,EX,1,2.50,,', ",".join(row))
    error = refused(tmp_path, "canvas", text, ALICE, total="4711")
    assert "line 5: " in error.problem
    assert "stands in line 4 already" in error.problem


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@a", "\t=1"])
def test_an_id_that_starts_a_formula_is_refused(tmp_path, value):
    error = refused(tmp_path, "canvas", CANVAS.replace("bob,Sec", f"{value},Sec"), ALICE, total="4711")
    assert "line 5: the SIS Login ID" in error.problem
    assert "starts a formula" in error.problem


def test_a_name_that_is_a_formula_is_neutralised_only_where_an_id_does_the_matching(tmp_path):
    text = "Student,ID,SIS Login ID,Section,Homework 1 (4711)\n=1+1,5,eve,,\n\"=cmd|'x'\",,,,\n"
    data = exported(tmp_path, "canvas", text, grade("5", 1.0, 1.0)).decode()
    assert data == text.replace("=1+1,5,eve,,", "'=1+1,5,eve,,2")


# --- the other systems

WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
    'Participant 501,Alice,a@x.org,Submitted,,10.00,Yes,"Friday, 20 November 2026, 9:00 AM",-,"keep, this"\r\n'
    "Participant 502,Bob,b@x.org,Submitted,5.00,10.00,No,-,-,\r\n"
)
MOODLE = (
    "First name,Last name,ID number,Email address,Assignment: Homework 1 (Real),Assignment: Homework 1 (Percentage),"
    "Assignment: Homework 1 (Feedback),Course total (Real),Last downloaded from this course\n"
    "Alice,Liddell,S1,a@x.org,-,-,,-,1795454649\nBob,Builder,S2,b@x.org,5.00,50,fine,5,1795454649\n"
)
BLACKBOARD = (
    '\ufeff"Last Name","First Name","Username","Student ID","Homework 1 [Total Pts: 10 Score] |1281892",'
    '"Effort [Total Pts: 10 Complete/Incomplete] |5"\r\n"Liddell","Alice","alice","S1","","x"\r\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Homework 1 Points Grade <Numeric MaxPoints:10 Weight:5 Category:Labs>,"
    "Sum Points Grade <Calculated>,End-of-Line Indicator\r\n#S1,#alice,,,#\r\n#S2,#bob,7,,#\r\n"
)
SAKAI = 'Student ID,Student Name,Homework 1 [10],* Homework 1,# Total [10]\nalice,"Liddell, Alice",,good,\n'


@pytest.mark.parametrize(
    ("system", "text", "student", "before", "after"),
    [
        ("moodle", WORKSHEET, "501", "Submitted,,10", "Submitted,8.5,10"),
        ("moodle", WORKSHEET, "a@x.org", "Submitted,,10", "Submitted,8.5,10"),
        ("moodle", MOODLE, "S1", "a@x.org,-,-", "a@x.org,8.5,-"),
        ("moodle", MOODLE.replace(",", ";"), "S1", "a@x.org;-;-", "a@x.org;8.5;-"),
        ("moodle", MOODLE.replace(",", "\t"), "S1", "a@x.org\t-\t-", "a@x.org\t8.5\t-"),
        ("blackboard", BLACKBOARD, "alice", '"S1","",', '"S1","8.5",'),
        ("blackboard", BLACKBOARD.replace(",", "\t").replace('"', ""), "S1", "S1\t\t", "S1\t8.5\t"),
        ("brightspace", BRIGHTSPACE, "S1", "#alice,,", "#alice,8.5,"),
        ("brightspace", BRIGHTSPACE, "alice", "#alice,,", "#alice,8.5,"),
        ("sakai", SAKAI, "alice", 'Alice",,good', 'Alice",8.5,good'),
        ("sakai", SAKAI.replace(",", ";"), "alice", 'Alice";;good', 'Alice";8,5;good'),
    ],
)
def test_each_system_gets_its_file_back_with_one_cell_set(tmp_path, system, text, student, before, after):
    assert text.count(before) == 1
    data, written = export(tmp_path, system, text, grade(student, 6.0, 2.5))
    assert data.decode() == text.replace(before, after)
    assert written.filled.without_row == []


def test_the_example_files_of_the_systems_are_taken(tmp_path):
    examples = {
        "canvas": CANVAS,
        "moodle": MOODLE,
        "blackboard": BLACKBOARD,
        "brightspace": BRIGHTSPACE,
        "sakai": SAKAI,
    }
    for system in examples:
        for other, text in examples.items():
            if system != other and {system, other} != {"moodle", "blackboard"} and system != "moodle":
                assert "the header does not fit" in refused(tmp_path, system, text, ALICE).problem


def test_a_locked_row_of_moodle_is_left_and_listed(tmp_path):
    data, written = export(tmp_path, "moodle", WORKSHEET, grade("501", 1.0, 1.0), grade("502", 6.0, 4.0))
    assert b"b@x.org,Submitted,5.00," in data
    assert written.filled.kept == [("502", "locked in Moodle")]


def test_a_number_in_a_students_name_is_no_participant(tmp_path):
    assert "Nobody" in refused(tmp_path, "moodle", WORKSHEET, grade("alice501", 1.0, 1.0)).problem


def test_a_worksheet_in_another_language_is_filled_if_the_columns_are_named(tmp_path):
    text = (
        "ID;Vollständiger Name;Bewertung;Bestwertung\nTeilnehmer/in 501;Alice;;10,00\nTeilnehmer/in 502;Bob;3,5;10,00\n"
    )
    error = refused(tmp_path, "moodle", text, grade("501", 6.0, 2.5))
    assert "--id COLUMN --total COLUMN" in error.remedy
    data = exported(tmp_path, "moodle", text, grade("501", 6.0, 2.5), id_columns=("id",), total="Bewertung")
    assert data.decode() == text.replace("Alice;;", "Alice;8,5;")


@pytest.mark.parametrize(
    ("system", "text", "column", "said"),
    [
        ("moodle", MOODLE, "Course total", "Moodle computes it"),
        ("blackboard", BLACKBOARD, "Effort", "Complete/Incomplete"),
        ("brightspace", BRIGHTSPACE, "Sum", "Brightspace computes it"),
    ],
)
def test_what_a_system_computes_or_has_as_words_is_refused(tmp_path, system, text, column, said):
    assert said in refused(tmp_path, system, text, grade("S1", 1.0, 1.0), total=column).problem


@pytest.mark.parametrize("system", ["moodle", "blackboard", "brightspace", "sakai"])
def test_points_that_the_file_gives_are_compared(tmp_path, system):
    text = {"moodle": WORKSHEET, "blackboard": BLACKBOARD, "brightspace": BRIGHTSPACE, "sakai": SAKAI}[system]
    for ten in ("10.00,", "Pts: 10 ", "MaxPoints:10 ", "[10]"):
        text = text.replace(ten, ten.replace("10", "20"))
    student = "501" if system == "moodle" else "alice"
    assert "is out of 20 points" in refused(tmp_path, system, text, grade(student, 6.0, 2.5)).problem
    assert b"17" in exported(tmp_path, system, text, grade(student, 6.0, 2.5), scale=True)


# --- files that are none


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "line 1: the header does not fit: (empty)"),
        (b"a,b,c\n1,2,3\n", "line 1: the header does not fit: a,b,c"),
        (b"PK\x03\x04whatever", "is a workbook"),
        (b"\xd0\xcf\x11\xe0whatever", "is a workbook"),
        (b"Student,ID,Section,H (1)\n\0,5,x,\n", "line 2: this is no text"),
        (b'Student,ID,Section,H (1)\nA,5,x,\n"B,6,x,\n', "line 3: a quote is not closed"),
        (b"Student,ID,Section,H (1)\nA,5,x,\nB,6\n", "line 3: there are 2 cells, and the header has more"),
    ],
)
def test_a_file_that_is_none_is_refused_with_line_and_remedy(tmp_path, text, said):
    error = refused(tmp_path, "canvas", text, grade("5", 1.0, 1.0), grade("6", 1.0, 1.0))
    assert isinstance(error, IntakeError)
    assert said in error.problem
    assert str(tmp_path / "export.csv") in error.problem


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "filled.csv").mkdir()
    with pytest.raises(GraderError, match="is a folder"):
        export(tmp_path, "canvas", CANVAS, ALICE, total="4711")
    assert list((tmp_path / "filled.csv").iterdir()) == []


# --- the sheet


def sheet_of(folder: Path, data: bytes) -> Sheet:
    (folder / "sheet.csv").write_bytes(data)
    return read_sheet(folder / "sheet.csv", (",", ";", "\t"), lambda _: True, "")


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1), min_size=1),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.booleans(),
    st.booleans(),
)
def test_a_sheet_says_what_csv_says_and_is_written_back_as_it_was(tmp_path_factory, rows, end, quoted, closed):
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerows(rows)
    text = out.getvalue() if closed else out.getvalue().removesuffix(end)
    sheet = sheet_of(tmp_path_factory.getbasetemp(), text.encode())
    assert sheet.encoded() == text.encode()
    assert [sheet.values(row) for row in range(len(sheet))] == [
        row or [""] for row in csv.reader(io.StringIO(text, newline=""))
    ]


def test_a_cell_with_signs_in_it_is_quoted_when_it_is_set(tmp_path):
    sheet = sheet_of(tmp_path, b"a,b\n1,2\n")
    sheet.set(1, 1, 'x, "y"')
    assert sheet.encoded() == b'a,b\n1,"x, ""y"""\n'
    assert sheet.value(1, 1) == 'x, "y"'
    assert sheet.value(1, 7) == ""


def test_lines_are_counted_through_cells_of_several_lines(tmp_path):
    sheet = sheet_of(tmp_path, b'a,b\r\n"1\r\n\r\n2",x\r\n3,4\r\n')
    assert [sheet.line(row) for row in range(3)] == [1, 2, 5]
