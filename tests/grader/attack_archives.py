"""Hostile zips and notebooks, beside the trees of attack_trees.py and of the same form."""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

from attack_trees import RIGHT, WRONG, Places, expect, write

Member = tuple[str | zipfile.ZipInfo, bytes | str]
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def packed(*members: Member, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, whatever they are called."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand there twice
        for name, text in members:
            archive.writestr(name, text)
    return data.getvalue()


def special(name: str, kind: int, content: str = "") -> Member:
    """A member that says it is a link, a pipe or a device."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info, content


def named(raw: bytes, text: str, *, utf8: bool = False) -> bytes:
    """A zip with one member whose name is just these bytes."""
    data = bytearray(packed(("x" * len(raw), text), method=zipfile.ZIP_STORED))
    for sign, flags in ((_LOCAL, 6), (_CENTRAL, 8)):
        struct.pack_into("<H", data, data.index(sign) + flags, 0x800 if utf8 else 0)
    return bytes(data).replace(b"x" * len(raw), raw)


def lying(data: bytes, size: int, *, packed_size: int | None = None) -> bytes:
    """The same zip, all of whose members claim to have this size."""
    changed = bytearray(data)
    for sign, offset in ((_LOCAL, 18), (_CENTRAL, 20)):
        at = changed.find(sign)
        while at >= 0:
            struct.pack_into("<I", changed, at + offset + 4, size)
            if packed_size is not None:
                struct.pack_into("<I", changed, at + offset, packed_size)
            at = changed.find(sign, at + 4)
    return bytes(changed)


def notebook(*cells: Any, **more: Any) -> str:
    """A notebook of cells, each code or a whole cell."""
    made = [
        cell if isinstance(cell, dict) else {"cell_type": "code", "source": cell, "outputs": [], "metadata": {}}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


# --- zips


@expect(double="0 exception", walk="0 exception")
def zip_slip(folder: Path, places: Places) -> None:
    """Names that lead out of the archive: to a classmate, the solution, the canary and the temporary folder."""
    ways = ("../control-m-half", f"../../..{places.submissions}/x", str(places.course), "C:", "..\\..", "a/../..", "\\")
    members: list[Member] = [(f"{way}/double.py", RIGHT) for way in ways]
    members += [(f"../../../..{places.canary}", "overwritten"), (f"/tmp/{places.mark}-slipped", "x"), ("..", "x")]
    write(folder, "hw.zip", packed(*members))


@expect(double="4 passed", walk="0 exception")
def zip_slip_beside_an_honest_module(folder: Path, places: Places) -> None:
    """The same, in an archive with a right answer: that counts, and nothing else happens."""
    members: tuple[Member, ...] = (
        ("work/double.py", RIGHT),
        (f"../../..{places.canary}", "overwritten"),
        ("../tree-zip_slip/double.py", RIGHT),
        (str(places.course / "tests/hidden/test_walk.py"), "def test_bowl(): pass\n"),
    )
    write(folder, "hw.zip", packed(*members))


@expect(double="0 exception", walk="0 exception")
def zip_bombs(folder: Path, places: Places) -> None:
    """Three hundred megabytes in a few hundred kilobytes, as a module and as what stands around one."""
    zeros = bytes(100_000_000)
    write(folder, "hw.zip", packed(("double.py", zeros), ("walk.py", zeros), ("zeros", zeros)))


@expect(double="0 exception", walk="0 exception")
def zip_bombs_that_lie(folder: Path, places: Places) -> None:
    """Bombs that claim to be small, or of four gigabytes, or to be packed into more than there is."""
    write(folder, "a.zip", lying(packed(("double.py", bytes(20_000_000))), 60))
    write(folder, "b.zip", lying(packed(("walk.py", WRONG)), 0xFFFFFFFE, packed_size=0x7FFFFFFF))


@expect(double="0 exception", walk="0 exception")
def zip_bombs_of_other_methods(folder: Path, places: Places) -> None:
    """Methods whose smallest piece may unpack to any size."""
    write(folder, "a.zip", packed(("double.py", bytes(50_000_000)), method=zipfile.ZIP_BZIP2))
    write(folder, "b.zip", packed(("walk.py", bytes(50_000_000)), method=zipfile.ZIP_LZMA))


@expect(double="4 passed", walk="0 exception")
def zip_with_overlapping_entries(folder: Path, places: Places) -> None:
    """Two thousand entries that all unpack the same bytes, one of them under the name of a module."""
    data = packed(("double.py", RIGHT))
    directory = data.index(_CENTRAL)
    entry = data[directory : data.index(_END)]
    others = [entry.replace(b"double.py", f"{number:09}".encode()) for number in range(2000)]
    walk = bytearray(entry.replace(b"double.py", b"walk.py"))
    struct.pack_into("<H", walk, 28, 7)  # the length of its name
    everything = [entry, bytes(walk), *others]
    joined = b"".join(everything)
    end = struct.pack("<4s4H2LH", _END, 0, 0, len(everything), len(everything), len(joined), directory, 0)
    write(folder, "hw.zip", data[:directory] + joined + end)


@expect(double="0 exception", walk="0 exception")
def zip_of_links_and_devices(folder: Path, places: Places) -> None:
    """Links to the solutions, a link that is a folder on the way to a module, a pipe and a device."""
    members = (
        special("double.py", stat.S_IFLNK, str(places.course / "solutions/double.py")),
        special("walk.py", stat.S_IFCHR),
        special("solutions", stat.S_IFLNK, str(places.course / "solutions")),
        special("pipe", stat.S_IFIFO),
        special("canary.py", stat.S_IFLNK, str(places.canary)),
    )
    write(folder, "hw.zip", packed(*members))


@expect(double="4 passed")
def zip_with_a_link_for_a_folder(folder: Path, places: Places) -> None:
    """A member below a link to a classmate's folder: it is the member that counts, and the link is not followed."""
    link = special("work", stat.S_IFLNK, "../control-m-half")
    write(folder, "hw.zip", packed(link, ("work/double.py", RIGHT)))


@expect(double="0 exception", walk="0 exception")
def zip_with_a_password(folder: Path, places: Places) -> None:
    """Members that say they are encrypted."""
    data = bytearray(packed(("double.py", RIGHT), ("walk.py", RIGHT)))
    for sign, flags in ((_LOCAL, 6), (_CENTRAL, 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(sign, at + 4)
    write(folder, "hw.zip", bytes(data))


@expect(double="4 passed", walk="0 exception")
def zips_in_zips(folder: Path, places: Places) -> None:
    """A right answer two zips deep, and another one five deep."""
    write(folder, "hw.zip", packed(("again.zip", packed(("double.py", RIGHT)))))
    deep = packed(("walk.py", RIGHT))
    for _ in range(4):
        deep = packed(("more.zip", deep))
    write(folder, "deep.zip", deep)


@expect(double="0 exception", walk="0 exception")
def zip_with_ten_thousand_zips(folder: Path, places: Places) -> None:
    """Archives without end, each of which would be opened."""
    inner = packed(("filler", bytes(9_000_000)))
    write(folder, "hw.zip", packed(*((f"{number}.zip", inner) for number in range(9_000)), method=zipfile.ZIP_STORED))


@expect(double="0 exception", walk="0 exception")
def zip_with_two_of_a_name(folder: Path, places: Places) -> None:
    """Two members of one name: as they are, and made equal by their case, dots and composed letters."""
    members = (("double.py", RIGHT), ("double.py", WRONG), ("./walk.py", RIGHT), ("walk.py", WRONG))
    write(folder, "hw.zip", packed(*members))


@expect(double="4 passed", walk="0 exception")
def zip_with_odd_names(folder: Path, places: Places) -> None:
    """Names that are no text, or end early, or would be obeyed by a terminal, a page or a spreadsheet."""
    names = (b"\xff\xfe\x00.py", b"\x1b[2J\x07.py", b"=1+1.py", b"a\nb.py", "\u202eyp.klaw".encode(), b"n" * 60_000)
    for number, raw in enumerate((*names, b"<script>alert(1)</script>.py", b"CON", b"aux.py", b"walk.py ", b"/" * 300)):
        write(folder, f"{number}.zip", named(raw, RIGHT, utf8=number % 2 == 1))
    write(folder, "right.zip", packed(("double.py", RIGHT)))


@expect(double="0 exception", walk="0 exception")
def zip_with_a_name_that_ends_early(folder: Path, places: Places) -> None:
    """A name with a zero byte, after which some programs stop reading, and a damaged copy."""
    data = bytearray(packed(("double.py", WRONG * 9), method=zipfile.ZIP_STORED))
    data[data.index(b"return")] ^= 1
    write(folder, "b.zip", bytes(data))
    write(folder, "a.zip", named(b"walk.py\0.txt", "def walk("))


@expect(double="4 passed", walk="0 not_implemented")
def zip_after_a_program(folder: Path, places: Places) -> None:
    """A right answer in a zip that begins as a program, with a comment that looks like another directory."""
    data = bytearray(packed(("double.py", RIGHT)))
    comment = packed(("walk.py", RIGHT))
    struct.pack_into("<H", data, data.rindex(_END) + 20, len(comment))
    write(folder, "hw.zip", b"#!/bin/sh\ntouch /tmp/" + places.mark.encode() + b"-ran\n" + bytes(data))
    write(folder, "comment.zip", bytes(data) + comment)


@expect(double="0 exception", walk="0 exception")
def zip_that_is_none(folder: Path, places: Places) -> None:
    """A zip by its name only, one that is cut off, and other kinds of archives."""
    write(folder, "a.zip", packed(("double.py", RIGHT))[:-30])
    write(folder, "b.zip", os.urandom(5000))
    write(folder, "c.tar.gz", b"\x1f\x8b" + bytes(100))


@expect(double="0 exception", walk="0 exception")
def zip_with_too_many_files(folder: Path, places: Places) -> None:
    """More files than anybody hands in, in a directory that claims to be short."""
    write(folder, "hw.zip", packed(*((f"{number}/x", "") for number in range(10_500)), ("double.py", RIGHT)))


@expect(double="0 exception")
def module_that_is_a_zip(folder: Path, places: Places) -> None:
    """A zip under the name of a module, which Python itself would execute."""
    write(folder, "double.py", packed(("__main__.py", RIGHT), ("double.py", RIGHT)))


# --- notebooks


@expect(double="0 wrong_value")
def notebook_with_magics(folder: Path, places: Places) -> None:
    """Lines for the shell and for IPython, which would run programs, write files and load the solution."""
    shell = f"!touch /tmp/{places.mark}-shell\n%run {places.course}/solutions/double.py\nx = !cat {places.canary}\n"
    script = f"%%bash\ntouch /tmp/{places.mark}-bash\n"
    file = f"%%writefile {places.canary}\noverwritten\n"
    load = f"%load {places.course}/solutions/double.py\n%cd {places.course}\n%load_ext autoreload\n"
    write(folder, "double.ipynb", notebook(shell, script, file, load, WRONG))


@expect(double="0 wrong_value")
def notebook_that_asks_ipython(folder: Path, places: Places) -> None:
    """Asks for IPython by every name that it has, and falls back to a wrong answer."""
    ask = f"""
for attempt in (
    lambda: get_ipython().system("touch /tmp/{places.mark}-ipython"),
    lambda: get_ipython().run_cell_magic("bash", "", "touch /tmp/{places.mark}-magic"),
    lambda: __import__("IPython").start_ipython(),
    lambda: open({str(places.canary)!r}).read(),
):
    try:
        print("reached", attempt())
    except Exception as error:
        print(type(error).__name__)
"""
    write(folder, "double.ipynb", notebook(ask, WRONG))


@expect(double="0 wrong_value", walk="0 exception")
def notebook_that_leaves_its_cells(folder: Path, places: Places) -> None:
    """Quotes of every kind that would end the text in which a cell is kept, and names of what runs the cells."""
    leave = (
        "'''\nprint('reached the module')\n'''",
        '"""\n\'\'\'\nprint("reached the module")\n\'\'\'\n"""',
        "\\'''\n\\\\''' + print('reached') + '''\\",
        "# ''' \"\"\" \\",
        "del __file__, __name__, __builtins__",
    )
    write(folder, "double.ipynb", notebook(*leave, WRONG))
    write(
        folder,
        "walk.ipynb",
        notebook(
            "__cell__ = __Cells__ = __sys__ = None",
            "import sys\nsys.settrace = sys.setprofile = None",
            "walk = 1\nCounter = 2",
        ),
    )


@expect(double="4 passed")
def notebook_with_hostile_outputs(folder: Path, places: Places) -> None:
    """A right answer among outputs, attachments and metadata that a page or a reader of notebooks would obey."""
    html = {"text/html": "<script>alert(1)</script>", "application/javascript": "alert(1)", "image/png": "AAAA"}
    cell = {
        "cell_type": "code",
        "source": RIGHT.splitlines(keepends=True),
        "outputs": [{"output_type": "display_data", "data": html, "metadata": {"x": [[[[]]]]}}, {"output_type": 7}],
        "metadata": {"nbgrader": {"grade": True, "points": 1000, "locked": True, "solution": False}},
    }
    text = {"cell_type": "markdown", "source": "<script>alert(1)</script>", "attachments": {"../x": {}}}
    magic = {"kernelspec": {"name": "bash", "argv": ["touch", f"/tmp/{places.mark}-kernel"]}}
    write(folder, "double.ipynb", notebook(text, cell, {"cell_type": "raw", "source": WRONG}, metadata=magic))


@expect(double="0 exception", walk="0 exception")
def notebooks_that_are_none(folder: Path, places: Places) -> None:
    """JSON that never ends to nest, and a notebook whose cells are numbers."""
    write(folder, "double.ipynb", "[" * 500_000)
    write(folder, "walk.ipynb", notebook({"cell_type": "code", "source": [1, {"a": None}]}, 7, None))


@expect(double="4 passed", walk="0 exception")
def notebooks_of_great_length(folder: Path, places: Places) -> None:
    """A right answer behind fifty thousand empty cells, and one with more code than a module may have."""
    empty = {"cell_type": "markdown", "source": ""}
    write(folder, "double.ipynb", notebook(*[empty] * 50_000, RIGHT))
    write(folder, "walk.ipynb", notebook(*["x = 1\n" * 1000] * 400))


@expect(double="4 passed", walk="0 exception, timeout, not_implemented")
def notebooks_that_take_their_time(folder: Path, places: Places) -> None:
    """A right answer after a cell that stops Python, and a notebook that is full of cells that never end."""
    write(folder, "double.ipynb", notebook("raise SystemExit(0)", RIGHT))
    endless = "import time\nwhile True:\n    try:\n        time.sleep(1000)\n    except BaseException:\n        pass"
    write(folder, "walk.ipynb", notebook(*[endless] * 20, "def walk(*args):\n    return 0.0"))


@expect(double="0 exception")
def notebook_beside_a_module(folder: Path, places: Places) -> None:
    """A wrong module and a right notebook of the same topic: nobody guesses which one was meant."""
    write(folder, "double.py", WRONG)
    write(folder, "double.ipynb", notebook(RIGHT))


@expect(double="4 passed")
def notebook_in_a_zip(folder: Path, places: Places) -> None:
    """A right answer in a notebook in a zip beside links and checkpoints with other answers."""
    other = notebook(WRONG)
    link = special("walk.ipynb.lnk", stat.S_IFLNK, str(places.canary))
    write(
        folder, "hw.zip", packed((".ipynb_checkpoints/double.ipynb", other), ("hw/double.ipynb", notebook(RIGHT)), link)
    )
