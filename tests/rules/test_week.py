"""A whole week and a whole run: determinism, symmetry (docs/validation.md, *Known answers*, numbers
7 and 8).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.config.groups.calendar import Calendar
from sim.config.groups.shocks import Shocks
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.validation.known_answers import sides_alike
from sim.validation.symmetry import symmetric
from sim.vocabulary import GOODS

CERTAIN: dict[str, object] = {
    "us.belief_error": 0.0, "cn.belief_error": 0.0, "linkage.cn": 0.0, "compliance.us.drift_rate": 0.0,
    "compliance.cn.drift_rate": 0.0, "compliance.monitoring_noise": 0.0, "us.resolve.spread": 0.0, "cn.resolve.spread": 0.0,
    "outcomes.closing_weeks": 1, "purchases.demand_spread": 0.0,
    **{f"economy.{side}.month_spread": 0.0 for side in ("us", "cn")},
    "truce.temperature": 0.05, "truce.lengths": "fixed", "truce.limbo_rate": 1.0, "truce.disputes.occasion_rate": 0.0,
    "truce.escalation.occasion_rate": 1.0, "truce.escalation.notice_weeks": 0.0, "truce.reentry.width": 0.01,
    "truce.reentry.rate": 1.0, "truce.reentry.undated_share": 0.0, "compliance.review_rate": 0.0,
    **{f"truce.talks.{when}_rate": 0.0 for when in ("interim", "protest", "measure", "threat")},
    **{f"politics.{side}.incident_rate": 0.0 for side in ("us", "cn")},
    # an application has a chance of its own: nobody needs one
    **{f"licensing.{good}.{when}": "free" for good in GOODS for when in ("regime", "regime_start")},
    **{f"firms.magnets.sectors.{sector}.uncontrolled_share": 0.0 for sector in ("automotive", "electronics", "aerospace", "defence")},
    **{f"licensing.{good}.licensed_share": 0.0 for good in GOODS},
    **{f"firms.{good}.{spread}": 0.0 for good in GOODS for spread in ("size_spread", "cover_spread", "trusted_share")},
    **{f"firms.magnets.sectors.{sector}.military_share": 0.0 for sector in ("aerospace", "defence")},
}  # fmt: skip


def test_without_chance_every_run_is_the_same() -> None:
    quiet = {"shocks": Shocks(events={}), "calendar": Calendar(events={})}
    scenario = replace(Scenario(), **quiet).change(CERTAIN)
    out, weeks = simulate(
        flatten(scenario).values, np.zeros(6, np.int64), np.arange(6), 1, weekly=6
    )
    # the draws are there all the same, and what each gave beyond its chance
    measures = out[[name for name in out.dtype.names if name != "surprises"]]
    assert len({str(row) for row in measures}) == 1
    assert len({row.tobytes() for row in weeks}) == 1


@pytest.mark.parametrize("kind", ["screening", "time_dependent"])
def test_symmetric_sides_get_symmetric_outcomes(kind: str) -> None:
    """Number 8; the same check as in the report, over runs of another seed."""
    numbers = np.arange(1500)
    deals = simulate(flatten(symmetric(kind)).values, 0 * numbers, numbers, 12)[0]
    assert (~np.isnan(deals["us_surplus_share"])).sum() > 300
    assert sides_alike(1500, seed=12, kind=kind).met


@pytest.mark.parametrize(
    ("kind", "stronger"),
    [
        ("screening", {"us.discount_rate": 0.03, "us.planning_weeks": 104.0}),
        ("time_dependent", {"us.strategy.exponent": 0.4}),
    ],
)
def test_one_side_made_stronger_is_told_apart(kind: str, stronger: dict[str, object]) -> None:
    """The check of number 8 can fail: patience, or holding out."""
    unlike = symmetric(kind).change(stronger)
    out = simulate(flatten(unlike).values, np.zeros(1500, np.int64), np.arange(1500), 12)[0][
        "us_surplus_share"
    ]
    assert stats.wilcoxon(out[~np.isnan(out)] - 0.5).pvalue < 1e-3


def test_the_order_and_the_company_of_runs_do_not_matter() -> None:
    values = flatten(Scenario()).values
    numbers = np.asarray([5, 2, 9, 2, 0])
    mixed, _ = simulate(values, np.zeros(5, np.int64), numbers, 1)
    alone = [simulate(values, np.zeros(1, np.int64), np.asarray([n]), 1)[0][0] for n in numbers]
    assert [row.tobytes() for row in mixed] == [row.tobytes() for row in alone]
