"""The model as an objective that optimisers drive as they are: points in, shares or means out, whole
populations at a time.

A point is a column of coordinates, one a lever, in the order of ``levers``: a number as it is, of a
choice or flag its place among its values; what must be whole is rounded, so that an optimiser that
knows reals only can drive it too. Every point meets the same draws (common random numbers), so the
objective is a fixed function: with the same point come the same bits. It is a step function, flat
between the values at which a run changes its outcome: gradients say nothing. The best value found
is better than the truth, because it was chosen for these draws: give it to ``fresh`` for other
draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.batch import Run
from sim.config.check import build
from sim.config.compose import take_scenario
from sim.config.errors import SimError, nearest
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.results.columns import runs_columns, runs_table
from sim.studies.draws import Draws, other_settings
from sim.studies.lever_words import TOGETHER, Given
from sim.studies.movable import Movable, movable_levers
from sim.vocabulary import OUTCOMES

__all__ = ["OVER", "Objective", "objective"]

OVER = ("scenario", "settings")
"""What the uncertainty is over: the runs of the scenario, or its other settings too."""
_MOST_KEPT = 65_536  # points whose values are remembered: an optimiser asks for the best again
_FRESH = 2**32  # added to the seed by `fresh`


@dataclass
class Objective:
    """An objective of levers; :func:`objective` makes one.

    Attributes
    ----------
    levers
        What is moved, in the order of the coordinates.
    measures
        What is optimised: names of outcomes (their shares) or of measures (their means over the
        runs that have a value).
    minimised
        Those of them of which less is better; of the others more.
    caps
        Largest value by name of an outcome or measure.
    draws
        The scenario, its runs and their seed.
    """

    levers: tuple[Movable, ...]
    measures: tuple[str, ...]
    minimised: frozenset[str]
    caps: Mapping[str, float]
    draws: Draws
    _kept: dict[tuple[Any, ...], np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def names(self) -> list[str]:
        """Names of the levers."""
        return [lever.name for lever in self.levers]

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Lowest and highest coordinate of each lever."""
        return [(float(lever.low), float(lever.high)) for lever in self.levers]

    @property
    def integrality(self) -> np.ndarray:
        """Whether each coordinate is a whole number, as ``differential_evolution`` takes it."""
        return np.asarray([lever.kind != "number" for lever in self.levers])

    @property
    def start(self) -> np.ndarray:
        """The scenario's own point; where sides differ, halfway between them."""
        return np.asarray(
            [float(np.mean([_place(lever, own) for own in lever.own])) for lever in self.levers]
        )

    @property
    def directions(self) -> list[str]:
        """``maximize`` or ``minimize`` for each measure, as Optuna takes them."""
        return ["minimize" if name in self.minimised else "maximize" for name in self.measures]

    @property
    def constraints(self) -> list[Any]:
        """The caps as SciPy's optimisers take them: none, or one of all."""
        from scipy.optimize import NonlinearConstraint

        return [NonlinearConstraint(self.excess, -np.inf, 0.0)] if self.caps else []

    def __call__(self, x: np.ndarray) -> Any:
        """What an optimiser is to make small: the measures, negative where more is better.

        Parameters
        ----------
        x
            One point, shape (levers,), or several, (levers, points), as SciPy gives them.

        Returns
        -------
        float or numpy.ndarray
            Of one measure a number, or shape (points,); of several (measures,) or (measures,
            points). A point that breaks a rule between settings, or has no run with a value, has
            infinity.
        """
        signs = [1.0 if name in self.minimised else -1.0 for name in self.measures]
        found = self.values(x) * np.reshape(signs, (-1, *[1] * (np.ndim(x) - 1)))
        found = np.where(np.isnan(found), np.inf, found)
        return found if len(self.measures) > 1 else found[0]

    def values(self, x: np.ndarray) -> np.ndarray:
        """The measures as they are, NaN where there is none; (measures,) or (measures, points)."""
        return self._all(x)[: len(self.measures)]

    def excess(self, x: np.ndarray) -> np.ndarray:
        """How far each capped value lies above its cap: 0 or less where the cap is kept; (caps,) or
        (caps, points). A point that breaks a rule exceeds all.
        """
        over = self._all(x)[len(self.measures) :]
        most = np.reshape(list(self.caps.values()), (-1, *[1] * (np.ndim(x) - 1)))
        return np.where(np.isnan(over), 1.0, over - most)

    def settings(self, x: np.ndarray) -> dict[str, Any]:
        """The settings of one point by dotted name, for ``scenario.change``."""
        return {
            path: value
            for lever, at in zip(self.levers, np.asarray(x, float), strict=True)
            for path, value in lever.columns(_value(lever, at)).items()
        }

    def fresh(self, runs: int = 0) -> Objective:
        """The same objective on other draws, on which nothing was chosen; with ``over="settings"``
        at other points too.
        """
        draws = replace(
            self.draws, seed=(self.draws.seed + _FRESH) % 2**64, runs=runs or self.draws.runs
        )
        if draws.over:
            moved = [path for lever in self.levers for path in lever.settings]
            draws = replace(draws, over=other_settings(draws.scenario, moved, fresh=1))
        return replace(self, draws=draws, _kept={})

    def suggest(self, trial: Any) -> np.ndarray:
        """The point that a trial of Optuna suggests: ranges, whole numbers and categories by name.

        ``problem(numpy.column_stack([problem.suggest(trial) for trial in trials]))`` computes a
        batch of asked trials at once.
        """
        return np.asarray([_suggest(trial, lever) for lever in self.levers])

    def trial(self, trial: Any) -> Any:
        """What ``study.optimize`` calls: the measures as they are, for ``directions``."""
        x = self.suggest(trial)
        trial.set_user_attr("excess", [float(over) for over in self.excess(x)])
        found = [float(value) for value in self.values(x)]
        return found if len(found) > 1 else found[0]

    @staticmethod
    def trial_excess(trial: Any) -> list[float]:
        """How far a trial exceeds the caps, as ``constraints_func`` of Optuna's samplers."""
        return list(trial.user_attrs["excess"])

    def pymoo(self, *, mixed: bool = False) -> Any:
        """The same as a ``Problem`` of pymoo; ``mixed`` names its variables and categories, as
        ``MixedVariableGA`` wants them.
        """
        from sim.studies.optimisers import pymoo_problem

        return pymoo_problem(self, mixed=mixed)

    def ema(self) -> tuple[Any, list[Any]]:
        """The same as a model of the EMA Workbench, and the constraints for its ``optimize``."""
        from sim.studies.optimisers import ema_model

        return ema_model(self)

    def _all(self, x: np.ndarray) -> np.ndarray:
        """Measures, then capped values; each point computed once."""
        points = np.asarray(x, float)
        if points.ndim not in (1, 2) or len(points) != len(self.levers):
            raise SimError(
                "not points of these levers",
                key="x",
                given=f"shape {points.shape}",
                allowed=f"({len(self.levers)},) or ({len(self.levers)}, points)",
            )
        rows = [
            tuple(_value(lever, at) for lever, at in zip(self.levers, column, strict=True))
            for column in points.reshape(len(points), -1).T
        ]
        new = [row for row in dict.fromkeys(rows) if row not in self._kept]
        if len(self._kept) + len(new) > _MOST_KEPT:
            self._kept.clear()
            new = list(dict.fromkeys(rows))
        self._kept.update(zip(new, self._computed(new), strict=True))
        found = np.stack([self._kept[row] for row in rows], axis=1)
        return found if points.ndim == 2 else found[:, 0]

    def _computed(self, rows: Sequence[tuple[Any, ...]]) -> np.ndarray:
        """Values of rows, shape (rows, measures + caps); NaN of those that break a rule."""
        changes = [
            {
                path: value
                for lever, own in zip(self.levers, row, strict=True)
                for path, value in lever.columns(own).items()
            }
            for row in rows
        ]
        names = (*self.measures, *self.caps)
        found = np.full((len(rows), len(names)), np.nan)
        can = self.draws.possible(changes) if changes else np.zeros(0, bool)
        if can.any():
            outs = self.draws.outs(
                [change for change, is_in in zip(changes, can, strict=True) if is_in]
            )
            params = flatten(self.draws.scenario)
            found[can] = np.stack([_mean(outs, params, name) for name in names], axis=1)
        return found


def _mean(outs: np.ndarray, params: Params, name: str) -> np.ndarray:
    """Mean of a measure over the runs that have it, or share of an outcome, shape (points,)."""
    if name in OUTCOMES:
        return (outs["outcome"] == OUTCOMES[name].code).mean(axis=1)
    columns = runs_columns(outs.ravel(), params, np.zeros(outs.size, np.int64), {}, (name,))
    values = np.asarray(columns[name], float).reshape(outs.shape)
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.divide(
        total, known.sum(axis=1), out=np.full(len(outs), np.nan), where=known.any(axis=1)
    )


def _value(lever: Movable, at: float) -> Any:
    """What a coordinate stands for."""
    at = min(max(float(at), lever.low), lever.high)
    if lever.values:
        return lever.values[round(at)]
    return round(at) if lever.kind == "count" else at


def _place(lever: Movable, value: Any) -> float:
    return float(lever.values.index(value)) if lever.values else float(value)


def _suggest(trial: Any, lever: Movable) -> float:
    if lever.values:
        return _place(lever, trial.suggest_categorical(lever.name, list(lever.values)))
    if lever.kind == "count":
        return float(trial.suggest_int(lever.name, int(lever.low), int(lever.high)))
    return float(trial.suggest_float(lever.name, lever.low, lever.high))


def objective(
    scenario: Scenario | str | None = None,
    levers: Given | None = None,
    measures: str | Sequence[str] = "breakthrough",
    *,
    minimise: str | Sequence[str] = (),
    caps: Mapping[str, float] | None = None,
    sides: str = TOGETHER,
    over: str = "scenario",
    runs: int = 100,
    seed: int = 1,
    threads: int = 0,
) -> Objective:
    """An objective of the model's levers for optimisers that are there: SciPy, Optuna, pymoo, the
    EMA Workbench.

    Parameters
    ----------
    scenario
        What is changed: a scenario, the name of one, or None for the default.
    levers
        Settings, groups or last parts of names, or a mapping with their ranges
        (:mod:`sim.studies.lever_words`). None takes what the two governments settle
        (:mod:`sim.studies.movable`).
    measures
        Outcomes (their shares) or measures (their means) to make large.
    minimise
        Those to make small; those not among ``measures`` are added to them.
    caps
        Largest value of outcomes or measures by name.
    sides
        ``together``, or ``apart`` for both sides' same setting as two levers where words bring in
        both.
    over
        ``scenario``: the runs at its other settings; ``settings``: over the plausible values of
        these, by the points of the interval of the settings.
    runs, seed, threads
        Runs a point, the seed of their draws, threads (0 takes every processor).

    Raises
    ------
    SimError
        An unknown lever or measure, a range that is none, or a value refused as a number.

    Examples
    --------
    The share of narrow deals where both need little to settle trade, negative, because optimisers
    minimise:

    >>> problem = objective("london", ["resolve.trade"], "narrow_deal", runs=20)
    >>> problem.names, problem.bounds
    (['both.resolve.trade'], [(8.0, 30.0)])
    >>> bool(problem([4.0]) < problem([15.0]))
    True
    """
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    if over not in OVER:
        raise SimError("no such uncertainty", key="over", given=over, allowed=OVER)
    given = take_scenario(scenario)
    down = (minimise,) if isinstance(minimise, str) else tuple(minimise)
    up = (measures,) if isinstance(measures, str) else tuple(measures)
    wanted = tuple(dict.fromkeys((*up, *down)))
    limits = dict(caps or {})
    if not wanted:
        raise SimError("nothing to optimise", key="measures", cure='measures="breakthrough"')
    _check_measures(given, (*wanted, *limits))
    for name, most in limits.items():
        if isinstance(most, bool) or not isinstance(most, int | float) or not np.isfinite(most):
            raise SimError("not a number", key=f"caps.{name}", given=most)
    moved = tuple(movable_levers(given, levers, sides))
    paths = [path for lever in moved for path in lever.settings]
    points = other_settings(given, paths) if over == "settings" else {}
    return Objective(
        moved, wanted, frozenset(down), limits, Draws(given, runs, seed, threads, points)
    )


def _check_measures(scenario: Scenario, names: Sequence[str]) -> None:
    """Refuse what is no outcome and no measure that is a number."""
    from sim.rules.measures import RUN

    table = runs_table(np.zeros(1, RUN), flatten(scenario), np.zeros(1, np.int64))
    known = [*OUTCOMES, *(str(name) for name in table if table[name].dtype.kind in "fiub")]
    for name in names:
        if name not in known:
            raise SimError(
                "no such outcome or measure",
                key="measures",
                given=name,
                suggestion=nearest(str(name), known),
            )
