"""The pairs as a list in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from grader.report.page import Page
from grader.report.terminal import Terminal
from grader.report.text import count, one_line
from grader.similarity.pairs import Findings, Pair

_VERDICT = (
    "This is a list to look at, not a verdict: who learnt together, or copied from the same page, is close as well. "
    "Open both modules side by side before you ask anybody."
)


def render_pairs(findings: Findings, terminal: Terminal) -> None:
    """Write the pairs, the closest first, each with the lines that are alike."""
    page = Page(terminal, widest=110)
    compared = count(findings.submissions, "submission")
    if not findings.pairs:
        page.line((f"{compared} compared. No two are closer than the task explains.", "bold"))
        return
    pairs = len(findings.pairs) + findings.more
    page.line((f"{compared} compared, {count(pairs, 'pair')} to look at.", "bold"))
    page.paragraph(
        "Alike is what is their own: without the stub, the solution and what many have.", style="dim", indent=0
    )
    for pair in findings.pairs:
        page.line()
        _write_pair(page, pair)
    page.line()
    if findings.more:
        page.paragraph(f"… and {count(findings.more, 'more pair')}; --most shows more.", style="dim", indent=0)
    page.paragraph(_VERDICT, indent=0)


def _write_pair(page: Page, pair: Pair) -> None:
    names = f"{one_line(pair.one)} and {one_line(pair.other)}"
    page.line(
        (page.cut(names, max(page.width - 50, 20)), "bold"),
        f"   {_alike(pair)}",
    )
    width = max((len(passage.topic) for passage in pair.passages), default=0)
    for passage in pair.passages:
        lines = sum(last - first + 1 for first, last in passage.lines)
        longest = f"{_longest(passage.lines)} and {_longest(passage.other_lines)}"
        page.line(f"  {passage.topic:<{width}}  {count(lines, 'line'):>9}", (f", longest at {longest}", "dim"))


def _longest(stretches: Sequence[tuple[int, int]]) -> str:
    first, last = max(stretches, key=lambda lines: lines[1] - lines[0], default=(0, 0))
    return f"{first}" if first == last else f"{first}–{last}"


def _alike(pair: Pair) -> str:
    """As in "alike 90 % in structure, 35 % word for word"; what says nothing is left out."""
    shares = ((pair.structure, "in structure"), (pair.wording, "word for word"))
    return "alike " + ", ".join(f"{int(100 * share + 1e-9)} % {how}" for share, how in shares if share is not None)
