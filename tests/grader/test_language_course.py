"""A course in two languages: collected for translators, shown to students, cut down to what a kit may hold."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path

import pytest
from grading import RIGHT, WALKS, add
from translating import COURSE_CHINESE, translate

from grader.course import load_course
from grader.errors import CourseError
from grader.language.catalogue import Catalogue
from grader.language.choice import speaking
from grader.language.records import catalogue_path, text_of
from grader.release import secrets
from grader.release.kit import kit_files, release
from grader.release.stubs import stub_of
from grader.release.translations import hidden_texts
from grader.student.handout import markdown, sections
from grader.student.paragraphs import parts_of_docstring, parts_of_handout
from grader.student.translated import documented, stub_in_language, translated_source

REPOSITORY = Path(__file__).resolve().parents[2]
TRIPLED = RIGHT.replace("2.0 * x", "x + x + x")
ONLY_HIDDEN = ("A vector is doubled.", "向量被加倍", "The number and its double come back.", "返回这个数和它的两倍")


@pytest.fixture
def chinese_course(toy_course):
    translate(toy_course)
    return toy_course


@pytest.fixture
def kit(chinese_course, tmp_path):
    release(load_course(chinese_course), tmp_path / "kit", "zh_CN")
    return tmp_path / "kit"


def words(done):
    return re.sub(r"\s+", "", done.stdout)


# --- collected


def test_messages_are_collected_topic_by_topic(toy_course, grade_command):
    done = grade_command("messages", cwd=toy_course)
    assert (done.returncode, done.stderr) == (0, "")
    text = (toy_course / "translations/zh_CN/double.po").read_text("utf-8")
    for known in ("Twice x, a new array.", "the double", "A vector is doubled.", "three times x", "Is it a power?"):
        assert f'msgid "{known}"\nmsgstr ""' in text
    assert '"Doubling"' in (toy_course / "translations/zh_CN/course.po").read_text("utf-8")
    assert grade_command("messages", cwd=toy_course).stdout == ""


def test_check_says_what_is_missing_fuzzy_stale_or_has_wrong_places(chinese_course, grade_command):
    assert grade_command("messages", "--check", "double", cwd=chinese_course).returncode == 0
    po = chinese_course / "translations/zh_CN/double.po"
    text = po.read_text("utf-8").replace('msgstr "它的两倍"', 'msgstr "它的 {twice} 倍"')
    po.write_text(text.replace('msgstr "x 的平方"', 'msgstr ""') + '\nmsgid "Gone."\nmsgstr "没有了。"\n', "utf-8")
    add(
        chinese_course,
        "solutions/double.py",
        (chinese_course / "solutions/double.py").read_text().replace("Twice", "2 times"),
    )
    done = grade_command("messages", "--check", "double", cwd=chinese_course)
    assert done.returncode == 1
    for problem in (
        'lacks "2 times x, a new array."',
        'no source says "Twice x, a new array." any more',
        'no source says "Gone." any more',
        'is not translated: "x squared"',
        'has a place that the source has not: "its double"',
        "double.mo: is not what the .po gives",
    ):
        assert problem in done.stdout
    grade_command("messages", "double", cwd=chinese_course)
    assert 'is fuzzy: "2 times x, a new array."' in grade_command("messages", "--check", cwd=chinese_course).stdout


def test_messages_of_a_topic_that_is_not_there_are_refused(toy_course, grade_command):
    done = grade_command("messages", "tripple", cwd=toy_course)
    assert done.returncode == 2
    assert 'no topic "tripple"' in done.stderr


def test_broken_catalogue_is_named(chinese_course, grade_command):
    add(chinese_course, "translations/zh_CN/double.po", "nonsense\n")
    done = grade_command("messages", cwd=chinese_course)
    assert done.returncode == 2
    assert "double.po cannot be read" in done.stderr


# --- shown


def test_check_speaks_chinese(chinese_course, hand_in, grade_command):
    folder = hand_in("me", double=TRIPLED, walk=WALKS)
    done = grade_command("check", "--lang", "zh_CN", "--course", chinese_course, cwd=folder)
    for sentence in (
        "这些数值对应的错误是：x的三倍。",
        "提示：x取了几次？",
        "向量被加倍。这句话只有隐藏测试说过。",
        "值不对：两倍的值，首先在下标[0]处。每个值都差同一个倍数。",
        "数值不对。（4分）",
        "3/7分",
        "double.py加倍·",
    ):
        assert sentence in words(done), done.stdout
    english = grade_command("check", "--course", chinese_course, cwd=folder)
    assert "These are the numbers of three times x." in english.stdout
    assert "double.py  Doubling" in english.stdout


@pytest.mark.parametrize("environment", [{"GRADE_LANG": "zh_CN"}, {"GRADE_LANG": "", "LC_ALL": "zh_CN.UTF-8"}])
def test_variable_and_locale_choose_the_language(chinese_course, hand_in, grade_command, environment):
    folder = hand_in("me", double=RIGHT)
    done = grade_command("next", "--course", chinese_course, cwd=folder, **environment)
    assert "2 个专题中已完成 1 个" in done.stdout
    assert "行走" in done.stdout


def test_hints_and_handouts_speak_chinese(kit, grade_command):
    (kit / "exercises/double.py").write_text(TRIPLED, "utf-8")
    done = grade_command("hint", "double", "--lang", "zh_CN", cwd=kit)
    assert "要做的事：double(2.0) 是 4.0。" in done.stdout
    assert "x 取了几次？" in done.stdout


def test_packing_speaks_chinese(kit, grade_command):
    done = grade_command("pack", "--lang", "zh_CN", cwd=kit)
    assert "还有 2 处没有写" in done.stdout
    assert "没有发送到任何地方" in words(done)


def test_json_has_the_same_keys_and_results_in_every_language(chinese_course, hand_in, grade_command):
    folder = hand_in("me", double=TRIPLED)

    def results(code):
        done = grade_command("check", "--json", "--lang", code, "--course", chinese_course, cwd=folder)
        grade = json.loads(done.stdout)["grade"]
        return [(t["topic"], t["score"], [(o["test"], o["result"]) for o in t["outcomes"]]) for t in grade["topics"]]

    assert results("zh_CN") == results("en")


def test_pages_of_students_are_chinese_and_those_for_staff_english(chinese_course, hand_in, grade_command, tmp_path):
    hand_in("ada", double=TRIPLED)
    book = tmp_path / "book.db"
    batch = grade_command(
        "batch", tmp_path / "submissions", "--gradebook", book, "--isolation", "none", cwd=chinese_course
    )
    assert batch.returncode == 0, batch.stderr
    done = grade_command("report", tmp_path / "out", "--gradebook", book, "--lang", "zh_CN", cwd=chinese_course)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out/students/ada.html").read_text("utf-8")
    for shown in (
        '<html lang="zh-CN">',
        "一门小课程",
        "这些数值对应的错误是：<b>x 的三倍</b>。",
        "提示：x 取了几次？",
        "值不对：两倍的值，首先在下标 [0] 处。",
        "3 个测试中通过 0 个",
        "没有提交 walk.py。",
    ):
        assert shown in page
    text = re.sub(r"<(style|title).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", text)
    staff = (tmp_path / "out/index.html").read_text("utf-8")
    assert '<html lang="en"' in staff
    assert "Doubling" in staff


# --- help and errors


def test_help_is_chinese_and_as_wide_as_it_was(grade_command):
    done = grade_command("check", "--help", "--lang", "zh_CN")
    assert "用法：grade check [OPTIONS] [TOPIC]..." in done.stdout
    assert "显示此帮助并退出。" in done.stdout
    from grader.language.wrapping import width_of

    assert max(map(width_of, done.stdout.splitlines())) <= 80
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", done.stdout.replace("grade check adam dropout", ""))


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["check", "--nope"], "错误：没有 '--nope' 这个选项"),
        (["check", "--coarse", "."], "错误：没有 '--coarse' 这个选项。你是想用 '--course' 吗？"),
        (["hint"], "错误：缺少参数 'TOPIC'。"),
        (["hint", "double", "--stage", "x"], "错误：'--stage' 的值无效：'x' 不是整数。"),
        (["hint", "double", "--stage", "0"], "错误：'--stage' 的值无效：0 不在范围 x>=1 内。"),
        (["nope"], "错误：没有 'nope' 这个命令。"),
        (["hint", "a", "b"], "错误：多余的参数（b）"),
        (["pack", "--output"], "错误：选项 '--output' 需要一个值。"),
        (["check", "tripple"], "错误：没有名为“tripple”的专题。"),
        (["check", "--course", "nowhere"], "错误：--course 指定了 nowhere，但没有这个文件夹。"),
    ],
)
def test_errors_are_chinese(toy_course, grade_command, arguments, shown):
    done = grade_command(*arguments, cwd=toy_course, GRADE_LANG="zh_CN")
    assert done.returncode == 2
    assert shown in done.stderr


def test_commands_for_staff_speak_english(toy_course, grade_command):
    done = grade_command("export", "csv", "--gradebook", "none.db", cwd=toy_course, GRADE_LANG="zh_CN")
    assert done.stderr.startswith("Error: ")
    assert "Usage: grade release" in grade_command("release", "--help", GRADE_LANG="zh_CN").stdout


@pytest.mark.parametrize("asked", [{"GRADE_LANG": "klingon"}, {"lang": "klingon"}])
def test_language_that_is_not_there_is_an_error(toy_course, grade_command, asked):
    option = ["--lang", asked["lang"]] if "lang" in asked else []
    done = grade_command("check", *option, cwd=toy_course, **{k: v for k, v in asked.items() if k != "lang"})
    assert done.returncode == 2
    assert "there is no such language here" in done.stderr
    assert "zh_CN (简体中文)" in done.stderr


def test_console_that_cannot_show_chinese_gets_english(chinese_course, hand_in, grade_command):
    folder = hand_in("me", double=TRIPLED)
    poor = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    done = grade_command("check", "--course", chinese_course, cwd=folder, GRADE_LANG="zh_CN", **poor)
    assert "Hint: How often is x taken?" in done.stdout
    asked = grade_command("check", "--lang", "zh_CN", "--course", chinese_course, cwd=folder, **poor)
    assert "This terminal cannot show Chinese" in asked.stderr


# --- released


def test_kit_of_a_language_has_its_stubs_handouts_and_readme(kit):
    stub = (kit / "exercises/double.py").read_text("utf-8")
    assert '"""x 的两倍，一个新的数组。"""' in stub
    assert "YOUR CODE HERE" in stub
    handout = (kit / "handouts/double.md").read_text("utf-8")
    assert handout.startswith("# 加倍。double(2.0) 是 4.0\n")
    assert "## 要写的内容" in handout
    readme = (kit / "README.md").read_text("utf-8")
    assert readme.startswith("# 一门小课程\n")
    assert "接下来做哪个专题" in readme


def test_kit_speaks_both_languages_whatever_it_is_written_in(chinese_course, tmp_path, grade_command):
    for code in ("en", "zh_CN"):
        kit = tmp_path / code
        release(load_course(chinese_course), kit, code)
        (kit / "exercises/double.py").write_text(TRIPLED, "utf-8")
        shown = {lang: grade_command("check", "double", "--lang", lang, cwd=kit).stdout for lang in ("en", "zh_CN")}
        assert "These are the numbers of three times x." in shown["en"]
        assert "这些数值对应的错误是：x 的三倍。" in shown["zh_CN"]
        assert "double.py  Doubling" in shown["en"]


def test_kit_holds_nothing_of_what_only_hidden_tests_say(kit):
    for path in kit.rglob("*"):
        if path.is_file():
            data = path.read_bytes().decode("utf-8", "replace")
            assert not [text for text in ONLY_HIDDEN if text in data], path
    double = Catalogue((kit / "translations/zh_CN/double.mo").open("rb"))
    assert set(double.messages.values()) >= {"x 的三倍", "double(2.0) 是 4.0。"}


def test_mistake_that_no_public_test_notices_is_not_in_the_catalogue(chinese_course, tmp_path):
    text = (chinese_course / "solutions/mistakes/double.py").read_text("utf-8")
    edits = """edits={"return x, double(x)": "return double(x), x"}"""
    more = f'    Mistake(name="turned", says="both turned round", hint="Which comes first?", {edits}),\n)\n'
    add(chinese_course, "solutions/mistakes/double.py", text.rstrip().removesuffix(")") + more)
    translate(chinese_course, COURSE_CHINESE | {"both turned round": "两个反了", "Which comes first?": "哪个在前？"})
    files = kit_files(load_course(chinese_course))
    assert "两个反了".encode() not in files["translations/zh_CN/double.mo"]
    assert "x 的三倍".encode() in files["translations/zh_CN/double.mo"]


@pytest.mark.parametrize("text", ONLY_HIDDEN[1:3])
def test_sentence_of_a_hidden_test_in_a_kit_is_found_in_either_language(chinese_course, text):
    hidden = secrets.collect(load_course(chinese_course))
    shown = next(t for t, _ in hidden_texts(load_course(chinese_course), "double") if t.startswith(text))
    whole = catalogue_path(chinese_course, "zh_CN", "double").read_bytes()
    for file in ({"notes.md": f"# {shown}\n".encode()}, {"double.mo": whole}):
        assert "tests/hidden/test_double.py" in str(hidden.find(file)[0])


def test_damaged_catalogue_is_not_released(chinese_course):
    with pytest.raises(CourseError, match="is no catalogue"):
        secrets.collect(load_course(chinese_course)).find({"double.mo": b"\xff\xfe no catalogue"})


# --- the code stays


@pytest.mark.parametrize("topic", [topic.name for topic in load_course(REPOSITORY).topics])
def test_parts_of_a_docstring_are_the_docstring(topic):
    for entry in documented(ast.parse(stub_of(load_course(REPOSITORY), topic))):
        parts = parts_of_docstring(entry.docstring) if entry.name else parts_of_handout(entry.docstring)
        assert "\n".join(line for part in parts for line in part.lines) == entry.docstring


@pytest.mark.parametrize("topic", [topic.name for topic in load_course(REPOSITORY).topics])
def test_translated_stub_of_the_real_course_has_the_same_code(topic):
    course = load_course(REPOSITORY)
    stub = stub_of(course, topic)
    assert stub_in_language(course, topic, stub) == stub
    assert translated_source(stub, str) == stub
    with speaking("zh_CN"):
        chinese = stub_in_language(course, topic, stub)
    code = [line for line in stub.splitlines() if re.match(r"\s*(def|class|return|self|raise|import|#)\b", line)]
    assert not [line for line in code if line not in chinese.splitlines()]


def test_translation_that_would_end_a_docstring_is_refused(toy_course):
    translate(toy_course, {"Twice x, a new array.": '两倍"""'})
    course = load_course(toy_course)
    with speaking("zh_CN"), pytest.raises(CourseError, match=r"double: The docstring of double cannot be translated"):
        stub_in_language(course, "double", stub_of(course, "double"))


def test_handout_in_chinese_has_the_sections_and_formulas_of_the_english_one(toy_course):
    docstring = '''"""Momentum.

The idea
    A ball rolls down.
    It keeps its speed.

The rule
    velocity ← momentum × velocity - rate × gradient
    w        ← w + velocity

In numbers
  - one item, which goes on
    in a second line
"""
def step(w):
    """One step."""
'''
    known = {
        "Momentum.": "动量。",
        "The idea": "思想",
        "A ball rolls down.": "小球向下滚。",
        "It keeps its speed.": "它保持速度。",
        "The rule": "规则",
        "In numbers": "数值例子",
        "one item, which goes on in a second line": "一项，后面还有一行",
        "One step.": "一步。",
    }
    with speaking("zh_CN"):
        text = markdown(docstring, lambda each: known.get(each, each))
    assert text.startswith("# 动量\n")
    found = {section.heading: section.text for section in sections(text)}
    assert found["思想"] == "小球向下滚。\n它保持速度。"
    assert found["规则"].splitlines()[0] == "  velocity ← momentum × velocity - rate × gradient"
    assert found["数值例子"] == "- 一项，后面还有一行"
    assert "- `step(w)`: 一步。" in found["要写的内容"]


def test_text_of_a_course_without_catalogues_stays_english(toy_course):
    course = load_course(toy_course)
    shutil.rmtree(toy_course / "translations", ignore_errors=True)
    with speaking("zh_CN"):
        assert text_of(course, "double", "three times x") == "three times x"
