"""Downloads as each system names them, as folders and zips: whose is what, which attempt counts, what is listed."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.errors import IntakeError
from grader.intake.layouts import LAYOUTS
from grader.intake.opening import Class, open_class
from grader.intake.roster import Roster, read_roster
from grader.model import Submission

TOPICS = ("adam", "dropout")
Files = Mapping[str, str]


@pytest.fixture(params=["folder", "zip", "zip with a folder around it"])
def download(request, tmp_path) -> Callable[[Files], Path]:
    """Writes a download: by path in it, what a file holds."""

    def write(files: Files, name: str = "download") -> Path:
        if request.param == "folder":
            return write_folder(tmp_path / name, files)
        around = "hw1/" if "with" in request.param else ""
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for path, text in files.items():
                archive.writestr(around + path, text)
        return tmp_path / f"{name}.zip"

    return write


def write_folder(root: Path, files: Files) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def roster_of(folder: Path, *lines: str) -> Roster:
    (folder / "roster.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return read_roster(folder / "roster.csv")


def submissions(found: Class) -> dict[str, Submission]:
    return {entry.student_id: entry.read(TOPICS) for entry in found.entries}


def sources(found: Class) -> dict[str, dict[str, str]]:
    """By student and topic, what was handed in."""
    return {
        student: {topic: module.source.decode() or module.problem for topic, module in one.modules.items()}
        for student, one in submissions(found).items()
    }


def strays(found: Class) -> dict[str, str]:
    return {stray.name: stray.why for stray in found.strays}


# --- Canvas

CANVAS = {
    "liddellalice_12345_701_adam.py": "alice",
    "liddellalice_12345_702_dropout.py": "alice",
    "builderbob_LATE_12346_703_adam.py": "bob",
    "o_neil_7_704_my_notes.txt": "",
    "o_neil_7_705_adam.py": "o_neil",
    "张伟_99_706_adam.py": "wei",
    "carol_55_text.html": "<p>done</p>",
}


def test_canvas_files_go_to_the_user_whose_number_they_bear(download):
    found = open_class(download(CANVAS), TOPICS)
    assert found.layout.name == "canvas"
    assert sources(found) == {
        "12345": {"adam": "alice", "dropout": "alice"},
        "12346": {"adam": "bob"},
        "55": {},
        "7": {"adam": "o_neil"},
        "99": {"adam": "wei"},
    }
    assert strays(found) == {}


def test_canvas_times_are_those_of_the_download_and_do_not_count(download):
    assert {one.submitted_at for one in submissions(open_class(download(CANVAS), TOPICS)).values()} == {None}


def test_canvas_replaced_files_count_under_their_own_name_and_the_newest_is_recorded(download):
    files = {
        "alice_1_11_adam.py": "first",
        "alice_1_40_adam-2.py": "third",
        "alice_1_22_adam-1.py": "second",
        "alice_1_41_notes-1.py": "",
    }
    found = open_class(download(files), TOPICS)
    assert sources(found) == {"1": {"adam": "third"}}
    assert submissions(found)["1"].attempt == "alice_1_40_adam-2.py, alice_1_41_notes-1.py"


def test_canvas_anonymous_files_keep_the_anonymous_id(download):
    files = {"anon_xY3_11_adam.py": "x", "LATE_anon_12_22_adam.py": "y"}
    assert sources(open_class(download(files), TOPICS)) == {"anon_12": {"adam": "y"}, "anon_xY3": {"adam": "x"}}


def test_canvas_names_that_are_numbers_are_listed(download):
    found = open_class(download(CANVAS | {"4711_12_13_adam.py": "who", "readme.md": ""}), TOPICS)
    assert "number" in strays(found)["4711_12_13_adam.py"]
    assert "not named as Canvas" in strays(found)["readme.md"]
    assert len(found.entries) == 5


# --- Moodle

MOODLE = {
    "Alice Liddell_501_assignsubmission_file/adam.py": "alice",
    "Alice Liddell_501_assignsubmission_file/more/dropout.py": "alice",
    "Alice Liddell_501_assignsubmission_onlinetext/onlinetext.html": "",
    "Bob van der Berg_502_assignsubmission_file_/adam.py": "bob",
    "Participant_503_assignsubmission_file/adam.py": "blind",
    "Carol_504_assignsubmission_onlinetext/onlinetext.html": "",
}


def test_moodle_folders_go_to_the_participant_of_the_worksheet(download):
    found = open_class(download(MOODLE), TOPICS)
    assert found.layout.name == "moodle"
    assert sources(found) == {
        "501": {"adam": "alice", "dropout": "alice"},
        "502": {"adam": "bob"},
        "503": {"adam": "blind"},
        "504": {},
    }


def test_moodle_files_without_folders_are_read_alike(download):
    files = {
        "Alice Liddell_501_assignsubmission_file_adam.py": "alice",
        "Alice Liddell_501_assignsubmission_file_dropout.py": "alice",
        "Bob_502_assignsubmission_file_adam.py": "bob",
    }
    found = open_class(download(files), TOPICS)
    assert sources(found) == {"501": {"adam": "alice", "dropout": "alice"}, "502": {"adam": "bob"}}


def test_moodle_default_team_has_no_number_and_is_listed(download):
    found = open_class(download(MOODLE | {"Default group_assignsubmission_file/adam.py": "?"}), TOPICS)
    assert strays(found) == {"Default group_assignsubmission_file": "It has no number of a participant."}


@pytest.mark.parametrize(
    "lines",
    [
        ("student_id,participant", "alice,501", "bob,502", "eve,503", "carol,504"),
        (
            "student_id,Identifier",
            "alice,Participant 501",
            "bob,Participant 502",
            "eve,Teilnehmer/in 503",
            "carol,X 504",
        ),
    ],
)
def test_moodle_is_matched_by_the_number_of_the_worksheet(download, tmp_path, lines):
    found = open_class(download(MOODLE), TOPICS, roster=roster_of(tmp_path, *lines))
    assert {student: of.get("adam") for student, of in sources(found).items()} == {
        "alice": "alice",
        "bob": "bob",
        "carol": None,
        "eve": "blind",
    }
    assert strays(found) == {}


@pytest.mark.parametrize(
    "lines",
    [
        ("student_id,Full name", "alice,Alice Liddell", 'bob,"van der Berg, Bob"', "carol,carol"),
        ("student_id,First name,Last name", "alice,Alice,Liddell", "bob,Bob,van der Berg", "carol,Carol,"),
    ],
)
def test_moodle_is_matched_by_a_name_that_one_person_has(download, tmp_path, lines):
    found = open_class(download(MOODLE), TOPICS, roster=roster_of(tmp_path, *lines))
    read = sources(found)
    assert (read["alice"]["adam"], read["bob"]["adam"], read["carol"]) == ("alice", "bob", {})
    assert "Participant_503_assignsubmission_file" in strays(found)


def test_a_name_does_not_count_against_another_number(download, tmp_path):
    roster = roster_of(tmp_path, "student_id,participant,name", "alice,999,Alice Liddell")
    found = open_class(download(MOODLE), TOPICS, roster=roster)
    assert sources(found) == {"alice": {}}
    assert "nobody called 501 or Alice Liddell" in "".join(strays(found).values())


# --- Gradescope

GRADESCOPE = {
    "submission_metadata.yml": """
submission_11:
  :submitters:
  - :name: Alice Liddell
    :sid: 'S001'
    :email: alice@example.edu
  - :name: Bob
    :email: bob@example.edu
  :created_at: 2026-11-20 09:00:00.123456 Z
  :score: 3.0
submission_12:
  :submitters:
  - :name: Eve
    :sid: 17
submission_13:
  :submitters: []
submission_14:
  :submitters:
  - :name: Nobody
""",
    "submission_11/adam.py": "group",
    "submission_12/adam.py": "eve",
    "submission_13/adam.py": "whose",
    "submission_15/adam.py": "whose",
}


def test_gradescope_metadata_says_whose_a_folder_is_and_a_group_shares_it(download):
    found = open_class(download(GRADESCOPE), TOPICS)
    assert found.layout.name == "gradescope"
    assert sources(found) == {"17": {"adam": "eve"}, "S001": {"adam": "group"}, "bob@example.edu": {"adam": "group"}}
    assert {student: one.submitted_at for student, one in submissions(found).items()} == {
        "17": None,
        "S001": "2026-11-20T09:00:00+00:00",
        "bob@example.edu": "2026-11-20T09:00:00+00:00",
    }
    assert set(strays(found)) == {"submission_13", "submission_14", "submission_15"}


@pytest.mark.parametrize(
    ("text", "said"),
    [("a: [", "line 2"), ("- a", "no list"), ("a: !!python/object/apply:os.getcwd []", "no YAML"), ("\x01", "no YAML")],
)
def test_gradescope_metadata_that_is_no_yaml_is_an_error_that_says_where(download, text, said):
    with pytest.raises(IntakeError) as error:
        open_class(download(GRADESCOPE | {"submission_metadata.yml": text}), TOPICS)
    assert "submission_metadata.yml" in error.value.problem
    assert said in error.value.problem


# --- Blackboard


def blackboard(user: str, time: str, text: str, *, receipt: bool = True, head: str = "HW 1") -> Files:
    stem = f"{head}_{user}_attempt_{time}"
    written = {f"{stem}.txt": f"Name: Somebody Or (Other) ({user})\nAssignment: {head}\n"} if receipt else {}
    return {f"{stem}_adam.py": text, **written}


@pytest.fixture
def utc(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("utc")
def test_blackboard_newest_of_several_attempts_counts_and_is_recorded(download):
    files = {
        **blackboard("alice_l", "2026-11-19-10-00-00", "first", head="HW_1"),
        **blackboard("alice_l", "2026-11-20-23-59-01", "newest", head="HW_1"),
        **blackboard("alice_l", "2026-11-20-09-00-00", "second", head="HW_1"),
        **blackboard("bob", "2026-11-18-00-00-00", "bob", head="HW_1"),
    }
    found = open_class(download(files), TOPICS)
    assert found.layout.name == "blackboard"
    assert sources(found) == {"alice_l": {"adam": "newest"}, "bob": {"adam": "bob"}}
    alice = submissions(found)["alice_l"]
    assert alice.attempt == "HW_1_alice_l_attempt_2026-11-20-23-59-01 (the newest of 3)"
    assert alice.submitted_at == "2026-11-20T23:59:01+00:00"
    assert found.repeated == 1


def test_blackboard_receipts_of_others_tell_where_the_username_begins(download):
    files = {
        **blackboard("bob", "2026-11-18-00-00-00", "bob", head="HW_1"),
        **blackboard("alice_l", "2026-11-19-10-00-00", "alice", head="HW_1", receipt=False),
    }
    assert set(sources(open_class(download(files), TOPICS))) == {"alice_l", "bob"}


def test_blackboard_without_receipts_does_not_guess_but_asks_the_roster(download, tmp_path):
    path = download(blackboard("alice_l", "2026-11-19-10-00-00", "alice", receipt=False, head="HW_1"))
    with_nobody = open_class(path, TOPICS)
    assert with_nobody.entries == []
    assert "--roster" in strays(with_nobody)["HW_1_alice_l_attempt_2026-11-19-10-00-00"]
    found = open_class(path, TOPICS, roster=roster_of(tmp_path, "student_id,username", "S1,ALICE_L", "S2,1"))
    assert sources(found) == {"S1": {"adam": "alice"}, "S2": {}}
    both = open_class(path, TOPICS, roster=roster_of(tmp_path, "student_id,username", "S1,alice_l", "S2,l"))
    assert both.entries == []
    assert "S1 (line 2) and S2 (line 3)" in "".join(strays(both).values())


# --- Brightspace

BRIGHTSPACE = {
    "index.html": "",
    "11-22 - Alice Liddell - Sep 24, 2026 926 PM/adam.py": "newest",
    "11-22 - Alice Liddell - Sep 24, 2026 1126 AM/adam.py": "older",
    "11-22 - Bob Builder - Sep 25, 2026 126 AM/adam.py": "bob",
}


@pytest.mark.usefixtures("utc")
def test_brightspace_folders_go_to_names_and_the_newest_counts(download):
    found = open_class(download(BRIGHTSPACE), TOPICS)
    assert found.layout.name == "brightspace"
    assert sources(found) == {"Alice Liddell": {"adam": "newest"}, "Bob Builder": {"adam": "bob"}}
    assert {one.submitted_at for one in submissions(found).values()} == {
        "2026-09-24T21:26:00+00:00",
        "2026-09-25T01:26:00+00:00",
    }


def test_brightspace_files_without_folders_are_read_alike(download):
    files = {f"{path.rpartition('/')[0]} - adam.py": text for path, text in BRIGHTSPACE.items() if "/" in path}
    assert sources(open_class(download(files), TOPICS))["Alice Liddell"] == {"adam": "newest"}


def test_brightspace_one_name_with_two_numbers_may_be_two_people_and_is_listed(download, tmp_path):
    path = download(BRIGHTSPACE | {"99-22 - Bob Builder - Sep 26, 2026 126 AM/adam.py": "another"})
    found = open_class(path, TOPICS)
    assert set(sources(found)) == {"Alice Liddell"}
    assert set(strays(found).values()) == {"Two people may be called Bob Builder. Give a course list: --roster."}
    one = roster_of(tmp_path, "student_id,name", "a,Alice Liddell", "b,Bob Builder")
    assert sources(open_class(path, TOPICS, roster=one))["b"] == {"adam": "another"}
    two = roster_of(tmp_path, "student_id,name", "a,Alice Liddell", "b,Bob Builder", 'c,"Builder, Bob"')
    listed = open_class(path, TOPICS, roster=two)
    assert set(sources(listed)) == {"a"}  # neither b nor c is taken for somebody who handed in nothing
    assert len(listed.strays) == 2


def test_attempts_at_the_same_minute_are_listed(download):
    files = BRIGHTSPACE | {"11-22 - Bob Builder - Sep 25, 2026 0126 AM/adam.py": "another"}
    found = open_class(download(files), TOPICS)
    assert set(sources(found)) == {"Alice Liddell"}
    assert set(strays(found).values()) == {"It cannot be told which one of Bob Builder is the newest."}


# --- Sakai

SAKAI = {
    "grades.csv": "",
    "Liddell, Alice(alice)/Submission attachment(s)/adam.py": "alice",
    "Liddell, Alice(alice)/Feedback Attachment(s)/dropout.py": "the staff's",
    "Liddell, Alice(alice)/timestamp.txt": "2026-11-20T08:00:00Z",
    "Liddell, Alice(alice)/comments.txt": "",
    "Builder, Bob(bob)/Submission attachment(s)/adam.py": "bob",
    "Builder, Bob(bob)/timestamp.txt": "20261120080000000",
    "Eve(eve)/Eve(eve)_submissionText.html": "",
    "Eve(eve)/timestamp.txt": "",
}


def test_sakai_folders_go_to_the_id_in_brackets_and_only_attachments_count(download):
    found = open_class(download({f"Homework 1/{path}": text for path, text in SAKAI.items()}), TOPICS, layout=None)
    assert found.layout.name == "sakai"
    assert sources(found) == {"alice": {"adam": "alice"}, "bob": {"adam": "bob"}, "eve": {}}
    assert {student: one.submitted_at for student, one in submissions(found).items()} == {
        "alice": "2026-11-20T08:00:00+00:00",
        "bob": "2026-11-20T08:00:00+00:00",
        "eve": None,
    }
    assert strays(found) == {}


def test_sakai_files_without_folders_are_read_alike(download):
    files = {
        "grades.csv": "",
        "Liddell, Alice(alice)_Submission attachment(s)_adam.py": "alice",
        "Liddell, Alice(alice)_timestamp.txt": "",
        "Builder, Bob(bob)_Submission attachment(s)_adam.py": "bob",
    }
    assert sources(open_class(download(files), TOPICS)) == {"alice": {"adam": "alice"}, "bob": {"adam": "bob"}}


# --- GitHub Classroom

GITHUB = {
    "hw1-alice/.git/HEAD": "",
    "hw1-alice/src/adam.py": "alice",
    "hw1-bob-b/.git/HEAD": "",
    "hw1-bob-b/adam.py": "bob",
}


def test_github_repositories_go_to_usernames_if_the_folder_tells_the_assignment(tmp_path):
    found = open_class(write_folder(tmp_path / "hw1-submissions", GITHUB), TOPICS)
    assert found.layout.name == "github"
    assert sources(found) == {"alice": {"adam": "alice"}, "bob-b": {"adam": "bob"}}


def test_github_repositories_elsewhere_are_called_by_their_names_or_by_the_roster(download, tmp_path):
    path = download(GITHUB)
    assert set(sources(open_class(path, TOPICS))) == {"hw1-alice", "hw1-bob-b"}
    roster = roster_of(
        tmp_path,
        "assignment_name,github_username,roster_identifier,student_repository_name,submission_timestamp",
        "hw1,alice,S1,hw1-alice,2026-05-01 09:00:00 UTC",
        "hw1,bob-b,S2,hw1-bob-b,",
    )
    found = open_class(path, TOPICS, roster=roster)
    assert sources(found) == {"S1": {"adam": "alice"}, "S2": {"adam": "bob"}}
    assert [entry.submitted_at for entry in found.entries] == ["2026-05-01T09:00:00+00:00", None]


# --- nbgrader


@pytest.mark.parametrize("inside", ["", "submitted/"])
def test_nbgrader_submitted_is_read_with_its_times(download, inside):
    notebook = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}]})
    files = {
        f"{inside}alice/hw1/adam.ipynb": notebook,
        f"{inside}alice/hw1/timestamp.txt": "2026-11-01 10:00:00 UTC\n",
        f"{inside}alice/hw2/dropout.ipynb": notebook,
        f"{inside}alice/hw2/timestamp.txt": "2026-11-02 10:00:00.5 UTC",
        f"{inside}bob/hw1/adam.ipynb": notebook,
    }
    if inside:
        files |= {"source/hw1/adam.ipynb": notebook, "release/hw1/adam.ipynb": notebook, "gradebook.db": ""}
    found = open_class(download(files), TOPICS)
    assert found.layout.name == "nbgrader"
    read = submissions(found)
    assert {student: sorted(one.modules) for student, one in read.items()} == {
        "alice": ["adam", "dropout"],
        "bob": ["adam"],
    }
    assert (read["alice"].submitted_at, read["bob"].submitted_at) == ("2026-11-02T10:00:00+00:00", None)
    assert all(not module.problem for one in read.values() for module in one.modules.values())


# --- a folder or a zip for each student

PLAIN = {"ada/adam.py": "ada", "ben/hand-in/adam.py": "ben", "notes.txt": ""}


def test_a_folder_for_each_student_is_what_remains(tmp_path):
    found = open_class(write_folder(tmp_path / "class", PLAIN), TOPICS)
    assert found.layout.name == "folders"
    assert sources(found) == {"ada": {"adam": "ada"}, "ben": {"adam": "ben"}}
    assert strays(found) == {}


@pytest.mark.parametrize("around", ["", "class/", "submissions/"])
def test_a_folder_for_each_student_may_be_zipped(tmp_path, around):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for path in ("ada/adam.py", "ben/adam.py", ".DS_Store"):
            archive.writestr(around + path, path)
        archive.writestr("__MACOSX/._ada", "")
    assert set(sources(open_class(tmp_path / "class.zip", TOPICS))) == {"ada", "ben"}


def test_a_zip_of_one_student_is_a_class_of_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.writestr("ada/adam.py", "x")
    assert sources(open_class(tmp_path / "class.zip", TOPICS)) == {"ada": {"adam": "x"}}


def test_times_in_a_folder_and_in_a_zip_of_it_are_the_same(tmp_path):
    write_folder(tmp_path / "class", PLAIN)
    os.utime(tmp_path / "class/ada/adam.py", (1795454650, 1795454650))
    shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "class")
    folder, archive = (submissions(open_class(tmp_path / name, TOPICS)) for name in ("class", "packed.zip"))
    assert folder["ada"].submitted_at == archive["ada"].submitted_at == "2026-11-23T17:24:10+00:00"
    assert archive["ada"].modules["adam"].submitted_at == "2026-11-23T17:24:10+00:00"


def test_a_zip_for_each_student_will_do(tmp_path):
    for student in ("ada", "ben"):
        with zipfile.ZipFile(tmp_path / f"{student}.zip", "w") as archive:
            archive.writestr("work/adam.py", student)
    assert sources(open_class(tmp_path, TOPICS)) == {"ada": {"adam": "ada"}, "ben": {"adam": "ben"}}
    (tmp_path / "ben.zip").unlink()
    with pytest.raises(IntakeError) as error:
        open_class(tmp_path, TOPICS)
    assert "holds only ada.zip" in error.value.problem


# --- rosters and recognition


def test_whoever_is_on_the_roster_and_handed_in_nothing_is_missing_and_strangers_are_listed(download, tmp_path):
    roster = roster_of(
        tmp_path,
        "Student,ID,SIS User ID,SIS Login ID,Section",
        "    Points Possible,,,,",
        '"Liddell, Alice",12345,S1,alice,1',
        "Bob,12346,S2,bob,1",
        "Carol,1,S3,carol,1",
    )
    found = open_class(download(CANVAS), TOPICS, roster=roster)
    assert sources(found) == {"S1": {"adam": "alice", "dropout": "alice"}, "S2": {"adam": "bob"}, "S3": {}}
    assert strays(found)["carol_55_text.html"] == "roster.csv has nobody called 55."
    assert len(found.strays) == 3


def test_a_folder_name_may_be_any_name_of_the_roster_but_only_of_one_person(tmp_path):
    path = write_folder(tmp_path / "class", {f"{name}/adam.py": name for name in ("s1", "b@x.org", "Eve  Fox", "42")})
    roster = roster_of(
        tmp_path, "student_id,username,email,name,user_id", "1,S1,,,", "2,,B@x.org,,42", '3,,,"FOX, eve",', "42,,,,"
    )
    found = open_class(path, TOPICS, roster=roster)
    assert sources(found) == {"1": {"adam": "s1"}, "2": {"adam": "b@x.org"}, "3": {"adam": "Eve  Fox"}}
    assert strays(found) == {"42": "42 may be 2 (line 3) and 42 (line 5) of roster.csv."}


def test_times_of_the_roster_count_before_those_of_the_download(download, tmp_path):
    roster = roster_of(tmp_path, "student_id,user_id,submitted_at", "a,12345,2026-11-20T09:00:00+01:00", "b,12346,")
    read = submissions(open_class(download(CANVAS), TOPICS, roster=roster))
    assert (read["a"].submitted_at, read["b"].submitted_at) == ("2026-11-20T08:00:00+00:00", None)


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_layout_that_does_not_fit_is_told(tmp_path, name):
    (tmp_path / "class").mkdir()
    with pytest.raises(IntakeError) as error:
        open_class(tmp_path / "class", TOPICS, layout=name)
    assert str(tmp_path / "class") in str(error.value)


def test_a_layout_that_is_named_is_not_questioned(download):
    few = {"alice_1_11_adam.py": "alice", "a.txt": "", "b.txt": "", "c.txt": ""}
    found = open_class(download(few), TOPICS, layout="canvas")
    assert set(sources(found)) == {"1"}
    assert set(strays(found)) == {"a.txt", "b.txt", "c.txt"}


def test_what_lies_beside_the_folders_and_may_be_work_is_listed(download):
    files = {"ada/adam.py": "a", "ben/adam.py": "b", "eve.zip": "?", "ada.zip": "?", "adam.py": "?", "notes.txt": "?"}
    found = open_class(download(files), TOPICS)
    assert sorted(submissions(found)) == ["ada", "ben"]
    assert [(stray.name, stray.why) for stray in found.strays] == [
        ("eve.zip", "A zip beside folders: unpack it, if it is a student's."),
        ("adam.py", "It lies in no student's folder."),
    ]
