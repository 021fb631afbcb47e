"""A sweep over two settings: a phase diagram, averaged over other settings.

A cell has the colour of its leading outcome, with the share printed; where the 95 % intervals of
the first and the second overlap, a corner has the colour of the second. Beside it each outcome's
share on its own scale, so that a rare one is visible too.

Needs: a sweep's shares by cell (:func:`sim.analysis.pooled.pooled_shares`), from its table of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke
from matplotlib.transforms import blended_transform_factory

from sim.analysis.labels import value_words
from sim.batch import Figures
from sim.figures.labels import Notes, between, joined, percent, unit_of
from sim.figures.levers import (
    MOST_VALUES,
    has_names,
    letters_across,
    longest,
    short_label,
    tick_lines,
    values_of,
)
from sim.figures.style import (
    COLOURS,
    INK,
    NAMES,
    WIDTH_OF_A_LETTER,
    Caption,
    annotate,
    blank,
    fit_text,
    in_lines,
    percent_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject
from sim.vocabulary import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEADERS", "PANELS", "draw", "phase"]

LEADERS, PANELS = "leaders", "panels"

_SHADES = "cividis"
_TINY = 1e-9
_WIDTHS = (
    1.3,
    1.3,
    1.0,
    1.0,
    0.09,
)  # the large panel over two columns, two small ones, their scale
_HEIGHTS = (1.0, 1.0, 0.1)  # two rows of panels and the legend
_WIDTHS_OF_PANELS = (1.0, 1.0, 0.06)  # of a slide with the small panels alone
_PANEL_HEIGHT = 0.28  # of the figure's height
_LONG_TICK = 4  # letters, above which a small panel has room for only two
_CORNER_MARK = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0))
_CORNER = 0.34  # of a cell: clear of the number in its middle
_MAIN_SHARE = 0.43  # of the figure's width: the large panel
_USUAL_LETTERS = 4  # of the ticks beside the large panel, at that share


def draw(subject: Subject) -> Iterator[Drawn]:
    """The phase diagram of a sweep's two settings; on slides the large panel and the small ones
    separately.
    """
    if len(subject.moved) < 2:
        return
    shares, caption = (
        subject.shares(subject.moved),
        subject.averaged(subject.moved, subject.binned[1]),
    )
    for end, part in (("-1", LEADERS), ("-2", PANELS)) if subject.style.height else (("", ""),):
        yield end, phase(shares, subject.moved, subject.notes, caption, subject.style, part)


def phase(
    shares: pd.DataFrame,
    names: Sequence[str],
    notes: Notes,
    caption: Caption,
    style: Figures | None = None,
    part: str = "",
) -> Figure:
    """Draw the phase diagram of two levers, or the ``part`` of it that one slide holds: ``LEADERS``
    or ``PANELS``.

    Parameters
    ----------
    shares
        Rows of both levers, outcome, share, low, high, runs: one row per outcome and cell; cells
        may be missing.
    names
        The levers: across, then up.
    notes
        Label and unit of each lever.
    caption, style
        Title and footnote; size and type.
    part
        Empty for all of it.
    """
    style = fit_text(style)
    figure = blank(style, 7.2)
    across, up = values_of(shares, names[0]), values_of(shares, names[1])
    cells = {name: _grid(shares, name, names, across, up) for name in OUTCOMES}
    labels = [unit_of(notes, name, raw=True) for name in names]
    if part != PANELS:
        beside = part == LEADERS
        grid = figure.add_gridspec(
            3, 5, width_ratios=_WIDTHS, height_ratios=_HEIGHTS
        )  # the legend has its own row
        main = figure.add_subplot(grid[:2, :] if beside else grid[:2, :2])
        undecided = _leaders(main, cells, style)
        _ticks(main, across, up, style)
        # title and footnote leave less than half of a slide's height to a label
        upright = in_lines(labels[1], 0.45 * (style.height or style.width), 0.9 * style.text_size)
        level = in_lines(labels[0], _MAIN_SHARE * style.width, style.text_size)
        style_axes(
            main,
            style,
            labels[0] if beside else level,
            upright,
            "Leading outcome, its share (%)",
        )
        main.grid(False)
        _legend(figure.add_subplot(grid[2, :]), style, undecided)
        places = [grid[k // 2, 2 + k % 2] for k in range(4)]
        scale = grid[:2, 4]
    else:
        grid = figure.add_gridspec(2, 3, width_ratios=_WIDTHS_OF_PANELS)
        places, scale = [grid[k // 2, k % 2] for k in range(4)], grid[:, 2]
    if part != LEADERS:
        words = [short_label(notes, name) for name in names]
        _panels(
            [figure.add_subplot(place) for place in places],
            figure.add_subplot(scale),
            cells,
            across,
            up,
            words,
            style,
        )
    points = joined([notes.get(name, {"label": name})["label"] for name in names])
    annotate(
        figure,
        style,
        _phase_title(cells, across, up, caption),
        caption.adding(f"In the title points are given by {points}."),
    )
    return figure


def _panels(
    axes: list[Axes],
    scale: Axes,
    cells: Mapping[str, tuple[np.ndarray, ...]],
    across: list[Any],
    up: list[Any],
    labels: list[str],
    style: Figures,
) -> None:
    """Each outcome's share on its own scale, from 0 to its largest, which is in the panel's
    title.
    """
    shares = {name: cells[name][0] for name in OUTCOMES}
    inches = _PANEL_HEIGHT * (style.height or 0.72 * style.width)
    fits = (
        len(labels[1]) * WIDTH_OF_A_LETTER * small(style) / 72.0 <= inches
    )  # else only the large panel has it
    for k, (ax, name) in enumerate(zip(axes, OUTCOMES, strict=True)):
        low, high = float(np.nanmin(shares[name])), float(np.nanmax(shares[name]))
        image = ax.imshow(
            shares[name] / max(high, _TINY),
            origin="lower",
            aspect="auto",
            cmap=_SHADES,
            vmin=0.0,
            vmax=1.0,
            interpolation="nearest",
        )
        _few_ticks(ax, across, up)
        style_axes(
            ax,
            style,
            labels[0].replace(" (", "\n(") if k > 1 else "",
            labels[1] if k % 2 == 0 and fits else "",
            f"{NAMES[name]}:\n{'cannot happen' if _never(cells[name]) else between(low, high)}",
        )
        ax.tick_params(labelbottom=k > 1, labelleft=k % 2 == 0)
        ax.set_title(ax.get_title(loc="left"), fontsize=small(style), loc="left", color=INK)
        for label in (ax.xaxis.label, ax.yaxis.label):
            label.set_fontsize(small(style))
        ax.grid(False)
    figure = scale.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(image, cax=scale)
    bar.set_label("Share of the panel's largest (%)", fontsize=small(style), color=INK)
    percent_axis(bar.ax, top=None)
    bar.ax.tick_params(labelsize=small(style))


def _legend(ax: Axes, style: Figures, undecided: bool) -> None:
    """The legend of the large panel, in its own row."""
    handles: list[Artist] = [
        Patch(facecolor=COLOURS[name], edgecolor="#8C8C8C", label=NAMES[name]) for name in OUTCOMES
    ]
    if undecided:
        words = "corner: the second, if as likely (95\u00a0%)"
        handles.append(
            Line2D(
                [],
                [],
                linestyle="",
                marker=Path(_CORNER_MARK),
                markersize=14,
                color=INK,
                label=words,
            )
        )
    ax.axis("off")
    figure = ax.get_figure(root=True)
    assert figure is not None
    ax.legend(
        handles=handles,
        fontsize=small(style),
        ncols=5,
        loc="center left",
        edgecolor="none",
        columnspacing=1.2,
        handlelength=1.5,
        labelcolor=INK,
        borderaxespad=0.0,
        borderpad=0.0,
        bbox_to_anchor=(0.01, 0.5),
        bbox_transform=blended_transform_factory(figure.transFigure, ax.transAxes),
    )


def _grid(
    shares: pd.DataFrame, outcome: str, names: Sequence[str], across: list[Any], up: list[Any]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share, low and high of an outcome as arrays (up, across), NaN where there is no cell."""
    rows = shares[shares["outcome"] == outcome]
    column, row = (
        {value: j for j, value in enumerate(across)},
        {value: i for i, value in enumerate(up)},
    )
    filled = np.full((3, len(up), len(across)), np.nan)
    at = [row[value] for value in rows[names[1]]], [column[value] for value in rows[names[0]]]
    for layer, field in zip(filled, ("share", "low", "high"), strict=True):
        layer[at] = rows[field].to_numpy(float)
    return filled[0], filled[1], filled[2]


def _never(cells: tuple[np.ndarray, ...]) -> bool:
    """Whether an outcome cannot happen in any cell: the interval of an impossible outcome ends at
    0.
    """
    share, _, high = cells
    return bool((high[~np.isnan(share)] == 0.0).all())


def _leaders(ax: Axes, cells: Mapping[str, tuple[np.ndarray, ...]], style: Figures) -> bool:
    """Colour and print every cell; whether any leader does not differ significantly from the
    second.
    """
    share = np.stack([cells[name][0] for name in OUTCOMES])
    _, rows, columns = share.shape
    size = min(1.0, 9.0 / max(rows, 0.62 * columns * 9.0 / 6.0)) * 0.95 * style.text_size
    size = (
        max(size, small(style)) if style.height else size
    )  # on a slide the large panel has room for larger text
    undecided = False
    for i in range(rows):
        for j in range(columns):
            if np.isnan(share[:, i, j]).any():
                continue
            second, first = np.argsort(share[:, i, j], kind="stable")[-2:]
            decided = cells[OUTCOMES.names[first]][1][i, j] > cells[OUTCOMES.names[second]][2][i, j]
            undecided |= not bool(decided)
            _cell(ax, i, j, OUTCOMES.names[first], "" if decided else OUTCOMES.names[second])
            _print(ax, i, j, float(share[first, i, j]), OUTCOMES.names[first], size)
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(-0.5, rows - 0.5)
    return undecided


def _cell(ax: Axes, i: int, j: int, first: str, second: str) -> None:
    ax.add_patch(
        Rectangle(
            (j - 0.5, i - 0.5), 1.0, 1.0, facecolor=COLOURS[first], edgecolor="white", linewidth=1.2
        )
    )
    if second:
        corner = [(j + 0.5, i - 0.5), (j + 0.5, i - 0.5 + _CORNER), (j + 0.5 - _CORNER, i - 0.5)]
        ax.add_patch(Polygon(corner, facecolor=COLOURS[second], edgecolor="white", linewidth=1.0))


def _print(ax: Axes, i: int, j: int, share: float, first: str, size: float) -> None:
    dark = first == "breakdown"
    text = ax.text(
        j,
        i,
        f"{100.0 * share:.0f}",
        ha="center",
        va="center",
        fontsize=size,
        color="white" if dark else INK,
    )
    text.set_path_effects([Stroke(linewidth=2.6, foreground=COLOURS[first]), Normal()])


def _ticks(ax: Axes, across: list[Any], up: list[Any], style: Figures) -> None:
    """Every value if there is room; else every second or third number, and names rotated."""
    rows, columns = ([tick_lines(value) for value in values] for values in (up, across))
    step = max(1, -(-len(rows) // MOST_VALUES))
    ax.set_yticks(list(range(0, len(rows), step)), rows[::step])
    letters = _MAIN_SHARE * letters_across(style) - max(0, longest(rows) - _USUAL_LETTERS)
    crowd = -(-len(columns) * (longest(columns) + 1) // max(1, int(letters)))
    step = max(1, -(-len(columns) // MOST_VALUES)) if has_names(across) else crowd
    turned: dict[str, Any] = (
        {"rotation": 30.0, "ha": "right", "rotation_mode": "anchor"}
        if has_names(across) and crowd > 1
        else {}
    )
    ax.set_xticks(list(range(0, len(columns), step)), columns[::step], **turned)


def _few_ticks(ax: Axes, across: list[Any], up: list[Any]) -> None:
    """Three numbers per axis of a small panel; only the large one has names."""
    for values, put in ((across, ax.set_xticks), (up, ax.set_yticks)):
        letters = longest([value_words(value) for value in values])
        most = 1 if letters > 2 * _LONG_TICK else 2 if letters > _LONG_TICK else 3
        places = [] if has_names(values) else range(0, len(values), max(1, -(-len(values) // most)))
        put(list(places), [value_words(values[place]) for place in places])


def _phase_title(
    cells: Mapping[str, tuple[np.ndarray, ...]], across: list[Any], up: list[Any], caption: Caption
) -> str:
    share = np.stack([cells[name][0] for name in OUTCOMES])
    known = ~np.isnan(share).any(axis=0)
    first = np.argmax(np.where(known, share, -1.0), axis=0)
    counts = {name: int((first[known] == k).sum()) for k, name in enumerate(OUTCOMES)}
    lead = max(OUTCOMES, key=lambda name: counts[name])
    best = share[OUTCOMES[lead].code]
    parts = [
        f"{NAMES[lead]} leads at {counts[lead]} of {int(known.sum())} points (up to {percent(float(np.nanmax(best)))})"
    ]
    for name in OUTCOMES:
        if name != lead:
            values = share[OUTCOMES[name].code]
            i, j = np.unravel_index(int(np.nanargmax(values)), values.shape)
            where = f"{value_words(across[j])}; {value_words(up[i])}"
            parts.append(
                f"{NAMES[name]} at most {percent(float(values[i, j]))} ({where})"
                if values[i, j] > 0
                else f"{NAMES[name]} {'cannot happen' if _never(cells[name]) else 'nowhere'}"
            )
    return caption.opens(", ".join(parts))
