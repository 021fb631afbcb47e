"""Progress: a bar on a terminal, nothing elsewhere, rates that count only what was done here."""

from __future__ import annotations

import io
import re

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
