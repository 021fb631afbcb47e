"""The months of January to August 2025 by the rules of shipping, beside the record.

From the dated stack of duties: each week's target is the direct flow that the duties of its day
leave; orders, ships, season and noise are those of :mod:`sim.rules.shipping`. The year starts as
2024 ended. What traders expected is not in the record, so it is judged here, in three spells: a
further rise before April's duties, a fall while they stood, a lapse while the truce ran. Each draw
has its own economy (:func:`benchmarks.groups.draw`), speeds, expectations and noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np

from benchmarks.groups import Economy, draw, triangular
from sim.analysis.observed_scores import crps
from sim.history.dataset import trade_flows, trade_season
from sim.rules.codes import CN, US
from sim.rules.customs import day_of
from sim.rules.shipping import (
    RING,
    arrivals,
    expected_rise,
    fill_ring,
    forward,
    month_of,
    observed,
    place,
    season_of_day,
    step_orders,
)

__all__ = [
    "SHIPPING",
    "Expected",
    "Shipping",
    "draw_months",
    "month_lines",
    "months",
    "record",
    "simulate",
    "since_london",
]

FIRST, WEEKS = date(2024, 12, 4), 39  # to the end of August 2025
FIRST_MONTH, MONTHS = 84, 8  # January 2025, counted from January 2018
LONDON = date(2025, 6, 11)
_NEXT = 0.34  # what more was feared before April: the rate of 2 April's announcement
_DRAWS_BAND = (0.05, 0.95)
# orders four weeks before London as a share of 2024's mean, and weeks of them put off (docs/trade.md)
_AT_LONDON = {US: (0.50, -0.4), CN: (0.57, -1.3)}
_LONDON_TARGETS = {US: (0.64, 0.08, 0.660), CN: (0.75, 0.10, 0.771)}
_SPELLS = {  # from what day on a side's traders expected what
    US: (date(2025, 4, 9), date(2025, 5, 12), date(2025, 8, 12)),
    CN: (date(2025, 4, 10), date(2025, 5, 12), date(2025, 8, 12)),
}
_SERIES = {
    US: ("us_imports", "us_imports_from_cn_usd_bn", "US imports"),
    CN: ("cn_imports", "us_exports_to_cn_usd_bn", "US exports"),
}


class Expected(NamedTuple):
    """Chances in traders' minds: of a further rise, of the old duty, of a lapse. Judgement.

    The truce is the same for both sides, and so are the last two.
    """

    rise: float
    fall: float
    lapse: float


@dataclass(frozen=True)
class Shipping:
    """How a side's imports come: fitted to these months, but for what ``_RANGES`` says.

    ``speed`` a week, ``lag`` weeks, ``fast`` share, ``payback`` weeks, ``moved`` at the start in
    weeks of the flow, ``noise`` log standard deviation of a month.
    """

    speed: float
    lag: int
    fast: float
    anticipation: float
    moved: float
    noise: float
    expected: Expected
    payback: float = 13.0


SHIPPING = {
    US: Shipping(0.2, 5, 0.3, 0.6, 0.0, 0.048, Expected(0.5, 0.5, 0.3)),
    CN: Shipping(0.15, 1, 1.0, 1.0, 2.0, 0.084, Expected(0.25, 0.5, 0.3)),
}
# low and high of each, about the value; a lag is not drawn
_CHANCES = {"rise": (0.0, 0.75), "fall": (0.0, 1.0), "lapse": (0.0, 0.75)}
_RANGES = {
    US: {
        "speed": (0.08, 0.25),
        "fast": (0.2, 0.4),
        "anticipation": (0.3, 1.0),
        "moved": (-1.0, 1.0),
        **_CHANCES,
    },
    CN: {
        "speed": (0.08, 0.25),
        "fast": (0.7, 1.0),
        "anticipation": (0.5, 1.5),
        "moved": (1.0, 3.0),
        **_CHANCES,
    },
}


def _weeks(first: date, count: int) -> list[date]:
    return [first + timedelta(weeks=week) for week in range(count)]


@cache
def _season(side: int) -> np.ndarray:
    table = trade_season()
    factors: np.ndarray = table[table["series"] == _SERIES[side][0]]["factor"].to_numpy(float)
    return factors


@cache
def record(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Monthly flows of 2024 and of January to August 2025, bn USD."""
    values = trade_flows()[_SERIES[side][1]].to_numpy(float)
    return values[:12], values[12 : 12 + MONTHS]


class _Week(NamedTuple):
    """What the duties of a day leave of the flow, and buyers' price in all three states."""

    target: float
    price: float
    feared: float
    before: float
    lapsed: float


def _path(economy: Economy, side: int, days: list[date]) -> list[_Week]:
    """The weeks of a side; days of the same duties are worked out once."""
    before = economy.average(side, economy.duties(side, _SPELLS[side][0] - timedelta(days=1)))
    peak = economy.average(side, economy.duties(side, date(2025, 4, 12)))
    known: dict[bytes, _Week] = {}
    weeks = []
    for day in days:
        duties, third = economy.duties(side, day), economy.third_duties(side, day)
        key = duties.tobytes() + third.tobytes()
        if key not in known:
            now = economy.average(side, duties)
            through = economy.average(side, economy["pass_through"][side])
            known[key] = _Week(
                economy.flow(side, duties, third),
                *(1.0 + through * duty for duty in (now, now + _NEXT, before, peak)),
            )
        weeks.append(known[key])
    return weeks


def _rise(side: int, day: date, week: _Week, expected: Expected) -> float:
    """What traders expect of the log of their price."""
    storm, pause, renewal = _SPELLS[side]
    if day < storm:
        return float(expected_rise(week.feared, week.price, expected.rise))
    if day < pause:
        return float(expected_rise(week.before, week.price, expected.fall))
    if day < renewal:
        return float(expected_rise(week.lapsed, week.price, expected.lapse))
    return 0.0


def simulate(
    path: list[_Week], days: list[date], side: int, way: Shipping, start: float = 1.0
) -> np.ndarray:
    """Arrivals by week, a share of the year's mean; ``start`` is what was ordered before."""
    ring = np.empty(RING)
    fill_ring(ring, start)
    orders, moved, flow = start, way.moved, np.empty(len(days))
    for week, (day, now) in enumerate(zip(days, path, strict=True)):
        flow[week] = arrivals(ring, week, way.lag, way.fast)
        orders = step_orders(orders, now.target, way.speed)
        ahead = forward(way.anticipation, _rise(side, day, now, way.expected))
        placed, moved = place(orders, moved, ahead, way.payback)
        ring[week % RING] = placed
    return flow


def months(
    flow: np.ndarray, days: list[date], side: int, noise: np.ndarray, sd: float
) -> np.ndarray:
    """Flows of January to August 2025 as counted, bn USD, from arrivals by week."""
    year, season = record(side)[0].sum(), _season(side)
    total = np.zeros(MONTHS)
    for arrived, first in zip(flow, map(day_of, days), strict=True):
        for day in range(first, first + 7):
            month = month_of(day) - FIRST_MONTH
            if 0 <= month < MONTHS:
                counted = observed(arrived, season_of_day(season, day), sd, noise[month])
                total[month] += year * counted / 365.2425
    return total


def _drawn(side: int, rng: np.random.Generator) -> Shipping:
    way = SHIPPING[side]
    values = {**vars(way), **way.expected._asdict()}
    drawn = {
        name: float(
            triangular(float(rng.random()), *(np.array([v]) for v in (low, values[name], high)))[0]
        )
        for name, (low, high) in _RANGES[side].items()
    }
    expected = Expected(*(drawn.pop(name) for name in Expected._fields))
    return replace(way, **drawn, expected=expected)


def draw_months(side: int, runs: int, seed: int) -> np.ndarray:
    """Months as counted, shape (runs, months), bn USD."""
    rng, days = np.random.default_rng([seed, side]), _weeks(FIRST, WEEKS)
    found = np.empty((runs, MONTHS))
    for run in range(runs):
        way, path = _drawn(side, rng), _path(draw(rng), side, days)
        noise = rng.standard_normal(MONTHS)
        found[run] = months(simulate(path, days, side, way), days, side, noise, way.noise)
    return found


def since_london(side: int, economy: Economy, way: Shipping) -> float:
    """June to August from London on, over the same months of 2024.

    Orders start four weeks before, where :data:`_AT_LONDON` says.
    """
    start, put_off = _AT_LONDON[side]
    days = _weeks(LONDON - timedelta(weeks=4), 17)
    flow = simulate(
        _path(economy, side, days), days, side, replace(way, moved=put_off * start), start
    )
    summer = slice(5, 8)
    counted = months(flow, days, side, np.zeros(MONTHS), 0.0)[summer]
    return float(counted.sum() / record(side)[0][summer].sum())


def _london_line(side: int, runs: int, seed: int) -> str:
    rng = np.random.default_rng([seed, side])
    ours = since_london(side, Economy(), SHIPPING[side])
    drawn = [since_london(side, draw(rng), _drawn(side, rng)) for _ in range(runs)]
    low, high = np.quantile(drawn, _DRAWS_BAND)
    last, now = record(side)
    seen, (middle, about, design) = now[5:].sum() / last[5:8].sum(), _LONDON_TARGETS[side]
    met = "met" if abs(ours - middle) <= about else "missed"
    return (
        f"| {_SERIES[side][2]}, June to August from London, of 2024 | {middle:.2f} ± {about:.2f} "
        f"(record {seen:.2f}, design {design:.2f}) | **{ours:.2f}** ({low:.2f} to {high:.2f}) | {met} |"
    )


def month_lines(runs: int, seed: int) -> Iterator[str]:
    """The table of months: record, model, band, and what of it is met; then London's summer."""
    yield "| 2025 | Jan | Feb | Mar | Apr | May | Jun | Jul | Aug | in the 90 % band | CRPS, bn |"
    yield "|---" * 11 + "|"
    for side, (_, _, label) in _SERIES.items():
        drawn, (_, seen) = draw_months(side, runs, seed), record(side)
        low, high = np.quantile(drawn, _DRAWS_BAND, axis=0)
        inside = (low <= seen) & (seen <= high)
        score = [crps(drawn[:, month], seen[month]) for month in range(MONTHS)]
        yield _cells(f"{label}, record, bn", seen)
        yield _cells("model, median", np.median(drawn, axis=0))
        yield _cells("5 %", low)
        yield _cells(
            "95 %", high, f"{inside.sum()} of {MONTHS}; {inside[1:].sum()} from February", score
        )
        last = record(side)[0][:MONTHS]
        error = np.log(np.median(drawn, axis=0) / seen)[1:]
        yield _cells("record, of the month of 2024", seen / last)
        yield _cells(
            "model, the same",
            np.median(drawn, axis=0) / last,
            f"rms log error {math.sqrt(np.mean(error**2)):.3f} from February",
        )
    yield ""
    yield "| what | target | measured (5–95 %) | |"
    yield "|---|---|---|---|"
    for side in _SERIES:
        yield _london_line(side, runs, seed)


def _cells(label: str, values: np.ndarray, band: str = "", score: list[float] | None = None) -> str:
    mean = "" if score is None else f"{np.mean(score):.2f} a month"
    return f"| {label} | {' | '.join(f'{v:.2f}' for v in values)} | {band} | {mean} |"
