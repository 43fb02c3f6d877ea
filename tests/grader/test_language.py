"""Which language is spoken, and how sentences that were made in English are translated where they are shown."""

from __future__ import annotations

import re
import string

import numpy as np
import pytest

from grader.errors import UsageError
from grader.language.catalogue import parsed
from grader.language.choice import choose, language, speaking
from grader.language.messages import catalogue, gettext, ngettext
from grader.language.said import said
from grader.language.wrapping import width_of, wrap
from grader.suite.compare import MismatchError, assert_matches, unpack


@pytest.fixture
def chinese():
    with speaking("zh_CN"):
        yield


# --- the choice


@pytest.mark.parametrize(
    ("arguments", "environment", "code"),
    [
        ([], {}, "en"),
        (["check", "--lang", "zh_CN"], {}, "zh_CN"),
        (["--lang=zh-Hans", "check"], {"GRADE_LANG": "en"}, "zh_CN"),
        (["check", "--lang", "en_GB"], {"GRADE_LANG": "zh_CN", "LANG": "zh_CN.UTF-8"}, "en"),
        (["check"], {"GRADE_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ([], {"LANG": "zh_SG.GB2312"}, "zh_CN"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh_CN"),
        ([], {"LANGUAGE": "de:zh_CN:en", "LANG": "de_DE.UTF-8"}, "zh_CN"),
        ([], {"LANG": "zh_TW.UTF-8"}, "en"),
        ([], {"LANG": "fr_FR@euro"}, "en"),
        (["hint", "--", "--lang"], {}, "en"),
        (["hint", "--lang"], {}, "en"),
    ],
)
def test_language_is_that_of_the_option_then_the_variable_then_the_locale(arguments, environment, code):
    assert choose(arguments, environment) == code


@pytest.mark.parametrize(("arguments", "environment"), [(["--lang", "xx"], {}), ([], {"GRADE_LANG": "zh_TW"})])
def test_language_that_is_not_there_is_refused_with_those_that_are(arguments, environment):
    with pytest.raises(UsageError, match=r"(?s)no such language here.*en \(English\) or zh_CN"):
        choose(arguments, environment)


def test_language_ends_with_its_context():
    with speaking("zh_CN"):
        assert language() == "zh_CN"
    assert language() == "en"


# --- messages


def test_message_has_its_values_in_either_language(chinese):
    words = {"file": "a{b}.py", "name": "adam"}
    text = "Next: begin with {file}, then run `grade check {name}`."
    assert gettext(text, **words) == "下一步：开始写 a{b}.py，然后运行 `grade check adam`。"
    with speaking("en"):
        assert gettext(text, **words) == "Next: begin with a{b}.py, then run `grade check adam`."


def test_plural_of_english_is_one_form_of_chinese(chinese):
    forms = ("{n} place still to be written", "{n} places still to be written")
    assert [ngettext(*forms, n) for n in (1, 1200)] == ["还有 1 处没有写", "还有 1,200 处没有写"]
    with speaking("en"):
        assert [ngettext(*forms, n) for n in (1, 1200)] == [
            "1 place still to be written",
            "1,200 places still to be written",
        ]


# --- sentences from far away


def complaints():
    """What the comparison says of all kinds of wrong answers, in public and in hidden suites."""
    eye, way = np.arange(12.0).reshape(3, 4), np.arange(1.0, 6.0) ** 2
    wrong = [
        (None, way, ""),
        ("words", way, ""),
        (way, 1.0, ""),
        (2.5, 3, ""),
        (way[:3], way, ""),
        (eye.T, eye, ""),
        (way * np.nan, way, ""),
        (way * np.inf, way, ""),
        (way.astype(int) + 1, way + 0.5, ""),
        (-way, way, "step"),
        (2 * way, way, "step"),
        (0 * way, way, "step"),
        (np.roll(way, 1), way, "step"),
        (eye + [[0.0], [1.0], [0.0]] * eye + 1.0, eye, "row"),
        (eye + np.array([[0.0], [1.0], [0.0]]), eye, ""),
        ([], [1.0], ""),
        ([1.0, 2.0], [1.0, 3.0], ""),
        ([1.0, 2.0], [1.0, 3.0], "step"),
        ({}, {"w": 1.0}, ""),
        (1, {"w": 1.0}, ""),
        (1.0, True, ""),
        ("one", "other", ""),
        ("one", None, ""),
        (1j * way, way, ""),
        (3.0, 4.0, ""),
    ]
    for actual, expected, along in wrong:
        with pytest.raises(MismatchError) as caught:
            assert_matches(actual, expected, name="w", along=along)
        yield from (caught.value.message, caught.value.brief)
    for value in (1.0, (1.0,), None):
        with pytest.raises(MismatchError) as caught:
            unpack(value, "w", "b")
        yield caught.value.message


def test_whatever_the_comparison_says_is_said_in_chinese(chinese):
    for sentence in complaints():
        shown = said(sentence)
        kept = {
            "dtype",
            "step",
            "row",
            "None",
            "NaN",
            "True",
            "False",
            "return",
            "list",
            "tuple",
            "float64",
            "complex128",
            "int64",
        }
        left = set(re.findall(r"[A-Za-z]{3,}\d*", shown)) - kept
        assert not left, f"{sentence}  →  {shown}"
        assert re.search(r"[\u4e00-\u9fff]", shown)
        with speaking("en"):
            assert said(sentence) == sentence


def test_several_lines_are_translated_and_code_is_not(chinese):
    trace = ["adam.py, line 3, in step:", "    raise ValueError('line 4')", "adam.py, line 9:", "    step()"]
    assert said("\n".join(["ValueError: no good", *trace])).split("\n") == [
        "ValueError: no good",
        "adam.py，第 3 行，在 step 中：",
        "    raise ValueError('line 4')",
        "adam.py，第 9 行：",
        "    step()",
    ]


def test_sentences_in_a_row_are_translated_one_by_one(chinese):
    shown = said("More than 64 MB of memory was asked for. Unable to allocate 8.00 GiB for an array with shape (3,)")
    assert shown == "请求的内存超过 64 MB。Unable to allocate 8.00 GiB for an array with shape (3,)"


def test_what_a_program_is_called_stays_though_it_is_a_word(chinese):
    assert said("text() is not written yet (row.py, line 3).") == "text() 还没有写（row.py，第 3 行）。"
    assert "column" in said("Expected shape (2,) for column, got (3,).")


@pytest.mark.parametrize(
    "text",
    [
        "{0.__class__.__mro__}() is not written yet ({filename}, {place}).",
        "Expected {x} for {name!r:>999999}, got %s.",
        "for got , " * 150,
        ". ".join(["Expected a for b, got c"] * 150) + ".",
        "Expected " * 30 + "for got.",
        "\x1b[31mExpected\x00 shape",
        "",
        "\n\n",
    ],
)
def test_hostile_text_is_only_compared(chinese, text):
    shown = said(text)
    assert shown.count("{") == text.count("{")
    assert "object" not in shown


def test_template_is_matched_from_left_to_right():
    template = parsed("Expected {wanted} for {name}, got {what}.", "{name}：{wanted} {what}")
    assert template is not None
    assert template.match("Expected 2 for a for b, got c, got d.") == {
        "wanted": "2",
        "name": "a for b",
        "what": "c, got d",
    }
    assert template.match("Expected 2 for a, got c") is None


def test_text_without_places_is_no_template():
    assert parsed("{a}{b}", "{a}{b}") is None
    assert parsed("no places", "没有") is None


def test_every_template_of_the_engine_has_its_own_translation(chinese):
    found = catalogue()
    assert found is not None and len(found.templates) > 50
    for template in found.templates:
        names = [name for _, name, _, _ in string.Formatter().parse(template.translation) if name is not None]
        assert set(names) <= set(template.names)


# --- lines of wide signs


def test_chinese_is_wrapped_by_columns_and_not_before_a_full_stop():
    text = "Adam 为每个权重保留两个滑动平均：m 是梯度的平均，v 是梯度平方的平均。运行 `grade check adam`，再看看。"
    for width in (24, 30, 41, 80):
        lines = wrap(text, width)
        assert max(map(width_of, lines)) <= width
        assert not any(line[0] in "，。：" for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_english_is_wrapped_as_ever():
    assert wrap("one two three four", 9) == ["one two", "three", "four"]
    assert wrap("a-very-long-word b", 5) == ["a-very-long-word", "b"]
