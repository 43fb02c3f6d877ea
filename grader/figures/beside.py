"""The student's numbers beside the reference's, in one figure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.figure import Figure, Panel, Role


def beside(own: Sequence[Figure], reference: Sequence[Figure]) -> tuple[Figure, ...]:
    """Lay a student's figures beside the reference's, by name.

    What only the reference has (axes, contours, what is given) is taken from there, so `own` may be what `own_only` has
    left. A figure that the student's code could not make shows the reference alone, and its `problem`.

    Args:
        own: of the student.
        reference: of the reference; a figure without one there stays as it is.
    """
    known = {figure.name: figure for figure in reference}
    return tuple(_together(figure, known.get(figure.name)) for figure in own)


def _together(own: Figure, reference: Figure | None) -> Figure:
    if reference is None:
        return own
    if len(own.panels) != len(reference.panels):  # none, or those of another version of the figure file
        return msgspec.structs.replace(reference, result=own.result, problem=own.problem)
    panels = tuple(_panel(one, other) for one, other in zip(own.panels, reference.panels, strict=True))
    return msgspec.structs.replace(reference, panels=panels, result=own.result, problem=own.problem)


def _panel(own: Panel, reference: Panel) -> Panel:
    """What is given below, then the student's, then the reference's, which is dashed and so hides nothing."""
    given = tuple(series for series in reference.series if series.role is Role.GIVEN)
    theirs = tuple(series for series in own.series if series.role is Role.STUDENT)
    ours = tuple(series for series in reference.series if series.role is Role.REFERENCE)
    return msgspec.structs.replace(reference, series=(*given, *theirs, *ours))
