"""The figure of a tournament: the ranking with its intervals, and what each pair of strategies makes of the truce."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.config.groups.outcomes import Figures
from sim.figures.files import house_style
from sim.figures.style import (  # fmt: skip
    COLOURS,
    HATCHES,
    INK,
    NAMES,
    Caption,
    canvas,
    dress,
    fitted,
    joined,
    key_below,
    percent_axis,
    small,
    tell,
)
from sim.rules.measures import OUTCOMES
from sim.tournament.play import SIDES, Tournament

__all__ = ["ranking_figure"]

_PARTS = (("", INK, "D"), ("us.", COLOURS["us"], "o"), ("cn.", COLOURS["cn"], "s"))
_LABELS = {"": "mean of both sides", "us.": NAMES["us"], "cn.": NAMES["cn"]}
_GAP = 0.95


def ranking_figure(result: Tournament, look: Figures | None = None) -> Figure:
    """Ranking on the left; outcome shares by pair, means over the scenarios, on the right."""
    look = fitted(look)
    with house_style():
        count = len(result.ranking)
        figure, axes = canvas(look, 1, 2, 2.2 + 0.24 * (count * count + count * _GAP))
        _rank(axes[0, 0], result, look)
        _pairs(axes[0, 1], result, look)
        names = list(result.scenarios)
        scenarios = names[0] if len(names) == 1 else f"{joined(names)}, equally weighed"
        runs = result.runs * len(names) * count * count
        caption = Caption(
            "", scenarios, runs, result.seed, "Whiskers: 95\u00a0% intervals over runs, common random numbers."
        )
        tell(figure, look, f"Which strategy pays? {_title(result)}", caption)
    return figure


def _title(result: Tournament) -> str:
    first = result.ranking.iloc[0]
    name, count, tied = first["strategy"].replace("_", " "), len(result.ranking) - 1, result.tied
    if len(tied) > 1:
        return "All pay the same" if len(tied) > count else f"{joined(tied).capitalize()} come first together"
    told = f"better than {int(first['better_than'])} of {count} beyond chance (Holm, 5\u00a0%)"
    return f"{name[:1].upper()}{name[1:]} comes first, {told}"


def _rank(ax: Axes, result: Tournament, look: Figures) -> None:
    for place, row in enumerate(result.ranking.to_dict("records")):
        for n, (part, colour, mark) in enumerate(_PARTS):
            value, low, high = (row[f"{part}{end}"] for end in ("advantage", "low", "high"))
            ax.errorbar(
                value, place + 0.2 * (n - 1), xerr=[[max(0.0, value - low)], [max(0.0, high - value)]], color=colour, fmt=mark, capsize=3,
                label=_LABELS[part] if place == 0 else None,
            )  # fmt: skip
    ax.axvline(0.0, color=INK, linewidth=0.9)
    dress(ax, look, x="Payoff above the mean strategy's (bn USD/yr)", title="Ranking")
    ax.set_yticks(range(len(result.ranking)), [name.replace("_", " ") for name in result.ranking["strategy"]])
    ax.set_ylim(len(result.ranking) - 0.5, -0.5)
    key_below(ax, look, 1)


def _pairs(ax: Axes, result: Tournament, look: Figures) -> None:
    keys = [f"{side}.strategy.kind" for side in SIDES]
    shares = result.pairs.groupby(keys, sort=False)[list(OUTCOMES)].mean()
    order = list(result.ranking["strategy"])
    places, labels, left = [], [], np.zeros(len(order) ** 2)
    for n, (us, cn) in enumerate((us, cn) for us in order for cn in order):
        places.append(n + _GAP * (n // len(order)))
        labels.append(cn.replace("_", " "))
        if n % len(order) == 0:
            ax.annotate(
                f"{NAMES['us']}: {us.replace('_', ' ')}", (0.0, places[-1] - 0.72), fontsize=small(look), color=COLOURS["us"], fontweight="bold",
                va="center", annotation_clip=False,
            )  # fmt: skip
    rows = shares.loc[[(us, cn) for us in order for cn in order]]
    for name in OUTCOMES:
        edge = "white" if name == "breakdown" else INK
        width = rows[name].to_numpy(float)
        ax.barh(places, width, 0.72, left=left, color=COLOURS[name], hatch=HATCHES[name], edgecolor=edge, linewidth=0.6, label=NAMES[name])  # fmt: skip
        left = left + width
    dress(ax, look, x="Share of runs (%)", title=f"Outcomes, by {NAMES['cn']}'s strategy")
    ax.set_yticks(places, labels)
    ax.set_ylim(places[-1] + 0.6, -1.3)
    percent_axis(ax, "x")
    key_below(ax, look, 2)
