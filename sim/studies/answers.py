"""The chance that something happens by a day: questions counted in the weekly series of runs.

Each answer has two intervals: of the runs, what other draws would give (Wilson 1927), and of the
settings, where the chance lies over the plausible ranges of the settings that the record leaves
open (:mod:`sim.analysis.settings_interval`). Definitions: ``docs/ask.md``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.settings_interval import elsewhere, settings_interval
from sim.analysis.shares import wilson
from sim.batch import Run
from sim.batch.work import LARGEST, check_work, work_of_batch
from sim.config.check import build
from sim.config.compose import named_scenario, take_scenario
from sim.config.errors import SimError
from sim.config.params import Params, Records, flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.results.manifest import Manifest, recorded_scenarios
from sim.results.reader import Plain, record_of
from sim.studies.questions import MOST_QUESTIONS, Question, question_of, questions_in
from sim.sweeps.design import params_of
from sim.sweeps.plausible import FIRST_RUN, RUNS, plausible_points

__all__ = ["TABLES", "Answers", "ask", "sentence", "tables_again"]

TABLES = ("answers", "when", "levers")
_DEFAULT_RUNS = 2_000
_BLOCK = 256  # runs whose weeks are held at a time
_LOG_FLOOR = 1e-3  # a chance of 0 or 1 is scored as if one run in a thousand had said otherwise
_QUARTERS = (0.25, 0.5, 0.75)
Progress = Callable[[int, int], None]
Asked = str | Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """Answers as tables; ``low`` and ``high`` are ends of 95 % intervals.

    Attributes
    ----------
    answers
        A row a question: ``probability`` with its interval of the runs, in ``counted`` of ``runs``
        runs (those that met its condition); ``settings`` with the interval over settings; why it is
        ``ruled_out``; the ``median`` day and quartiles where it came true; which ``lever`` moves
        it; where it is ``resolved``, the Brier and the log score, and those of the ``base_rate``.
    when
        A row a question and week: share of the counted runs in which it has come true by then.
    levers
        A row a question and open setting: correlation of its value with the chance over the points
        of the design, and whether it stands out from chance.
    questions, scenario, runs, seed, over_settings
        What was asked, of what, and whether over the plausible settings too.
    """

    answers: pd.DataFrame
    when: pd.DataFrame
    levers: pd.DataFrame
    questions: tuple[Question, ...]
    asked: Mapping[str, Mapping[str, Any]]
    scenario: Scenario
    runs: int
    seed: int
    over_settings: bool = True

    @property
    def answer(self) -> str:
        """The answers in a line: the first, and how many more there are."""
        text = sentence(self.answers.iloc[0].to_dict())
        more = len(self.answers) - 1
        return f"{text}; {more} more in answers.csv" if more else text


def sentence(row: Mapping[str, Any]) -> str:
    """The answer to a question in a line."""
    text = str(row["text"]).rstrip("?. ")
    if row["ruled_out"]:
        return f"{text}: cannot happen here, {row['ruled_out']}"
    if not row["counted"]:
        return f"{text}: no run of {row['runs']:,} met the condition, so nothing can be said"
    ends = f"95 % interval of the runs {_percent(row['low'])}-{_percent(row['high'])} %"
    met = (
        "runs"
        if row["counted"] == row["runs"]
        else f"of {row['runs']:,} runs that met the condition"
    )
    found = f"{text}: {_percent(row['probability'])} % of {row['counted']:,} {met} ({ends})"
    found += f"; half of them by {row['median']}" if row["median"] else ""
    if row["settings"] == row["settings"]:
        found += f"; {elsewhere(*(row[f'settings{end}'] for end in ('', '.low', '.high')))}"
    return found


def _percent(share: float) -> str:
    value = 100.0 * share
    return f"{value:.1f}" if 0.0 < value < 1.0 or 99.0 < value < 100.0 else f"{value:.0f}"


def ask(
    question: Asked | Mapping[str, Mapping[str, Any]],
    scenario: Scenario | str | None = None,
    *,
    runs: int = _DEFAULT_RUNS,
    seed: int = 1,
    threads: int = 0,
    settings: bool = True,
    largest: float = LARGEST,
    progress: Progress | None = None,
    **when: Any,
) -> Answers:
    """The chance that something happens by a day.

    Parameters
    ----------
    question
        A condition (``"truce in force"``, ``"extended twice"``, ``"tariff.us > 60 %"``), a mapping
        of a question's keys, a mapping of several by name, or the path of a ``questions.yaml``.
    scenario
        A scenario, its name, or None for what the file names, else the default.
    runs, seed, threads
        Number of runs, the seed of all draws, threads (0 uses all processors).
    settings
        Whether to look at the plausible ranges of the open settings too.
    largest
        Hours of one processor that it may take.
    progress
        Called with (runs done, runs in all).
    when
        ``by``, ``on``, ``until`` (days), ``then``, ``within``, ``given``, ``for_at_least`` for a
        condition in words; see ``docs/ask.md``.

    Raises
    ------
    SimError
        A question or a setting that is refused.

    Examples
    --------
    >>> found = ask("truce in force", on="2025-11-10", runs=40, settings=False)
    >>> int(found.answers["counted"].iloc[0])
    40
    """
    asked, named = _asked(question, when)
    base = named_scenario(named) if scenario is None else take_scenario(scenario)
    checked = build(Run, {"runs": runs, "seed": seed, "threads": threads}, "run")
    check_work(work_of_batch(base, checked), largest)
    params = flatten(base)
    questions = tuple(question_of(name, own, base, params) for name, own in asked.items())
    table = np.zeros(1, np.int64)
    numbers = np.arange(checked.runs)
    found = _counted(questions, params, np.repeat(table, checked.runs), numbers, checked, progress)
    over = _over_settings(questions, base, checked) if settings else None
    return Answers(
        _answers(questions, found, over, base, checked.runs),
        _when(questions, found, base),
        _levers(questions, over),
        questions,
        asked,
        base,
        checked.runs,
        checked.seed,
        settings,
    )


def _asked(question: Any, when: Mapping[str, Any]) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Questions by name as plain data, and the scenario that their file names."""
    if isinstance(question, Path) or (
        isinstance(question, str) and question.endswith((".yaml", ".yml", ".json"))
    ):
        source, questions = questions_in(question)
        if when:
            cure = "write them in the file"
            raise SimError("a file has its own days", key=next(iter(when)), cure=cure)
        return questions, source
    if isinstance(question, str):
        return {"question": {"that": question, **when}}, ""
    if not isinstance(question, Mapping) or not question:
        allowed = "a condition in words, a mapping, or the path of a questions.yaml"
        raise SimError("not a question", key="question", given=question, allowed=allowed)
    if len(question) > MOST_QUESTIONS:
        raise SimError("too many questions", key="question", given=len(question))
    if all(isinstance(own, Mapping) for own in question.values()):
        return {str(name): own for name, own in question.items()}, ""
    return {"question": {**question, **when}}, ""


@dataclass(frozen=True)
class _Counts:
    """What runs say of each question, shape (questions, runs)."""

    counted: np.ndarray
    true: np.ndarray
    week: np.ndarray


def _counted(
    questions: Sequence[Question],
    params: Params | Records,
    point: np.ndarray,
    run: np.ndarray,
    settings: Run,
    progress: Progress | None,
) -> _Counts:
    """Look the questions up in runs, block by block, so that their weeks need little memory."""
    parts = []
    for start in range(0, len(run), _BLOCK):
        here = slice(start, start + _BLOCK)
        _, weeks = simulate(
            params,
            point[here],
            run[here],
            settings.seed,
            weekly=len(run[here]),
            threads=settings.threads,
        )
        parts.append([question.find(weeks) for question in questions])
        if progress is not None:
            progress(min(start + _BLOCK, len(run)), len(run))
    joined = [
        [np.concatenate([getattr(part[k], name) for part in parts]) for k in range(len(questions))]
        for name in ("counted", "true", "week")
    ]
    return _Counts(*(np.asarray(rows) for rows in joined))


@dataclass(frozen=True)
class _Over:
    """The questions over the open settings: values of points by name, counts of (questions,
    points).
    """

    columns: Mapping[str, np.ndarray]
    counted: np.ndarray
    true: np.ndarray


def _over_settings(questions: Sequence[Question], scenario: Scenario, run: Run) -> _Over | None:
    columns = plausible_points(scenario)
    points = len(next(iter(columns.values()), ()))
    if not points:
        return None
    row = np.repeat(np.arange(points), RUNS)
    numbers = FIRST_RUN + np.arange(len(row))
    found = _counted(questions, params_of(scenario, columns, points), row, numbers, run, None)
    shape = (len(questions), points, RUNS)
    return _Over(
        columns, found.counted.reshape(shape).sum(axis=2), found.true.reshape(shape).sum(axis=2)
    )


def _answers(
    questions: Sequence[Question], found: _Counts, over: _Over | None, base: Scenario, runs: int
) -> pd.DataFrame:
    rows = []
    for k, question in enumerate(questions):
        counted, true = int(found.counted[k].sum()), int(found.true[k].sum())
        low, high = wilson(np.asarray(true), np.asarray(counted))
        weeks = found.week[k][found.true[k] & (found.week[k] >= 0)]
        chance = true / counted if counted else np.nan
        never = question.ruled_out
        lever = _lever(over, k) if over is not None and not never else ("", np.nan, False)
        rows.append(
            {
                "question": question.name,
                "text": question.text,
                "day": question.day,
                "probability": 0.0 if never else chance,
                "low": np.nan if never else float(low),
                "high": np.nan if never else float(high),
                "runs": runs,
                "counted": counted,
                "true": true,
                **_settings(over, k, never),
                "ruled_out": never,
                **_days(weeks, base, question),
                "lever": lever[0] if lever[2] else "",
                "correlation": lever[1] if lever[2] else np.nan,
                **_scores(question, 0.0 if never else chance),
            }
        )
    return pd.DataFrame(rows)


def _settings(over: _Over | None, k: int, never: str) -> dict[str, float]:
    """Mean and ends over settings; only where every run counts, since a condition that few runs
    meet leaves too few a point.
    """
    names = ("settings", "settings.low", "settings.high")
    if over is None or never or (over.counted[k] < RUNS).any():
        return dict.fromkeys(names, np.nan)
    return dict(zip(names, settings_interval(over.true[k], RUNS), strict=True))


def _days(weeks: np.ndarray, base: Scenario, question: Question) -> dict[str, str]:
    """Days by which it has come true in a quarter, half and three quarters of the runs in which it
    does.
    """
    names = ("first_quarter", "median", "third_quarter")
    if not len(weeks) or question.on >= 0:
        return dict.fromkeys(names, "")
    found = np.quantile(weeks, _QUARTERS, method="inverted_cdf")
    return {name: _day(base, int(week)) for name, week in zip(names, found, strict=True)}


def _day(base: Scenario, week: int) -> str:
    """The last day of a week, from 0."""
    start = dt.date.fromisoformat(base.calendar.start)
    return (start + dt.timedelta(weeks=week + 1, days=-1)).isoformat()


def _scores(question: Question, chance: float) -> dict[str, float | str]:
    """Brier's (1950) and the log score of a question that has been resolved, and those of a base
    rate.
    """
    names = ("brier", "log_score", "base_rate", "base_brier", "base_log_score")
    if question.resolved is None or chance != chance:
        return {"resolved": "", **dict.fromkeys(names, np.nan)}
    truth = float(question.resolved)

    def scored(forecast: float) -> tuple[float, float]:
        kept = min(max(forecast, _LOG_FLOOR), 1.0 - _LOG_FLOOR)
        return (forecast - truth) ** 2, -float(np.log(kept if truth else 1.0 - kept))

    base = question.base_rate
    own, other = scored(chance), scored(base) if base is not None else (np.nan, np.nan)
    values = (*own, np.nan if base is None else base, *other)
    return {"resolved": "yes" if truth else "no", **dict(zip(names, values, strict=True))}


def _when(questions: Sequence[Question], found: _Counts, base: Scenario) -> pd.DataFrame:
    frames = []
    for k, question in enumerate(questions):
        weeks = np.arange(question.last + 1)
        if question.on >= 0 or question.ruled_out or not found.counted[k].any():
            continue
        by = np.asarray([((found.week[k] >= 0) & (found.week[k] <= week)).sum() for week in weeks])
        counted = np.full(len(weeks), found.counted[k].sum())
        low, high = wilson(by, counted)
        frames.append(
            pd.DataFrame(
                {
                    "question": question.name,
                    "week": weeks + 1,
                    "date": [_day(base, int(week)) for week in weeks],
                    "share": by / counted,
                    "low": low,
                    "high": high,
                }
            )
        )
    columns = ["question", "week", "date", "share", "low", "high"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _correlations(over: _Over, k: int) -> pd.DataFrame:
    """Correlation of each setting's value with the share of the runs that count, over points, by
    ranks (Spearman 1904), and whether the largest of so many could be chance (Bonferroni).
    """
    from scipy import stats

    counted, true = over.counted[k], over.true[k]
    kept = counted > 0
    share = true[kept] / counted[kept]
    rows = []
    for name, values in over.columns.items():
        there = values[kept]
        if kept.sum() < 10 or np.ptp(share) == 0 or len(np.unique(there)) < 2:
            rows.append((name, np.nan, False))
            continue
        found = stats.spearmanr(there, share)
        rows.append((name, float(found.statistic), bool(found.pvalue * len(over.columns) < 0.05)))
    return pd.DataFrame(rows, columns=["lever", "correlation", "stands_out"])


def _lever(over: _Over, k: int) -> tuple[str, float, bool]:
    """The setting that moves it most, and whether it stands out."""
    table = _correlations(over, k).dropna()
    if table.empty:
        return "", np.nan, False
    row = table.loc[table["correlation"].abs().idxmax()]
    return str(row["lever"]), float(row["correlation"]), bool(row["stands_out"])


def _levers(questions: Sequence[Question], over: _Over | None) -> pd.DataFrame:
    columns = ["question", "lever", "correlation", "stands_out"]
    if over is None:
        return pd.DataFrame(columns=columns)
    frames = [
        _correlations(over, k).assign(question=question.name)[columns]
        for k, question in enumerate(questions)
        if not question.ruled_out
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


@dataclass(frozen=True, kw_only=True)
class _Record:
    """What was asked, as the manifest has it."""

    questions: Plain
    over_settings: bool = True


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables, made again from a manifest.

    Raises
    ------
    SimError
        Questions or a scenario that this version refuses.
    """
    record = record_of(_Record, manifest.asked, "what was asked", "manifest: asked")
    found = ask(
        dict(record.questions),
        recorded_scenarios(manifest)[0],
        runs=settings.runs,
        seed=settings.seed,
        threads=settings.threads,
        settings=record.over_settings,
        largest=math.inf,
        progress=progress,
    )
    return {name: getattr(found, name) for name in TABLES}
