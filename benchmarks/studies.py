"""How near a study of sensitivity runs to the ensemble's own speed: ``python -m benchmarks.studies
[POINTS [THREADS [ROUNDS]]]``.

A Sobol study of 20 levers (4,096 base points unless given: 176,128 runs) against the ensemble given
the same runs with their settings ready, in large calls. Both in turn, so many rounds, so that a
busy machine slows both alike: the ratios are the result, not the rates. That of processor time does
not depend on what else the machine does; what a study adds runs on one thread, so on two threads
the loss by the clock is twice that.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.two_draws import Feature, apart_from_noise, thresholds
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate, warm_up
from sim.studies.looks import Meter, base_rows
from sim.studies.ranges import levers_of
from sim.studies.response import ScenarioResponse
from sim.sweeps.design import params_of
from sim.vocabulary import OUTCOMES

__all__ = ["Speed", "speed"]

LEVERS = "us,linkage,politics.us.hawk_response,politics.cn.hawk_response,truce.extension_cost"
_LEVERS = 20
_ROWS = 65_536  # runs in a call of the ensemble alone


@dataclass
class Speed:
    """Runs, and seconds of the study and of the ensemble alone: by the clock, and of processors."""

    runs: int = 0
    study: np.ndarray = field(default_factory=lambda: np.zeros(2))
    ensemble: np.ndarray = field(default_factory=lambda: np.zeros(2))

    @property
    def ratios(self) -> np.ndarray:
        """Speed of the study over that of the ensemble, by the clock and by processor time."""
        return self.ensemble / self.study


def _now() -> np.ndarray:
    return np.asarray([time.perf_counter(), time.process_time()])


@dataclass
class _Watched(ScenarioResponse):
    """A response that keeps what it was asked, so that the ensemble can be given the same."""

    asked: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def values(self, unit: np.ndarray, point: np.ndarray, run: np.ndarray) -> np.ndarray:
        self.asked.append((unit, point, run))
        return super().values(unit, point, run)

    def alone(self) -> np.ndarray:
        """Seconds of the ensemble for all that was asked, settings ready and in one call."""
        first = np.cumsum([0, *(len(unit) for unit, _, _ in self.asked[:-1])])
        unit = np.concatenate([unit for unit, _, _ in self.asked])
        point = np.concatenate([p + n for (_, p, _), n in zip(self.asked, first, strict=True)])
        run = np.concatenate([run for _, _, run in self.asked])
        records = params_of(self.scenario, self._columns(unit), len(unit))
        self.asked.clear()
        started = _now()
        for start in range(0, len(run), _ROWS):
            part = slice(start, start + _ROWS)
            simulate(records, point[part], run[part], self.seed, threads=self.threads)
        return _now() - started


def speed(points: int = 4_096, threads: int = 0, rounds: int = 1) -> Speed:
    """Measure studies of 20 levers with so many base points, each followed by the ensemble alone."""
    levers = levers_of(Scenario(), LEVERS, "apart")[0][:_LEVERS]
    response = _Watched(Scenario(), levers, "breakthrough", 1, threads)
    groups, names = [[lever] for lever in range(len(levers))], [lever.label for lever in levers]
    value = Feature("code", OUTCOMES["breakthrough"].code)
    found = Speed()
    warm_up()
    for number in range(rounds):
        started = _now()
        rows, _ = base_rows(response, groups, points, number, Meter(0))
        apart_from_noise(rows, names, value, thresholds(rows, response.codes), 0.05)
        found.study += _now() - started
        found.runs += sum(len(run) for _, _, run in response.asked)
        found.ensemble += response.alone()
    return found


def main(points: int = 4_096, threads: int = 0, rounds: int = 1) -> None:
    """Print the ratio."""
    found = speed(points, threads, rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(
        f"{found.runs:,} runs of {_LEVERS} levers: study {found.runs / found.study[0]:,.0f} runs/s, ensemble alone "
        f"{found.runs / found.ensemble[0]:,.0f} runs/s; ratio {found.ratios[0]:.3f} by the clock, {found.ratios[1]:.3f} by "
        f"processor time; peak memory {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
