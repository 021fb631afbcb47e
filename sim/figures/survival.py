"""How long the first truce lasts: the unbroken share by week, with its interval, and the deadlines
if always extended.

Needs: the curve of :func:`sim.analysis.survival.truce_survival`, from the table of runs; deadlines
from the result's example.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.labels import shared_words
from sim.analysis.survival import median_time, truce_survival
from sim.batch import Figures
from sim.figures.bands import mark_past
from sim.figures.labels import percent
from sim.figures.style import (
    COLOURS,
    GAP,
    INK,
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

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "survival"]

_ROOM = 0.06


def draw(subject: Subject) -> Iterator[Drawn]:
    """The curve of a run's first truces, where there was one."""
    runs = subject.results.table(["weeks_to_first_truce", "weeks_to_first_break"])
    scenario, kept = subject.results.scenario, subject.results.example
    curve = truce_survival(runs, scenario.calendar.horizon_weeks)
    deadlines = kept.deadlines if kept else np.empty(0)
    if curve["at_risk"].iloc[0] > 0:
        # of futures of one run: so much of their truce is the one that this run had
        past = scenario.branch.week - float(runs["weeks_to_first_truce"].min())
        caption = subject.caption.adding(shared_words(scenario)) if past > 0 else subject.caption
        yield "", survival(curve, deadlines, caption, subject.style, shared=past)


def survival(
    curve: pd.DataFrame,
    deadlines: np.ndarray,
    caption: Caption,
    style: Figures | None = None,
    *,
    shared: float = 0.0,
) -> Figure:
    """The Kaplan-Meier curve of the first break.

    Parameters
    ----------
    curve
        What :func:`sim.analysis.survival.truce_survival` gives without groups.
    deadlines
        When deadlines fall if the truce is extended at each: weeks since it began; those beyond the
        curve are left out.
    caption, style
        The footnote, and size and resolution.
    shared
        Weeks since the truce began that all runs share, shaded; 0 or less for none.
    """
    style = fit_text(style)
    figure, axes = canvas(style, 1, 1, 4.6)
    ax = axes[0, 0]
    weeks, share = curve["time"].to_numpy(float), curve["survival"].to_numpy(float)
    low, high = (curve[end].ffill().to_numpy(float) for end in ("low", "high"))
    colour = COLOURS["us"]
    ax.fill_between(
        weeks,
        low,
        high,
        step="post",
        color=colour,
        alpha=0.25,
        linewidth=0,
        label="95\u00a0% interval of the runs",
    )
    ax.plot(
        weeks,
        share,
        drawstyle="steps-post",
        color=colour,
        linewidth=2.2,
        label="truces not yet broken",
        path_effects=outlined(colour, 2.2),
    )
    if shared > 0:
        mark_past(ax, 0.0, shared, "one past, shared by all runs")
    shown = deadlines[deadlines <= weeks[-1]]
    # where lengths are bargained only the first is known
    words = "week of a deadline, if always extended" if len(shown) > 1 else "the first deadline"
    for n, week in enumerate(shown):
        ax.axvline(
            week,
            color=INK,
            linestyle=(0, (2, 2)),
            linewidth=0.9,
            zorder=1,
            label=None if n else words,
        )
    ax.annotate(
        percent(share[-1]),
        (weeks[-1], share[-1]),
        (GAP, 0.0),
        textcoords="offset points",
        va="center",
        fontsize=small(style),
        color=INK,
    )
    style_axes(ax, style, "Time since the truce began (weeks)", "Truces not yet broken (%)")
    percent_axis(ax)
    ax.set_ylim(0.0, 1.0 + _ROOM)
    ax.spines["left"].set_bounds(0.0, 1.0)
    ax.set_xlim(0.0, max(1.0, weeks[-1]) * (1.0 + _ROOM))
    legend(ax, style, place="lower left")
    at_risk = f"Kaplan-Meier estimate over {int(curve['at_risk'].iloc[0]):,} truces; a lapse or an end from inside is a break."
    annotate(figure, style, _title(curve, caption), caption.adding(at_risk))
    return figure


def _title(curve: pd.DataFrame, caption: Caption) -> str:
    left, half = curve["survival"].iloc[-1], median_time(curve)
    if half > 0:
        return f"{caption.lead} half of the truces broke within {half:.0f} weeks; {percent(left)} lasted to the end"
    return f"{caption.lead} more than half of the truces never broke: {percent(left)} lasted to the end, {curve['time'].iloc[-1]:.0f} weeks"
