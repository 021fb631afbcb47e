"""Shares of the four outcomes with their 95 % intervals, for one scenario or for several side by
side.

Needs: shares of a run (:func:`sim.analysis.shares.outcome_shares`), or of a sweep along its first
setting (:func:`sim.analysis.pooled.pooled_shares`), from the table of runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.estimated import with_estimates
from sim.analysis.labels import closing_words, value_words
from sim.analysis.sampling import draws_of, source_words
from sim.analysis.shares import outcome_shares
from sim.batch import Figures
from sim.figures.labels import between, percent, percents, share_words, unit_of
from sim.figures.style import (
    COLOURS,
    GAP,
    HATCHES,
    INK,
    NAMES,
    Caption,
    annotate,
    canvas,
    fit_text,
    in_lines,
    outlined,
    percent_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_GROUPS", "draw", "outcomes"]

MOST_GROUPS = 12
_UNIT = "Share of runs (%)"
_PANEL_HEIGHT = 0.55  # of the figure's height, between title and footnote
_LABEL_ROOM = 0.24


def draw(subject: Subject) -> Iterator[Drawn]:
    """A run's shares, or a sweep's along its first setting."""
    if not subject.results.design:
        ended = subject.results.table(["outcome"])
        shares = with_estimates(outcome_shares(ended), subject.results)
        shares = subject.ruled_out.mark(shares, ended)
        yield (
            "",
            outcomes(
                shares, subject.caption, subject.style, when=closing_words(subject.results.scenario)
            ),
        )
        return
    first, rest = subject.moved[:1], subject.moved[1:]
    caption = subject.averaged(first, [name for name in subject.binned[1] if name not in rest])
    label, source = (
        unit_of(subject.notes, first[0], raw=True),
        source_words(draws_of(subject.sweep)),
    )
    yield (
        "",
        outcomes(
            subject.shares(first), caption, subject.style, by=first[0], label=label, source=source
        ),
    )


def outcomes(
    shares: pd.DataFrame,
    caption: Caption,
    style: Figures | None = None,
    by: str = "",
    label: str = "",
    *,
    when: str = "",
    source: str = "of the runs",
) -> Figure:
    """Draw outcome shares.

    Parameters
    ----------
    shares
        Rows of outcome, share, low, high, runs, ruled_out (why it cannot happen, else empty), and
        the column ``by`` where there are several groups.
    caption
        Title and footnote; the footnote of several groups counts all their runs.
    when
        When outcomes are read: ``in a week of the closing year``.
    style
        Size and type.
    by, label
        Column that defines the groups, and its label; at most MOST_GROUPS of them are drawn.
    source
        What the intervals of groups cover.

    Returns
    -------
    Figure
        One panel of four bars; or four panels, one per outcome, with one row per group.
    """
    style = fit_text(style)
    if not by or shares[by].nunique() < 2:
        return _single(shares, caption, style, when)
    return _several(shares, caption, style, by, label or by.replace("_", " "), source)


def _single(shares: pd.DataFrame, caption: Caption, style: Figures, when: str) -> Figure:
    rows = shares.set_index("outcome").loc[list(OUTCOMES)]
    rows = rows.assign(words=percents(rows["share"]))
    figure, axes = canvas(style, 1, 1, 4.2)
    ax = axes[0, 0]
    _bars(ax, style, np.arange(4), list(OUTCOMES), rows)
    ax.set_yticks(np.arange(4), [NAMES[name] for name in OUTCOMES])
    style_axes(ax, style, x=f"{_UNIT[:-1]}, with 95 % interval of the runs)", y="Outcome")
    ax.tick_params(axis="y", labelsize=style.text_size)
    ax.grid(False, axis="y")
    lead = rows["share"].idxmax()
    never = {str(name): str(reason) for name, reason in rows["ruled_out"].items() if reason}
    given = {name: float(rows.loc[name, "share"]) for name in OUTCOMES}
    rest = share_words(given, str(lead), never)
    ends = between(float(rows.loc[lead, "low"]), float(rows.loc[lead, "high"]))
    count = int(rows["runs"].iloc[0])
    head = f"{rows.loc[lead, 'words']} of {count:,} runs" if count > 1 else "the one run"
    interval = "" if len(never) == len(OUTCOMES) - 1 else f" (95 % interval of the runs {ends})"
    title = f"{caption.lead} {when} {head} {'are' if count > 1 else 'is'} in {NAMES[lead]}{interval}; {rest}"
    annotate(figure, style, title, caption)
    return figure


def _several(
    shares: pd.DataFrame, caption: Caption, style: Figures, by: str, label: str, source: str
) -> Figure:
    groups = list(shares[by].drop_duplicates())
    dropped = len(groups) - MOST_GROUPS
    groups = groups[:MOST_GROUPS]
    height = 2.0 + 0.52 * len(groups)
    figure, axes = canvas(style, 1, 4, height, share_y=True)
    places = np.arange(len(groups))
    printed = shares.assign(words=shares.groupby(by, sort=False)["share"].transform(percents))
    for ax, name in zip(axes[0], OUTCOMES, strict=True):
        rows = printed[printed["outcome"] == name].set_index(by).reindex(groups)
        _bars(ax, style, places, [name] * len(groups), rows)
        style_axes(ax, style, x=_UNIT, title=NAMES[name])
        ax.grid(False, axis="y")
    axes[0, 0].set_yticks(places, [value_words(group) for group in groups])
    inches = _PANEL_HEIGHT * (style.height or height * style.width / 10.0)
    axes[0, 0].set_ylabel(
        in_lines(label, inches, 0.9 * style.text_size), fontsize=0.9 * style.text_size, color=INK
    )
    more = f"{dropped} further groups are left out. " if dropped > 0 else ""
    never = shares[(shares["ruled_out"] != "") & shares[by].isin(groups)]
    for name, rows in never.groupby("outcome", sort=False):
        more += (
            f"No bar of {NAMES[str(name)]}: it cannot happen there, {rows['ruled_out'].iloc[0]}. "
        )
    title = caption.opens(_spread(shares, by, groups, label))
    annotate(
        figure,
        style,
        title,
        caption.adding(f"{more}Whiskers: 95 % intervals {source}."),
    )
    return figure


def _bars(
    ax: Axes, style: Figures, places: np.ndarray, names: list[str], rows: pd.DataFrame
) -> None:
    """Horizontal bars, one per row, from the top; interval and number beside each."""
    share = rows["share"].to_numpy(float)
    low, high = rows["low"].to_numpy(float), rows["high"].to_numpy(float)
    for place, name, value in zip(places, names, share, strict=True):
        edge = "white" if name == "breakdown" else INK
        ax.barh(
            place,
            value,
            0.68,
            color=COLOURS[name],
            hatch=HATCHES[name],
            edgecolor=edge,
            linewidth=0.8,
        )
    drawn = high > low  # an impossible or certain outcome has no interval
    error = np.maximum(0.0, [share - low, high - share])[:, drawn]
    bars = ax.errorbar(
        share[drawn], places[drawn], xerr=error, fmt="none", ecolor=INK, elinewidth=1.6, capsize=4
    )
    for line in bars.lines[2]:
        line.set_path_effects(outlined("white", 1.6))
    single = len(set(names)) > 1  # a single panel has room for the reason, four have not
    for place, words, reason, end in zip(
        places, rows["words"], rows["ruled_out"], high, strict=True
    ):
        if reason:
            words = (
                in_lines(f"cannot happen here: {reason}", 0.7 * style.width, small(style))
                if single
                else "\u2013"
            )
        ax.annotate(
            words,
            (end, place),
            (GAP, 0.0),
            textcoords="offset points",
            va="center",
            fontsize=small(style),
            color=INK,
        )
    ax.set_ylim(places[-1] + 0.6, places[0] - 0.6)
    percent_axis(ax, "x", top=None)
    ax.set_xlim(
        0.0,
        1.0
        + _LABEL_ROOM
        * 10.0
        / style.width
        * style.text_size
        / 12.0
        * (0.5 if len(set(names)) > 1 else 1.6),
    )
    ax.set_xticks(np.linspace(0.0, 1.0, 6 if len(set(names)) > 1 else 3))
    ax.spines["bottom"].set_bounds(
        0.0, 1.0
    )  # beyond 100 % there is room for the numbers beside the bars


def _spread(shares: pd.DataFrame, by: str, groups: list[object], label: str) -> str:
    """The outcome whose share changes most over the groups, and the leading outcome."""
    table = shares[shares[by].isin(groups)].pivot_table(
        index=by, columns="outcome", values="share", observed=True
    )
    spans = table.max() - table.min()
    moved = spans.idxmax()
    low, high = table[moved].idxmin(), table[moved].idxmax()
    leads = table.idxmax(axis=1)
    lead = leads.value_counts().idxmax()
    name = label.partition(" (")[0]
    numbers = all(isinstance(group, (int, float)) for group in groups)
    among = f"at {int((leads == lead).sum())} of {len(groups)} values of {name if name[1:2].isupper() else name[:1].lower() + name[1:]}"
    first = f"{NAMES[str(lead)]} leads {among if numbers else among.partition(' values')[0]} (up to {percent(table[lead].max())})"
    if spans[moved] == 0.0:
        return f"{first}; no share moves"
    what = "its share" if moved == lead else NAMES[str(moved)]
    return (
        f"{first}; {what} moves most, from {percent(table.loc[low, moved])} ({value_words(low)}) "
        f"to {percent(table.loc[high, moved])} ({value_words(high)})"
    )
