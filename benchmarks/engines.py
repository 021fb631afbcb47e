"""Runs per second of every engine on the complete London scenario, and how the ensemble's rate
changes; fair pairs are in :mod:`benchmarks.fair`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.clock import Row, seconds
from sim.config.compose import load
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import available_threads, simulate
from sim.model import TruceModel

__all__ = ["LONDON", "engines", "ensemble_rate", "scaling"]

LONDON = load("scenario=london")


def ensemble_rate(
    scenario: Scenario, runs: int, threads: int, chunk: int = 64
) -> tuple[float, float]:
    """Runs per second, and spread."""
    values = flatten(scenario).values
    taken, spread = seconds(
        lambda: simulate(
            values, np.zeros(runs, np.int64), np.arange(runs), 1, threads=threads, chunk=chunk
        ),
        5,
    )
    return runs / taken, spread


def mesa_rate(runs: int, **options: object) -> tuple[float, float]:
    """Runs per second of the Mesa engine; the model is created each time."""

    def work() -> None:
        for run in range(runs):
            model = TruceModel(LONDON, 1, run, **options)  # type: ignore[arg-type]
            model.run_model()

    taken, spread = seconds(work, 3)
    return runs / taken, spread


def engines(runs: int) -> Iterator[Row]:
    """Every engine on the same scenario."""
    threads = available_threads()
    rates = {}
    for used in sorted({1, threads}):
        rate, spread = ensemble_rate(LONDON, runs, used)
        rates[f"ensemble, {used} thread{'s' * (used > 1)}"] = rate
        yield Row("engine", f"ensemble, {used} thread{'s' * (used > 1)}", rate, "runs/s", spread)
    few = max(4, runs // 100)
    for name, options in {
        "Mesa, one call per phase": {"collect": "none"},
        "Mesa, one call per firm": {"collect": "none", "by_agent": True},
        "Mesa, weekly series collected": {"collect": "model"},
        "Mesa, agents collected too": {"collect": "agents"},
    }.items():
        rate, spread = mesa_rate(few, **options)
        rates[name] = rate
        yield Row("engine", name, rate, "runs/s", spread)
        if name == "Mesa, one call per phase":
            yield Row(
                "engine", "Mesa, one default run", 1000.0 / rate, "ms", spread, "aim: under 150 ms"
            )
    one, all_ = (
        rates["ensemble, 1 thread"],
        rates[f"ensemble, {threads} thread{'s' * (threads > 1)}"],
    )
    yield Row(
        "ratio",
        "ensemble, 1 thread, over Mesa, one call per phase",
        one / rates["Mesa, one call per phase"],
        "times",
    )
    yield Row(
        "ratio",
        "efficiency of threads",
        all_ / (threads * one),
        "share",
        0.0,
        f"{threads} threads; aim: 0.9",
    )


def scaling(runs: int) -> Iterator[Row]:
    """How the ensemble's rate changes with runs, firms, weeks and chunk."""
    for count in (100, 1_000, runs):
        yield Row("runs", f"{count:,} runs", *_rate_row(ensemble_rate(LONDON, count, 0)))
    for firms in (40, 160, 640):
        changed = LONDON.change(
            {"firms.magnets.firms": firms * 3 // 4, "firms.chips.firms": firms // 4}
        )
        yield Row("firms", f"{firms} firms", *_rate_row(ensemble_rate(changed, runs // 2, 0)))
    for weeks in (52, 104, 208):
        changed = LONDON.change({"calendar.horizon_weeks": weeks})
        yield Row("weeks", f"{weeks} weeks", *_rate_row(ensemble_rate(changed, runs // 2, 0)))
    for chunk in (1, 16, 64, 1_024):
        yield Row(
            "chunk",
            f"{chunk} runs per chunk",
            *_rate_row(ensemble_rate(LONDON, runs // 2, 0, chunk)),
        )
    for strategy in ("time_dependent", "tit_for_tat", "micro", "hardliner"):
        changed = LONDON.change({"us.strategy.kind": strategy, "cn.strategy.kind": strategy})
        yield Row("strategy", strategy, *_rate_row(ensemble_rate(changed, runs // 2, 0)))


def _rate_row(measured: tuple[float, float]) -> tuple[float, str, float]:
    return measured[0], "runs/s", measured[1]
