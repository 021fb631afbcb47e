"""The chapter of a report on crises inside truces: threats, measures, answers, how crises ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.crises import MEASURES, Clusters, answers, crisis_ends, measures, threats
from sim.config.errors import SimError
from sim.figures.labels import between, joined, percent, percents
from sim.report import Table
from sim.results.results import Results
from sim.vocabulary import SIDES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["crisis_tables"]

_OVER = "95 % intervals are Wilson's, of as many independent events as vary as much: events of {clusters} are not independent."


def crisis_tables(results: Results) -> list[Table]:
    """Tables of a run or a sweep; none where no crisis came, or none was measured."""
    keys = ["point", "run"] if results.design else ["run"]
    try:
        runs = results.table([*keys, *MEASURES])
    except SimError:  # made before crises were measured
        return []
    if not runs["crises"].sum():
        return []
    clusters, words = _clusters(results, runs)
    made, taken = threats(runs, clusters), measures(runs, clusters)
    tables = [
        _ends(runs, clusters, words),
        _by_side("What became of threats", f"Threats made: {_made(made)}.", made),
        _by_side("How measures came", f"Measures taken: {_made(taken)}.", taken),
    ]
    if results.transcript is not None:
        tables += _answers(results.transcript)
    return tables


def _clusters(results: Results, runs: pd.DataFrame) -> tuple[Clusters, str]:
    """What is not independent, and its words."""
    from sim.analysis.sampling import draws_of

    if results.sweep is None or not results.design:
        return Clusters(runs["run"].to_numpy()), "a run"
    draws = draws_of(results.sweep)
    common = bool(draws["common"])
    run = runs["run"].to_numpy() if common else np.arange(len(runs))
    words = "a run number at all points" if common else "a run"
    if not draws["drawn"]:
        return Clusters(run), words
    return Clusters(run, runs["point"].to_numpy() // draws["drawn"]), f"{words}, and a point drawn,"


def _ends(runs: pd.DataFrame, clusters: Clusters, words: str) -> Table:
    found, some = crisis_ends(runs, clusters), runs["crises"] > 0
    caption = (
        f"{runs['crises'].sum():,} crises in {some.sum():,} of {len(runs):,} runs ({percent(some.mean())}). A crisis lasts from a threat or a "
        f"measure inside a truce until neither is left. {_OVER.format(clusters=words)}"
    )
    rows = [[end, *cells] for end, cells in zip(found["end"], _cells(found), strict=True)]
    return Table(caption, ("How crises ended", *_HEAD), rows, range(1, 4))


_HEAD = ("Number", "share", "95 % interval")


def _by_side(head: str, caption: str, found: pd.DataFrame) -> Table:
    """A row for each end, with the numbers of both sides beside one another."""
    parts = [found[found["side"] == side] for side in SIDES]
    cells = [_cells(part) for part in parts]
    sides = [words for label in SIDES.labels.values() for words in (label, *_HEAD[1:])]
    rows = [[end, *us, *cn] for end, us, cn in zip(parts[0]["end"], *cells, strict=True)]
    return Table(caption, (head, *sides), rows, range(1, 7))


def _made(found: pd.DataFrame) -> str:
    """How many each side made: 12 by Washington and 9 by Beijing."""
    sums = found.groupby("side", sort=False)["count"].sum()
    return joined([f"{sums[name]:,} by {side.label}" for name, side in SIDES.items()])


def _answers(transcript: pd.DataFrame) -> list[Table]:
    """How measures were answered, in the runs whose transcript is kept."""
    found = answers(transcript)
    if not found["count"].sum():
        return []
    kept = transcript["run"].nunique()
    caption = (
        f"Answers of the side that is hit, in the {kept:,} run{'' if kept == 1 else 's'} whose transcript is kept; it is asked once a measure, "
        "and not while one of its own is in force."
    )
    return [_by_side("How measures were answered", caption, found)]


def _cells(found: pd.DataFrame) -> Sequence[list[str]]:
    """Number, share and ends of the interval, as they are printed; of no event no share."""
    if not found["count"].sum():
        return [["0", "", ""]] * len(found)
    return [
        [
            f"{row['count']:,}",
            words,
            "" if row["low"] != row["low"] else between(row["low"], row["high"]),
        ]
        for row, words in zip(found.to_dict("records"), percents(found["share"]), strict=True)
    ]
