"""Purchases: what is due by the season and what was bought, worth and cost, boycotts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.params import day_of
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import BROKEN, CN, FIXED_DUTIES, US
from sim.rules.compliance import SLACK, deliver
from sim.rules.customs import STACK, facts
from sim.rules.disputes import impose, lift, restore
from sim.rules.law import set_stack
from sim.rules.outlook import EVERYTHING, aim_at, draw_measure
from sim.rules.purchases import LEFT, boycott_cost, boycott_loss, season
from sim.rules.shipping import season_of_week
from sim.rules.trade import trade
from sim.rules.trade_groups import group_market
from sim.vocabulary import PURCHASES, TRADE_GROUPS

Runs = Callable[..., np.ndarray]

FARM, ENERGY, GOODS = (PURCHASES[name].code for name in ("farm", "energy", "goods"))
STARTS = [f"2026-{month:02d}-01" for month in range(1, 13)]
STILL: dict[str, object] = {"purchases.demand_spread": 0.0}
PHASE_ONE: dict[str, object] = STILL | {
    # PIIE's baseline of 2017 and what Phase One added a year on average, bn USD
    "purchases.farm.natural": 20.9,
    "purchases.farm.extra": 16.0,
    "calendar.start": "2020-01-01",
}


def pledged(
    settings: dict[str, object], level: float = 1.0, kept: float | None = None
) -> tuple[TruceModel, Any, Any]:
    """A model in which a level of all purchases is promised and in force."""
    model = TruceModel(Scenario().change(STILL | settings), 1, 0, collect="none")
    s, p = model.state.whole[0], model.params.record
    for kind in PURCHASES:
        k = model.params.issues.index(f"{kind}_purchases")
        for name in ("agreed", "promised", "delivered", "level"):
            s["issues"][name][k] = level
        if kept is not None:
            s["issues"]["kept"][k] = kept
    return model, s, p


def bought_and_due(s: Any, p: Any, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Farm purchases and what was due, by week, while delivery is what it is."""
    found = []
    for week in range(weeks):
        s["world"]["week"] = week
        deliver(s, p)
        found.append((s["world"]["bought"][FARM], s["world"]["due"][FARM]))
    both = np.array(found)
    return both[:, 0], both[:, 1]


def index(model: TruceModel, name: str) -> int:
    return model.params.issues.index(name)


def harvest_on(day: str | int, week: int = 0, share: float = 0.51) -> float:
    """The season of a week from a day, of a kind of which ``share`` is soybeans."""
    number = day_of(day) if isinstance(day, str) else day
    return float(season(season_of_week(facts().groups["harvest"], number + 7 * week), share))


def test_the_season_adds_up_to_a_year_and_its_autumn_holds_more_than_half() -> None:
    whole = [harvest_on("2026-01-01", week, 1.0) for week in range(52)]
    assert np.mean(whole) == pytest.approx(1.0, abs=0.02)
    assert sum(whole[39:]) / 52.0 == pytest.approx(0.56, abs=0.01)
    assert {harvest_on("2026-01-01", week, 0.0) for week in range(52)} == {1.0}


@given(st.floats(0.0, 12.0), st.floats(0.0, 1.0))
def test_a_season_lies_between_even_and_that_of_soybeans(harvest: float, share: float) -> None:
    assert min(1.0, harvest) - 1e-12 <= season(harvest, share) <= max(1.0, harvest) + 1e-12


def test_kept_gives_the_record_of_phase_one() -> None:
    """Of the extra .64 is kept: of the whole farm pledge of two years 83 % (PIIE)."""
    kept = Scenario().issues["farm_purchases"].deliverable
    _, s, p = pledged(PHASE_ONE, kept=kept)
    bought, due = bought_and_due(s, p, 104)
    assert bought.sum() / due.sum() == pytest.approx(0.83, abs=0.02)


def test_a_summer_before_the_harvest_is_no_breach() -> None:
    """At the end of September .65 of the pledge by weeks looks like a breach of what is .84."""
    _, s, p = pledged(PHASE_ONE, kept=0.64)
    bought, due = bought_and_due(s, p, 39)
    by_weeks = 39.0 * (20.9 + 16.0)
    assert bought.sum() / by_weeks == pytest.approx(0.65, abs=0.02)
    assert bought.sum() / due.sum() == pytest.approx(0.84, abs=0.005)


@pytest.mark.parametrize("start", STARTS)
def test_what_is_kept_in_full_is_never_short_and_what_is_not_is_short_in_every_month(
    start: str,
) -> None:
    for kept in (1.0, 0.64):
        model, s, p = pledged({"calendar.start": start}, level=0.5, kept=kept)
        farm = index(model, "farm_purchases")
        for week in range(60):
            s["world"]["week"] = week
            deliver(s, p)
            if kept == 1.0:
                # to the last bit: a season alone makes no grievance
                assert s["issues"]["delivered"][farm] == s["issues"]["promised"][farm]
            assert s["issues"]["shortfall"][farm] == pytest.approx(1.0 - kept, abs=1e-12)


@pytest.mark.parametrize("start", STARTS[::3])
def test_with_all_bought_nobody_claims_a_breach_in_any_season(runs: Runs, start: str) -> None:
    kept: dict[str, object] = {
        **{f"issues.{kind}_purchases.deliverable": 1.0 for kind in PURCHASES},
        **{f"issues.{kind}_purchases.terms": 0.6 for kind in PURCHASES},
        **{f"issues.{kind}_purchases.in_force": 0.6 for kind in PURCHASES},
        **{f"compliance.{side}.drift_rate": 0.0 for side in ("us", "cn")},
        **{f"licensing.{good}.regime": "free" for good in ("magnets", "chips")},
        "calendar.start": start,
        "issues.fentanyl.deliverable": 1.0,
        "issues.us_counter_controls.in_force": 0.6,
        "compliance.review_rate": 0.0,
        "compliance.monitoring_noise": 0.0,
        "shocks.events.us_listing.start": "2026-12-28",
        "shocks.events.us_listing.size": 0.0,
        "calendar.horizon_weeks": 52,
        "truce.first_deadline_weeks": 52,
        "truce.disputes.occasion_rate": 0.0,
    }
    assert runs(STILL | kept, 40)["protests"][:, US].sum() == 0
    less = {f"issues.{kind}_purchases.deliverable": 0.0 for kind in PURCHASES}
    grieved: dict[str, object] = {"compliance.tolerance": 0.0, "truce.disputes.claim_cost": 0.0}
    assert runs(STILL | kept | less | grieved, 40)["protests"][:, US].sum() > 0


def test_what_is_bought_wanders_by_a_tenth_a_year() -> None:
    walks = []
    for run in range(200):
        model = TruceModel(Scenario(), 1, run, collect="none")
        s, p = model.state.whole[0], model.params.record
        for week in range(52):
            s["world"]["week"] = week
            deliver(s, p)
        walks.append(s["world"]["demand_walk"].copy())
    logs = np.log(np.array(walks))
    assert logs.std() == pytest.approx(0.1, rel=0.1)
    assert np.exp(logs).mean() == pytest.approx(1.0, abs=0.015)
    assert abs(np.corrcoef(logs.T) - np.eye(len(PURCHASES))).max() < 0.25


def test_slack_a_raised_hand_and_a_break_change_what_is_owed() -> None:
    model, s, p = pledged({}, level=0.5)
    farm = index(model, "farm_purchases")
    s["sides"]["effort"][CN], s["issues"]["kept"][farm] = SLACK, 0.2
    bought_and_due(s, p, 10)
    assert s["issues"]["shortfall"][farm] == pytest.approx(0.8)
    restore(s, p, CN)
    deliver(s, p)
    assert s["issues"]["shortfall"][farm] == pytest.approx(0.36)  # of this week alone
    bought_and_due(s, p, 10)
    s["world"]["status"] = BROKEN
    deliver(s, p)
    assert s["world"]["extra_due"][FARM] == pytest.approx(
        s["world"]["due"][FARM] - harvest_on(int(p["calendar"]["day"]), 9) * 12.7
    )


def test_a_pledge_is_worth_a_margin_and_a_better_balance() -> None:
    """Farm: 12.5 (.24 1.9 + .03) = 6.075; buying dearer costs 12.5**2 / (2 12.7 4.1) = 1.500."""
    own = Scenario().issues["farm_purchases"]
    model = TruceModel(Scenario(), 1, 0, collect="none")
    issues, k = model.state.whole[0]["issues"], index(model, "farm_purchases")
    assert issues["benefit"][k] == pytest.approx(6.075)
    assert issues["convex"][k] - own.convex_cost == pytest.approx(1.500, abs=1e-3)
    assert issues["linear"][k] == pytest.approx(own.linear_cost)
    minds = Scenario().change(
        {"politics.us.surplus_weight": 0.0, "politics.cn.surplus_weight": 0.1}
    )
    issues = TruceModel(minds, 1, 0, collect="none").state.whole[0]["issues"]
    assert issues["benefit"][k] == pytest.approx(5.7)
    assert issues["linear"][k] == pytest.approx(own.linear_cost + 1.25)


def best_gain(benefit: float, linear: float, convex: float, first: float) -> float:
    """The joint gain of the best level over the first terms, bn USD/yr."""
    worth = np.polynomial.Polynomial([0.0, benefit - linear, -convex])
    return float(worth(np.clip((benefit - linear) / (2.0 * convex), first, 1.0)) - worth(first))


def test_there_is_about_as_much_to_share_out_as_with_the_issue_that_they_replace() -> None:
    """In 0.4.0 one issue was worth 18 to Washington, at a cost of 2 and 12, from terms of .15."""
    model = TruceModel(Scenario(), 1, 0, collect="none")
    issues = model.state.whole[0]["issues"]
    names = ["fentanyl", *(f"{kind}_purchases" for kind in PURCHASES)]
    new = [index(model, name) for name in names]
    assert issues["benefit"][new].sum() == pytest.approx(18.0, rel=0.15)
    left = sum(
        best_gain(*(issues[part][k] for part in ("benefit", "linear", "convex", "terms")))
        for k in new
    )
    assert left == pytest.approx(best_gain(18.0, 2.0, 12.0, 0.15), rel=0.25)


def boycott(kind: str = "farm", depth: float = 1.0) -> tuple[TruceModel, Any, Any, int]:
    model, s, p = pledged({}, level=0.0)
    k = index(model, f"{kind}_purchases")
    impose(s, p, CN, k, depth, 1)
    return model, s, p, k


def test_a_boycott_leaves_a_twentieth_of_the_flow_and_costs_both() -> None:
    model, s, p, k = boycott()
    deliver(s, p)
    h = harvest_on(int(p["calendar"]["day"]), 0)
    assert s["world"]["bought"][FARM] == pytest.approx(h * (12.7 - (1.0 - LEFT) * 3.7))
    assert s["world"]["due"][FARM] == pytest.approx(h * 12.7)
    assert s["issues"]["shortfall"][k] == 0.0  # it is answered itself
    flows = s["world"]["trade"].copy()
    lost = []
    for _ in range(2):
        s["world"]["trade"] = flows
        s["world"]["tariff_age"] = 0.0
        trade(s, p)
        lost.append((s["sides"]["export_loss"][US], *s["sides"]["welfare_loss"]))
        lift(s, p, CN)
    exporters, us, cn = np.subtract(*lost)
    assert exporters == pytest.approx(boycott_loss(p, FARM), rel=1e-6)
    # a week between the two moves what tariffs cost a little
    assert us == pytest.approx(boycott_loss(p, FARM), abs=0.1)
    assert cn == pytest.approx(boycott_cost(p, FARM), abs=0.1)
    deliver(s, p)
    assert s["world"]["bought"][FARM] == pytest.approx(h * 12.7)


KINDS = {
    "farm": ("soybeans", "other_farm"),
    "energy": ("energy",),
    "goods": (
        *("machinery", "electrical_batteries", "pharma", "semiconductors"),
        *("autos_parts", "aircraft_parts", "instruments_medical", "metals"),
    ),
}
BOYCOTTED = {"farm": "soybeans", "energy": "energy", "goods": "aircraft_parts"}


def duties_on(day: str) -> Any:
    """China's duties on US goods by family of bases and group."""
    stack, record = np.zeros(1, STACK), facts()
    set_stack(record.groups, record.bases, stack[0], day_of(day))
    return stack[0]["effective"][CN]


def market_at(group: str, duty: float) -> tuple[float, float]:
    """(US exports of a group to China, what they cost China against the base), at a duty that is
    not collected beyond the truce's.
    """
    groups, g = facts().groups, TRADE_GROUPS[group].code
    base = duties_on("2025-01-15")
    own = {name: float(groups[name][CN, g]) for name in ("imports", "third", "pass_through")}
    slopes = (float(groups[name][CN, g]) for name in ("between", "in_all", "third_slope"))
    duties = (duty, base[:, g].sum(), base[FIXED_DUTIES, g], base[FIXED_DUTIES, g])
    routes = (0.0, 6.0, 0.25, 1.0)
    flow, _, _, _, buyers, revenue = group_market(
        own["imports"], own["third"], *duties, own["pass_through"], *slopes, *routes
    )
    collected = duty if duty <= truce_duty(group) else 0.0
    return flow, buyers - (revenue - (duty - collected) * flow)


def truce_duty(group: str) -> float:
    return float(duties_on("2025-06-11")[:, TRADE_GROUPS[group].code].sum())


@pytest.mark.parametrize("kind", KINDS)
def test_natural_purchases_are_those_of_the_groups_at_the_duties_of_the_truce(kind: str) -> None:
    """Flows, local elasticities, margins and voices of the groups, weighted by flow."""
    own, groups = getattr(Scenario().purchases, kind), facts().groups
    flows, bends, margins, voices, in_2024 = [], [], [], [], []
    for group in KINDS[kind]:
        g, duty = TRADE_GROUPS[group].code, truce_duty(group)
        through = float(groups["pass_through"][CN, g])
        flow, more = market_at(group, duty)[0], market_at(group, duty - 1e-4)[0]
        dearer = np.log((1.0 + through * duty) / (1.0 + through * (duty - 1e-4)))
        flows.append(flow)
        bends.append(np.log(more / flow) / dearer)
        in_2024.append(float(groups["imports"][CN, g]))
        margins.append(float(groups["margin"][CN, g]))
        voices.append(float(groups["voice_exporter"][CN, g]))
    assert own.natural == pytest.approx(sum(flows), rel=0.02)
    assert own.elasticity == pytest.approx(np.average(bends, weights=flows), rel=0.02)
    assert own.margin == pytest.approx(np.average(margins, weights=in_2024), rel=0.03)
    sold = np.multiply(margins, in_2024)
    assert own.voice == pytest.approx(np.average(voices, weights=sold), rel=0.03)
    soy = in_2024[0] / sum(in_2024) if kind == "farm" else 0.0
    assert own.harvest == pytest.approx(soy, abs=0.005)


@pytest.mark.parametrize("kind", BOYCOTTED)
def test_a_boycott_is_the_duty_that_leaves_a_twentieth_and_is_not_collected(kind: str) -> None:
    group, own = BOYCOTTED[kind], getattr(Scenario().purchases, kind).boycott
    g, low, high = TRADE_GROUPS[group].code, truce_duty(group), 100.0
    flow, cost = market_at(group, low)
    for _ in range(60):
        duty = 0.5 * (low + high)
        low, high = (duty, high) if market_at(group, duty)[0] > LEFT * flow else (low, duty)
    left, then = market_at(group, high)
    assert own.flow == pytest.approx(flow, rel=0.02)
    assert own.cost == pytest.approx((then - cost) / (flow - left), rel=0.02)
    assert own.margin == float(facts().groups["margin"][CN, g])
    assert own.voice == float(facts().groups["voice_exporter"][CN, g])


def test_soybeans_alone_are_cheap_to_boycott() -> None:
    """China 1.8, US exporters 1.0, with their voice 2.0: more than even (the design of trade)."""
    p = TruceModel(Scenario(), 1, 0, collect="none").params.record
    assert boycott_cost(p, FARM) == pytest.approx(1.8, abs=0.1)
    assert boycott_loss(p, FARM) == pytest.approx(1.0, abs=0.1)
    voice = p["purchases"]["kinds"]["boycott"]["voice"]
    ratios = [voice[k] * boycott_loss(p, k) / boycott_cost(p, k) for k in (FARM, ENERGY, GOODS)]
    assert ratios[0] > 1.0 > 2.0 * max(ratios[1:])


def test_all_at_once_takes_back_what_was_promised_and_no_more() -> None:
    model, s, p = pledged({}, level=0.4)
    impose(s, p, CN, EVERYTHING, 0.6, 1)
    assert not s["issues"]["boycott"].any()
    deliver(s, p)
    h = harvest_on(int(p["calendar"]["day"]), 0)
    kept = s["issues"]["kept"][index(model, "farm_purchases")]
    assert s["world"]["bought"][FARM] == pytest.approx(h * (12.7 + 0.4 * kept * 0.4 * 12.5))


def shares(**settings: object) -> dict[str, float]:
    """What Beijing's measures would be taken on, by share of draws."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    model = TruceModel(Scenario().change(named), 1, 0, collect="none")
    s, p = model.state.whole[0], model.params.record
    drawn = [draw_measure(s, p, CN, (n + 0.5) / 2000.0) for n in range(2000)]
    return {name: drawn.count(k) / 2000.0 for k, name in enumerate(model.params.issues)}


def test_a_cheaper_boycott_is_the_likelier_measure() -> None:
    usual, cheap = shares(), shares(purchases__farm__boycott__cost=0.1)
    loud = shares(purchases__farm__boycott__voice=3.0)
    assert 0.02 < usual["farm_purchases"] < usual["civil_magnets"]
    assert cheap["farm_purchases"] > usual["farm_purchases"] + 0.02
    assert loud["farm_purchases"] > usual["farm_purchases"]
    # where its own cost counts Beijing boycotts soybeans, of all it buys
    assert usual["farm_purchases"] > usual["energy_purchases"] > usual["goods_purchases"]


def test_there_is_no_boycott_of_what_is_not_traded() -> None:
    none = {f"purchases__{kind}__boycott__flow": 0.0 for kind in PURCHASES}
    found = shares(**none)
    assert not any(found[f"{kind}_purchases"] for kind in PURCHASES)
    assert shares(linkage__enforcement="issue")["cn_tariff"] == 1.0


def test_a_narrow_spread_takes_what_hurts_most_for_its_cost() -> None:
    assert shares(truce__disputes__measure_spread=0.01)["civil_magnets"] == 1.0


def test_harm_and_own_cost_are_those_of_what_is_aimed_at() -> None:
    model, s, p = pledged({}, level=0.0)
    depth = p["truce"]["disputes"]["depth"]
    aim_at(s, p, CN, index(model, "farm_purchases"))
    assert s["sides"]["harm_out"][CN] == s["sides"]["harm_in"][US]
    assert s["sides"]["harm_in"][US] == pytest.approx(depth * 2.0 * boycott_loss(p, FARM))
    assert s["sides"]["own_cost"][CN] == pytest.approx(depth * boycott_cost(p, FARM))


def test_boycotts_come_and_go_and_are_seen_in_what_is_bought(lived: Callable[..., Any]) -> None:
    """In weeks of a boycott less is bought than what is due less all that was pledged."""
    tense = {"truce.disputes.occasion_rate": 0.5, "truce.disputes.threat_cost": 0.0}
    cheap = {"purchases.farm.boycott.cost": 0.0, "purchases.farm.boycott.voice": 5.0}
    names = TruceModel(Scenario(), 1, 0, collect="none").params.issues
    taken = ("acted", "carried_out", "answered")
    counts = []
    for more in (cheap, {"purchases.farm.boycott.cost": 20.0}):
        weekly = lived(STILL | tense | more, 60)
        rows = np.concatenate([weekly.of(act) for act in taken])
        on_farm = (rows["side"] == CN) & (rows["first"] == names.index("farm_purchases"))
        counts.append(int(on_farm.sum()))
        short = weekly.weeks["purchases"][..., FARM] < 0.9 * 12.7 * season_of(weekly.weeks.shape[1])
        assert bool(short.any()) == (counts[-1] > 0)
    assert counts[0] > counts[1]


def season_of(weeks: int) -> np.ndarray:
    """The season of farm purchases by week of London."""
    return np.array([harvest_on(Scenario().calendar.start, week) for week in range(weeks)])
