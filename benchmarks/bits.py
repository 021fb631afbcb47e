"""Hashes of what the engines compute: ``python -m benchmarks.bits [runs]``, to compare two trees or
two machines.

One line for each scenario, engine and table: sha256 over the bytes of the measures of all runs, and
over every weekly series. A change that claims not to change the model prints the same lines before
and after. Beside the five scenarios come London under each strategy and under settings that no
scenario turns on, so that every rule is exercised.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator

import numpy as np
from numpy.lib.recfunctions import repack_fields

from sim.config.compose import load
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import simulate as simulate_mesa
from sim.rules.measures import RUN_MEASURES

__all__ = ["SCENARIOS", "VARIANTS", "hashes"]

SCENARIOS = ("london_2025", "geneva_2025", "escalation_2025", "tactical_pause", "breakthrough")
VARIANTS = {
    "strategies": ("us/strategy=tit_for_tat", "cn/strategy=micro"),
    "hard": ("us/strategy=hardliner", "cn/strategy=equilibrium"),
    "conceder": ("us/strategy=conceder", "cn/strategy=tit_for_tat"),
    "package": ("linkage=package", "scenario=breakthrough"),
    "retaliation": ("linkage=cross_retaliation", "compliance=drifting", "scenario=escalation_2025"),
    "shocks": ("shocks=frequent", "politics=hawkish"),
    "record": ("shocks=record_2025", "scenario=geneva_2025"),
    "mediator": ("truce.talks.mediator_rate=0.3", "truce.talks.first_speaker=drawn"),
    "red_lines": ("issues=hard_red_line", "us=misinformed", "cn=misinformed"),
    "slow": (
        "licensing=slow_walk",
        "firms=thin_stocks",
        "firms.magnets.shipping_weeks=1",
        "firms.chips.shipping_weeks=12",
    ),
    "firms": ("firms.magnets.firms=1", "firms.chips.firms=65"),
    "long": ("calendar=five_years", "truce=cheap_extension", "firms=fast_diversification"),
}


def hashes(runs: int) -> Iterator[tuple[str, str, str, str]]:
    """(case, engine, table, sha256) of ``runs`` runs with seed 1."""
    for name in SCENARIOS:
        scenario = load(f"scenario={name}")
        yield from _engine(name, "ensemble", _ensemble(scenario, runs))
        yield from _engine(name, "mesa", simulate_mesa(scenario, np.arange(runs), 1, weekly=runs))
    for name, overrides in VARIANTS.items():
        yield from _engine(name, "ensemble", _ensemble(load(*overrides), runs))


def _ensemble(scenario: Scenario, runs: int) -> tuple[np.ndarray, np.ndarray]:
    return simulate(
        flatten(scenario).values, np.zeros(runs, np.int64), np.arange(runs), 1, weekly=runs
    )


def _engine(
    case: str, engine: str, tables: tuple[np.ndarray, np.ndarray]
) -> Iterator[tuple[str, str, str, str]]:
    runs, weeks = tables
    measures = repack_fields(runs[[measure.name for measure in RUN_MEASURES]])
    for table, values in (("runs", measures), ("weeks", weeks)):
        yield case, engine, table, hashlib.sha256(values.tobytes()).hexdigest()


if __name__ == "__main__":
    for row in hashes(int(sys.argv[1]) if len(sys.argv) > 1 else 500):
        print("{:16} {:9} {:6} {}".format(*row), flush=True)
