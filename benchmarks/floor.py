"""The floor: the cost of a run's draws, firm-weeks and root-finds alone, compared with the complete
run.
"""

from __future__ import annotations

from collections.abc import Iterator

from numba import njit

from benchmarks.clock import Row, seconds
from benchmarks.engines import LONDON, ensemble_rate
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.packages import worth
from sim.rules.randomness import APPROVAL, draw_listed
from sim.rules.supply import supply

__all__ = ["floor"]

_ROW = 16  # applications examined together in London: half of what a week brings


@njit
def _draws(s, rounds):  # type: ignore[no-untyped-def]
    for n in range(rounds):
        for k in range(_ROW):
            s[0].entities[k] = n + k
        draw_listed(s[0], APPROVAL, _ROW)


@njit
def _firm_weeks(s, firms, p, rounds):  # type: ignore[no-untyped-def]
    for _ in range(rounds):
        supply(s[0], firms, p[0])


@njit
def _root_finds(s, rounds):  # type: ignore[no-untyped-def]
    problem = s[0].problems[0]
    low, high = problem.value[0, 0], problem.value[0, problem.points - 1]
    for n in range(rounds):
        worth(problem, 0, low + (high - low) * ((n % 97) + 0.5) / 97.0, s[0].package)


def floor(runs: int) -> Iterator[Row]:
    """The work that cannot be avoided, measured alone, compared with a run on one thread."""
    rate, _ = ensemble_rate(LONDON, runs, 1)
    run_us = 1e6 / rate
    weeks, firms = (
        LONDON.calendar.horizon_weeks,
        LONDON.firms.magnets.firms + LONDON.firms.chips.firms,
    )
    model = _model(0)
    for _ in range(5):
        model.step()
    draws, roots = _counts()
    draw = seconds(lambda: _draws(model.state.whole, 20_000), 3)[0] / (20_000 * _ROW)
    firm = seconds(lambda: _firm_weeks(*model.all_firms, 200), 3)[0] / (200 * firms)
    root = seconds(lambda: _root_finds(model.state.whole, 20_000), 3)[0] / 20_000
    parts = {
        f"{draws:.0f} draws": draws * draw,
        f"{weeks * firms:,} firm-weeks": weeks * firms * firm,
        f"{roots:.0f} root-finds": roots * root,
    }
    yield Row("floor", "one run, one thread", run_us, "us")
    for name, taken in parts.items():
        yield Row("floor", name, 1e6 * taken, "us")
    total = 1e6 * sum(parts.values())
    yield Row("floor", "sum of the three", total, "us", 0.0, f"{total / run_us:.0%} of a run")


def _model(run: int) -> TruceModel:
    return TruceModel(LONDON, 1, run, collect="none")


def _counts() -> tuple[float, float]:
    """Mean draws and root-finds of a run: what London's runs examine and see, and what their tables
    ask.

    In a week that a track is open each side solves for what the other must have, for its own offer
    and for the one it hears; of the week's meetings only the first asks anything new.
    """
    drawn, found, runs = 0, 0, 10
    weekly = len(LONDON.shocks.events) + 2 + 1 + len(LONDON.issues)
    for run in range(runs):
        model = _model(run)
        while model.running:
            found += sum(6 for track in range(2) if steps.is_open(*model.all_sides, track))
            model.step()
        drawn += int(model.state.whole["authorities"]["examined_total"].sum())
        drawn += LONDON.calendar.horizon_weeks * weekly + 5 * len(model.firms)
    return drawn / runs, found / runs
