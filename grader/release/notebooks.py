"""A stub as a notebook: the handout, a cell for each function or class, and a last cell that checks them."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from grader.language.messages import gettext
from grader.release.pieces import pieces

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LOAD = "%load_ext grader"
_PICTURE = re.compile(r"(!\[[^\]]*\]\()(?=[\w-]+/)")
"""Of the handout, from whose folder its link is."""


def notebook_of(topic: str, stub: str, handout: str) -> str:
    """The text of a notebook's file (nbformat 4.5), the same for the same stub.

    Args:
        topic: which one.
        stub: text of the module.
        handout: in Markdown, with its pictures.
    """
    cells = [_markdown(_PICTURE.sub(r"\1../handouts/", handout).strip("\n")), _markdown(_how(topic))]
    given = [_LOAD]
    for node, text in pieces(stub):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            cells += _given(given)
            cells.append(_code(text))
            given = []
        else:
            given.append(text)
    cells += [*_given(given), _markdown(f"## {gettext('Check')}"), _code(f"%grade {topic}")]
    notebook = {
        "cells": [{"id": f"{topic[-50:]}-{place}", **cell} for place, cell in enumerate(cells)],
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _how(topic: str) -> str:
    """What to do, and which of two files counts."""
    paragraphs = (
        gettext(
            "Write where it says `YOUR CODE HERE`, and run each cell. The last cell checks what this notebook has "
            "defined; run it as often as you like: nothing is sent anywhere."
        ),
        gettext(
            "Work in {notebook} or in {module}, not in both: the one in which less is left to write counts.",
            notebook=f"`{topic}.ipynb`",
            module=f"`{topic}.py`",
        ),
    )
    return "\n\n".join([f"## {gettext('Your work')}", *paragraphs])


def _given(texts: list[str]) -> list[dict[str, Any]]:
    """A cell for what is not the student's to write."""
    return [_code("\n".join(texts))] if texts else []


def _markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(source)}


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": _lines(source)}


def _lines(text: str) -> list[str]:
    """As Jupyter saves a text."""
    return text.splitlines(keepends=True)
