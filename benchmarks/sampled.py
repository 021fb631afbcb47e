"""Sweeps of four levers with a known truth, for the table of coverage: effects of single levers, of
pairs, and draws that all points share.

Outcomes are cut from a latent number, normal at each point: ``x`` moves it, ``y`` and ``z`` only
together, ``w`` sets the weight of the shared draw of a run, ``none`` does nothing. Truths are means
over 65,536 points of the chance at each.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.stats import norm, qmc

from sim.batch import Run
from sim.batch.sweep import Factor, Sweep
from sim.config.scenario import Scenario
from sim.results import Results
from sim.results.manifest import make_manifest
from sim.vocabulary import OUTCOMES

__all__ = ["LEVERS", "fifths_truth", "overall_truth", "sampled_sweep", "sampled_table"]

LEVERS = ("x", "y", "z", "w", "none")
_EDGES = np.asarray([-2.2, 0.6, 2.4])
_TRUTH_POINTS = 65_536


def _place(unit: np.ndarray, interplay: float) -> np.ndarray:
    """Mean of the latent number at points (points,); the interplay's standard deviation is
    ``interplay``.
    """
    return 1.5 * (unit[:, 0] - 0.5) + 12.0 * interplay * (unit[:, 1] - 0.5) * (unit[:, 2] - 0.5)


def _loads(unit: np.ndarray, alike: float) -> np.ndarray:
    """Weight of the shared draw at each point: between nothing and twice the root of ``alike``."""
    return 2.0 * np.sqrt(alike) * unit[:, 3]


def sampled_table(
    rng: np.random.Generator,
    kind: str,
    points: int,
    runs: int,
    *,
    interplay: float,
    alike: float,
    common: bool,
) -> pd.DataFrame:
    """A row per run: levers, point, run and outcome. ``alike`` is the variance of the shared draw
    where ``w`` is one half, beside 1 for the run's own draw.
    """
    maker = qmc.Sobol if kind == "sobol" else qmc.LatinHypercube
    unit = maker(len(LEVERS), rng=int(rng.integers(2**31))).random(points)
    shared = rng.normal(size=runs) if common else rng.normal(size=(points, runs))
    latent = (
        _place(unit, interplay)[:, None]
        + _loads(unit, alike)[:, None] * shared
        + rng.normal(size=(points, runs))
    )
    outcome = pd.Categorical.from_codes(np.digitize(latent, _EDGES).ravel(), list(OUTCOMES))
    levers = pd.DataFrame(np.repeat(unit, runs, axis=0), columns=list(LEVERS))
    point, run = np.repeat(np.arange(points), runs), np.tile(np.arange(runs), points)
    return levers.assign(point=point, run=run, outcome=outcome)


def sampled_sweep(
    table: pd.DataFrame, kind: str, focus: str, *, common: bool, levers: tuple[str, ...] = LEVERS
) -> Results:
    """The table as a finished sweep with a focus."""
    sweep = Sweep(
        kind=kind,
        focus=(focus,),
        common_random_numbers=common,
        factors={name: Factor(name=name) for name in levers},
    )
    started = dt.datetime.now(dt.UTC)
    manifest = make_manifest(
        verb="sweep",
        scenario={"name": "x"},
        run=Run(),
        overrides=(),
        engine="ensemble",
        started=started,
    )
    notes = {name: {"label": name, "unit": "share"} for name in levers}
    return Results(
        Scenario(), replace(manifest, design=levers), sweep=sweep, runs=table, notes=notes
    )


@cache
def _chances(interplay: float, alike: float) -> tuple[np.ndarray, np.ndarray]:
    """Points and the chance of each outcome at them, (points, outcomes)."""
    unit = qmc.Sobol(len(LEVERS), rng=0).random(_TRUTH_POINTS)
    scale = np.sqrt(1.0 + _loads(unit, alike) ** 2)[:, None]
    below = norm.cdf((_EDGES - _place(unit, interplay)[:, None]) / scale)
    edges = np.zeros((len(unit), 1)), np.ones((len(unit), 1))
    return unit, np.diff(np.hstack([edges[0], below, edges[1]]), axis=1)


def overall_truth(interplay: float, alike: float) -> np.ndarray:
    """True shares over the ranges, (outcomes,)."""
    return _chances(interplay, alike)[1].mean(axis=0)


def fifths_truth(lever: str, interplay: float, alike: float, classes: int = 5) -> np.ndarray:
    """True shares in each fifth (or another part) of a lever's range, (classes, outcomes)."""
    unit, chances = _chances(interplay, alike)
    place = (classes * unit[:, LEVERS.index(lever)]).astype(int)
    return np.stack([chances[place == k].mean(axis=0) for k in range(classes)])
