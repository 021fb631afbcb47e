"""From the flow that duties leave to what is counted at the border: orders, ships, season, noise.

See docs/trade.md, *Weeks*.

Orders move towards the target at a speed; what is placed is brought forward where dearer days are
expected, put off where cheaper ones are, and paid back; a part arrives in the next week, the rest a
voyage later. Speeds, lags and anticipation are fitted to the months of February to August 2025
(``python -m benchmarks.trade``).

Season: each calendar month has its factor (``sim/data/trade_season.csv``), the same on all of its
days, so that a month has its share of the year's flow and a year the whole of it; a week has the
mean of its seven days. Nothing is interpolated: the sources give months.

In formulas flows are bn USD/yr at base prices; ``moved`` is what was placed early and is not yet
paid back, in weeks of such a flow (bn USD/yr times weeks), below 0 where it was put off; ``ring``
are the placements of the last :data:`RING` weeks by week; days count from 1 January 2018 and may
lie between March 2000 and February 2100, where every fourth year is a leap year.
"""

from __future__ import annotations

from sim.rules.compiled import formula
from sim.rules.mathematics import clip, inline_exp, inline_log
from sim.rules.state import RING

__all__ = [
    "RING",
    "arrivals",
    "expected_rise",
    "fill_ring",
    "forward",
    "month_of",
    "observed",
    "place",
    "season_of_day",
    "season_of_week",
    "step_orders",
]

# of what is placed over orders: warehouses and ships hold no more; and what cannot wait. Judgement
# (1.2 to 1.6, .4 to .8): US imports of January 2025 stood at 1.17 of the month of 2024
_LEAST, _MOST = 0.6, 1.35
_WEEK = 7
_YEAR = 365.2425  # days, mean
# the calendar from 1 March 2000, when leap days end a year: 1461 days in four years, and a month's
# first day is (153 m + 2) // 5 (Richards 2013, the Explanatory Supplement's section 15.11)
_SINCE_MARCH = 6515  # days from 1 March 2000 to 1 January 2018
_FOUR_YEARS, _FIVE_MONTHS = 1461, 153
_FOUR, _FIVE = 4, 5
_MONTHS = 12
_FIRST = 12 * 18 - 2  # months from March 2000 to January 2018


@formula
def expected_rise(price_then, price_now, chance):
    """Expected change of the log of buyers' price: the chance times ln(then / now).

    Before a deadline ``price_then`` is that of a lapse and ``chance`` 1 less that of a renewal;
    after a rise thought temporary it is the price before, and the change is below 0.
    """
    return chance * inline_log(price_then / price_now)


@formula
def forward(anticipation, rise):
    """What is placed a unit ordered: exp(psi x), within what can be stored or can wait.

    ``anticipation`` psi is 0 or more, ``rise`` x as of :func:`expected_rise`.
    """
    return clip(inline_exp(anticipation * rise), _LEAST, _MOST)


@formula
def step_orders(orders, target, speed):
    """Orders a week later: ``speed`` in [0, 1] of the way to the target."""
    return orders + speed * (target - orders)


@formula
def place(orders, moved, ahead, payback_weeks):
    """(placed, moved): this week's placement, and what is then moved.

    placed = orders ``ahead`` - moved / payback, not below 0; moved grows by placed - orders. So
    what is placed over any weeks is what was ordered and the change of what is moved.
    """
    placed = max(orders * ahead - moved / payback_weeks, 0.0)
    return placed, moved + (placed - orders)


@formula
def fill_ring(ring, flow):
    """A ring as after many weeks of one flow."""
    for k in range(RING):
        ring[k] = flow


@formula
def arrivals(ring, week, lag, fast):
    """What arrives in a week: ``fast`` of last week's placement, the rest of that ``lag`` weeks ago.

    ``lag`` is 1 to :data:`RING` weeks, ``fast`` in [0, 1] goes by air and land. To be asked before
    the week's own placement enters the ring, at ``week % RING``.
    """
    return fast * ring[(week - 1) % RING] + (1.0 - fast) * ring[(week - lag) % RING]


@formula
def _date(day):
    """(year, month, day of that year, its days): of years that begin in March 2000, from 0."""
    days = day + _SINCE_MARCH
    year = (_FOUR * days + 3) // _FOUR_YEARS
    start, end = _FOUR_YEARS * year // _FOUR, _FOUR_YEARS * (year + 1) // _FOUR
    return year, (_FIVE * (days - start) + 2) // _FIVE_MONTHS, days - start, end - start


@formula
def _first_of(month, days):
    """The first day of a month of a year that begins in March, at most the year's ``days``."""
    return min((_FIVE_MONTHS * month + 2) // _FIVE, days)


@formula
def month_of(day):
    """Calendar month of a day, from 0 at January 2018; modulo 12 it is 0 in January."""
    year, month, _, _ = _date(day)
    return _MONTHS * year + month - _FIRST


@formula
def season_of_day(factors, day):
    """Season of a day: the factor of its month, for a month of mean length.

    ``factors`` has twelve, of mean 1, those of a month's whole flow over a twelfth of the year's.
    """
    year, month, _, days = _date(day)
    length = _first_of(month + 1, days) - _first_of(month, days)
    return factors[(_MONTHS * year + month - _FIRST) % _MONTHS] * (_YEAR / _MONTHS / length)


@formula
def season_of_week(factors, day):
    """Mean season of the seven days from ``day``."""
    _, month, since, days = _date(day)
    left = min(_first_of(month + 1, days) - since, _WEEK)
    last = day + _WEEK - 1
    return (
        left * season_of_day(factors, day) + (_WEEK - left) * season_of_day(factors, last)
    ) / _WEEK


@formula
def observed(flow, season, noise, draw):
    """What is counted, bn USD/yr: the flow in its season, times a factor of mean 1.

    ``noise`` is its standard deviation in logs; ``draw`` is standard normal, one a side and
    calendar month (:func:`month_of`).
    """
    return flow * season * inline_exp(noise * (draw - 0.5 * noise))
