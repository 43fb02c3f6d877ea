"""Zips as somebody would make them on purpose: read in memory within bounds, and nothing is ever extracted."""

import io
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake import archive, search
from grader.intake.archive import open_archive
from grader.intake.files import MAX_BYTES, UnreadableError
from grader.intake.opening import open_class
from grader.intake.submission import submission_of
from grader.intake.tree import FolderTree
from grader.model import Module

TOPICS = ("adam", "dropout")


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand there twice
        for name, text in files:
            packed.writestr(name, text)
    return data.getvalue()


def modules(folder: Path, data: bytes, name: str = "hw.zip") -> dict[str, Module]:
    """What is read of a student who has handed in an archive."""
    home = folder / "ada"
    home.mkdir(exist_ok=True)
    (home / name).write_bytes(data)
    return dict(submission_of(FolderTree(home), "ada", TOPICS).modules)


def problem(folder: Path, data: bytes) -> str:
    found = modules(folder, data)["adam"]
    assert found.source == b""
    assert found.problem.isprintable()
    return found.problem


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, str]:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info, target


# --- an archive that was handed in


def test_an_archive_counts_as_a_folder(tmp_path):
    found = modules(tmp_path, zipped(("work/adam.py", "mine"), ("work/notes.txt", "")))
    assert found["adam"].source == b"mine"


def test_an_archive_in_an_archive_is_opened_and_a_third_is_not(tmp_path):
    inner = zipped(("adam.py", "mine"))
    twice = zipped(("again.zip", inner))
    assert modules(tmp_path, twice)["adam"].source == b"mine"
    assert problem(tmp_path, zipped(("more.zip", twice))) == (
        "adam.py was not found. hw.zip/more.zip/again.zip is an archive in an archive in an archive. "
        "Hand in the modules only."
    )


def test_a_module_beside_an_archive_counts_before_one_in_it(tmp_path):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/adam.py").write_text("loose")
    assert modules(tmp_path, zipped(("adam.py", "packed")))["adam"].source == b"loose"


@pytest.mark.parametrize("name", ["HW.ZIP", "hw.Zip"])
def test_an_archive_may_shout(tmp_path, name):
    assert modules(tmp_path, zipped(("adam.py", "mine")), name)["adam"].source == b"mine"


@pytest.mark.parametrize("name", ["hw.rar", "hw.7z", "hw.tar.gz", "hw.tgz"])
def test_another_kind_of_archive_is_told(tmp_path, name):
    assert name in modules(tmp_path, b"whatever", name)["adam"].problem


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(17), zipped(("adam.py", "x"))[:-9]]
)
def test_an_archive_that_is_none_is_told(tmp_path, data):
    assert "hw.zip is no zip that can be read" in problem(tmp_path, data)


@pytest.mark.parametrize(
    "name", ["../adam.py", "/adam.py", "a/../../adam.py", "C:/adam.py", "..\\adam.py", "\\adam.py"]
)
def test_a_name_that_leads_out_is_not_read(tmp_path, name):
    assert "leads out of it" in problem(tmp_path, zipped((name, "stolen")))
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["ada", "hw.zip"]


def test_a_backslash_is_a_separator_as_windows_writes_it(tmp_path):
    assert modules(tmp_path, zipped(("work\\adam.py", "mine")))["adam"].source == b"mine"


def test_a_link_in_an_archive_is_not_followed(tmp_path):
    (tmp_path / "solution.py").write_text("the answer")
    assert "adam.py is a link" in problem(tmp_path, zipped(link("adam.py", "../solution.py")))
    assert modules(tmp_path, zipped(link("work", ".."), ("work/adam.py", "mine")))["adam"].source == b"mine"


def test_a_device_in_an_archive_is_not_read(tmp_path):
    info = zipfile.ZipInfo("adam.py")
    info.create_system, info.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    assert "is not a regular file" in problem(tmp_path, zipped((info, b"")))


def test_two_files_of_one_name_are_not_guessed_between(tmp_path):
    assert "There are 2 files called adam.py" in problem(tmp_path, zipped(("adam.py", "one"), ("adam.py", "other")))


def test_an_encrypted_archive_is_told(tmp_path):
    data = bytearray(zipped(("adam.py", "secret")))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags] |= 1
    assert problem(tmp_path, bytes(data)) == "adam.py is encrypted. Zip it without a password."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_method_that_can_burst_is_not_unpacked(tmp_path, method):
    assert "compressed in an unusual way" in problem(tmp_path, zipped(("adam.py", bytes(10**8)), method=method))


def test_a_bomb_is_too_large(tmp_path):
    data = zipped(("adam.py", bytes(3 * 10**8)))
    assert len(data) < 10**6
    assert problem(tmp_path, data) == f"adam.py is too large: 300,000,000 bytes, where {MAX_BYTES:,} are allowed."


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_further(tmp_path):
    data = bytearray(zipped(("adam.py", bytes(10**7))))
    for sign, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(sign) + size, 1000)
    assert "adam.py is damaged" in problem(tmp_path, bytes(data))


def test_a_bomb_in_a_bomb_is_too_large(tmp_path):
    inner = zipped(("adam.py", "x"), ("zeros", bytes(7 * 10**7)), method=zipfile.ZIP_STORED)
    assert "is too large" in problem(tmp_path, zipped(("again.zip", inner)))


def test_too_many_files_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 20)
    many = [(f"{number}.txt", "") for number in range(21)]
    assert "holds more than 20 files" in problem(tmp_path, zipped(("adam.py", "x"), *many))


def test_a_directory_that_claims_to_be_short_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_MEMBERS", 20)
    data = bytearray(zipped(*((f"{number}.txt", "") for number in range(30))))
    struct.pack_into("<HH", data, data.rindex(b"PK\x05\x06") + 8, 1, 1)
    with pytest.raises(UnreadableError, match="holds 30 files"):
        open_archive(bytes(data), "hw.zip")


def test_the_bytes_of_all_archives_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "MAX_ARCHIVES", 1000)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/a.zip").write_bytes(zipped(("filler", os.urandom(700)), ("adam.py", "first")))
    found = modules(tmp_path, zipped(("filler", os.urandom(700)), ("dropout.py", "second")), "b.zip")
    assert found["adam"].source == b"first"
    assert "b.zip is too large" in found["dropout"].problem


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_archive_is_a_sentence_and_never_a_crash(data):
    whole = bytearray(
        zipped(("work/adam.py", "def adam():\n    pass\n" * 9), ("ü/dropout.ipynb", "{}"), link("x", "y"))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        tree = open_archive(bytes(whole), "hw.zip")
    except UnreadableError as error:
        assert str(error).isprintable()
        return
    for module in submission_of(tree, "ada", TOPICS).modules.values():
        assert module.problem.isprintable()


# --- the zip of a class


@pytest.mark.parametrize("data", [b"", b"no zip", zipped(("ada/adam.py", "x"))[:-9]])
def test_a_class_that_is_no_zip_is_an_error_that_names_the_file(tmp_path, data):
    (tmp_path / "class.zip").write_bytes(data)
    with pytest.raises(IntakeError) as error:
        open_class(tmp_path / "class.zip", TOPICS)
    assert str(tmp_path / "class.zip") in error.value.problem
    assert "one folder per student" in error.value.remedy


def test_a_damaged_member_is_one_students_problem_only(tmp_path):
    data = bytearray(zipped(("ada/adam.py", "x" * 500), ("ben/adam.py", "fine"), method=zipfile.ZIP_STORED))
    data[data.index(b"xxx")] ^= 1
    (tmp_path / "class.zip").write_bytes(data)
    with open_class(tmp_path / "class.zip", TOPICS) as found:
        ada, ben = (entry.read(TOPICS).modules["adam"] for entry in found.entries)
    assert "adam.py is damaged" in ada.problem
    assert (ben.source, ben.problem) == (b"fine", "")


def test_names_that_lead_out_of_the_class_are_listed(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped(("ada/adam.py", "x"), ("ben/adam.py", "x"), ("../eve/adam.py", "x")))
    with open_class(tmp_path / "class.zip", TOPICS) as found:
        assert [entry.student_id for entry in found.entries] == ["ada", "ben"]
        assert [(stray.name, stray.why) for stray in found.strays] == [
            ("../eve/adam.py", "Its name leads out of the zip.")
        ]


def test_a_class_with_links_in_it_does_not_follow_them(tmp_path):
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions/adam.py").write_text("the answer")
    (tmp_path / "class.zip").write_bytes(zipped(("ada/adam.py", "x"), ("eve/notes", ""), link("eve/adam.py", "../x")))
    with open_class(tmp_path / "class.zip", TOPICS) as found:
        assert "is a link" in found.entries[1].read(TOPICS).modules["adam"].problem


def test_names_without_a_mark_are_utf8_if_they_can_be(tmp_path):
    data = zipped(("Łódź/adam.py", "x"), ("Ben/adam.py", "x"))
    plain = data.replace(struct.pack("<H", 0x800), b"\0\0")  # macOS writes UTF-8 and does not say so
    (tmp_path / "class.zip").write_bytes(plain)
    with open_class(tmp_path / "class.zip", TOPICS) as found:
        assert [entry.student_id for entry in found.entries] == ["Ben", "Łódź"]


def test_nothing_is_written_anywhere(tmp_path):
    (tmp_path / "class.zip").write_bytes(zipped(("ada/hw.zip", zipped(("adam.py", "x"))), ("ben/adam.py", "x")))
    before = {*tmp_path.rglob("*"), *Path().iterdir()}
    with open_class(tmp_path / "class.zip", TOPICS) as found:
        assert all(entry.read(TOPICS).modules for entry in found.entries)
    assert {*tmp_path.rglob("*"), *Path().iterdir()} == before
