"""Designs: what they hold, how large they are, and what they refuse is refused in
test_bad_input.py.
"""

from __future__ import annotations

import pytest

from sim.batch.read import build_sweep
from sim.batch.sweep import Constraint, Factor, Sweep
from sim.config.errors import SimError
from sim.config.scenario import Scenario

GRID = {
    "kind": "grid",
    "factors": {"linkage.cn": {"values": [0, 1]}, "truce.length_weeks": [6, 13, 26]},
}


def _sweep(**changes):
    return build_sweep({**GRID, **changes}, Scenario())


def test_a_grid_has_every_combination():
    sweep = _sweep()
    assert sweep.rows == 6
    assert sweep.factors["linkage.cn"].values == (0.0, 1.0)
    assert sweep.factors["truce.length_weeks"].values == (6, 13, 26)


def test_the_axes_keep_their_order():
    assert list(_sweep().factors) == ["linkage.cn", "truce.length_weeks"]


def test_evenly_spaced_points_of_a_grid_include_both_ends():
    sweep = _sweep(factors={"linkage.cn": {"low": 0, "high": 1, "points": 5}})
    assert sweep.factors["linkage.cn"].values == (0.0, 0.25, 0.5, 0.75, 1.0)


def test_evenly_spaced_weeks_are_whole_and_distinct():
    sweep = _sweep(factors={"truce.length_weeks": {"low": 4, "high": 6, "points": 9}})
    assert sweep.factors["truce.length_weeks"].values == (4, 5, 6)


def test_logarithmic_points_stay_within_the_range():
    sweep = _sweep(
        factors={
            "truce.temperature": {"low": 0.1, "high": 10, "points": 3, "distribution": "loguniform"}
        }
    )
    assert sweep.factors["truce.temperature"].values == pytest.approx((0.1, 1.0, 10.0))


RANGE = {
    "linkage.cn": {"low": 0, "high": 1},
    "us.strategy.kind": {"choices": ["micro", "hardliner"]},
}


@pytest.mark.parametrize(
    ("kind", "rows"),
    [("latin_hypercube", 16), ("sobol", 16), ("saltelli", 64), ("morris", 48)],
    ids=lambda value: str(value),
)
def test_designs_know_their_size(kind, rows):
    assert _sweep(kind=kind, points=16, factors=RANGE).rows == rows


def test_second_order_indices_need_more_rows():
    assert _sweep(kind="saltelli", points=16, second_order=True, factors=RANGE).rows == 96


def test_a_linked_factor_adds_no_dimension():
    factors = {**RANGE, "linkage.us": {"same_as": "linkage.cn"}}
    assert _sweep(kind="saltelli", points=16, factors=factors).rows == 64


@pytest.mark.parametrize(
    "plain",
    [
        {"distribution": "normal", "mean": 0.5, "sd": 0.1},
        {"distribution": "normal", "mean": 0.5, "sd": 0.1, "low": 0, "high": 1},
        {"distribution": "triangular", "low": 0, "mode": 0.2, "high": 1},
        {"distribution": "loguniform", "low": 0.01, "high": 1},
        {"distribution": "uniform", "low": 0, "high": 1},
    ],
    ids=lambda plain: plain["distribution"],
)
def test_each_distribution_is_read(plain):
    factor = _sweep(kind="latin_hypercube", factors={"linkage.cn": plain}).factors["linkage.cn"]
    assert factor.distribution == plain["distribution"]
    assert factor.low is not None and factor.high is not None


def test_whole_numbers_are_drawn_as_whole_numbers():
    factor = _sweep(kind="sobol", factors={"truce.length_weeks": {"low": 4, "high": 26}}).factors[
        "truce.length_weeks"
    ]
    assert factor.distribution == "integers"


def test_a_constraint_compares_settings_and_numbers():
    sweep = _sweep(constraints=["truce.window_weeks <= truce.length_weeks", "linkage.cn < 0.9"])
    assert sweep.constraints[1] == Constraint("linkage.cn", "<", 0.9)
    row = {"truce.window_weeks": 2, "truce.length_weeks": 1, "linkage.cn": 0.5}
    assert [constraint.holds(row) for constraint in sweep.constraints] == [False, True]


def test_a_list_leaves_its_size_to_its_file():
    sweep = build_sweep({"kind": "list", "file": "rows.parquet"}, Scenario())
    assert sweep.rows is None


def test_factors_follow_the_issues_of_the_scenario_at_hand():
    with pytest.raises(SimError, match="no such factor"):
        build_sweep({"factors": {"issues.soy.benefit": [1, 2]}}, Scenario())


def test_equal_plain_data_make_equal_sweeps():
    assert _sweep(kind="sobol", points=16, factors=RANGE) == _sweep(
        kind="sobol", points=16, factors=RANGE
    )


def test_a_focus_may_be_one_word_or_two_and_is_plain_data_again():
    from sim.batch.read import sweep_to_plain

    assert _sweep(focus="breakthrough").focus == ("breakthrough",)
    both = _sweep(
        focus=["leverage.us", "leverage.cn"], contrast="linkage.cn", scenario="breakthrough"
    )
    assert build_sweep(sweep_to_plain(both), Scenario()) == both


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"focus": ["breakthrough", "breakdown", "narrow_deal"]}, "sweep.focus"),
        ({"focus": {"breakthrough": 1}}, "sweep.focus"),
        ({"focus": "breakthrough", "contrast": "linkage.tracks"}, "sweep.contrast"),
        ({"contrast": "linkage.cn"}, "sweep.contrast"),
    ],
)
def test_a_target_that_will_not_do_is_refused(changes, key):
    with pytest.raises(SimError) as refused:
        _sweep(**changes)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["sweep.focus=brekthrough"], "sweep.focus"),
        (["sweep.scenario=genva"], "sweep.scenario"),
        (["sweep.contrast=x"], "sweep.contrast"),
    ],
)
def test_a_target_on_the_command_line_is_checked(words, key):
    from sim.jobs import compose_job
    from sim.sweeps.sweep import prepare

    def composed():
        job = compose_job("sweep", words)
        return prepare(job.sweep, job.scenario)

    with pytest.raises(SimError) as refused:
        composed()
    assert refused.value.key == key


def test_a_factor_in_python_needs_no_distribution() -> None:
    factors = {
        "linkage.cn": Factor("linkage.cn", low=0.0, high=1.0),
        "truce.length_weeks": Factor("truce.length_weeks", low=6, high=39),
    }
    read = build_sweep(Sweep(kind="sobol", points=4, factors=factors), Scenario()).factors
    assert [factor.distribution for factor in read.values()] == ["uniform", "integers"]
