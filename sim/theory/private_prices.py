"""Bargaining where each side's price of settling is private: known answers for the rule of
:mod:`sim.rules.screening`.

A pie of 1, prices uniform on [0, 1], as Chatterjee and Samuelson (1983) have it: of all the gains
that both could have if they knew each other's price, the share that a rule reaches. No rule that
both would play freely reaches more than :data:`SECOND_BEST` in equilibrium (Myerson, Satterthwaite
1983).
"""

from __future__ import annotations

import math
from typing import SupportsIndex

from sim.rules.screening import (
    claimed,
    expected_price,
    hope,
    least_accepted,
    marginal_surplus,
    screen_step,
    share_step,
)
from sim.theory.inputs import finite, integer

__all__ = ["SECOND_BEST", "gains_of_trade", "price_sequence", "screening_meetings"]

SECOND_BEST = 27.0 / 32.0
"""Largest share of the first best, pie 1 and prices uniform on [0, 1] (Myerson, Satterthwaite
1983; the linear equilibrium of Chatterjee and Samuelson 1983 reaches it)."""
_NOTHING = 1e-12  # of the pie: a share below it is rounding


def price_sequence(offers: SupportsIndex, patience: float) -> tuple[float, float, float]:
    """The first of ``offers`` offers of a side that alone makes them (Sobel, Takahashi 1983).

    Parameters
    ----------
    offers
        How many it may make, 1 to 100,000.
    patience
        Discount factor of both from one offer to the next, from 0 to below 1.

    Returns
    -------
    tuple of float
        Its price, the share of types kept for later, and its worth, all as shares of the highest
        valuation; types are uniform from 0.

    Raises
    ------
    ValueError
        Another number of offers, or patience out of range.

    Examples
    --------
    The last offer asks half; with two to come the first asks (2 - d)**2 / (2 (4 - 3 d)):

    >>> price_sequence(1, 0.9)
    (0.5, 0.5, 0.25)
    >>> round(price_sequence(2, 0.9)[0], 10)
    0.4653846154
    """
    count, factor = integer("offers", offers, 1, 100_000), finite("patience", patience)
    if not 0.0 <= factor < 1.0:
        raise ValueError(f"patience must be from 0 to below 1; given {patience}")
    price, kept, value = 1.0, 1.0, 0.0
    for left in range(count):
        accepts = 1.0 if left == 0 else 1.0 - factor * (1.0 - price)
        kept, value = screen_step(accepts, factor * value)
        price = accepts * kept
    return price, kept, value


def screening_meetings(meetings: SupportsIndex, patience: float) -> list[tuple[float, float]]:
    """What waiting is worth, a share of the surplus, and the share of types kept, at each of so
    many meetings, the last one first; both sides alike.

    Parameters
    ----------
    meetings
        Meetings until nothing more can be agreed, 1 to 10,000.
    patience
        Discount factor from one meeting to the next, from 0 to 1.

    Raises
    ------
    ValueError
        Another number of meetings, or patience out of range.

    Examples
    --------
    At the last meeting waiting is worth nothing and the offer is for half of the types:

    >>> screening_meetings(1, 0.98)
    [(0.0, 0.5)]
    """
    count, factor = integer("meetings", meetings, 1, 10_000), finite("patience", patience)
    if not 0.0 <= factor <= 1.0:
        raise ValueError(f"patience must be from 0 to 1; given {patience}")
    share, value, plan = 0.5, 0.0, list[tuple[float, float]]()
    for left in range(count):
        waits = factor * share if left else 0.0
        kept, value = screen_step(1.0 - waits, factor * value if left else 0.0)
        share = share_step(waits, waits)
        plan.append((waits, kept))
    return plan


def gains_of_trade(
    meetings: SupportsIndex, patience: float, bluff: float = 0.0, types: SupportsIndex = 100
) -> float:
    """Share of the first best that screening reaches: pie 1, prices uniform on [0, 1].

    Both sides play the rule of docs/bargaining.md, in turn first at a meeting; a gain at a later
    meeting is discounted by ``patience`` for each meeting before.

    Parameters
    ----------
    meetings, patience
        As :func:`screening_meetings`.
    bluff
        How far each claims more than its price, 0 to 1: at 1 only prices that add to at most 3/4
        settle.
    types
        Prices of each side on a grid, 2 to 1,000; every pair is played.

    Raises
    ------
    ValueError
        Something out of range.

    Examples
    --------
    One meeting is one offer that is taken or left: 3/4 of the first best.

    >>> round(gains_of_trade(1, 0.98, types=200), 2)
    0.75
    """
    size, claims = integer("types", types, 2, 1000), finite("bluff", bluff)
    if not 0.0 <= claims <= 1.0:
        raise ValueError(f"bluff must be from 0 to 1; given {bluff}")
    plan = screening_meetings(meetings, patience)
    prices = [(n + 0.5) / size for n in range(size)]
    first_best = math.fsum(max(0.0, 1.0 - one - two) for one in prices for two in prices)
    reached = math.fsum(
        (1.0 - one - two) * patience**waited
        for one in prices
        for two in prices
        if (waited := _meetings_waited(plan, (one, two), claims)) is not None
    )
    return reached / first_best


def _meetings_waited(
    plan: list[tuple[float, float]], prices: tuple[float, float], bluff: float
) -> int | None:
    """Meetings gone before two sides with these prices agree; None where they never do."""
    claims = [claimed(price, 1.0, bluff) for price in prices]
    low, taught = [0.0, 0.0], [0.0, 0.0]  # of the other's price: known for sure, and if refused
    standing: list[float | None] = [None, None]  # what the offer on the table leaves the other
    for number, (waits, kept) in enumerate(reversed(plan)):
        for i in (number % 2, 1 - number % 2):
            j, top = 1 - i, 1.0 - claims[i]
            heard = standing[j]
            if heard is not None:
                expected = 1.0 - expected_price(low[i], 1.0, top)
                if heard >= least_accepted(claims[i], waits, expected) - _NOTHING:
                    return number
                low[j] = max(low[j], taught[j])
            most = top - low[i]
            if most <= 0.0:
                standing[i], taught[i] = top, 0.0
                continue
            surplus = marginal_surplus(most, top - 1.0, kept)
            taught[i] = top - surplus
            left = top - surplus + waits * hope(surplus, 1.0, claims[i], low[j], 1.0)
            standing[i] = min(left, top)
    return None
