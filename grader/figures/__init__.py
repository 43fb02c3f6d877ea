"""What an author of figures uses; see docs/authors.md."""

from grader.figures.making import borrow, counts, curve, heights, histogram, lines, numbers, paths, way

__all__ = ["borrow", "counts", "curve", "heights", "histogram", "lines", "numbers", "paths", "way"]
