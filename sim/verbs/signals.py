"""Signals that end a command: every way out tidies up, keeps what was done, and has the exit code
of the signal.

Ctrl-C (SIGINT), a scheduler's SIGTERM and a closed terminal's SIGHUP are the same interruption to
the work. A library may swallow it, inside a callback or by an error of its own that follows from
it: it is remembered here, so that the exit code is right whatever became of it, and sent again
where it was dropped.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

__all__ = ["Interruptions", "interruptible"]

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
# seconds until a dropped interruption is sent again: by then the callback that dropped it has ended
_AGAIN = 0.05
_SHELL = 128  # what shells add to a signal's number


class Interruption(KeyboardInterrupt):
    """An interruption by a signal.

    A class of its own: where a plain KeyboardInterrupt passes through code that ``exec`` runs from
    text, as in dataclasses and Numba, CPython takes it for unhandled whatever becomes of it, and
    ends the process by SIGINT when all is done.
    """


class Interruptions:
    """The first signal that came, 0 for none."""

    def __init__(self) -> None:
        self.number = 0
        self._over = False
        self._again: list[threading.Timer] = []

    @property
    def exit_code(self) -> int:
        """The exit code of a command that the signal ended."""
        return _SHELL + self.number

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Interrupt the work; but for Ctrl-C, what comes later does not disturb the tidying up."""
        if self._over:
            return
        first, self.number = not self.number, self.number or number
        if first or number == signal.SIGINT:
            raise Interruption

    def dropped(self, unraisable: Any) -> None:
        """Take an exception that nobody could catch: an interruption is sent again, anything else
        is shown as ever.
        """
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(unraisable)
            return
        again = threading.Timer(_AGAIN, _interrupt)
        again.daemon = True
        self._again.append(again)
        again.start()

    def end(self) -> None:
        """Send nothing again: a signal that came after the handlers are gone would end the process
        with a code of its own.
        """
        self._over = True
        for again in self._again:
            again.cancel()
            again.join()


def _interrupt() -> None:
    """Send the interruption to the main thread, which wakes it where it waits."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def interruptible() -> Iterator[Interruptions]:
    """Interrupt the block at a signal; a signal that is ignored, as under ``nohup``, stays ignored.
    Afterwards signals end the process at once.
    """
    came = Interruptions()
    known = [number for name in _NAMES if (number := getattr(signal, name, None)) is not None]
    taken = [number for number in known if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    for number in taken:
        signal.signal(number, came.handle)
    before, sys.unraisablehook = sys.unraisablehook, came.dropped
    try:
        yield came
    finally:
        came.end()
        sys.unraisablehook = before
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
