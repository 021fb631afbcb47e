"""Bargaining with private prices inside the model: reservation values, offers, refusals, and what
is foreseen (docs/bargaining.md).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.agents.negotiator import Negotiator
from sim.agents.view import View
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import CN, DEAL, MINERALS, TRADE, US
from sim.rules.packages import values, worth
from sim.rules.relations import seat
from sim.rules.screening import claimed, expected_price, hope, known_prices, marginal_surplus
from sim.rules.state import ROOM
from sim.rules.tracks import belief
from sim.rules.truce import foreseen
from sim.validation.symmetry import BY_THE_CLOCK
from sim.vocabulary import CONTROLS, SIDES, STRATEGIES, TRACKS

ROUNDING = 1e-6  # bn USD/yr, the tolerance within which the rule withdraws an offer

PRICED: dict[str, Any] = {"linkage.cn": 0.15}
for name, trade, minerals, semiconductors in (("us", 20.0, 3.5, 12.5), ("cn", 9.0, 4.0, 7.0)):
    PRICED |= {
        f"{name}.strategy.kind": "screening",
        f"{name}.resolve.trade": trade,
        f"{name}.resolve.minerals": minerals,
        f"{name}.resolve.semiconductors": semiconductors,
        f"{name}.foresight": 0.7,
        f"politics.{name}.hawk_settling": 0.64,
        f"politics.{name}.extension_felt": 0.75,
    }
KNOWN = {
    f"{side}.{name}": value
    for side in SIDES
    for name, value in (
        ("resolve.known", 1.0),
        ("belief_error", 0.0),
        ("learning_rate", 0.0),
        ("strategy.bluff", 0.0),
    )
}


def london(**changes: Any) -> Scenario:
    return Scenario().change({**PRICED, **{k.replace("__", "."): v for k, v in changes.items()}})


def at_the_table(scenario: Scenario, run: int = 0, weeks: int = 0) -> TruceModel:
    """A model in which both sides have prepared the trade track and meet."""
    model = TruceModel(scenario, 1, run, collect="none")
    for _ in range(weeks):
        model.step()
    steps.value_issues(*model.all_sides)
    steps.prepare_track(*model.all_sides, TRADE)
    steps.open_meeting(*model.all_sides, TRADE)
    return model


def worth_to(model: TruceModel, side: int, receiver: int, target: float) -> tuple[float, float]:
    """Worths to both of the package worth ``target`` to ``receiver``, as ``side`` sees them."""
    problem, package = model.state.whole[0]["problems"][seat(TRADE, side)], np.zeros(ROOM)
    worth(problem, receiver, target, package)
    us, cn = values(problem, package)
    return float(us), float(cn)


def test_a_reservation_value_has_the_price_the_hawks_and_what_an_extension_would_cost() -> None:
    """Price 20 (1 + zeta); hawks 0.64 of their push x 0.45; less q x 0.75 x (C(L*) + H)/Y."""
    bare = {name: 0.0 for name in PRICED if "resolve" in name or "politics" in name}
    plain, priced = at_the_table(london(**bare)), at_the_table(london())
    us, before = priced.state.whole[0]["sides"][US], plain.state.whole[0]["sides"][US]
    assert us["hawk"] == 0.45
    price = 20.0 * (1.0 + us["resolve"])
    cost = us["cost_of_length"][priced.state.whole[0]["world"]["next_option"]]
    hawks = priced.scenario.politics.us.hawk_push * us["hawk"]
    going_on = us["goes_on"] * 0.75 * (cost + hawks) / us["years"]
    assert going_on > 0.5
    expected = price + 0.64 * hawks - going_on
    assert us["reservation"][TRADE] - before["reservation"][TRADE] == pytest.approx(expected)


def test_an_offer_leaves_the_marginal_type_what_waiting_is_worth() -> None:
    """Floor, price of the type, and w times the surplus that it hopes for."""
    model = at_the_table(london())
    s = model.state.whole[0]
    us, cn = s["sides"][US], s["sides"][CN]
    top = us["its_most"][TRADE] - us["its_floor"][TRADE]
    low, tough = 0.0, us["tough"][TRADE]
    surplus = marginal_surplus(top - low, top - tough, us["keeps"][0])
    own = 20.0 * (1.0 + us["resolve"])
    claim = claimed(own, 40.0, 0.25)
    hoped = hope(surplus, us["slope"][TRADE], claim, 0.0, 40.0)
    left = us["its_floor"][TRADE] + (top - surplus) + cn["waits"][0] * hoped
    expected, _ = worth_to(model, US, CN, min(left, us["its_most"][TRADE]))
    assert steps.target(*model.all_sides, US, TRADE) == pytest.approx(expected, abs=1e-7)
    assert us["if_refused"][TRADE] == pytest.approx(top - surplus)
    usual = expected_price(low, tough, top)
    most, _ = worth_to(model, US, CN, us["its_floor"][TRADE] + usual)
    assert us["expected"][TRADE] == pytest.approx(most, abs=1e-7)


@pytest.mark.parametrize("run", range(12))
def test_who_knows_everything_proposes_rubinsteins_split_and_is_heard(run: int) -> None:
    """The first to speak leaves the other its reservation value and w of the surplus; a deal where
    the zone of agreement is open, none where it is not.
    """
    model = at_the_table(london(**KNOWN), run)
    s = model.state.whole[0]
    us, cn = s["sides"][US], s["sides"][CN]
    _, most = worth_to(model, US, US, us["reservation"][TRADE])
    surplus = most - cn["reservation"][TRADE]
    asked = steps.target(*model.all_sides, US, TRADE)
    if surplus <= 0.0:
        assert asked == pytest.approx(us["reservation"][TRADE])
        return
    _, left = worth_to(model, US, US, asked)
    assert left == pytest.approx(cn["reservation"][TRADE] + cn["waits"][0] * surplus, abs=1e-6)
    steps.take_turn(*model.all_sides, US, TRADE, asked)
    steps.take_turn(*model.all_sides, CN, TRADE, steps.target(*model.all_sides, CN, TRADE))
    assert s["world"]["settled"][TRADE] == 1 or s["out"]["failed_deals"] == 1


def test_a_refusal_rules_types_out_and_time_brings_them_back() -> None:
    model = at_the_table(london())
    us = model.state.whole[0]["sides"][US]
    steps.take_turn(*model.all_sides, US, TRADE, steps.target(*model.all_sides, US, TRADE))
    assert us["low"][TRADE] == 0.0
    steps.take_turn(*model.all_sides, CN, TRADE, steps.target(*model.all_sides, CN, TRADE))
    cut = us["low"][TRADE]
    assert cut == us["if_refused"][TRADE] > 0.0
    steps.prepare_track(*model.all_sides, TRADE)
    assert us["low"][TRADE] == pytest.approx(cut * math.exp(-0.5 / 52.0))


def test_an_offer_that_its_owner_would_not_sign_is_not_accepted() -> None:
    def settled(raised: float) -> bool:
        soft = {f"{side}.resolve.trade": 0.0 for side in SIDES}
        model = at_the_table(london(**KNOWN, **soft))
        sides = model.state.whole[0]["sides"]
        steps.take_turn(*model.all_sides, US, TRADE, steps.target(*model.all_sides, US, TRADE))
        sides[US]["reservation"][TRADE] += raised
        steps.take_turn(*model.all_sides, CN, TRADE, steps.target(*model.all_sides, CN, TRADE))
        return bool(model.state.whole[0]["world"]["settled"][TRADE])

    assert [settled(0.0), settled(500.0)] == [True, False]


def test_what_is_foreseen_mixes_the_rules_in_force_with_the_record() -> None:
    model = at_the_table(london())
    s, p = model.state.whole[0], model.params.record
    us = s["sides"][US]
    now, then = foreseen(s, p)
    assert us["goes_on"] == pytest.approx(0.7 * now + 0.3 * belief(us))
    assert us["goes_on_next"] == pytest.approx(0.7 * then + 0.3 * belief(us))
    assert us["goes_on"] > us["goes_on_next"]


def test_no_record_revives_what_the_rules_exclude() -> None:
    last = at_the_table(london(truce__max_extensions=0)).state.whole[0]["sides"]
    assert [side["goes_on"] for side in last] == [0.0, 0.0]
    blind = at_the_table(london(truce__max_extensions=0, us__foresight=0.0, cn__foresight=0.0))
    record = [Scenario().us.belief_alive, Scenario().cn.belief_alive]
    assert [side["goes_on"] for side in blind.state.whole[0]["sides"]] == pytest.approx(record)


def test_waiting_at_a_deadline_that_is_real_is_worth_nothing() -> None:
    """At the last meeting the offer is for half of the types."""
    model = at_the_table(london(truce__max_extensions=0, truce__first_deadline_weeks=1))
    us = model.state.whole[0]["sides"][US]
    assert us["waits"][:3] == pytest.approx([us["waits"][0], us["waits"][1], 0.0])
    assert min(us["waits"][:2]) > 0.4
    assert us["keeps"][2] == 0.5


def test_in_a_deal_what_is_foreseen_is_that_nobody_ends_it() -> None:
    """exp(-hazard (1 - trust) weeks/52), over the eight weeks to the date."""
    model = at_the_table(london(us__foresight=1.0, cn__foresight=1.0))
    s = model.state.whole[0]
    assert s["sides"][US]["goes_on"] < 1.0
    s["world"]["status"] = DEAL
    steps.prepare_track(*model.all_sides, TRADE)
    us = s["sides"][US]
    hazard = model.scenario.truce.hazard * (1.0 - us["trust"])
    assert us["goes_on"] == us["goes_on_next"] == pytest.approx(math.exp(-hazard * 8 / 52))


def test_prices_are_uniform_and_turn_with_politics() -> None:
    """Mean 0 and variance 1/3 of zeta; in a week at rate 52 a share exp(-1) does not turn."""
    fast, first, later = {f"{side}.resolve.turnover": 52.0 for side in SIDES}, [], []
    model = TruceModel(london(**fast), 3, 0, collect="none")
    for run in range(400):
        steps.begin(*model.all_firms, model.params.script, np.uint64(3), run)
        first.append(model.state.whole[0]["sides"]["resolve"].copy())
        model.state.whole["world"]["week"] = 1
        steps.feel_politics(*model.all_sides)
        later.append(model.state.whole[0]["sides"]["resolve"].copy())
    zeta, kept = np.array(first), (np.array(first) == np.array(later)).mean()
    assert zeta.mean() == pytest.approx(0.0, abs=4 * math.sqrt(1 / 3 / 800))
    assert zeta.var() == pytest.approx(1 / 3, abs=0.04)
    assert kept == pytest.approx(math.exp(-1.0), abs=4 * math.sqrt(0.24 / 800))


class Witness(Negotiator):
    """Records what each offer that it accepts is worth to it beyond what it would do without."""

    seen: list[float]

    def accept(self, view: View, track: str) -> bool:
        if view.would:
            self.seen.append(view.gain)
        return bool(view.would)


def least_gains(scenario: Scenario, runs: range) -> list[float]:
    class Watched(TruceModel):
        negotiator_class = type("Here", (Witness,), {"seen": []})

    for run in runs:
        model = Watched(scenario, 1, run, collect="none")
        while model.running:
            model.step()
    return Watched.negotiator_class.seen


def test_nobody_agrees_to_less_than_its_reservation_value() -> None:
    gains = least_gains(london(), range(25))
    assert len(gains) > 10
    assert min(gains) >= -2 * ROUNDING


@pytest.mark.nightly
def test_nobody_agrees_to_less_than_its_reservation_value_in_10_000_agreements() -> None:
    """Of every strategy against itself, and of a committed side with one that screens."""
    soft = {"us.resolve.trade": 4.0, "cn.resolve.trade": 2.0}
    gains: list[float] = []
    for us, cn in (*((kind, kind) for kind in STRATEGIES), ("committed", "screening")):
        private = soft if {us, cn} & {"screening", "committed"} else BY_THE_CLOCK
        kinds = {"us.strategy.kind": us, "cn.strategy.kind": cn}
        gains += least_gains(Scenario().change(private | kinds), range(1_500))
    assert len(gains) >= 10_000
    assert min(gains) >= -2 * ROUNDING


@pytest.mark.parametrize("kind", ["time_dependent", "tit_for_tat", "micro", "equilibrium"])
def test_no_strategy_agrees_to_less_than_its_reservation_value(kind: str) -> None:
    """The older strategies withdraw what they would no longer sign, too."""
    kinds = {f"{side}.strategy.kind": kind for side in SIDES}
    even = {f"{side}.strategy.exponent": 1.0 for side in SIDES}
    gains = least_gains(Scenario().change(BY_THE_CLOCK | even | kinds), range(24))
    assert len(gains) > 4
    assert min(gains) >= -2 * ROUNDING


def test_a_price_counts_from_the_first_terms() -> None:
    """What later terms already show at home need not be shown again: of 20 (1 + zeta), 10 bn."""
    model = at_the_table(london())
    s, p = model.state.whole[0], model.params.record
    us = s["sides"][US]
    price = 20.0 * (1.0 + us["resolve"])
    assert price > 10.0
    before, known = us["reservation"][TRADE], known_prices(s, p, CN, TRADE)
    us["shown"][TRADE] = 10.0
    steps.prepare_track(*model.all_sides, TRADE)
    assert before - us["reservation"][TRADE] == pytest.approx(10.0)
    assert known == (0.0, 40.0) and known_prices(s, p, CN, TRADE) == (0.0, 30.0)
    us["shown"][TRADE] = 100.0
    steps.prepare_track(*model.all_sides, TRADE)
    assert before - us["reservation"][TRADE] == pytest.approx(price)


def test_what_a_side_can_show_is_what_it_gained_beyond_the_first_terms() -> None:
    model = at_the_table(london())
    issues, k = model.state.whole[0]["issues"], model.params.issues.index("fentanyl")
    assert not model.state.whole[0]["sides"]["shown"].any()
    issues["agreed"][k] = issues["terms"][k] + 0.5
    steps.value_issues(*model.all_sides)
    shown = model.state.whole[0]["sides"]["shown"]
    assert shown[US].tolist() == pytest.approx(
        [0.5 * issues["benefit"][k], *(0.0 for _ in CONTROLS)]
    )
    assert shown[CN, TRADE] < 0.0 == shown[CN, MINERALS]


def test_tracks_have_prices() -> None:
    """A new track needs a price of settling of its own."""
    prices = {path.split(".")[2] for path in PRICED if ".resolve." in path}
    assert prices == set(TRACKS)
