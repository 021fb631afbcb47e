"""Names that are gone lead to their successors, where they are typed and where they are recorded."""

from __future__ import annotations

import pytest

import sim
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.renamed import NEW_CHOICES, NEW_NAMES, successor, with_new_names
from sim.config.scenario import Scenario
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
    ],
)
def test_who_types_an_old_name_is_led_to_the_new_one(typed: str, meant: str) -> None:
    with pytest.raises(SimError, match=meant):
        sim.load(typed)


def test_so_is_who_moves_it() -> None:
    with pytest.raises(SimError, match=r"did you mean: linkage\.tracks"):
        sim.evaluate(Scenario(), {"linkage.tables": ["package"]}, runs=1)
    with pytest.raises(SimError, match=r"did you mean: (linkage\.)?tracks"):
        movable_levers(Scenario(), ["tables"])


def test_an_old_name_is_gone_and_its_successor_is_a_setting() -> None:
    for old, new in NEW_NAMES.items():
        for item in ("ai_chips", "us"):
            now = {one.replace("*", item) for one in new.split(" or ")}
            assert old.replace("*", item) not in _NOW
            if now <= _NOW:
                break
        assert now <= _NOW
    assert {name.replace("*", "ai_chips") for name in NEW_CHOICES} <= _NOW


def test_other_names_have_no_successor() -> None:
    assert successor("linkage.table_rule", _NOW) is None
    assert successor("tables", ["us", "cn"]) is None


def test_a_recorded_scenario_is_read_by_the_new_names() -> None:
    recorded = {
        "linkage": {"tables": "package", "cn": 0.3, "enforcement": "table"},
        "issues": {"table": {"owner": "us", "table": "security"}},
        "us": {"resolve": {"trade": 30.0, "security": 16.0}},
        "changes": {"2025-08-01": {"cn.resolve.security": 9.0}},
        "title": "table",
    }
    assert with_new_names(recorded) == {
        "linkage": {"tracks": "package", "cn": 0.3, "enforcement": "track"},
        "issues": {"table": {"owner": "us", "track": "semiconductors"}},
        "us": {"resolve": {"trade": 30.0, "minerals": 8.0, "semiconductors": 8.0}},
        "changes": {"2025-08-01": {"cn.resolve.minerals": 4.5, "cn.resolve.semiconductors": 4.5}},
        "title": "table",
    }
