"""Progress of long work: a bar with rate and time left on a terminal, a plain line now and then elsewhere.

It writes to standard error, so that what a command answers can be piped. It measures nothing but time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

__all__ = ["Meter", "duration"]

_WIDTH = 24
_REDRAW, _LINE_EVERY, _FIRST_LINE = 0.1, 15.0, 3.0


class Meter:
    """Shows ``done`` of ``total`` each time it is called; what was done before the first call counts for no rate.

    Parameters
    ----------
    unit
        What is counted: ``runs`` or ``points``.
    stream
        Where to write; standard error unless given.
    clock
        Seconds, for tests.
    """

    def __init__(
        self, unit: str = "runs", stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._unit, self._stream, self._clock = unit, stream or sys.stderr, clock
        self._terminal = self._stream.isatty()
        self._began = clock()
        self._before: int | None = None
        self._next = self._began + (0.0 if self._terminal else _FIRST_LINE)
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Tell how far the work is."""
        now = self._clock()
        if self._before is None:
            self._before = done if done < total else 0
        if now < self._next or (done >= total and not self._drawn and not self._terminal):
            return
        self._next = now + (_REDRAW if self._terminal else _LINE_EVERY)
        text = self._text(done, total, now)
        self._stream.write(f"\r{_bar(done, total)} {text}\x1b[K" if self._terminal else f"{text}\n")
        self._stream.flush()
        self._drawn = True

    def close(self) -> None:
        """Take the bar off a terminal, so that what follows stands on a line of its own."""
        if self._terminal and self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _text(self, done: int, total: int, now: float) -> str:
        share = done / total if total else 1.0
        told = f"{done:,} of {total:,} {self._unit} ({share:.0%})"
        rate = (done - (self._before or 0)) / max(now - self._began, 1e-9)
        if done <= (self._before or 0):
            return told
        return f"{told}, {rate:,.0f} a second, {duration((total - done) / rate)} left"


def duration(seconds: float) -> str:
    """Seconds in words: ``42 s``, ``3 min 5 s``, ``2 h 10 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _bar(done: int, total: int) -> str:
    full = _WIDTH * done // total if total else _WIDTH
    return f"[{'#' * full}{'.' * (_WIDTH - full)}]"
