"""deepgrade: auto-graded exercises on optimising and regularising deep neural networks."""

import sys

__version__ = "0.1.0"

if sys.version_info < (3, 11):  # noqa: UP036  pip refuses, too, but not everybody asks pip
    sys.exit(
        f"deepgrade needs Python 3.11 or newer, and this is Python {sys.version_info[0]}.{sys.version_info[1]}"
        f" ({sys.executable}).\n"
        "  Get a newer one from python.org, and install deepgrade with it: python3.13 -m pip install deepgrade"
    )


def load_ipython_extension(shell: object) -> None:
    """`%load_ext grader`: from now on `%grade TOPIC` checks what the notebook has defined."""
    from importlib import import_module  # by name: this package stands below all that the magic needs

    import_module("grader.student.magic").register(shell)
