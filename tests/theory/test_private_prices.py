"""Bargaining with private prices against the closed forms of the literature (docs/bargaining.md,
*Known answers*).
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.theory import gains_of_trade, limit_split, price_sequence, rubinstein_split
from sim.theory.private_prices import SECOND_BEST

FIRST_PRICES = {
    2: 0.4653846154,
    3: 0.4350052589,
    5: 0.3851886733,
    10: 0.3076152278,
    30: 0.2428837804,
}
SHARES = {  # by bluff: 1, 5, 15 and 60 meetings at patience 0.98
    0.0: (0.750, 0.872, 0.908, 0.922),
    0.25: (0.668, 0.799, 0.852, 0.878),
    0.5: (0.560, 0.706, 0.774, 0.816),
    1.0: (0.281, 0.420, 0.553, 0.637),
}


@pytest.mark.parametrize(("offers", "price"), FIRST_PRICES.items())
def test_first_price_of_a_side_that_alone_makes_offers(offers: int, price: float) -> None:
    assert price_sequence(offers, 0.9)[0] == pytest.approx(price, abs=1e-10)


def test_two_offers_in_closed_form() -> None:
    """(2 - d)**2 / (2 (4 - 3 d)) of the upper bound; 0.8462 of the types are kept (Sobel, Takahashi
    1983).
    """
    price, kept, value = price_sequence(2, 0.9)
    assert price == pytest.approx((2 - 0.9) ** 2 / (2 * (4 - 3 * 0.9)), abs=1e-15)
    assert kept == pytest.approx(0.8461538462, abs=1e-10)
    assert value == pytest.approx(0.2326923077, abs=1e-10)


@pytest.mark.parametrize("patience", [0.9, 0.98])
def test_first_price_of_endless_offers(patience: float) -> None:
    root = math.sqrt(1.0 - patience)
    assert price_sequence(20_000, patience)[0] == pytest.approx(
        root * (1.0 - root) / patience, abs=1e-12
    )


@pytest.mark.parametrize("offers", [2, 3, 5])
def test_no_cut_on_a_fine_grid_does_better(offers: int) -> None:
    """Brute force over which types each offer leaves out, the buyer indifferent at each cut, and
    every later offer the best one then.
    """
    patience, cuts, price, value = 0.9, np.linspace(0.0, 1.0, 2001), 0.5, 0.25
    for _ in range(offers - 1):
        prices = cuts * (1.0 - patience * (1.0 - price))
        values = (1.0 - cuts) * prices + cuts**2 * patience * value
        best = int(values.argmax())
        price, value = float(prices[best]), float(values[best])
    assert price_sequence(offers, patience)[0] == pytest.approx(price, abs=1e-3)
    assert price_sequence(offers, patience)[2] == pytest.approx(value, abs=2e-5)


@given(st.integers(1, 200), st.floats(0.0, 0.999))
def test_another_offer_never_pays_a_patient_buyer_more(offers: int, patience: float) -> None:
    """Coase: the more offers are to come, the lower the first price and what they all are worth."""
    first, _, value = price_sequence(offers, patience)
    later, _, later_value = price_sequence(offers + 1, patience)
    assert later <= first + 1e-12
    assert later_value <= value + 1e-12


@pytest.mark.parametrize("bluff", SHARES)
def test_share_of_the_first_best(bluff: float) -> None:
    """At one meeting and no bluff 3/4, one offer taken or left; all below the prototype's second
    digit.
    """
    found = [gains_of_trade(n, 0.98, bluff, types=60) for n in (1, 5, 15, 60)]
    assert found == pytest.approx(SHARES[bluff], abs=1e-3)


def test_bluff_keeps_one_clock_below_the_second_best() -> None:
    """15 meetings: above 27/32 for honest sides, which no equilibrium is, at or below it from half
    a bluff on (Myerson, Satterthwaite 1983).
    """
    honest, bluffing = (gains_of_trade(15, 0.98, bluff, types=40) for bluff in (0.0, 0.5))
    assert bluffing < SECOND_BEST < honest


def test_full_bluff_settles_where_the_linear_equilibrium_does() -> None:
    """Only prices that add to at most 3/4 leave room (Chatterjee, Samuelson 1983)."""
    size = 40
    prices = [(n + 0.5) / size for n in range(size)]
    pairs = [(one, two) for one in prices for two in prices]
    possible = sum(1.0 - one - two for one, two in pairs if one + two <= 0.75)
    first_best = sum(1.0 - one - two for one, two in pairs if one + two <= 1.0)
    assert gains_of_trade(200, 1.0, 1.0, types=size) <= possible / first_best + 1e-12


def test_a_proposer_drawn_each_time_tends_to_the_split_by_impatience() -> None:
    """The mean of Rubinstein's two proposals and the limit of ever more frequent offers agree."""
    one, two = math.exp(-0.3e-6), math.exp(-0.1e-6)
    first = rubinstein_split(one, two)[0]
    second = rubinstein_split(two, one)[1]
    assert (first + second) / 2 == pytest.approx(limit_split(0.3, 0.1)[0], abs=1e-6)
