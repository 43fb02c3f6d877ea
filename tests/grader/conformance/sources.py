"""How a module is read, and what it may import."""

from __future__ import annotations

from conformance.listing import Open, case, error_of
from grader.model import Result


@case()
def sources_are_read_as_python_reads_them(open_module: Open) -> None:
    body = "def f():\n    return 'ü'\n"
    for source in (
        body.encode(),
        b"\xef\xbb\xbf" + body.encode(),
        body.replace("\n", "\r\n").encode(),
        body.replace("\n", "\r").encode(),
        ("# -*- coding: latin-1 -*-\n" + body).encode("latin-1"),
    ):
        assert open_module(source).f() == "ü"


@case()
def sources_that_are_no_text_are_an_exception(open_module: Open) -> None:
    for source in (
        b"def f():\n    return '\xfc'\n",
        b"def f():\n    return 1\n\x00",
        b"\x00\x01\x02\xff",
        b"# -*- coding: klingon -*-\n",
        "def f(): return 1".encode("utf-16"),
        b"PK\x03\x04",
    ):
        error = error_of(open_module(source).f)
        assert error.result is Result.EXCEPTION, source
        assert "Error" in error.message


@case()
def an_empty_source_lacks_every_name(open_module: Open) -> None:
    for source in (b"", b"\n", b"# nothing", b"\xef\xbb\xbf"):
        assert error_of(open_module(source).f).result is Result.NOT_IMPLEMENTED


@case()
def a_module_sees_its_own_name(open_module: Open) -> None:
    source = "names = (__name__, __file__)\nif __name__ == '__main__':\n    1 / 0\ndef f():\n    return names"
    assert open_module(source).f() == ("work", "work.py")


@case()
def a_module_may_use_any_part_of_numpy(open_module: Open) -> None:
    parts = ("fft", "linalg", "ma", "polynomial", "random", "testing")
    source = "import numpy as np\n" + "".join(f"import numpy.{part}\n" for part in parts)
    source += "np.testing.assert_allclose(np.fft.fft([1.0, 0.0]), 1.0)\n"
    source += "def f():\n    return float(np.linalg.norm([3.0, 4.0]))"
    assert open_module(source).f() == 5.0


@case("process")
def no_installed_package_runs_before_a_module(open_module: Open) -> None:
    source = "import sys\ndef f():\n    return bool(sys.flags.no_site), bool(sys.flags.isolated)"
    assert open_module(source).f() == (True, True)


@case()
def what_python_says_of_itself_is_there(open_module: Open) -> None:
    source = "def f():\n    return [callable(one) for one in (help, exit, quit, copyright, credits, license)]"
    assert open_module(source).f() == [True] * 6
