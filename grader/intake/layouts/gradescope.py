"""Gradescope: "Export Submissions", a zip `assignment_{id}_export`.

`submission_metadata.yml` has a key per folder `submission_{id}`, with `:submitters` (several for a group; `:name`,
`:email`, `:sid`) and `:created_at`. It holds the newest submission of each student. (public examples of the file; it
has no published description)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from grader.errors import IntakeError
from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import UnreadableError, shown
from grader.intake.roster import Field
from grader.intake.tree import Kind

METADATA = "submission_metadata.yml"
_MOST = 50_000_000
_FIELDS = {":sid": Field.SID, ":email": Field.EMAIL, ":name": Field.NAME}
_REMEDY = "Export the submissions again; without the file nobody can tell whose they are."


def _recognises(download: Download) -> bool:
    return any(node.name == METADATA for node in download.nodes)


def _find(download: Download) -> Found:
    if not _recognises(download):
        raise IntakeError(f"There is no {METADATA} in {download.path}.", _REMEDY)
    metadata = _metadata(download)
    attempts, strays = [], []
    for node in download.nodes:
        if node.name == METADATA:
            continue
        people, when = _people(metadata.get(node.name)), _time(metadata.get(node.name))
        if node.kind is not Kind.FOLDER or not people:
            why = f"{METADATA} names nobody who handed it in." if node.kind is Kind.FOLDER else "It is no folder."
            strays.append(Stray(shown((node.name,)), why))
        else:
            tree = download.tree.below((node.name,))
            attempts.append(Attempt(people=people, tree=tree, label=shown((node.name,)), when=when))
    there = {node.name for node in download.nodes}
    strays += [
        Stray(shown((str(name),)), f"{METADATA} names it, but it is not there.")
        for name in metadata
        if name not in there
    ]
    return Found(attempts, strays)


def _metadata(download: Download) -> Mapping[Any, Any]:
    """Read the YAML, which is as hostile as the names in it.

    Raises:
        IntakeError: it is none, or PyYAML is not installed.
    """
    try:
        import yaml
    except ModuleNotFoundError:
        raise IntakeError("Gradescope's export needs PyYAML.", "pip install 'deepgrade[instructor]'") from None
    try:
        # Its times are written with a colon in front, as Ruby does; the C parser is ten times as fast.
        text = download.tree.read((METADATA,), _MOST).data.decode("utf-8")
        loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except UnreadableError as error:
        raise IntakeError(f"{download.path}: {error}", _REMEDY) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise IntakeError(f"{download.path}: {METADATA}{where}: this is no YAML.", _REMEDY) from error
    if not isinstance(loaded, dict):
        raise IntakeError(f"{download.path}: {METADATA} is no list of submissions.", _REMEDY)
    return loaded


def _people(entry: Any) -> tuple[Keys, ...]:
    """Who handed it in, each with at least one name."""
    submitters = entry.get(":submitters") if isinstance(entry, dict) else None
    people = [_keys(one) for one in submitters] if isinstance(submitters, list) else []
    return tuple(keys for keys in people if keys)


def _keys(submitter: Any) -> Keys:
    if not isinstance(submitter, dict):
        return ()
    given = {field: submitter.get(name) for name, field in _FIELDS.items()}
    return tuple((field, str(value)) for field, value in given.items() if isinstance(value, (str, int)) and str(value))


def _time(entry: Any) -> str | None:
    """When it was handed in. PyYAML makes a time of it, in UTC where it says so."""
    when = entry.get(":created_at") if isinstance(entry, dict) else None
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(re.sub(r" ?(UTC|Z)$", "+00:00", when))
        except ValueError:
            return None
    if not isinstance(when, datetime) or not isinstance(when, date):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return when.astimezone(UTC).isoformat(timespec="seconds")


LAYOUT = Layout("gradescope", "an export from Gradescope", _recognises, _find)
