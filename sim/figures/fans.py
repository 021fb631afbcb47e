"""All runs over time: median and bands of the main series, the recorded magnet exports, and the
outcomes.

Needs: the weeks of a result as quantiles over runs, the customs record
(:mod:`sim.history.dataset`), and the observed series that the result was given, if any: points in the
panel of their series, or in a panel of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.labels import closing_words, dated_words, shared_words
from sim.batch import Figures
from sim.figures.bands import band, mark_days, mark_past, two_sides
from sim.figures.labels import Notes, between, percent, percents, share_words, unit_of
from sim.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    NAMES,
    STYLES,
    Caption,
    annotate,
    canvas,
    dates,
    fit_text,
    legend,
    legend_below,
    outlined,
    percent_axis,
    rate_axis,
    style_axes,
)
from sim.figures.subject import Drawn, Subject, pages
from sim.history.dataset import magnet_exports
from sim.results.observed import Observed
from sim.vocabulary import GOODS, OUTCOMES, SIDES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PANELS", "draw", "fans"]

PANELS = ("tariffs", "belief", "magnets", "leverage", "lost output", "outcomes")

_SHOWN_IN = {
    "tariff": "tariffs",
    "belief_alive": "belief",
    "leverage": "leverage",
    "imports.magnets": "magnets",
}
"""The panel of a series, by its name or what stands before the point in it."""
_NAMED = {"tariff": "tariff", "belief_alive": "belief", "leverage": "leverage"}


def draw(subject: Subject) -> Iterator[Drawn]:
    """All panels, or slides of two."""
    observed = subject.results.observed
    others = [name for name in observed.series if not _panel_of(name)] if observed else []
    # observed magnets stand where the record of them would
    own = observed is not None and "imports.magnets" in observed.series
    record = None if own else magnet_exports()
    scenario = subject.results.scenario
    when, never = closing_words(subject.results.scenario), subject.ruled_out.everywhere()
    for end, shown in pages((*PANELS[:-1], *others, PANELS[-1]), subject.style):
        yield (
            end,
            fans(
                subject.weeks,
                subject.results.notes,
                subject.sectors,
                subject.weeks_caption,
                subject.style,
                record,
                shown,
                when=when,
                never=never,
                observed=observed,
                changes=tuple(scenario.changes),
                dated=f"{dated_words(scenario)} {shared_words(scenario)}".strip(),
                shared=scenario.branch.week,
            ),
        )


def _panel_of(name: str) -> str:
    """The panel that shows a series; empty where none does."""
    return _SHOWN_IN.get(name) or _SHOWN_IN.get(name.partition(".")[0], "")


def fans(
    weeks: pd.DataFrame,
    notes: Notes,
    sectors: Mapping[str, tuple[str, ...]],
    caption: Caption,
    style: Figures | None = None,
    record: pd.DataFrame | None = None,
    shown: Sequence[str] = PANELS,
    *,
    when: str = "",
    never: Mapping[str, str] | None = None,
    observed: Observed | None = None,
    changes: Sequence[str] = (),
    dated: str = "",
    shared: int = 0,
) -> Figure:
    """Draw the panels ``shown``, two per row.

    Parameters
    ----------
    weeks
        Rows of series, week, date, mean, q05, q25, q50, q75, q95.
    notes
        Label and unit of each series.
    sectors
        Names of the sectors by good, ``magnets`` and ``chips``.
    caption, style
        Title and footnote; size and type.
    record
        Real magnet exports to the US: columns ``month`` (a date) and ``to_us_t`` (t per month);
        those outside the run's time are left out.
    shown
        Some of ``PANELS``, in order, and names of observed series, each for a panel of its own.
    when, never
        When outcomes are read, ``in a week of the closing year``, and those that cannot happen,
        with the reason.
    observed
        Observed months or days, drawn as points.
    changes, dated
        Days on which settings change, as dotted lines, and what the scenario dates, in words.
    shared
        Weeks that futures of one run share with it, shaded; 0 for none.
    """
    style = fit_text(style)
    series = {str(name): rows for name, rows in weeks.groupby("series", sort=False)}
    rows = -(-len(shown) // 2)
    figure, axes = canvas(style, rows, 2, 0.4 + 3.0 * rows, share_x=True)
    panel = dict(zip(shown, axes.ravel(), strict=False))
    if "tariffs" in panel:
        _sides(panel["tariffs"], series, "tariff", "Tariffs", style, notes)
        rate_axis(panel["tariffs"])
    if "belief" in panel:
        _sides(
            panel["belief"], series, "belief_alive", "Belief that the truce goes on", style, notes
        )
        panel["belief"].set_ylim(0.0, 1.0)
    if "leverage" in panel:
        _sides(panel["leverage"], series, "leverage", "Leverage", style, notes)
        panel["leverage"].set_ylim(bottom=min(0.0, panel["leverage"].get_ylim()[0]))
    if "magnets" in panel:
        _magnets(panel["magnets"], series["imports.magnets"], style, record)
    if "lost output" in panel:
        _lost_output(panel["lost output"], series, sectors, style, notes)
    if "outcomes" in panel:
        _outcomes(panel["outcomes"], series, style)
    for name in (part for part in shown if part not in PANELS):
        _other(panel[name], series[name], name, style, notes)
    if observed is not None:
        for name in observed.series:
            if (_panel_of(name) or name) in panel:
                _points(panel[_panel_of(name) or name], observed, name, series[name]["date"], style)
    when_read = next(iter(series.values()))["date"]
    for ax in panel.values():
        mark_days(ax, changes)
        if shared:
            # a week is dated by its end
            mark_past(ax, when_read.iloc[0], when_read.iloc[min(shared, len(when_read)) - 1])
        ax.margins(x=0.0)
        ax.tick_params(labelbottom=True)
        dates(ax, style, 2)
    for ax in axes.ravel()[len(shown) :]:
        ax.set_visible(False)
    for ax in axes.ravel()[: len(shown)][-2:]:
        ax.set_xlabel("Date (week's end)", fontsize=0.9 * style.text_size, color=INK)
    bands = "Lines: medians; bands: 25 to 75 % of runs; thin lines and pale bands: 5 to 95 %; lost output: means."
    if "magnets" in panel and _overlap(record, series["imports.magnets"]["date"]) is not None:
        bands += " Customs record: China's exports to the US (General Administration of Customs)."
    if observed is not None:
        bands += f" Points: {observed.name}, drawn over the time that each is of."
        bands += f" {observed.conversions}." if observed.conversions else ""
    bands += f" {dated}" if dated else ""
    annotate(figure, style, _title(series, caption, when, never), caption.adding(bands))
    return figure


def _sides(
    ax: Axes,
    series: Mapping[str, pd.DataFrame],
    name: str,
    title: str,
    style: Figures,
    notes: Notes,
) -> None:
    """One series of both sides."""
    rows = {side: series[f"{name}.{side}"] for side in SIDES}
    two_sides(ax, rows, {side: (COLOURS[side], NAMES[side], STYLES[side]) for side in rows})
    style_axes(ax, style, y=unit_of(notes, f"{name}.us", _NAMED[name]), title=title)
    legend(ax, style, 2)


def _magnets(ax: Axes, rows: pd.DataFrame, style: Figures, record: pd.DataFrame | None) -> None:
    band(ax, rows, COLOURS["magnets"], "simulated")
    known = _overlap(record, rows["date"])
    if known is not None:
        ax.plot(
            known["month"].to_numpy(),
            known["to_us_t"].to_numpy(),
            "o-",
            color=INK,
            markersize=4.5,
            linewidth=1.0,
            label="customs record",
        )
    style_axes(ax, style, y="Imports (t per month)", title="Magnets from China")
    ax.set_ylim(bottom=0.0)
    legend(ax, style, 2)


def _other(ax: Axes, rows: pd.DataFrame, name: str, style: Figures, notes: Notes) -> None:
    """A series that only its observations ask for."""
    band(ax, rows, COLOURS.get(name.rpartition(".")[2], INK), "simulated")
    # a measure of runs that has the same name is the mean of weeks
    label = notes[name]["label"].removeprefix("mean ")
    style_axes(ax, style, y=unit_of(notes, name, "Value"), title=label[:1].upper() + label[1:])
    legend(ax, style, 2)


def _points(ax: Axes, observed: Observed, name: str, when: pd.Series, style: Figures) -> None:
    """Observations of a series over the time that each is of; those outside the run are left out."""
    import pandas as pd

    first, end = when.iloc[0] - pd.Timedelta(days=7), when.iloc[-1]
    side = name.rpartition(".")[2]
    label = (
        "observed"
        if side not in SIDES or name.startswith(("trade", "recorded_trade"))
        else f"observed, {NAMES[side]}"
    )
    for row in observed.of(name):
        start, last = (pd.Timestamp(day) for day in (row.first, row.last))
        if last < first or start > end:
            continue
        middle = start + (last - start) / 2
        face = COLOURS.get(side, INK) if side in SIDES else INK
        ax.plot([start, last], [row.value, row.value], color=INK, linewidth=1.0)
        ax.plot(
            [middle],
            [row.value],
            "o",
            color=face,
            markeredgecolor=INK,
            markersize=0.4 * style.text_size,
            label=label,
        )
        label = "_"  # one entry of the legend for all
    legend(ax, style, 2)


def _overlap(record: pd.DataFrame | None, when: pd.Series) -> pd.DataFrame | None:
    """The months of the record that fall into the run, at mid-month; None where there are none."""
    import pandas as pd

    if record is None or record.empty:
        return None
    month = pd.to_datetime(record["month"])
    middle = month.dt.to_period("M").dt.to_timestamp() + pd.Timedelta(days=14)
    known = pd.DataFrame({"month": middle, "to_us_t": record["to_us_t"].to_numpy()})
    known = known[
        (middle >= when.iloc[0] - pd.Timedelta(days=7)).to_numpy()
        & (middle <= when.iloc[-1]).to_numpy()
    ].dropna()
    return known if len(known) else None


def _lost_output(
    ax: Axes,
    series: Mapping[str, pd.DataFrame],
    sectors: Mapping[str, tuple[str, ...]],
    style: Figures,
    notes: Notes,
) -> None:
    """Mean lost output, summed over the sectors of each good: means add, medians would not."""
    for good, names in sectors.items():
        rows = [series[f"lost_output.{name}"] for name in names]
        if not rows:
            continue
        total = np.sum([row["mean"].to_numpy() for row in rows], axis=0)
        colour = COLOURS[good]
        ax.plot(
            rows[0]["date"].to_numpy(),
            total,
            color=colour,
            linewidth=1.9,
            label=GOODS[good].users,
            path_effects=outlined(colour),
        )
        ax.fill_between(rows[0]["date"].to_numpy(), total, color=colour, alpha=0.18, linewidth=0)
    style_axes(ax, style, y="Mean (bn USD/yr)", title="Lost output")
    ax.set_ylim(0.0, max(1.0, 1.35 * ax.get_ylim()[1]))
    legend(ax, style, 1)


def _outcomes(ax: Axes, series: Mapping[str, pd.DataFrame], style: Figures) -> None:
    rows = [series[f"outcome.{name}"] for name in OUTCOMES]
    bottom = np.zeros(len(rows[0]))
    for name, row in zip(OUTCOMES, rows, strict=True):
        top = bottom + row["mean"].to_numpy()
        ax.fill_between(
            row["date"].to_numpy(),
            bottom,
            top,
            facecolor=COLOURS[name],
            hatch=HATCHES[name],
            linewidth=0.4,
            edgecolor="white" if name == "breakdown" else INK,
            label=NAMES[name],
        )
        bottom = top
    style_axes(ax, style, y="Share of runs (%)", title="Outcome if the run ended here")
    percent_axis(ax)
    legend_below(ax, style, 2)


def _title(
    series: Mapping[str, pd.DataFrame], caption: Caption, when: str, never: Mapping[str, str] | None
) -> str:
    last = {name: float(series[f"outcome.{name}"]["mean"].iloc[-1]) for name in OUTCOMES}
    lead = max(OUTCOMES, key=lambda name: last[name])
    us = series["tariff.us"].iloc[-1]
    weeks = len(series["tariff.us"])
    magnets = series["imports.magnets"]["q50"]
    first, final = float(magnets.iloc[0]), float(magnets.iloc[-1])
    printed = dict(zip(last, percents(list(last.values())), strict=True))
    spread = (
        ""
        if round(us["q05"], 2) == round(us["q95"], 2)
        else f" ({between(us['q05'], us['q95'])} in nine runs of ten)"
    )
    return (
        f"{caption.lead} {when} {printed[lead]} of runs are in {NAMES[lead]} ({share_words(last, lead, never)}); after {weeks} weeks "
        f"the median US tariff is {percent(us['q50'])}{spread}; "
        f"median magnet imports go from {first:,.0f} to {final:,.0f} t per month"
    )
