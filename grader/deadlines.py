"""Due dates and what missing them costs: the [policy] of `course.toml`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.coursefile import Table
from grader.model import PercentOf, Policy

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def read_policy(table: Table, topics: Table) -> Policy:
    """Read the policy.

    Args:
        table: [policy], which may be empty.
        topics: [topics], whose `due` precedes the one of the policy.

    Raises:
        CourseError: something in it is wrong, or has no effect.
    """
    if not table.values and not any("due" in topics.table(name).values for name in topics.values):
        return Policy()
    table.allow("due", *(name for name in Policy.__struct_fields__ if name != "due"))
    zone = _zone(table)
    own = {name: topics.table(name) for name in topics.values}
    due = {name: one.moment("due", zone) for name, one in own.items() if "due" in one.values}
    if "due" in table.values:
        due = dict.fromkeys(own, table.moment("due", zone)) | due
    given = _penalties(table)
    if given and not due:
        raise table.error(
            f"`{next(iter(given))}` has no effect, for nothing has a due date.",
            "Add `due = 2026-12-18T23:59:00` here, or to the topics that have one.",
        )
    return msgspec.convert({"due": due, "timezone": zone.key, **given}, Policy)


def _zone(table: Table) -> ZoneInfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # a student's kit has no dates, and somebody waits for it

    name = table.text("timezone") if "timezone" in table.values else "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise table.error(
            f'`timezone` is "{name}", which this machine does not know.',
            'Write a name such as "Europe/Berlin". (Windows has none of its own: pip install tzdata.)',
        ) from error


def _penalties(table: Table) -> dict[str, object]:
    """What was written of the rest, checked."""
    given: dict[str, object] = {}
    for name in table.values:
        if name in ("grace_minutes", "percent_per_day"):
            given[name] = table.positive(name)
        elif name == "percent_of":
            given[name] = table.choice(name, *PercentOf)
        elif name in ("late_days", "cutoff_days"):
            given[name] = table.whole(name)
    if table.values.get("percent_per_day", 0) > 100:
        raise table.error(f"`percent_per_day` is {table.values['percent_per_day']}.", "It must be 100 or less.")
    return given
