"""sim.figures.levers: classes of drawn levers, in little memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd

from sim.figures.levers import classes


def drawn(runs: int) -> pd.DataFrame:
    """Two drawn levers and one of three values."""
    rng = np.random.default_rng(3)
    table = {name: rng.random(runs, np.float32) for name in ("a.x", "a.y")}
    return pd.DataFrame({**table, "a.z": rng.choice(["one", "three", "two"], runs)})


def test_drawn_levers_take_the_middle_of_classes_of_equally_many_runs() -> None:
    given = drawn(1_600)
    table, binned = classes(given, ["a.x", "a.z"])
    assert binned == ["a.x"] and table["a.z"].equals(given["a.z"])
    counts = table["a.x"].value_counts()
    assert (counts == 200).all() and len(counts) == 8
    for middle, values in given["a.x"].groupby(table["a.x"]):
        assert middle == float(f"{values.median():.3g}")


def test_a_lever_without_a_value_stays_without_a_class() -> None:
    given = drawn(800)
    given.loc[[3, 5], "a.x"] = np.nan
    assert classes(given, ["a.x"])[0]["a.x"].isna().to_numpy().nonzero()[0].tolist() == [3, 5]


def test_middles_too_near_to_round_are_kept_apart() -> None:
    given = pd.DataFrame({"a.x": 1.0 + np.arange(80) * 1e-5})
    assert classes(given, ["a.x"])[0]["a.x"].nunique() == 8


def test_classes_take_little_memory_a_run() -> None:
    def peak(runs: int) -> int:
        given = drawn(runs)
        tracemalloc.start()
        try:
            classes(given, ["a.x", "a.y"])
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1_000)
    assert (peak(60_000) - peak(20_000)) / 40_000 < 80
