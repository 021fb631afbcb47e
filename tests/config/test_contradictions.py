"""Terms that contradict one another are refused; terms that are only unusual are not."""

from __future__ import annotations

import json
import operator
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config.check import build, to_plain
from sim.config.contradictions import (
    _values,
    bound_rules,
    broken_rows,
    declared,
    first_contradiction,
    in_a_rule,
)
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
    "economy.cn.floor_tariff": [0.212, 1.5],
    "outcomes.us_tariff": [0.15, 0.45],
    "licensing.magnets.approve_shipment": [0.05, 0.3],
    "licensing.magnets.approve_six_months": [0.1, 0.5],
    "licensing.magnets.approve_general": [0.2, 0.9],
    "outcomes.weeks_in_force": [26, 60],
    "calendar.horizon_weeks": [30, 104],
    **{
        f"firms.magnets.sectors.{name}.share": [0.0, 1.0]
        for name in Scenario().firms.magnets.sectors
    },
}


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in WILD.items()}),
        min_size=1,
        max_size=6,
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


def _page(values: dict) -> set[str]:
    """The settings at fault, by the rules as a page would hold them: JSON and the values of a
    scenario, by dotted name.
    """
    rules = json.loads(json.dumps([asdict(rule) for rule in declared(Scenario)]))
    compare = {
        "<": operator.lt,
        "<=": operator.le,
        ">=": operator.ge,
        "is": operator.eq,
        "is not": operator.ne,
    }
    items = {
        "issues": to_plain(Scenario())["issues"],
        "shocks.events": to_plain(Scenario())["shocks"]["events"],
    }
    found = set()
    for rule in rules:
        parent = rule["left"].partition(".*")[0]
        names = items.get(parent, {}) if "*" in rule["left"] else [""]
        if rule["relation"] == "differ":
            drivers = [values[rule["left"].replace("*", name)] for name in names]
            twice = [
                n for n, one in enumerate(drivers) if one in drivers[:n] and one != rule["right"]
            ]
            found |= {rule["left"].replace("*", list(names)[n]) for n in twice}
            continue
        for name in names if rule["relation"] in compare else ():
            at = {part: str(rule[part]).replace("*", name) for part in ("left", "right", "weeks")}
            right = (
                values.get(at["right"], rule["right"])
                if rule["relation"] != "is"
                else rule["right"]
            )
            right = right + 7 * values[at["weeks"]] if rule["weeks"] else right
            if all(
                compare[relation](values[one.replace("*", name)], word)
                for one, relation, word in rule["when"]
            ):
                found |= (
                    set() if compare[rule["relation"]](values[at["left"]], right) else {at["left"]}
                )
    return found


@given(
    st.fixed_dictionaries(
        {}, optional={n: st.sampled_from(v) for n, v in WILD.items() if ".share" not in n}
    )
)
def test_a_page_that_holds_the_rules_as_data_refuses_what_the_check_refuses(row: dict) -> None:
    try:
        Scenario().change(row)
        refused = set()
    except SimError as error:
        refused = {str(one.key) for one in (error, *error.others)}
    assert _page({**_values(Scenario()), **row}) == refused


def test_every_row_that_breaks_a_rule_is_found_and_no_other() -> None:
    weeks = {"calendar.horizon_weeks": np.asarray([20, 104, 26, 8])}
    broken = broken_rows(Scenario(), weeks)
    alone = [
        first_contradiction(Scenario(), {name: values[[row]] for name, values in weeks.items()})
        for row in range(4)
    ]
    assert broken.tolist() == [found is not None for found in alone]
    assert 0 < broken.sum() < 4
