"""The measurements of licences: months by hand, the record's path, and what regimes do."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from benchmarks.licences import CASES, MONTHS, effects, firms_moved, months, path, play, record


def test_a_normal_flow_gives_the_days_of_each_month() -> None:
    found = months(np.ones((2, 52)))
    days = np.array([30 + 2, 31, 30, 31, 31])  # the first week's flow comes on top of two days
    assert found == pytest.approx(np.repeat(620.0 * 12 / 52 / 7 * days[:, None], 2, axis=1))


def test_three_days_before_the_control_are_normal_and_the_first_week_flows_after_them() -> None:
    flow = np.zeros((1, 52))
    flow[0, 0] = 0.5
    assert months(flow)[:, 0] == pytest.approx([620.0 * 12 / 52 * (3 / 7 + 0.5), 0, 0, 0, 0])


def test_the_path_starts_free_two_days_before_the_control() -> None:
    scenario = path()
    assert scenario.licensing.magnets.regime_start == "free"
    assert str(scenario.calendar.start) == "2025-04-02"
    assert tuple(record()) == MONTHS and record()["2025-05"] == 46.0


def test_a_suspension_lets_less_out_than_free_trade() -> None:
    suspended, free = (
        effects(play(sim.load(*CASES[name]), 12, 1))
        for name in ("London, suspended", "London, free")
    )
    assert suspended["flow, year two"] < 0.75 < free["flow, year two"]
    assert suspended["lost output"] > free["lost output"]


def test_as_many_firms_move_nothing() -> None:
    assert set(firms_moved("london", 1.0, 6, 1).values()) == {(0.0, 0.0)}


@pytest.mark.nightly
def test_the_record_of_2025_lies_inside_nine_tenths_of_the_runs() -> None:
    weeks = play(path(), 300, 1).weeks
    low, high = np.quantile(months(weeks["flow"][:, :, 0]), [0.05, 0.95], axis=1)
    observed = np.array(list(record().values()))
    assert ((low <= observed) & (observed <= high)).all()
