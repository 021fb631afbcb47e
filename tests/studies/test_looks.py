"""Which points a study runs under which draws: what differs between rows, and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from benchmarks.functions import Known, ishigami
from sim.analysis.two_draws import REPLICATES
from sim.config.errors import SimError
from sim.studies import looks
from sim.studies.looks import LEVELS, Meter, base_rows, first_look, screen, sizes


@dataclass
class Watched(Known):
    """A response that keeps what it is asked, and refuses points beyond ``most`` of its first
    lever.
    """

    most: float = 1.0
    asked: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def refused(self, unit: np.ndarray) -> np.ndarray:
        mask: np.ndarray = np.nan_to_num(unit[:, 0]) > self.most
        if mask.any():
            self.reasons.append("x0: too large")
        return mask

    def values(self, unit: np.ndarray, point: np.ndarray, run: np.ndarray) -> np.ndarray:
        self.asked.append((unit, point, run))
        return super().values(unit, point, run)


def watched(most: float = 1.0) -> Watched:
    return Watched(ishigami, 3, noise=1.0, outcome=False, seed=1, most=most)


def test_a_first_look_moves_one_lever_at_a_time_on_the_same_runs() -> None:
    response = watched()
    found = first_look(response, 5, Meter(0))
    ((unit, point, run),) = response.asked
    assert np.isnan(unit).sum(axis=1).tolist() == [3, 2, 2, 2, 2, 2, 2]
    assert run.reshape(7, 5).tolist() == [[0, 1, 2, 3, 4]] * 7
    assert point.reshape(7, 5)[:, 0].tolist() == list(range(7))
    assert found.lever.tolist() == [0, 1, 2]
    assert found.start.tolist() == [0.0] * 3 and found.end.tolist() == [1.0] * 3


def test_options_are_held_against_the_scenario() -> None:
    response = watched()
    response.places = [[0.0, 1.0], [0.25], [1 / 6, 5 / 6]]
    found = first_look(response, 2, Meter(0))
    assert found.lever.tolist() == [0, 1, 2, 2]
    assert np.isnan(found.start[1:]).all() and found.end[1:].tolist() == [0.25, 1 / 6, 5 / 6]
    assert (found.before[1:] == found.scenario).all()


def test_a_refused_end_has_no_value_and_the_rest_is_run() -> None:
    found = first_look(watched(most=0.5), 4, Meter(0))
    assert np.isnan(found.after[0]).all() and not np.isnan(found.before[0]).any()
    assert not np.isnan(found.after[1:]).any()


def test_each_step_of_a_trajectory_moves_one_lever_over_half_of_the_grid() -> None:
    response = watched()
    found = screen(response, 6, 1, Meter(0))
    ((unit, point, run),) = response.asked
    steps = np.diff(unit.reshape(6, 4, 3), axis=1)
    assert (np.abs(steps) > 1e-9).sum(axis=2).tolist() == [[1, 1, 1]] * 6
    assert np.abs(steps).max(axis=2) == pytest.approx(LEVELS / 2.0 / (LEVELS - 1.0))
    assert (np.sort(found.lever, axis=1) == [0, 1, 2]).all()
    numbers = run.reshape(6, 4, 2)
    assert (numbers == numbers[:, :1]).all()  # one pair of draws all along a trajectory
    assert len(np.unique(numbers[:, 0])) == 12
    assert (point.reshape(6, 4, 2)[:, :, 0] == point.reshape(6, 4, 2)[:, :, 1]).all()


def test_base_rows_mix_a_and_b_and_no_two_share_a_draw() -> None:
    response = watched()
    rows, dropped = base_rows(response, [[0], [1, 2]], 32, 1, Meter(0))
    ((unit, point, run),) = response.asked
    b, a, first, rest = np.moveaxis(unit.reshape(32, 4, 3), 1, 0)
    assert (first[:, 0] == b[:, 0]).all() and (first[:, 1:] == a[:, 1:]).all()
    assert (rest[:, 0] == a[:, 0]).all() and (rest[:, 1:] == b[:, 1:]).all()
    numbers = run.reshape(32, 7) - looks._BASES
    assert (numbers[:, 0] == 3 * np.arange(32) + 2).all()  # B alone, under v
    assert (numbers[:, 1:].reshape(32, 3, 2) == 3 * np.arange(32)[:, None, None] + [0, 1]).all()
    assert point.reshape(32, 7)[0].tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert dropped == 0 and np.bincount(rows.replicate).tolist() == [2] * REPLICATES
    assert rows.mixed.shape == (32, 2, 2)


def test_blocks_are_bounded_and_change_no_value(monkeypatch) -> None:
    def values(block: int) -> np.ndarray:
        monkeypatch.setattr(looks, "_BLOCK", block)
        response = watched()
        response.noise = 0.0
        rows, _ = base_rows(response, [[0], [1], [2]], 64, 1, Meter(0))
        assert max(len(run) for _, _, run in response.asked) <= max(block, 9)
        return np.concatenate([rows.a.ravel(), rows.b, rows.mixed.ravel()])

    assert (values(20) == values(8_192)).all()


def test_a_base_row_with_a_refused_point_is_left_out_as_one_and_counted() -> None:
    rows, dropped = base_rows(watched(most=0.95), [[0], [1], [2]], 256, 1, Meter(0))
    assert 0 < dropped == np.isnan(rows.a).any(axis=1).sum() < 0.2 * 256
    assert (np.isnan(rows.b) == np.isnan(rows.a[:, 0])).all()


@pytest.mark.parametrize(
    "look",
    [
        lambda response: screen(response, 50, 1, Meter(0)),
        lambda response: base_rows(response, [[0], [1], [2]], 64, 1, Meter(0)),
    ],
    ids=["screen", "base_rows"],
)
def test_rules_that_refuse_too_much_are_named(look) -> None:
    with pytest.raises(SimError, match="x0: too large"):
        look(watched(most=0.5))


def test_the_meter_counts_every_run_that_is_made() -> None:
    seen: list[tuple[int, int]] = []
    response = watched()
    meter = Meter(
        sum(sizes(response.places, 5, 6, 32, 3)), lambda done, total: seen.append((done, total))
    )
    first_look(response, 5, meter)
    screen(response, 6, 1, meter)
    base_rows(response, [[0], [1], [2]], 32, 1, meter)
    assert seen[-1] == (7 * 5 + 6 * 4 * 2 + 32 * 9,) * 2
    assert sum(len(run) for _, _, run in response.asked) == seen[-1][0]
