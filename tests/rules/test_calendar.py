"""What is scheduled acts through meetings, waiting and hawks, in proportion and smoothly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.agents.strategies import Strategy
from sim.agents.view import View
from sim.config.compose import load
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.model import simulate as mesa
from sim.rules import calendar, steps
from sim.rules.codes import CN, US
from sim.rules.state import WEEKS_AHEAD
from sim.vocabulary import CALENDAR_KINDS

LONDON = Scenario()
START = dt.date.fromisoformat(LONDON.calendar.start)
NONE = load("calendar=no_events")
Runs = Callable[..., np.ndarray]


def day(days: int) -> str:
    """The day so many days from London's first."""
    return (START + dt.timedelta(days=days)).isoformat()


def alone(kind: str, days: int, weight: float, **others: Any) -> Scenario:
    """London with one event on its calendar."""
    event = {"kind": kind, "day": day(days), "weight": weight}
    return NONE.change({"+calendar.events.one": event} | others)


def lived_to(scenario: Scenario, week: int) -> TruceModel:
    """The model in the bargaining of a week, after all phases before it."""
    model = TruceModel(scenario, 1, 0, collect="none")
    for _ in range(week):
        model.step()
    steps.land_shocks(*model.all_sides, *model.all_dated)
    return model


def all_measures(out: np.ndarray) -> bytes:
    return b"".join(np.ascontiguousarray(out[name]).tobytes() for name in out.dtype.names)


# ---- nearness


@pytest.mark.parametrize("when", [20.0, 20.2857, 20.999])
def test_a_sprint_of_three_weeks_is_three_weeks_long_wherever_its_end_falls(when: float) -> None:
    shares = [calendar.sprint_share(week, when, 3.0) for week in range(40)]
    assert sum(shares) == pytest.approx(3.0, abs=1e-12)
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert all(share == 0.0 for share in shares[21:]), "nothing after the day"
    assert shares[18:20] == [1.0, 1.0]


def test_by_hand_a_summit_on_the_third_day_of_a_week() -> None:
    when = 20.0 + 2.0 / 7.0
    assert calendar.sprint_share(17, when, 3.0) == pytest.approx(5.0 / 7.0)
    assert calendar.sprint_share(20, when, 3.0) == pytest.approx(2.0 / 7.0)


def test_hawks_rise_evenly_to_the_eve_and_rest_after_it() -> None:
    when, weeks = 60.0, 52.0
    near = [calendar.campaign_share(week, when, weeks) for week in range(80)]
    assert near[7] == 0.0 and near[60:] == [0.0] * 20
    assert np.diff(near[8:60]) == pytest.approx(1.0 / 52.0)
    assert near[59] == pytest.approx(1.0 - 0.5 / 52.0), "the mean over its last week"
    # half the product of height and length, wherever it falls
    for moved in (60.1, 60.5, 60.9):
        total = sum(calendar.campaign_share(week, moved, weeks) for week in range(80))
        assert total == pytest.approx(26.0, abs=1e-9)


@pytest.mark.parametrize("formula", [calendar.sprint_share, calendar.campaign_share])
def test_a_day_more_moves_the_nearness_of_a_week_by_at_most_a_seventh(formula: Any) -> None:
    days = np.arange(0, 40 * 7) / 7.0
    for week in (0, 5, 12):
        moved = np.diff([formula(week, when, 6.0) for when in days])
        assert np.abs(moved).max() <= 1.0 / 7.0 + 1e-12


# ---- the week's meetings


def test_a_sprint_is_held_with_the_chance_of_its_weight() -> None:
    """In the weeks before a summit far from any date; elsewhere one meeting a week."""
    held = dict.fromkeys((2, 15, 17), 0)
    undated = {"truce.dated": False}
    runs = 200
    for run in range(runs):
        model = TruceModel(alone("summit", 20 * 7, 0.4, **undated), 1, run, collect="none")
        for week in range(18):
            steps.land_shocks(*model.all_sides, *model.all_dated)
            if week in held:
                meetings = int(steps.meetings(*model.all_sides))
                assert meetings in (1, 3)
                held[week] += meetings == 3
            steps.close_week(*model.all_firms, model._week)
    assert held[2] == held[15] == 0
    # 0.4 of 200, within three standard errors
    assert abs(held[17] / runs - 0.4) < 3.0 * (0.4 * 0.6 / runs) ** 0.5


def test_talks_of_every_kind_are_up_to_three_times_as_likely() -> None:
    world = lived_to(alone("summit", 20 * 7, 1.0), 18).state.whole[0]["world"]
    assert world["summit"] == 1.0 and world["sprint"] == 1
    assert calendar.talks_rate(world, 0.04) == pytest.approx(0.12)
    assert calendar.talks_rate(world, 0.9) == 1.0, "a chance"
    half = lived_to(alone("call", 20 * 7, 0.5), 18).state.whole[0]["world"]
    assert calendar.talks_rate(half, 0.04) == pytest.approx(0.08)


def test_two_summits_are_one_sprint_at_most() -> None:
    second = {"+calendar.events.two": {"kind": "summit", "day": day(141), "weight": 0.5}}
    world = lived_to(alone("summit", 20 * 7, 0.5).change(second), 18).state.whole[0]["world"]
    assert world["summit"] == pytest.approx(0.75)


# ---- waiting


def across(scenario: Scenario, week: int = 0) -> np.ndarray:
    model = lived_to(scenario, week)
    calendar.look_across(model.state.whole[0], model.params.record)
    return np.array(model.state.whole[0]["across"])


def test_waiting_across_a_summit_is_worth_less_by_its_weight() -> None:
    # on the first day of week 20: between the meetings of weeks 19 and 20
    left = across(alone("summit", 20 * 7, 0.3))
    assert left[19] == pytest.approx(0.7)
    assert np.delete(left, 19) == pytest.approx(1.0)
    # two days later some of it is lost on the way into the week after
    left = across(alone("summit", 20 * 7 + 2, 0.3))
    assert left[19] == pytest.approx(1.0 - 0.3 * 5.0 / 7.0)
    assert left[20] == pytest.approx(1.0 - 0.3 * 2.0 / 7.0)


def test_all_of_it_is_lost_wherever_the_day_falls_and_nothing_beyond_it() -> None:
    for days in range(30, 60):
        left = across(alone("call", days, 0.1))
        # 1 - weight, but for the product of both parts of it: at most a quarter of weight squared
        assert np.prod(left) == pytest.approx(0.9, abs=0.0026)
    assert across(alone("summit", 7 * (WEEKS_AHEAD + 1), 1.0)) == pytest.approx(1.0)
    assert across(alone("summit", 7, 1.0), week=2) == pytest.approx(1.0), "it is over"


def test_what_waiting_is_worth_falls_at_the_last_meeting_before_a_summit() -> None:
    before = []
    for weight in (0.0, 0.3, 0.9):
        model = lived_to(alone("summit", 7, weight, **{"truce.dated": False}), 0)
        steps.prepare_track(*model.all_sides, 0)
        last = int(steps.meetings(*model.all_sides)) - 1
        before.append(np.array(model.state.whole[0]["sides"]["waits"][:, last]))
    none, some, most = before
    assert (some < none).all() and (most < some).all()
    assert some == pytest.approx(0.7 * none, rel=0.05)


# ---- elections


def test_an_election_makes_hawks_in_washington_weigh_more_and_none_in_beijing() -> None:
    scenario = alone("election", 52 * 7, 0.5)
    sides = lived_to(scenario, 51).state.whole[0]["sides"]
    assert sides["campaign"][US] == pytest.approx(1.0 + 0.5 * (1.0 - 0.5 / 52.0))
    assert sides["campaign"][CN] == 1.0
    assert lived_to(scenario, 53).state.whole[0]["sides"]["campaign"][US] == 1.0


# ---- runs


def test_events_of_no_weight_are_as_if_they_were_not_there(runs: Runs) -> None:
    none = {f"calendar.events.{name}.weight": 0.0 for name in LONDON.calendar.events}
    assert all_measures(runs(none)) == all_measures(runs(scenario=NONE))


def test_what_is_over_or_beyond_the_last_day_does_nothing(runs: Runs) -> None:
    bare = all_measures(runs(scenario=NONE))
    for days in (-1, -400, 7 * (LONDON.calendar.horizon_weeks + WEEKS_AHEAD + 1)):
        for kind in ("summit", "call", "election"):
            assert all_measures(runs(scenario=alone(kind, days, 1.0))) == bare, (kind, days)


def test_dates_of_parties_and_of_law_are_shown_and_move_nothing(runs: Runs) -> None:
    bare = all_measures(runs(scenario=NONE))
    for kind in ("party_meeting", "statutory"):
        assert all_measures(runs(scenario=alone(kind, 100, 0.0))) == bare


def test_the_log_says_what_is_scheduled_in_its_week(lived: Callable[..., Any]) -> None:
    acts = lived({}, 3).of("scheduled")
    kinds = LONDON.calendar.events.values()
    inside = [
        (CALENDAR_KINDS[event.kind].code, (dt.date.fromisoformat(event.day) - START).days // 7)
        for event in kinds
        if 0 <= (dt.date.fromisoformat(event.day) - START).days < 7 * LONDON.calendar.horizon_weeks
    ]
    assert len(acts) == 3 * len(inside) > 0
    assert {(int(row["first"]), int(row["week"])) for row in acts} == set(inside)


def deals(out: np.ndarray, first: float, last: float) -> np.ndarray:
    week = out["weeks_to_deal"][:, 0]
    return ((week > first) & (week <= last)).astype(float)


@pytest.fixture(scope="module")
def by_weight() -> dict[float, np.ndarray]:
    """London with a summit after 20 weeks, by its weight, on the same draws."""
    numbers = np.arange(6000)
    points = np.zeros(len(numbers), np.int64)
    return {
        weight: simulate(flatten(alone("summit", 20 * 7 + 2, weight)).values, points, numbers, 1)[0]
        for weight in (0.0, 0.3, 1.0)
    }


def test_a_summit_makes_deals_likelier_before_it_and_no_less_likely_in_all(
    by_weight: dict[float, np.ndarray],
) -> None:
    near = {weight: deals(out, 17, 21) for weight, out in by_weight.items()}
    moved = near[1.0] - near[0.0]
    assert moved.mean() > 2.5 * moved.std() / len(moved) ** 0.5
    assert near[0.0].mean() < near[0.3].mean() < near[1.0].mean(), "more weight, more of it"
    ever = {weight: deals(out, 0, 1e9) for weight, out in by_weight.items()}
    for weight in (0.3, 1.0):
        moved = ever[weight] - ever[0.0]
        assert moved.mean() > -2.0 * moved.std() / len(moved) ** 0.5


def test_a_summit_brings_interim_packages(by_weight: dict[float, np.ndarray]) -> None:
    first = {weight: out["weeks_to_first_swap"] for weight, out in by_weight.items()}
    near = {weight: ((week > 17) & (week <= 21)).mean() for weight, week in first.items()}
    assert near[0.0] + 0.005 < near[0.3] < near[1.0] - 0.005
    assert by_weight[1.0]["swaps"].mean() > by_weight[0.0]["swaps"].mean()


def test_a_day_moved_by_a_week_moves_outcomes_little(runs: Runs) -> None:
    """The same draws, the day a week later each time, across the date of 12 August too."""
    out = {
        week: runs(scenario=alone("summit", 7 * week + 3, 0.6), count=2000) for week in range(6, 13)
    }
    for share in ("breaks", "swaps"):
        means = [float((one[share] > 0).mean()) for one in out.values()]
        assert np.abs(np.diff(means)).max() < 0.015, share
    ever = [deals(one, 0, 1e9).mean() for one in out.values()]
    assert np.abs(np.diff(ever)).max() < 0.015
    by_26 = [deals(one, 0, 26).mean() for one in out.values()]
    assert np.abs(np.diff(by_26)).max() < 0.015


def test_an_election_breaks_truces_and_more_weight_breaks_more(runs: Runs) -> None:
    broken = [
        float((runs(scenario=alone("election", 52 * 7, weight), count=1500)["breaks"] > 0).mean())
        for weight in (0.0, 0.25, 1.0)
    ]
    assert broken == sorted(broken) and broken[2] > broken[0] + 0.02


def test_both_engines_read_the_calendar_alike() -> None:
    scenario = alone("summit", 60, 0.9).change(
        {"+calendar.events.vote": {"kind": "election", "day": day(200), "weight": 0.9}}
    )
    numbers = np.arange(4)
    ours, _ = simulate(flatten(scenario), np.zeros(4, np.int64), numbers, 3)
    theirs, _ = mesa(scenario, numbers, 3)
    assert all_measures(ours) == all_measures(theirs)


class Listener(Strategy):
    """It delivers, and keeps what it is told of the calendar."""

    def __init__(self) -> None:
        self.told: list[tuple[int, float]] = []

    def deliver(self, view: View) -> str:
        self.told.append((view.week, view.weeks_to_summit))
        return "full"


def test_a_side_is_told_how_far_the_next_meeting_of_the_leaders_is() -> None:
    short = {
        "calendar.horizon_weeks": 12,
        "outcomes.weeks_in_force": 0,
        "compliance.review_rate": 1.0,
    }
    heard = []
    for scenario in (alone("summit", 38, 0.4), NONE):
        listener = Listener()
        strategies = {"us": listener}
        TruceModel(scenario.change(short), 1, 0, collect="none", strategies=strategies).run_model()
        heard.append(listener.told)
    near, none = heard
    assert [week for week, _ in near][:3] == [0, 1, 2] and none
    for week, ahead in near:
        assert ahead == (pytest.approx(38 / 7 - week) if week <= 5 else np.inf)
    assert {ahead for _, ahead in none} == {np.inf}
