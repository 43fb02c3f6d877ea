"""Figures as pictures, drawn by Matplotlib: SVG and PNG, the same bytes for the same numbers."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from grader.figure import Figure, Heights, Kind, Panel, Role, Series
from grader.figures.frame import Frame, bars, frame_of, runs
from grader.language.messages import gettext

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Of series, told apart by whoever sees no red or no green (Okabe and Ito)."""
INK, FRAME, LEVEL = "#222222", "#767676", "#b8c4ce"
GIVEN = (("#9a9a9a", "-"), ("#6a6a6a", (0, (1, 1.2))), ("#b8b8b8", "-"), ("#505050", (0, (1, 1.2))))
"""Of what is given: colours and dashes, one after the other."""

_FONTS = ("DejaVu Sans", "Verdana", "Arial")
"""The first one comes with Matplotlib."""
_SETTINGS: dict[str, Any] = {
    "font.sans-serif": [*_FONTS],
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched, and is small
    "svg.hashsalt": "deepgrade",
    "font.size": 9.0,
    "axes.edgecolor": FRAME,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.titlesize": 9.0,
    "axes.titleweight": "normal",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "path.simplify": True,
}
_CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
    *("SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS"),
)
"""Those that come with Windows, macOS or a Linux."""
_PANEL_WIDTH, _PANEL_HEIGHT = 4.2, 3.3
_LEAST_WIDTH = 5.6
_MOST_COLUMNS = 2
_LETTERS = 11.5
"""Of a title, in an inch."""
_COORDINATES = re.compile(r'\b(d|x|y|transform|points|width|height)="[^"]*"')
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LONG = re.compile(r"-?\d+\.\d{3,}")


def svg(figures: Sequence[Figure]) -> bytes:
    """One picture of some figures, one below the other.

    Raises:
        ModuleNotFoundError: Matplotlib is not installed.
    """
    text = _saved(figures, "svg").decode("utf-8")
    return _COORDINATES.sub(lambda found: _LONG.sub(_shorter, found[0]), text).encode("utf-8")


def lacks_font(figures: Sequence[Figure]) -> bool:
    """Whether pixels cannot show these texts: they are Chinese, and no font for that is installed.

    Raises:
        ModuleNotFoundError: Matplotlib is not installed.
    """
    return _is_chinese(figures) and not _chinese_fonts()


def _is_chinese(figures: Sequence[Figure]) -> bool:
    return any(_CHINESE.search(text) for figure in figures for text in _texts(figure))


def _texts(figure: Figure) -> Iterator[str]:
    yield from (figure.title, figure.problem, gettext("yours"))
    for panel in figure.panels:
        yield from (panel.title, panel.x_label, panel.y_label, *(series.name for series in panel.series))


def _chinese_fonts() -> list[str]:
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return [name for name in _CHINESE_FONTS if name in installed]


def png(figures: Sequence[Figure]) -> bytes:
    """The same, in pixels.

    Raises:
        ModuleNotFoundError: Matplotlib is not installed.
    """
    return _saved(figures, "png")


def _saved(figures: Sequence[Figure], kind: str) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure as Canvas

    sizes = [_size(figure) for figure in figures]
    chinese = kind == "png" and _is_chinese(figures)
    family = [_FONTS[0], *_chinese_fonts()] if chinese else ["sans-serif"]  # an SVG's fonts are its reader's
    settings: Any = {**matplotlib.rcParamsDefault, **_SETTINGS, "font.family": family}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        canvas = Canvas(
            figsize=(max(width for width, _ in sizes), sum(height for _, height in sizes)), layout="constrained"
        )
        ratios = [height for _, height in sizes]
        parts = canvas.subfigures(len(figures), 1, squeeze=False, height_ratios=ratios)
        for part, figure in zip(parts.ravel(), figures, strict=True):
            _draw(part, figure)
        picture = io.BytesIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type") if kind == "svg" else ("Software",))
        canvas.savefig(picture, format=kind, dpi=150, metadata=nothing)
    return picture.getvalue()


def _size(figure: Figure) -> tuple[float, float]:
    """Width and height in inches."""
    columns = min(len(figure.panels), _MOST_COLUMNS) or 1
    rows = -(-len(figure.panels) // columns) or 1
    return max(columns * _PANEL_WIDTH, _LEAST_WIDTH), 0.4 + rows * _PANEL_HEIGHT


def _draw(part: SubFigure, figure: Figure) -> None:
    title = _wrapped(figure.title, figure)
    weight = "normal" if _CHINESE.search(title) else "bold"  # few of those fonts have a bold one
    part.suptitle(title, x=0.01, ha="left", weight=weight, size=10, color=INK)
    if figure.problem:
        problem = gettext("Your run is not in it: {problem}", problem=_first_line(figure.problem))
        part.supxlabel(_wrapped(problem, figure), size=8.5, color=COLOURS[1], parse_math=False)
    if not figure.panels:
        return
    columns = min(len(figure.panels), _MOST_COLUMNS)
    axes = part.subplots(-(-len(figure.panels) // columns), columns, squeeze=False).ravel()
    for ax, panel in zip(axes, figure.panels, strict=False):
        _draw_panel(ax, panel)
    for ax in axes[len(figure.panels) :]:
        ax.set_axis_off()


def _first_line(text: str) -> str:
    """What can be drawn of a text that a student's code may have made."""
    return "".join(letter if letter.isprintable() else " " for letter in text.splitlines()[0])


def _wrapped(text: str, figure: Figure) -> str:
    """In lines that are not longer than the figure is wide; a Chinese character takes the room of two letters."""
    letters = int(_size(figure)[0] * _LETTERS)
    return textwrap.fill(text, letters // 2 if _CHINESE.search(text) else letters)


def _draw_panel(ax: Axes, panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    frame = frame_of(panel)
    beside = any(series.role is Role.STUDENT for series in panel.series)
    names = list(dict.fromkeys(series.name for series in panel.series if series.role is not Role.GIVEN))
    given = [series.name for series in panel.series if series.role is Role.GIVEN]
    if panel.heights is not None:
        _draw_heights(ax, panel.heights)
    for series in panel.series:
        look = _given(given.index(series.name), series) if series.role is Role.GIVEN else _look(series, names, beside)
        if panel.kind is Kind.HISTOGRAM:
            _draw_bars(ax, series, look)
        else:
            _draw_line(ax, series, look, steps=panel.kind is Kind.PATHS)
    if panel.log_y:
        ax.set_yscale("log")
    if all(x is None or x.is_integer() for series in panel.series for x in series.x):
        ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    _label(ax, panel, frame)


def _label(ax: Axes, panel: Panel, frame: Frame) -> None:
    ax.set_xlim(*frame.x)
    ax.set_ylim(*frame.y)
    ax.set_xlabel(panel.x_label)
    ax.set_ylabel(panel.y_label)
    titles = [panel.title, gettext("Your run leaves the picture.") if frame.cut else ""]
    if any(titles):
        ax.set_title("  ·  ".join(filter(None, titles)), loc="left", color=INK)
    handles, labels = ax.get_legend_handles_labels()
    if len(labels) > 1 or any(series.role is Role.STUDENT for series in panel.series):
        columns = len(labels) if len(labels) < 4 else 2
        ax.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.0, -0.19), ncols=columns, borderaxespad=0.0)


def _draw_heights(ax: Axes, heights: Heights) -> None:
    ax.contour(
        heights.x, heights.y, heights.z, heights.levels, colors=LEVEL, linewidths=0.8, negative_linestyles="solid"
    )


def _given(place: int, series: Series) -> dict[str, Any]:
    """How what is given is drawn: broad and grey, below all else."""
    colour, dashes = GIVEN[place % len(GIVEN)]
    return {"color": colour, "lw": 2.8, "ls": dashes, "label": series.name, "zorder": 2.0}


def _look(series: Series, names: Sequence[str], beside: bool) -> dict[str, Any]:
    """How a series is drawn: the student's broad and pale, the reference's thin and dashed upon it."""
    colour = COLOURS[names.index(series.name) % len(COLOURS)]
    if series.role is Role.STUDENT:
        label = _named(series, names, gettext("yours"))
        return {"color": colour, "lw": 2.8, "alpha": 0.75, "label": label, "zorder": 3.0}
    if not beside:
        return {"color": colour, "lw": 1.8, "label": series.name, "zorder": 3.0}
    label = _named(series, names, gettext("reference"))
    return {"color": _darker(colour), "lw": 1.4, "ls": (0, (4, 2)), "label": label, "zorder": 4.0}


def _named(series: Series, names: Sequence[str], whose: str) -> str:
    return whose if len(names) == 1 else f"{series.name} ({whose})"


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[start : start + 2], 16) * 11 // 20:02x}" for start in (1, 3, 5))


def _draw_line(ax: Axes, series: Series, look: dict[str, Any], *, steps: bool) -> None:
    pieces = runs(series)
    if sum(map(len, pieces)) == 1:
        look = {**look, "marker": "o", "ms": 9 if series.role is Role.STUDENT else 5, "ls": "none"}
    elif steps:
        look = {**look, "marker": ".", "ms": 4 if series.role is Role.STUDENT else 3}
    for piece in pieces or [[]]:
        ax.plot([x for x, _ in piece], [y for _, y in piece], **look)
        look = {**look, "label": "_"}  # one entry in the legend


def _draw_bars(ax: Axes, series: Series, look: dict[str, Any]) -> None:
    found = bars(series)
    edges = [*(left for left, _, _ in found), *(right for _, right, _ in found[-1:])]
    filled = series.role is not Role.REFERENCE or "ls" not in look
    if found:
        style = {**look, "fill": True, "alpha": 0.5, "lw": 0.8, "ls": "-"} if filled else look
        ax.stairs([height for _, _, height in found], edges, **style)


def _shorter(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
