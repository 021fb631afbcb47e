"""Standard streams that may be closed, full, or reserved for one line of JSON."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

__all__ = ["empty", "forgiving_stderr", "stdout_to_stderr"]


@contextlib.contextmanager
def forgiving_stderr() -> Iterator[None]:
    """Drop messages and progress that standard error cannot take, without losing the work or its
    exit code.
    """
    _fill_closed()
    before = sys.stderr
    sys.stderr = _Forgiving(before)
    try:
        yield
    finally:
        sys.stderr = before


@contextlib.contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send everything that is printed to standard error, also by libraries and child processes."""
    saved = _copy(sys.stdout)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            if saved is not None:
                os.dup2(2, 1)
            yield
    finally:
        if saved is not None:
            os.dup2(saved, 1)
            os.close(saved)


def empty(stream: TextIO) -> None:
    """Discard what a stream has buffered and cannot write, so that it does not fail again when
    Python exits.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()


class _Forgiving:
    """A stream that ignores failures to write."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or drop the text."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            empty(self._stream)
            return len(text)

    def flush(self) -> None:
        """Flush, or drop the buffer."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            empty(self._stream)


def _fill_closed() -> None:
    """Open the null device for a closed standard stream: else the next opened file would get its
    number, and its messages.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (number := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(number)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _copy(stream: TextIO) -> int | None:
    """A copy of a stream's file descriptor if it is the real standard output; None for a
    replacement.
    """
    try:
        stream.flush()
        return os.dup(1) if stream.fileno() == 1 else None
    except (OSError, ValueError, AttributeError):
        return None
