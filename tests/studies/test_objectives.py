"""The objective gives what runs give, and the optimisers that are there drive it as they are."""

from __future__ import annotations

import logging
import pickle
import warnings

import numpy as np
import pytest

import sim
from sim.config.errors import SimError
from sim.studies.movable import movable_levers
from sim.studies.objectives import Objective

MIXED = {"resolve.trade": None, "us.strategy.kind": None, "truce.length_weeks": (8, 26)}
PLACE = 1e-3


def problem(**more) -> Objective:
    return sim.objective(
        "london",
        ["extension_cost"],
        "narrow_deal",
        caps={"breakdown": 0.3},
        runs=40,
        threads=1,
        **more,
    )


def mixed(**more) -> Objective:
    return sim.objective(
        "london", MIXED, "narrow_deal", caps={"breakdown": 0.9}, runs=10, threads=1, **more
    )


def test_a_point_is_worth_what_runs_of_its_scenario_give() -> None:
    x = np.asarray([20.0, 2.0, 20.0])
    own = mixed()
    scenario = sim.load().change(own.settings(x))
    assert scenario.us.strategy.kind == "micro" and scenario.truce.length_weeks == 20
    runs = sim.run(scenario, runs=10, weeks="none").runs
    assert own.values(x)[0] == (runs["outcome"] == "narrow_deal").mean()
    assert own(x) == -own.values(x)[0]
    assert own.excess(x)[0] == pytest.approx((runs["outcome"] == "breakdown").mean() - 0.9)


def test_means_and_shares_of_many_points_are_those_of_each() -> None:
    own = sim.objective(
        None, ["extension_cost"], minimise="payoff.us", runs=20, caps={"breakdown": 1.0}
    )
    x = np.asarray([[0.1, 0.4, 0.6]])
    found = own(x)
    assert found.shape == (2, 3) and own.excess(x).shape == (1, 3)
    for k in range(3):
        assert own(x[:, k]).tolist() == found[:, k].tolist()
    scenario = sim.load().change(own.settings(x[:, 1]))
    payoff = sim.run(scenario, runs=20, weeks="none").runs["payoff.us"].mean()
    assert own.measures == ("breakthrough", "payoff.us")
    assert found[1, 1] == pytest.approx(payoff) and found[0, 1] <= 0.0


def test_a_point_that_breaks_a_rule_is_worst_and_exceeds_its_caps() -> None:
    own = sim.objective(
        None, {"calendar.horizon_weeks": (20, 104)}, runs=4, caps={"breakdown": 0.5}
    )
    found = own(np.asarray([[20.0, 104.0]]))
    assert found[0] == np.inf and np.isfinite(found[1])
    assert own.excess(np.asarray([20.0])) > 0.0


def test_the_same_point_is_computed_once(monkeypatch) -> None:
    own = problem()
    first = own([0.5])
    monkeypatch.setattr(own.draws, "outs", lambda _: pytest.fail("computed twice"))
    assert own([0.5]) == first and own.excess([0.5]) <= 0.0


def test_fresh_draws_are_others_and_run_numbers_begin_anew() -> None:
    own, other = problem(), problem().fresh(runs=80)
    assert other.draws.runs == 80 and other.draws.seed != own.draws.seed
    assert own.draws.runs == 40 and own([0.6]) != other([0.6])


def test_over_the_settings_runs_stand_at_points_of_what_no_lever_moves() -> None:
    own = sim.objective(None, ["foresight"], over="settings", runs=16)
    assert len(own.draws.over) > 100 and "us.foresight" not in own.draws.over
    at = 3
    change = {path: values[at].item() for path, values in own.draws.over.items()} | own.settings(
        np.asarray([0.5])
    )
    outs = own.draws.outs([own.settings(np.asarray([0.5]))])
    alone = sim.run(sim.load().change(change), runs=16, weeks="none").runs
    assert outs["payoff"][0, at].tolist() == [alone[f"payoff.{side}"][at] for side in ("us", "cn")]


def test_levers_are_offered_with_names_ranges_and_categories() -> None:
    own = mixed()
    assert own.names == ["both.resolve.trade", "us.strategy.kind", "truce.length_weeks"]
    assert own.integrality.sum() == 2
    again = sim.objective("london", own.names[:2], runs=2)
    assert again.names == own.names[:2]
    by_name = {lever.name: lever for lever in own.levers}
    assert by_name["us.strategy.kind"].values[2] == "micro"
    assert (by_name["truce.length_weeks"].low, by_name["truce.length_weeks"].high) == (8, 26)


def test_differential_evolution_drives_it_in_whole_populations() -> None:
    from scipy.optimize import differential_evolution

    own = mixed()
    found = differential_evolution(
        own, own.bounds, integrality=own.integrality, constraints=own.constraints,
        vectorized=True, updating="deferred", maxiter=3, popsize=4, rng=1, polish=False,
    )  # fmt: skip
    assert found.fun == own(found.x) and (own.excess(found.x) <= 0.0).all()
    assert -found.fun > own.values(own.start)[0]


def test_minimize_drives_it() -> None:
    from scipy.optimize import minimize

    own = problem()
    found = minimize(
        own, own.start, bounds=own.bounds, constraints=own.constraints,
        method="COBYQA", options={"initial_tr_radius": 4.0, "maxfev": 12},
    )  # fmt: skip
    assert found.fun < own(own.start)


def test_optuna_drives_it_by_trial_and_by_batch() -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    own = mixed()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own: constraints are experimental
        sampler = optuna.samplers.TPESampler(
            seed=1, n_startup_trials=4, constraints_func=own.trial_excess
        )
    study = optuna.create_study(directions=own.directions, sampler=sampler)
    study.optimize(own.trial, n_trials=6)
    assert study.best_value == max(trial.value for trial in study.trials)
    assert (
        study.best_params["us.strategy.kind"]
        in own.levers[own.names.index("us.strategy.kind")].values
    )
    asked = [study.ask() for _ in range(3)]
    for trial, value in zip(
        asked, own(np.column_stack([own.suggest(trial) for trial in asked])), strict=True
    ):
        trial.set_user_attr("excess", [-1.0])
        study.tell(trial, -value)
    assert len(study.trials) == 9


def test_pymoo_drives_it_with_coordinates_and_with_names() -> None:
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.mixed import MixedVariableGA
    from pymoo.optimize import minimize

    own = sim.objective(
        "london", MIXED, minimise="payoff.us", caps={"breakdown": 0.9}, runs=8, threads=1
    )
    found = minimize(own.pymoo(), NSGA2(pop_size=8), ("n_gen", 2), seed=1)
    assert found.F.shape[1] == 2
    np.testing.assert_array_equal(found.F[0], own(found.X[0]))
    one = mixed()
    best = minimize(one.pymoo(mixed=True), MixedVariableGA(pop_size=6), ("n_gen", 2), seed=1)
    assert best.X["us.strategy.kind"] in one.levers[one.names.index("us.strategy.kind")].values
    assert -best.F[0] >= one.values(one.start)[0]


def test_the_ema_workbench_optimises_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        from ema_workbench import SequentialEvaluator
        from ema_workbench.em_framework.optimization import EpsNSGAII

        logging.getLogger("EMA").setLevel(logging.ERROR)
        own = mixed()
        model, constraints = own.ema()
        with SequentialEvaluator(model) as evaluator:
            found = evaluator.optimize(
                EpsNSGAII, nfe=8, searchover="levers", epsilons=[0.05],
                constraints=constraints, population_size=4,
            )  # fmt: skip
    table = found[0] if isinstance(found, tuple) else found
    best = table.iloc[0]
    given = [best[lever.name.replace(".", "__")] for lever in own.levers]
    x = [
        lever.values.index(value.value) if lever.values else value
        for lever, value in zip(own.levers, given, strict=True)
    ]
    assert best["narrow_deal"] == own.values(np.asarray(x, float))[0]


@pytest.mark.parametrize("form", ["pymoo", "ema"])
def test_a_library_that_is_missing_is_named_with_the_cure(form, monkeypatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("sim.studies.optimisers.import_module", missing)
    with pytest.raises(SimError, match="is not installed") as caught:
        getattr(problem(), form)()
    assert "pip install" in (caught.value.cure or "")


def test_it_can_be_sent_to_another_process() -> None:
    own = mixed()
    again = pickle.loads(pickle.dumps(own))
    assert again(own.start) == own(own.start)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"levers": ["us.firmness"]}, "levers"),
        ({"levers": ["truce.length_weeks"]}, "levers"),
        ({"levers": []}, "levers"),
        ({"levers": {"linkage.cn": (1, 0)}}, "levers.linkage.cn"),
        ({"levers": {"linkage.cn": (0, 9)}}, "levers.linkage.cn"),
        ({"levers": {"linkage.cn": "all"}}, "levers.linkage.cn"),
        ({"levers": {"linkage.tracks": (0, 1)}}, "levers.linkage.tracks"),
        ({"measures": "peace"}, "measures"),
        ({"measures": ()}, "measures"),
        ({"measures": "outcome"}, "measures"),
        ({"caps": {"breakdwon": 0.1}}, "measures"),
        ({"caps": {"breakdown": "little"}}, "caps.breakdown"),
        ({"over": "everything"}, "over"),
        ({"runs": 0}, "runs"),
        ({"scenario": "nowhere"}, "scenario"),
    ],
    ids=str,
)
def test_what_is_no_objective_is_refused_by_name(given, key) -> None:
    with pytest.raises(SimError) as caught:
        sim.objective(**{"runs": 2, **given})
    assert caught.value.key == key


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(SimError, match="not points of these levers"):
        problem()([0.5, 0.5])


def test_both_sides_are_one_lever_one_side_its_own_and_groups_are_taken_whole() -> None:
    names = [lever.name for lever in movable_levers(sim.load(), ["linkage", "cn.belief_weight"])]
    assert names == [
        *("cn.belief_weight", "linkage.tracks", "linkage.security_first"),
        *("linkage.both", "linkage.enforcement"),
    ]
    every = {path for lever in movable_levers(sim.load(), ["all"]) for path in lever.settings}
    assert not any(path.startswith(("outcomes.", "calendar.", "truce.in_force")) for path in every)


def test_values_are_rounded_to_a_step_and_stay_in_the_range() -> None:
    (lever,) = movable_levers(sim.load(), ["deadline_firmness"])
    assert lever.rounded(0.56789) == 0.57 and lever.rounded(9.0) == 0.6
    assert abs(lever.rounded(0.33333) - 0.335) < PLACE
