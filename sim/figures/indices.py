"""Which settings matter for each outcome: indices with their intervals, the strongest settings
first.

Needs: indices of a sweep (:func:`sim.analysis.sensitivity.sensitivity`) and its ranking of
settings, from the table of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.ranking import Ranking
from sim.analysis.sensitivity import FIRST, MOVES, TOTAL, sensitivity
from sim.batch import Figures
from sim.batch.sweep import Sweep
from sim.figures.labels import Notes, percent
from sim.figures.style import (
    COLOURS,
    INK,
    NAMES,
    Caption,
    annotate,
    canvas,
    fit_text,
    legend,
    outlined,
    percent_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "indices"]

_MOST_MEASURES = 4
_MOST_SETTINGS = 14
_WORDS = {
    FIRST: "Share of the variance that a setting explains alone",
    TOTAL: "Share of the variance, alone and in interactions",
    MOVES: "Mean absolute effect of a move over half of a setting's range or more",
}
_AXES = {FIRST: "Share of variance (%)", TOTAL: "Share of variance (%)", MOVES: "Effect"}
_MARKS = {FIRST: "o", TOTAL: "D", MOVES: "o"}
_FLOOR = "Grey: not beyond chance (95 % quantile of the largest index by chance)"
_GREY = "#DDDDDD"


def draw(subject: Subject) -> Iterator[Drawn]:
    """Indices of a sampled sweep, or of one that asks for them."""
    if not subject.indexed:
        return
    measures = _measures(subject.sweep)[:_MOST_MEASURES]
    found = sensitivity(subject.results.table, subject.sweep, subject.levers, measures)
    yield "", indices(found, subject.ranking, subject.notes, subject.caption, subject.style)


def _measures(sweep: Sweep) -> list[str]:
    """The measures analysed: the sweep's own; only the outcomes for designs that need a value in
    every run.
    """
    wanted = sweep.focus or sweep.measures or OUTCOMES.names
    kept = [name for name in wanted if name in OUTCOMES or sweep.kind not in ("saltelli", "morris")]
    return list(kept or OUTCOMES.names)


def indices(
    found: pd.DataFrame,
    ranking: Ranking,
    notes: Notes,
    caption: Caption,
    style: Figures | None = None,
) -> Figure:
    """One panel per measure, one row per setting; the settings beyond the first fourteen are
    counted in the footnote.

    Parameters
    ----------
    found
        The result of :func:`sim.analysis.sensitivity.sensitivity` for one to four measures.
    ranking
        The result of :func:`sim.analysis.ranking.rank_settings`: the order of rows and the title.
    notes
        Labels of settings and measures.
    caption, style
        The footnote, and size and resolution.
    """
    style = fit_text(style)
    measures, order = list(dict.fromkeys(found["measure"])), list(ranking.order)
    shown, kinds = order[:_MOST_SETTINGS], list(dict.fromkeys(found["index"]))
    figure, axes = canvas(
        style, 1, len(measures), 2.4 + 0.34 * len(shown), share_y=True, share_x=True
    )
    for ax, measure in zip(axes[0], measures, strict=True):
        _panel(
            ax,
            found[(found["measure"] == measure) & found["setting"].isin(shown)],
            shown,
            measure,
            notes,
            style,
        )
    axes[0, 0].set_yticks(range(len(shown)), [_label(notes, name) for name in shown])
    axes[0, 0].set_ylim(len(shown) - 0.5, -0.5)
    share = MOVES not in kinds or all(measure in OUTCOMES for measure in measures)
    if share:
        for ax in axes[0]:
            percent_axis(ax, "x", top=None)
    right = axes[0, 0].get_xlim()[1]
    axes[0, 0].set_xlim(-0.04 * right, right)
    if len(kinds) > 1:
        legend(axes[0, -1], style, place="lower right")
    words = (
        "; ".join(f"{kind}: {_WORDS[kind][:1].lower()}{_WORDS[kind][1:]}" for kind in kinds)
        if len(kinds) > 1
        else _WORDS[kinds[0]]
    )
    more = f"{words}{' (%)' if share else ''}. Whiskers: 95\u00a0% intervals of points and runs. {_FLOOR}."
    more += (
        f" {len(order) - len(shown)} weaker settings are left out."
        if len(order) > len(shown)
        else ""
    )
    annotate(figure, style, _title(ranking, notes), caption.adding(more))
    return figure


def _panel(
    ax: Axes, rows: pd.DataFrame, shown: Sequence[str], measure: str, notes: Notes, style: Figures
) -> None:
    colour = COLOURS.get(measure, INK)
    floors = rows.groupby("setting")["floor"].max().reindex(list(shown)).to_numpy(float)
    ax.barh(
        np.arange(len(shown)), np.nan_to_num(floors), 0.9, color=_GREY, edgecolor="none", zorder=0
    )
    kinds = list(dict.fromkeys(rows["index"]))
    for n, kind in enumerate(kinds):
        part = rows[rows["index"] == kind].set_index("setting").loc[list(shown)]
        # cut at 0 only in the figure: the table keeps the estimates
        value, low, high = (
            np.maximum(0.0, part[name].to_numpy(float)) for name in ("value", "low", "high")
        )
        ends = np.maximum(0.0, [value - low, high - value])
        places = np.arange(len(shown)) + 0.28 * (n - (len(kinds) - 1) / 2.0)
        filled = "white" if kind == TOTAL else colour
        bars = ax.errorbar(
            value,
            places,
            xerr=ends,
            fmt=_MARKS[kind],
            color=colour,
            mfc=filled,
            mec=INK,
            ecolor=INK,
            elinewidth=1.2,
            capsize=3,
            label=kind,
        )
        for line in bars.lines[2]:
            line.set_path_effects(outlined("white", 1.2))
    style_axes(
        ax,
        style,
        x=_AXES[kinds[0]],
        title=NAMES.get(measure, notes.get(measure, {}).get("label", measure)),
    )
    ax.title.set_fontsize(small(style) * 1.05)


def _label(notes: Notes, name: str) -> str:
    words = notes.get(name, {}).get("label", name)
    return f"{words[:1].upper()}{words[1:]}"


def _title(ranking: Ranking, notes: Notes) -> str:
    labels = {name: notes.get(name, {}).get("label", name) for name in ranking.order}
    words = ranking.words(labels)
    size = f" ({percent(ranking.value)})" if ranking.leaders and ranking.kind != MOVES else ""
    return f"Which settings matter? {words[:1].upper()}{words[1:]}{size}"
