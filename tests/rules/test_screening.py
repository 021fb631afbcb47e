"""Screening: the pure steps of docs/bargaining.md against their known answers and properties."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.rules.screening import (
    FULL_BLUFF,
    claimed,
    expected_price,
    hope,
    least_accepted,
    marginal_surplus,
    screen_step,
    share_step,
)
from sim.theory import limit_split

shares = st.floats(0.0, 1.0)
prices = st.floats(0.0, 500.0)


@pytest.mark.parametrize(("us", "cn", "share"), [(0.95, 0.99, 1 / 6), (0.6, 0.9, 0.2)])
def test_endless_offers_split_by_patience(us: float, cn: float, share: float) -> None:
    """(1 - d_cn) / (2 - d_us - d_cn), the mean of Rubinstein's two proposals."""
    found = 0.5
    for _ in range(20_000):
        found = share_step(us * found, cn * (1.0 - found))
    assert found == pytest.approx(share, abs=1e-12)


def test_one_meeting_left_splits_evenly() -> None:
    assert share_step(0.0, 0.0) == 0.5


def test_frequent_offers_split_by_discount_rates() -> None:
    """At rates 0.3 and 0.1 and offers 1e-9 apart: 1/4 (Rubinstein 1982)."""
    split = limit_split(0.3, 0.1)[0]
    us, cn = 1.0 - 0.3e-9, 1.0 - 0.1e-9
    assert share_step(us * split, cn * (1.0 - split)) == pytest.approx(split, abs=1e-15)
    assert share_step(us * 0.3, cn * 0.7) < 0.3


@given(st.floats(1e-3, 1.0), shares, shares)
def test_no_other_cut_is_worth_more(accepts: float, later: float, cut: float) -> None:
    kept, value = screen_step(accepts, later)
    assert 0.0 <= kept <= 1.0
    assert value >= (1.0 - cut) * cut * accepts + cut * cut * later - 1e-12
    assert value == pytest.approx((1.0 - kept) * kept * accepts + kept * kept * later, abs=1e-12)


@given(prices, prices, shares)
def test_an_offer_is_for_a_type_within_the_range(one: float, two: float, kept: float) -> None:
    least, most = min(one, two), max(one, two)
    assert min(least, kept * most) <= marginal_surplus(most, least, kept) <= most


@given(prices, prices, shares)
def test_a_claim_lies_between_the_price_and_a_fifth_of_the_way(
    own: float, gap: float, bluff: float
) -> None:
    claim = claimed(own, own + gap, bluff)
    assert own <= claim <= own + FULL_BLUFF * gap * (1.0 + 1e-12) + 1e-9
    assert claimed(own + gap, own, bluff) == own + gap


@given(prices, prices, st.floats(-100.0, 600.0))
def test_a_surplus_is_expected_only_from_types_that_leave_one(
    one: float, two: float, top: float
) -> None:
    low, tough = min(one, two), max(one, two)
    expected = expected_price(low, tough, top)
    assert low <= expected <= tough
    assert top <= low or expected <= top


@given(st.floats(0.0, 200.0), st.floats(0.1, 10.0), prices)
def test_a_type_that_knows_the_price_hopes_for_the_surplus(
    surplus: float, slope: float, claim: float
) -> None:
    """With nothing left to learn the hope is the surplus itself."""
    assert hope(surplus, slope, claim, claim, claim) == pytest.approx(surplus, abs=1e-6)


@given(st.floats(0.0, 200.0), st.floats(0.1, 10.0), prices, prices, prices)
def test_the_softer_a_proposer_is_thought_the_more_is_hoped_for(
    surplus: float, slope: float, claim: float, low: float, tough: float
) -> None:
    assume(low <= tough)
    softer = hope(surplus, slope, claim, 0.5 * low, tough)
    assert softer >= hope(surplus, slope, claim, low, tough) - 1e-9 >= -1e-9


@given(prices, shares, prices)
def test_nothing_below_the_claim_is_taken(claim: float, waits: float, expected: float) -> None:
    least = least_accepted(claim, waits, expected)
    assert claim <= least <= max(claim, expected) + 1e-9
    assert least_accepted(claim, 0.0, expected) == claim
