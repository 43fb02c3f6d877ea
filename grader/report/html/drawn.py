"""The figures of a student's page: what their code drew of public inputs beside the reference, in shapes and words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from grader.figure import Figure, Kind, Numbers, Panel, Role, Series
from grader.figures.beside import beside
from grader.language.messages import gettext
from grader.model import Grade
from grader.report.html.curves import Plot, names_of, plot_of

Drawn = Callable[[Grade], Mapping[str, tuple["FigureView", ...]]]
"""The figures of a student, by topic."""

_CLOSE = 1e-3
"""Of the reference's range: what nobody can see."""


class FigureView(msgspec.Struct, frozen=True, kw_only=True):
    """One figure."""

    title: str
    says: str
    verdict: str
    """How the student's numbers go along with the reference's."""
    plots: tuple[Plot, ...]


def views_of(own: Sequence[Figure], reference: Sequence[Figure]) -> tuple[FigureView, ...]:
    """The figures in which a student's numbers can be seen.

    Args:
        own: of one topic of a student.
        reference: of the same topic.
    """
    known = {figure.name for figure in reference}
    drawn = [figure for figure in own if figure.panels and not figure.problem and figure.name in known]
    return tuple(_view(figure) for figure in beside(drawn, reference) if _has_own(figure))


def _has_own(figure: Figure) -> bool:
    return any(series.role is Role.STUDENT for panel in figure.panels for series in panel.series)


def _view(figure: Figure) -> FigureView:
    plots = tuple(plot_of(panel, _described(panel)) for panel in figure.panels)
    return FigureView(
        title=figure.title,
        says=figure.says,
        verdict=_verdict(figure, any(plot.cut for plot in plots)),
        plots=plots,
    )


def _named(series: Series, names: Sequence[str]) -> str:
    if series.role is Role.GIVEN:
        return series.name
    whose = gettext("yours") if series.role is Role.STUDENT else gettext("reference")
    return whose if len(names) == 1 else f"{series.name}, {whose}"


def _verdict(figure: Figure, cut: bool) -> str:
    """Where the student's numbers leave the reference's, which one line upon another does not show."""
    differing = [
        (_first_difference(panel, name), name, panel)
        for panel in figure.panels
        for name in names_of(panel)
        if _first_difference(panel, name) is not None
    ]
    if not differing:
        return gettext("Your numbers are those of the reference.")
    place, name, panel = differing[0]
    many = sum(len(names_of(one)) for one in figure.panels) > 1
    where = _where(panel, name, place or 0)
    more = gettext(", and {more} more", more=len(differing) - 1) if len(differing) > 1 else ""
    picture = gettext(" It also leaves the picture.") if cut else ""
    if many:
        return (
            gettext("Yours of {name} leaves the reference {where}{more}.", name=name, where=where, more=more) + picture
        )
    return gettext("Yours leaves the reference {where}{more}.", where=where, more=more) + picture


def _where(panel: Panel, name: str, place: int) -> str:
    if panel.kind is Kind.HISTOGRAM:
        return gettext("in its distribution")
    if place == 0:
        return gettext("from the start")
    series = _of(panel, Role.REFERENCE, name)
    at = series.x[place] if series and place < len(series.x) else None
    if panel.kind is Kind.PATHS or at is None:
        return gettext("after step {place}", place=place)
    return gettext("from {axis} {at} on", axis=panel.x_label or "x", at=f"{at:g}")


def _first_difference(panel: Panel, name: str) -> int | None:
    """The first place at which somebody could see that they differ; None if there is none."""
    own, reference = _of(panel, Role.STUDENT, name), _of(panel, Role.REFERENCE, name)
    if own is None or reference is None:
        return None
    places = [_differs(mine, theirs) for mine, theirs in ((own.x, reference.x), (own.y, reference.y)) if mine != theirs]
    return min((place for place in places if place is not None), default=None)


def _differs(own: Numbers, reference: Numbers) -> int | None:
    known = [value for value in reference if value is not None]
    room = _CLOSE * ((max(known) - min(known)) or abs(known[0]) or 1.0) if known else 0.0
    for place, (mine, theirs) in enumerate(zip(own, reference, strict=False)):
        if (mine is None) != (theirs is None):
            return place
        if mine is not None and theirs is not None and not math.isclose(mine, theirs, rel_tol=0.0, abs_tol=room):
            return place
    return min(len(own), len(reference)) if len(own) != len(reference) else None


def _of(panel: Panel, role: Role, name: str) -> Series | None:
    return next((series for series in panel.series if series.role is role and series.name == name), None)


def _described(panel: Panel) -> str:
    """A panel in words: what its axes are, and from where to where each line goes."""
    names = names_of(panel)
    axes = gettext("{y} over {x}", y=panel.y_label or "y", x=panel.x_label or "x")
    parts = [f"{_named(series, names)}: {_course(series, panel.kind)}" for series in panel.series]
    return f"{panel.title + ': ' if panel.title else ''}{axes}. {'; '.join(parts)}."


def _course(series: Series, kind: Kind) -> str:
    points = [(x, y) for x, y in zip(series.x, series.y, strict=False) if x is not None and y is not None]
    if kind is Kind.HISTOGRAM:
        return gettext("{values} values", values=f"{sum(y for y in series.y if y is not None):g}")
    if not points:
        return gettext("no finite number")
    if len(points) == 1:
        return f"{_point(points[0])}"
    return gettext(
        "{points} points from {first} to {last}",
        points=len(points),
        first=_point(points[0]),
        last=_point(points[-1]),
    )


def _point(point: tuple[float, float]) -> str:
    return f"({point[0]:.3g}, {point[1]:.3g})".replace("-", "−")
