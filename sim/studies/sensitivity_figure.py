"""The page of a sensitivity study: what each lever does from end to end of its range, how much of
the variance each explains, and how much is noise between runs. 16:9, for a wall.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.sensitivity import FIRST, TOTAL
from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.style import (
    COLOURS,
    GAP,
    INK,
    Caption,
    annotate,
    blank,
    fit_text,
    in_lines,
    outlined,
    percent_axis,
    small,
    style_axes,
)
from sim.studies.sensitivity_study import Sensitivity
from sim.vocabulary import OUTCOMES

__all__ = ["sensitivity_figures"]

_WIDE = 5.625  # tenths of the width: 16:9
_MOST_MOVES, _MOST_INDICES = 7, 5  # rows that are read from the back of a room
_FEWEST = 4  # rows of a panel: a bar alone would fill it
_LABEL_INCHES = 0.2  # of the width, for the names of levers
_PALE = "#595959"
_PLAIN = "#0072B2"
# alone, together, noise: dark to light, so that they part without colour; hatched where colour fails
_PARTS = (("#0072B2", ""), ("#56B4E9", "//"), ("#EFEFEF", ".."))
_PART_NAMES = ("levers, each alone", "levers together", "noise between runs")


def sensitivity_figures(result: Sensitivity, style: Figures | None = None) -> dict[str, Figure]:
    """The one page, ``sensitivity``."""
    style = fit_text(style)
    with house_style():
        return {"sensitivity": _page(result, style)}


def _page(result: Sensitivity, style: Figures) -> Figure:
    figure = blank(style, _WIDE)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.1, 1.0), height_ratios=(1.0, 0.2))
    _moves(figure.add_subplot(grid[:, 0]), result, style)
    _indices(figure.add_subplot(grid[0, 1]), result, style)
    _variance(figure.add_subplot(grid[1, 1]), result, style)
    plan = result.plan
    caption = Caption(
        "",
        result.scenario.name,
        plan.runs,
        plan.seed,
        f"{plan.points:,} base points. Whiskers: 95\u00a0% intervals, left of the runs, right of points and runs. Bold: stands out.",
    )
    annotate(figure, style, _title(result), caption)
    return figure


def _title(result: Sensitivity) -> str:
    question = f"What moves {result.label}?"
    levers = 100 * max(0.0, result.split.levers.value)
    split = f"over all ranges the levers explain {levers:.0f}\u00a0% of the variance between runs"
    if result.nothing_stands_out:
        return f"{question} Nothing stands out of {len(result.levers)} levers; {split}"
    leaders = result.by_size.leaders
    if not leaders:
        name, rivals = result.by_total.leaders[0], result.by_total.leaders[1:]
        words = f"{_capital(name)}, with other levers"
    else:
        row = result.moves[result.moves["lever"] == leaders[0]].iloc[0]
        amount = _signed(
            100.0 * row["difference"] if result.outcome in OUTCOMES else row["difference"], result
        )
        words = f"{_capital(leaders[0])}, {amount} {result.difference_unit}"
        rivals = leaders[1:]
    if rivals:
        words += f", and {len(rivals)} that {'is' if len(rivals) == 1 else 'are'} not significantly weaker"
    return f"{question} {words}; {split}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _moves(ax: Axes, result: Sensitivity, style: Figures) -> None:
    """The difference that each lever makes from end to end, the largest on top."""
    shown = result.moves[~result.moves["refused"]].head(_MOST_MOVES)
    scale = 100.0 if result.outcome in OUTCOMES else 1.0
    values, low, high = (
        scale * shown[name].to_numpy(float)
        for name in ("difference", "difference.low", "difference.high")
    )
    places = np.arange(len(shown))
    colour = COLOURS.get(result.outcome, _PLAIN)
    colours = [(colour, 1.0 if stands else 0.25) for stands in shown["stands"]]
    ax.barh(places, values, 0.62, color=colours, edgecolor=INK, linewidth=0.8)
    ends = np.maximum(0.0, np.nan_to_num([values - low, high - values]))
    bars = ax.errorbar(values, places, xerr=ends, fmt="none", ecolor=INK, elinewidth=1.6, capsize=3)
    for line in bars.lines[2]:
        line.set_path_effects(outlined("white", 1.6))
    for place, (value, end) in enumerate(zip(values, np.fmax(values, high), strict=True)):
        _beside(ax, place, max(0.0, end), _signed(value, result), style)
    unit = (
        f"Points of {result.label}"
        if result.outcome in OUTCOMES
        else f"{_capital(result.label)} ({result.unit})"
    )
    style_axes(ax, style, x=unit, title="From end to end of its range")
    names = [_name(result, row) for _, row in shown.iterrows()]
    _rows(ax, names, shown["stands"].tolist(), style)


def _name(result: Sensitivity, row: pd.Series) -> str:
    """A lever and its ends; of a categorical one, the option that is put for the scenario's."""
    lever = next(lever for lever in result.levers if lever.label == row["lever"])
    ends = row["to"] if lever.options else f"{row['from']} \u2192 {row['to']}"
    return f"{row['lever']}: {ends}"


def _signed(value: float, result: Sensitivity) -> str:
    text = f"{value:+.0f}" if result.outcome in OUTCOMES else f"{value:+.2g}"
    return text.replace("-", "\u2212")


def _indices(ax: Axes, result: Sensitivity, style: Figures) -> None:
    """First and total order of the levers, as shares of all variance."""
    table = result.indices
    order = list(dict.fromkeys(table.loc[table["index"] == TOTAL, "lever"]))[:_MOST_INDICES]
    stands = table[table["index"] == TOTAL].set_index("lever")["stands"]
    marks: dict[str, dict[str, Any]] = {
        FIRST: {"fmt": "o", "mfc": INK},
        TOTAL: {"fmt": "D", "mfc": "white"},
    }
    for n, (kind, mark) in enumerate(marks.items()):
        part = table[table["index"] == kind].set_index("lever").loc[order]
        value, low, high = (
            np.maximum(0.0, part[name].to_numpy(float))
            for name in ("share", "share.low", "share.high")
        )  # cut at 0 only in the figure: the table keeps the estimates
        places = np.arange(len(order)) + 0.3 * (n - 0.5)
        ax.errorbar(
            value,
            places,
            xerr=np.maximum(0.0, [value - low, high - value]),
            color=INK,
            mec=INK,
            ecolor=INK,
            elinewidth=1.4,
            capsize=3,
            label="alone" if kind == FIRST else "with others",
            **mark,
        )
    style_axes(ax, style, x="Share of all variance (%)", title="Over all ranges")
    percent_axis(ax, "x", top=None)
    ax.set_xlim(left=-0.02 * ax.get_xlim()[1])
    _rows(ax, order, [bool(stands[name]) for name in order], style)
    ax.legend(
        fontsize=small(style),
        loc="lower right",
        framealpha=0.9,
        edgecolor="none",
        labelcolor=INK,
        handletextpad=0.2,
        borderaxespad=0.2,
    )


def _variance(ax: Axes, result: Sensitivity, style: Figures) -> None:
    """One bar of all variance: the levers alone, together, and noise."""
    alone, together, noise = _shares(result.variance)
    left = 0.0
    for width, (colour, hatch), name in zip(
        (alone, together, noise), _PARTS, _PART_NAMES, strict=True
    ):
        label = f"{name} {100 * width:.0f}\u00a0%"
        ax.barh(
            0.0,
            width,
            0.7,
            left=left,
            color=colour,
            hatch=hatch,
            edgecolor=INK,
            linewidth=0.8,
            label=label,
        )
        left += width
    ax.set_xlim(0.0, 1.0)
    ax.set_axis_off()
    ax.legend(
        fontsize=small(style),
        ncols=1,
        loc="upper left",
        bbox_to_anchor=(0.0, -0.05),
        frameon=False,
        labelcolor=INK,
        handlelength=1.2,
        borderaxespad=0.0,
        labelspacing=0.2,
    )


def _shares(table: pd.DataFrame) -> tuple[float, float, float]:
    """Levers alone, together, and noise, none below 0, adding to 1."""
    shares = table["share"].to_numpy(float)
    levers = min(1.0, max(0.0, shares[2]))
    alone = min(levers, max(0.0, shares[0]))
    return alone, levers - alone, 1.0 - levers


def _rows(ax: Axes, names: list[str], stands: list[bool], style: Figures) -> None:
    """Names of rows, bold where a lever stands out."""
    inches = _LABEL_INCHES * style.width
    ax.set_yticks(range(len(names)), [in_lines(name, inches, small(style)) for name in names])
    for label, bold in zip(ax.get_yticklabels(), stands, strict=True):
        label.set_fontweight("bold" if bold else "normal")
        label.set_color(INK if bold else _PALE)
    ax.set_ylim(max(len(names), _FEWEST) - 0.4, -0.6)
    ax.axvline(0.0, color=INK, linewidth=0.9)
    ax.grid(False, axis="y")
    ax.margins(x=0.16)


def _beside(ax: Axes, place: int, end: float, text: str, style: Figures) -> None:
    ax.annotate(
        text,
        (end, place),
        (GAP, 0.0),
        textcoords="offset points",
        va="center",
        fontsize=small(style),
        color=INK,
    )
