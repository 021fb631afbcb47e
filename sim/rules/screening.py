"""Screening with a private price of settling: whom an offer is for, and what waiting is worth.

Each government has a private price of settling, the least gain that it must show at home; the other
knows its distribution. An offer is made for a marginal type: tougher types refuse, and the belief
is cut there (Sobel, Takahashi 1983; Fudenberg, Tirole 1983). Who waits expects its share in
alternating offers over the meetings left (Stahl 1972; Rubinstein 1982), so full information gives
their split at once. A side that cannot be seen through bargains on a claim above its price
(Chatterjee, Samuelson 1983). Equations and judgements: docs/bargaining.md.

Prices, surpluses and worths are bn USD/yr. ``soft`` and ``tough`` are the lowest and highest price
of the other that a side holds possible, ``top`` the price of the other at which nothing would be
left for it.
"""

from __future__ import annotations

from sim.rules.compiled import formula
from sim.rules.mathematics import clip

__all__ = [
    "FULL_BLUFF",
    "claimed",
    "expected_price",
    "hope",
    "least_accepted",
    "marginal_surplus",
    "screen_step",
    "share_step",
]

# At this claim, of the way from one's price to the toughest, two sides with prices uniform on
# [0, 1] and a pie of 1 settle only where Chatterjee and Samuelson's linear equilibrium does: where
# the prices add to at most 3/4
FULL_BLUFF = 0.2


@formula
def share_step(us_waits, cn_waits):
    """Washington's share of the surplus one meeting earlier, in [0, 1].

    Either side may be the one to propose, and leaves the other what waiting is worth to it: (1 -
    ``cn_waits``) / 2 + ``us_waits`` / 2, both shares of the surplus (Stahl 1972).
    """
    return 0.5 * (1.0 - cn_waits) + 0.5 * us_waits


@formula
def screen_step(accepts, later):
    """(share of the range of types kept, worth per unit of range) of the best screen at a meeting.

    Of types uniform on a range the offer leaves out the share ``kept``, to be asked again: the
    largest (1 - kept) kept accepts + kept**2 later. ``accepts`` above 0 is the part of the marginal
    type's surplus that the proposer may keep, ``later`` the worth per unit of range of going on (1
    accepts all; Sobel, Takahashi 1983).
    """
    if accepts <= 2.0 * later:
        return 1.0, later
    kept = 0.5 * accepts / (accepts - later)
    return kept, 0.5 * kept * accepts


@formula
def marginal_surplus(most, least, kept):
    """Surplus of the type that an offer is for, of types whose surplus lies between ``least`` and
    ``most``.

    The share ``kept`` of the most, or all types where that leaves fewer out: max(kept most,
    min(least, most)).
    """
    return max(kept * most, min(least, most))


@formula
def claimed(own, toughest, bluff):
    """The price that a side bargains on: its ``own`` moved towards the toughest that the other
    holds possible.

    ``bluff`` in [0, 1] is a share of :data:`FULL_BLUFF` (Chatterjee, Samuelson 1983).
    """
    return own + FULL_BLUFF * bluff * max(0.0, toughest - own)


@formula
def expected_price(low, tough, top):
    """Mean of the prices from ``low`` to ``tough`` that leave a surplus, those up to ``top``.

    With the mean of all types nobody would expect a surplus, all would take what they need, and
    knowing more would lower deals.
    """
    return 0.5 * (low + clip(top, low, tough))


@formula
def hope(surplus, slope, claim, low, tough):
    """The surplus that a type of the other expects, where it knows the proposer's price only from
    ``low`` to ``tough``.

    ``surplus`` is what it would expect if it knew that price to be ``claim``; ``slope`` its gain
    for each bn USD/yr of the proposer's, above 0, as on a straight frontier. Not below 0.
    """
    return max(0.0, surplus + slope * (claim - expected_price(low, tough, claim + surplus / slope)))


@formula
def least_accepted(claim, waits, expected):
    """The least that a side takes: its ``claim`` and, of what it expects beyond, the share that
    waiting is worth.
    """
    return claim + waits * max(0.0, expected - claim)
