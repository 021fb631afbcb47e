"""Designs as SALib and the EMA Workbench write them are the sweeps that they describe."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest

import sim
from sim.batch.read import build_sweep, sweep_to_plain
from sim.batch.sweep import Factor
from sim.config.scenario import Scenario
from sim.sweeps.named import load_sweep

LONDON = Scenario()
NAMES = ["linkage.cn", "truce.length_weeks", "truce.extension_cost"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[0, 1], [6.0, 26.0], [0.1, 20.0]]}


def factors(plain: dict) -> dict[str, Factor]:
    return dict(build_sweep({"name": "mine", **plain}, LONDON).factors)


def test_a_problem_is_the_sweep_of_its_bounds(tmp_path) -> None:
    wanted = factors(
        {
            "kind": "saltelli",
            "factors": {
                "linkage.cn": {"low": 0, "high": 1},
                "truce.length_weeks": {"low": 6, "high": 26},
                "truce.extension_cost": {"low": 0.1, "high": 20.0},
            },
        }
    )
    assert factors(PROBLEM) == factors({"problem": PROBLEM}) == wanted
    assert factors({**PROBLEM, "dists": ["unif"] * 3, "groups": NAMES, "outputs": ["Y"]}) == wanted
    for name, text in (
        ("p.json", json.dumps(PROBLEM)),
        ("p.yaml", f"problem: {json.dumps(PROBLEM)}\nkind: sobol\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        sweep, _ = load_sweep(tmp_path / name)
        assert dict(sweep.factors) == wanted
        assert sweep.kind == ("saltelli" if name == "p.json" else "sobol")


@pytest.mark.parametrize(
    ("dist", "bounds", "wanted"),
    [
        ("unif", [0.1, 0.9], {"low": 0.1, "high": 0.9}),
        ("logunif", [0.1, 0.9], {"distribution": "loguniform", "low": 0.1, "high": 0.9}),
        ("norm", [0.5, 0.1], {"distribution": "normal", "mean": 0.5, "sd": 0.1}),
        (
            "truncnorm",
            [0.1, 0.9, 0.5, 0.2],
            {"distribution": "normal", "low": 0.1, "high": 0.9, "mean": 0.5, "sd": 0.2},
        ),
        (
            "triang",
            [0.2, 0.6, 0.5],
            {"distribution": "triangular", "low": 0.2, "mode": 0.4, "high": 0.6},
        ),
        ("triang", [0.8, 0.25], {"distribution": "triangular", "low": 0, "mode": 0.2, "high": 0.8}),
    ],
)
def test_a_distribution_is_drawn_as_salib_draws_it(dist, bounds, wanted) -> None:
    problem = {"names": ["linkage.cn"], "bounds": [bounds], "dists": [dist]}
    own = {"kind": "saltelli", "factors": {"linkage.cn": wanted}}
    assert factors(problem)["linkage.cn"] == pytest.approx(factors(own)["linkage.cn"])


def test_a_triangle_lies_where_salibs_does() -> None:
    """Held against SALib itself, whose peak is a share of the width."""
    import numpy as np
    from SALib.util import scale_samples

    problem = {"names": ["linkage.cn"], "bounds": [[0.2, 0.6, 0.25]], "dists": ["triang"]}
    # the share of a triangle below its peak is the place of the peak in its width
    peak = scale_samples(np.array([[0.25]]), {**problem, "num_vars": 1})[0, 0]
    assert factors(problem)["linkage.cn"].mode == pytest.approx(peak)


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_what_ema_writes_is_read(tmp_path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import BooleanParameter, IntegerParameter, RealParameter
        from ema_workbench.em_framework.parameters import parameters_to_csv
    parameters = [
        RealParameter("linkage.cn", 0.1, 0.9),
        IntegerParameter("truce.length_weeks", 6, 26),
        BooleanParameter("truce.in_force"),
    ]
    parameters_to_csv(parameters, tmp_path / "ema.csv")
    sweep, _ = load_sweep(tmp_path / "ema.csv")
    wanted = {
        "linkage.cn": Factor("linkage.cn", distribution="uniform", low=0.1, high=0.9),
        "truce.length_weeks": Factor("truce.length_weeks", distribution="integers", low=6, high=26),
        "truce.in_force": Factor("truce.in_force", (False, True)),
    }
    assert (sweep.kind, sweep.name) == ("latin_hypercube", "ema")
    assert dict(sweep.factors) == wanted
    assert factors({"uncertainties": parameters[:2], "levers": parameters[2:]}) == wanted
    table = pd.read_csv(tmp_path / "ema.csv").to_dict("list")
    assert factors({"uncertainties": table}) == wanted


@pytest.mark.parametrize(
    "plain",
    [
        {
            "uncertainties": {"linkage.cn": [0, 1]},
            "levers": {"us.strategy.kind": ["micro", "hardliner"]},
        },
        {
            "uncertainties": [{"name": "linkage.cn", "lower_bound": 0, "upper_bound": 1}],
            "levers": [{"name": "us.strategy.kind", "categories": ["micro", "hardliner"]}],
        },
        {
            "levers": {
                "NAME": ["linkage.cn", "us.strategy.kind"],
                "TYPE": ["real", "cat"],
                "0": [0, "micro"],
                "1": [1, "hardliner"],
            }
        },
    ],
)
def test_uncertainties_and_levers_as_a_mapping(plain) -> None:
    assert factors(plain) == {
        "linkage.cn": Factor("linkage.cn", distribution="uniform", low=0.0, high=1.0),
        "us.strategy.kind": Factor("us.strategy.kind", ("micro", "hardliner")),
    }


def test_a_table_of_points_is_a_sweep_file_with_emas_labels(tmp_path) -> None:
    points = pd.DataFrame(
        {
            "linkage.cn": [0.1, 0.9],
            "scenario": [0, 1],
            "policy": ["as it is", "as it is"],
            "model": ["truce", "truce"],
        }
    )
    points.to_csv(tmp_path / "experiments.csv", index=False)
    results = sim.sweep(str(tmp_path / "experiments.csv"), out=tmp_path / "o", threads=1)
    assert results.labels.columns.tolist() == ["scenario", "policy", "model"]
    assert sorted(results.runs["linkage.cn"].unique()) == [0.1, 0.9]


def test_what_was_read_is_recorded_as_ours() -> None:
    sweep = build_sweep({"name": "mine", "points": 8, **PROBLEM}, LONDON)
    assert build_sweep(sweep_to_plain(sweep), LONDON) == sweep


REFUSED = {
    "groups": ({**PROBLEM, "groups": ["a", "a", "b"]}, "same_as"),
    "lengths": ({**PROBLEM, "num_vars": 2}, "different lengths"),
    "a distribution": ({**PROBLEM, "dists": ["unif", "unif", "lognorm"]}, "kind: list"),
    "bounds of another": ({**PROBLEM, "dists": ["unif", "unif", "truncnorm"]}, "low"),
    "an unknown name": ({**PROBLEM, "names": [*NAMES[:2], "x3"]}, "no such factor"),
    "a name twice": ({**PROBLEM, "names": [*NAMES[:2], NAMES[0]]}, "given twice"),
    "half a week": ({**PROBLEM, "bounds": [[0, 1], [6.5, 26], [0, 1]]}, "truce.length_weeks"),
    "a choice": ({"names": ["us.strategy.kind"], "bounds": [[0, 4]]}, "has no words"),
    "factors beside it": ({**PROBLEM, "factors": {"linkage.us": [0, 1]}}, "given twice"),
    "no bounds": ({"problem": {"names": NAMES}}, "problem.bounds"),
    "no problem": ({"problem": 3}, "not a SALib problem"),
    "places": ({"levers": {"us.strategy.kind": [0, 1]}}, "write its words"),
    "one bound": ({"uncertainties": {"linkage.cn": 0.5}}, "not bounds"),
    "a text": ({"uncertainties": "linkage.cn"}, "not parameters"),
    "an object": ({"uncertainties": [3]}, "not a parameter"),
    "twice": ({"uncertainties": {"linkage.cn": [0, 1]}, "levers": {"linkage.cn": [0, 1]}}, "twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_counterpart_is_refused(name) -> None:
    plain, words = REFUSED[name]
    with pytest.raises(sim.SimError, match=words):
        build_sweep({"name": "mine", **plain}, LONDON)


PLACED = {
    "bounds of three": ("p.yaml", "names: [linkage.cn]\nbounds: [[0, 1, 2]]\n", "p.yaml:2"),
    "a name too few": ("p.yaml", "problem:\n  names: [linkage.cn]\n  bounds: []\n", "p.yaml:3"),
    "no such name": ("p.yaml", "names: [linkage.c]\nbounds: [[0, 1]]\n", "p.yaml:1"),
    "another distribution": ("p.json", json.dumps({**PROBLEM, "dists": ["beta"] * 3}), "p.json:1"),
    "beyond bounds": ("e.yaml", "levers:\n  truce.length_weeks: [6, 2600]\n", "e.yaml:2"),
    "the wrong way round": ("e.csv", "name,0,1\nlinkage.us,0,1\nlinkage.cn,1,0\n", "row 3"),
    "no number": ("e.csv", "name,0,1\nlinkage.us,0,1\nlinkage.cn,0,some\n", "row 3"),
    "no such parameter": ("e.csv", "name,0,1\nlinkage.usa,0,1\n", "row 2"),
    "twice": ("e.csv", "name,0,1\nlinkage.us,0,1\nlinkage.us,0,1\n", "e.csv"),
}


@pytest.mark.parametrize("name", PLACED)
def test_what_others_wrote_is_refused_with_its_file_its_place_and_a_cure(name, tmp_path) -> None:
    file, text, place = PLACED[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(sim.SimError) as found:
        load_sweep(tmp_path / file)
    error = found.value
    assert str(tmp_path / file) in error.message and place in error.message
    assert error.cure or error.suggestion or error.allowed
