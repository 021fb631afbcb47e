"""Progress: a bar on a terminal, plain lines elsewhere, rates that count only what was done here."""

from __future__ import annotations

import io

import pytest

from sim.progress import Meter, duration


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(stream: io.StringIO, calls, total: int = 1000) -> str:
    clock = Clock()
    meter = Meter("runs", stream, clock)
    for now, done in calls:
        clock.now = now
        meter(done, total)
    meter.close()
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_rate_and_time_left():
    text = told(Terminal(), [(0, 0), (10, 500)])
    assert "[############............] 500 of 1,000 runs (50%), 50 a second, 10 s left" in text
    assert text.endswith("\r\x1b[K")


def test_a_terminal_is_not_drawn_at_every_call():
    assert told(Terminal(), [(n / 1000, n) for n in range(1000)]).count("\r[") <= 11


def test_elsewhere_lines_are_plain_and_few():
    text = told(io.StringIO(), [(n, 10 * n) for n in range(100)])
    assert "\r" not in text
    assert "\x1b" not in text
    assert text.splitlines()[0] == "30 of 1,000 runs (3%), 10 a second, 1 min 37 s left"
    assert len(text.splitlines()) == 7


def test_what_is_done_at_once_is_not_told():
    assert told(io.StringIO(), [(0, 0), (0.5, 1000)]) == ""


def test_a_resumed_sweep_counts_what_it_does_itself():
    assert "900 of 1,000 runs (90%), 10 a second, 10 s left" in told(io.StringIO(), [(0, 800), (10, 900)])


def test_nothing_to_do_is_no_division_by_nought():
    assert "0 of 0 runs (100%)" in told(Terminal(), [(0, 0)], total=0)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")]
)
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words
