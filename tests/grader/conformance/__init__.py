"""What every sandbox does: one list of cases, each a function that is given a way to open a module.

A case that only makes sense behind a process boundary, or in a confined worker, says so. `test_sandbox.py` runs
the list.
"""

from conformance import ends, functions, sources, told, values
from conformance.listing import CASES, Open, dedented

__all__ = ["CASES", "Open", "dedented", "ends", "functions", "sources", "told", "values"]
