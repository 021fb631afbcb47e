"""Names that are gone lead to their successors, where they are typed and where they are recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.params import flatten
from sim.config.renamed import (
    GONE,
    NEW_CHOICES,
    NEW_EVENTS,
    NEW_ITEMS,
    NEW_MEASURES,
    NEW_NAMES,
    SUPERSEDED,
    SUPERSEDED_CHOICES,
    successor,
    with_new_names,
)
from sim.config.scenario import Scenario
from sim.studies.conditions import condition_of
from sim.studies.movable import movable_levers

_NOW = {path for path, _, _ in leaves(Scenario())}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("linkage.tables=package", "did you mean: linkage.tracks"),
        ("issues.ai_chips.table=trade", "did you mean: issues.ai_chips.track"),
        ("+issues.soy={owner: cn, table: trade}", "did you mean: issues.soy.track"),
        ("linkage.enforcement=table", "did you mean: track"),
        ("issues.ai_chips.track=security", "did you mean: minerals or semiconductors"),
        ("+issues.soy={owner: cn, track: security}", "did you mean: minerals or semiconductors"),
        (
            "us.resolve.security=10",
            r"did you mean: us\.resolve\.minerals or us\.resolve\.semiconductors",
        ),
        ("truce.early_rate=0.1", r"did you mean: truce\.hold_out or truce\.haste"),
        ("truce.escalation.answer_rate=1", r"did you mean: truce\.escalation\.occasion_rate"),
        (
            "compliance.protest_threshold=0.2",
            r"did you mean: truce\.disputes\.claim_cost or compliance\.claim_floor",
        ),
        ("compliance.retaliation_depth=1", r"did you mean: truce\.disputes\.depth"),
        (
            "compliance.back_down_stakes=3",
            r"did you mean: politics\.us\.pride or politics\.cn\.pride",
        ),
        ("politics.cn.hawk_extension=9", r"did you mean: politics\.cn\.hawk_push"),
        ("politics.us.settle_hawks=9", r"did you mean: politics\.us\.hawk_settling"),
        ("settle_hawks=9", r"politics\.cn\.hawk_settling or politics\.us\.hawk_settling"),
        ("licensing.magnets.approve_withheld=0.1", r"licensing\.magnets\.approve_shipment$"),
        ("licensing.chips.approve_permitted=1", r"did you mean: licensing\.chips\.approve_general"),
        (
            "licensing.magnets.per_shipment=true",
            r"did you mean: licensing\.magnets\.regime or licensing\.magnets\.regime_start",
        ),
        ("licensing.magnets.free_level=0.9", r"did you mean: licensing\.magnets\.regime$"),
        (
            "licensing.wait_memory=0.5",
            r"did you mean: licensing\.magnets\.ahead_most or licensing\.chips\.ahead_most",
        ),
        (
            "compliance.cn.start=0.3",
            r"did you mean: licensing\.magnets\.regime or licensing\.magnets\.capacity",
        ),
        (
            "compliance.us.start=0.3",
            r"did you mean: licensing\.chips\.regime or licensing\.chips\.capacity",
        ),
        ("shocks.events.court_ruling.kind=tariff_ceiling", "void_ieepa or void_reciprocal"),
        (
            "+shocks.events.it={kind: tariff_ceiling, side: us, start: '2025-08-01'}",
            "did you mean: void_ieepa or void_reciprocal",
        ),
        (
            "issues.fentanyl_purchases.benefit=30",
            r"did you mean: issues\.fentanyl\.benefit or issues\.farm_purchases\.benefit or "
            r"issues\.energy_purchases\.benefit or issues\.goods_purchases\.benefit",
        ),
        (
            "~issues.fentanyl_purchases",
            r"did you mean: issues\.fentanyl or issues\.farm_purchases or",
        ),
        ("start=2025-08-01", r"did you mean: calendar\.start"),
        ("compliance.first_accuser=us", "who moves first in a dispute is drawn each week"),
        (
            "changes.2025-08-01.compliance.retaliation_weeks=2",
            r"did you mean: changes\.2025-08-01\.truce\.disputes\.reconsider",
        ),
    ],
)
def test_who_types_an_old_name_is_led_to_the_new_one(typed: str, meant: str) -> None:
    with pytest.raises(SimError, match=meant):
        sim.load(typed)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("truce: {early_rate: 0.1}", r"did you mean: truce\.hold_out or truce\.haste"),
        ("compliance: {retaliation_weeks: 2}", r"did you mean: truce\.disputes\.reconsider"),
        (
            "issues: {fentanyl_purchases: {terms: 0.2}}",
            r"did you mean: issues\.fentanyl or issues\.farm_purchases or",
        ),
        ("politics: {us: {hawk_extension: 2}}", r"did you mean: politics\.us\.hawk_push"),
        ("compliance: {first_accuser: us}", "who moves first in a dispute is drawn each week"),
    ],
)
def test_so_is_who_writes_it_in_a_file(tmp_path: Path, written: str, meant: str) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(SimError, match=meant):
        sim.load(f"file={file}")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("compliance.retaliation_depth", r"did you mean: truce\.disputes\.depth"),
        ("politics.cn.settle_hawks", r"did you mean: politics\.cn\.hawk_settling"),
        ("linkage.tables", r"did you mean: linkage\.tracks"),
        ("issues.fentanyl_purchases.terms", r"did you mean: issues\.fentanyl\.terms or"),
        ("compliance.first_accuser", "who moves first in a dispute is drawn each week"),
    ],
)
def test_so_is_who_changes_it_in_python_or_calls_it_a_lever(name: str, meant: str) -> None:
    with pytest.raises(SimError, match=meant):
        Scenario().change({name: 1.0})
    with pytest.raises(SimError, match=meant):
        sim.sensitivity(levers=[name], runs=2, trajectories=4, points=64)


@pytest.mark.parametrize("said", NEW_EVENTS)
def test_so_is_who_asks_for_an_old_event(said: str) -> None:
    scenario, params = Scenario(), flatten(Scenario())
    with pytest.raises(SimError, match=f"did you mean: {NEW_EVENTS[said]}$"):
        condition_of(said, scenario, params)
    assert condition_of(NEW_EVENTS[said], scenario, params).event


def test_who_asks_for_an_old_measure_is_led_to_the_new_one() -> None:
    for old, new in NEW_MEASURES.items():
        with pytest.raises(SimError, match=f"did you mean: {new}"):
            sim.evaluate(Scenario(), {"linkage.cn": [0.1]}, runs=1, measures=[old])
    with pytest.raises(SimError, match=r"did you mean: measures_taken\.us"):
        sim.evaluate(Scenario(), {"linkage.cn": [0.1]}, runs=1, measures=["retaliations.us"])
    old = "final_level.fentanyl_purchases"
    with pytest.raises(SimError, match=r"did you mean: final_level\.fentanyl or final_level\.farm"):
        sim.evaluate(Scenario(), {"linkage.cn": [0.1]}, runs=1, measures=[old])


def test_an_item_that_is_gone_has_successors_that_are_there_and_stays_in_old_records() -> None:
    for old, new in NEW_ITEMS.items():
        assert old not in Scenario().issues and set(new) <= set(Scenario().issues)
        recorded = {"issues": {old: {"owner": "cn", "track": "trade", "benefit": 18.0}}}
        assert with_new_names(recorded) == recorded


def test_so_is_who_moves_it() -> None:
    with pytest.raises(SimError, match=r"did you mean: linkage\.tracks"):
        sim.evaluate(Scenario(), {"linkage.tables": ["package"]}, runs=1)
    with pytest.raises(SimError, match=r"did you mean: truce\.disputes\.depth"):
        sim.evaluate(Scenario(), {"compliance.retaliation_depth": [0.1]}, runs=1)
    with pytest.raises(SimError, match="who moves first"):
        sim.evaluate(Scenario(), {"compliance.first_accuser": ["us"]}, runs=1)
    with pytest.raises(SimError, match=r"did you mean: (linkage\.)?tracks"):
        movable_levers(Scenario(), ["tables"])


def test_an_old_name_is_gone_and_its_successor_is_a_setting() -> None:
    for old, new in (NEW_NAMES | SUPERSEDED).items():
        for item in ("ai_chips", "magnets", "us"):
            now = {one.replace("*", item) for one in new.split(" or ")}
            assert old.replace("*", item) not in _NOW
            if now <= _NOW:
                break
        assert now <= _NOW
    assert {name.replace("*", "ai_chips") for name in NEW_CHOICES} <= _NOW
    assert {name.replace("*", "court_ruling") for name in SUPERSEDED_CHOICES} <= _NOW
    assert _NOW.isdisjoint(GONE)


def test_other_names_have_no_successor() -> None:
    assert successor("linkage.table_rule", _NOW) is None
    assert successor("tables", ["us", "cn"]) is None


def test_a_recorded_scenario_is_read_by_the_new_names() -> None:
    recorded = {
        "linkage": {"tables": "package", "cn": 0.3, "enforcement": "table"},
        "issues": {"table": {"owner": "us", "table": "security"}},
        "us": {"resolve": {"trade": 30.0, "security": 16.0}},
        "changes": {
            "2025-08-01": {"cn.resolve.security": 9.0, "compliance.protest_weeks": 2},
            "2025-09-01": {"shocks.events.cut.rate": 1.0, "shocks.events.hawks.rate": 2.0},
        },
        "truce": {"early_rate": 0.25, "window_weeks": 2, "escalation": {"answer_rate": 0.5}},
        "politics": {"us": {"hawk_extension": 5.0}},
        "compliance": {"first_accuser": "us", "memory": 0.9},
        "title": "table",
        "shocks": {
            "events": {
                "cut": {"kind": "tariff_ceiling", "side": "us", "size": 0.25},
                "hawks": {"kind": "hawk", "side": "us"},
            }
        },
    }
    assert with_new_names(recorded) == {
        "linkage": {"tracks": "package", "cn": 0.3, "enforcement": "track"},
        "issues": {"table": {"owner": "us", "track": "semiconductors"}},
        "us": {"resolve": {"trade": 30.0, "minerals": 8.0, "semiconductors": 8.0}},
        "changes": {
            "2025-08-01": {"cn.resolve.minerals": 4.5, "cn.resolve.semiconductors": 4.5},
            "2025-09-01": {"shocks.events.hawks.rate": 2.0},
        },
        "shocks": {"events": {"hawks": {"kind": "hawk", "side": "us"}}},
        "truce": {"window_weeks": 2, "escalation": {}},
        "politics": {"us": {}},
        "compliance": {"memory": 0.9},
        "title": "table",
    }
