"""A sweep along one setting: the share of each outcome with its 95 % interval, averaged over other
settings.

Needs: a sweep's shares by value (:func:`sim.analysis.pooled.pooled_shares`), from its table of
runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.labels import value_words
from sim.analysis.sampling import draws_of, source_words
from sim.batch import Figures
from sim.figures.labels import Notes, between, percent, unit_of
from sim.figures.levers import (
    MOST_VALUES,
    apart,
    has_names,
    letters_across,
    tick_lines,
    values_of,
)
from sim.figures.style import (
    BESIDE,
    COLOURS,
    INK,
    NAMES,
    Caption,
    annotate,
    blank,
    fit_text,
    legend,
    outlined,
    percent_axis,
    style_axes,
)
from sim.figures.subject import Drawn, Subject
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "lines"]

_LINES_SHARE = 0.66  # of the figure's width: the panel, beside its legend


def draw(subject: Subject) -> Iterator[Drawn]:
    """Lines along a sweep's one setting."""
    if len(subject.moved) > 1:
        return
    caption = subject.averaged(subject.moved, subject.binned[1])
    yield (
        "",
        lines(
            subject.shares(subject.moved),
            subject.moved[0],
            subject.notes,
            caption,
            subject.style,
            source=source_words(draws_of(subject.sweep)),
        ),
    )


def lines(
    shares: pd.DataFrame,
    name: str,
    notes: Notes,
    caption: Caption,
    style: Figures | None = None,
    *,
    source: str = "of the runs",
) -> Figure:
    """Draw outcome shares along one lever, with 95 % intervals.

    Parameters
    ----------
    shares
        Rows of the lever, outcome, share, low, high, runs.
    name
        The lever.
    notes
        Its label and unit.
    caption, style
        Title and footnote; size and type.
    source
        What the intervals cover.
    """
    style = fit_text(style)
    figure = blank(style, 5.2)
    ax = figure.subplots()
    values = values_of(shares, name)
    numbers = not has_names(values)
    where = np.asarray(values, float) if numbers else np.arange(len(values), dtype=float)
    marks = dict(zip(OUTCOMES, "osD^", strict=True))
    for outcome in OUTCOMES:
        rows = shares[shares["outcome"] == outcome].set_index(name).reindex(values)
        colour = COLOURS[outcome]
        edge: dict[str, Any] = {
            "path_effects": outlined(colour, 2.0),
            "markeredgecolor": INK,
            "markersize": 7,
            "linewidth": 2.0,
        }
        ax.fill_between(
            where,
            rows["low"].to_numpy(float),
            rows["high"].to_numpy(float),
            color=colour,
            alpha=0.22,
            linewidth=0,
        )
        ax.plot(
            where,
            rows["share"].to_numpy(float),
            color=colour,
            marker=marks[outcome],
            label=NAMES[outcome],
            **edge,
        )
    if not numbers or len(values) <= MOST_VALUES:
        words = [tick_lines(value) for value in values]
        shown = apart(where, words, _LINES_SHARE * letters_across(style))
        ax.set_xticks(where[shown], [words[k] for k in shown])
    style_axes(ax, style, unit_of(notes, name, raw=True), "Share of runs (%)")
    percent_axis(ax, top=1.02)
    legend(ax, style, 1, "upper left", bbox_to_anchor=BESIDE)
    more = f"Bands: 95 % intervals {source}."
    annotate(
        figure, style, _lines_title(shares, name, notes, values, caption), caption.adding(more)
    )
    return figure


def _lines_title(
    shares: pd.DataFrame, name: str, notes: Notes, values: list[Any], caption: Caption
) -> str:
    # not .loc, which takes a list of flags for a mask
    table = shares.pivot_table(index=name, columns="outcome", values="share", observed=True)
    table = table.reindex(values)
    moved = str((table.max() - table.min()).idxmax())
    clauses = []
    for value in (table[moved].idxmin(), table[moved].idxmax()):
        row = shares[(shares[name] == value) & (shares["outcome"] == moved)].iloc[0]
        clauses.append(
            f"{percent(float(row['share']))} ({between(float(row['low']), float(row['high']))}) at {value_words(value)}"
        )
    leads = table.idxmax(axis=1).value_counts()
    lead = str(leads.idxmax())
    return caption.opens(
        f"{NAMES[moved]} moves most, from {' to '.join(clauses)}; {NAMES[lead]} leads at {int(leads[lead])} of {len(values)} "
        f"values, with up to {percent(float(table[lead].max()))}"
    )
