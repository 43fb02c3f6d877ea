"""Text from outside cannot steer a terminal, and fits where it is put."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.report.text import count, encodable, number, one_line, printable, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("loss 0.5\n\tstep 2 [bold]é 王[/bold]", "loss 0.5\n    step 2 [bold]é 王[/bold]"),
        ("\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1Hhome", "red home"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07a\x1b]8;;http://evil\x1b\\b\x1b]52;c;aGk=\x07c", "abc"),
        ("\x1bPq#0\x1b\\a\x1b^private\x1b\\b", "ab"),
        ("\x1bc\x1b(Breset", "reset"),
        ("\x1b\x1b[31m[31mtwice", "[31mtwice"),
        ("open \x1b]0;never closed", "open 0;never closed"),
        ("pass\rfail", "pass\nfail"),
        ("a\r\nb\x0bc\x0cd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\ng"),
        ("bell\x07 back\x08 null\x00 delete\x7f", "bell back null delete"),
        ("left \u202egnp.exe\u202c \u200bzero\ufeff \u2066x\u2069", "left gnp.exe zero x"),
        ("half \udcff pair", "half \N{REPLACEMENT CHARACTER} pair"),
    ],
)
def test_printable_keeps_what_is_read_and_drops_what_steers(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters(codec=None)) | st.text(st.sampled_from("\x1b[]0;mJ\x07\\P\x9b\r\n\tab")))
@example("\x1b]\x1b[")
def test_printable_never_lets_a_control_character_through(text: str) -> None:
    shown = printable(text)
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    shown.encode("utf-8")
    assert printable(shown) == shown


def test_one_line_joins_lines_and_collapses_spaces() -> None:
    assert one_line("  a\r\n\tb   c\u2028d ") == "a b c d"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "β ≤ 1 … é × 王 ━"),
        ("utf-16", "β ≤ 1 … é × 王 ━"),
        ("ascii", "beta <= 1 ... e x ? #"),
        ("cp1252", "beta <= 1 ... é x ? #"),
        ("gbk", "beta <= 1 ... é x 王 #"),
        ("no-such-encoding", "beta <= 1 ... ? x ? #"),
    ],
)
def test_text_is_spelt_out_when_the_encoding_lacks_its_signs(encoding: str, shown: str) -> None:
    assert encodable("β ≤ 1 … é × 王 ━", encoding) == shown


@given(st.text(), st.sampled_from(["ascii", "cp437", "latin-1", "shift_jis"]))
def test_printable_text_can_always_be_written_in_a_known_encoding(text: str, encoding: str) -> None:
    encodable(printable(text), encoding).encode(encoding)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("momentum", 8, "momentum"),
        ("momentum", 7, "moment…"),
        ("momentum", 1, "m"),
        ("momentum", 0, ""),
        ("王小明", 4, "王…"),
    ],
)
def test_text_is_shortened_only_when_it_is_too_wide(text: str, width: int, shown: str) -> None:
    assert shorten(text, width) == shown


@given(st.text("ab王é"), st.integers(0, 12), st.sampled_from(["…", "..."]))
def test_shortened_text_is_never_wider_than_asked(text: str, width: int, ellipsis: str) -> None:
    assert cell_len(shorten(text, width, ellipsis)) <= width


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (20.0, "20"), (8.5, "8.5"), (0.1 + 0.2, "0.3"), (19.999, "19.99"), (2 / 3, "0.66"), (1200, "1200")],
)
def test_number_has_two_decimals_at_most_and_is_never_rounded_up(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("amount", "shown"), [(0, "0 tests"), (1, "1 test"), (1200, "1,200 tests")])
def test_count_has_the_right_plural(amount: int, shown: str) -> None:
    assert count(amount, "test") == shown
