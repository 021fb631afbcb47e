"""The answer in a line: what the command prints last, every number counted from the result's own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.analysis.shares import outcome_shares
from sim.rules.measures import OUTCOMES

if TYPE_CHECKING:
    from sim.results import Results

__all__ = ["WORDS", "answer"]

WORDS = {"breakthrough": "breakthrough", "narrow_deal": "narrow deal", "tactical_pause": "tactical pause", "breakdown": "breakdown"}
_MOST_GROUPS = 40


def answer(results: Results) -> str:
    """One line on a run or a sweep."""
    return _of_sweep(results) if results.design else _of_run(results)


def _of_run(results: Results) -> str:
    runs = results.runs
    shares = outcome_shares(runs).sort_values("share", ascending=False, kind="stable").to_dict("records")
    first, *others = shares
    line = f"{results.title}: {WORDS[first['outcome']]} in {first['share']:.0%} of {_count(len(runs), 'run')} ({_interval(first)})"
    line += "".join(f", {WORDS[row['outcome']]} {row['share']:.0%}" for row in others)
    broke = runs["weeks_to_first_break"].dropna()
    if len(broke):
        line += f"; the truce broke in {len(broke) / len(runs):.0%}, first after {broke.median():.0f} weeks (median of those)"
    return line + "."


def _of_sweep(results: Results) -> str:
    runs = results.table(["point", *results.design, "outcome"])
    name = _leading_factor(runs, results.design)
    label = results.notes.get(name, {}).get("label") or name
    head = f"{results.manifest['sweep'].get('title') or results.title}: "
    groups = _grouped(runs, name)
    if groups is None:
        return head + _strongest(runs, results)
    stretches = _stretches(outcome_shares(groups, ["at"]))
    path = ", then ".join(stretches) if len(stretches) > 1 else f"{stretches[0]} throughout"
    highest = outcome_shares(runs, ["point"]).groupby("outcome", observed=True)["share"].max().reindex(OUTCOMES)
    reach = ", ".join(f"{WORDS[outcome]} {share:.0%}" for outcome, share in highest.items())
    return f"{head}as {label} rises, the most frequent outcome is {path}; highest share at any point: {reach}."


def _stretches(shares: pd.DataFrame) -> list[str]:
    """The most frequent outcome along a setting, equal neighbours joined: ``tactical pause (0 to 0.15, up to 64%)``."""
    joined: list[tuple[str, list[float], float]] = []
    for at, group in shares.groupby("at"):
        best = group.sort_values("share", ascending=False, kind="stable").iloc[0]
        if joined and joined[-1][0] == best["outcome"]:
            outcome, places, most = joined.pop()
            joined.append((outcome, [*places, at], max(most, best["share"])))
        else:
            joined.append((best["outcome"], [at], best["share"]))
    return [
        f"{WORDS[outcome]} ({'at ' if len(places) == 1 else f'{places[0]:g} to '}{places[-1]:g}, {'up to ' if len(places) > 1 else ''}{most:.0%})"
        for outcome, places, most in joined
    ]


def _strongest(runs: pd.DataFrame, results: Results) -> str:
    """For settings that have no order or whose values were drawn: which moves the leading outcome most."""
    shares = outcome_shares(runs).sort_values("share", ascending=False, kind="stable")
    leading = str(shares["outcome"].iloc[0])
    hit = (runs["outcome"].astype(str) == leading).to_numpy(float)
    strength = {name: _association(runs[name], hit) for name in results.design}
    name = max(strength, key=lambda factor: abs(strength[factor]))
    label = results.notes.get(name, {}).get("label") or name
    tail = f"{WORDS[leading]} in {shares['share'].iloc[0]:.0%} of {_count(len(runs), 'run')}"
    if not np.isfinite(strength[name]) or abs(strength[name]) < 1e-9:
        return f"{tail}; no setting moves it."
    if _ordered(runs[name]):
        return f"{tail}; it is moved most by {label} ({'rising' if strength[name] > 0 else 'falling'} with it, rank correlation {strength[name]:+.2f})."
    best = pd.Series(hit).groupby(runs[name].astype(str).to_numpy()).mean()
    return f"{tail}; most at {label} = {best.idxmax()} ({best.max():.0%}), least at {best.idxmin()} ({best.min():.0%})."


def _leading_factor(runs: pd.DataFrame, design: tuple[str, ...]) -> str:
    """The setting with the strongest hold on any outcome."""
    best, strongest = design[0], -1.0
    for outcome in OUTCOMES:
        hit = (runs["outcome"].astype(str) == outcome).to_numpy(float)
        for name in design:
            strength = abs(_association(runs[name], hit))
            if strength > strongest:
                best, strongest = name, strength
    return best


def _association(values: pd.Series, hit: np.ndarray) -> float:
    """Rank correlation with an outcome; for names, the spread of the outcome's share over them."""
    if not hit.any() or hit.all() or values.nunique() < 2:
        return 0.0
    if _ordered(values):
        ranks = values.rank().to_numpy(float)
        return float(np.corrcoef(ranks, hit)[0, 1])
    means = pd.Series(hit).groupby(values.astype(str).to_numpy()).mean()
    return float(means.max() - means.min())


def _ordered(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _grouped(runs: pd.DataFrame, name: str) -> pd.DataFrame | None:
    if not _ordered(runs[name]) or runs[name].nunique() > _MOST_GROUPS:
        return None
    return runs.assign(at=runs[name])


def _interval(row: dict) -> str:
    return f"{100 * row['low']:.0f}-{100 * row['high']:.0f} %"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
