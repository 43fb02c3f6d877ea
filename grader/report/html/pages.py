"""Templates to pages. Whatever a template prints is first made safe to show and then escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.language.messages import gettext
from grader.report.html.items import Note
from grader.report.html.plots import described, histogram, shares
from grader.report.html.student import TestLine
from grader.report.progress import Stage
from grader.report.text import count, number, printable
from grader.report.words import KINDS

_HERE = Path(__file__).parent
_POLICY = "default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def render(name: str, **values: Any) -> str:
    """One page, as HTML.

    Args:
        name: of the template, without its ending.
        values: what it shows.
    """
    return _environment().get_template(f"{name}.html.j2").render(values)


def stream(name: str, **values: Any) -> Iterator[str]:
    """The same in pieces, for a page with a row per student."""
    pieces = _environment().get_template(f"{name}.html.j2").stream(values)
    pieces.enable_buffering(1000)
    return iter(pieces)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, count=count, percent=_percent, correlation=_correlation)
    environment.globals.update(
        style=_asset("base.css") + _asset("staff.css"),
        student_style=_asset("base.css") + _asset("student.css"),
        script=_asset("table.js"),
        policy=_policy,
        histogram=histogram,
        described=described,
        shares=shares,
        lines_of=_lines_of,
        kinds=KINDS,
        Stage=Stage,
        gettext=gettext,
        numbers_of=_numbers_of,
        Note=Note,
    )
    return environment


def _lines_of(tests: Sequence[TestLine]) -> Markup:
    return Markup("\n".join(map(_line_of, tests)))


@lru_cache(maxsize=10_000)
def _line_of(test: TestLine) -> Markup:
    """A test as a line of the list: the same for many students, and so rendered once."""
    return Markup(render("test", test=test).rstrip("\n"))


def _numbers_of(mistake: str) -> Markup:
    """Whose numbers these are, the name in bold."""
    before, _, after = gettext("These are the numbers of {mistake}.", mistake="\0").partition("\0")
    return Markup("{}<b>{}</b>{}").format(before, printable(mistake), after)


def _shown(value: Any) -> Any:
    """Control characters, terminal escapes and what turns the direction of writing never reach a page."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _asset(name: str) -> Markup:
    """A style sheet or a script, as it stands inside the page."""
    return Markup((_HERE / "assets" / name).read_text("utf-8"))


def _policy(style: str, script: str = "") -> str:
    """What the page may do: use these parts of its own, by their hash, and nothing else. It cannot load anything."""
    return _POLICY.format(style=_hash(style), script=_hash(script) if script else "'none'")


@cache
def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _percent(share: float | None) -> str:
    """Rounded down, as a score is."""
    return "–" if share is None else f"{int(100 * share + 1e-9)} %"


def _correlation(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
