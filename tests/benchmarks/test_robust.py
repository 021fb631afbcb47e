"""How far single numbers of bargaining decide: the tool, and that no number decides alone."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from benchmarks.robust import NO_TALKS, Range, breaks, clocks, moves, ranges, steps
from sim.config.fields import setting_of

LONDON = sim.load("scenario=london")


def test_ranges_are_those_of_settings_that_are_read() -> None:
    found = {one.name: one for one in ranges(LONDON)}
    cost, meta = found["truce.extension_cost"], setting_of(sim.Scenario, "truce.extension_cost")
    assert meta is not None and (cost.low, cost.high) == meta.plausible
    price = found["us.resolve.trade"]
    assert (price.low, price.high) == pytest.approx((0.8 * price.value, 1.2 * price.value))
    assert not {"us.strategy.exponent", "cn.deadline_firmness", "truce.max_extensions"} & set(found)


def test_a_share_of_a_range_is_a_value_in_it_and_whole_where_the_setting_is() -> None:
    at = np.asarray([0.0, 0.5, 1.0])
    assert Range("x", 1.0, 2.0, 4.0, False, (0.0, 9.0)).at(at).tolist() == [2.0, 3.0, 4.0]
    assert Range("n", 1, 1.0, 4.0, True, (0.0, 9.0)).at(at).tolist() == [1, 2, 4]


def test_moves_and_clocks_are_found_in_a_few_runs() -> None:
    """Dear extensions make deals (question 2 of the signs); deals come after one, too."""
    cost = next(row for row in moves(LONDON, 1_500) if row.name == "truce.extension_cost")
    assert cost.first + cost.first_error > 0.0 and 1.0 < cost.first_error < 10.0
    rate = clocks(LONDON, 300)
    assert rate.later > 0.0 and 0.0 < rate.first < 1.0


@pytest.mark.nightly
def test_no_number_decides_alone_and_there_is_no_cliff() -> None:
    """Twenty points over the range and five a step, each beyond its interval."""
    over = [
        row.name
        for row in moves(LONDON)
        if abs(row.first) - row.first_error > 20.0 or abs(row.ever) - row.ever_error > 20.0
    ]
    assert over == []
    for informed in (False, True):
        found = steps(LONDON, 800, informed=informed)
        assert [s.name for s in found if max(abs(s.first), abs(s.ever)) > 5.0] == []


@pytest.mark.nightly
def test_a_later_clock_settles_as_the_first_does_but_for_what_packages_have_settled() -> None:
    """Deals are not driven by lapses: without interim talks a later week settles at least three
    tenths as often as one of the first clock; with them less, for a package takes what a deal
    would (docs/bargaining.md, *Shapes*).
    """
    alone, talked = clocks(LONDON.change(NO_TALKS)), clocks(LONDON)
    assert alone.later > 0.3 * alone.first
    assert alone.after_a_break > 0.0
    assert talked.later < alone.later


@pytest.mark.nightly
def test_no_number_of_decisions_decides_over_breaks() -> None:
    """Twenty points over the range, beyond the interval; the scale of all costs is exempt."""
    found = [one for one in breaks(LONDON) if one.name != "truce.unit"]
    assert [one.name for one in found if abs(one.breaks) - one.error > 20.0] == []
