"""What a study of sensitivity asks: the value of an outcome or measure at points of the levers'
unit cube, under given draws.

The scenario's answer comes from the ensemble, a block of rows at a time, so that a design of any
size needs no more memory than its values. A coordinate is a place in a lever's range, NaN where the
lever stays as the scenario has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sim.config.contradictions import refused_rows
from sim.config.errors import SimError, nearest
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.results.columns import Named, column_notes, runs_columns
from sim.rules.measures import FIRST, ONCE, RUN, RUN_MEASURES
from sim.studies.ranges import RangedLever
from sim.sweeps.design import params_of
from sim.vocabulary import OUTCOMES

__all__ = ["Response", "ScenarioResponse", "check_measure"]

_OF_EVENTS = {measure.name for measure in RUN_MEASURES if measure.over in (FIRST, ONCE)}


class Response(Protocol):
    """A function of the levers and of draws."""

    @property
    def labels(self) -> Sequence[str]:
        """What the levers are called."""
        ...

    @property
    def settings(self) -> Sequence[str]:
        """The settings of each lever."""
        ...

    @property
    def places(self) -> Sequence[Sequence[float]]:
        """For each lever the coordinates that a first look takes."""
        ...

    @property
    def codes(self) -> int:
        """How many outcomes a value may be the code of; 0 of a measure."""
        ...

    @property
    def reasons(self) -> Sequence[str]:
        """Why points were refused, so far."""
        ...

    def words(self, lever: int, place: float) -> str:
        """What a lever's coordinate stands for."""
        ...

    def refused(self, unit: np.ndarray) -> np.ndarray:
        """Which points, (points, levers), are contradictory; bool, (points,)."""
        ...

    def values(self, unit: np.ndarray, point: np.ndarray, run: np.ndarray) -> np.ndarray:
        """Values of runs, (runs,): ``point`` is the row of ``unit`` of each, ``run`` its number."""
        ...


@dataclass
class ScenarioResponse:
    """The response of a scenario: codes of outcomes, or a measure by its column in tables of
    runs.
    """

    scenario: Scenario
    levers: Sequence[RangedLever]
    measure: str
    seed: int
    threads: int = 0
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.labels = [lever.label for lever in self.levers]
        self.settings = ["; ".join(lever.settings) for lever in self.levers]
        self.places = [lever.places() for lever in self.levers]
        self.codes = len(OUTCOMES) if self.measure in OUTCOMES else 0
        self._params = flatten(self.scenario)

    def words(self, lever: int, place: float) -> str:
        """Values of a lever's settings, one where all are the same."""
        return "; ".join(dict.fromkeys(_word(value) for value in self.levers[lever].values(place)))

    def refused(self, unit: np.ndarray) -> np.ndarray:
        """Which points a rule between settings refuses; why is kept in ``reasons``."""
        mask, why = refused_rows(self.scenario, self._columns(unit))
        self.reasons += [words for words in why if words not in self.reasons]
        return mask

    def values(self, unit: np.ndarray, point: np.ndarray, run: np.ndarray) -> np.ndarray:
        """Codes of the outcomes, or the measure, of runs.

        Raises
        ------
        SimError
            A run without a value.
        """
        records = params_of(self.scenario, self._columns(unit), len(unit))
        outs, _ = simulate(
            records,
            point.astype(np.int64),
            run.astype(np.int64),
            self.seed,
            threads=self.threads,
        )
        if self.codes:
            return np.asarray(outs["outcome"], float)
        found = np.asarray(_column(outs, self._params, self.measure, run), float)
        if not np.isfinite(found).all():
            raise _without_value(self.measure)
        return found

    def _columns(self, unit: np.ndarray) -> dict[str, np.ndarray]:
        return {
            name: values
            for places, lever in zip(unit.T, self.levers, strict=True)
            for name, values in lever.columns(places)
        }


def check_measure(scenario: Scenario, name: str) -> tuple[str, str]:
    """Label and unit of an outcome's share or a measure.

    Raises
    ------
    SimError
        It is neither, is no number, or has no value in some runs.

    Examples
    --------
    >>> check_measure(Scenario(), "breakthrough")
    ('breakthrough', 'share')
    """
    if name in OUTCOMES:
        return OUTCOMES[name].label, "share"
    params = flatten(scenario)
    known = runs_columns(np.zeros(0, RUN), params, np.zeros(0, np.int64))
    numbers = [
        column
        for column, values in known.items()
        if not isinstance(values, Named) and column.partition(".")[0] not in ("run", *_OF_EVENTS)
    ]
    if name.partition(".")[0] in _OF_EVENTS:
        raise _without_value(name)
    if name not in numbers:
        allowed = f"{', '.join(OUTCOMES)}, or a measure such as welfare_loss.us"
        raise SimError(
            "no such outcome or measure" if name not in known else "a name, not a number",
            key="outcome",
            given=name,
            allowed=allowed,
            suggestion=nearest(str(name), (*OUTCOMES, *numbers)),
        )
    note = column_notes(params)[name]
    return note["label"], note["unit"]


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")


def _column(outs: np.ndarray, params: Params, name: str, run: np.ndarray) -> np.ndarray:
    found = runs_columns(outs, params, run, keep=(name,))[name]
    assert not isinstance(found, Named)
    return found


def _without_value(name: str) -> SimError:
    return SimError(
        "has no value in runs where its event never comes, and an index needs one in every run",
        key="outcome",
        given=name,
        allowed=f"{', '.join(OUTCOMES)}, or a measure such as welfare_loss.us",
    )
