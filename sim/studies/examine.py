"""The three looks at a response as tables: what each lever does alone, screened, and together, and
whether anything stands out.

The response is the model's, or a function whose indices are known: nothing here knows a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.indices import Index
from sim.analysis.paired import paired_mean, paired_share
from sim.analysis.ranking import Ranking, needed_by_error, rank_estimates
from sim.analysis.sensitivity import FIRST, TOTAL, Estimate, Size
from sim.analysis.two_draws import (
    REPLICATES,
    WHOLE,
    Feature,
    Split,
    apart_from_noise,
    elementary_effects,
    thresholds,
)
from sim.config.errors import SimError
from sim.studies.looks import FirstLook, Meter, Screen, base_rows, first_look, screen, sizes
from sim.studies.response import Response

__all__ = [
    "MOST",
    "MOVE",
    "NOTHING",
    "POINTS",
    "RUNS",
    "SHOWN",
    "TRAJECTORIES",
    "Examined",
    "Plan",
    "examine",
]

# all levers of London: 105,000 runs, half a minute on two idle processors
RUNS, TRAJECTORIES, POINTS, MOST = 200, 64, 1_024, 20
MOVE = "move from end to end"
# of either ranking: that anything is said to stand out in a model of noise alone; 4 % together, so
# that 5 % are not passed where Student's quantiles are a little too small for it
_LEVEL = 0.02
# worth seeing: a move of an outcome's share, or of so many standard deviations of a measure, and a
# share of variance (judgement)
SHOWN, _SHOWN_DEVIATIONS = 0.05, 0.1
_MOST_RUNS = 20_000_000  # 160 MB of values, and an hour and a half on two processors
NOTHING = "nothing stands out"
Progress = Callable[[int, int], None]


class Plan(NamedTuple):
    """How large the looks are: ``runs`` at each end of a lever, ``trajectories``, base ``points``,
    and the ``most`` levers with indices of their own; the ``seed`` of the designs.
    """

    runs: int = RUNS
    trajectories: int = TRAJECTORIES
    points: int = POINTS
    most: int = MOST
    seed: int = 1


class Examined(NamedTuple):
    """The five tables, the rankings by size and by total order, how the variance splits, and how
    many trajectories and base points a rule refused.
    """

    moves: pd.DataFrame
    screening: pd.DataFrame
    indices: pd.DataFrame
    variance: pd.DataFrame
    ranking: pd.DataFrame
    by_size: Ranking
    by_total: Ranking
    split: Split
    dropped: tuple[int, int]


def examine(
    response: Response, value: Feature, plan: Plan, progress: Progress | None = None
) -> Examined:
    """The three looks at any response, the model's or a function whose indices are known.

    Parameters
    ----------
    response
        What is asked.
    value
        The outcome, as one of the response's codes, or the value itself.
    plan
        How large the looks are.
    progress
        Called with (runs done, runs in all).

    Raises
    ------
    SimError
        More runs than are held, or rules that refuse too many points.
    """
    labels = list(response.labels)
    meter = Meter(runs_of(response, plan), progress)
    look = first_look(response, plan.runs, meter)
    moves, by_size, stands = _moves(response, look, value)
    screened = screen(response, plan.trajectories, plan.seed, meter)
    screening = _screening(labels, screened, value)
    groups, names = _groups(labels, screening, stands, plan.most)
    rows, dropped = base_rows(response, groups, plan.points, plan.seed, meter)
    found = apart_from_noise(rows, names, value, thresholds(rows, response.codes), _LEVEL)
    size = Size(plan.points, "base points")
    totals = [one for one in found.indices if one.kind == TOTAL and one.setting in labels]
    by_total = rank_estimates(totals, size, needed_by_error(size, _LEVEL / len(names), SHOWN))
    return Examined(
        moves,
        screening,
        _indices(found.indices, found.split, labels),
        _variance(found.split),
        _ranking({MOVE: by_size, TOTAL: by_total}),
        by_size,
        by_total,
        found.split,
        (screened.dropped, dropped),
    )


def runs_of(response: Response, plan: Plan) -> int:
    """Runs of all three looks.

    Raises
    ------
    SimError
        Too many.
    """
    levers = len(response.places)
    columns = min(levers, plan.most) + (levers > plan.most)
    first, second, third = sizes(
        response.places, plan.runs, plan.trajectories, plan.points, columns
    )
    if first + second + third > _MOST_RUNS:
        raise SimError(
            f"too many runs: {first:,} at the ends of {levers} levers, {second:,} on trajectories, {third:,} for indices",
            key="runs" if first > second + third else "points",
            given=plan.runs if first > second + third else plan.points,
            allowed=f"{_MOST_RUNS:,} in all",
            cure="fewer levers, or smaller looks",
        )
    return first + second + third


def _moves(
    response: Response, look: FirstLook, value: Feature
) -> tuple[pd.DataFrame, Ranking, set[str]]:
    """Each lever's move with its interval, the ranking by size, and the levers that stand out."""
    share, level = value.kind != "value", _LEVEL / max(1, len(look.lever))
    refused = np.isnan(look.before).any(axis=1) | np.isnan(look.after).any(axis=1)
    rows, largest = list[dict[str, object]](), dict[str, Estimate]()
    for k, lever in enumerate(look.lever):
        label = response.labels[lever]
        ends = None if refused[k] else (value.of(look.before[k]), value.of(look.after[k]))
        own = _move_estimate(label, ends, level, share)
        row = {
            "lever": label,
            "settings": response.settings[lever],
            "from": response.words(lever, look.start[k]),
            "to": response.words(lever, look.end[k]),
            "scenario": float(value.of(look.scenario).mean()),
        }
        rows.append(row | _moved(ends, share) | {"stands": own.stands, "refused": bool(refused[k])})
        known = largest.setdefault(label, own)
        if own.result.value > known.result.value or np.isnan(known.result.value):
            largest[label] = own
    table = pd.DataFrame(rows)
    order = np.argsort(-table["difference"].abs().fillna(-1.0).to_numpy(), kind="stable")
    shown = SHOWN if share else _SHOWN_DEVIATIONS * float(look.scenario.std())
    size = Size(look.before.shape[1], "runs")
    ranking = rank_estimates(list(largest.values()), size, needed_by_error(size, level, shown))
    standing = {estimate.setting for estimate in largest.values() if estimate.stands}
    return table.iloc[order].reset_index(drop=True), ranking, standing


def _moved(ends: tuple[np.ndarray, np.ndarray] | None, share: bool) -> dict[str, float]:
    """Means at both ends and their paired difference; NaN where a rule refuses an end."""
    found = (float("nan"),) * 5
    if ends is not None:
        gap = paired_share(*ends) if share else paired_mean(*ends)
        found = (float(ends[0].mean()), float(ends[1].mean()), *gap)
    names = ("at_from", "at_to", "difference", "difference.low", "difference.high")
    return dict(zip(names, found, strict=True))


def _chance_of(gaps: np.ndarray, share: bool) -> float:
    """How probable so large a mean of paired differences is where nothing moves: McNemar's exact
    test of an outcome, Student's of a measure.
    """
    from scipy.stats import binom, t

    if share:
        up, down = int((gaps > 0).sum()), int((gaps < 0).sum())
        return min(1.0, 2.0 * float(binom.cdf(min(up, down), up + down, 0.5)))
    spread = float(gaps.std(ddof=1))
    if spread <= 0.0:
        return float(gaps.mean() == 0.0)
    return 2.0 * float(t.sf(abs(gaps.mean()) / spread * np.sqrt(len(gaps)), len(gaps) - 1))


def _move_estimate(
    label: str, ends: tuple[np.ndarray, np.ndarray] | None, level: float, share: bool
) -> Estimate:
    """The size of a move, to be ranked: what each run adds is paired with the same run elsewhere."""
    if ends is None:
        nothing = Index(float("nan"), np.zeros(1), np.zeros(1), 0.0, True)
        return Estimate(label, MOVE, nothing, 0.0, False)
    gaps = ends[1] - ends[0]
    size = -gaps if gaps.mean() < 0.0 else gaps
    # as if one run more had changed, as in the interval of a share (Agresti, Min 2005)
    unseen = 1.0 / len(gaps) if share else 0.0
    index = Index(float(size.mean()), np.zeros(1), size, 0.0, True, unseen=unseen)
    return Estimate(label, MOVE, index, 0.0, _chance_of(gaps, share) < level)


def _screening(labels: Sequence[str], screened: Screen, value: Feature) -> pd.DataFrame:
    """Morris' effects, the largest first."""
    steps = np.diff(value.of(screened.values), axis=1)
    effects = np.zeros_like(steps)
    row = np.arange(len(steps))[:, None]
    effects[row, screened.lever] = steps
    bound = 0.0 if value.kind == "value" else 1.0
    found = elementary_effects(effects, bound, _LEVEL)
    table = pd.DataFrame(
        [(label, *ends) for label, ends in zip(labels, found, strict=True)],
        columns=["lever", "effect", "effect.low", "effect.high", "stands"],
    )
    order = np.argsort(-table["effect"].to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _groups(
    labels: Sequence[str], screening: pd.DataFrame, stands: set[str], most: int
) -> tuple[list[list[int]], list[str]]:
    """Which levers are columns of the indices, and what each column is called: those that stand out
    in the screening or alone, then the largest effects; the others are one column.
    """
    if len(labels) <= most:
        return [[lever] for lever in range(len(labels))], list(labels)
    order = screening.assign(alone=screening["lever"].isin(stands)).sort_values(
        ["stands", "alone", "effect"], ascending=False, kind="stable"
    )
    place = {label: lever for lever, label in enumerate(labels)}
    kept = [place[label] for label in order["lever"].head(most)]
    rest = [lever for lever in range(len(labels)) if lever not in kept]
    name = f"the other {len(rest)} levers together" if len(rest) > 1 else labels[rest[0]]
    return [*([lever] for lever in kept), rest], [*(labels[lever] for lever in kept), name]


def _indices(found: Sequence[Estimate], split: Split, labels: Sequence[str]) -> pd.DataFrame:
    """Indices by lever, the largest total order first and the levers moved as one last."""
    rows = []
    for name, kind, index, _, stands, *_ in found:
        half = index.half_width()
        of_levers = index.value / split.levers.value if split.clear and kind != WHOLE else np.nan
        rows.append(
            (name, kind, index.value, index.value - half, index.value + half, of_levers, stands)
        )
    columns = ["lever", "index", "share", "share.low", "share.high", "of_levers", "stands"]
    table = pd.DataFrame(rows, columns=columns)
    table["together"] = ~table["lever"].isin(labels)
    total = table[table["index"] == TOTAL].set_index("lever")["share"]
    kinds = {kind: place for place, kind in enumerate((FIRST, TOTAL, WHOLE))}
    keys = table.assign(size=-table["lever"].map(total), kind=table["index"].map(kinds))
    order = keys.sort_values(["together", "size", "lever", "kind"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _variance(split: Split) -> pd.DataFrame:
    """Where the variance between runs comes from, as shares of it."""
    one = Index(1.0, np.ones(REPLICATES), np.zeros(1), 1.0, False)
    parts = {
        "levers, each alone": split.additive,
        "levers together (interactions)": split.levers.less(split.additive),
        "all levers": split.levers,
        "noise between runs": one.less(split.levers),
    }
    rows = []
    for name, index in parts.items():
        half = index.half_width()
        rows.append((name, index.value, index.value - half, index.value + half, split.all))
    return pd.DataFrame(
        rows, columns=["source", "share", "share.low", "share.high", "total_variance"]
    )


def _ranking(rankings: dict[str, Ranking]) -> pd.DataFrame:
    """The levers that lead each ranking and the sample that would tell the first from each; one row
    without a lever where nothing stands out, with the sample that would show something.
    """
    rows = []
    for kind, ranking in rankings.items():
        needed = (0, *ranking.settles) if ranking.leaders else (ranking.needed,)
        for lever, size in zip(ranking.leaders or (NOTHING,), needed, strict=True):
            rows.append((kind, lever, ranking.size.have, ranking.size.unit, size))
    return pd.DataFrame(rows, columns=["by", "lever", "sample", "sample_unit", "sample_needed"])
