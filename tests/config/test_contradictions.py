"""Terms that contradict one another are refused; terms that are only unusual are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.check import build
from sim.config.contradictions import _values, bound_rules, first_contradiction, in_a_rule
from sim.config.errors import SimError
from sim.config.groups.shocks import Shock, Shocks
from sim.config.scenario import Scenario

ALLOWED = [
    {"truce.length_weeks": 156},
    {"truce.length_weeks": 1},
    {"truce.in_force": False},
    {"truce.first_deadline_weeks": 120},
    {"issues.ai_chips.red_line": 0.1},
    {"us.strategy.kind": "micro"},
    {"calendar.horizon_weeks": 26},
]


@pytest.mark.parametrize("values", ALLOWED, ids=str)
def test_unusual_terms_are_allowed(values):
    assert Scenario().change(values).diff(Scenario()).keys() == values.keys()


def _events(**events: Shock) -> Scenario:
    return replace(Scenario(), shocks=Shocks(events=events))


def test_recurring_events_may_start_before_the_first_day():
    given = _events(vote=Shock(kind="hawk", side="us", size=0.3, start="1900-01-01", rate=0.5))
    assert build(Scenario, given) == given


@pytest.mark.parametrize("day", ["2025-06-10", "1900-01-01", "2027-06-09", "2031-01-01"])
def test_a_single_event_falls_within_the_run(day):
    with pytest.raises(SimError, match="shocks.events.vote.start"):
        build(Scenario, _events(vote=Shock(kind="hawk", side="us", size=0.3, start=day, rate=0.0)))


@pytest.mark.parametrize("day", ["2025-06-11", "2027-06-08"])
def test_first_and_last_day_count_as_within(day):
    given = _events(vote=Shock(kind="hawk", side="us", size=0.3, start=day, rate=0.0))
    assert build(Scenario, given) == given


def test_ordinary_names_are_accepted():
    for name in ("london_2025", "a", "2025-06", "x" * 64):
        assert build(Scenario, {"name": name}).name == name


WILD = {
    "issues.us_tariff.red_line": [0.1, 0.8, 1.0],
    "issues.us_tariff.lapse": [0.0, 0.9],
    "issues.ai_chips.driver": ["ai_chips", "constant", "us_tariff"],
    "issues.ai_chips.owner": ["us", "cn"],
    "economy.us.floor_tariff": [0.1, 0.208, 1.4],
    "economy.us.ceiling_tariff": [0.2, 1.241],
    "economy.cn.elasticity_short": [0.8, 5.0],
    "outcomes.us_tariff": [0.15, 0.45],
    "licensing.magnets.approve_permitted": [0.1, 0.9],
    "licensing.approve_withheld_military": [0.05, 0.5],
    "outcomes.weeks_in_force": [26, 60],
    "calendar.horizon_weeks": [30, 104],
    **{f"firms.magnets.sectors.{name}.share": [0.0, 1.0] for name in Scenario().firms.magnets.sectors},
}


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in WILD.items()}), min_size=1, max_size=6
    )
)
def test_rows_are_refused_as_scenarios_are(rows: list[dict]) -> None:
    """The first row that makes no scenario by itself, with the very message that scenario has."""
    names = {name for row in rows for name in row}
    full = [{name: row.get(name, WILD[name][-1]) for name in names} for row in rows]
    columns = {name: np.asarray([row[name] for row in full]) for name in names}
    wanted = None
    for n, row in enumerate(full):
        try:
            Scenario().change(row)
        except SimError as error:
            wanted = (n, error.message)
            break
    found = first_contradiction(Scenario(), columns)
    assert (found and (found[0], found[1].message)) == wanted
    assert wanted is None or in_a_rule(Scenario(), names)


def test_every_rule_says_what_it_reads() -> None:
    """A rule that read more than it says would be left out of a design that moves only that."""

    class Watched(dict):
        def __getitem__(self, name):
            seen.add(name)
            return super().__getitem__(name)

    values = Watched(_values(Scenario()))
    rules = bound_rules(Scenario())
    assert len(rules) > 80
    for rule in rules:
        seen: set[str] = set()
        rule.broken(values)
        assert seen == set(rule.reads), rule.key


def test_settings_outside_the_rules_are_outside() -> None:
    assert not in_a_rule(Scenario(), ["linkage.cn", "truce.length_weeks", "us.strategy.kind"])
