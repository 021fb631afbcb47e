"""The model as a function: columns in, columns out, for SALib, the EMA Workbench and any other
tool.
"""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.errors import SimError
from sim.vocabulary import OUTCOMES


def test_a_row_a_design_row_and_run(short):
    table = sim.evaluate(
        short, {"linkage.cn": [0.0, 0.5, 1.0]}, runs=4, measures=["breakdown", "final_tariff.us"]
    )
    assert table.columns.tolist() == ["row", "linkage.cn", "run", "final_tariff.us", "breakdown"]
    assert table["row"].tolist() == np.repeat([0, 1, 2], 4).tolist()
    assert set(table["breakdown"]) <= {0.0, 1.0}


def test_it_is_what_a_run_gives(short):

    table = sim.evaluate(short, {"linkage.cn": [0.2, 0.8]}, runs=5, seed=7)
    run = sim.run(short.change({"linkage.cn": 0.8}), runs=5, seed=7, weeks="none").runs
    again = table[table["row"] == 1].drop(columns=["row", "linkage.cn"]).reset_index(drop=True)
    assert again.equals(run)


def test_outcomes_of_a_row_add_up(short):
    table = sim.evaluate(short, {"linkage.cn": [0.0, 1.0]}, runs=8, measures=OUTCOMES.names)
    assert (table[list(OUTCOMES)].sum(axis=1) == 1).all()


def test_samplers_may_give_whole_numbers_as_floats_and_categories_as_words(short):
    table = sim.evaluate(
        short, {"truce.length_weeks": [6.0, 13.0], "linkage.enforcement": ["issue", "all"]}, runs=2
    )
    assert table["truce.length_weeks"].tolist() == [6, 6, 13, 13]


BAD = {
    "half a week": {"truce.length_weeks": [6.0, 7.5, 9.0]},
    "not a number": {"linkage.cn": [0.1, float("nan")]},
    "infinite": {"linkage.cn": [0.1, float("inf")]},
    "out of bounds": {"linkage.cn": [0.1, 9.0]},
    "an unknown setting": {"linkage.china": [0.1]},
    "an unknown word": {"linkage.enforcement": ["al"]},
    "no column": {"linkage.cn": [[0.1]]},
    "no row": {"linkage.cn": []},
    "other lengths": {"linkage.cn": [0.1, 0.3], "linkage.us": [0.1, 0.2, 0.3]},
    "rows of other length": {"linkage.cn": [[0.1], [0.1, 0.2]]},
    "a missing value": {"linkage.cn": [0.1, None]},
    "a truth value among numbers": {"linkage.cn": [True, 0.5]},
    "a word among numbers": {"linkage.cn": [0.5, "0.7"]},
    "a number among words": {"linkage.enforcement": ["all", 1]},
    "a number for a flag": {"issues.us_tariff.snaps_back": [0, 1]},
    "no such day": {"calendar.start": ["2025-13-11"]},
    "no design": None,
    "an array": np.zeros((3, 2)),
}


@pytest.mark.parametrize("what", BAD)
def test_refused(short, what):
    with pytest.raises(SimError):
        sim.evaluate(short, BAD[what])


OPTIONS = [
    *({"runs": given} for given in (0, 2.5, True, "3", None, float("nan"))),
    *({"seed": given} for given in (1.5, "1", True, -1, None, 2**64, float("inf"), [1, 2])),
    *({"threads": given} for given in (-1, 1.5, "2", None, 10**6, float("nan"))),
    *({"measures": given} for given in (["breakdwn"], "breakdown")),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_bad_options_are_refused_by_name(short, options):
    with pytest.raises(SimError) as caught:
        sim.evaluate(short, {"linkage.cn": [0.1]}, **options)
    assert caught.value.key == next(iter(options))


@pytest.mark.parametrize("seed", [0, 2**64 - 1, np.uint64(7), 3.0])
def test_seeds_within_range_are_taken(short, seed):
    table = sim.evaluate(short, {"linkage.cn": [0.1]}, seed=seed)
    assert table.equals(sim.evaluate(short, {"linkage.cn": [0.1]}, seed=int(seed)))


def test_one_value_is_held_at_every_row(short):
    table = sim.evaluate(
        short,
        {"linkage.cn": [0.0, 0.5], "truce.length_weeks": 26, "linkage.enforcement": "all"},
        runs=2,
    )
    assert table["truce.length_weeks"].tolist() == [26] * 4
    assert table["linkage.enforcement"].tolist() == ["all"] * 4


CONTRADICTIONS = {
    "economy.us.floor_tariff": [0.1, 0.208, 1.5],
    "economy.cn.ceiling_tariff": [1.0, 1.2, 0.01],
    "outcomes.cn_tariff": [0.32, 0.5, 0.0],
    "issues.us_tariff.red_line": [1.0, 0.9, 0.1],
    "issues.us_tariff.lapse": [0.0, 0.0, 0.99],
    "issues.ai_chips.driver": ["ai_chips", "constant", "cn_tariff"],
    "issues.ai_chips.owner": ["us", "us", "cn"],
    "licensing.chips.approve_six_months": [0.2, 0.3, 0.9],
    "licensing.magnets.approve_shipment": [0.0, 0.01, 1.0],
    "licensing.chips.approve_general": [1.0, 0.9, 0.01],
    "outcomes.weeks_in_force": [5, 6, 500],
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_row_that_contradicts_itself_is_refused_by_its_number(short, name):
    values = CONTRADICTIONS[name]
    assert len(sim.evaluate(short, {name: values[:2]}, runs=2)) == 4
    with pytest.raises(SimError, match="in row 3") as caught:
        sim.evaluate(short, {name: values})
    with pytest.raises(SimError) as alone:
        sim.TruceModel(short, 1, **{name: values[2]})
    assert (caught.value.key, caught.value.given) == (alone.value.key, alone.value.given)


def test_two_settings_of_one_row_are_held_against_each_other(short):
    floors, ceilings = [0.2, 0.9, 0.2], [1.2, 1.0, 0.15]
    design = {
        "economy.us.floor_tariff": floors,
        "economy.us.ceiling_tariff": ceilings,
        "outcomes.us_tariff": 2.0,
    }
    with pytest.raises(SimError, match="in row 3"):
        sim.evaluate(short, design)
    assert (
        len(
            sim.evaluate(
                short,
                {name: np.ravel(v)[:2] if np.ndim(v) else v for name, v in design.items()},
                runs=2,
            )
        )
        == 4
    )


def test_a_row_has_several_runs_unless_asked(short):
    table = sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, measures=["breakdown"])
    assert table.groupby("row")["run"].nunique().tolist() == [20, 20]


def test_the_draws_of_one_run_for_all_rows_are_warned_of(short):
    with pytest.warns(UserWarning, match="the same single run"):
        sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, runs=1)
    sim.evaluate(short, {"linkage.cn": [0.5]}, runs=1)  # no other row to compare with
    sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, run_numbers=[[0], [1]])


def test_run_numbers_choose_the_runs(short):
    whole = sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, runs=6)
    some = sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, run_numbers=[4, 2])
    own = sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, run_numbers=np.asarray([[4, 2], [0, 5]]))
    assert own["run"].tolist() == [4, 2, 0, 5]
    for table in (some, own):
        both = table.merge(whole, on=["row", "run"])
        assert len(both) == 4 and (both["final_tariff.us_x"] == both["final_tariff.us_y"]).all()


@pytest.mark.parametrize(
    "given",
    [[], [1.5], [-1], [2**32], "12", [[1], [2], [3]], [[1], [2, 3]], 3, [True, False]],
    ids=str,
)
def test_run_numbers_that_will_not_do_are_refused(short, given):
    with pytest.raises(SimError) as caught:
        sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, run_numbers=given)
    assert caught.value.key == "run_numbers"


def test_salib_takes_it_as_its_model(short):
    from SALib import ProblemSpec

    names = ["truce.temperature", "economy.us.pass_through", "truce.extension_cost"]
    bounds = [[3.0, 12.0], [0.8, 1.0], [0.0, 40.0]]

    def model(samples: np.ndarray) -> np.ndarray:
        design = dict(zip(names, samples.T, strict=True))
        return (
            sim.evaluate(short, design, runs=8, measures=["extensions"])
            .groupby("row")["extensions"]
            .mean()
            .to_numpy(float)
        )

    problem = ProblemSpec({"names": names, "bounds": bounds})
    problem.sample_sobol(64, calc_second_order=False, seed=1).evaluate(model).analyze_sobol(
        calc_second_order=False, seed=1
    )
    total = problem.analysis["ST"]
    assert total.shape == (3,)
    assert np.isfinite(total).all()
    assert names[int(np.argmax(total))] == "truce.extension_cost"


def test_the_ema_workbench_takes_it_as_its_model(short):
    workbench = pytest.importorskip("ema_workbench")

    def function(linkage=0.0, cost=0.0):
        design = {"linkage.cn": [linkage], "truce.extension_cost": [cost]}
        table = sim.evaluate(
            short, design, runs=8, threads=1, measures=["breakdown", "truce_share"]
        )
        return {"breakdown": table["breakdown"].mean(), "truce_share": table["truce_share"].mean()}

    model = workbench.Model("truce", function=function)
    model.uncertainties = [workbench.RealParameter("linkage", 0.0, 1.0)]
    model.levers = [workbench.RealParameter("cost", 0.0, 40.0)]
    model.outcomes = [workbench.ScalarOutcome("breakdown"), workbench.ScalarOutcome("truce_share")]
    with workbench.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=6, policies=2)
    assert len(experiments) == 12
    assert outcomes["breakdown"].shape == (12,)
    first = experiments.iloc[0]
    again = function(first["linkage"], first["cost"])
    assert again["truce_share"] == outcomes["truce_share"][0]


def test_weekly_series_over_a_design_are_those_of_the_runs(short):
    table = sim.evaluate(short, {"linkage.cn": [0.0, 0.5]}, runs=2, weeks=["status", "tariff.us"])
    assert list(table.columns) == ["row", "linkage.cn", "run", "week", "status", "tariff.us"]
    for row, value in enumerate((0.0, 0.5)):
        usual = sim.run(short.change({"linkage.cn": value}), runs=2, weeks="all").weeks
        own = table[table["row"] == row].reset_index(drop=True)
        for name in ("run", "week", "tariff.us", "status"):
            assert own[name].tolist() == usual[name].tolist()


def test_weeks_of_rows_with_other_horizons_end_where_theirs_do(short):
    horizons = [30, 52]
    table = sim.evaluate(short, {"calendar.horizon_weeks": horizons}, runs=2, weeks=["tariff"])
    assert table.groupby("row")["week"].max().tolist() == horizons


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weeks": ["tarif.us"]}, "tariff.us"),
        ({"weeks": "tariff.us"}, r"weeks=\[\"tariff.us\"\]"),
        ({"weeks": ["tariff.us"], "measures": ["outcome"]}, "measures are of runs"),
    ],
)
def test_series_that_there_are_not_are_refused(short, options, said):
    with pytest.raises(SimError, match=said):
        sim.evaluate(short, {"linkage.cn": [0.0]}, runs=1, **options)
