"""Licences and shortages: queue, price outside, approvals, licensed firms and shortages, for magnets
and for chips.

Needs: the weeks of a result as quantiles over runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from sim.batch import Figures
from sim.figures.bands import band
from sim.figures.labels import Notes, percent, unit_of
from sim.figures.style import (
    COLOURS,
    INK,
    WIDTH_OF_A_LETTER,
    Caption,
    annotate,
    canvas,
    dates,
    fit_text,
    legend,
    percent_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject, pages

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROWS", "draw", "licensing"]

_GOODS = {"magnets": "Magnets (US firms)", "chips": "AI chips (Chinese firms)"}
_SERIES = (
    ("queue", "queue"),
    ("price", "price outside,\nover usual"),
    ("approval_rate", "granted per\nexamination"),
)
_BY_SECTOR = (("licensed", "with a licence\n"), ("shortage", "shortage\n"))
ROWS = tuple(name for name, _ in (*_SERIES, *_BY_SECTOR))
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_PANEL_SHARE = 0.42  # of the figure's width
_LEGEND_LETTERS = 6  # letters: width of a legend's line and gap
_SHADES = (0.62, 1.0, 0.8, 0.4)


def draw(subject: Subject) -> Iterator[Drawn]:
    """All rows of panels, or slides of two."""
    for end, shown in pages(ROWS, subject.style):
        yield (
            end,
            licensing(
                subject.weeks,
                subject.results.notes,
                subject.sectors,
                subject.weeks_caption,
                subject.style,
                shown,
            ),
        )


def licensing(
    weeks: pd.DataFrame,
    notes: Notes,
    sectors: Mapping[str, tuple[str, ...]],
    caption: Caption,
    style: Figures | None = None,
    shown: Sequence[str] = ROWS,
) -> Figure:
    """Draw the rows of panels ``shown``, one column per good.

    Parameters
    ----------
    weeks
        Rows of series, week, date, mean, q05, q25, q50, q75, q95.
    notes
        Label and unit of each series.
    sectors
        Names of the sectors by good.
    caption, style
        Title and footnote; size and type.
    shown
        Some of ``ROWS``, in order.
    """
    style = fit_text(style)
    series = {str(name): rows for name, rows in weeks.groupby("series", sort=False)}
    words = dict((*_SERIES, *_BY_SECTOR))
    figure, axes = canvas(style, len(shown), 2, 0.9 + 2.3 * len(shown), share_x=True)
    for column, (good, heading) in enumerate(_GOODS.items()):
        for ax, name in zip(axes[:, column], shown, strict=True):
            if name in dict(_BY_SECTOR):
                _sectors(ax, series, name, words[name], good, sectors[good], style, notes)
            else:
                band(ax, series[f"{name}.{good}"], COLOURS[good], "median")
                unit = unit_of(notes, f"{name}.{good}", words[name])
                style_axes(
                    ax,
                    style,
                    y=unit,
                )
                _from_zero(ax, share=name == "approval_rate")
        axes[0, column].set_title(heading, fontsize=0.95 * style.text_size, color=INK, loc="left")
        axes[-1, column].set_xlabel("Date (week's end)", fontsize=0.9 * style.text_size, color=INK)
    for ax in axes.ravel():
        ax.margins(x=0.0)
        dates(ax, style, 2)
    figure.align_ylabels()
    more = "Lines: medians; bands: 25 to 75 %"
    more += (
        ", of series without sectors also 5 to 95 % of runs."
        if set(shown) & set(dict(_SERIES))
        else " of runs."
    )
    if "approval_rate" in shown:
        more += " What is not granted is sent back and comes again weeks later: delay, not refusal."
    annotate(
        figure,
        style,
        _title(series, sectors, caption),
        caption.adding(more),
    )
    return figure


def _sectors(
    ax: Axes,
    series: Mapping[str, pd.DataFrame],
    name: str,
    words: str,
    good: str,
    names: tuple[str, ...],
    style: Figures,
    notes: Notes,
) -> None:
    for place, sector in enumerate(names):
        red, green, blue = (part * _SHADES[place % 4] for part in to_rgb(COLOURS[good]))
        band(
            ax,
            series[f"{name}.{sector}"],
            to_hex((red, green, blue)),
            sector.replace("_", " "),
            _DASHES[place % 4],
            outer=False,
        )
    style_axes(
        ax,
        style,
        y=unit_of(notes, f"{name}.{names[0]}", words).replace("\n ", "\n")
        if names
        else f"{words} (%)",
    )
    _from_zero(ax, share=True)
    room = _PANEL_SHARE * style.width * 72.0 / (WIDTH_OF_A_LETTER * small(style))
    longest = max((len(sector) for sector in names), default=0)
    legend(ax, style, 2 if 2 * (longest + _LEGEND_LETTERS) <= room else 1)


def _from_zero(ax: Axes, *, share: bool) -> None:
    if share:
        percent_axis(ax, top=1.02)
        ax.set_yticks(np.linspace(0.0, 1.0, 5))
    else:
        ax.set_ylim(0.0, max(1.0, 1.05 * ax.get_ylim()[1]))


def _title(
    series: Mapping[str, pd.DataFrame], sectors: Mapping[str, tuple[str, ...]], caption: Caption
) -> str:
    parts = []
    for good, words in (("magnets", "magnet"), ("chips", "chip")):
        price, rate = series[f"price.{good}"]["mean"], series[f"approval_rate.{good}"]["mean"]
        dear = f"price outside at most {price.max():.1f} times the usual"
        examined = (
            f"{percent(rate.mean())} granted per examination"
            if rate.notna().any()
            else "none examined"
        )
        short = {name: float(series[f"shortage.{name}"]["mean"].mean()) for name in sectors[good]}
        worst = max(short, key=lambda name: short[name]) if short else ""
        lack = (
            f", {worst.replace('_', ' ')} firms shortest ({percent(short[worst])} of need)"
            if worst
            else ""
        )
        parts.append(f"{words} licences: {examined}, {dear}{lack}")
    return f"{caption.lead} {'; '.join(parts)}"
