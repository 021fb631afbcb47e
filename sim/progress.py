"""Progress on a terminal and in a notebook: tqdm's bar, with rate and time left. Elsewhere nothing is
shown.

It writes to standard error, so that the output of a command can be piped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Meter", "Stopped", "in_notebook", "notice", "shown"]

# of work that is over sooner a notebook shows no bar
_SECONDS = 1.0
Progress = Callable[[int, int], None]


def notice(text: str) -> None:
    """Say something that need not stop the work, on standard error."""
    print(f"tariffsim: {text}", file=sys.stderr, flush=True)


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    return type(running).__name__ == "ZMQInteractiveShell"


@contextmanager
def shown(progress: Progress | bool | None, unit: str = "runs") -> Iterator[Progress | None]:
    """What to call with (done, in all) in the block.

    Parameters
    ----------
    progress
        A function, which is taken as it is; True for a bar, False for none; None for a bar in a
        notebook alone.
    unit
        What is counted.
    """
    if callable(progress):
        yield progress
    elif progress or (progress is None and in_notebook()):
        meter = Meter(unit)
        try:
            yield meter
        finally:
            meter.close()
    else:
        yield None


class Stopped(KeyboardInterrupt):
    """An engine was interrupted; ``outs`` and ``series`` are those of the runs done, from the first
    on.
    """

    def __init__(self, outs: np.ndarray, series: np.ndarray) -> None:
        super().__init__("interrupted")
        self.outs, self.series = outs, series


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
        self._notebook = stream is None and in_notebook()
        self._quiet = not (self._notebook or self._stream.isatty())

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
        if self._notebook and find_spec("ipywidgets"):
            from tqdm.auto import tqdm as widget

            return widget(
                total=total, initial=done, unit=f" {self._unit}", leave=False, delay=_SECONDS
            )
        from tqdm import tqdm  # imported only when there is a bar to draw

        tqdm.monitor_interval = 0  # no extra thread: a sweep may fork
        form = "{percentage:3.0f}% {bar} {n_fmt} of {total_fmt}{unit}, {rate_fmt}, {remaining} left"
        return tqdm(
            total=total,
            initial=done,
            unit=f" {self._unit}",
            file=_Cell() if self._notebook else self._stream,
            leave=False,
            dynamic_ncols=not self._notebook,
            ncols=80 if self._notebook else None,
            delay=_SECONDS if self._notebook else 0.0,
            bar_format=form,
        )


class _Cell:
    """A line of a notebook's output that is written over, for a bar in letters; streams would keep
    each of its states.
    """

    def __init__(self) -> None:
        # by name: a notebook's kernel has it, and nothing else needs it
        display = import_module("IPython.display").display
        self._handle = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, text: str) -> None:
        """Show the text instead of what was there."""
        if text.strip("\n"):
            self._handle.update({"text/plain": text.strip()}, raw=True)

    def flush(self) -> None:
        """Nothing is held back."""
