"""Folders of submissions, as they come and as somebody would make them on purpose."""

import errno
import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake import files, search
from grader.intake.files import MAX_BYTES, printable, read_file, unreadable
from grader.intake.folders import find_submissions, read_modules, read_submission
from grader.intake.submission import MAX_DEPTH, iso_time
from grader.model import Module, Submission

TOPICS = ("adam", "dropout")
NOON, NOON_IN_SECONDS = "2026-11-23T12:00:00+00:00", 1_795_435_200


def put(path: Path, text: str | bytes = "x = 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (NOON_IN_SECONDS, NOON_IN_SECONDS))
    return path


def nothing(path: Path) -> None:
    pass


def submitted(folder: Path) -> Submission:
    return read_submission(folder, "ada", TOPICS)


def adam_of(folder: Path) -> Module:
    return submitted(folder).modules["adam"]


def ids(root: Path) -> list[str]:
    return [folder.student_id for folder in find_submissions(root)]


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
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700)
        shutil.rmtree(folder)


# --- the class folder


def test_find_submissions_lists_folders_by_student_id(tmp_path):
    for name in ("zoe", "ada", "Ben", "10", "9"):
        (tmp_path / name).mkdir()
    found = find_submissions(tmp_path)
    assert [folder.student_id for folder in found] == ["10", "9", "Ben", "ada", "zoe"]


def test_find_submissions_skips_what_no_student_made(tmp_path):
    for name in ("ada", ".git", "__MACOSX"):
        (tmp_path / name).mkdir()
    put(tmp_path / "notes.txt")
    put(tmp_path / "adam.py")
    (tmp_path / "latest.csv").symlink_to(tmp_path / "notes.txt")
    assert ids(tmp_path) == ["ada"]


def test_find_submissions_does_not_look_into_the_folders(tmp_path):
    with plain_user() as folder:
        (folder / "ada").mkdir(mode=0)
        assert ids(folder) == ["ada"]


def test_find_submissions_when_names_are_odd_gives_printable_unique_ids(tmp_path):
    names = [
        b"a\nb",
        b"a\\x0ab",
        b"a\xffb",
        b"a\\udcffb",
        "a\u202eb".encode(),
        b"a\x1b[2Jb",
        "ü".encode(),
        b"x" * 255,
    ]
    names += ["\u0080".encode(), b"\x80", "a\u00a0b".encode(), b" ", b"-rf", b"=1+1"]
    for name in names:
        os.mkdir(os.fsencode(tmp_path) + b"/" + name)
    found = ids(tmp_path)
    assert len(set(found)) == len(names)
    assert all(name.isprintable() for name in found)
    assert {r"a\x0ab", r"a\udcffb", r"a\u202eb", "ü"} <= set(found)


def test_read_submission_when_the_name_is_no_utf8(tmp_path):
    os.mkdir(os.fsencode(tmp_path) + b"/\xff")
    with open(os.fsencode(tmp_path) + b"/\xff/adam.py", "w"):
        pass
    [entry] = find_submissions(tmp_path)
    assert set(entry.read(TOPICS).modules) == {"adam"}


@given(st.lists(st.text(st.characters(exclude_characters="\0/")), unique=True, min_size=2, max_size=2))
def test_printable_when_names_differ_keeps_them_apart(names):
    one, other = map(printable, names)
    assert one != other
    assert (one + other).isprintable()
    assert (one + other).encode()


@pytest.mark.parametrize("make", [nothing, put, Path.mkdir])
def test_find_submissions_when_there_is_nothing_says_what_to_do(tmp_path, make):
    make(tmp_path / "class")
    with pytest.raises(IntakeError) as error:
        find_submissions(tmp_path / "class")
    assert str(tmp_path / "class") in error.value.problem
    assert "one folder per student" in error.value.remedy


def test_find_submissions_when_modules_lie_loose_says_what_to_do(tmp_path):
    put(tmp_path / "adam.py")
    with pytest.raises(IntakeError, match="holds no folder of a student"):
        find_submissions(tmp_path)


def test_find_submissions_when_unreadable_says_so():
    with plain_user() as folder:
        folder.chmod(0)
        with pytest.raises(IntakeError, match="cannot be read"):
            find_submissions(folder)
        with pytest.raises(IntakeError, match="no folder"):
            find_submissions(folder / "inner")


# --- one submission


def test_read_submission_when_flat(tmp_path):
    put(tmp_path / "adam.py", "import numpy\n")
    put(tmp_path / "momentum.py")
    assert submitted(tmp_path) == Submission(
        student_id="ada",
        modules={"adam": Module(topic="adam", filename="adam.py", source=b"import numpy\n", submitted_at=NOON)},
        submitted_at=NOON,
    )


def test_read_submission_when_in_a_subfolder(tmp_path):
    put(tmp_path / "hand-in" / "course-main" / "exercises" / "adam.py", "deep = 1")
    put(tmp_path / "dropout.py", "flat = 1")
    assert {topic: module.source for topic, module in submitted(tmp_path).modules.items()} == {
        "adam": b"deep = 1",
        "dropout": b"flat = 1",
    }


def test_read_submission_when_there_are_two_takes_the_shallowest(tmp_path):
    put(tmp_path / "a" / "b" / "adam.py", "deeper")
    put(tmp_path / "z" / "adam.py", "shallower")
    assert adam_of(tmp_path).source == b"shallower"


def test_read_submission_when_two_are_equally_deep_does_not_guess(tmp_path):
    put(tmp_path / "new" / "adam.py")
    put(tmp_path / "old" / "adam.py")
    put(tmp_path / "old" / "dropout.py")
    adam = adam_of(tmp_path)
    assert adam.source == b""
    assert adam.problem == (
        "There are 2 files called adam.py, such as new/adam.py and old/adam.py. Keep the right one."
    )
    assert submitted(tmp_path).modules["dropout"].problem == ""


def test_read_submission_when_too_deep_finds_nothing(tmp_path):
    folders = [str(level) for level in range(MAX_DEPTH)]
    put(tmp_path.joinpath(*folders, "adam.py"))
    put(tmp_path.joinpath(*folders, "more", "dropout.py"))
    assert set(submitted(tmp_path).modules) == {"adam"}


@pytest.mark.parametrize("name", [".git", "__MACOSX", "__pycache__", ".ipynb_checkpoints", "site-packages"])
def test_read_submission_skips_folders_that_programs_make(tmp_path, name):
    put(tmp_path / name / "adam.py")
    assert submitted(tmp_path).modules == {}


def test_read_submission_when_empty_is_a_submission(tmp_path):
    assert submitted(tmp_path) == Submission(student_id="ada", modules={}, submitted_at=None)


def test_read_submission_when_a_module_is_empty(tmp_path):
    put(tmp_path / "adam.py", "")
    assert adam_of(tmp_path) == Module(topic="adam", filename="adam.py", source=b"", submitted_at=NOON)


def test_read_submission_keeps_the_bytes_as_they_are(tmp_path):
    source = b"\xef\xbb\xbf# \xff\0\r\n"
    put(tmp_path / "adam.py", source)
    assert adam_of(tmp_path).source == source


@pytest.mark.parametrize("name", ["Adam.py", "ADAM.PY", "adam (1).py", "adam-2.py", "adam.py.txt"])
def test_read_submission_when_the_name_is_nearly_right_says_so(tmp_path, name):
    put(tmp_path / "sub" / name)
    adam = adam_of(tmp_path)
    assert (adam.filename, adam.source) == (name, b"")
    assert adam.problem == f"sub/{name} must be called adam.py."


def test_read_submission_when_nearly_right_and_right_takes_the_right_one(tmp_path):
    put(tmp_path / "adam (1).py", "copy")
    put(tmp_path / "a" / "adam.py", "right")
    adam = adam_of(tmp_path)
    assert (adam.filename, adam.source, adam.problem) == ("adam.py", b"right", "")


@pytest.mark.parametrize("name", ["my_adam.py", "adam.pyc", "adam", "adam2.py", ".adam.py", "._adam.py"])
def test_read_submission_when_the_name_is_another_finds_nothing(tmp_path, name):
    put(tmp_path / name)
    assert submitted(tmp_path).modules == {}


# --- what must never be opened


def test_read_submission_when_the_module_is_a_link_does_not_follow(tmp_path):
    secret = put(tmp_path / "solutions" / "adam.py", "the answer")
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "adam.py").symlink_to(secret)
    (folder / "dropout.py").symlink_to("nowhere")
    for module in submitted(folder).modules.values():
        assert module.source == b""
        assert module.problem == (f"{module.filename} is a link, and links are not followed. Hand in the file itself.")
    assert len(submitted(folder).modules) == 2


def test_read_submission_when_a_subfolder_is_a_link_does_not_follow(tmp_path):
    put(tmp_path / "solutions" / "adam.py", "the answer")
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "mine").symlink_to(tmp_path / "solutions")
    (folder / "loop").symlink_to(folder)
    assert submitted(folder).modules == {}


def test_read_submission_when_the_student_folder_is_a_link_gives_a_row_without_the_files(tmp_path):
    put(tmp_path / "solutions" / "adam.py", "the answer")
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "eve").symlink_to(tmp_path / "solutions")
    [entry] = find_submissions(tmp_path / "class")
    modules = entry.read(TOPICS).modules
    assert set(modules) == set(TOPICS)
    assert all(module.source == b"" and "is a link" in module.problem for module in modules.values())


@pytest.mark.parametrize("swapped", ["a", "a/b", "a/b/adam.py"])
def test_read_file_when_something_becomes_a_link_after_the_walk_does_not_follow(tmp_path, swapped):
    put(tmp_path / "solutions" / "adam.py", "the answer")
    put(tmp_path / "solutions" / "b" / "adam.py", "the answer")
    put(tmp_path / "ada" / "a" / "b" / "adam.py", "own")
    parts = ("a", "b", "adam.py")
    assert read_file(tmp_path / "ada", parts, follow=False)[0] == b"own"
    target = tmp_path / "ada" / swapped
    target.rename(tmp_path / "aside")
    target.symlink_to(tmp_path / "solutions" / ("adam.py" if swapped.endswith(".py") else ""))
    with pytest.raises(files.UnreadableError, match="is a link"):
        read_file(tmp_path / "ada", parts, follow=False)


def test_read_file_when_the_folder_is_a_link_follows_only_if_told(tmp_path):
    put(tmp_path / "ada" / "adam.py", "own")
    (tmp_path / "link").symlink_to("ada")
    assert read_file(tmp_path / "link", ("adam.py",), follow=True)[0] == b"own"
    with pytest.raises(files.UnreadableError, match="is a link"):
        read_file(tmp_path / "link", ("adam.py",), follow=False)


def test_read_submission_when_the_module_is_a_named_pipe_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "adam.py")
    assert adam_of(tmp_path).problem == "adam.py is not a regular file."


def test_read_file_when_a_file_becomes_a_named_pipe_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "adam.py")
    with pytest.raises(files.UnreadableError, match=r"adam\.py is not a regular file\."):
        read_file(tmp_path, ("adam.py",), follow=False)


def test_read_submission_when_the_module_is_a_socket(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("adam.py")
        assert adam_of(tmp_path).problem == "adam.py is not a regular file."
        with pytest.raises(files.UnreadableError, match="is not a regular file"):
            read_file(tmp_path, ("adam.py",), follow=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_read_submission_when_the_module_is_a_device(tmp_path):
    try:
        os.mknod(tmp_path / "adam.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero never ends
    except PermissionError:
        pytest.skip("this container makes no devices")
    assert adam_of(tmp_path).problem == "adam.py is not a regular file."


def test_read_file_when_it_is_a_folder(tmp_path):
    (tmp_path / "adam.py").mkdir()
    with pytest.raises(files.UnreadableError, match="is not a regular file"):
        read_file(tmp_path, ("adam.py",), follow=False)


# --- what cannot be read


def test_read_submission_when_a_folder_has_the_modules_name(tmp_path):
    (tmp_path / "adam.py").mkdir()
    assert adam_of(tmp_path).problem == "adam.py is a folder, not a file."


def test_read_submission_when_the_module_lies_in_a_folder_of_its_name(tmp_path):
    put(tmp_path / "adam.py" / "adam.py", "inside")
    adam = adam_of(tmp_path)
    assert (adam.source, adam.problem) == (b"inside", "")


def test_read_submission_when_a_module_is_as_large_as_allowed(tmp_path):
    put(tmp_path / "adam.py", b"#" * MAX_BYTES)
    assert len(adam_of(tmp_path).source) == MAX_BYTES


def test_read_submission_when_a_module_is_too_large(tmp_path):
    with put(tmp_path / "adam.py").open("r+b") as file:
        file.truncate(10**12)  # sparse: takes no room
    adam = adam_of(tmp_path)
    assert adam.source == b""
    assert adam.problem == "adam.py is too large: 1,000,000,000,000 bytes, where 1,000,000 are allowed."


def test_read_file_when_the_size_is_a_lie_reads_no_more_than_is_allowed():
    source, _ = read_file(Path("/proc/self"), ("status",), follow=True)  # its size is given as 0
    assert b"Pid:" in source


def test_read_submission_when_a_module_may_not_be_read():
    with plain_user() as folder:
        put(folder / "adam.py").chmod(0)
        put(folder / "dropout.py")
        assert adam_of(folder).problem == "adam.py cannot be read: permission denied."
        assert adam_of(folder).denied
        assert submitted(folder).modules["dropout"].problem == ""
        assert not submitted(folder).modules["dropout"].denied


def test_read_submission_when_a_subfolder_may_not_be_read_is_not_missing():
    with plain_user() as folder:
        put(folder / "sub" / "adam.py")
        put(folder / "dropout.py")
        (folder / "sub").chmod(0)
        assert adam_of(folder).problem == "adam.py was not found. sub cannot be read: permission denied."
        assert submitted(folder).modules["dropout"].problem == ""


def test_read_submission_when_the_folder_may_not_be_read_is_a_submission():
    with plain_user() as folder:
        put(folder / "ada" / "adam.py")
        (folder / "ada").chmod(0)
        modules = submitted(folder / "ada").modules
        assert set(modules) == set(TOPICS)
        assert "The folder cannot be read: permission denied." in modules["adam"].problem


def test_read_submission_when_the_folder_has_vanished_is_no_zero(tmp_path):
    with pytest.raises(IntakeError, match="The folder could not be read: No such file"):
        submitted(tmp_path / "gone")


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM, errno.ENOENT])
def test_unreadable_when_the_machine_fails_is_an_error_and_no_problem_of_the_student(code):
    with pytest.raises(IntakeError) as error:
        unreadable("adam.py", OSError(code, os.strerror(code)))
    assert os.strerror(code) in error.value.problem
    assert "not the student's" in error.value.remedy


def test_read_submission_when_there_are_too_many_files_still_finds_the_top_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "MAX_ENTRIES", 20)
    put(tmp_path / "adam.py", "top")
    for number in range(30):
        put(tmp_path / "many" / f"{number}.txt")
    modules = submitted(tmp_path).modules
    assert modules["adam"].source == b"top"
    assert modules["dropout"].problem == (
        "dropout.py was not found among the first 20 files. Hand in the modules only."
    )


def test_read_submission_when_the_walk_is_cut_off_does_not_guess_which_of_two(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "MAX_ENTRIES", 20)
    put(tmp_path / "a" / "adam.py")
    for number in range(30):
        put(tmp_path / "b" / f"{number}.txt")
    assert "was not found among the first" in adam_of(tmp_path).problem


def test_read_submission_when_names_are_hostile_keeps_messages_short_and_printable(tmp_path):
    for letter in ("a", "b"):
        put(tmp_path / f"{letter}\n\x1b[31m\u202e{'y' * 200}" / ("z" * 255) / "adam.py")
    problem = adam_of(tmp_path).problem
    assert problem.isprintable()
    assert len(problem) < 300


# --- when it was handed in


def test_submitted_at_is_the_newest_of_the_modules(tmp_path):
    os.utime(put(tmp_path / "adam.py"), (0, 1_795_454_649.9))
    os.utime(put(tmp_path / "dropout.py"), (0, 1_700_000_000))
    os.utime(put(tmp_path / "notes.txt"), (0, 1_900_000_000))
    assert submitted(tmp_path).submitted_at == "2026-11-23T17:24:09+00:00"


@pytest.mark.parametrize("seconds", [-(2**31), -1, 0, 2**31, 2**33])
def test_submitted_at_when_the_time_is_odd_is_a_time(tmp_path, seconds):
    os.utime(put(tmp_path / "adam.py"), (seconds, seconds))
    assert datetime.fromisoformat(submitted(tmp_path).submitted_at).timestamp() == seconds


@pytest.mark.parametrize("seconds", [2**62, -(2**62), None])
def test_iso_time_when_it_is_beyond_the_calendar_is_none(seconds):
    assert iso_time(60) == "1970-01-01T00:01:00+00:00"
    assert iso_time(seconds) is None


def test_modules_have_times_of_their_own(tmp_path):
    put(tmp_path / "adam.py")
    os.utime(put(tmp_path / "dropout.py"), (0, 1_700_000_000))
    modules = submitted(tmp_path).modules
    assert (modules["adam"].submitted_at, modules["dropout"].submitted_at) == (NOON, "2023-11-14T22:13:20+00:00")


# --- the student's own folder


def test_read_modules_reads_one_folder_only(tmp_path):
    put(tmp_path / "adam.py", "mine")
    put(tmp_path / "old" / "dropout.py", "old")
    assert read_modules(tmp_path, TOPICS) == {
        "adam": Module(topic="adam", filename="adam.py", source=b"mine", submitted_at=NOON),
    }


def test_read_modules_when_the_folder_is_a_link_follows(tmp_path):
    put(tmp_path / "work" / "adam.py")
    (tmp_path / "link").symlink_to("work")
    assert set(read_modules(tmp_path / "link", TOPICS)) == {"adam"}


def test_read_modules_when_the_name_is_nearly_right_says_so(tmp_path):
    put(tmp_path / "Adam.py")
    assert read_modules(tmp_path, TOPICS)["adam"].problem == "Adam.py must be called adam.py."


@pytest.mark.parametrize("make", [nothing, put])
def test_read_modules_when_there_is_no_folder_says_what_to_do(tmp_path, make):
    make(tmp_path / "work")
    with pytest.raises(IntakeError) as error:
        read_modules(tmp_path / "work", TOPICS)
    assert "holds your modules" in error.value.remedy
