"""Aspirations, offers, acceptance, learning, ratification."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.groups.issues import Issue
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.bargaining import close, learn, record_deal
from sim.rules.codes import (
    BREAKTHROUGH,
    CN,
    HARDLINER,
    MINERALS,
    NARROW_DEAL,
    TIME_DEPENDENT,
    TRADE,
    US,
)
from sim.rules.relations import other
from sim.rules.strategies import aspiration, deadline_feeling
from sim.rules.tracks import offer_value
from sim.theory import rubinstein_split
from sim.validation.symmetry import BY_THE_CLOCK, FRICTIONLESS, NOTHING_PRIVATE
from sim.vocabulary import SIDES, happened

Runs = Callable[..., np.ndarray]

unit = st.floats(0.0, 1.0)
exponents = st.floats(0.05, 5.0)


@given(unit, unit, exponents)
def test_aspirations_fall_from_best_to_reservation(a: float, b: float, beta: float) -> None:
    early, late = sorted((a, b))
    first, second = (aspiration(TIME_DEPENDENT, 10.0, 30.0, s, 1.0, beta) for s in (early, late))
    assert 10.0 - 1e-9 <= second <= first + 1e-9 <= 30.0 + 2e-9


@given(exponents)
def test_a_binding_deadline_brings_the_reservation_value(beta: float) -> None:
    assert aspiration(TIME_DEPENDENT, 10.0, 30.0, 0.0, 1.0, beta) == pytest.approx(30.0)
    assert aspiration(TIME_DEPENDENT, 10.0, 30.0, 1.0, 1.0, beta) == pytest.approx(10.0)


def test_faratin_exponents_are_boulware_below_one_and_conceder_above() -> None:
    """Faratin, Sierra, Jennings 1998: at half time beta = 1/2 has conceded a quarter, 1 a half, 2
    the root of a half.
    """
    given_up = [
        1.0 - aspiration(TIME_DEPENDENT, 0.0, 1.0, 0.5, 1.0, beta) for beta in (0.5, 1.0, 2.0)
    ]
    assert given_up == pytest.approx([0.25, 0.5, math.sqrt(0.5)])


@given(unit, unit)
def test_the_surer_the_truce_the_less_the_deadline_binds(q: float, firmness: float) -> None:
    assert firmness - 1e-12 <= deadline_feeling(q, firmness) <= 1.0
    assert deadline_feeling(1.0, firmness) == pytest.approx(firmness)
    assert deadline_feeling(0.0, firmness) == 1.0


@given(unit, unit)
def test_a_hardliner_holds_its_best_package_until_its_hour(share: float, hold: float) -> None:
    gone = (share - hold) / (1.0 - hold) if share > hold else 0.0
    assert aspiration(HARDLINER, 10.0, 30.0, share, 1.0, hold) == pytest.approx(30.0 - 20.0 * gone)


@given(st.floats(-1, 1), st.floats(0, 3))
def test_learning_lowers_the_believed_cost_of_what_is_conceded_beyond_belief(
    surprise: float, rate: float
) -> None:
    assert learn(surprise, rate, False) == pytest.approx(-rate * surprise)
    assert learn(surprise, rate, True) == pytest.approx(rate * surprise)


def play(
    weeks: int = 60, run: int = 0, world: dict[str, object] | None = None, **settings: object
) -> TruceModel:
    """Some weeks of London with the settings of ``world`` and others."""
    named = {key.replace("__", "."): value for key, value in settings.items()}
    model = TruceModel(Scenario().change((world or {}) | named), 1, run, collect="none")
    while model.week < weeks:
        model.step()
    return model


def deals_at_the_trade_track(runs: int, **settings: object) -> Iterator[TruceModel]:
    """Models in the week in which the trade track was settled."""
    for run in range(runs):
        model = play(0, run, BY_THE_CLOCK, **settings)
        while model.running and not happened(int(model.series["events"]), "deal_trade"):
            model.step()
        if happened(int(model.series["events"]), "deal_trade"):
            yield model


def proposer_of(model: TruceModel) -> int:
    """The side whose last offer on the trade track is what was agreed there; of what has paid for
    controls since, nothing can be told.
    """
    s = model.state.whole[0]
    trade = [
        k
        for k, issue in enumerate(model.params.issues)
        if issue in TRADED and s["issues"]["least"][k] == 0.0
    ]
    agreed = s["issues"]["agreed"][trade]
    return next(int(i) for i in (US, CN) if (s["offers"][TRADE, i][trade] == agreed).all())


TRADED = {name for name, issue in Scenario().issues.items() if issue.track == "trade"}


@pytest.mark.parametrize("kind", ["time_dependent", "equilibrium"])
def test_no_deal_gives_a_side_less_than_its_reservation_value(kind: str) -> None:
    """At its own values of the day: neither the side that accepts nor the one whose offer stood."""
    accepts, proposes = [], []
    settings = {
        f"{side}__strategy__{name}": value
        for side in SIDES
        for name, value in (("exponent", 1.0), ("kind", kind))
    }
    for model in deals_at_the_trade_track(60, **settings):
        s, proposer = model.state.whole[0], proposer_of(model)
        for margins, side in ((proposes, proposer), (accepts, other(proposer))):
            floor = s["sides"][side]["reservation"][TRADE]
            margins.append(offer_value(s, TRADE, proposer, side) - floor)
    assert len(accepts) > 20
    assert min(accepts) >= 0.0 and min(proposes) >= -1e-6


def test_the_record_of_a_deal_is_what_two_like_issues_give_by_hand() -> None:
    """Each side concedes half of an issue worth 30 x to the other at a cost of 10 x**2: 15 - 2.5 =
    12.5 each.

    At most, x = 1, it is 20 each: efficiency 25/40, Nash product 156.25/400, share one half.
    """
    like = {
        f"of_{side}": Issue(owner=side, track="trade", benefit=30.0, convex_cost=10.0)
        for side in SIDES
    }
    model = TruceModel(replace(Scenario(), issues=like), 1, 0, collect="none")
    s = model.state.whole[0]
    s["issues"]["agreed"][:2] = 0.5
    record_deal(s, model.params.record, 0.0, 0.0)
    assert s["out"]["efficiency"] == pytest.approx(0.625)
    assert s["out"]["nash_ratio"] == pytest.approx(0.390625)
    assert s["out"]["us_surplus_share"] == pytest.approx(0.5)
    # by which a breakthrough is measured: the Nash point gives all of both
    assert s["issues"]["nash"][:2] == pytest.approx([1.0, 1.0])


def test_a_side_that_loses_by_a_deal_has_none_of_its_surplus() -> None:
    """Of the deal above Beijing has 12.5 and no deal is worth 15 to it: Washington has all of 12.5."""
    like = {
        f"of_{side}": Issue(owner=side, track="trade", benefit=30.0, convex_cost=10.0)
        for side in SIDES
    }
    model = TruceModel(replace(Scenario(), issues=like), 1, 0, collect="none")
    s = model.state.whole[0]
    s["issues"]["agreed"][:2] = 0.5
    record_deal(s, model.params.record, 0.0, 15.0)
    assert s["out"]["us_surplus_share"] == 1.0 and s["out"]["nash_ratio"] == 0.0
    assert s["out"]["efficiency"] == pytest.approx(10.0 / 25.0)


def test_red_lines_are_never_crossed(runs: Runs) -> None:
    out = runs(
        BY_THE_CLOCK
        | {
            "us.strategy.exponent": 2.0,
            "cn.strategy.exponent": 2.0,
            "linkage.tracks": "package",
            "issues.ai_chips.red_line": 0.2,
        }
    )
    assert out["final_level"][:, flatten(Scenario()).issues.index("ai_chips")].max() <= 0.2 + 1e-12
    assert out["weeks_to_first_deal"].min() < 10


def test_beliefs_improve_with_talks(runs: Runs) -> None:
    """Of a side that hears from one that knows: where both err, each takes on the other's error
    (docs/model.md, *Design concepts*).
    """
    both = {"linkage.security_first": True, "cn.belief_error": 0.0}
    dull = runs(both | {"us.learning_rate": 0.0, "cn.learning_rate": 0.0}, 80)
    keen = runs(both | {"us.learning_rate": 0.4, "cn.learning_rate": 0.0}, 80)
    assert keen["belief_error"][:, 0].mean() < dull["belief_error"][:, 0].mean()


def test_a_package_leaves_no_less_joint_surplus_than_separate_tracks(runs: Runs) -> None:
    """docs/validation.md, *Known answers*, number 9, with frictions off: full information, no
    linkage, certain ratification; no interim package or threat, for what is agreed by it counts as
    the least of a deal.
    """
    alone = FRICTIONLESS | {
        "truce.talks.interim_rate": 0.0,
        "truce.disputes.occasion_rate": 0.0,
        "truce.disputes.claim_cost": 100.0,
    }
    separate, package = runs(alone, 20), runs(alone | {"linkage.tracks": "package"}, 20)
    assert np.nanmean(package["efficiency"]) >= np.nanmean(separate["efficiency"]) - 1e-9
    assert np.nanmin(package["efficiency"]) > 0.95


@pytest.mark.parametrize("kind", ["tit_for_tat", "micro", "hardliner"])
def test_strategies_give_different_talks(runs: Runs, kind: str) -> None:
    usual = runs(BY_THE_CLOCK, 30)
    other = runs(BY_THE_CLOCK | {"us.strategy.kind": kind, "cn.strategy.kind": kind}, 30)
    assert other.tobytes() != usual.tobytes()


def test_micro_makes_a_new_offer_only_when_the_other_has_made_as_many() -> None:
    """MiCRO (de Jonge 2022): distinct offers are matched one for one, while there is something to
    concede.
    """
    model = play(
        0,
        0,
        NOTHING_PRIVATE,
        us__strategy__kind="micro",
        cn__strategy__kind="micro",
        us__strategy__steps=60,
        cn__strategy__steps=60,
    )
    for _ in range(8):
        model.step()
        made = [int(side["made_count"][TRADE]) for side in model.state.whole[0]["sides"]]
        assert abs(made[US] - made[CN]) <= 1
    assert min(made) > 4


def test_tit_for_tat_against_a_wall_concedes_nothing() -> None:
    model = play(
        1,
        0,
        NOTHING_PRIVATE,
        us__strategy__kind="tit_for_tat",
        cn__strategy__kind="hardliner",
        cn__strategy__hold=1.0,
        cn__learning_rate=0.0,
    )
    first = model.negotiators[US].aspiration
    while model.week < 7:
        model.step()
        assert model.negotiators[US].aspiration == first


def test_hawks_stop_deals_at_ratification(runs: Runs) -> None:
    settings = BY_THE_CLOCK | {
        "us.strategy.exponent": 2.0,
        "cn.strategy.exponent": 2.0,
        "politics.ratification.by": "vote",
    }
    calm = runs(settings)
    stormy = runs(
        settings
        | {
            "politics.us.hawk_start": 5.0,
            "politics.ratification.hawk_opposition": 300.0,
            "politics.us.hawk_decay": 0.0,
        }
    )
    assert stormy["failed_deals"].mean() > calm["failed_deals"].mean() + 1.0


def test_participation_linkage_raises_what_is_demanded_at_the_trade_track() -> None:
    """By what is lacked times the share demanded, where the record alone says whether the truce goes
    on: linkage makes extending the less likely, too.
    """
    record = {f"{side}__foresight": 0.0 for side in SIDES}
    low, high = (play(1, linkage__cn=share, **record) for share in (0.0, 0.5))
    of = [model.state.whole["sides"]["reservation"][0, CN, TRADE] for model in (low, high)]
    lack = high.state.whole["sides"]["lack"][0, CN]
    assert of[1] - of[0] == pytest.approx(0.5 * lack)


def pie(rate_us: float, rate_cn: float) -> TruceModel:
    """One issue that moves 200 bn a year from Washington to Beijing, almost without a loss; nothing
    without agreement.
    """
    from sim.config.groups.shocks import Shocks

    issue = Issue(owner="us", track="trade", benefit=200.0, linear_cost=200.0, convex_cost=0.1)
    scenario = replace(Scenario(), issues={"pie": issue}, shocks=Shocks(events={}))
    settings = {f"{side}.strategy.kind": "equilibrium" for side in SIDES} | {
        "us.discount_rate": rate_us,
        "cn.discount_rate": rate_cn,
    }
    model = TruceModel(scenario.change(settings), 1, 0, collect="none")
    steps.value_issues(*model.all_sides)
    sides = model.state.whole["sides"]
    sides["reservation"][0, :, TRADE], sides["best"][0, :, TRADE] = (-200.0, 0.0), (0.0, 200.0)
    return model


@pytest.mark.parametrize("rate_us", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("rate_cn", [0.1, 0.5, 2.0])
def test_equilibrium_asks_rubinsteins_share_of_a_pie(rate_us: float, rate_cn: float) -> None:
    """docs/validation.md, *Known answers*, number 3: the proposer's share is (1 - d2) / (1 - d1
    d2).
    """
    model = pie(rate_us, rate_cn)
    patience = [math.exp(-rate / 52.0) for rate in (rate_us, rate_cn)]
    asked = [steps.target(*model.all_sides, side, TRADE) for side in (US, CN)]
    assert (asked[US] + 200.0) / 200.0 == pytest.approx(rubinstein_split(*patience)[0], abs=2e-3)
    assert asked[CN] / 200.0 == pytest.approx(rubinstein_split(*patience[::-1])[0], abs=2e-3)


CERTAIN = BY_THE_CLOCK | {
    "us.belief_error": 0.0,
    "cn.belief_error": 0.0,
    "linkage.tracks": "package",
    "linkage.cn": 0.0,
}


def test_equilibrium_under_full_information_agrees_at_once_and_near_the_nash_point(
    runs: Runs,
) -> None:
    settings = CERTAIN | {
        f"{side}.{name}": value
        for side in SIDES
        for name, value in (("strategy.kind", "equilibrium"), ("discount_rate", 0.01))
    }
    out = runs(settings, 20)
    assert (
        out["weeks_to_first_deal"] <= 2
    ).mean() > 0.9  # what moves values in the week may part the two plans
    assert out["nash_ratio"].min() > 0.9


def test_a_mediator_brings_the_nash_point(runs: Runs) -> None:
    alone, mediated = runs(CERTAIN, 30), runs(CERTAIN | {"truce.talks.mediator_rate": 1.0}, 30)
    assert (mediated["weeks_to_first_deal"] == 1).all()
    assert np.isnan(alone["weeks_to_first_deal"]).any()
    assert mediated["nash_ratio"].min() > 0.95


def test_the_first_deal_of_a_track_is_kept_when_a_later_one_follows() -> None:
    """Runs with a deal on each track, a break and a deal again: terms and gains of the first."""
    model = TruceModel(Scenario(), 1, 0, collect="none")
    s, p = model.state.whole[0], model.params.record
    out, offers = s["out"], s["offers"]
    steps.value_issues(*model.all_sides)
    steps.prepare_track(*model.all_sides, TRADE)
    asked = np.arange(len(model.params.issues)) / 20.0
    for levels, week in ((asked, 4), (1.0 - asked, 30)):
        s["world"]["week"], s["world"]["settled"][:] = week, 0
        offers[TRADE, US, : len(asked)] = levels
        close(s, p, TRADE, US)
        assert s["world"]["settled"][TRADE] == 1
    traded = np.asarray([name in TRADED for name in model.params.issues])
    kept = out["deal_level"][: len(asked)]
    np.testing.assert_array_equal(kept[traded], asked[traded])
    assert np.isnan(kept[~traded]).all() and out["weeks_to_deal"][TRADE] == 5.0
    assert np.isnan(out["deal_gain_us"][MINERALS]) and np.isinf(out["weeks_to_deal"][MINERALS])


def test_what_a_deal_gains_is_its_worth_over_no_deal(runs: Runs) -> None:
    """Of a package; with a truce sure to go on, no deal is worth the terms in force."""
    out = runs({"linkage.tracks": "package"}, 200)
    dealt = ~np.isnan(out["us_surplus_share"])
    assert dealt.sum() > 10
    gains = np.maximum(0.0, [out["deal_gain_us"][dealt, TRADE], out["deal_gain_cn"][dealt, TRADE]])
    share = gains[US] / (gains[US] + gains[CN])
    np.testing.assert_allclose(share, out["us_surplus_share"][dealt], rtol=1e-9)
    assert np.isnan(out["deal_gain_us"][:, MINERALS]).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"truce.talks.mediator_rate": 1.0},
        {f"{side}.strategy.kind": "equilibrium" for side in SIDES},
    ],
    ids=str,
)
def test_nobody_meets_on_a_track_that_is_settled(settings: dict[str, object]) -> None:
    """Three meetings a week; the deal is made at the first, and no other is held."""
    for own in (False, True):
        talks = {"truce.talks.meetings_per_week": 3}
        model = TruceModel(
            Scenario().change(CERTAIN | talks | settings), 1, 0, collect="none", by_agent=own
        )
        while not model.state.whole["world"]["settled"][0, TRADE]:
            before = int(model.state.whole["world"]["meetings"][0])
            model.step()
        assert model.state.whole["out"]["failed_deals"][0] == 0
        assert model.state.whole["world"]["meetings"][0] == before + 1


SELLER = {
    "cash_now": Issue(owner="cn", track="trade", benefit=2.4, linear_cost=1.1, convex_cost=0.1),
    "quiet_years": Issue(owner="cn", track="trade", benefit=1.6, linear_cost=1.4, convex_cost=0.1),
}


@pytest.mark.parametrize("tracks", ["separate", "package"])
@pytest.mark.parametrize("mediator", [0.0, 1.0])
def test_an_agreement_that_concedes_nothing_is_none(
    runs: Runs, tracks: str, mediator: float
) -> None:
    scenario = replace(Scenario(), issues=SELLER)
    out = runs({"linkage.tracks": tracks, "truce.talks.mediator_rate": mediator}, 40, scenario)
    assert np.isnan(out["weeks_to_first_deal"]).all()
    for name in ("efficiency", "nash_ratio", "us_surplus_share"):
        assert np.isnan(out[name]).all()
    assert not np.isin(out["outcome"], [BREAKTHROUGH, NARROW_DEAL]).any()


def test_of_every_deal_something_is_conceded_beyond_the_terms() -> None:
    made = 0
    for run in range(24):
        model = play(0, run, BY_THE_CLOCK, us__strategy__exponent=1.0, cn__strategy__exponent=1.0)
        before = model.state.whole["issues"]["agreed"][0].copy()
        while model.running and not happened(int(model.series["events"]), "deal"):
            before = model.state.whole["issues"]["agreed"][0].copy()
            model.step()
        if model.running:
            made += 1
            assert (model.state.whole["issues"]["agreed"][0] > before + 1e-6).any()
    assert made > 8


def test_the_price_of_settling_is_the_test_at_home_unless_a_vote_is_held(runs: Runs) -> None:
    """Votes fail at random, and what was agreed with them."""
    hopeless = {"politics.ratification.threshold": 1.0}
    price, vote = runs(hopeless), runs(hopeless | {"politics.ratification.by": "vote"})
    assert price["failed_deals"].sum() == 0 and vote["failed_deals"].sum() > 0
    assert not np.isnan(price["weeks_to_first_deal"]).all()
    assert np.isnan(vote["weeks_to_first_deal"]).all()


@pytest.mark.parametrize("first", [False, True])
def test_controls_are_settled_before_trade_only_where_the_scenario_says_so(
    runs: Runs, first: bool
) -> None:
    out = runs({"linkage.security_first": first}, 800)  # few settle controls at all
    weeks = out["weeks_to_deal"]
    trade, controls = weeks[:, TRADE], np.fmin(*weeks[:, TRADE + 1 :].T)
    before = (controls < trade) | (~np.isnan(controls) & np.isnan(trade))
    assert before.any() == first and not np.isnan(controls).all()
