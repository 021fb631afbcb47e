"""The first figure of a sweep with a focus: its focus over two settings, along one, by lever, or
across its contrast.

Needs: the result of :func:`sim.analysis.target.find` for a sweep that names a focus; the title is
the answer that the command line prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis import target
from sim.analysis.labels import range_words, value_words
from sim.analysis.target import Effect, Found
from sim.analysis.target_sentence import describe_target
from sim.batch import Figures
from sim.figures.levers import apart, letters_across
from sim.figures.style import (
    COLOURS,
    INK,
    Caption,
    annotate,
    canvas,
    fit_text,
    in_lines,
    legend,
    legend_below,
    outlined,
    percent_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "focus_cells", "focus_contrast", "focus_levers", "focus_lines"]

_SHADES = "cividis"
_MOST_ROWS = 12
_LETTERS, _LINES_HIGH = 4.5, 2.6  # of "cannot happen" in two lines, in text sizes, with margins
_MOST_REASONS = 2  # of the footnote on cells
_PANELS_SHARE = 0.8  # of the figure's width, without axes and scales
_CELLS_HEIGHT = 5.4  # in tenths of the width
_UPRIGHT = (
    1.0,
    0.75,
)  # share of a panel available to its labels: title and footnote take more of the height
_GREY = "#8C8C8C"
# of the lines of a contrast, in its order: distinguished by dash and marker as well
_LINES = (
    ("#0072B2", "-", "o"),
    ("#D55E00", (0, (5, 1.5)), "s"),
    ("#009E73", (0, (1.5, 1.2)), "D"),
    ("#CC79A7", "-.", "^"),
)
_LEAST_SCALE = 0.05  # where all values are near 0: a smaller scale would have no round ticks
_DARK = 0.55  # of a scale of shades, below which white letters are easier to read


def draw(subject: Subject) -> Iterator[Drawn]:
    """The figure that answers the sweep's question, in the form that fits it."""
    found, style, caption = target.find(subject.results), subject.style, subject.caption
    if not found:
        return
    title = caption.opens(describe_target(found, brief=bool(style.height))).replace(" %", "\u00a0%")
    kind = target.shape(found[0])
    if kind == target.CELLS:
        levers = [effect.setting for effect in found[0].effects]
        moved = [name for name in subject.results.design if name in levers]
        tables = [target.cells(subject.results, part.focus, moved) for part in found]
        why = [target.reasons(subject.results, part.focus, moved) for part in found]
        yield "", focus_cells(found, tables, why, title, caption, style)
    else:
        shapes = {
            target.LINES: focus_lines,
            target.LEVERS: focus_levers,
            target.CONTRAST: focus_contrast,
        }
        yield "", shapes[kind](found, title, caption, style)


def focus_cells(
    found: Sequence[Found],
    tables: Sequence[pd.DataFrame],
    why: Sequence[pd.DataFrame],
    title: str,
    caption: Caption,
    style: Figures | None = None,
) -> Figure:
    """One panel per focus, each on its own scale: its mean at every pair of values of two settings.

    Parameters
    ----------
    found
        One or two; the effects of the first are of the two settings.
    tables
        For each, the result of :func:`sim.analysis.target.cells`.
    why
        For each, the result of :func:`sim.analysis.target.reasons`.
    title
        The answer.
    caption, style
        The footnote; size and type.
    """
    style = fit_text(style)
    figure, axes = canvas(style, 1, len(found), 6.0 if len(found) == 1 else _CELLS_HEIGHT)
    for ax, part, table, reasons in zip(axes[0], found, tables, why, strict=True):
        _cells(figure, ax, part, table, reasons, style, len(found), labelled=ax is axes[0, 0])
    more = ["Each cell: mean over its runs.", *map(_why_not, found, why)]
    annotate(figure, style, title, caption.adding(" ".join(filter(None, more))))
    return figure


def _why_not(found: Found, why: pd.DataFrame) -> str:
    """Why cells have no number; the most frequent reasons where there are many."""
    cells = [words for words in why.to_numpy().ravel() if words]
    if not cells:
        return ""
    named = [words for words, _ in Counter(cells).most_common(_MOST_REASONS)]
    others = len(set(cells)) - len(named)
    more = f"; {others} more reason{'' if others == 1 else 's'}" if others else ""
    return f"No number: {found.label} cannot happen there, {'; '.join(named)}{more}."


def _cells(
    figure: Figure,
    ax: Axes,
    found: Found,
    table: pd.DataFrame,
    why: pd.DataFrame,
    style: Figures,
    panels: int,
    *,
    labelled: bool,
) -> None:
    values = table.to_numpy(float)
    low, high = (
        (0.0 if found.share else float(np.nanmin(values))),
        max(float(np.nanmax(values)), _LEAST_SCALE),
    )
    image = ax.imshow(
        values,
        origin="lower",
        aspect="auto",
        cmap=_SHADES,
        vmin=low,
        vmax=high,
        interpolation="nearest",
    )
    size = _cell_size(style, values.shape[1], found, panels)
    never_words = _never_words(style, values.shape, panels)
    for i, j in np.argwhere(~np.isnan(values)):
        words = f"{100.0 * values[i, j]:.0f}" if found.share else f"{values[i, j]:.3g}"
        never = bool(why.iat[i, j])
        dark = (values[i, j] - low) / max(high - low, 1e-12) < _DARK
        ax.text(
            j,
            i,
            never_words if never else words,
            ha="center",
            va="center",
            fontsize=small(style) if never else size,
            color="white" if dark else INK,
        )
    by_name = {effect.setting: effect for effect in found.effects}
    across, up = by_name[str(table.columns.name)], by_name[str(table.index.name)]
    inches = style.width / panels, style.height or 0.1 * _CELLS_HEIGHT * style.width
    x, y = (
        in_lines(_axis(effect), _PANELS_SHARE * _UPRIGHT[k] * inches[k], 0.9 * style.text_size)
        for k, effect in enumerate((across, up))
    )
    style_axes(ax, style, x, y if labelled else "", _heading(found, style, panels))
    ax.grid(False)
    ax.set_xticks(range(values.shape[1]), [value_words(value) for value in table.columns])
    ax.set_yticks(range(values.shape[0]), [value_words(value) for value in table.index])
    if not across.ordered:
        ax.tick_params(axis="x", rotation=20.0)
    bar = figure.colorbar(image, ax=ax, pad=0.02, fraction=0.05)
    if found.share:
        percent_axis(bar.ax, top=None)
    bar.ax.tick_params(labelsize=small(style))
    bar.outline.set_visible(False)


def _never_words(style: Figures, cells: tuple[int, ...], panels: int) -> str:
    """What a cell says where the focus cannot happen: two lines, or a dash where they do not fit."""
    height = style.height or 0.1 * _CELLS_HEIGHT * style.width
    wide = _PANELS_SHARE * style.width * 72.0 / (panels * cells[1])
    high = _UPRIGHT[1] * _PANELS_SHARE * height * 72.0 / cells[0]
    fits = wide > _LETTERS * small(style) and high > _LINES_HIGH * small(style)
    return "cannot\nhappen" if fits else "\u2013"


def _cell_size(style: Figures, columns: int, found: Found, panels: int) -> float:
    """Text size of a cell: that of ticks, or larger if the digits fit into a column."""
    room = _PANELS_SHARE * style.width * 72.0 / (panels * columns * (1.6 if found.share else 2.6))
    return min(1.1 * style.text_size, max(small(style), room))


def focus_lines(
    found: Sequence[Found], title: str, caption: Caption, style: Figures | None = None
) -> Figure:
    """One panel per focus: its mean along one setting, with 95 % intervals; one line per value of
    the contrast, if there is one.
    """
    style = fit_text(style)
    figure, axes = canvas(style, 1, len(found), 5.2)
    for ax, part in zip(axes[0], found, strict=True):
        drawn: Mapping[Any, Effect] = part.within or {"": part.effects[0]}
        for (value, effect), (colour, dash, mark) in zip(
            drawn.items(), _cycled(len(drawn)), strict=True
        ):
            where = (
                np.asarray(effect.values, float)
                if effect.ordered
                else np.arange(len(effect.values), dtype=float)
            )
            ax.fill_between(where, effect.low, effect.high, color=colour, alpha=0.2, linewidth=0)
            label = value_words(value) if part.across else None
            ax.plot(
                where,
                effect.mean,
                color=colour,
                linestyle=dash,
                marker=mark,
                label=label,
                path_effects=outlined(colour),
            )
        effect = next(iter(drawn.values()))
        words = [value_words(value) for value in effect.values]
        if effect.ordered:
            shown = apart(
                np.asarray(effect.values, float),
                words,
                _PANELS_SHARE * letters_across(style) / len(found),
            )
            ax.set_xticks([effect.values[k] for k in shown], [words[k] for k in shown])
        else:
            ax.set_xticks(range(len(words)), words, rotation=20.0)
        style_axes(ax, style, _axis(effect), "", _heading(part, style, len(found)))
        if part.share:
            percent_axis(ax, top=1.02)
        if part.across is not None and ax is axes[0, 0]:
            legend(ax, style, 1, "best", title=_axis(part.across), title_fontsize=small(style))
    annotate(figure, style, title, caption.adding(f"Bands: 95\u00a0% intervals {found[0].source}."))
    return figure


def _cycled(count: int) -> list[tuple[str, Any, str]]:
    return [_LINES[k % len(_LINES)] for k in range(count)]


def focus_levers(
    found: Sequence[Found], title: str, caption: Caption, style: Figures | None = None
) -> Figure:
    """One panel per focus, one row per setting: the focus at its ends, so that the length shows how
    much it moves and the markers in which direction.
    """
    style = fit_text(style)
    rows = max(min(_MOST_ROWS, len(part.effects)) for part in found)
    figure, axes = canvas(style, 1, len(found), 2.4 + 0.4 * rows)
    for ax, part in zip(axes[0], found, strict=True):
        shown = part.effects[:_MOST_ROWS]
        for place, effect in enumerate(shown):
            _row(ax, place, effect, style)
        ax.axvline(
            part.mean,
            color=_GREY,
            linewidth=1.0,
            linestyle=(0, (2, 2)),
            zorder=1,
            label="mean of all runs",
        )
        _rows(ax, shown, part, style, _heading(part, style, len(found)))
        legend_below(ax, style, 3)
    left = max(len(part.effects) for part in found) - rows
    more = "Ends are the lowest and highest value, or fifth of the runs; for names, the two furthest apart, as labelled. Grey: not beyond chance."
    annotate(
        figure,
        style,
        title,
        caption.adding(more + (f" {left} weaker settings are left out." if left > 0 else "")),
    )
    return figure


def focus_contrast(
    found: Sequence[Found], title: str, caption: Caption, style: Figures | None = None
) -> Figure:
    """The focus at each value of the contrast, and the gap between them at the ends of every other
    setting; of the first focus.
    """
    style = fit_text(style)
    part = found[0]
    assert part.across is not None
    shown = part.apart[:_MOST_ROWS]
    figure, axes = canvas(style, 1, 2, 2.6 + 0.4 * len(shown), widths=(1.0, 1.7))
    bars, gaps = axes[0]
    across = part.across
    places = np.arange(len(across.values))
    ends = np.maximum(0.0, [across.mean - across.low, across.high - across.mean])
    bars.bar(
        places, across.mean, 0.6, color=COLOURS.get(part.focus, _GREY), edgecolor=INK, linewidth=0.8
    )
    bars.errorbar(places, across.mean, yerr=ends, fmt="none", ecolor=INK, elinewidth=1.6, capsize=4)
    style_axes(bars, style, _axis(across), "", _heading(part, style, len(found)))
    bars.set_xticks(places, [value_words(value) for value in across.values])
    if part.share:
        percent_axis(bars)
    small_end, large_end = (value_words(across.values[k]) for k in across.ends)
    for place, effect in enumerate(shown):
        _row(gaps, place, effect, style)
    gaps.axvline(0.0, color=INK, linewidth=1.0)
    _rows(
        gaps,
        shown,
        part,
        style,
        f"{large_end} less {small_end} ({'points' if part.share else part.unit})",
    )
    legend_below(gaps, style, 2)
    more = f"Right: the gap at the ends of each other setting (fifths of the runs where it has many values). Grey: the gap does not change beyond chance. Whiskers: 95\u00a0% intervals {part.source}."
    annotate(figure, style, title, caption.adding(more))
    return figure


def _row(ax: Axes, place: int, effect: Effect, style: Figures) -> None:
    """A line between the focus at two ends of a setting, the lower end open."""
    ends = (0, len(effect.values) - 1) if effect.ordered else effect.ends
    colour = "#0072B2" if effect.beyond_chance else "#B5B5B5"
    turned = [k for k in effect.ends if k not in ends] if effect.beyond_chance else []
    reach = effect.mean[[*ends, *turned]]
    ax.plot([reach.min(), reach.max()], [place, place], color=colour, linewidth=2.2, zorder=2)
    for k, face, label in ((ends[0], "white", "lowest"), (ends[1], colour, "highest")):
        error = [
            [max(0.0, effect.mean[k] - effect.low[k])],
            [max(0.0, effect.high[k] - effect.mean[k])],
        ]
        ax.errorbar(
            effect.mean[k],
            place,
            xerr=error,
            fmt="o",
            color=colour,
            mfc=face,
            mec=colour,
            ecolor=INK,
            markersize=8,
            capsize=3,
            zorder=3,
            label=f"{label} value or fifth" if place == 0 and effect.ordered else None,
        )


def _rows(ax: Axes, shown: Sequence[Effect], found: Found, style: Figures, heading: str) -> None:
    style_axes(ax, style, "", "", heading)
    ax.set_yticks(range(len(shown)), [_row_label(effect) for effect in shown])
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.grid(False, axis="y")
    if found.share:
        percent_axis(ax, "x", top=None)


def _row_label(effect: Effect) -> str:
    """A setting with the range of its values; for names, those at the two ends."""
    if not effect.ordered:
        low, high = (value_words(effect.values[k]) for k in effect.ends)
        return f"{effect.label} ({low}, {high})"
    values = effect.values
    low, high = (values[0][0], values[-1][1]) if effect.classed else (values[0], values[-1])
    return f"{effect.label} ({range_words(low, high)})"


def _axis(effect: Effect) -> str:
    label = f"{effect.label[:1].upper()}{effect.label[1:]}"
    return f"{label} ({effect.unit})" if effect.unit else label


def _heading(found: Found, style: Figures, panels: int) -> str:
    """The heading of a panel, wrapped to its width."""
    unit = "% of runs" if found.share else found.unit
    label = f"{found.label[:1].upper()}{found.label[1:]}"
    return in_lines(
        f"{label} ({unit})" if unit else label,
        _PANELS_SHARE * style.width / panels,
        0.95 * style.text_size,
    )
