"""Progress on a terminal: tqdm's bar, with rate and time left. Elsewhere nothing is shown.

It writes to standard error, so that the output of a command can be piped.
"""

from __future__ import annotations

import sys
from typing import Any, TextIO

__all__ = ["Meter", "notice"]


def notice(text: str) -> None:
    """Say something that need not stop the work, on standard error."""
    print(f"tariffsim: {text}", file=sys.stderr, flush=True)


class Meter:
    """Shows ``done`` of ``total`` each time it is called; work done before the first call does not
    count for the rate.

    Parameters
    ----------
    unit
        What is counted: ``runs`` or ``points``.
    stream
        Where to write; standard error unless given.
    """

    def __init__(self, unit: str = "runs", stream: TextIO | None = None) -> None:
        self._unit, self._stream = unit, stream or sys.stderr
        self._bar: Any = None
        self._quiet = not self._stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show how far the work is."""
        if self._quiet:
            return
        if self._bar is None:
            self._bar = self._begin(done if done < total else 0, total)
        self._bar.total = total  # more runs may turn out to be needed
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Remove the bar from the terminal, so that the next text starts on a new line; nothing
        more is shown.
        """
        self._quiet = True
        if self._bar is not None:
            self._bar.close()

    def _begin(self, done: int, total: int) -> Any:
        from tqdm import tqdm  # imported only when there is a bar to draw

        tqdm.monitor_interval = 0  # no extra thread: a sweep may fork
        form = "{percentage:3.0f}% {bar} {n_fmt} of {total_fmt}{unit}, {rate_fmt}, {remaining} left"
        return tqdm(
            total=total,
            initial=done,
            unit=f" {self._unit}",
            file=self._stream,
            leave=False,
            dynamic_ncols=True,
            bar_format=form,
        )
