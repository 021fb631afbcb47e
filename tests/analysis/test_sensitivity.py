"""Indices against functions whose indices are known, and from designs as sweeps store them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

from sim.analysis.ranking import rank_settings
from sim.analysis.sensitivity import FIRST, MOVES, TOTAL, estimates, sensitivity
from sim.batch.sweep import Sweep
from sim.config.errors import SimError
from sim.vocabulary import OUTCOMES

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
    return pd.DataFrame(
        {
            "point": np.arange(len(y)),
            "run": 0,
            **{f"x{j}": x[:, j] for j in range(x.shape[1])},
            "y": y,
        }
    )


def design(kind: str, common_random_numbers: bool = False, **parts) -> Sweep:
    return Sweep(kind=kind, common_random_numbers=common_random_numbers, **parts)


def found_by(frame: pd.DataFrame, sweep: Sweep, measures: tuple[str, ...] = ("y",)) -> pd.DataFrame:
    names = [name for name in frame if name.startswith("x")]
    return sensitivity(lambda columns: frame[columns], sweep, names, measures)


def test_first_order_indices_of_a_sampled_design_are_those_of_ishigami() -> None:
    x = qmc.Sobol(3, rng=np.random.default_rng(1)).random(2**14)
    found = found_by(frame_of(x, ishigami(x)), design("sobol"))
    assert (found["index"] == FIRST).all()
    for value, low, high, truth in zip(
        found["value"], found["low"], found["high"], known()[0], strict=True
    ):
        assert value == pytest.approx(truth, abs=0.02)
        assert low - 0.02 <= truth <= high + 0.02
        assert high - low < 0.03


def test_a_saltelli_design_gives_first_and_total_order() -> None:
    from SALib.sample import sobol

    problem = {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3}
    x = sobol.sample(problem, 2048, calc_second_order=False, seed=1)
    found = found_by(frame_of(x, ishigami(x)), design("saltelli", points=2048))
    for index, truths in zip((FIRST, TOTAL), known(), strict=True):
        assert found.loc[found["index"] == index, "value"].to_numpy() == pytest.approx(
            truths, abs=0.04
        )


def test_morris_effects_of_a_line_are_its_slopes_whatever_the_order_of_rows() -> None:
    from SALib.sample import morris

    problem = {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3}
    x = morris.sample(problem, 20, num_levels=4, seed=1)
    frame = frame_of(x, x @ np.asarray([3.0, -1.0, 0.0]))
    found = found_by(frame.sample(frac=1.0, random_state=1), design("morris", points=20, levels=4))
    assert (found["index"] == MOVES).all()
    assert found["value"].to_numpy() == pytest.approx([3.0, 1.0, 0.0], abs=1e-6)


def test_a_setting_that_does_nothing_explains_nothing_and_luck_counts_against_all() -> None:
    draw = np.random.default_rng(2)
    x = draw.random((8000, 2))
    y = (draw.random(8000) < 0.2 + 0.6 * x[:, 0]).astype(float)
    frame = frame_of(x, y)
    frame["outcome"] = np.where(y > 0, "breakthrough", "breakdown")
    found = found_by(frame, design("latin_hypercube"), ("breakthrough",))
    truth = 0.36 / 12.0 / 0.25
    assert found["value"].to_numpy() == pytest.approx([truth, 0.0], abs=0.02)
    assert found["low"][1] < 0.0 < found["high"][1]


def repeated(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """A table of points with several runs each; ``y`` (points, runs)."""
    frame = frame_of(np.repeat(x, y.shape[1], axis=0), y.ravel())
    return frame.assign(
        point=np.repeat(np.arange(len(y)), y.shape[1]), run=np.tile(np.arange(y.shape[1]), len(y))
    )


DESIGNS = {
    "sobol": lambda seed: qmc.Sobol(3, rng=seed).random(256),
    "latin_hypercube": lambda seed: qmc.LatinHypercube(3, rng=seed).random(256),
}


@pytest.mark.parametrize("kind", DESIGNS)
@pytest.mark.parametrize(("runs", "noise"), [(1, 0.0), (1, 1.0), (4, 1.0)])
def test_intervals_hold_ishigamis_indices_weak_ones_too(kind: str, runs: int, noise: float) -> None:
    covered, sd = np.zeros(3), noise * np.sqrt(13.8446)
    truth = np.asarray(known()[0]) / (1.0 + noise**2 / runs)
    for seed in range(25):
        x = DESIGNS[kind](seed)
        y = ishigami(x)[:, None] + sd * np.random.default_rng(900 + seed).normal(size=(256, runs))
        found = found_by(repeated(x, y), design(kind))
        covered += (found["low"] <= truth) & (truth <= found["high"])
    assert (covered >= 21).all()  # of 25 at 95 %: fewer once in 1,000 for one index


def test_luck_that_goes_with_a_setting_is_in_the_interval_and_not_in_the_index() -> None:
    """Points share their draws; a setting without an effect of its own meets noise of either
    sign.
    """
    covered, values = 0, []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x, draw = qmc.Sobol(2, rng=seed).random(128), rng.normal(size=8)
        found = found_by(
            repeated(x, x[:, :1] + (x[:, 1:] - 0.5) * draw),
            design("sobol", common_random_numbers=True),
        )
        values.append(found["value"][1])
        covered += found["low"][1] <= 0.0 <= found["high"][1]
    assert abs(np.mean(values)) < 0.06
    assert covered >= 34


def test_morris_effects_of_ten_trajectories_are_covered() -> None:
    from SALib.sample import morris

    problem, covered = (
        {"num_vars": 3, "names": ["x0", "x1", "x2"], "bounds": [[0.0, 1.0]] * 3},
        np.zeros(3),
    )
    sweep = design("morris", points=10, levels=4)
    many = morris.sample(problem, 2000, num_levels=4, seed=1)
    truth = found_by(frame_of(many, ishigami(many)), replace(sweep, points=2000))[
        "value"
    ].to_numpy()
    for seed in range(60):
        x = morris.sample(problem, 10, num_levels=4, seed=seed + 2)
        found = found_by(frame_of(x, ishigami(x)), sweep)
        covered += (found["low"] <= truth + 1e-9) & (truth <= found["high"] + 1e-9)
    assert (covered >= 51).all()


def shuffled(seed: int) -> tuple[pd.DataFrame, list[str]]:
    """Outcomes that one of four settings decides, but whose settings were shuffled between
    points.
    """
    rng = np.random.default_rng(seed)
    x = qmc.Sobol(4, rng=seed).random(128)
    ended = np.where(rng.random((128, 4)) < 0.2 + 0.6 * x[:, :1], "breakdown", "narrow_deal")
    frame = repeated(x[rng.permutation(128)], np.zeros((128, 4)))
    return frame.assign(outcome=ended.ravel()), [f"x{j}" for j in range(4)]


def test_of_shuffled_settings_nothing_stands_out() -> None:
    stands = 0
    for seed in range(40):
        frame, names = shuffled(seed)
        stands += bool(
            rank_settings(lambda columns, f=frame: f[columns], design("sobol"), names).leaders
        )
    assert stands <= 5  # one in twenty expected


def test_the_setting_that_decides_is_named_and_one_as_strong_is_not_put_behind_it() -> None:
    rng = np.random.default_rng(1)
    x = qmc.Sobol(3, rng=1).random(256)
    ended = np.where(rng.random((256, 4)) < 0.1 + 0.8 * x[:, :1], "breakdown", "narrow_deal")
    one = repeated(x, np.zeros((256, 4))).assign(outcome=ended.ravel())
    names = ["x0", "x1", "x2"]
    assert rank_settings(lambda columns: one[columns], design("sobol"), names).leaders == ("x0",)
    ended = np.where(
        rng.random((256, 4)) < 0.1 + 0.4 * x[:, :1] + 0.4 * x[:, 1:2], "breakdown", "narrow_deal"
    )
    two = one.assign(outcome=ended.ravel())
    ranking = rank_settings(lambda columns: two[columns], design("sobol"), names)
    assert set(ranking.leaders) == {"x0", "x1"}
    assert "not significantly" in ranking.words({})


def laid_out(*sizes: int) -> np.ndarray:
    """Every combination of so many values of each setting, from 0 to 1."""
    axes = np.meshgrid(*(np.linspace(0.0, 1.0, size) for size in sizes), indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)


def gridded(
    x: np.ndarray, runs: int, common: bool, seed: int, effect: float = 0.0, twist: float = 0.0
) -> pd.DataFrame:
    """Outcomes whose chances the first setting moves by ``effect`` over its range, and the first
    two together, but neither alone, by ``twist``; partly of draws that points share.
    """
    rng = np.random.default_rng(seed)
    own = rng.random((len(x), runs))
    draw = (rng.random(runs) + 0.3 * own) % 1.0 if common else own
    chance = 0.2 + effect * x[:, :1] + 4.0 * twist * (x[:, :1] - 0.5) * (x[:, 1:2] - 0.5)
    codes = (draw >= chance).astype(int) + (draw >= 0.7)
    return repeated(x, np.zeros(draw.shape)).assign(
        outcome=np.asarray(["breakdown", "tactical_pause", "narrow_deal"])[codes.ravel()]
    )


def leaders(frame: pd.DataFrame, common: bool, kind: str = "grid") -> tuple[str, ...]:
    names = [name for name in frame if name.startswith("x")]
    return rank_settings(lambda columns: frame[columns], design(kind, common), names).leaders


LAID_OUT = [((3, 2), 60), ((3, 2), 4), ((7, 6), 10), ((2, 2), 20), ((4, 3, 2), 10)]


@pytest.mark.parametrize("common", [True, False], ids=["common draws", "own draws"])
@pytest.mark.parametrize("kind", ["grid", "list"])
def test_a_setting_that_decides_is_named_beside_one_that_does_nothing(
    common: bool, kind: str
) -> None:
    """In a grid of six points, too, be it written as a list."""
    for seed in range(3):
        frame = gridded(laid_out(3, 2), 100, common, seed, effect=0.3)
        assert leaders(frame, common, kind) == ("x0",)


@pytest.mark.nightly
def test_few_own_runs_at_many_points_are_counted_together() -> None:
    named = [leaders(gridded(laid_out(7, 6), 10, False, s, effect=0.3), False) for s in range(10)]
    assert sum(found == ("x0",) for found in named) >= 8


def noisy(sizes: tuple[int, ...], runs: int, common: bool, twist: float, seeds: int) -> float:
    """Share of seeds in which something stands out of settings that alone do nothing."""
    x = laid_out(*sizes)
    return float(
        np.mean(
            [bool(leaders(gridded(x, runs, common, s, twist=twist), common)) for s in range(seeds)]
        )
    )


@pytest.mark.parametrize("common", [True, False], ids=["common draws", "own draws"])
def test_no_ranking_comes_out_of_noise(common: bool) -> None:
    assert noisy((3, 2), 20, common, 0.0, 15) <= 0.34  # five of 15 at 5 %: more once in 1,000


@pytest.mark.nightly
@pytest.mark.parametrize("twist", [0.0, 0.15], ids=["noise", "only together"])
@pytest.mark.parametrize("common", [True, False], ids=["common draws", "own draws"])
@pytest.mark.parametrize(("sizes", "runs"), LAID_OUT)
def test_a_ranking_comes_out_of_nothing_in_at_most_5_of_100(
    sizes: tuple[int, ...], runs: int, common: bool, twist: float
) -> None:
    assert noisy(sizes, runs, common, twist, 400) <= 0.085  # 5 %, known to 3 points


@pytest.mark.nightly
def test_where_combinations_are_missing_what_another_does_is_not_taken_for_a_settings() -> None:
    """Points of a list at random: in their few classes a strong setting moves the idle ones."""
    stands = 0
    for seed in range(60):
        x = np.random.default_rng(100 + seed).integers(0, 4, (40, 4)) / 3.0
        frame = gridded(x, 20, True, seed, effect=0.3)
        names = [f"x{j}" for j in range(4)]
        found, _ = estimates(
            lambda columns, f=frame: f[columns], design("list", True), names, OUTCOMES.names
        )
        assert found[0].stands
        stands += any(estimate.stands for estimate in found[1:])
    assert stands <= 9  # of 60 at 5 %: more once in 1,000


def test_too_small_a_design_says_which_size_would_do() -> None:
    rng = np.random.default_rng(3)
    frame = repeated(rng.random((32, 3)), np.zeros((32, 1)))
    frame["outcome"] = rng.choice(OUTCOMES.names, 32)
    words = rank_settings(
        lambda columns: frame[columns], design("latin_hypercube"), ["x0", "x1", "x2"]
    ).words({})
    assert words.startswith("nothing stands out") and "would show with about" in words


def test_choices_count_as_classes_and_runs_without_a_value_do_not_count() -> None:
    frame = pd.DataFrame(
        {"point": np.arange(400), "run": 0, "x": ["a", "b"] * 200, "y": [0.0, 1.0] * 200}
    )
    frame.loc[:9, "y"] = np.nan
    assert found_by(frame, design("list"))["value"].tolist() == pytest.approx([1.0])
    frame["y"] = np.nan
    assert found_by(frame, design("list"))["value"].isna().all()


def test_a_design_with_points_missing_has_no_saltelli_indices() -> None:
    frame = frame_of(np.zeros((7, 3)), np.arange(7.0))
    with pytest.raises(SimError, match="every point"):
        found_by(frame, design("saltelli", points=4))
