"""The model as a function: columns in, columns out, for SALib, the EMA Workbench and any other tool."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.config.errors import SimError
from sim.rules.measures import OUTCOMES


def test_a_row_a_design_row_and_run(short):
    table = sim.evaluate(short, {"linkage.cn": [0.0, 0.5, 1.0]}, runs=4, measures=["breakdown", "final_tariff.us"])
    assert table.columns.tolist() == ["row", "linkage.cn", "run", "final_tariff.us", "breakdown"]
    assert table["row"].tolist() == np.repeat([0, 1, 2], 4).tolist()
    assert set(table["breakdown"]) <= {0.0, 1.0}


def test_it_is_what_a_run_gives(short):
    from sim.config.validate import with_values

    table = sim.evaluate(short, {"linkage.cn": [0.2, 0.8]}, runs=5, seed=7)
    run = sim.run(with_values(short, {"linkage.cn": 0.8}), runs=5, seed=7, weeks="none").runs
    again = table[table["row"] == 1].drop(columns=["row", "linkage.cn"]).reset_index(drop=True)
    assert again.equals(run)


def test_outcomes_of_a_row_add_up(short):
    table = sim.evaluate(short, {"linkage.cn": [0.0, 1.0]}, runs=8, measures=OUTCOMES)
    assert (table[list(OUTCOMES)].sum(axis=1) == 1).all()


def test_samplers_may_give_whole_numbers_as_floats_and_categories_as_words(short):
    table = sim.evaluate(short, {"truce.length_weeks": [6.0, 13.0], "linkage.enforcement": ["issue", "all"]})
    assert table["truce.length_weeks"].tolist() == [6, 13]


BAD = {
    "half a week": {"truce.length_weeks": [6.0, 7.5, 9.0]},
    "not a number": {"linkage.cn": [0.1, float("nan")]},
    "infinite": {"linkage.cn": [0.1, float("inf")]},
    "out of bounds": {"linkage.cn": [0.1, 9.0]},
    "an unknown setting": {"linkage.china": [0.1]},
    "an unknown word": {"linkage.enforcement": ["al"]},
    "no column": {"linkage.cn": [[0.1]]},
    "no row": {"linkage.cn": []},
    "other lengths": {"linkage.cn": [0.1], "linkage.us": [0.1, 0.2]},
}


@pytest.mark.parametrize("what", BAD)
def test_refused(short, what):
    with pytest.raises(SimError):
        sim.evaluate(short, BAD[what])


@pytest.mark.parametrize("options", [{"runs": 0}, {"runs": 2.5}, {"runs": True}, {"measures": ["breakdwn"]}], ids=str)
def test_bad_options_are_refused(short, options):
    with pytest.raises(SimError):
        sim.evaluate(short, {"linkage.cn": [0.1]}, **options)


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
        table = sim.evaluate(short, design, runs=8, threads=1, measures=["breakdown", "truce_share"])
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
