"""Designs: the points are those of scipy and SALib whatever the stretches, values follow their
distributions, bad rows are refused.
"""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats import qmc

from sim.batch.read import build_sweep
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.sweeps.design import make_design, params_of, salib_problem
from sim.sweeps.sweep import prepare
from sim.vocabulary import SIDES

UNIT = {
    "linkage.cn": {"low": 0, "high": 1},
    "linkage.us": {"low": 0, "high": 1},
    "us.belief_alive": {"low": 0.1, "high": 0.9},
}
SINGLE = 1e-6


def design(**plain):
    scenario = Scenario()
    return prepare(build_sweep(plain, scenario), scenario)


def whole(made):
    return made.block(0, made.rows)[1]


def refused(**plain) -> SimError:
    with pytest.raises(SimError) as caught:
        design(**plain)
    return caught.value


def test_a_grid_runs_through_its_last_factor_first():
    columns = whole(design(factors={"linkage.cn": [0.0, 1.0], "truce.length_weeks": [6, 13, 26]}))
    assert columns["linkage.cn"].tolist() == [0, 0, 0, 1, 1, 1]
    assert columns["truce.length_weeks"].tolist() == [6, 13, 26] * 2


@pytest.mark.parametrize("stretch", [1, 7, 64, 256])
@pytest.mark.parametrize("kind", ["grid", "latin_hypercube", "sobol", "saltelli", "morris"])
def test_stretches_make_the_same_points_as_one_go(kind, stretch):
    values = [k / 15 for k in range(16)]
    parts = (
        {"factors": dict.fromkeys(("linkage.cn", "linkage.us"), values)}
        if kind == "grid"
        else {"factors": UNIT, "points": 64}
    )
    made = design(kind=kind, **parts)
    together = whole(made)
    parts = [made.block(start, start + stretch) for start in range(0, made.rows, stretch)]
    assert np.concatenate([points for points, _ in parts]).tolist() == list(range(made.rows))
    for name, column in together.items():
        np.testing.assert_array_equal(
            np.concatenate([columns[name] for _, columns in parts]), column
        )


def test_stretches_of_sobol_points_may_be_asked_for_in_any_order():
    made = design(kind="sobol", points=64, factors=UNIT)
    together = whole(made)["linkage.cn"]
    for start, stop in ((32, 48), (0, 16), (16, 32), (16, 32), (48, 64), (8, 24)):
        np.testing.assert_array_equal(
            made.block(start, stop)[1]["linkage.cn"], together[start:stop]
        )


def test_sobol_points_are_those_of_scipy():
    points = qmc.Sobol(3, scramble=True, rng=np.random.default_rng(5)).random(128)
    columns = whole(design(kind="sobol", points=128, design_seed=5, factors=UNIT))
    np.testing.assert_allclose(columns["linkage.cn"], points[:, 0], atol=SINGLE)
    np.testing.assert_allclose(columns["us.belief_alive"], 0.1 + 0.8 * points[:, 2], atol=SINGLE)


def test_another_design_seed_makes_other_points():
    one, two = (
        whole(design(kind="sobol", points=8, design_seed=seed, factors=UNIT)) for seed in (0, 1)
    )
    assert (one["linkage.cn"] != two["linkage.cn"]).all()


def test_a_latin_hypercube_has_one_point_in_each_stratum():
    for column in list(whole(design(kind="latin_hypercube", points=50, factors=UNIT)).values())[:2]:
        assert sorted(np.floor(column * 50).astype(int)) == list(range(50))


@pytest.mark.parametrize("second_order", [False, True])
def test_a_saltelli_design_is_salibs_matrix(second_order):
    from SALib.sample import sobol

    made = design(
        kind="saltelli", points=16, second_order=second_order, design_seed=3, factors=UNIT
    )
    matrix = sobol.sample(salib_problem(made.sweep), 16, calc_second_order=second_order, seed=3)
    assert made.rows == len(matrix) == made.sweep.rows
    np.testing.assert_allclose(
        np.column_stack(list(whole(made).values()))[:, :2], matrix[:, :2], atol=SINGLE
    )


def test_a_morris_trajectory_moves_one_factor_at_a_time():
    made = design(kind="morris", points=10, levels=4, factors=UNIT)
    rows = np.column_stack(list(whole(made).values())).reshape(10, 4, 3)
    moved = (np.diff(rows, axis=1) != 0).sum(axis=2)
    assert (moved == 1).all()
    assert made.rows == made.sweep.rows == 40


SHAPES = [
    ({"distribution": "uniform", "low": 0.2, "high": 0.6}, stats.uniform(0.2, 0.4)),
    ({"distribution": "loguniform", "low": 0.01, "high": 1.0}, stats.loguniform(0.01, 1.0)),
    (
        {"distribution": "normal", "mean": 0.3, "sd": 0.2, "low": 0.0, "high": 1.0},
        stats.truncnorm(-1.5, 3.5, 0.3, 0.2),
    ),
    ({"distribution": "triangular", "low": 0.0, "mode": 0.25, "high": 1.0}, stats.triang(0.25)),
]


@pytest.mark.parametrize(
    ("factor", "law"), SHAPES, ids=[shape[0]["distribution"] for shape in SHAPES]
)
def test_a_factor_follows_its_distribution(factor, law):
    drawn = np.sort(
        whole(design(kind="sobol", points=1024, factors={"linkage.cn": factor}))["linkage.cn"]
    )
    np.testing.assert_allclose(law.cdf(drawn), (np.arange(1024) + 0.5) / 1024, atol=1 / 1024)
    assert factor["low"] <= drawn.min() <= drawn.max() <= factor["high"]


def test_whole_numbers_are_drawn_alike_and_with_both_ends():
    drawn = whole(
        design(kind="sobol", points=1024, factors={"truce.length_weeks": {"low": 6, "high": 13}})
    )["truce.length_weeks"]
    assert drawn.dtype.kind == "i"
    assert np.unique(drawn, return_counts=True)[1].tolist() == [128] * 8


def test_categories_are_drawn_alike_and_reach_the_model_as_codes():
    kinds = ["time_dependent", "tit_for_tat", "micro", "hardliner"]
    made = design(
        kind="sobol", points=256, factors={"us.strategy.kind": {"choices": kinds}, **UNIT}
    )
    columns = whole(made)
    assert {kind: (columns["us.strategy.kind"] == kind).sum() for kind in kinds} == dict.fromkeys(
        kinds, 64
    )
    codes = params_of(Scenario(), columns, made.rows).values["sides"]["strategy"]["kind"][
        :, SIDES["us"].code
    ]
    assert codes.tolist() == [kinds.index(kind) for kind in columns["us.strategy.kind"]]


def test_drawn_values_survive_single_precision():
    for column in whole(design(kind="sobol", points=64, factors=UNIT)).values():
        np.testing.assert_array_equal(column.astype(np.float32).astype(np.float64), column)


def test_linked_factors_copy_their_origin():
    made = design(
        kind="sobol",
        points=16,
        factors={"linkage.cn": {"low": 0, "high": 1}, "linkage.us": {"same_as": "linkage.cn"}},
    )
    columns = whole(made)
    np.testing.assert_array_equal(columns["linkage.us"], columns["linkage.cn"])
    assert made.names == ("linkage.cn", "linkage.us")


def test_constraints_leave_out_rows_and_keep_the_numbers_of_the_others():
    made = design(
        kind="sobol",
        points=64,
        factors=UNIT,
        constraints=["linkage.us <= linkage.cn", "us.belief_alive < 0.5"],
    )
    points, columns = made.block(0, 64)
    assert 0 < len(points) < 64
    assert (columns["linkage.us"] <= columns["linkage.cn"]).all()
    assert (columns["us.belief_alive"] < 0.5).all()
    free = whole(design(kind="sobol", points=64, factors=UNIT))
    np.testing.assert_array_equal(columns["linkage.cn"], free["linkage.cn"][points])


def test_a_constraint_may_name_a_setting_that_stays():
    made = design(
        factors={"truce.window_weeks": [0, 2, 20]},
        constraints=["truce.window_weeks < truce.length_weeks"],
    )
    assert whole(made)["truce.window_weeks"].tolist() == [0, 2]


@pytest.mark.parametrize("points", [16, 4096])
def test_constraints_that_leave_nothing_are_refused(points):
    assert (
        "no row"
        in refused(
            kind="sobol", points=points, factors=UNIT, constraints=["linkage.cn > 1.5"]
        ).problem
    )


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
def test_designs_that_need_every_row_take_no_constraints(kind):
    assert (
        "every row"
        in refused(kind=kind, points=16, factors=UNIT, constraints=["linkage.cn > 0.5"]).problem
    )


@pytest.mark.parametrize("points", [16, 4096])
def test_a_whole_number_cannot_follow_a_continuous_setting(points):
    factors = {
        "truce.extension_cost": {"low": 1, "high": 9},
        "truce.length_weeks": {"same_as": "truce.extension_cost"},
    }
    assert "whole number" in refused(kind="sobol", points=points, factors=factors).problem


CLASH = {
    "economy.us.floor_tariff": {"low": 0.1, "high": 0.4},
    "economy.us.ceiling_tariff": {"low": 0.15, "high": 0.6},
}


@pytest.mark.parametrize("points", [16, 4096])
def test_a_row_that_contradicts_itself_is_named(points):
    error = refused(kind="sobol", points=points, factors=CLASH)
    assert error.key == "economy.us.floor_tariff"
    assert "economy.us.ceiling_tariff=" in error.cure
    design(
        kind="sobol",
        points=points,
        factors=CLASH,
        constraints=["economy.us.floor_tariff < economy.us.ceiling_tariff"],
    )


@pytest.mark.parametrize("rows", [10, 3_000, 70_000])
def test_no_row_of_a_long_list_goes_unchecked(tmp_path, rows):
    frame = pd.DataFrame({"economy.us.floor_tariff": np.full(rows, 0.2)})
    frame.loc[rows - 2] = 1.5
    frame.to_parquet(tmp_path / "rows.parquet")
    error = refused(kind="list", runs=1, file=str(tmp_path / "rows.parquet"))
    assert (error.key, error.given) == ("economy.us.floor_tariff", 1.5)
    assert f"point {rows - 2}" in error.problem


def test_a_choice_in_the_middle_of_a_large_grid_is_checked():
    drivers = {"issues.ai_chips.driver": ["ai_chips", "us_tariff", "constant"]}
    levers = {name: {"low": 0, "high": 1, "points": 50} for name in ("linkage.cn", "linkage.us")}
    error = refused(kind="grid", runs=1, factors=levers | drivers)
    assert (error.key, error.given) == ("issues.ai_chips.driver", "us_tariff")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_list_keeps_the_rows_of_its_file(tmp_path, suffix):
    frame = pd.DataFrame(
        {
            "linkage.cn": [0.1, 0.7],
            "truce.length_weeks": [6, 26],
            "linkage.enforcement": ["all", "issue"],
        }
    )
    path = tmp_path / f"rows.{suffix}"
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    columns = whole(design(kind="list", file=str(path)))
    assert {name: column.tolist() for name, column in columns.items()} == frame.to_dict("list")


BAD_LISTS = {
    "linkage.cn\n0.5\nNaN\n": "row 3, column A",
    "linkage.cn\n0.5\n7\n": "row 3, column A",
    "linkage.con\n0.5\n": "linkage.con",
    "linkage.cn\n": "",
    "": "",
    "truce.length_weeks\n6.5\n": "row 2, column A",
    "linkage.cn,linkage.cn\n0,1\n": "A and B",
    "linkage.enforcement\n=cmd()\n": "row 2, column A",
}


@pytest.mark.parametrize("text", BAD_LISTS, ids=repr)
def test_a_bad_list_is_refused_with_its_row(tmp_path, text):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    assert BAD_LISTS[text] in str(refused(kind="list", file=str(path)))


def test_a_list_that_is_not_there_or_not_a_table_is_refused(tmp_path):
    assert "no such file" in refused(kind="list", file=str(tmp_path / "none.csv")).problem
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 nothing")
    assert "table" in refused(kind="list", file=str(tmp_path / "broken.parquet")).problem


def test_a_measure_that_no_run_has_is_refused():
    assert (
        refused(factors={"linkage.cn": [0, 1]}, measures=["final_tarif.us"]).suggestion
        == "final_tariff.us"
    )


def test_parameters_take_the_values_of_their_rows():
    made = make_design(
        build_sweep({"factors": {"truce.length_weeks": [6, 13]}}, Scenario()), Scenario()
    )
    assert params_of(Scenario(), whole(made), 2).values["truce"]["length_weeks"].tolist() == [6, 13]


def test_a_recorded_sweep_may_hold_a_setting_that_its_kind_does_not_read(short):
    plain = {"kind": "grid", "points": 64, "factors": {"linkage.cn": [0.0, 1.0]}}
    with pytest.raises(SimError, match="does not use it"):
        build_sweep(plain, short)
    assert build_sweep(plain, short, recorded=True).points == 64


def test_a_drawn_point_that_is_refused_is_shown_to_six_digits():
    bounds = {"economy.us.floor_tariff": (0.1, 1.2), "economy.us.ceiling_tariff": (0.5, 1.3)}
    factors = {name: {"low": low, "high": high} for name, (low, high) in bounds.items()}
    error = refused(kind="saltelli", points=8, factors=factors)
    assert "point" in error.message and not re.search(r"\.\d{7,}", error.message)


@pytest.mark.parametrize("kind", ["saltelli", "morris"])
def test_without_salib_its_designs_name_the_extra_and_others_are_drawn(kind, monkeypatch) -> None:
    for name in ("SALib", "SALib.sample", "SALib.sample.sobol", "SALib.sample.morris"):
        monkeypatch.setitem(sys.modules, name, None)
    assert refused(kind=kind, factors=UNIT, points=4).cure == 'pip install "tariffsim[salib]"'
    assert design(kind="sobol", factors=UNIT, points=4).rows == 4
