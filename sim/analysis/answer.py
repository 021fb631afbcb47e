"""The answer in a line: what the command line prints last, every number counted from the result's
own tables.

Which setting moves a sweep's outcomes most, and whether any does beyond chance, is judged by
:mod:`sim.analysis.ranking`, as in the figure of indices. Two outcomes are called about even where
their 95 % intervals, of the runs, overlap.

Only a few columns of a sweep's table are in memory at a time. Of each setting only the counts of
outcomes by value (or fifth) are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.classes import has_more_values, rank_classes
from sim.analysis.estimated import missed_precision, with_estimates
from sim.analysis.impossible import find_ruled_out
from sim.analysis.labels import closing_words, label_of, percent, percents, value_words
from sim.analysis.pooled import pooled_shares
from sim.analysis.ranking import rank_settings
from sim.analysis.sampling import Draws, draws_of
from sim.analysis.settings_interval import elsewhere
from sim.analysis.shares import count_outcomes, outcome_codes, shares_of
from sim.analysis.survival import median_time, truce_survival
from sim.analysis.target import find
from sim.analysis.target_sentence import describe_target
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    from sim.results import Results
    from sim.results.manifest import SettingsDoubt

__all__ = ["answer"]

_WORDS = OUTCOMES.labels
_MOST_VALUES = 40
_MOST_STRETCHES = 4
_CLASSES = 5
_FEWEST_RUNS = 20
_COLUMNS_AT_ONCE = 4  # each read opens every part of the table


class _Setting(NamedTuple):
    """Outcomes by value of one setting: ``counts`` has one row per value (per fifth where
    ``classed``) and one column per outcome.
    """

    name: str
    ordered: bool
    classed: bool
    counts: pd.DataFrame


def answer(results: Results) -> str:
    """One line on a run or a sweep.

    Examples
    --------
    >>> import sim
    >>> answer(sim.run("london", runs=1, weeks="none")).partition(":")[0]
    'London, June 2025'
    """
    return _of_sweep(results) if results.design else _of_run(results)


def _of_run(results: Results) -> str:
    runs = results.table(
        [
            "outcome",
            "weeks_to_first_truce",
            "weeks_to_first_break",
            "breaks",
            "weeks_broken",
            "healed",
        ]
    )
    when = closing_words(results.scenario)
    if len(runs) == 1:
        state = _WORDS[runs["outcome"].iloc[0]]
        return f"{results.title}: the one run stood at {state} {when}; {_one_truce(runs.iloc[0])}."
    doubt = results.manifest.settings_doubt
    sentence = _shares(outcome_codes(runs["outcome"]), results, interval=True, doubt=doubt)
    line = f"{results.title}: {sentence}; {_truces(runs, results.scenario.calendar.horizon_weeks)}."
    if results.scored is None:
        return line
    return f"{line} Beside {results.scored.source.name}: {results.scored.answer}."


def _one_truce(run: pd.Series) -> str:
    """When the first truce of a single run broke, and what followed."""
    if np.isnan(run["weeks_to_first_truce"]):
        return "no truce began"
    if np.isnan(run["weeks_to_first_break"]):
        return "the truce never broke"
    healed = "under" if run["healed"] == 1.0 else "without"
    return (
        f"the first truce broke after {run['weeks_to_first_break'] - run['weeks_to_first_truce']:g} weeks; breaks: {run['breaks']:g}, with "
        f"{run['weeks_broken']:g} weeks without a truce; the run ends {healed} one"
    )


def _truces(runs: pd.DataFrame, horizon: int) -> str:
    """How many first truces broke, the Kaplan-Meier median time to the break, and how the runs with
    a break ended.
    """
    curve = truce_survival(runs, horizon)
    truces, broken = int(curve["at_risk"].iloc[0]), int(curve["events"].sum())
    if not truces:
        return "no truce began"
    if not broken:
        return "the truce broke in none"
    half = median_time(curve)
    when = "more than half never broke" if np.isnan(half) else f"half within {half:g} weeks"
    which = (
        "the first truce broke in"
        if truces == len(runs)
        else f"of the {truces:,} runs with a truce the first broke in"
    )
    broke = runs[runs["breaks"] > 0]
    return (
        f"{which} {percent(broken / truces)} ({when}); of those runs {percent(broke['healed'].mean())} end under a truce again "
        f"(means: {broke['breaks'].mean():.1f} breaks, {broke['weeks_broken'].mean():.0f} weeks without a truce)"
    )


def _of_sweep(results: Results) -> str:
    ended = outcome_codes(results.table(["outcome"])["outcome"])
    sweep = results.sweep
    assert sweep is not None
    title = sweep.title or results.title
    note = ""
    if sweep.common_random_numbers and results.table(["run"])["run"].nunique() == 1:
        note = "; every point uses the same random draws (one run)"
    found = find(results)
    if found:
        return f"{title}{'' if title.endswith('?') else ':'} {describe_target(found)}{note}."
    copies = sweep.copies
    moved = {
        setting.name: setting
        for setting in _moved(results, [n for n in results.design if n not in copies], ended)
    }
    if not moved:
        return f"{title}: {_shares(ended, results)}{note}."
    by_position = sweep.kind in (
        "saltelli",
        "morris",
    )  # designs that are read by the place of each setting
    ranking = rank_settings(
        results.table,
        sweep,
        [n for n in results.design if n in moved or (by_position and n not in copies)],
    )
    words = ranking.words({name: label_of(name, results.notes) for name in moved})
    if not ranking.leaders:
        return f"{title}: {_shares(ended, results)}; {words}{note}."
    best = moved[ranking.leaders[0]]
    lead, called = (
        ("", label_of(best.name, results.notes)) if len(moved) == 1 else (f"{words}: ", "it")
    )
    if len(ranking.leaders) > 1:
        called = label_of(best.name, results.notes)
    draws = draws_of(sweep)
    return f"{title}: {lead}{_path(best, called, results, ended, draws)}; {_reach(results, ended)}{note}."


def _moved(results: Results, names: Sequence[str], ended: np.ndarray) -> Iterator[_Setting]:
    """The settings that have more than one value, reading a few columns at a time."""
    for start in range(0, len(names), _COLUMNS_AT_ONCE):
        some = list(names[start : start + _COLUMNS_AT_ONCE])
        columns = results.table(some)
        for name in some:
            column = columns.pop(name)
            if has_more_values(column, 1):
                yield _setting(name, column, ended)


def _setting(name: str, column: pd.Series, ended: np.ndarray) -> _Setting:
    ordered = _ordered(column)
    classed = ordered and has_more_values(column, _MOST_VALUES)
    if classed:
        at, values = rank_classes(column.to_numpy(), _CLASSES), pd.RangeIndex(_CLASSES)
    else:
        at, values = pd.factorize(column, sort=True)
    counts = pd.DataFrame(
        count_outcomes(at, ended, len(values)), index=pd.Index(values), columns=list(OUTCOMES)
    )
    return _Setting(name, ordered, classed, counts[counts.sum(axis=1) > 0])


def _path(setting: _Setting, label: str, results: Results, ended: np.ndarray, draws: Draws) -> str:
    """How the outcomes change with one setting."""
    if not setting.ordered:
        return _by_name(setting, label)
    if setting.classed:
        return _by_class(setting, label, results.table([setting.name])[setting.name], ended)
    shares = pooled_shares(
        results.table([setting.name, "point", "run", "outcome"]), [setting.name], **draws
    )
    stretches = _stretches(shares.rename(columns={setting.name: "at"}))
    if len(stretches) > _MOST_STRETCHES:
        ends = f"from {stretches[0]} to {stretches[-1]}"
        return f"as {label} rises, the most frequent outcome changes {len(stretches) - 1} times, {ends}"
    if len(stretches) == 1:
        return (
            f"as {label} rises, the most frequent outcome stays {stretches[0]}; {_trend(setting)}"
        )
    return f"as {label} rises, the most frequent outcome is {', then '.join(stretches)}"


def _stretches(shares: pd.DataFrame) -> list[str]:
    """The most frequent outcome along a setting, equal neighbours joined: ``tactical pause (0 to
    0.15, up to 64 %)``.
    """
    joined: list[tuple[str, list[Any], float]] = []
    for at, group in shares.groupby("at"):
        first, second = group.sort_values("share", ascending=False, kind="stable").to_dict(
            "records"
        )[:2]
        words = _WORDS[first["outcome"]]
        if not second["high"] < first["low"]:
            words = f"{words} or {_WORDS[second['outcome']]}, about even"
        if joined and joined[-1][0] == words:
            _, places, most = joined.pop()
            joined.append((words, [*places, at], max(most, first["share"])))
        else:
            joined.append((words, [at], first["share"]))
    return [f"{words} ({_places(places, most)})" for words, places, most in joined]


def _places(places: list[Any], most: float) -> str:
    if len(places) == 1:
        return f"at {places[0]:g}, {percent(most)}"
    return f"{places[0]:g} to {places[-1]:g}, up to {percent(most)}"


def _trend(setting: _Setting) -> str:
    """The outcome whose share changes most from the lowest to the highest value."""
    table = _table(setting)
    first, last = table.iloc[0], table.iloc[-1]
    moved = str((last - first).abs().idxmax())
    verb = (
        "rises"
        if first[moved] < last[moved]
        else "falls"
        if first[moved] > last[moved]
        else "stays"
    )
    if verb == "stays":
        return f"the shares at both ends are the same, {_WORDS[moved]} {percent(first[moved])}"
    return f"{_WORDS[moved]} {verb} from {percent(first[moved])} to {percent(last[moved])}"


def _by_class(setting: _Setting, label: str, column: pd.Series, ended: np.ndarray) -> str:
    """A setting of many values: the leading outcome's share in each fifth of them, and the sign of
    the rank correlation.
    """
    leading = str(setting.counts.sum().idxmax())
    row = ", ".join(percent(share)[:-2] for share in _table(setting)[leading])
    slope = np.corrcoef(column.rank().to_numpy(float), ended == OUTCOMES[leading].code)[0, 1]
    how = "" if np.isnan(slope) else f" (rank correlation {round(slope, 2) + 0.0:+.2f})"
    return f"as {label} rises, the share of {_WORDS[leading]} goes {row} %{how}"


def _by_name(setting: _Setting, label: str) -> str:
    """A setting whose values have no order: where the outcome that it moves most is most and least
    frequent.
    """
    table = _table(setting)
    moved = str((table.max() - table.min()).idxmax())
    most, least = table[moved].idxmax(), table[moved].idxmin()
    return (
        f"{_WORDS[moved]} is most frequent with {label} {value_words(most)} ({percent(table.at[most, moved])}), "
        f"least with {value_words(least)} ({percent(table.at[least, moved])})"
    )


def _table(setting: _Setting) -> pd.DataFrame:
    """Shares with a row for each value of a setting and a column for each outcome, in their
    order.
    """
    return setting.counts.div(setting.counts.sum(axis=1), axis=0)


def _reach(results: Results, ended: np.ndarray) -> str:
    """How far each outcome goes at any point; where points have too few runs to say, shares over
    all.
    """
    point = results.table(["point"])["point"].to_numpy()
    runs = np.bincount(point)
    if runs[runs > 0].min() < _FEWEST_RUNS:
        return f"over all, {_shares(ended, results)}"
    hits = count_outcomes(point, ended, len(runs))[runs > 0]
    highest = (hits / hits.sum(axis=1, keepdims=True)).max(axis=0)
    never = find_ruled_out(results).everywhere()
    sentence = [
        f"{_WORDS[name]} {percent(share) if share or name not in never else 'cannot happen'}"
        for name, share in zip(OUTCOMES, highest, strict=True)
    ]
    return "highest share at any point: " + ", ".join(sentence)


def _ordered(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _shares(
    ended: np.ndarray,
    results: Results,
    *,
    interval: bool = False,
    doubt: SettingsDoubt | None = None,
) -> str:
    """``tactical pause in 58 % of 200 runs in a week of the closing year (95 % interval of the runs
    51-65 %), narrow deal 24 %, ...``.

    The largest comes first; the interval where asked for, and where chance has a say; ``doubt``
    adds what other settings would give. What cannot happen comes last, with the reason.
    """
    if not len(ended):
        return "no run was completed"
    excluded = find_ruled_out(results)
    counts = count_outcomes(np.zeros(len(ended), np.int8), ended, 1)
    counted = with_estimates(shares_of(counts, pd.DataFrame(index=range(1))), results)
    shares = excluded.mark(counted, pd.DataFrame())
    shares = shares.assign(words=percents(shares["share"]))
    possible = shares[shares["ruled_out"] == ""].sort_values(
        "share", ascending=False, kind="stable"
    )
    first, *others = possible.to_dict("records")
    count = f"{len(ended):,} run{'' if len(ended) == 1 else 's'}"
    digits, of = (1, "runs") if results.manifest.estimates else (0, count)
    head = (
        f"{_WORDS[first['outcome']]} in {first['words']} of {of} {closing_words(results.scenario)}"
    )
    if results.manifest.estimates:
        head += f", estimated from {count}"
    if interval and others:
        low, high = (f"{100 * first[end]:.{digits}f}" for end in ("low", "high"))
        head += f" (95 % interval of the runs {low}-{high} %)"
    sentence = ", ".join([head, *(f"{_WORDS[row['outcome']]} {row['words']}" for row in others)])
    missed = missed_precision(shares, results)
    never = _never(shares[shares["ruled_out"] != ""])
    if doubt and interval and others:
        # behind all shares, with a mean of its own: beside one it would read as its interval
        over = doubt.shares[first["outcome"]]
        sentence += f"; {_WORDS[first['outcome']]} {elsewhere(over.share, over.low, over.high)}"
    return "; ".join([sentence, *never, *([missed] if missed else [])])


def _never(shares: pd.DataFrame) -> Iterator[str]:
    """What cannot happen, outcomes of one reason together."""
    for reason, rows in shares.groupby("ruled_out", sort=False):
        names = [_WORDS[name] for name in rows["outcome"]]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        yield f"{listed} cannot happen here: {reason}"
