"""What licences do on the record's path and under each regime: ``python -m benchmarks.licences
[RUNS] [SEED]`` prints the numbers of docs/licences.md, *Measured*.

The record's path (``record.yaml``) starts on 2 April 2025 with tariffs and regimes as they were:
exports of magnets a month, stopped car lines, car makers licensed, and the price of the scarce
grade outside; all other countries by the same rules (``others.yaml``). Then London, Geneva and
escalation with the regime as chosen and as given: claims of breach, breaks, deals, flow and lost
output; what instruments of licensing move; flow after a truce comes back, and whether flow echoes.
Last what half and twice as many firms move. Shares are means over runs; intervals of months and
firms hold 90 % of the runs, those of pairs 95 %.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

import sim
from sim.analysis.observed_scores import crps
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.codes import BROKEN, MAGNETS, TRUCE, US
from sim.vocabulary import OUTCOMES

__all__ = [
    "CASES",
    "INSTRUMENTS",
    "MONTHS",
    "Played",
    "echo",
    "effects",
    "firms_moved",
    "lines",
    "months",
    "moved",
    "path",
    "play",
    "record",
    "returned",
    "second_cut",
]

MONTHS = ("2025-04", "2025-05", "2025-06", "2025-07", "2025-08")
_EXPORTS = Path(sim.__file__).parent / "data" / "magnet_exports.csv"
_USUAL = 620.0  # t a month: the mean of 2024 (sim/data/parameters.csv, A2)
_YEAR = 52
_BEFORE = 2  # days of the path before the control of 4 April
_CAR_WEEKS = (5, 9)  # first car lines stopped (parameters.csv, A5)
_JUNE, _OCTOBER = 12, 27  # the last week of June, the middle of October
_PRICE_WEEKS = (4, 9, 20)
_CLAIMS = (6, 26)  # weeks
_NORMAL = 1.96
_MAGNETS = "licensing.magnets"
_CUT = slice(52, 90)  # weeks of the second cut and of what it leaves
_AFTER = 13  # weeks after a return
_OTHERS = {"2025-04": 0.47, "2025-05": 0.23, "2025-06": 0.51, "2025-07": 0.87, "2025-08": 0.98}
# of a month of 2024 times the growth of the first quarter (magnet_exports.csv, world less US)


def _regime(name: str) -> str:
    return f"{_MAGNETS}.regime={name}"


CASES: dict[str, tuple[str, ...]] = {
    "London": ("scenario=london",),
    "London, shipment by shipment": ("scenario=london", _regime("shipment")),
    "London, suspended": ("scenario=london", _regime("suspended")),
    "London, general": ("scenario=london", _regime("general")),
    "London, free": ("scenario=london", _regime("free")),
    "London, capacity held at a tenth": (
        "scenario=london",
        f"{_MAGNETS}.capacity=1.2",
        f"{_MAGNETS}.capacity_start=1.2",
    ),
    "Geneva": ("scenario=geneva",),
    "Geneva, suspended": ("scenario=geneva", _regime("suspended")),
    "Geneva, controls lifted": ("scenario=geneva", _regime("free")),
    "escalation": ("scenario=escalation_2025",),
}
"""The rows of the second table: words of the command line."""


INSTRUMENTS: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "no green channel, record's path": ((), {f"{_MAGNETS}.green_channel": False}),
    "order cap 1.0, record's path": ((), {"firms.magnets.order_cap": 1.0}),
    "order cap 10, record's path": ((), {"firms.magnets.order_cap": 10.0}),
    **{
        f"slow walk {share:g}, Beijing keeps a fifth, London": (
            (
                "scenario=london",
                "issues.civil_magnets.deliverable=0.2",
                f"{_MAGNETS}.slow_walk=0",
            ),
            {f"{_MAGNETS}.slow_walk": share},
        )
        for share in (0.3, 0.6, 0.95)
    },
}
"""Instruments: words of the scenario, the record's path where there are none, and what is changed."""


class Played(NamedTuple):
    """Runs of a scenario: its records, measures and weeks."""

    params: Params
    runs: np.ndarray
    weeks: np.ndarray


def path(name: str = "record") -> Scenario:
    """The record's path, or that of ``others``."""
    return sim.load(f"file={Path(__file__).with_name(name + '.yaml')}")


def play(scenario: Scenario, runs: int, seed: int, weekly: bool = True) -> Played:
    """Runs of a scenario, with their weeks unless ``weekly`` is false."""
    params = flatten(scenario)
    found = simulate(
        params, np.zeros(runs, np.int64), np.arange(runs), seed, weekly=runs if weekly else 0
    )
    return Played(params, found[0], found[1])


def record() -> dict[str, float]:
    """Exports of magnets to the US in :data:`MONTHS`, t."""
    with _EXPORTS.open(encoding="utf-8", newline="") as file:
        exported = {row["month"]: float(row["to_us_t"]) for row in csv.DictReader(file)}
    return {month: exported[month] for month in MONTHS}


def months(flow: np.ndarray) -> np.ndarray:
    """Exports in :data:`MONTHS`, t, (months, runs).

    ``flow`` is that of the weeks from 2 April 2025, over normal, (runs, weeks). A week's flow is
    even over its days, but for the first's: it leaves from 4 April on, after three normal days.
    """
    days = np.repeat(flow / 7.0, 7, axis=1)
    days[:, :_BEFORE] = 1.0 / 7.0
    days[:, _BEFORE:7] = flow[:, :1] / (7 - _BEFORE)
    days = np.concatenate([np.full((len(days), 1), 1.0 / 7.0), days], axis=1)
    begins = [dt.date.fromisoformat(f"{month}-01") for month in (*MONTHS, "2025-09")]
    ends = [(begin - begins[0]).days for begin in begins]
    week = _USUAL * 12 / _YEAR
    return np.array([week * days[:, a:b].sum(axis=1) for a, b in pairwise(ends)])


def _spread(values: np.ndarray, digits: int) -> str:
    low, middle, high = np.nanquantile(values, [0.05, 0.5, 0.95])
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def _on_the_record(runs: int, seed: int) -> Iterator[str]:
    """The first table: the record's path beside the record."""
    p = play(path(), runs, seed)
    flow, cars = p.weeks["flow"][:, :, MAGNETS], p.params.sectors.index("automotive")
    exports = months(flow)
    observed = record()
    for (month, exported), found in zip(observed.items(), exports, strict=True):
        yield f"{month} {exported:5.0f} t, mean {found.mean():4.0f}, {_spread(found, 0)}"
    scores = [crps(x, exported) for x, exported in zip(exports, observed.values(), strict=True)]
    yield f"CRPS, mean of the months: {np.mean(scores):.1f} t"
    stop = p.runs["weeks_to_first_stop"][:, cars]
    inside = np.mean((stop >= _CAR_WEEKS[0]) & (stop <= _CAR_WEEKS[1]))
    yield f"first car line stopped, week {_spread(stop, 0)}; in weeks 5 to 9 {inside:.2f}"
    for name, week in (("the end of June", _JUNE), ("mid-October", _OCTOBER)):
        yield f"car makers licensed at {name}: {_spread(p.weeks['licensed'][:, week, cars], 2)}"
    price = p.weeks["price"][:, _PRICE_WEEKS, MAGNETS].mean(axis=0)
    yield f"price outside in weeks 4, 9 and 20: {', '.join(f'{x:.1f}' for x in price)}"


def _elsewhere(runs: int, seed: int) -> Iterator[str]:
    """Months of all other countries, over normal, beside the record."""
    found = months(play(path("others"), runs, seed).weeks["flow"][:, :, MAGNETS]) / _USUAL
    for (month, exported), share in zip(_OTHERS.items(), found, strict=True):
        yield f"other countries, {month} {exported:.2f}, {_spread(share, 2)}"


def _sectors(p: Played) -> slice:
    """The sectors that buy magnets, in columns of sectors."""
    sectors = p.params.values[0]["firms"]["goods"]["sectors"]
    return slice(int(sectors["first"][MAGNETS]), int(sectors["end"][MAGNETS]))


def effects(p: Played) -> dict[str, float]:
    """What a scenario does, by name: shares of runs, flow over normal, and lost output, bn USD/yr."""
    protests, weeks = p.runs["weeks_to_first_protest"], p.weeks.shape[1]
    lost = p.runs["lost_output"][:, _sectors(p)].sum(axis=1).mean()
    return {
        **{f"claim in {within}": float(np.mean(protests <= within)) for within in _CLAIMS},
        "break": float(np.mean(p.runs["breaks"] > 0)),
        "date met": float(p.runs["dates_met"].sum() / max(1, p.runs["dates"].sum())),
        "narrow deal": float(np.mean(p.runs["outcome"] == OUTCOMES["narrow_deal"].code)),
        "flow, year two": float(p.weeks["flow"][:, _YEAR:, MAGNETS].mean()),
        "lost output": float(lost * _YEAR / weeks),
    }


def moved(name: str, runs: int, seed: int) -> dict[str, tuple[float, float]]:
    """What an instrument moves, by measure, and half the 95 % interval of pairs."""
    words, changes = INSTRUMENTS[name]
    scenario = sim.load(*words) if words else path()
    one, other = (play(x, runs, seed) for x in (scenario, scenario.change(changes)))
    found = {}
    for measure, values in _felt(one).items():
        change = _felt(other)[measure] - values
        found[measure] = (float(change.mean()), float(_NORMAL * change.std() / runs**0.5))
    return found


def _felt(p: Played) -> dict[str, np.ndarray]:
    """By run: firms licensed in July and flow in weeks 10 to 30, shares; lost output, bn USD; claims."""
    magnets = _sectors(p)
    return {
        "licensed in July": p.weeks["licensed"][:, 13:17, magnets].mean(axis=(1, 2)),
        "flow": p.weeks["flow"][:, 10:30, MAGNETS].mean(axis=1),
        "lost output": p.runs["lost_output"][:, magnets].sum(axis=1),
        "claims": p.runs["protests"][:, US].astype(float),
    }


def second_cut(order_cap: float, runs: int, seed: int) -> float:
    """Output lost in a second halt of licences, a year after the control, for half a year; bn USD."""
    halt = {
        "2026-04-01": {f"{_MAGNETS}.regime": "suspended"},
        "2026-09-30": {f"{_MAGNETS}.regime": "six_months"},
    }
    scenario = path().change(
        {"calendar.horizon_weeks": 2 * _YEAR, "firms.magnets.order_cap": order_cap, "changes": halt}
    )
    p = play(scenario, runs, seed)
    return float(p.weeks["lost_output"][:, _CUT, _sectors(p)].sum(axis=(1, 2)).mean() / _YEAR)


def returned(p: Played) -> np.ndarray:
    """Flow over normal, of four weeks about the thirteenth after a truce came back and lasted."""
    status, flow = p.weeks["status"], p.weeks["flow"][:, :, MAGNETS]
    back = (status[:, :-1] == BROKEN) & (status[:, 1:] == TRUCE)
    found = []
    for run, week in zip(*np.nonzero(back), strict=True):
        stayed = status[run, week + 1 : week + 1 + _AFTER + 2]
        if len(stayed) == _AFTER + 2 and (stayed == TRUCE).all():
            found.append(flow[run, week - 1 + _AFTER : week + 3 + _AFTER].mean())
    return np.array(found)


def echo(p: Played, lags: range = range(23, 30)) -> list[float]:
    """Autocorrelation of the mean flow over runs, from week 30 on and less its parabola, by lag."""
    flow = p.weeks["flow"][:, 30:, MAGNETS].mean(axis=0)
    weeks = np.arange(len(flow))
    flow = flow - np.polyval(np.polyfit(weeks, flow, 2), weeks)
    return [float((flow[:-lag] * flow[lag:]).mean() / flow.var()) for lag in lags]


def _instruments(runs: int, seed: int) -> Iterator[str]:
    for name in INSTRUMENTS:
        found = moved(name, runs, seed)
        yield f"{name}: " + "; ".join(
            f"{x} {mean:+.3f} ({h:.3f})" for x, (mean, h) in found.items()
        )
    for cap in (1.0, 1.2, 1.6, 10.0):
        yield f"order cap {cap:g}: lost in a second cut {second_cut(cap, runs, seed):.2f} bn USD"
    for name in ("london", "geneva", "escalation_2025"):
        p = play(sim.load(f"scenario={name}"), 4 * runs, seed)
        back = returned(p)
        yield (
            f"{name}: flow 13 weeks after a return {_spread(back, 2)}, {len(back)} of them; "
            f"echo at 23 to 29 weeks {' '.join(f'{x:+.2f}' for x in echo(p))}"
        )


def firms_moved(name: str, times: float, runs: int, seed: int) -> dict[str, tuple[float, float]]:
    """By outcome how far ``times`` as many firms move its share, and half the 95 % interval of pairs."""
    scenario = sim.load(f"scenario={name}")
    more = scenario.change({"firms.magnets.firms": round(times * scenario.firms.magnets.firms)})
    one, other = (play(x, runs, seed, weekly=False).runs["outcome"] for x in (scenario, more))
    found = {}
    for outcome in OUTCOMES.values():
        moved = (other == outcome.code).astype(float) - (one == outcome.code)
        found[outcome.name] = (float(moved.mean()), float(_NORMAL * moved.std() / runs**0.5))
    return found


def lines(runs: int, seed: int) -> Iterator[str]:
    """The numbers of docs/licences.md, line by line; cases take twice as many runs, pairs ten times."""
    yield from _on_the_record(runs, seed)
    yield from _elsewhere(runs, seed)
    for title, words in CASES.items():
        found = effects(play(sim.load(*words), 2 * runs, seed))
        yield f"{title:34}" + "; ".join(f"{name} {x:.3f}" for name, x in found.items())
    yield from _instruments(runs, seed)
    for name in ("london", "geneva"):
        for times in (0.5, 2.0):
            moved = firms_moved(name, times, 10 * runs, seed)
            yield f"{name}, {times:g} times the firms: " + "; ".join(
                f"{outcome} {mean:+.4f} ({half:.4f})" for outcome, (mean, half) in moved.items()
            )
