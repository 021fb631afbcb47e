"""What became of the threats and crises of many runs, and how governments answered measures, with
intervals.

A crisis lasts from a threat or a measure inside a truce until neither is left (docs/truces.md). How
crises and threats ended is counted by the rules, run by run; answers to a measure are in the
transcript, of the runs that keep one. Crises of one run are not independent, nor are runs of one
number at several points: intervals take them as one cluster (:mod:`sim.analysis.pooled`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.pooled import clustered_share
from sim.vocabulary import DECISIONS, SIDES

__all__ = [
    "CRISIS_ENDS",
    "MEASURES",
    "THREAT_ENDS",
    "Clusters",
    "answers",
    "crisis_ends",
    "measures",
    "threats",
]

CRISIS_ENDS = {
    "crises_repaired": "repair: yielded to, backed down from, lifted",
    "crises_better": "better terms: an interim package or a deal",
    "crises_rested": "the new normal: a measure was borne and stays",
    "crises_broken": "a break: the truce ended",
}
"""Measure of a run -> how so many of its crises ended."""
THREAT_ENDS = {
    "threats_yielded": "yielded to",
    "threats_dropped": "backed down from",
    "threats_carried": "carried out, by a measure",
}
"""Measure of a side -> what became of so many of its threats."""
_OPEN = "open at the end"
_OVERTAKEN = "overtaken by talks, a break or the end of the run"
_AFTER, _AT_ONCE = (
    "at the date of a threat",
    "at once, in answer or going further",
)
_ANSWERS = {"absorb": "borne", "in_kind": "answered in kind", "end": "the truce ended over it"}
_CHOICES = DECISIONS["respond"].choices
MEASURES = [
    *("crises", *CRISIS_ENDS),
    *(f"{name}.{side}" for name in ("threats", *THREAT_ENDS, "measures_taken") for side in SIDES),
]
"""The measures that these tables are made of, as columns of a table of runs."""
_COLUMNS = ["side", "end", "count", "share", "low", "high"]


class Clusters(NamedTuple):
    """Which rows of a table of runs are not independent: those of a ``run`` number, and, where points
    were drawn, those of a ``point`` (or of points drawn together); shape (rows,).
    """

    run: np.ndarray
    point: np.ndarray | None = None


def crisis_ends(runs: pd.DataFrame, clusters: Clusters) -> pd.DataFrame:
    """How crises ended: ``end``, its ``count`` and ``share``, the ends of the 95 % interval.

    Examples
    --------
    Two runs, of which the first had three crises, one of them open at the end:

    >>> runs = pd.DataFrame({"crises": [3, 1], "crises_repaired": [2, 0], "crises_better": [0, 1],
    ...                      "crises_rested": [0, 0], "crises_broken": [0, 0]})
    >>> crisis_ends(runs, Clusters(np.arange(2)))["share"].tolist()
    [0.5, 0.25, 0.0, 0.0, 0.25]
    """
    rows = _ends(runs["crises"], {CRISIS_ENDS[name]: runs[name] for name in CRISIS_ENDS}, _OPEN)
    return _shares(runs["crises"], rows, clusters)


def threats(runs: pd.DataFrame, clusters: Clusters) -> pd.DataFrame:
    """What became of the threats of each ``side``, as :func:`crisis_ends` says it of crises.

    Examples
    --------
    >>> names = ("threats", *THREAT_ENDS)
    >>> runs = pd.DataFrame({f"{name}.{side}": [1, 1] for name in names for side in SIDES})
    >>> runs[["threats.us", "threats.cn"]] = 4
    >>> threats(runs, Clusters(np.arange(2)))["share"].tolist()[:4]
    [0.25, 0.25, 0.25, 0.25]
    """
    tables = []
    for side in SIDES:
        made = runs[f"threats.{side}"]
        known = {words: runs[f"{name}.{side}"] for name, words in THREAT_ENDS.items()}
        tables.append(_shares(made, _ends(made, known, _OVERTAKEN), clusters).assign(side=side))
    return pd.concat(tables, ignore_index=True)[_COLUMNS]


def measures(runs: pd.DataFrame, clusters: Clusters) -> pd.DataFrame:
    """How measures of each ``side`` came about: by a threat carried out, or without one.

    Examples
    --------
    >>> runs = pd.DataFrame({"measures_taken.us": [2, 2], "threats_carried.us": [1, 0],
    ...                      "measures_taken.cn": [1, 1], "threats_carried.cn": [0, 0]})
    >>> measures(runs, Clusters(np.arange(2)))["count"].tolist()
    [1, 3, 0, 2]
    """
    tables = []
    for side in SIDES:
        taken = runs[f"measures_taken.{side}"]
        known = {_AFTER: runs[f"threats_carried.{side}"]}
        tables.append(_shares(taken, _ends(taken, known, _AT_ONCE), clusters).assign(side=side))
    return pd.concat(tables, ignore_index=True)[_COLUMNS]


def answers(transcript: pd.DataFrame) -> pd.DataFrame:
    """How each ``side`` answered the other's measures, in the runs of a transcript.

    Examples
    --------
    >>> asked = pd.DataFrame({"run": [0, 1], "side": ["us", "cn"], "decision": ["respond", "respond"],
    ...                       "choice": ["absorb", "end"]})
    >>> answers(asked)["count"].tolist()
    [1, 0, 0, 0, 0, 1]
    """
    asked = transcript[transcript["decision"] == "respond"]
    tables = []
    for side in SIDES:
        own = asked[asked["side"] == side]
        one = Clusters(own["run"].to_numpy())
        rows = {_ANSWERS[choice]: own["choice"] == choice for choice in _CHOICES}
        tables.append(_shares(pd.Series(1, own.index), rows, one).assign(side=side))
    return pd.concat(tables, ignore_index=True)[_COLUMNS]


def _ends(made: pd.Series, known: dict[str, pd.Series], rest: str) -> dict[str, pd.Series]:
    """What became of what was made, and, as ``rest``, of what is left."""
    left = made.astype(int)
    for part in known.values():
        left = left - part.astype(int)
    return {**known, rest: left}


def _shares(made: pd.Series, ends: dict[str, pd.Series], clusters: Clusters) -> pd.DataFrame:
    of = made.to_numpy(int)
    rows = [
        (end, int(part.sum()), *_share(part.to_numpy(int), of, clusters))
        for end, part in ends.items()
    ]
    return pd.DataFrame(rows, columns=_COLUMNS[1:])


def _share(part: np.ndarray, of: np.ndarray, clusters: Clusters) -> tuple[float, float, float]:
    """Share of all events of the rows, ``part`` of the ``of`` in each."""
    hits = np.repeat(np.tile([True, False], len(of)), np.column_stack([part, of - part]).ravel())
    run, point = (None if one is None else np.repeat(one, of) for one in clusters)
    assert run is not None
    return clustered_share(hits, run, point)
