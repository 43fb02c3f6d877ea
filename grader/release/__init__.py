"""What students get: stubs, and a kit with nothing secret in it."""

from grader.release.stubs import make_stub, stale_stubs, write_stubs

__all__ = ["make_stub", "stale_stubs", "write_stubs"]
