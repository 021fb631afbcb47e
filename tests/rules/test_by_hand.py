"""Rules against a state and settings written down: each number can be followed with a pencil."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.fields import Named
from sim.config.groups.issues import Issue
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.codes import (
    BREAKDOWN,
    BREAKTHROUGH,
    BROKEN,
    CHIPS,
    CIVIL,
    CN,
    CONTROLLED,
    DEAL,
    MAGNETS,
    MILITARY,
    NARROW_DEAL,
    TACTICAL_PAUSE,
    TRADE,
    TRUCE,
    US,
)
from sim.rules.compliance import drift, perceive
from sim.rules.licensing import NO_APPLICATION, NOT_FILED
from sim.rules.outcomes import state_now, substance
from sim.rules.outlook import credible, look, weigh_lengths
from sim.rules.politics import politics
from sim.rules.state import NO_DATE, RING, TILE
from sim.rules.strategies import clock_share
from sim.rules.supply import grow_other_supply
from sim.rules.tracks import EVERY, meetings, no_deal_value, speaker
from sim.rules.trade_groups import (
    exporter_loss,
    government_cost,
    group_market,
    importer_loss,
)
from sim.rules.truce import reenter
from sim.rules.valuation import issue_value
from sim.rules.zone import NOTHING, look_for_zone
from sim.validation.symmetry import NOTHING_PRIVATE
from sim.vocabulary import SIDES

QUARTER = 1  # of the lengths on offer, the usual one


class Case:
    """The first day of London with some settings; ``s`` and ``p`` as rules take them, ``k`` the
    rows of issues.
    """

    def __init__(self, scenario: Scenario | None = None, **settings: object) -> None:
        named = {name.replace("__", "."): value for name, value in settings.items()}
        self.model = TruceModel((scenario or Scenario()).change(named), 1, 0, collect="none")
        self.s: Any = self.model.state.whole[0]
        self.p = self.model.params.record
        self.k = {name: k for k, name in enumerate(self.model.params.issues)}
        self.world, self.issues, self.sides = self.s["world"], self.s["issues"], self.s["sides"]


@pytest.fixture
def mature() -> Case:
    """A deal of half a year with all thresholds just met, which is what it is read by."""
    case = Case(outcomes__breakthrough="thresholds")
    case.world["status"], case.world["deal_since"], case.world["week"] = DEAL, 0, 25
    ends = case.model.scenario.outcomes
    case.issues["level"][case.k["military_magnets"]] = ends.military_magnets
    case.issues["level"][case.k["ai_chips"]] = ends.ai_chips
    case.world["tariff"][:] = ends.us_tariff, ends.cn_tariff
    return case


def test_a_week_is_a_breakthrough_when_a_deal_is_half_a_year_old_and_every_threshold_is_met(
    mature: Case,
) -> None:
    assert mature.model.scenario.outcomes.weeks_in_force == 26
    assert state_now(mature.s, mature.p) == BREAKTHROUGH
    mature.world["week"] = 24
    assert state_now(mature.s, mature.p) == NARROW_DEAL


@pytest.mark.parametrize("issue", ["military_magnets", "ai_chips"])
def test_a_control_just_below_its_threshold_leaves_a_narrow_deal(mature: Case, issue: str) -> None:
    mature.issues["level"][mature.k[issue]] -= 0.01
    assert state_now(mature.s, mature.p) == NARROW_DEAL


@pytest.mark.parametrize("side", SIDES)
def test_a_tariff_just_above_its_threshold_leaves_a_narrow_deal(mature: Case, side: str) -> None:
    mature.world["tariff"][SIDES[side].code] += 0.01
    assert state_now(mature.s, mature.p) == NARROW_DEAL


def test_a_week_without_a_deal_is_a_pause_and_without_a_truce_a_breakdown(mature: Case) -> None:
    mature.world["status"] = TRUCE
    assert state_now(mature.s, mature.p) == TACTICAL_PAUSE
    mature.world["status"] = BROKEN
    assert state_now(mature.s, mature.p) == BREAKDOWN


# Nash concessions beyond the first terms, and what is in force: on trade 10 bn of .75, two thirds of
# it in force, and 30 bn of .5, all of it (20 of 22.5 bn a year); .5 of minerals, half of it; .4 of
# chips, three quarters of it.
GIVES = {
    "ours": Issue(owner="us", track="trade", benefit=10.0),
    "theirs": Issue(owner="cn", track="trade", benefit=30.0),
    "magnets": Issue(owner="cn", track="minerals", benefit=10.0),
    "chips": Issue(owner="us", track="semiconductors", benefit=20.0),
}
FIRST_TERMS, NASH, IN_FORCE = (0.25, 0.0, 0.25, 0.0), (1.0, 0.5, 0.75, 0.4), (0.75, 0.5, 0.5, 0.3)
Levels = tuple[float, ...]
levels = st.tuples(*[st.floats(0.0, 1.0)] * len(GIVES))


def given_up(in_force: Levels = IN_FORCE, nash: Levels = NASH) -> Case:
    """A deal of half a year on these four issues."""
    case = Case(replace(Scenario(), issues=Named(GIVES)))
    case.world["status"], case.world["deal_since"], case.world["week"] = DEAL, 0, 25
    rows = [case.k[name] for name in GIVES]
    for name, values in (("terms", FIRST_TERMS), ("nash", nash), ("level", in_force)):
        case.issues[name][rows] = values
    case.issues["benefit"][rows] = [issue.benefit for issue in GIVES.values()]
    return case


@pytest.mark.parametrize(
    ("in_force", "least"),
    [
        (IN_FORCE, 0.5),
        ((0.75, 0.5, 0.75, 0.4), 20.0 / 22.5),
        # what Washington gives beyond the Nash point makes up for nothing that Beijing does not
        ((1.0, 0.25, 1.0, 1.0), 15.0 / 22.5),
        ((0.25, 0.0, 0.75, 0.4), 0.0),
        ((1.0, 1.0, 1.0, 1.0), 1.0),
    ],
)
def test_substance_is_the_least_share_of_the_nash_concession_in_force(
    in_force: Levels, least: float
) -> None:
    case = given_up(in_force)
    assert substance(case.s, case.p) == pytest.approx(least)


@pytest.mark.parametrize("track", ["minerals", "semiconductors"])
def test_where_a_track_concedes_nothing_there_is_no_substance(track: str) -> None:
    """The Nash point leaves its issue at the first terms, whatever is in force."""
    kept = [named.track == track for named in GIVES.values()]
    nash = tuple(
        first if own else full for own, first, full in zip(kept, FIRST_TERMS, NASH, strict=True)
    )
    case = given_up((1.0,) * len(GIVES), nash)
    assert substance(case.s, case.p) == 0.0


@given(levels, levels, levels)
def test_substance_is_a_share_and_never_falls_where_more_is_given(
    in_force: Levels, more: Levels, nash: Levels
) -> None:
    case = given_up(in_force, nash)
    before = substance(case.s, case.p)
    case.issues["level"][[case.k[name] for name in GIVES]] = np.maximum(in_force, more)
    assert 0.0 <= before <= substance(case.s, case.p) <= 1.0


def test_a_breakthrough_is_half_of_the_nash_concession_on_every_track_for_half_a_year() -> None:
    case = given_up()
    assert case.model.scenario.outcomes.nash_share == 0.5
    assert state_now(case.s, case.p) == BREAKTHROUGH
    case.world["week"] = 24
    assert state_now(case.s, case.p) == NARROW_DEAL
    case.world["week"] = 25
    case.issues["level"][case.k["magnets"]] -= 0.01
    assert state_now(case.s, case.p) == NARROW_DEAL


def test_the_clock_of_a_truce_without_a_date_is_the_usual_length() -> None:
    """Of 13 weeks, 4 are gone in the fourth; all from the 13th on, however long it lasts."""
    case = Case()
    case.world["deadline"], case.world["clock_start"], case.world["length"] = NO_DATE, 0, 13
    for week, share in ((3, 4.0 / 13.0), (12, 1.0), (130, 1.0)):
        case.world["week"] = week
        assert clock_share(case.world) == pytest.approx(share)
    case.world["deadline"], case.world["week"] = 8, 3
    assert clock_share(case.world) == pytest.approx(0.5)


# A swap on trade, each worth 10 bn to the one and x**2 of 5 bn to the other: both give all, the
# joint gain is 10. A lapse leaves the terms as they are, so that a side's reservation value is
# what these are worth to it.
SWAP = {
    "ours": Issue(owner="us", track="trade", benefit=10.0, convex_cost=5.0, red_line=1.0),
    "theirs": Issue(owner="cn", track="trade", benefit=10.0, convex_cost=5.0, red_line=1.0),
    "chips": Issue(owner="us", track="semiconductors", benefit=30.0, convex_cost=5.0, red_line=1.0),
}


def swap(issues: dict[str, Issue] = SWAP, **settings: object) -> Case:
    """The swap on its first day, prepared for talks on trade; nothing private."""
    whole = {f"{side}__leverage_share": 0.0 for side in SIDES}
    scenario = replace(Scenario(), issues=Named(issues)).change(NOTHING_PRIVATE)
    case = Case(scenario, **{**whole, **settings})
    steps.value_issues(*case.model.all_sides)
    steps.prepare_track(*case.model.all_sides, TRADE)
    return case


def test_the_zone_holds_the_joint_gain_of_the_best_package_above_both_reservation_values() -> None:
    case = swap(linkage__cn=0.0)
    assert look_for_zone(case.s, case.p, TRADE) == (pytest.approx(10.0), NOTHING)
    # Beijing demands a tenth of the 30 bn that it lacks of chips: 3 bn that nobody shares
    case = swap(linkage__cn=0.1)
    assert look_for_zone(case.s, case.p, TRADE) == (pytest.approx(7.0), NOTHING)
    # Washington must show 4 bn at home
    case = swap(linkage__cn=0.0, us__resolve__trade=4.0, us__resolve__spread=0.0)
    assert look_for_zone(case.s, case.p, TRADE) == (pytest.approx(6.0), NOTHING)


def test_the_issue_that_blocks_is_the_one_without_which_the_zone_opens() -> None:
    """Beijing demands 12 bn of 10 for want of chips: without chips it demands nothing."""
    case = swap(linkage__cn=0.4)
    assert look_for_zone(case.s, case.p, TRADE) == (0.0, case.k["chips"])
    # both demand 12: without chips Washington, which lacks none of them, still lacks its own
    case.s["sides"]["reservation"][US, TRADE] += 12.0
    assert look_for_zone(case.s, case.p, TRADE) == (0.0, NOTHING)


def test_what_the_truce_gives_already_is_no_gain() -> None:
    """Half of "ours" is agreed: 5 bn to Beijing, 1.25 against Washington, 3.75 of the ten."""
    issues = {**SWAP, "ours": replace(SWAP["ours"], terms=0.5, in_force=0.5, lapse=0.5)}
    case = swap(issues, linkage__cn=0.0)
    assert look_for_zone(case.s, case.p, TRADE) == (pytest.approx(6.25), NOTHING)


@pytest.mark.parametrize(
    ("rule", "spoke"), [("alternate", [US, CN, US, CN]), ("us", [US] * 4), ("cn", [CN] * 4)]
)
def test_the_first_speaker_is_the_one_that_the_rule_names(rule: str, spoke: list[int]) -> None:
    case, first = Case(truce__talks__first_speaker=rule), []
    for meeting in range(4):
        case.world["meetings"] = meeting
        first.append(speaker(case.s, case.p, TRADE))
    assert first == spoke


def test_a_drawn_speaker_is_either_side_about_half_the_time() -> None:
    case, beijing = Case(truce__talks__first_speaker="drawn"), 0
    for meeting in range(400):
        case.world["meeting"] = meeting
        beijing += speaker(case.s, case.p, TRADE) == CN
    assert abs(beijing - 200) < 40


def test_delegations_meet_more_often_in_the_last_three_weeks() -> None:
    case, held = Case(), []
    case.world["deadline"] = 9
    for week in range(9):
        case.world["week"] = week
        held.append(meetings(case.s, case.p))
    assert held == [1, 1, 1, 1, 1, 1, 3, 3, 3]


def test_what_renewing_is_worth_is_what_the_truce_brings_less_its_price_at_home() -> None:
    """20 x 2 - 3 (1 + .25 x 2)(1 + 6.5/13) - 2/2 = 32.25 for 13 weeks, in full trust."""
    case = Case(
        politics__us__hawk_push=2.0,
        truce__extension_cost=3.0,
        truce__extension_cost_growth=0.25,
        truce__lock=0.0,
        us__extension_bias=0.0,
        linkage__us=0.0,
    )
    side = case.sides[US]
    side["stake"], side["trust"], side["years"], side["hawk"] = 20.0, 1.0, 2.0, 1.0
    side["lack_trade"], side["lack"], side["grievance"] = 0.0, 0.0, 0.0
    case.world["extensions"] = 2
    weigh_lengths(case.s, case.p)
    assert side["worth_of_length"][QUARTER] == pytest.approx(32.25)
    assert side["cost_of_length"][QUARTER] == pytest.approx(7.75)


def test_linkage_takes_what_a_side_lacks_off_the_worth_of_renewing() -> None:
    """Half of 8 bn a year for the weeks bought."""
    case = Case(linkage__cn=0.5)
    side = case.sides[CN]
    side["years"], side["lack"] = 2.0, 0.0
    weigh_lengths(case.s, case.p)
    before = side["worth_of_length"].copy()
    side["lack"] = 8.0
    weigh_lengths(case.s, case.p)
    within = [2.0 * (1.0 - np.exp(-weeks / 104.0)) for weeks in (4, 13, 26, 52, 104)]
    assert before - side["worth_of_length"] == pytest.approx(4.0 * np.asarray(within))


def test_a_view_weighs_stakes_and_harms() -> None:
    """Half of (30 + 40) less 10 is 25; a measure takes .6 of what is delivered of magnets, worth 20
    a level of .5, so 6, and costs a third of it.
    """
    case = Case(
        truce__disputes__depth=0.6, truce__disputes__own_cost=1 / 3, linkage__enforcement="track"
    )
    us, cn = case.sides[US], case.sides[CN]
    us["value_now"], us["value_terms"], us["value_lapse"] = 30.0, 40.0, 10.0
    magnets = case.k["civil_magnets"]
    case.issues["benefit"][:] = 0.0
    case.issues["benefit"][magnets], case.issues["delivered"][magnets] = 20.0, 0.5
    look(case.s, case.p)
    assert us["stake"] == pytest.approx(25.0)
    assert (cn["harm_out"], us["harm_in"], cn["own_cost"]) == pytest.approx((6.0, 6.0, 2.0))
    assert us["harm_out"] == 0.0
    # nothing is lacked of magnets beyond the red line: what is asked for is the grievance alone
    us["grievance"] = 9.0
    look(case.s, case.p)
    assert us["ask"] == pytest.approx(9.0) and us["fresh"] == 0


def test_a_record_of_threats_kept_is_worth_four_cases() -> None:
    case = Case()
    side = case.sides[US]
    assert credible(side) == pytest.approx(0.5)
    side["threats"], side["carried"] = 4.0, 3.0
    assert credible(side) == pytest.approx(5.0 / 8.0)


def test_a_grievance_is_memory_and_the_shortfall_beyond_tolerance() -> None:
    """Of worths 10, 20, 30 at 0.8 the second lacks 0.3 and the third 0.15: 10.5, less a tenth of the
    40 owed, for a tariff takes no effort; half of 0.2 is remembered. Trust follows 29.5 of 40.
    """
    case = Case(
        compliance__monitoring_noise=0.0,
        compliance__tolerance=0.1,
        compliance__memory=0.5,
        compliance__habit_weeks=30.0,
        compliance__trust_weeks=52.0,
    )
    owed = [case.k[name] for name in ("cn_tariff", "civil_magnets", "fentanyl")]
    case.issues["agreed"][:] = 0.0
    case.issues["agreed"][owed], case.issues["promised"][owed] = 0.8, 0.8
    case.issues["benefit"][owed] = (10.0, 20.0, 30.0)
    case.issues["delivered"][owed] = (0.8, 0.5, 0.65)
    case.issues["level"][owed] = (0.8, 0.5, 0.65)
    side = case.sides[US]
    side["grievance"], trust = 0.2, float(side["trust"])
    perceive(case.s, case.p, US)
    assert side["grievance"] == pytest.approx(0.5 * 0.2 + 0.5 * (10.5 - 4.0))
    assert (side["owed"], side["usual"]) == pytest.approx((40.0, 10.5 / 30.0))
    assert side["grieved"] == case.k["civil_magnets"]
    assert side["trust"] == pytest.approx(trust + (29.5 / 40.0 - trust) / 52.0)


def test_an_agency_that_lapses_loses_part_of_one_promise_and_lapses_are_repaired() -> None:
    case = Case(compliance__recovery=0.1, compliance__severity=0.5)
    owed = [case.k[name] for name in ("us_tariff", "us_counter_controls", "ai_chips")]
    case.issues["kept"][owed] = 0.5
    drift(case.s, case.p, US, 1.0)
    assert case.issues["kept"][owed] == pytest.approx([0.55] * 3)
    drift(case.s, case.p, US, 0.0)
    kept = case.issues["kept"][owed] / 0.595
    assert sorted(kept)[1:] == pytest.approx([1.0, 1.0])
    assert 0.5 <= min(kept) < 1.0
    assert kept[0] == pytest.approx(1.0)  # a tariff is what the law says
    assert case.s["out"]["breaches"].tolist() == [1, 0]


def test_hawks_double_the_cost_of_a_control() -> None:
    """Minerals: 1 x + 8 x**2, 7.5 at stake and 1.5 beside; pressure 2 at 0.5 each is a factor of 2."""
    case = Case(politics__cn__hawk_cost=0.5, issues__critical_minerals__benefit=1.5)
    case.world["minerals_at_stake"] = 7.5
    case.sides[CN]["hawk"] = 2.0
    assert issue_value(case.s, case.p, case.k["critical_minerals"]) == pytest.approx(
        (2.0, 16.0, 9.0)
    )


def test_chips_are_worth_the_output_at_risk_raised_by_the_lobby_and_pay_less_as_substitutes_grow() -> (
    None
):
    """8 + (10 + 5) (1 + 0.4 * 0.5) = 26. Dependence halves, from 0.59 to 0.295, and the -4 that
    selling pays with it.
    """
    case = Case(politics__cn__lobby_weight=0.4, politics__us__hawk_cost=0.0)
    case.world["exposure"][CHIPS, CIVIL], case.world["exposure"][CHIPS, MILITARY] = 10.0, 5.0
    case.world["other_supply"][CHIPS], case.sides[CN]["lobby"] = 1.0 - 0.295, 0.5
    assert issue_value(case.s, case.p, case.k["ai_chips"]) == pytest.approx((-2.0, 55.0, 26.0))


def test_leverage_is_what_a_side_still_holds_back() -> None:
    """All is conceded but 0.4 of the counter-controls, worth 22: 8.8 for Washington, nothing for
    Beijing, and nobody lacks anything.
    """
    case = Case()
    case.issues["agreed"][:] = 1.0
    case.issues["agreed"][case.k["us_counter_controls"]] = 0.6
    steps.value_issues(*case.model.all_sides)
    assert case.sides["leverage"] == pytest.approx([8.8, 0.0])
    assert case.sides["lack"].tolist() == [0.0, 0.0]


def test_without_a_deal_a_side_expects_the_terms_as_far_as_it_foresees_the_truce() -> None:
    """A quarter of half of 20; Beijing pays a quarter of 0.1 * 0.5**2."""
    issue = Issue(owner="cn", track="trade", benefit=20.0, convex_cost=0.1, terms=0.5, in_force=0.5)
    case = Case(replace(Scenario(), issues=Named({"x": issue})))
    case.sides["goes_on"] = 0.25
    assert no_deal_value(case.s, case.p, US, EVERY) == pytest.approx(2.5)
    assert no_deal_value(case.s, case.p, CN, EVERY) == pytest.approx(-0.00625)


def test_lobbies_remember_and_hawks_answer_new_concessions_of_controls() -> None:
    """0.8 * 0.1 + 0.2 * 20/40 = 0.18; 0.9 * 1 + 2 * 0.3 = 1.5."""
    weights = {
        "incident_rate": 0.0,
        "lobby_memory": 0.8,
        "lobby_scale": 40.0,
        "hawk_decay": 0.1,
        "hawk_response": 2.0,
    }
    case = Case(**{f"politics__us__{name}": value for name, value in weights.items()})
    side, chips = case.sides[US], case.k["ai_chips"]
    side["pressed"], side["lobby"], side["hawk"] = 20.0, 0.1, 1.0
    case.world["lost_output"][:], case.world["mineral_loss"] = 0.0, 0.0
    case.issues["promised"][chips] = case.issues["promised_before"][chips] + 0.3
    politics(case.s, case.p)
    assert (side["lobby"], side["hawk"]) == pytest.approx((0.18, 1.5))
    politics(case.s, case.p)
    assert side["hawk"] == pytest.approx(0.9 * 1.5)


def test_other_supply_grows_faster_the_more_risk_is_felt() -> None:
    """0.24 (1 + 1 * 0.5) - 0.05 = 0.31 a year."""
    case = Case(
        firms__magnets__supply_growth=0.24,
        firms__magnets__urgency=1.0,
        firms__magnets__demand_growth=0.05,
    )
    case.world["mean_risk"][MAGNETS], case.world["other_supply"][MAGNETS] = 0.5, 0.2
    grow_other_supply(case.s, case.p, MAGNETS)
    assert case.world["other_supply"][MAGNETS] == pytest.approx(0.2 * np.exp(0.31 / 52.0))


def test_the_tariff_in_force_is_its_share_of_the_way_from_ceiling_to_floor_and_grows_older() -> (
    None
):
    """1.241 - 0.707 (1.241 - 0.208) = 0.5107, on the first day what the law is; after a week at it
    elasticities are 1 - exp(-1/260) of the way to the long run.
    """
    case = Case()
    steps.trade_flows(*case.model.all_sides)
    assert case.world["bargained"][US] == pytest.approx(0.510669)
    assert case.world["tariff"][US] == pytest.approx(0.510669)
    assert case.world["tariff_age"].tolist() == [1.0, 1.0]
    assert case.world["grown"][US] == pytest.approx(1.0 - np.exp(-1.0 / 260.0))


def test_a_tariff_that_moves_by_half_of_what_resets_its_age_halves_it() -> None:
    """From an age of 7, 8 with this week: 5 points of 10 leave 4 of them."""
    case = Case(economy__age_reset=0.1)
    case.world["tariff_age"][US] = 7.0
    case.issues["level"][case.k["us_tariff"]] += 0.05 / (1.241 - 0.208)
    steps.trade_flows(*case.model.all_sides)
    assert case.world["tariff"][US] == pytest.approx(0.460669)
    assert case.world["tariff_age"][US] == pytest.approx(4.0)


# M 100 alone in the market, elasticity 1 in all, all of the duty paid by buyers
ALONE = (100.0, 0.0, 0.25, 0.0, 0.0, 0.0, 1.0, 2.6, 1.0, 0.0, 0.0, 6.0, 0.25, 1.0)


def test_what_a_duty_does_where_the_partner_is_alone() -> None:
    """A quarter: 100 / 1.25 = 80 is sold, customs takes 20, buyers lose 100 ln 1.25 = 22.31. Of the
    20 not sold a quarter was the exporters' margin; of the duty they pay nothing.
    """
    direct, routed, third, index, buyers, revenue = group_market(*ALONE)
    assert (direct, routed, third) == pytest.approx((80.0, 0.0, 0.0))
    assert (index, buyers, revenue) == pytest.approx((1.25, 100.0 * np.log(1.25), 20.0))
    assert importer_loss(buyers, revenue) == pytest.approx(2.3143551)
    # revenue at 1.25 and lost imports at .2: 22.31 - 25 - 4
    cost = government_cost(buyers, revenue, 100.0 - direct, 1.25, 0.2)
    assert cost == pytest.approx(-6.6856449)
    assert exporter_loss(100.0, direct, routed, 0.25, 0.0, 1.0, 0.0, 0.25) == pytest.approx(5.0)
    # where they bear a fifth of it: .25 (100 - 83.33) + .2 * .25 * 83.33
    part = group_market(*ALONE[:6], 0.8, *ALONE[7:])
    assert part[0] == pytest.approx(100.0 / 1.2)
    lost = exporter_loss(100.0, part[0], 0.0, 0.25, 0.0, 0.8, 0.0, 0.25)
    assert lost == pytest.approx(25.0 / 6.0 + 25.0 / 6.0)


def test_two_origins_share_a_market_by_their_prices() -> None:
    """100 each, elasticity 2 between them and 1 in all, a duty of 100 % on the one: the index is
    1 / (.5 / 2 + .5) = 4/3. Of the partner's goods 100 (4/3) / 4 = 33.3 are bought, of the others
    100 * 4/3; buyers lose 200 ln 4/3, customs takes 33.3.
    """
    direct, _, third, index, buyers, revenue = group_market(
        100.0, 100.0, 1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0, 0.0, 0.0, 6.0, 0.25, 1.0
    )
    assert (direct, third, index) == pytest.approx((100.0 / 3.0, 400.0 / 3.0, 4.0 / 3.0))
    assert (buyers, revenue) == pytest.approx((200.0 * np.log(4.0 / 3.0), 100.0 / 3.0))


def test_orders_close_a_share_of_the_gap_and_what_was_brought_forward_is_paid_back() -> None:
    """A quarter of the way from 100; of 26 weeks' worth moved a thirteenth, 2, is left out."""
    case = Case(economy__us__order_speed=0.25, economy__us__anticipation=0.0)
    case.world["orders"][US], case.world["moved"][US] = 100.0, 26.0
    steps.trade_flows(*case.model.all_sides)
    orders = 100.0 + 0.25 * (float(case.world["demanded"][US]) - 100.0)
    assert case.world["orders"][US] == pytest.approx(orders)
    assert case.world["placed"][US, 0] == pytest.approx(orders - 2.0)
    assert case.world["moved"][US] == pytest.approx(24.0)


def test_three_in_ten_arrive_within_a_week_and_the_rest_after_five() -> None:
    """Placed a week ago 300, five weeks ago 200: 0.3 * 300 + 0.7 * 200 = 230."""
    case = Case()
    case.world["placed"][US] = 0.0
    case.world["placed"][US, [(0 - 1) % RING, (0 - 5) % RING]] = 300.0, 200.0
    steps.trade_flows(*case.model.all_sides)
    assert case.world["trade"][US] == pytest.approx(230.0)


def test_what_a_side_loses_is_its_duties_its_exporters_losses_and_what_is_scarce() -> None:
    """Nothing is short, no boycott: the importer's loss and the exporters' at the other's duty."""
    case = Case()
    case.world["lost_output"][:], case.world["mineral_loss"], case.world["price"][:] = 0.0, 0.0, 1.0
    steps.trade_flows(*case.model.all_sides)
    us = case.sides[US]
    rest = us["welfare_loss"] - us["tariff_loss"] - us["export_loss"]
    assert rest == pytest.approx(float(case.world["mineral_loss"]))
    assert us["pressed"] > us["heard_at_home"] > 0.0


def test_losses_without_a_truce_add_up_week_by_week_until_both_sides_come_back() -> None:
    """62 - 10 = 52 bn a year is 1 bn a week; at a rate of 1 and losses far past the threshold they
    return at once.
    """
    case = Case(truce__in_force=False, truce__reentry__rate=0.0)
    case.sides["value_truce"], case.sides["value_now"] = 62.0, 10.0
    assert not reenter(case.s, case.p)
    assert case.sides["break_loss"].tolist() == [1.0, 1.0]
    sure = Case(
        truce__in_force=False,
        truce__reentry__rate=1.0,
        truce__reentry__threshold=0.0,
        truce__reentry__width=0.01,
        truce__interim_share=0.0,
    )
    sure.sides["value_truce"], sure.sides["value_now"] = 62.0, 10.0
    assert reenter(sure.s, sure.p)
    assert sure.world["status"] == TRUCE


@pytest.mark.parametrize(("left", "applies"), [(4, False), (3, True), (2, True)])
def test_a_firm_applies_when_its_licence_ends_within_its_lead(left: int, applies: bool) -> None:
    """It applies three weeks ahead: ``left`` weeks of licence with this one."""
    case = Case()
    firm = case.model.firms[0]
    firms, at = case.model.state.firms, divmod(firm.place, TILE)
    firms["kind"][at], firms["pending"][at] = CONTROLLED, NO_APPLICATION
    firms["until"][at], firms["renew_ahead"][at], firms["ready"][at] = left, 3.0, NOT_FILED
    steps.open_window(*case.model.all_sides)
    firm.seek_licence()
    assert firm.waiting is applies
