"""A tournament as a folder: labels and units of its three tables, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.report import Picture, Report, Section, Table
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.folder import Order, Study, write_study
from sim.tournament.figure import ranking_figures
from sim.tournament.play import TABLES, Tournament
from sim.vocabulary import OUTCOMES

__all__ = ["write_tournament"]

_MONEY = "bn USD/yr"
_ADVANTAGES = {
    "": "payoff above the mean strategy",
    "us.": "payoff above the mean as Washington",
    "cn.": "payoff above the mean as Beijing",
}
_PARTS = {
    "advantage": "",
    "low": ": lower end of the 95 % interval",
    "high": ": upper end of the 95 % interval",
}
_NOTES: Notes = {
    "scenario": {"label": "scenario", "unit": "name"},
    "strategy": {"label": "strategy", "unit": "name"},
    "us.strategy.kind": {"label": "Washington's strategy", "unit": "name"},
    "cn.strategy.kind": {"label": "Beijing's strategy", "unit": "name"},
    "runs": {"label": "runs of the pair", "unit": "count"},
    "payoff.us": {"label": "mean payoff (US)", "unit": _MONEY},
    "payoff.cn": {"label": "mean payoff (China)", "unit": _MONEY},
    "welfare_loss.us": {"label": "mean welfare loss (US)", "unit": _MONEY},
    "welfare_loss.cn": {"label": "mean welfare loss (China)", "unit": _MONEY},
    "efficiency": {"label": "mean efficiency of deals", "unit": "share"},
    "us_surplus_share": {"label": "mean US share of the surplus of deals", "unit": "share"},
    **{
        name: {"label": f"runs whose outcome is {name.replace('_', ' ')}", "unit": "share"}
        for name in OUTCOMES
    },
    **{
        f"{side}{part}": {"label": f"{words}{end}", "unit": _MONEY}
        for side, words in _ADVANTAGES.items()
        for part, end in _PARTS.items()
    },
    "better_than": {"label": "strategies beaten at 5 % after Holm's correction", "unit": "count"},
    "one": {"label": "strategy", "unit": "name"},
    "other": {"label": "strategy compared with", "unit": "name"},
    "difference": {"label": "advantage of the one less that of the other", "unit": _MONEY},
    "p": {"label": "p-value of the paired t test", "unit": "probability"},
    "p_holm": {"label": "p-value after Holm's correction", "unit": "probability"},
}


def write_tournament(result: Tournament, order: Order | None = None) -> Path:
    """Write a tournament's folder; ``order`` says where and how.

    Returns
    -------
    Path
        The folder: ``pairs.csv``, ``ranking.csv``, ``tests.csv``, the scenarios, figure, report and
        manifest.
    """
    study = Study(
        verb="tournament",
        answer=result.answer,
        tables={name: getattr(result, name) for name in TABLES},
        notes=_NOTES,
        scenarios=result.scenarios,
        runs=result.runs,
        seed=result.seed,
        recorded={"entrants": tuple(result.strategies)},
    )
    return write_study(
        study,
        order or Order(),
        lambda manifest, pictures: _report(result, manifest, pictures),
        lambda style: ranking_figures(result, style).items(),
    )


def _report(result: Tournament, manifest: Manifest, pictures: Sequence[Picture]) -> Report:
    rows = [
        (
            row["strategy"].replace("_", " "),
            *(f"{row[end]:.2f}" for end in ("advantage", "low", "high")),
            str(row["better_than"]),
        )
        for row in result.ranking.to_dict("records")
    ]
    head = ("Strategy", f"Payoff above the mean ({_MONEY})", "from", "to", "beats beyond chance")
    caption = f"{result.runs:,} runs per pair and scenario, seed {result.seed}; 95 % intervals of the runs, paired by common random numbers."
    titles = {scenario.title or name: scenario for name, scenario in result.scenarios.items()}
    shown = [picture.described(files=("pairs.csv", "ranking.csv")) for picture in pictures]
    return Report(
        title=", ".join(titles),
        question="Which strategy pays?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            Section(
                "Ranking", [Table(caption, head, rows, (1, 2, 3, 4), file="ranking.csv"), *shown]
            )
        ],
        scenarios=titles,
        meanings=_MEANINGS,
    )


_MEANINGS = {
    "payoff above the mean": "a strategy's mean payoff less that of all strategies, over both sides and all opponents",
    "beats beyond chance": "how many others it is better than at 5 %, by paired t tests after Holm's correction",
}
