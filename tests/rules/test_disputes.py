"""Crises inside a truce: threats, measures, what ends them, and what they are taken on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.bargaining import close
from sim.rules.codes import BROKEN, CN, DEAL, TRADE, TRUCE, US
from sim.rules.compliance import FULL, SLACK
from sim.rules.disputes import impose, lift, restore
from sim.rules.outlook import EVERYTHING, measure_of
from sim.rules.state import NEVER
from sim.vocabulary import ACTS, GOODS, SIDES, TRACKS, happened

Runs = Callable[..., np.ndarray]
Lives = Callable[..., Any]

TENSE: dict[str, object] = {
    "truce.disputes.occasion_rate": 0.5,
    "truce.disputes.threat_cost": 0.0,
    "licensing.magnets.regime": "shipment",
}


def first_day(**settings: object) -> tuple[TruceModel, Any, Any]:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    model = TruceModel(Scenario().change(named), 1, 0, collect="none")
    return model, model.state.whole[0], model.params.record


def owned(model: TruceModel, side: str) -> list[int]:
    issues = model.scenario.issues
    return [k for k, name in enumerate(model.params.issues) if issues[name].owner == side]


@pytest.mark.parametrize("run", range(6))
def test_a_crisis_is_a_threat_that_is_out_or_a_measure_in_force(run: int) -> None:
    model = TruceModel(Scenario().change(TENSE), 1, run, collect="none")
    crises = 0
    while model.running:
        model.step()
        s = model.state.whole[0]
        sides, world = s["sides"], s["world"]
        stands = (sides["threat_date"] != NEVER) | (sides["measure"] > 0.0)
        assert (world["crisis_since"] != NEVER) == bool(stands.any())
        for side, place in zip(SIDES, (US, CN), strict=True):
            withheld = s["issues"]["withheld"][owned(model, side)]
            assert bool((withheld > 0.0).any()) == bool(sides["measure"][place] > 0.0)
            assert withheld.max(initial=0.0) <= 1.0
        if world["status"] == BROKEN:
            assert not stands.any()
        crises += bool(stands.any())
    out, running = model.state.whole[0]["out"], int(world["crisis_since"] != NEVER)
    ended = sum(int(out[f"crises_{how}"]) for how in ("broken", "repaired", "better", "rested"))
    assert crises > 0 and out["crises"] == ended + running


def test_crises_are_counted_once_each_in_many_runs(runs: Runs) -> None:
    for settings in ({}, TENSE, TENSE | {"truce.max_extensions": 1}):
        out = runs(settings, 200)
        ended = sum(out[f"crises_{how}"] for how in ("broken", "repaired", "better", "rested"))
        assert set(out["crises"] - ended) <= {0, 1}
        assert out["crises"].sum() > 20


def test_a_threat_is_yielded_to_dropped_carried_out_or_overtaken(lived: Lives) -> None:
    tense = lived(TENSE, 60)
    out = tense.out
    ends = [out[f"threats_{how}"].sum() for how in ("carried", "yielded", "dropped")]
    assert min(ends) > 0 and sum(ends) <= out["threats"].sum()
    made = len(tense.of("threatened")) + len(tense.of("demanded"))
    assert made == out["threats"].sum()
    for act, how in (
        ("carried_out", "carried"),
        ("yielded", "yielded"),
        ("backed_down", "dropped"),
    ):
        assert len(tense.of(act)) == out[f"threats_{how}"].sum()


def test_a_threat_is_carried_out_at_its_date_and_not_before(lived: Lives) -> None:
    seen = 0
    for acts in lived(TENSE, 40).acts:
        due: dict[int, int] = {}
        for row in acts:
            name, side = ACTS.names[row["act"]], int(row["side"])
            if name in ("threatened", "demanded"):
                due[side] = int(row["week"]) + 1 + int(row["second"])
            if name in ("carried_out", "backed_down"):
                assert row["week"] == due[side]
                seen += 1
    assert seen > 20


def test_nobody_threatens_without_an_occasion(runs: Runs) -> None:
    out = runs({"truce.disputes.occasion_rate": 0.0}, 60)
    assert out["threats"].sum() == out["measures_taken"].sum() == out["crises"].sum() == 0
    assert out["endings"].sum() == 0


def test_who_yields_to_a_demand_concedes_within_its_red_lines(lived: Lives) -> None:
    yielding = {f"politics.{side}.pride": 0.0 for side in SIDES}
    tense = lived(TENSE | yielding, 30)
    assert len(tense.of("yielded")) > 5
    issues = Scenario().issues
    lines = np.asarray([issues[name].red_line for name in flatten(Scenario()).issues])
    in_force = tense.weeks["level"][..., : len(lines)]
    assert (in_force <= lines + 1e-9).all()


def test_restoring_delivers_in_full_and_lays_the_grievance_to_rest() -> None:
    model, s, p = first_day()
    cn = owned(model, "cn")
    s["issues"]["kept"][cn], s["sides"]["effort"][CN] = 0.1, SLACK
    s["sides"]["grievance"][US], s["sides"]["protest_since"][US] = 5.0, 0
    restore(s, p, CN)
    issues = [model.scenario.issues[name] for name in model.params.issues]
    most = [issue.deliverable for issue in issues if issue.owner == "cn"]
    assert s["issues"]["kept"][cn].tolist() == pytest.approx(most)
    assert s["sides"]["effort"][CN] == FULL and s["sides"]["grievance"][US] == 0.0
    assert s["sides"]["protest_since"][US] == NEVER


@pytest.mark.parametrize("scope", ["issue", "track", "all"])
@pytest.mark.parametrize("side", SIDES)
def test_a_measure_is_taken_on_what_enforcement_allows_and_lifted_whole(
    side: str, scope: str
) -> None:
    model, s, p = first_day(linkage__enforcement=scope)
    i = US if side == "us" else CN
    issue = measure_of(s, p, i)
    impose(s, p, i, issue, 0.6, 1)
    held = [
        n for n, x in zip(model.params.issues, s["issues"]["withheld"], strict=False) if x > 0.0
    ]
    if scope == "issue":
        assert held == [f"{side}_tariff"]
    elif scope == "track":
        (one,) = held
        named = model.scenario.issues[one]
        assert (named.owner, named.track) == (side, TRACKS.names[TRADE])
    else:
        assert issue == EVERYTHING and len(held) == len(owned(model, side))
    assert s["sides"]["measure"][i] == pytest.approx(0.6) and s["sides"]["responds"][1 - i] == 1
    assert s["out"]["measures_taken"][i] == 1 and s["out"]["crises"] == 1
    lift(s, p, i)
    assert not s["issues"]["withheld"].any() and s["sides"]["measure"][i] == 0.0


def test_a_measure_bites_on_what_is_in_force_and_its_end_gives_it_back() -> None:
    """.6 of what is delivered, and back to it in the week that lifts it."""
    model, s, p = first_day(truce__disputes__occasion_rate=0.0, compliance__cn__drift_rate=0.0)
    k = model.params.issues.index("civil_magnets")
    model.step()
    impose(s, p, CN, k, 0.6, 0)
    s["sides"]["responds"][:] = 0
    model.step()
    issues = model.state.whole[0]["issues"]
    assert issues["level"][k] == pytest.approx(0.4 * issues["delivered"][k])
    lift(s, p, CN)
    model.step()
    assert issues["level"][k] == pytest.approx(issues["delivered"][k])


def test_the_dearer_backing_down_the_fewer_threats_are_dropped(runs: Runs) -> None:
    shares = []
    for audience in (0.0, 60.0):
        costly = {f"politics.{side}.audience": audience for side in SIDES}
        out = runs(TENSE | costly, 150)
        shares.append(out["threats_dropped"].sum() / max(1, out["threats"].sum()))
    assert shares[1] < shares[0] - 0.05


def test_with_all_delivered_nobody_claims_a_breach_within_six_weeks(runs: Runs) -> None:
    """In under 1 % of runs."""
    kept: dict[str, object] = {f"compliance.{side}.drift_rate": 0.0 for side in SIDES}
    kept |= {"compliance.review_rate": 0.0, "issues.fentanyl.deliverable": 1.0}
    kept |= {f"licensing.{good}.regime": "free" for good in GOODS}
    out = runs(kept | {"shocks.events.us_listing.size": 0.0}, 400)
    assert (out["weeks_to_first_protest"] <= 6).mean() < 0.01


def test_a_deal_in_a_crisis_ends_it_and_counts_its_own_extensions() -> None:
    """Better terms: measures are lifted, threats withdrawn, and the truce's renewals are past."""
    model, s, p = first_day()
    impose(s, p, CN, model.params.issues.index("civil_magnets"), 0.6, 0)
    s["sides"]["threat_date"][US], s["world"]["extensions"] = 9, 3
    assert s["world"]["crisis_since"] != NEVER
    s["offers"][TRADE, US, : len(model.params.issues)] = s["issues"]["agreed"][
        : len(model.params.issues)
    ]
    close(s, p, TRADE, US)
    assert s["world"]["status"] == DEAL and s["world"]["crisis_since"] == NEVER
    assert not s["sides"]["measure"].any() and not s["issues"]["withheld"].any()
    assert (s["sides"]["threat_date"] == NEVER).all()
    assert s["out"]["crises_better"] == 1 and s["world"]["extensions"] == 0


def test_a_deal_without_a_crisis_ends_none() -> None:
    model, s, p = first_day()
    s["offers"][TRADE, US, : len(model.params.issues)] = s["issues"]["agreed"][
        : len(model.params.issues)
    ]
    close(s, p, TRADE, US)
    assert s["world"]["status"] == DEAL and s["out"]["crises_better"] == 0


def test_heavier_hawks_make_no_more_deals_and_more_breaks(runs: Runs) -> None:
    """What hawks weigh in decisions, doubled on both sides, on common draws."""
    weight = Scenario().politics.us.hawk_push
    light, heavy = (
        runs({f"politics.{side}.hawk_push": times * weight for side in SIDES}, 400)
        for times in (1.0, 2.0)
    )
    deals = [~np.isnan(out["weeks_to_first_deal"]) for out in (light, heavy)]
    assert deals[1].mean() < deals[0].mean() + 0.02
    assert (heavy["breaks"] > 0).mean() > (light["breaks"] > 0).mean() + 0.1


def test_a_deal_may_have_a_crisis_and_outlive_it(lived: Lives) -> None:
    tense = lived(TENSE | {"us.resolve.trade": 2.0, "cn.resolve.trade": 1.0}, 40)
    crisis = happened(tense.weeks["events"], "measure_us") | happened(
        tense.weeks["events"], "threat_us"
    )
    in_deal = tense.weeks["status"] == DEAL
    assert (crisis & in_deal).any()
    over = happened(tense.weeks["events"], "crisis_over")
    assert (over & in_deal).any() and (tense.weeks["status"] == TRUCE).any()
