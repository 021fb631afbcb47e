"""What a named thing is comes from its name: the same record and the same runs whatever order a
file has.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.config.check import to_plain
from sim.config.params import entities, flatten, places
from sim.config.scenario import Scenario
from sim.results.files import content_hash
from sim.rules.codes import US
from sim.vocabulary import GOODS

RUNS = 12


def reordered(scenario: Scenario, order: Callable[[list[Any]], list[Any]]) -> Scenario:
    """The scenario with issues, events and sectors in another order."""

    def turned(items: dict[str, Any]) -> dict[str, Any]:
        return dict(order(list(items.items())))

    firms = scenario.firms
    goods = {
        good: replace(getattr(firms, good), sectors=turned(getattr(firms, good).sectors))
        for good in GOODS
    }
    return replace(
        scenario,
        issues=turned(scenario.issues),
        firms=replace(firms, **goods),
        shocks=replace(scenario.shocks, events=turned(scenario.shocks.events)),
        calendar=replace(scenario.calendar, events=turned(scenario.calendar.events)),
    )


@pytest.mark.parametrize("name", ["london", "escalation", "breakthrough"])
def test_forty_orders_of_issues_events_and_sectors_have_one_content(name: str) -> None:
    scenario, shuffle = sim.load(f"scenario={name}"), random.Random(1)
    orders = [
        reordered(scenario, lambda items: shuffle.sample(items, len(items))) for _ in range(40)
    ]
    assert len({tuple(order.issues) for order in orders}) > 30
    contents = set()
    for order in (scenario, *orders):
        assert order == scenario
        results = sim.run(order, runs=RUNS, seed=5, weeks="all", threads=1)
        contents.add((content_hash([results.runs]), content_hash([results.weeks])))
    assert len(contents) == 1


@given(st.randoms(use_true_random=False))
def test_any_order_is_the_same_record(shuffle: random.Random) -> None:
    order = reordered(Scenario(), lambda items: shuffle.sample(items, len(items)))
    one, two = flatten(order), flatten(Scenario())
    assert one.values.tobytes() == two.values.tobytes()
    assert (one.issues, one.sectors, one.events) == (two.issues, two.sectors, two.events)
    assert places(order) == places(Scenario())


def test_a_file_that_a_library_wrote_with_sorted_keys_gives_the_same_runs(tmp_path) -> None:
    scenario = sim.load("scenario=geneva")
    path = tmp_path / "sorted.yaml"
    path.write_text(yaml.safe_dump(to_plain(scenario), sort_keys=True), encoding="utf-8")
    again = sim.load(file=path)
    assert list(again.issues) != list(scenario.issues)
    one, two = (sim.run(s, runs=RUNS, seed=5, weeks="none").runs for s in (scenario, again))
    assert content_hash([one]) == content_hash([two])


def test_the_mesa_engine_gives_the_same_run_in_any_order() -> None:
    models = [
        sim.TruceModel(reordered(Scenario(), order), 3, 0)
        for order in (list, lambda items: items[::-1])
    ]
    for model in models:
        model.run_model()
    one, two = (model.datacollector.get_model_vars_dataframe() for model in models)
    assert one.columns.tolist() == two.columns.tolist()
    assert content_hash([one]) == content_hash([two])


def test_a_setting_moves_the_column_of_its_name_whatever_the_order() -> None:
    backwards = reordered(Scenario(), lambda items: items[::-1])
    for scenario in (Scenario(), backwards):
        table = sim.evaluate(
            scenario, {"issues.ai_chips.red_line": [0.06]}, runs=20, measures=["final_level"]
        )
        assert table["final_level.ai_chips"].max() <= 0.06
        assert table["final_level.us_counter_controls"].max() > 0.06


def test_entities_are_the_upper_bits_of_a_crc_of_the_name() -> None:
    assert entities(("123456789",)) == [0xCBF43926 >> 1]  # the check value of CRC-32 (ISO 3309)
    names = Scenario().issues
    assert dict(zip(names, entities(tuple(names)), strict=True)) == {
        n: zlib.crc32(n.encode()) >> 1 for n in names
    }


def test_names_with_one_number_are_parted_by_their_order() -> None:
    first, second = (
        "eunetcyyhzpbux",
        "qplwjajphjgidf",
    )  # two of fourteen letters whose numbers are equal
    number = zlib.crc32(first.encode()) >> 1
    assert number == zlib.crc32(second.encode()) >> 1
    assert entities((second, first)) == [number + 1, number]
    assert entities((first, second)) == [number, number + 1]


def test_an_issues_draws_do_not_depend_on_the_others() -> None:
    scenario = Scenario()
    fewer = replace(
        scenario,
        issues={name: item for name, item in scenario.issues.items() if name != "ai_chips"},
    )
    errors = []
    for each in (scenario, fewer):
        model = sim.TruceModel(each, 1, 0, collect="none")
        errors.append(
            dict(zip(model.params.issues, model.state.whole[0]["errors"][US], strict=False))
        )
    assert all(errors[0][name] == error for name, error in errors[1].items())
