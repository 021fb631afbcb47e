"""Progress: a bar on a terminal, nothing elsewhere, rates that count only what was done here."""

from __future__ import annotations

import io
import re
import sys
from types import ModuleType

from sim import progress
from sim.progress import Meter


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, calls: list[int], total: int = 1000) -> str:
    meter = Meter("runs", stream)
    for done in calls:
        meter(done, total)
        if meter._bar is not None:
            meter._bar.refresh()
    meter.close()
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_rate_and_time_left() -> None:
    text = shown(Terminal(), [0, 500])
    assert re.search(r" 50% .* 500 of 1000 runs, .* runs/s, 00:0\d left", text)


def test_the_bar_is_gone_when_it_is_closed_and_stays_away() -> None:
    stream = Terminal()
    meter = Meter("runs", stream)
    meter(500, 1000)
    meter.close()
    assert stream.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip() == ""
    before = stream.getvalue()
    meter(1000, 1000)
    assert stream.getvalue() == before


def test_elsewhere_nothing_is_shown() -> None:
    assert shown(io.StringIO(), [0, 100, 500, 1000]) == ""


def test_a_resumed_sweep_counts_what_it_does_itself() -> None:
    meter = Meter("runs", Terminal())
    meter(800, 1000)
    meter(900, 1000)
    assert (meter._bar.initial, meter._bar.n) == (800, 900)
    meter.close()


def test_nothing_to_do_is_no_division_by_nought() -> None:
    assert "0 of 0 runs" in shown(Terminal(), [0], total=0)


class ZMQInteractiveShell:
    """What IPython calls the shell of a notebook's kernel."""


def as_notebook(monkeypatch) -> list[str]:
    """Make this process look like a notebook's kernel without ipywidgets; what its cell shows."""
    shown: list[str] = []
    module, display = ModuleType("IPython"), ModuleType("IPython.display")
    module.get_ipython = ZMQInteractiveShell  # type: ignore[attr-defined]

    class Handle:
        def update(self, data, raw):
            shown.append(data["text/plain"])

    display.display = lambda data, raw, display_id: Handle()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    return shown


def test_a_notebook_draws_a_bar_unless_told_otherwise(monkeypatch) -> None:
    with progress.shown(None) as nothing:
        assert nothing is None
    as_notebook(monkeypatch)
    with progress.shown(None) as bar:
        assert isinstance(bar, Meter) and not bar._quiet
    with progress.shown(False) as nothing:
        assert nothing is None


def test_a_function_is_taken_as_it_is_and_true_asks_for_a_bar() -> None:
    def count(done: int, total: int) -> None:
        raise AssertionError

    with progress.shown(count) as given:
        assert given is count
    with progress.shown(True) as bar:
        assert isinstance(bar, Meter)


def test_the_bar_of_a_notebook_comes_after_a_second_in_one_line_and_goes(
    monkeypatch, capsys
) -> None:
    shown = as_notebook(monkeypatch)
    meter = Meter("runs")
    meter(0, 100)
    assert shown == []
    meter._bar.start_t -= 10.0
    meter._bar.last_print_t -= 10.0
    meter(50, 100)
    assert "50 of 100 runs" in shown[-1] and "\r" not in shown[-1]
    meter.close()
    assert shown[-1] == "" and capsys.readouterr().err == ""
