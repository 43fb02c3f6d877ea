"""What an author of suites uses; see docs/authors.md."""

from grader.suite.compare import assert_matches, assert_unchanged, unpack
from grader.suite.convention import agrees
from grader.suite.marks import points

__all__ = ["agrees", "assert_matches", "assert_unchanged", "points", "unpack"]
