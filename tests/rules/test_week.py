"""A whole week and a whole run: determinism, symmetry (MODEL.md section 13, numbers 7 and 8)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from sim.config.groups.economy import Economy, Importer
from sim.config.groups.firms import Firms, Population, Sector
from sim.config.groups.issues import Issue
from sim.config.groups.licensing import Authority, Licensing
from sim.config.groups.negotiators import Negotiator
from sim.config.groups.shocks import Shocks
from sim.config.params import flatten
from sim.config.schema import Scenario
from sim.config.validate import with_values
from sim.ensemble.execute import simulate

CERTAIN: dict[str, object] = {
    "us.belief_error": 0.0, "cn.belief_error": 0.0, "linkage.cn": 0.0, "compliance.us.drift_rate": 0.0,
    "compliance.cn.drift_rate": 0.0, "compliance.monitoring_noise": 0.0, "politics.ratification.noise": 0.0,
    "truce.early_rate": 0.0, "truce.temperature": 0.05, "truce.escalation.answer_rate": 1.0, "truce.reentry.width": 0.01,
    "truce.reentry.rate": 1.0, "compliance.back_down_scale": 0.1, "licensing.approve_withheld_military": 1.0,
    **{f"licensing.{good}.{chance}": 1.0 for good in ("magnets", "chips") for chance in ("approve_withheld", "approve_permitted")},
    **{f"licensing.{good}.licensed_share": 0.0 for good in ("magnets", "chips")},
    **{f"firms.{good}.{spread}": 0.0 for good in ("magnets", "chips") for spread in ("size_spread", "cover_spread", "trusted_share")},
    **{f"firms.magnets.sectors.{sector}.military_share": 0.0 for sector in ("aerospace", "defence")},
}  # fmt: skip


def test_without_chance_every_run_is_the_same() -> None:
    scenario = with_values(replace(Scenario(), shocks=Shocks({})), CERTAIN)
    out, weeks = simulate(flatten(scenario).values, np.zeros(6, np.int64), np.arange(6), 1, weekly=6)
    assert len({row.tobytes() for row in out}) == 1
    assert len({row.tobytes() for row in weeks}) == 1


def symmetric() -> Scenario:
    """Two sides alike in everything: trade, firms, issues, politics."""
    firms = Population(sectors={"one": Sector(1.0, 40.0, 8.0, 0.0)}, firms=40)
    other = replace(firms, sectors={"two": Sector(1.0, 40.0, 8.0, 0.0)})
    importer = Importer(imports=300.0)
    issue = {"benefit": 15.0, "linear_cost": 1.0, "convex_cost": 12.0, "terms": 0.3, "in_force": 0.3}
    tariff = {"convex_cost": 0.1, "terms": 0.7, "in_force": 0.7, "lapse": 0.4, "snaps_back": True}
    issues = {
        "us_tariff": Issue("us", "trade", "us_tariff", **tariff),
        "cn_tariff": Issue("cn", "trade", "cn_tariff", **tariff),
        "us_good": Issue("us", "security", "constant", **issue),
        "cn_good": Issue("cn", "security", "constant", **issue),
    }
    authority = Authority()
    return replace(
        Scenario(), issues=issues, us=Negotiator(), cn=Negotiator(), economy=Economy(us=importer, cn=importer),
        firms=Firms(magnets=firms, chips=other), licensing=Licensing(magnets=authority, chips=authority), shocks=Shocks({}),
    )  # fmt: skip


def test_symmetric_sides_get_symmetric_outcomes() -> None:
    scenario = with_values(
        symmetric(),
        {
            "truce.talks.first_speaker": "drawn",
            "linkage.cn": 0.0,
            "us.strategy.exponent": 0.8,
            "cn.strategy.exponent": 0.8,
        },
    )
    count = 1500
    out, _ = simulate(flatten(scenario).values, np.zeros(count, np.int64), np.arange(count), 11)
    share = out["us_surplus_share"][~np.isnan(out["us_surplus_share"])]
    assert len(share) > 300
    assert stats.wilcoxon(share - 0.5).pvalue > 1e-3
    for measure in ("final_tariff", "protests", "hawk", "welfare_loss"):
        difference = (out[measure][:, 0] - out[measure][:, 1]).astype(float)
        if np.ptp(difference):
            assert stats.ttest_1samp(difference, 0.0).pvalue > 1e-3, measure


def test_the_order_and_the_company_of_runs_do_not_matter() -> None:
    values = flatten(Scenario()).values
    numbers = np.asarray([5, 2, 9, 2, 0])
    mixed, _ = simulate(values, np.zeros(5, np.int64), numbers, 1)
    alone = [simulate(values, np.zeros(1, np.int64), np.asarray([n]), 1)[0][0] for n in numbers]
    assert [row.tobytes() for row in mixed] == [row.tobytes() for row in alone]
