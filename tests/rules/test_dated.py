"""Dated inputs in force: from their week on, no earlier, and what answers to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

import sim
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.model import simulate as mesa_engine
from sim.rules.codes import CN, US
from sim.rules.trade import level_of_rate, tariff_at
from sim.vocabulary import RULINGS, SHOCK_KINDS, SIDES, happened

LONDON = sim.load()
# where little needs to be shown at home deals come in the first runs
EASY = {f"{side}.resolve.trade": 2.0 for side in SIDES}
START = dt.date.fromisoformat(LONDON.calendar.start)
RUNS = 6


def day(week: int) -> str:
    """The first day of a week."""
    return (START + dt.timedelta(weeks=week)).isoformat()


def weeks_of(scenario: Scenario, runs: int = RUNS, seed: int = 1) -> np.ndarray:
    numbers = np.arange(runs)
    return simulate(flatten(scenario), 0 * numbers, numbers, seed, weekly=runs, threads=1)[1]


def first_difference(one: np.ndarray, other: np.ndarray) -> int | None:
    """The first week in which any run differs."""
    found = [
        week for week in range(one.shape[1]) if one[:, week].tobytes() != other[:, week].tobytes()
    ]
    return found[0] if found else None


def chronology(rows: int = 40) -> list[str]:
    """Events of every kind, and on both sides where a kind has both, from before the first day on."""
    first = START - dt.timedelta(days=40)
    return [f"{first + dt.timedelta(days=13 * n)} {_event(n)} event {n}" for n in range(rows)]


def _event(n: int) -> str:
    kind, size = SHOCK_KINDS.names[n % len(SHOCK_KINDS)], 0.05 * (1 + n % 7)
    if kind in RULINGS:
        return f"{kind} us 1"
    if kind == "section_122":
        return f"{kind} us {min(size, 0.15):.2f}"
    return f"{kind} {SIDES.names[n // len(SHOCK_KINDS) % 2]} {size:.2f}"


def path(rows: int = 40) -> list[str]:
    """Tariffs that move up and down, from before the first day on."""
    first = START - dt.timedelta(days=30)
    return [
        f"{first + dt.timedelta(days=17 * n)} {0.3 + 0.03 * (n % 9):.2f} {0.32 - 0.02 * (n % 5):.2f}"
        for n in range(rows)
    ]


ALL = {
    "changes": {
        day(9): {
            "linkage.tracks": "package",
            "economy.us.ceiling_tariff": 0.8,
            "us.planning_weeks": 30,
        },
        day(20): {"us.strategy.kind": "hardliner", "licensing.magnets.term_weeks": 52},
        day(31): {"firms.magnets.supply_growth": 0.9, "shocks.events.us_hawks.rate": 3.0},
    },
    "shocks.chronology": chronology(),
    "economy.tariff_path": path(),
}


@pytest.mark.parametrize(
    "what", ["all", *(pytest.param(what, marks=pytest.mark.nightly) for what in ALL)]
)
def test_both_engines_give_the_same_bits(what: str) -> None:
    scenario = LONDON.change(ALL if what == "all" else {what: ALL[what]})
    numbers = np.arange(3)
    left = simulate(flatten(scenario), 0 * numbers, numbers, 5, weekly=3, threads=2, chunk=1)
    right = mesa_engine(scenario, numbers, 5, weekly=3)
    assert [table.tobytes() for table in left] == [table.tobytes() for table in right]


def test_a_setting_changes_in_the_week_of_its_day_and_not_before() -> None:
    usual = weeks_of(LONDON)
    for offset in (0, 3, 6):
        when = (START + dt.timedelta(weeks=20, days=offset)).isoformat()
        changed = LONDON.change({f"changes.{when}.economy.us.pass_through": 0.8})
        assert first_difference(usual, weeks_of(changed)) == 20


def test_a_change_to_the_value_in_force_changes_nothing() -> None:
    same = {
        "economy.us.ceiling_tariff": LONDON.economy.us.ceiling_tariff,
        "us.planning_weeks": LONDON.us.planning_weeks,
        "linkage.tracks": LONDON.linkage.tracks,
    }
    # a court may have struck duties down before: they stay void
    courts = LONDON.change({"shocks.events.court_ruling.rate": 6.0})
    assert (
        first_difference(weeks_of(courts), weeks_of(courts.change({f"changes.{day(30)}": same})))
        is None
    )


def test_a_change_that_is_taken_back_leaves_the_setting_as_it_was() -> None:
    there = {
        day(10): {"compliance.monitoring_noise": 0.5},
        day(12): {"compliance.monitoring_noise": 0.0},
    }
    model = TruceModel(LONDON.change({"changes": there}), 1, collect="none")
    seen = []
    while model.week < 14:
        model.step()
        seen.append(float(model.params.record["compliance"]["monitoring_noise"]))
    own = LONDON.compliance.monitoring_noise
    assert seen == [own] * 10 + [0.5] * 2 + [0.0] * 2


def test_a_new_ceiling_is_in_force_at_once() -> None:
    april = sim.load("scenario=escalation").change({"truce.reentry.rate": 0.0})
    lower = april.change(
        {
            f"changes.{(dt.date.fromisoformat(april.calendar.start) + dt.timedelta(weeks=8))}.economy.us.ceiling_tariff": 0.6
        }
    )
    weeks = weeks_of(lower)
    # and what is no matter of the truce beside: section 232 rose in May and June 2025
    assert (weeks["tariff"][:, 8:, US] <= 0.6 + 0.025).all()
    assert (weeks_of(april)["tariff"][:, 8:, US] > 0.6).any()


def test_the_point_of_a_design_before_leaves_no_trace_in_the_next() -> None:
    from sim.config.params import join_records

    changed = LONDON.change(ALL)
    both = join_records([flatten(changed), flatten(LONDON), flatten(changed)])
    run = np.arange(6) // 3
    mixed = simulate(both, np.arange(6) % 3, run, 1, threads=1)[0]
    for point, scenario in enumerate((changed, LONDON, changed)):
        alone = simulate(flatten(scenario), np.zeros(2, np.int64), np.arange(2), 1, threads=1)[0]
        assert mixed[point::3].tobytes() == alone.tobytes()


def test_tariffs_are_those_of_the_path_from_each_day_on() -> None:
    rows = [(day(-3), 0.5, 0.4), (day(5), 0.3, 0.25), (day(9), 2.2, 0.0)]
    scenario = LONDON.change({"economy.tariff_path": [f"{d} {us} {cn}" for d, us, cn in rows]})
    tariff = weeks_of(scenario)["tariff"]
    wanted = np.repeat(
        [row[1:] for row in rows], [5, 4, scenario.calendar.horizon_weeks - 9], axis=0
    )
    assert (tariff == wanted).all()


def test_a_path_that_begins_later_leaves_the_weeks_before_to_the_model() -> None:
    usual, given = (
        weeks_of(LONDON),
        weeks_of(LONDON.change({"economy.tariff_path": [f"{day(30)} 0.2 0.2"]})),
    )
    assert first_difference(usual, given) == 30


def test_the_levels_of_given_tariffs_follow_them_and_nobody_bargains_over_them() -> None:
    scenario = LONDON.change({"economy.tariff_path": path()} | EASY)
    weeks, names = weeks_of(scenario), list(flatten(scenario).issues)
    # a ruling may cut the ceiling, to which levels are counted: not in this world
    quiet = weeks_of(scenario.change({"~shocks.events.court_ruling": None}))
    for side, name in ((US, "us_tariff"), (CN, "cn_tariff")):
        ends = getattr(scenario.economy, SIDES.names[int(side)])
        rates = quiet["tariff"][..., side]
        levels = quiet["level"][..., names.index(name)]
        nearest = np.clip(
            (ends.ceiling_tariff - rates) / (ends.ceiling_tariff - ends.floor_tariff), 0, 1
        )
        assert levels == pytest.approx(nearest)
        assert (
            weeks["promised"][..., names.index(name)] == weeks["level"][..., names.index(name)]
        ).all()
    assert happened(weeks["events"], "deal").any()


def test_without_anything_but_tariffs_on_a_given_path_no_deal_is_left() -> None:
    others = {f"~issues.{name}": None for name in LONDON.issues if not name.endswith("_tariff")}
    bare = LONDON.change(others | EASY)
    given = bare.change({"economy.tariff_path": path()})
    assert happened(weeks_of(bare)["events"], "deal").any()
    assert not happened(weeks_of(given)["events"], "deal").any()


def test_trade_and_losses_answer_to_the_path() -> None:
    low, high = (
        weeks_of(LONDON.change({"economy.tariff_path": [f"{day(0)} {rate} {rate}"]}))
        for rate in (0.25, 0.9)
    )
    last = low.shape[1] - 1
    assert (high["trade"][:, last] < low["trade"][:, last]).all()
    assert (high["welfare_loss"].mean(axis=(0, 1)) > low["welfare_loss"].mean(axis=(0, 1))).all()
    assert (high["lobby"].mean(axis=(0, 1)) >= low["lobby"].mean(axis=(0, 1))).all()


def test_the_level_of_a_rate_is_the_inverse_of_the_tariff_at_a_level() -> None:
    for level in (0.0, 0.3, 1.0):
        assert level_of_rate(tariff_at(level, 1.2, 0.2), 1.2, 0.2) == pytest.approx(level)
    assert level_of_rate(3.0, 1.2, 0.2) == 0.0
    assert level_of_rate(0.1, 1.2, 0.2) == 1.0
    assert level_of_rate(0.2, 0.2, 0.2) == 1.0  # a court cut the ceiling to the floor


def test_an_event_of_the_chronology_is_the_single_event_of_its_kind() -> None:
    event: dict[str, Any] = {
        "kind": "hawk",
        "side": "cn",
        "size": 0.7,
        "start": day(12),
        "rate": 0.0,
    }
    named = weeks_of(LONDON.change({"+shocks.events.zz": event}))
    table = weeks_of(LONDON.change({"shocks.chronology": [f"{day(12)} hawk cn 0.7"]}))
    assert named.tobytes() == table.tobytes()
    assert happened(table["events"][:, 12], "shock").all()


def test_events_before_the_first_day_do_nothing_and_the_order_of_rows_means_nothing() -> None:
    rows = chronology()
    own = LONDON.change({"shocks.chronology": rows})
    inside = [row for row in rows if row[:10] >= LONDON.calendar.start]
    assert len(inside) < len(rows)
    for other in (inside, rows[::-1]):
        assert (
            weeks_of(LONDON.change({"shocks.chronology": other})).tobytes()
            == weeks_of(own).tobytes()
        )


def test_bare_records_of_a_scenario_with_dated_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="rows beside"):
        simulate(flatten(LONDON.change(ALL)).values, np.zeros(1, np.int64), np.arange(1), 1)
