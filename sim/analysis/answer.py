"""The answer in a line: what the command line prints last, every number counted from the result's own tables.

Which setting moves a sweep's outcomes most is judged by the share of the outcomes' variance that it explains (Goodman and Kruskal's
tau, less what chance alone gives); whether any does, by Light and Margolin's test (1971) with Bonferroni's correction. Two outcomes are
called about even where their 95 % intervals overlap. All three take runs for independent, which common random numbers make them only
within a point: they guard against stories told of noise, and are no test to publish.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.shares import outcome_shares
from sim.rules.measures import OUTCOMES

if TYPE_CHECKING:
    from sim.results import Results

__all__ = ["answer"]

_WORDS = {name: name.replace("_", " ") for name in OUTCOMES}
_LEVEL = 0.05
_MOST_VALUES = 40
_MOST_STRETCHES = 4
_CLASSES = 5
_FEWEST_RUNS = 20


class _Hold(NamedTuple):
    """A setting's hold on the outcomes: share of variance explained beyond chance, and how likely chance alone gives as much."""

    name: str
    explained: float
    chance: float


def answer(results: Results) -> str:
    """One line on a run or a sweep."""
    return _of_sweep(results) if results.design else _of_run(results)


def _of_run(results: Results) -> str:
    runs = results.table(["outcome", "weeks_to_first_break"])
    broke = runs["weeks_to_first_break"].dropna().to_numpy(float)
    if len(runs) == 1:
        tail = f"the truce first broke after {broke[0]:g} weeks" if len(broke) else "the truce never broke"
        return f"{results.title}: the one run ended in {_WORDS[runs['outcome'].iloc[0]]}; {tail}."
    tail = "the truce broke in none"
    if len(broke):
        of = f"median of the {len(broke):,} runs in which it did" if len(broke) > 1 else "the one run in which it did"
        tail = f"the truce broke in {_percent(len(broke) / len(runs))}, first after {np.median(broke):g} weeks ({of})"
    return f"{results.title}: {_shares(runs, interval=True)}; {tail}."


def _of_sweep(results: Results) -> str:
    runs = results.table(["point", "run", *results.design, "outcome"])
    described = results.manifest.get("sweep") or {}
    title = described.get("title") or results.title
    luck = ""
    if runs["run"].nunique() == 1 and described.get("common_random_numbers"):
        luck = "; every point shares the luck of one run"
    copies = {name for name, factor in (described.get("factors") or {}).items() if factor.get("same_as")}
    moved = [name for name in results.design if name not in copies and runs[name].nunique() > 1]
    if not moved:
        return f"{title}: {_shares(runs)}{luck}."
    holds = [_hold(name, runs) for name in moved]
    best = max(holds, key=lambda hold: hold.explained)
    if min(hold.chance for hold in holds) * len(holds) > _LEVEL:
        what = "the setting does not move" if len(moved) == 1 else f"none of the {len(moved)} settings moves"
        return f"{title}: {_shares(runs)}; {what} the outcomes beyond chance{luck}."
    label = _label(best.name, results.notes)
    lead, called = "", label
    if len(moved) > 1:
        lead, called = f"of {len(moved)} settings {label} moves the outcomes most: ", "it"
    return f"{title}: {lead}{_path(best.name, called, runs)}; {_reach(runs)}{luck}."


def _path(name: str, label: str, runs: pd.DataFrame) -> str:
    """How the outcomes change with one setting."""
    if not _ordered(runs[name]):
        return _by_name(name, label, runs)
    if runs[name].nunique() > _MOST_VALUES:
        return _by_class(name, label, runs)
    shares = outcome_shares(runs, [name])
    stretches = _stretches(shares, name)
    if len(stretches) > _MOST_STRETCHES:
        ends = f"from {stretches[0]} to {stretches[-1]}"
        return f"as {label} rises, the most frequent outcome changes {len(stretches) - 1} times, {ends}"
    if len(stretches) == 1:
        return f"as {label} rises, the most frequent outcome stays {stretches[0]}; {_trend(name, runs)}"
    return f"as {label} rises, the most frequent outcome is {', then '.join(stretches)}"


def _stretches(shares: pd.DataFrame, name: str) -> list[str]:
    """The most frequent outcome along a setting, equal neighbours joined: ``tactical pause (0 to 0.15, up to 64 %)``."""
    joined: list[tuple[str, list[Any], float]] = []
    for at, group in shares.groupby(name):
        first, second = group.sort_values("share", ascending=False, kind="stable").to_dict("records")[:2]
        words = _WORDS[first["outcome"]]
        if second["high"] >= first["low"]:
            words = f"{words} or {_WORDS[second['outcome']]}, about even"
        if joined and joined[-1][0] == words:
            _, places, most = joined.pop()
            joined.append((words, [*places, at], max(most, first["share"])))
        else:
            joined.append((words, [at], first["share"]))
    return [f"{words} ({_places(places, most)})" for words, places, most in joined]


def _places(places: list[Any], most: float) -> str:
    if len(places) == 1:
        return f"at {places[0]:g}, {_percent(most)}"
    return f"{places[0]:g} to {places[-1]:g}, up to {_percent(most)}"


def _trend(name: str, runs: pd.DataFrame) -> str:
    """The outcome whose share changes most from the lowest to the highest value."""
    table = _table(name, runs)
    first, last = table.iloc[0], table.iloc[-1]
    moved = str((last - first).abs().idxmax())
    verb = "rises" if first[moved] < last[moved] else "falls" if first[moved] > last[moved] else "stays"
    if verb == "stays":
        return f"the shares at both ends are the same, {_WORDS[moved]} {_percent(first[moved])}"
    return f"{_WORDS[moved]} {verb} from {_percent(first[moved])} to {_percent(last[moved])}"


def _by_class(name: str, label: str, runs: pd.DataFrame) -> str:
    """A setting of many values: the leading outcome's share in each fifth of them, and the sign of the rank correlation."""
    leading = _leading(runs)
    shares = outcome_shares(runs.assign(at=_classes(runs[name])), ["at"])
    row = ", ".join(_percent(share)[:-2] for share in shares.loc[shares["outcome"] == leading, "share"])
    ranks = runs[name].rank().to_numpy(float)
    slope = np.corrcoef(ranks, (runs["outcome"] == leading).to_numpy(float))[0, 1]
    how = "" if np.isnan(slope) else f" (rank correlation {round(slope, 2) + 0.0:+.2f})"
    return f"as {label} rises, the share of {_WORDS[leading]} goes {row} %{how}"


def _by_name(name: str, label: str, runs: pd.DataFrame) -> str:
    """A setting whose values have no order: where the outcome that it moves most is most and least frequent."""
    table = _table(name, runs)
    moved = str((table.max() - table.min()).idxmax())
    most, least = table[moved].idxmax(), table[moved].idxmin()
    return (
        f"{_WORDS[moved]} is most frequent with {label} {_value(most)} ({_percent(table.at[most, moved])}), "
        f"least with {_value(least)} ({_percent(table.at[least, moved])})"
    )


def _table(name: str, runs: pd.DataFrame) -> pd.DataFrame:
    """Shares with a row for each value of a setting and a column for each outcome, in their order."""
    return outcome_shares(runs, [name]).pivot(index=name, columns="outcome", values="share")[list(OUTCOMES)]


def _reach(runs: pd.DataFrame) -> str:
    """How far each outcome goes at any point; where points have too few runs to say, shares over all."""
    shares = outcome_shares(runs, ["point"])
    if shares["runs"].min() < _FEWEST_RUNS:
        return f"over all, {_shares(runs)}"
    highest = shares.groupby("outcome")["share"].max()
    return "highest share at any point: " + ", ".join(f"{_WORDS[name]} {_percent(highest[name])}" for name in OUTCOMES)


def _hold(name: str, runs: pd.DataFrame) -> _Hold:
    """Goodman and Kruskal's tau of the outcome on a setting, less its mean under chance, and the p-value of Light and Margolin."""
    from scipy.special import chdtrc

    at = _classes(runs[name]) if _ordered(runs[name]) and runs[name].nunique() > _MOST_VALUES else runs[name]
    table = pd.crosstab(np.asarray(at), runs["outcome"].astype(str).to_numpy()).to_numpy(float)
    n, (rows, kinds) = table.sum(), table.shape
    within = 1.0 - (table**2 / table.sum(axis=1, keepdims=True)).sum() / n
    whole = 1.0 - ((table.sum(axis=0) / n) ** 2).sum()
    if kinds < 2 or n <= rows:
        return _Hold(name, 0.0, 1.0)
    tau = 1.0 - within / whole
    chance = float(chdtrc((rows - 1) * (kinds - 1), (n - 1) * (kinds - 1) * tau))
    return _Hold(name, tau - (rows - 1) / (n - 1), chance)


def _classes(values: pd.Series) -> np.ndarray:
    """Fifths by rank, equal values together: 0 to 4."""
    ranks = values.rank(method="average").to_numpy(float)
    return np.minimum((ranks - 0.5) / len(ranks) * _CLASSES, _CLASSES - 1).astype(int)


def _ordered(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _leading(runs: pd.DataFrame) -> str:
    shares = outcome_shares(runs)
    return str(shares["outcome"].iloc[shares["share"].argmax()])


def _shares(runs: pd.DataFrame, *, interval: bool = False) -> str:
    """``tactical pause in 58 % of 200 runs (51-65 %), narrow deal 24 %, ...``, the largest first; the interval where asked for."""
    if not len(runs):
        return "no run was completed"
    rows = outcome_shares(runs).sort_values("share", ascending=False, kind="stable").to_dict("records")
    first, *others = rows
    count = f"{len(runs):,} run{'' if len(runs) == 1 else 's'}"
    head = f"{_WORDS[first['outcome']]} in {_percent(first['share'])} of {count}"
    if interval:
        head += f" ({100 * first['low']:.0f}-{100 * first['high']:.0f} %)"
    return ", ".join([head, *(f"{_WORDS[row['outcome']]} {_percent(row['share'])}" for row in others)])


def _label(name: str, notes: Mapping[str, Mapping[str, str]]) -> str:
    """What axes call a setting, with its unit where that is more than a share."""
    note = notes.get(name, {})
    label, unit = note.get("label") or name, note.get("unit", "")
    return label if unit in ("", "share", "name", "flag") else f"{label} ({unit})"


def _value(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, (bool, np.bool_)) else str(value)


def _percent(share: float) -> str:
    """A share in per cent, whole but for what would read as none or all."""
    points = 100.0 * float(share)
    return f"{points:.1f} %" if 0.0 < points < 0.95 or 99.05 < points < 100.0 else f"{points:.0f} %"
