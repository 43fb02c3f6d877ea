"""Write a file beside its place, then rename: nobody ever sees half of one."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from grader.errors import GraderError

T = TypeVar("T")


def write_file(out: Path | BinaryIO, write: Callable[[BinaryIO], T], *, example: str) -> T:
    """Write a file, which appears only when it is complete.

    Args:
        out: its path, or a stream; a pipe such as /dev/stdout is written as it is.
        write: writes the content.
        example: a name for messages.

    Returns:
        What `write` returns.

    Raises:
        GraderError: the file cannot be written; what was there before is untouched.
    """
    if not isinstance(out, Path):
        return write(out)
    try:
        if out.is_dir():
            raise GraderError(f"{out} is a folder.", f"Give a file in it: {out / example}")
        if out.exists() and not out.is_file():
            with out.open("wb") as stream:
                return write(stream)
        return _replace(out.resolve(), write)  # what a link points to is replaced, not the link
    except OSError as error:
        raise GraderError(
            f"{out} cannot be written: {error.strerror or error}.",
            "Give a file in a folder that exists and that you may write to.",
        ) from error


def _replace(target: Path, write: Callable[[BinaryIO], T]) -> T:
    draft = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with draft.open("xb") as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        with suppress(OSError):  # it has been renamed, or was never made
            draft.unlink()
    return result
