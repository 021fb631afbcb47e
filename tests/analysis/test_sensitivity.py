"""Indices against functions whose indices are known, and from designs as sweeps store them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from sim.analysis.sensitivity import FIRST, MOVES, TOTAL, first_order, sensitivity
from sim.config.errors import SimError

A, B = 7.0, 0.1


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990 on the unit cube."""
    z = np.pi * (2.0 * x - 1.0)
    return np.sin(z[:, 0]) + A * np.sin(z[:, 1]) ** 2 + B * z[:, 2] ** 4 * np.sin(z[:, 0])


def known() -> tuple[list[float], list[float]]:
    """First- and total-order indices in closed form."""
    one = 0.5 * (1.0 + B * np.pi**4 / 5.0) ** 2
    two, both = A**2 / 8.0, B**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = one + two + both
    return [one / whole, two / whole, 0.0], [(one + both) / whole, two / whole, both / whole]


def frame_of(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"point": np.arange(len(y)), **{f"x{j}": x[:, j] for j in range(x.shape[1])}, "y": y})


def found_by(frame: pd.DataFrame, described: dict, measures: tuple[str, ...] = ("y",)) -> pd.DataFrame:
    names = [name for name in frame if name.startswith("x")]
    return sensitivity(lambda columns: frame[columns], described, names, measures)


def test_first_order_indices_of_a_sampled_design_are_those_of_ishigami() -> None:
    x = qmc.Sobol(3, rng=np.random.default_rng(1)).random(2**14)
    found = found_by(frame_of(x, ishigami(x)), {"kind": "sobol"})
    assert (found["index"] == FIRST).all()
    for value, low, high, truth in zip(found["value"], found["low"], found["high"], known()[0], strict=True):
        assert value == pytest.approx(truth, abs=0.02)
        assert low - 0.02 <= truth <= high + 0.02
        assert high - low < 0.03


def test_a_saltelli_design_gives_first_and_total_order() -> None:
    from SALib.sample import sobol

    problem = {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3}
    x = sobol.sample(problem, 2048, calc_second_order=False, seed=1)
    found = found_by(frame_of(x, ishigami(x)), {"kind": "saltelli", "points": 2048})
    for index, truths in zip((FIRST, TOTAL), known(), strict=True):
        assert found.loc[found["index"] == index, "value"].to_numpy() == pytest.approx(truths, abs=0.04)


def test_morris_effects_of_a_line_are_its_slopes_whatever_the_order_of_rows() -> None:
    from SALib.sample import morris

    problem = {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3}
    x = morris.sample(problem, 20, num_levels=4, seed=1)
    frame = frame_of(x, x @ np.asarray([3.0, -1.0, 0.0]))
    found = found_by(frame.sample(frac=1.0, random_state=1), {"kind": "morris", "points": 20, "levels": 4})
    assert (found["index"] == MOVES).all()
    assert found["value"].to_numpy() == pytest.approx([3.0, 1.0, 0.0], abs=1e-6)


def test_a_setting_that_does_nothing_explains_nothing_and_luck_counts_against_all() -> None:
    draw = np.random.default_rng(2)
    x = draw.random((8000, 2))
    y = (draw.random(8000) < 0.2 + 0.6 * x[:, 0]).astype(float)
    frame = frame_of(x, y)
    frame["outcome"] = np.where(y > 0, "breakthrough", "breakdown")
    found = found_by(frame, {"kind": "latin_hypercube"}, ("breakthrough",))
    truth = 0.36 / 12.0 / 0.25
    assert found["value"].to_numpy() == pytest.approx([truth, 0.0], abs=0.02)
    assert found["low"][1] == 0.0


def test_the_jackknife_interval_covers_as_often_as_it_says() -> None:
    covered, draw = 0, np.random.default_rng(3)
    for _ in range(200):
        x = draw.integers(0, 4, 1500)
        y = 0.5 * x + draw.normal(size=1500)
        _, low, high = first_order(x, y, np.arange(1500) % 20)
        covered += low <= 0.25 * 1.25 / (0.25 * 1.25 + 1.0) <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_choices_count_as_classes_and_runs_without_a_value_do_not_count() -> None:
    frame = pd.DataFrame({"point": np.arange(400), "x": ["a", "b"] * 200, "y": [0.0, 1.0] * 200})
    frame.loc[:9, "y"] = np.nan
    assert found_by(frame, {"kind": "list"})["value"].tolist() == pytest.approx([1.0])
    frame["y"] = np.nan
    assert found_by(frame, {"kind": "list"})["value"].isna().all()


def test_a_design_with_points_missing_has_no_saltelli_indices() -> None:
    frame = frame_of(np.zeros((7, 3)), np.arange(7.0))
    with pytest.raises(SimError, match="every point"):
        found_by(frame, {"kind": "saltelli", "points": 4})
