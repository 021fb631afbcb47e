"""The page of a least change: the front of size against share, for each number of levers, on fresh
draws; the change that is the answer is marked. 16:9, for a wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.labels import percent
from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.style import (
    COLOURS,
    GAP,
    INK,
    NAMES,
    Caption,
    annotate,
    blank,
    fit_text,
    in_lines,
    legend,
    percent_axis,
    small,
    style_axes,
)
from sim.studies.least_change import LEAST, Reach

__all__ = ["reach_figure"]

_WIDE = 5.625  # tenths of the width: 16:9
_MARKS = ("o", "s", "^", "D")  # by number of levers
_STRENGTHS = (1.0, 0.55, 0.3, 0.15)
_NOTE_INCHES = 0.26  # of the width, for the words beside the answer
_HEAD = 1.3  # highest share over the highest drawn, so that words have room above


def reach_figure(result: Reach, style: Figures | None = None) -> Figure:
    """The front, and under it the capped outcomes where there are any."""
    style = fit_text(style)
    with house_style():
        figure = blank(style, _WIDE)
        capped = list(result.caps)
        if capped:
            top, below = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (2.2, 1)})
            _caps(below, result, style)
        else:
            top = below = figure.subplots()
        _front(top, result, style)
        below.set_xlabel(
            "Size of the change (sum over levers, in units of the plausible range)",
            fontsize=0.9 * style.text_size,
            color=INK,
        )
        caption = Caption(
            "", result.start.name, result.runs, result.fresh,
            "Whiskers: 95\u00a0% intervals of the runs, on draws that chose nothing."
            if result.over == "scenario"
            else "Whiskers: 95\u00a0% intervals of runs and settings, on draws that chose nothing.",
        )  # fmt: skip
        annotate(figure, style, _title(result), caption)
        return figure


def _title(result: Reach) -> str:
    name, start = NAMES[result.outcome], result.start.title or result.start.name
    if result.share is None:
        best = result.front.loc[result.front["share"].idxmax()]
        return (
            f"How far from {start} to {name}? {percent(best['share'])} at most, by {best['change']}"
        )
    caps = "".join(f", {NAMES[name]} at most {percent(most)}" for name, most in result.caps.items())
    row = result.changes.iloc[0]
    return (
        f"What is the least change from {start} to {percent(result.share)} {name}{caps}? "
        f"{str(row['change'])[:1].upper()}{str(row['change'])[1:]} gives {percent(row['share'])} "
        f"({100 * row['low']:.0f} to {percent(row['high'])})"
    )


def _front(ax: Axes, result: Reach, style: Figures) -> None:
    """Share of the outcome by size, a staircase a number of levers: the share of a change is that of
    the largest that is no larger.
    """
    for count, own in _fronts(result):
        _line(
            ax,
            own,
            "share",
            ("low", "high"),
            result,
            int(count),
            f"{count} lever{'s' if count > 1 else ''}",
        )
    if result.share is not None:
        ax.axhline(result.share, color=INK, linewidth=1.0, linestyle=(0, (4.0, 2.0)))
        row = result.changes.iloc[0]
        ax.plot(
            [row["size"]], [row["share"]], "*", markersize=15.0, color=COLOURS[result.outcome],
            markeredgecolor=INK, label=LEAST + " change", zorder=5,
        )  # fmt: skip
        ax.annotate(
            in_lines(str(row["change"]), _NOTE_INCHES * style.width, small(style)),
            (row["size"], row["share"]),
            (2.0 * GAP, -2.0 * GAP),
            textcoords="offset points",
            va="top",
            fontsize=small(style),
            color=INK,
        )
    style_axes(ax, style, y=f"Runs that end in {NAMES[result.outcome]} (%)")
    percent_axis(
        ax, "y", min(1.0, _HEAD * max(float(result.front["high"].max()), result.share or 0.0))
    )
    ax.set_xlim(-0.02, None)
    legend(ax, style, 1, "upper left")


def _caps(ax: Axes, result: Reach, style: Figures) -> None:
    """Shares of the capped outcomes by size, with their caps as lines."""
    for name, most in result.caps.items():
        for count, own in _fronts(result):
            label = NAMES[name] if count == 1 else ""
            _line(ax, own, name, (f"{name}.low", f"{name}.high"), result, count, label, name)
        ax.axhline(most, color=COLOURS[name], linewidth=1.2, linestyle=(0, (4.0, 2.0)))
    highest = [float(result.front[f"{name}.high"].max()) for name in result.caps]
    base = [result.shares_of("start", name)[2] for name in result.caps]
    style_axes(ax, style, y="Runs (%)")
    percent_axis(ax, "y", min(1.0, 1.15 * max(*highest, *base, *result.caps.values())))
    legend(ax, style, 1, "upper right")


def _fronts(result: Reach) -> Iterator[tuple[int, pd.DataFrame]]:
    """The front of each number of levers; that of one begins with the scenario as it is."""
    names = {result.outcome: "share", **{name: name for name in result.caps}}
    ends = {"share": ("share", "low", "high")}
    start = {"levers": 1, "size": 0.0}
    for outcome, column in names.items():
        columns = ends.get(column, (column, f"{column}.low", f"{column}.high"))
        start |= dict(zip(columns, result.shares_of("start", outcome), strict=True))
    for count, own in pd.concat([pd.DataFrame([start]), result.front]).groupby("levers"):
        yield int(count), own


def _line(
    ax: Axes,
    own: pd.DataFrame,
    value: str,
    ends: tuple[str, str],
    result: Reach,
    count: int,
    label: str,
    outcome: str = "",
) -> None:
    size, share = own["size"].to_numpy(float), own[value].to_numpy(float)
    low, high = (own[end].to_numpy(float) for end in ends)
    look = _look(result, count, outcome)
    ax.errorbar(
        size, share, np.maximum(0.0, [share - low, high - share]), **look, label=label or None
    )


def _look(result: Reach, count: int, outcome: str = "") -> dict[str, Any]:
    """Mark, colour and line of a front: paler and of another mark with more levers."""
    colour = COLOURS[outcome or result.outcome]
    return {
        "fmt": f"{_MARKS[count - 1]}-",
        "color": colour,
        "markerfacecolor": (colour, _STRENGTHS[count - 1]),
        "markeredgecolor": INK,
        "ecolor": INK,
        "elinewidth": 1.2,
        "capsize": 3,
        "linewidth": 1.8,
        "drawstyle": "steps-post",
    }
