"""The course list: read in whatever form a system gives it, or refused with file, line and remedy."""

from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake.roster import Field, Roster, comparable, read_roster


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def ids(roster: Roster) -> list[str]:
    return [student.student_id for student in roster.students]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("student_id\nada\nben\n", ["ada", "ben"]),
        ("Student ID;Name\nada;Ada\nben;Ben\n", ["ada", "ben"]),
        ("id,first_name,last_name,email,lms_user_id\nada,A,L,a@x.org,5\nben,B,,,\n", ["ada", "ben"]),
        ("Student,ID,SIS User ID,SIS Login ID,Section\n,,,,\nA,1,S1,ada,x\nTest,2,,,x\n", ["S1", "2"]),
        ("Identifier,Full name,Email address\nParticipant 7,Ada,a@x.org\n", ["a@x.org"]),
        ("Last Name,First Name,Username,Student ID\nL,A,ada,S1\n", ["S1"]),
        ("OrgDefinedId,Username,End-of-Line Indicator\n#S1,#ada,#\n", ["S1"]),
        ("identifier,github_username,github_id,name\na@x.org,ada,1,Ada\n", ["a@x.org"]),
        ("username\r\nada\r\n\r\n", ["ada"]),
        ('student_id,why\n"a\nb",x\nben,y\n', ["a\nb", "ben"]),
    ],
)
def test_course_lists_of_many_systems_are_read(tmp_path, text, expected):
    assert ids(read_roster(written(tmp_path, text))) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_mark_of_the_encoding_does_not_matter(tmp_path, encoding):
    roster = read_roster(written(tmp_path, "student_id,name\nzoë,Zoë\n".encode(encoding)))
    assert ids(roster) == ["zoë"]


def test_a_list_in_latin_1_is_refused_with_the_line(tmp_path):
    path = written(tmp_path, "student_id,name\nada,Ada\nzoe,Zoë\n".encode("latin-1"))
    with pytest.raises(IntakeError) as error:
        read_roster(path)
    assert error.value.problem == f"{path}, line 3: this is not UTF-8 text (byte 0xeb)."
    assert "CSV UTF-8" in error.value.remedy
    assert "iconv" in error.value.remedy


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the header does not fit: (empty)"),
        ("name,age\nada,5\n", 1, "the header does not fit: name,age"),
        ("a|b|student_id\n", 1, "the header does not fit"),
        ("student_id,name\nada,Ada\n,Ben\n", 3, "there is no student_id"),
        ("student_id,name\nada,Ada\nada,Eve\n", 3, "'ada' stands in line 2 already"),
        ("student_id,email\nada,A@x.org\nben,b@x.org\neve, a@X.ORG\n", 4, "'a@x.org' stands in line 2 already"),
        ("student_id\nada\n=1+1\n", 3, "'=1+1' starts a formula"),
        ("student_id,username\nada,@sum(a)\n", 2, "'@sum(a)' starts a formula"),
        ("student_id\n-rf\n", 2, "starts a formula"),
        ("student_id,submitted_at\nada,yesterday\n", 2, "'yesterday' is no time"),
        ('student_id\n"ada\n', 2, "this is no CSV"),
        ("student_id\na\0da\n", 2, "this is no text"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_remedy(tmp_path, text, line, said):
    path = written(tmp_path, text)
    with pytest.raises(IntakeError) as error:
        read_roster(path)
    assert error.value.problem.startswith(f"{path}, line {line}: ")
    assert said in error.value.problem
    assert error.value.remedy
    assert error.value.exit_code == 2


def test_a_list_of_nobody_is_refused(tmp_path):
    with pytest.raises(IntakeError, match="names no student"):
        read_roster(written(tmp_path, "student_id\n"))


@pytest.mark.parametrize("name", ["", "nowhere.csv"])
def test_a_list_that_is_not_there_is_told(tmp_path, name):
    with pytest.raises(IntakeError) as error:
        read_roster(tmp_path / name)
    assert str(tmp_path / name) in error.value.problem


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (Field.NAME, "Liddell, Alice", "alice  liddell"),
        (Field.NAME, "Zoe\u0308", "ZOË"),
        (Field.EMAIL, "A@X.org", "a@x.ORG "),
        (Field.USERNAME, "Ada", "ada"),
        (Field.PARTICIPANT, "Participant 007", "Teilnehmer/in 7"),
        (Field.SID, " S 1", "S 1"),
    ],
)
def test_two_ways_to_write_a_name_are_equal(field, one, other):
    assert comparable(field, one) == comparable(field, other)


def test_ids_of_the_institution_keep_their_case():
    assert comparable(Field.SID, "s1") != comparable(Field.SID, "S1")


def test_a_number_of_one_kind_is_not_one_of_another(tmp_path):
    roster = read_roster(written(tmp_path, "student_id,user_id\n1,7\n7,1\n"))
    assert [one.student_id for one in roster.find([(Field.USER_ID, "7")])] == ["1"]
    assert [one.student_id for one in roster.find([(Field.ANY, "7")])] == ["1", "7"]
    assert roster.find([(Field.PARTICIPANT, "7")]) == []


def test_whoever_a_column_is_missing_of_may_be_found_by_the_student_id(tmp_path):
    roster = read_roster(written(tmp_path, "student_id\n12345\n"))
    assert len(roster.find([(Field.USER_ID, "12345")])) == 1
