"""Shares of the four outcomes with their 95 % intervals, for one scenario or for several side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.config.groups.outcomes import Figures
from sim.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    NAMES,
    Caption,
    between,
    canvas,
    dress,
    fitted,
    in_lines,
    outlined,
    percent,
    percent_axis,
    share_words,
    small,
    tell,
)
from sim.rules.measures import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_GROUPS", "outcomes"]

MOST_GROUPS = 12
_UNIT = "Share of runs (%)"
_PANEL_HEIGHT = 0.55  # of the figure's height, between title and footnote
_LABEL_ROOM = 0.24


def outcomes(
    shares: pd.DataFrame,
    caption: Caption,
    look: Figures | None = None,
    by: str = "",
    label: str = "",
    source: str = "of the runs",
) -> Figure:
    """Draw outcome shares.

    Parameters
    ----------
    shares
        Rows of outcome, share, low, high, runs, and the column ``by`` where there are several groups.
    caption
        Title and footnote; the footnote of several groups counts all their runs.
    look
        Size and type.
    by, label
        Column that tells groups apart, and what it is called; at most MOST_GROUPS of them are drawn.
    source
        What the intervals of groups are of.

    Returns
    -------
    Figure
        One panel of four bars; or four panels, an outcome each, with a row a group.
    """
    look = fitted(look)
    if not by or shares[by].nunique() < 2:
        return _single(shares, caption, look)
    return _several(shares, caption, look, by, label or by.replace("_", " "), source)


def _single(shares: pd.DataFrame, caption: Caption, look: Figures) -> Figure:
    rows = shares.set_index("outcome").loc[list(OUTCOMES)]
    figure, axes = canvas(look, 1, 1, 4.2)
    ax = axes[0, 0]
    _bars(ax, look, np.arange(4), list(OUTCOMES), rows)
    ax.set_yticks(np.arange(4), [NAMES[name] for name in OUTCOMES])
    dress(ax, look, x=f"{_UNIT[:-1]}, with 95 % interval of the runs)", y="Outcome")
    ax.tick_params(axis="y", labelsize=look.text_size)
    ax.grid(False, axis="y")
    lead = rows["share"].idxmax()
    given = {name: float(rows.loc[name, "share"]) for name in OUTCOMES}
    rest = share_words({name: share for name, share in given.items() if name != lead})
    ends = between(float(rows.loc[lead, "low"]), float(rows.loc[lead, "high"]))
    count = int(rows["runs"].iloc[0])
    runs = f"{count:,} runs end" if count > 1 else "the one run ends"
    head = f"{percent(given[lead])} of {runs}" if count > 1 else runs
    title = f"{caption.lead} {head} in {NAMES[lead]} (95 % interval of the runs {ends}); {rest}"
    tell(figure, look, title, caption)
    return figure


def _several(shares: pd.DataFrame, caption: Caption, look: Figures, by: str, label: str, source: str) -> Figure:
    groups = list(shares[by].drop_duplicates())
    dropped = len(groups) - MOST_GROUPS
    groups = groups[:MOST_GROUPS]
    height = 2.0 + 0.52 * len(groups)
    figure, axes = canvas(look, 1, 4, height, share_y=True)
    places = np.arange(len(groups))
    for ax, name in zip(axes[0], OUTCOMES, strict=True):
        rows = shares[shares["outcome"] == name].set_index(by).loc[groups]
        _bars(ax, look, places, [name] * len(groups), rows)
        dress(ax, look, x=_UNIT, title=NAMES[name])
        ax.grid(False, axis="y")
    axes[0, 0].set_yticks(places, [_group_name(group) for group in groups])
    inches = _PANEL_HEIGHT * (look.height or height * look.width / 10.0)
    axes[0, 0].set_ylabel(in_lines(label, inches, 0.9 * look.text_size), fontsize=0.9 * look.text_size, color=INK)
    more = f"{dropped} further groups are left out. " if dropped > 0 else ""
    title = f"{caption.lead} {_spread(shares, by, groups, label)}"
    tell(
        figure,
        look,
        title,
        caption.adding(f"{more}Whiskers: 95 % intervals {source}."),
    )
    return figure


def _bars(ax: Axes, look: Figures, places: np.ndarray, names: list[str], rows: pd.DataFrame) -> None:
    """Horizontal bars, one a row, from the top; interval and figure beside each."""
    share = rows["share"].to_numpy(float)
    low, high = rows["low"].to_numpy(float), rows["high"].to_numpy(float)
    for place, name, value in zip(places, names, share, strict=True):
        edge = "white" if name == "breakdown" else INK
        ax.barh(place, value, 0.68, color=COLOURS[name], hatch=HATCHES[name], edgecolor=edge, linewidth=0.8)
    error = np.maximum(0.0, [share - low, high - share])
    bars = ax.errorbar(share, places, xerr=error, fmt="none", ecolor=INK, elinewidth=1.6, capsize=4)
    for line in bars.lines[2]:
        line.set_path_effects(outlined("white", 1.6))
    for place, value, end in zip(places, share, high, strict=True):
        ax.annotate(
            percent(value), (end, place), (6, 0), textcoords="offset points", va="center", fontsize=small(look), color=INK,
        )  # fmt: skip
    ax.set_ylim(places[-1] + 0.6, places[0] - 0.6)
    percent_axis(ax, "x", top=None)
    ax.set_xlim(
        0.0, 1.0 + _LABEL_ROOM * 10.0 / look.width * look.text_size / 12.0 * (0.5 if len(set(names)) > 1 else 1.6)
    )
    ax.set_xticks(np.linspace(0.0, 1.0, 6 if len(set(names)) > 1 else 3))
    ax.spines["bottom"].set_bounds(0.0, 1.0)  # what lies beyond 100 % is room for the figures beside the bars


def _group_name(group: object) -> str:
    return f"{group:g}" if isinstance(group, (int, float)) else str(group).replace("_", " ")


def _spread(shares: pd.DataFrame, by: str, groups: list[object], label: str) -> str:
    """The outcome whose share moves most over the groups, and the leading outcome of all."""
    table = shares[shares[by].isin(groups)].pivot_table(index=by, columns="outcome", values="share", observed=True)
    moved = (table.max() - table.min()).idxmax()
    low, high = table[moved].idxmin(), table[moved].idxmax()
    leads = table.idxmax(axis=1)
    lead = leads.value_counts().idxmax()
    name = label.partition(" (")[0]
    numbers = all(isinstance(group, (int, float)) for group in groups)
    among = f"at {int((leads == lead).sum())} of {len(groups)} values of {name[:1].lower()}{name[1:]}"
    first = f"{NAMES[str(lead)]} leads {among if numbers else among.partition(' values')[0]} (up to {percent(table[lead].max())})"
    what = "its share" if moved == lead else NAMES[str(moved)]
    return (
        f"{first}; {what} moves most, from {percent(table.loc[low, moved])} ({_group_name(low)}) "
        f"to {percent(table.loc[high, moved])} ({_group_name(high)})"
    )
