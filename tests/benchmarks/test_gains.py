"""Gains of trade by strategy in the unit case: what is known by hand, and the page's table."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gains import STRATEGIES, gains, lines
from sim.theory.private_prices import SECOND_BEST

PAGE = (Path(__file__).parents[2] / "docs" / "bargaining.md").read_text(encoding="utf-8")


def test_who_shows_its_price_at_the_last_meeting_reaches_all_and_who_waits_for_the_other_nothing() -> (
    None
):
    assert gains(STRATEGIES["time_dependent"], 1, types=12) == pytest.approx(1.0)
    assert gains(STRATEGIES["tit_for_tat"], 30, types=12) == 0.0


def test_two_hardliners_settle_where_their_demands_fit_whatever_the_clock() -> None:
    """A demand of 0.7 of what is expected above the price fits only where both prices are low."""
    one, many = (gains(STRATEGIES["committed"], n, types=12) for n in (1, 20))
    assert 0.0 < one == many < SECOND_BEST


@pytest.mark.nightly
def test_the_page_has_the_table() -> None:
    assert "\n".join(lines()) in PAGE
