"""One style for every figure: palette, sizes, title, footnote, axes.

The palette is Okabe and Ito's (2008), safe for the colour-blind; one colour means one concept in
every figure, and outcomes also differ by hatch and by their order. Nothing here touches
matplotlib's global settings.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import FixedLocator, PercentFormatter

from sim.batch import Figures
from sim.figures.encode import figure_bytes
from sim.vocabulary import GOODS, OUTCOMES, SIDES

__all__ = [
    "BESIDE",
    "COLOURS",
    "GAP",
    "HATCHES",
    "INK",
    "NAMES",
    "STYLES",
    "WIDTH_OF_A_LETTER",
    "Caption",
    "annotate",
    "blank",
    "canvas",
    "dates",
    "fit_text",
    "headline",
    "in_lines",
    "legend",
    "legend_below",
    "outlined",
    "percent_axis",
    "rate_axis",
    "small",
    "style_axes",
]

COLOURS = {**SIDES.colours, **OUTCOMES.colours, **GOODS.colours}
HATCHES = {name: outcome.hatch for name, outcome in OUTCOMES.items()}
NAMES = {**SIDES.labels, **OUTCOMES.labels, **GOODS.labels}
STYLES: dict[str, Any] = {
    name: (0, side.dashes) if side.dashes else "-" for name, side in SIDES.items()
}
INK = "#222222"
GAP = 6.0  # points between a mark and the text beside it: half a letter
BESIDE = (1.01, 1.0)  # of the axes: the upper left corner of a legend to their right
_GRID = "#D9D9D9"
_BELOW_LABEL = 3.4  # text sizes from the axis down to the space below its ticks and its label
WIDTH_OF_A_LETTER = 0.56  # of the text size, a mean over English sentences in the default typeface
_LINE_WIDTH = 1.9
_MOST_TEXT = 1.4  # points of text per inch of width
_FEW_DAYS, _MANY_TICKS = 75.0, 6.0
_SLIDE_LINES = 4  # of a title: more leave too little of a slide for its figure
_NOMINAL_WIDTH = 10.0  # inches, at which lines and marks have these sizes


@dataclass(frozen=True)
class Caption:
    """Title of the scenario, and the footnote with which another person can reproduce the
    figure.
    """

    title: str
    name: str
    runs: int
    seed: int
    more: str = ""

    @property
    def lead(self) -> str:
        """The title at the start of a figure's title: with a colon, except after a question."""
        return self.title if self.title.endswith("?") else f"{self.title}:"

    def opens(self, text: str) -> str:
        """``text`` after the lead, with a capital letter where the lead is a question."""
        return f"{self.lead} {text[:1].upper() if self.title.endswith('?') else text[:1]}{text[1:]}"

    @property
    def footnote(self) -> str:
        """Scenario, runs and seed in one line."""
        runs = f"{self.runs:,} run{'' if self.runs == 1 else 's'}"
        return f"Scenario {self.name}; {runs}; seed {self.seed}." + (
            f" {self.more}" if self.more else ""
        )

    def adding(self, more: str) -> Caption:
        """The same with another sentence in the footnote."""
        return replace(self, more=f"{self.more} {more}".strip())


def fit_text(style: Figures | None) -> Figures:
    """The given style or the default, with text no larger than fits the width."""
    style = style or Figures()
    return replace(style, text_size=min(style.text_size, _MOST_TEXT * style.width))


def canvas(
    style: Figures,
    rows: int,
    columns: int,
    height: float,
    *,
    share_x: bool = False,
    share_y: bool = False,
    ratios: tuple[float, ...] | None = None,
    widths: tuple[float, ...] | None = None,
) -> tuple[Figure, np.ndarray]:
    """A figure of ``style.width`` by ``height`` (in units of a tenth of the width), and its axes as
    an array (rows, columns).
    """
    figure = blank(style, height)
    given = {"height_ratios": ratios, "width_ratios": widths}
    grid = {name: parts for name, parts in given.items() if parts}
    axes = figure.subplots(
        rows, columns, squeeze=False, sharex=share_x, sharey=share_y, gridspec_kw=grid or None
    )
    return figure, axes


class _Sheet(Figure):
    """A figure that a notebook shows as it would be saved, whether or not pyplot is in use."""

    def _repr_png_(self) -> bytes:
        return figure_bytes(self, "png")


def blank(style: Figures, height: float) -> Figure:
    """An empty figure of ``style.width`` by ``height`` (in units of a tenth of the width), or by
    ``style.height`` where that is set.
    """
    inches = style.height or height * style.width / 10.0
    return _Sheet(
        figsize=(style.width, inches), dpi=style.dpi, layout="constrained", facecolor="white"
    )


def small(style: Figures) -> float:
    """Size of ticks, legends and footnotes, points."""
    return 0.8 * style.text_size


def annotate(figure: Figure, style: Figures, title: str, caption: Caption | str) -> None:
    """Add the title, wrapped to the width, and the footnote; the last step of every figure.

    The footnote is that of ``caption``, or its words where it belongs to no scenario. On a slide the title keeps the clauses that fit into four lines.
    """
    headline(figure, style, title)
    footnote = caption if isinstance(caption, str) else caption.footnote
    figure.supxlabel(
        _wrapped(footnote, style, 0.8),
        x=0.01,
        ha="left",
        fontsize=small(style),
        color="#595959",
    )


def headline(figure: Figure, style: Figures, title: str) -> None:
    """Only the title, for figures on a page with the rest; scale lines and marks to the width."""
    _in_proportion(figure, style.width / _NOMINAL_WIDTH)
    figure.suptitle(
        _headline(title, style),
        x=0.01,
        ha="left",
        fontsize=1.1 * style.text_size,
        color=INK,
        fontweight="bold",
    )


def _in_proportion(figure: Figure, scale: float) -> None:
    """Scale lines and marks with the width of the figure."""
    for line in figure.findobj(Line2D):
        line.set_linewidth(scale * line.get_linewidth())
        line.set_markersize(scale * line.get_markersize())
        line.set_markeredgewidth(scale * line.get_markeredgewidth())
        if line.get_path_effects():
            line.set_path_effects(outlined(str(line.get_color()), line.get_linewidth()))
    for marks in figure.findobj(PathCollection):
        marks.set_sizes(scale**2 * marks.get_sizes())


def _wrapped(text: str, style: Figures, scale: float) -> str:
    bold = 1.13 if scale > 1.0 else 1.0
    letters = int(0.97 * style.width * 72.0 / (bold * scale * style.text_size * WIDTH_OF_A_LETTER))
    return _plain("\n".join(textwrap.wrap(text, max(20, letters))))


def _headline(title: str, style: Figures) -> str:
    """The title, wrapped; on a slide without its last clauses if it has too many lines."""
    wrapped = _wrapped(title, style, 1.1)
    while style.height and wrapped.count("\n") >= _SLIDE_LINES and "; " in title:
        title = title.rpartition("; ")[0]
        wrapped = _wrapped(title, style, 1.1)
    return wrapped


def _plain(text: str) -> str:
    """Text that matplotlib does not read as mathematics."""
    return text.replace("$", r"\$")


def style_axes(ax: Axes, style: Figures, x: str = "", y: str = "", title: str = "") -> None:
    """Label an axis, with a light grid behind the data."""
    ax.set_axisbelow(True)
    ax.grid(True, color=_GRID, linewidth=0.7)
    ax.tick_params(labelsize=small(style), colors=INK, which="both", length=3)
    for name, spine in ax.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color("#8C8C8C")
    if x:
        ax.set_xlabel(_plain(x), fontsize=0.9 * style.text_size, color=INK)
    if y:
        ax.set_ylabel(_plain(y), fontsize=0.9 * style.text_size, color=INK)
    if title:
        ax.set_title(_plain(title), fontsize=0.95 * style.text_size, color=INK, loc="left")


def dates(ax: Axes, style: Figures, columns: int = 1) -> None:
    """Dates along the horizontal axis, few enough to read where ``columns`` axes share the
    width.
    """
    from matplotlib.dates import (
        ConciseDateFormatter,
        DateFormatter,
        DayLocator,
        MonthLocator,
        YearLocator,
        num2date,
    )

    low, high = ax.get_xlim()
    most = max(2.0, 1.7 * style.width / columns * 12.0 / style.text_size)
    months = next((step for step in (1, 2, 3, 6, 12) if (high - low) / (30.4 * step) <= most), 0)
    locator: Any
    if high - low < _FEW_DAYS:
        locator = DayLocator(bymonthday=(1, 8, 15, 22) if most > _MANY_TICKS else (1, 15))
    elif months:
        locator = MonthLocator(bymonth=range(1, 13, months))
    else:
        locator = YearLocator(base=max(1, math.ceil((high - low) / 365.25 / most)))
    form = (
        DateFormatter("%d %b")
        if high - low < _FEW_DAYS
        else ConciseDateFormatter(locator, show_offset=False)
    )
    ticks = locator.tick_values(*(value.replace(tzinfo=None) for value in num2date([low, high])))
    ax.xaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    ax.xaxis.set_major_formatter(form)


def percent_axis(ax: Axes, which: str = "y", top: float | None = 1.0) -> None:
    """Format an axis as a share from 0 to ``top``, in per cent."""
    axis = ax.yaxis if which == "y" else ax.xaxis
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))
    if top is not None:
        (ax.set_ylim if which == "y" else ax.set_xlim)(0.0, top)


def rate_axis(ax: Axes) -> None:
    """Format an axis as a rate from 0 upwards, in per cent, with room above."""
    percent_axis(ax, top=None)
    ax.set_ylim(0.0, 1.08 * ax.get_ylim()[1])


def legend(ax: Axes, style: Figures, columns: int = 1, place: Any = "best", **more: Any) -> None:
    """Add the legend of an axis, on a light background."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(
            handles,
            labels,
            fontsize=small(style),
            ncols=columns,
            loc=place,
            framealpha=0.9,
            edgecolor="none",
            handlelength=1.7,
            columnspacing=1.2,
            borderaxespad=0.3,
            labelcolor=INK,
            **more,
        )


def legend_below(ax: Axes, style: Figures, columns: int) -> None:
    """Add the legend below an axis and its label."""
    from matplotlib.transforms import offset_copy

    under = offset_copy(
        ax.transAxes, ax.get_figure(root=True), 0.0, -_BELOW_LABEL * style.text_size, units="points"
    )
    legend(ax, style, columns, "upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=under)


def outlined(colour: str, width: float = _LINE_WIDTH) -> list[Any]:
    """Path effects that make a light line visible on white."""
    edge = INK if colour in (COLOURS["tactical_pause"], COLOURS["chips"]) else "white"
    return [Stroke(linewidth=width + 1.1, foreground=edge), Normal()]


def in_lines(text: str, inches: float, size: float) -> str:
    """Wrap text of ``size`` points to a width in inches."""
    return textwrap.fill(text, max(12, int(inches * 72.0 / (WIDTH_OF_A_LETTER * size))))
