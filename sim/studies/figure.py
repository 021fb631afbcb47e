"""The page of a comparison: outcomes of both scenarios, how long their truces last, and which lever
does the work. 16:9, for a wall.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.batch import Figures
from sim.config.errors import SimError, nearest
from sim.figures.encode import house_style
from sim.figures.labels import percent
from sim.figures.style import (
    COLOURS,
    GAP,
    HATCHES,
    INK,
    NAMES,
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
from sim.studies.comparison import Comparison
from sim.studies.moves import IDLE, MOVES, SPARED
from sim.vocabulary import OUTCOMES

__all__ = ["comparison_figure", "comparison_figures"]

_WIDE = 5.625  # tenths of the width: 16:9
_MOST_LEVERS = 9  # rows that are read from the back of a room; a tenth says how many more there are
_FEWEST = 4  # rows of the panel: a bar alone would fill it
_ROOM = 0.14  # share of a bar in which its figure finds room
_LIGHT = "#9A9A9A"
_LABEL_INCHES = 0.22  # of the width, for the names of levers
_STYLES = ("-", (0, (4.0, 1.4)))


def comparison_figures(result: Comparison, style: Figures | None = None) -> dict[str, Figure]:
    """A page for each scenario that was held against the first: ``compare``, or with several
    ``compare-<name>``.
    """
    names = list(result.scenarios)[1:]
    return {
        ("compare" if len(names) == 1 else f"compare-{name}"): comparison_figure(
            result, name, style
        )
        for name in names
    }


def comparison_figure(result: Comparison, name: str, style: Figures | None = None) -> Figure:
    """The page of one scenario against the first.

    Raises
    ------
    SimError
        No such scenario in the comparison.
    """
    others = list(result.scenarios)[1:]
    if name not in others:
        near = nearest(name, others)
        raise SimError("no such page", key="plot", given=name, allowed=others, suggestion=near)
    with house_style():
        return _page(result, name, fit_text(style))


def _page(result: Comparison, name: str, style: Figures) -> Figure:
    figure = blank(style, _WIDE)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.0, 1.15), height_ratios=(1.0, 0.9))
    _outcomes(figure.add_subplot(grid[0, 0]), result, name, style)
    _survival(figure.add_subplot(grid[1, 0]), result, name, style)
    _levers(figure.add_subplot(grid[:, 1]), result, name, style)
    first = next(iter(result.scenarios))
    caption = Caption(
        "",
        f"{first} against {name}",
        result.runs * 2,
        result.seed,
        "Whiskers and bands: 95\u00a0% intervals of the runs, paired by common random numbers.",
    )
    week = result.parted(name)
    if not np.isnan(week):
        caption = caption.adding(f"Half the runs have parted by week {week:.0f}.")
    if _shares_differ_by(result, name) != round(100.0 * result.difference(name)[0]):
        caption = caption.adding("Bars and difference are estimated each by itself.")
    left_out = int((result.levers["scenario"] == name).sum()) - _MOST_LEVERS
    if left_out > 0:
        caption = caption.adding(
            f"{left_out} lever{'s' if left_out > 1 else ''} of smaller shares left out."
        )
    annotate(figure, style, _title(result, name), caption)
    return figure


def _shares_differ_by(result: Comparison, name: str) -> int:
    """Points by which the bars of the outcome differ, as a reader takes them from their figures."""
    table = result.outcomes[result.outcomes["outcome"] == result.outcome].set_index("scenario")
    one, other = (
        round(100.0 * float(table.loc[key, "share"]))
        for key in (name, next(iter(result.scenarios)))
    )
    return one - other


def _title(result: Comparison, name: str) -> str:
    value, low, high = (100.0 * end for end in result.difference(name))
    lead = result.levers[result.levers["scenario"] == name].iloc[0]
    first = result.titles[next(iter(result.scenarios))]
    text = f"{result.titles[name]} against {first}: {_signed(value)} points of {NAMES[result.outcome]} ({_signed(low)} to {_signed(high)})"
    if lead["verdict"] == MOVES and (result.levers["scenario"] == name).sum() > 1:
        text += f"; {_signed(100 * lead['shapley'])} of them by {lead['lever']}"
    return text


def _outcomes(ax: Axes, result: Comparison, name: str, style: Figures) -> None:
    """A bar a scenario, of its outcomes in their order, with a figure where there is room."""
    shown = [next(iter(result.scenarios)), name]
    left = np.zeros(2)
    table = result.outcomes.pivot(index="scenario", columns="outcome", values="share").loc[
        shown, list(OUTCOMES)
    ]
    for outcome in OUTCOMES:
        width = table[outcome].to_numpy(float)
        edge = "white" if outcome == "breakdown" else INK
        ax.barh(
            [0, 1],
            width,
            0.62,
            left=left,
            color=COLOURS[outcome],
            hatch=HATCHES[outcome],
            edgecolor=edge,
            linewidth=0.8,
            label=NAMES[outcome],
        )
        for row in (0, 1):
            if width[row] >= _ROOM:
                ax.text(
                    left[row] + width[row] / 2,
                    row,
                    percent(width[row]),
                    ha="center",
                    va="center",
                    fontsize=small(style),
                    color=INK,
                    bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
                )
        left = left + width
    style_axes(ax, style, x="Share of runs (%)")
    ax.grid(False)
    ax.set_yticks([0, 1], [_name(result, one, style) for one in shown])
    ax.set_ylim(1.5, -0.5)
    percent_axis(ax, "x")
    ax.legend(
        fontsize=small(style),
        ncols=2,
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
        frameon=False,
        handlelength=1.2,
        columnspacing=1.0,
        labelcolor=INK,
    )


def _name(result: Comparison, name: str, style: Figures) -> str:
    return in_lines(result.titles[name], 0.13 * style.width, small(style))


def _survival(ax: Axes, result: Comparison, name: str, style: Figures) -> None:
    """Share of truces that hold, by weeks since they began; the scenarios' names stand at the ends
    of their curves.
    """
    for which, one in enumerate((next(iter(result.scenarios)), name)):
        curve = result.survival[result.survival["scenario"] == one]
        colour = (_LIGHT, INK)[which]
        weeks = curve["time"].to_numpy(float)
        low, high = (np.nan_to_num(curve[end].to_numpy(float)) for end in ("low", "high"))
        ax.fill_between(weeks, low, high, step="post", color=colour, alpha=0.25, linewidth=0.0)
        held = curve["survival"].to_numpy(float)
        ax.step(
            weeks,
            held,
            where="post",
            color=colour,
            linestyle=_STYLES[1 - which],
            linewidth=2.2,
            path_effects=outlined("white", 2.2),
            label=result.titles[one],
        )
    style_axes(ax, style, x="Weeks since the truce began", y="Truces that hold (%)")
    percent_axis(ax, "y", 1.05)
    ax.set_yticks([0.0, 0.5, 1.0])
    ax.set_xlim(0.0, None)
    ax.legend(
        fontsize=small(style), loc="lower left", frameon=False, handlelength=1.8, labelcolor=INK
    )


def _levers(ax: Axes, result: Comparison, name: str, style: Figures) -> None:
    """Shapley's share of each lever, the largest on top; those whose removal changes nothing beyond
    chance are pale.
    """
    table = result.levers[result.levers["scenario"] == name]
    shown = table.head(_MOST_LEVERS)
    values, low, high = (
        100.0 * shown[end].to_numpy(float) for end in ("shapley", "shapley.low", "shapley.high")
    )
    works = (shown["verdict"] == MOVES).to_numpy()
    strength = {MOVES: 1.0, SPARED: 0.3, IDLE: 0.0}
    places = np.arange(len(shown))
    colours = [(COLOURS[result.outcome], strength[verdict]) for verdict in shown["verdict"]]
    ax.barh(places, values, 0.66, color=colours, edgecolor=INK, linewidth=0.8)
    known = ~np.isnan(low)
    error = np.maximum(0.0, [values - low, high - values])[:, known]
    bars = ax.errorbar(
        values[known], places[known], xerr=error, fmt="none", ecolor=INK, elinewidth=1.6, capsize=3
    )
    for line in bars.lines[2]:
        line.set_path_effects(outlined("white", 1.6))
    for place, value, end in zip(
        places, values, np.fmax(values, np.nan_to_num(high, nan=0.0)), strict=True
    ):
        ax.annotate(
            _signed(value),
            (max(end, 0.0), place),
            (GAP, 0.0),
            textcoords="offset points",
            va="center",
            fontsize=small(style),
            color=INK,
        )
    style_axes(
        ax,
        style,
        x=f"Points of {NAMES[result.outcome]} (Shapley)",
        title="Levers (bold: missed if taken back)",
    )
    ax.set_yticks(
        places,
        [in_lines(lever, _LABEL_INCHES * style.width, small(style)) for lever in shown["lever"]],
    )
    for label, one in zip(ax.get_yticklabels(), works, strict=True):
        label.set_fontweight("bold" if one else "normal")
        label.set_color(INK if one else "#595959")
    ax.set_ylim(max(len(shown), _FEWEST) - 0.4, -0.6)
    ax.axvline(0.0, color=INK, linewidth=0.9)
    ax.margins(x=0.12)
    ax.grid(False, axis="y")


def _signed(points: float) -> str:
    return f"{points:+.0f}".replace("-", "\u2212") if round(points) else "0"
