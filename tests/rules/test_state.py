"""How the state lies in memory: rooms as large as the settings allow, firms at their places."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config.fields import setting_of
from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.measures import MOST_ISSUES
from sim.rules.state import (
    FIRMS,
    LANES,
    MOST_FIRMS,
    MOST_LEAD_WEEKS,
    ROOM,
    STATE,
    TILE,
    allocate,
    places,
    tiles,
)


@pytest.mark.parametrize(
    ("setting", "room"),
    [("firms.magnets.firms", MOST_FIRMS), ("firms.chips.firms", MOST_FIRMS), ("firms.magnets.shipping_weeks", MOST_LEAD_WEEKS)],
)  # fmt: skip
def test_rooms_are_as_large_as_the_settings_allow(setting: str, room: int) -> None:
    meta = setting_of(Scenario, setting)
    assert meta is not None and meta.high == room


def test_a_row_of_issues_has_whole_lanes() -> None:
    assert MOST_ISSUES <= ROOM < MOST_ISSUES + LANES and ROOM % LANES == 0 and TILE % LANES == 0


@pytest.mark.parametrize("record", [STATE, FIRMS])
def test_long_fields_begin_on_a_cache_line(record: np.dtype) -> None:
    assert record.fields is not None
    assert all(offset % 64 == 0 for kind, offset in record.fields.values() if kind.itemsize >= 64)
    assert record.itemsize % 64 == 0 and allocate(3).firms.ctypes.data % 64 == 0


@pytest.mark.parametrize(
    ("magnets", "chips"), [(1, 1), (TILE, TILE + 1), (TILE - 1, 2 * TILE), (130, 7)]
)
def test_every_firm_has_a_place_of_its_own(magnets: int, chips: int) -> None:
    where = places(magnets, chips)
    assert len(set(where)) == len(where) == magnets + chips
    assert max(where) < TILE * int(tiles(magnets) + tiles(chips))
    model = TruceModel(
        Scenario().change({"firms.magnets.firms": magnets, "firms.chips.firms": chips}),
        1,
        collect="none",
    )
    assert [firm.good for firm in model.firms] == ["magnets"] * magnets + ["chips"] * chips
    assert [firm.stock for firm in model.firms] == model.state.column("stock").tolist()
