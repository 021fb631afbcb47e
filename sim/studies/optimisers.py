"""An objective in the forms of pymoo and of the EMA Workbench, which are not needed to run anything
else and are imported only here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.errors import SimError

if TYPE_CHECKING:
    from sim.studies.movable import Movable
    from sim.studies.objectives import Objective

__all__ = ["ema_model", "pymoo_problem"]


def pymoo_problem(objective: Objective, *, mixed: bool = False) -> Any:
    """A vectorised ``Problem``: a population is one call of the ensemble.

    With ``mixed`` its variables are named, with ranges and categories, for ``MixedVariableGA``;
    without, they are coordinates, which any algorithm takes, and whole ones are rounded.

    Raises
    ------
    SimError
        pymoo is not installed.
    """
    problem = _import("pymoo.core.problem", "pymoo").Problem
    variables = (
        {lever.name: _pymoo_variable(lever) for lever in objective.levers} if mixed else None
    )
    low, high = np.asarray(objective.bounds).T

    class Levers(problem):  # type: ignore[misc,valid-type]
        def _evaluate(self, x: Any, out: dict[str, Any], *_: Any, **__: Any) -> None:
            points = (
                np.asarray([_coordinates(objective, row) for row in x]).T
                if mixed
                else np.asarray(x).T
            )
            out["F"] = np.atleast_2d(objective(points)).T
            if objective.caps:
                out["G"] = objective.excess(points).T

    counts = {"n_obj": len(objective.measures), "n_ieq_constr": len(objective.caps)}
    if mixed:
        return Levers(vars=variables, **counts)
    return Levers(n_var=len(objective.levers), xl=low, xu=high, **counts)


def _pymoo_variable(lever: Movable) -> Any:
    kinds = _import("pymoo.core.variable", "pymoo")
    if lever.values:
        return kinds.Choice(options=list(lever.values))
    if lever.kind == "count":
        return kinds.Integer(bounds=(int(lever.low), int(lever.high)))
    return kinds.Real(bounds=(lever.low, lever.high))


def _coordinates(objective: Objective, row: Any) -> list[float]:
    return [
        float(lever.values.index(row[lever.name])) if lever.values else float(row[lever.name])
        for lever in objective.levers
    ]


def ema_model(objective: Objective) -> tuple[Any, list[Any]]:
    """A ``Model`` whose levers and outcomes are those of the objective, and its constraints.

    Names have ``__`` in the place of a dot, which the Workbench does not take. It asks for one
    point at a time.

    Raises
    ------
    SimError
        The EMA Workbench is not installed.
    """
    ema = _import("ema_workbench", "ema-workbench")
    names = [name.replace(".", "__") for name in (*objective.measures, *objective.caps)]
    outcome = ema.ScalarOutcome
    outcomes = {
        name: outcome(
            name, kind=outcome.MINIMIZE if where in objective.minimised else outcome.MAXIMIZE
        )
        for name, where in zip(names, objective.measures, strict=False)
    }
    for name in names[len(objective.measures) :]:
        outcomes.setdefault(name, outcome(name))
    model = ema.Model("tariffsim", function=_Called(objective, names))
    model.levers = [_ema_parameter(ema, lever) for lever in objective.levers]
    model.outcomes = list(outcomes.values())
    caps = zip(names[len(objective.measures) :], objective.caps.values(), strict=True)
    return model, [
        ema.Constraint(f"cap_{name}", outcome_names=name, function=_Over(most))
        for name, most in caps
    ]


def _ema_parameter(ema: Any, lever: Movable) -> Any:
    name = lever.name.replace(".", "__")
    if lever.values:
        return ema.CategoricalParameter(name, list(lever.values))
    if lever.kind == "count":
        return ema.IntegerParameter(name, int(lever.low), int(lever.high))
    return ema.RealParameter(name, lever.low, lever.high)


class _Called:
    """The objective as a function of keywords; a class, so that other processes can be sent it."""

    def __init__(self, objective: Objective, names: list[str]) -> None:
        self.objective, self.names, self.__name__ = objective, names, "tariffsim"

    def __call__(self, **given: Any) -> dict[str, float]:
        row = {name.replace("__", "."): value for name, value in given.items()}
        x = np.asarray(_coordinates(self.objective, row))
        caps = [
            over + most
            for over, most in zip(
                self.objective.excess(x), self.objective.caps.values(), strict=True
            )
        ]
        return dict(zip(self.names, [*self.objective.values(x), *caps], strict=True))


class _Over:
    """How far a value lies above a cap, 0 where it is kept."""

    def __init__(self, most: float) -> None:
        self.most = most

    def __call__(self, value: float) -> float:
        return max(0.0, float(value) - self.most)


def _import(name: str, package: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise SimError("is not installed", key=package, cure=f"pip install {package}") from None
