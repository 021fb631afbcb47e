"""The figure of a tournament: the ranking with its intervals, and the outcomes of each pair of
strategies.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.labels import joined
from sim.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    NAMES,
    Caption,
    annotate,
    canvas,
    fit_text,
    legend_below,
    percent_axis,
    small,
    style_axes,
)
from sim.tournament.play import SIDES, Tournament
from sim.vocabulary import OUTCOMES

__all__ = ["ranking_figures"]

_PARTS = (("", INK, "D"), ("us.", COLOURS["us"], "o"), ("cn.", COLOURS["cn"], "s"))
_LABELS = {"": "mean of both sides", "us.": NAMES["us"], "cn.": NAMES["cn"]}
_GAP = 0.95


def ranking_figures(result: Tournament, style: Figures | None = None) -> dict[str, Figure]:
    """Ranking, and outcome shares by pair as means over the scenarios: side by side as ``ranking``;
    on slides apart, ``ranking`` and ``pairs``.
    """
    style = fit_text(style)
    count = len(result.ranking)
    with house_style():
        if style.height:
            figure, axes = canvas(style, 1, 1, 0.0)
            _rank(axes[0, 0], result, style)
            second, columns = canvas(style, 1, 2, 0.0)
            half = -(-count // 2)
            order = list(result.ranking["strategy"])
            for ax, us in zip(columns[0], (order[:half], order[half:]), strict=True):
                _pairs(ax, result, style, us or order[:1])
            figures = {"ranking": figure, "pairs": second}
        else:
            figure, axes = canvas(style, 1, 2, 2.2 + 0.24 * (count * count + count * _GAP))
            _rank(axes[0, 0], result, style)
            _pairs(axes[0, 1], result, style, list(result.ranking["strategy"]))
            figures = {"ranking": figure}
        for drawn in figures.values():
            annotate(drawn, style, f"Which strategy pays? {_title(result)}", _caption(result))
    return figures


def _caption(result: Tournament) -> Caption:
    names = list(result.scenarios)
    scenarios = names[0] if len(names) == 1 else f"{joined(names)}, equally weighted"
    runs = result.runs * len(names) * len(result.ranking) ** 2
    return Caption(
        "",
        scenarios,
        runs,
        result.seed,
        "Whiskers: 95\u00a0% intervals of the runs, paired by common random numbers.",
    )


def _title(result: Tournament) -> str:
    words = result.answer.partition(":")[0].partition(";")[0]
    return f"{words[:1].upper()}{words[1:]} (Holm, 5\u00a0%)"


def _rank(ax: Axes, result: Tournament, style: Figures) -> None:
    for place, row in enumerate(result.ranking.to_dict("records")):
        for n, (part, colour, mark) in enumerate(_PARTS):
            value, low, high = (row[f"{part}{end}"] for end in ("advantage", "low", "high"))
            ax.errorbar(
                value,
                place + 0.2 * (n - 1),
                xerr=[[max(0.0, value - low)], [max(0.0, high - value)]],
                color=colour,
                fmt=mark,
                capsize=3,
                label=_LABELS[part] if place == 0 else None,
            )
    ax.axvline(0.0, color=INK, linewidth=0.9)
    style_axes(ax, style, x="Payoff above the mean strategy's (bn USD/yr)", title="Ranking")
    ax.set_yticks(
        range(len(result.ranking)), [name.replace("_", " ") for name in result.ranking["strategy"]]
    )
    ax.set_ylim(len(result.ranking) - 0.5, -0.5)
    legend_below(ax, style, 1)


def _pairs(ax: Axes, result: Tournament, style: Figures, us_strategies: list[str]) -> None:
    keys = [f"{side}.strategy.kind" for side in SIDES]
    shares = result.pairs.groupby(keys, sort=False)[list(OUTCOMES)].mean()
    order = list(result.ranking["strategy"])
    played = [(us, cn) for us in us_strategies for cn in order]
    places, labels, left = [], [], np.zeros(len(played))
    for n, (us, cn) in enumerate(played):
        places.append(n + _GAP * (n // len(order)))
        labels.append(cn.replace("_", " "))
        if n % len(order) == 0:
            ax.annotate(
                f"{NAMES['us']}: {us.replace('_', ' ')}",
                (0.0, places[-1] - 0.72),
                fontsize=small(style),
                color=COLOURS["us"],
                fontweight="bold",
                va="center",
                annotation_clip=False,
            )
    rows = shares.loc[played]
    for name in OUTCOMES:
        edge = "white" if name == "breakdown" else INK
        width = rows[name].to_numpy(float)
        ax.barh(
            places,
            width,
            0.72,
            left=left,
            color=COLOURS[name],
            hatch=HATCHES[name],
            edgecolor=edge,
            linewidth=0.6,
            label=NAMES[name],
        )
        left = left + width
    style_axes(ax, style, x="Share of runs (%)", title=f"Outcomes, by {NAMES['cn']}'s strategy")
    ax.set_yticks(places, labels)
    ax.set_ylim(places[-1] + 0.6, -1.3)
    percent_axis(ax, "x")
    legend_below(ax, style, 2)
