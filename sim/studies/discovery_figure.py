"""The page of a discovery: the box on the plane of its two main levers, and what it trades between
coverage and density. 16:9, for a wall.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.analysis.boxes import Domain, Limit
from sim.analysis.labels import label_of, percent, value_words
from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.style import (
    COLOURS,
    GAP,
    INK,
    NAMES,
    Caption,
    annotate,
    blank,
    fit_text,
    in_lines,
    outlined,
    percent_axis,
    small,
    style_axes,
)
from sim.studies.discovery import Discovery

__all__ = ["discovery_figures"]

_WIDE = 5.625  # tenths of the width: 16:9
_SHADES = "cividis"  # light is likely; safe for the colour-blind, and even in grey
_CELL_POINTS, _FEWEST, _MOST = 16, 3, 8  # points of a cell on average; cells along an axis
_GREY, _PALE = "#595959", "#D9D9D9"
_MARKS = {"prim": ("o", "PRIM"), "tree": ("s", "tree")}
_LEAST_MASS = 0.02  # of a box that the line of chance is drawn for
_TOP = 0.05  # shares: the least height of an axis or scale
_ROW = 0.36  # of the width, for the name of a lever along an axis


class _Axis(NamedTuple):
    """A lever along an axis: its cells' ``edges``, the cell of each point, and the ends of the
    box.
    """

    name: str
    edges: np.ndarray
    cell: np.ndarray
    box: tuple[float, float]
    words: tuple[str, ...]


def discovery_figures(result: Discovery, style: Figures | None = None) -> dict[str, Figure]:
    """The page, called ``discover``."""
    style = fit_text(style)
    with house_style():
        return {"discover": _page(result, style)}


def _page(result: Discovery, style: Figures) -> Figure:
    figure = blank(style, _WIDE)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": (1.15, 1.0)})
    cells = _plane(figure, left, result, style)
    _trade(right, result, style)
    runs = int(result.searched.runs.sum()) + int(
        result.fresh.set_index("where")["runs"].reindex(["inside", "outside"]).fillna(0).sum()
    )
    caption = Caption("", result.searched.scenario.name, runs, result.seed, cells)
    annotate(figure, style, title_of(result), caption)
    return figure


def title_of(result: Discovery) -> str:
    """The question and its answer."""
    label = NAMES[result.outcome]
    ask = f"Where is {label} likely?"
    if result.found is None:
        return f"{ask} In no box of three levers more than chance explains"
    (inside, low, high), (outside, *_) = result.value("inside"), result.value("outside")
    return (
        f"{ask} Where {result.place}: {percent(inside)} of runs ({100 * low:.0f} to {100 * high:.0f}), "
        f"elsewhere {percent(outside)}"
    ).replace(" %", "\u00a0%")


def _plane(figure: Figure, ax: Axes, result: Discovery, style: Figures) -> str:
    """Mean share in cells of two levers, over the points that meet the other limits of the box;
    the footnote.
    """
    names = _main_levers(result)
    rest = [name for name in (result.found.limits if result.found else {}) if name not in names]
    keep = np.ones(len(result.searched.runs), bool)
    for name in rest:
        assert result.found is not None
        keep &= result.found.limits[name].holds(result.searched.columns[name])
    count = int(np.clip(np.sqrt(keep.sum() / _CELL_POINTS), _FEWEST, _MOST))
    x, *others = (_axis(result, name, keep, count) for name in names)
    if others:
        cells = _cells(figure, ax, result, x, others[0], keep, style)
    else:
        cells = _line(ax, result, x, style)
    runs = result.searched.runs[keep].sum() / max(1, cells)
    half = 196.0 * np.sqrt(result.base * (1.0 - result.base) / max(1.0, runs))
    where = (
        f" with {' and '.join(_name(result, name) for name in rest)} inside the box" if rest else ""
    )
    return f"A cell: {runs:.0f} runs on average{where}, some ±{half:.0f} points (95 %). Bars: 95 % intervals of fresh runs."


def _main_levers(result: Discovery) -> list[str]:
    """The two levers of the box that explain most alone; with fewer, the others that do."""
    known = [name for name in result.points if name in result.searched.domains]
    own = [name for name in known if result.found is not None and name in result.found.limits]
    return [*own, *(name for name in known if name not in own)][:2]


def _cells(
    figure: Figure,
    ax: Axes,
    result: Discovery,
    x: _Axis,
    y: _Axis,
    keep: np.ndarray,
    style: Figures,
) -> int:
    """Shades of the mean share over two levers, with the box; how many cells hold points."""
    shape = (len(y.edges) - 1, len(x.edges) - 1)
    place, cells = y.cell * shape[1] + x.cell, shape[0] * shape[1]
    number, mean = _means(place, result.searched.shares[keep], cells)
    top = max(_TOP, float(np.nanmax(mean, initial=0.0)))
    mesh = ax.pcolormesh(
        x.edges, y.edges, mean.reshape(shape), cmap=_SHADES, vmin=0.0, vmax=top, rasterized=True
    )
    bar = figure.colorbar(mesh, ax=ax, pad=0.02, aspect=30)
    percent_axis(bar.ax, top=None)
    bar.ax.tick_params(labelsize=small(style), colors=INK)
    if result.found is not None:
        _box(ax, x, y, result, style)
    _label(ax, result, x, y, style)
    return int((number > 0).sum())


def _means(place: np.ndarray, shares: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Points in each cell and their mean share, NaN where there are none."""
    number = np.bincount(place, minlength=cells)
    total = np.bincount(place, shares, cells)
    return number, np.divide(total, number, out=np.full(cells, np.nan), where=number > 0)


def _line(ax: Axes, result: Discovery, x: _Axis, style: Figures) -> int:
    """Mean share along the only lever, with the 95 % interval of the points of each cell, and the
    box.
    """
    shares, cells = result.searched.shares, len(x.edges) - 1
    number, mean = _means(x.cell, shares, cells)
    spread = np.sqrt(_means(x.cell, (shares - mean[x.cell]) ** 2, cells)[1] / np.maximum(number, 1))
    middle = (x.edges[1:] + x.edges[:-1]) / 2.0
    if result.found is not None:
        value, low, high = (100.0 * end for end in result.value("inside"))
        words = f"the box: {value:.0f}\u00a0% ({low:.0f} to {high:.0f})"
        ax.axvspan(*x.box, color=_PALE, label=words)
        ax.legend(fontsize=small(style), loc="best", frameon=False, labelcolor=INK)
    ax.errorbar(
        middle, mean, yerr=1.96 * spread, fmt="o", color=INK, markersize=6.0, capsize=3.0, zorder=3
    )
    style_axes(
        ax,
        style,
        x=label_of(x.name, result.searched.notes),
        y=f"Share of {NAMES[result.outcome]} (%)",
    )
    percent_axis(ax, "y", min(1.02, 1.25 * max(_TOP, float(np.nanmax(mean + 1.96 * spread)))))
    if x.words:
        ax.set_xticks(range(len(x.words)), [in_lines(word, 1.0, small(style)) for word in x.words])
    return int((number > 0).sum())


def _axis(result: Discovery, name: str, keep: np.ndarray, count: int) -> _Axis:
    domain, values = result.searched.domains[name], result.searched.columns[name][keep]
    limit = result.found.limits.get(name) if result.found is not None else None
    if domain.values:
        places = {
            value: k for k, value in enumerate(_in_order(domain, limit.values if limit else ()))
        }
        cell = np.asarray([places[value] for value in values.tolist()])
        held = len(limit.values) if limit is not None else len(places)
        words = tuple(value_words(value) for value in places)
        return _Axis(name, np.arange(len(places) + 1) - 0.5, cell, (-0.5, held - 0.5), words)
    edges = _edges(values.astype(float), domain, count)
    cell = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    ends = (edges[0], edges[-1]) if limit is None else _drawn_ends(limit, domain, edges)
    return _Axis(name, edges, cell, ends, ())


def _in_order(domain: Domain, first: tuple[object, ...]) -> list[object]:
    """The choices of a lever, those of the box first, so that it is one rectangle."""
    return [*first, *(value for value in domain.values if value not in first)]


def _edges(values: np.ndarray, domain: Domain, count: int) -> np.ndarray:
    """Edges of cells: between the few values that there are, else even over the range."""
    known = np.unique(values)
    if 1 < len(known) <= count:
        between = (known[1:] + known[:-1]) / 2.0
        first, last = 2.0 * known[0] - between[0], 2.0 * known[-1] - between[-1]
        return np.asarray([first, *between, last])
    reach = 0.5 if domain.whole else 0.0
    return np.linspace(domain.low - reach, domain.high + reach, count + 1)


def _drawn_ends(limit: Limit, domain: Domain, edges: np.ndarray) -> tuple[float, float]:
    """The ends of a box as drawn: of whole numbers half a number further out."""
    reach = 0.5 if domain.whole else 0.0
    low = edges[0] if limit.low <= domain.low else limit.low - reach
    high = edges[-1] if limit.high >= domain.high else limit.high + reach
    return float(low), float(high)


def _box(ax: Axes, x: _Axis, y: _Axis, result: Discovery, style: Figures) -> None:
    width, height = x.box[1] - x.box[0], y.box[1] - y.box[0]
    for colour, line in (("white", 5.0), (INK, 2.4)):
        ax.add_patch(
            Rectangle(
                (x.box[0], y.box[0]),
                width,
                height,
                fill=False,
                edgecolor=colour,
                linewidth=line,
                clip_on=False,
                zorder=4,
            )
        )
    value, low, high = (100.0 * end for end in result.value("inside"))
    ax.text(
        sum(x.box) / 2.0,
        sum(y.box) / 2.0,
        f"{value:.0f}\u00a0%\n({low:.0f} to {high:.0f})",
        ha="center",
        va="center",
        fontsize=0.9 * style.text_size,
        fontweight="bold",
        color=INK,
        bbox={"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": INK},
        zorder=5,
    )


def _label(ax: Axes, result: Discovery, x: _Axis, y: _Axis, style: Figures) -> None:
    words = [
        in_lines(
            label_of(axis.name, result.searched.notes), share * style.width, 0.9 * style.text_size
        )
        for axis, share in ((x, 0.42), (y, _ROW))
    ]
    style_axes(ax, style, x=words[0], y=words[1], title=f"Share of {NAMES[result.outcome]} (%)")
    ax.grid(False)
    if x.words:
        ax.set_xticks(range(len(x.words)), [in_lines(word, 1.0, small(style)) for word in x.words])
    if y.words:
        ax.set_yticks(range(len(y.words)), [in_lines(word, 1.0, small(style)) for word in y.words])


def _name(result: Discovery, name: str) -> str:
    return label_of(name, result.searched.notes, unit=False)


def _trade(ax: Axes, result: Discovery, style: Figures) -> None:
    """Every candidate on the points that did not shape it; what chance gives; the box in fresh
    runs.
    """
    judging = result.points["half"] == "judging"
    shares = result.points.loc[judging, "share"].to_numpy(float)
    base, top = float(shares.mean()), max(_TOP, float(shares.mean()))
    if len(result.boxes) and base > 0.0:
        _chance(ax, shares, result.least)
        _candidates(ax, result)
        top = max(top, float(result.boxes["density"].max()))
    ax.axhline(base, color=INK, linewidth=1.2, linestyle=(0, (4.0, 2.0)), zorder=2)
    ax.annotate(
        f"all points: {percent(base)}".replace(" %", "\u00a0%"),
        (0.0, base),
        (GAP, -GAP / 2.0),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=small(style),
        color=INK,
    )
    if result.found is not None:
        top = max(top, _marked(ax, result))
    style_axes(
        ax,
        style,
        x="Coverage: part of these runs inside (%)",
        y="Density: share inside (%)",
        title="Which box? (bold: fresh runs)",
    )
    percent_axis(ax, "x", 1.02)
    percent_axis(ax, "y", min(1.02, 1.45 * top))
    ax.legend(
        fontsize=small(style), loc="upper right", frameon=False, handlelength=1.4, labelcolor=INK
    )


def _chance(ax: Axes, shares: np.ndarray, least: float) -> None:
    """Below which density boxes of each coverage are not better than chance: that of the score
    which the best box of a permutation passes once in a hundred times.
    """
    mass, base = np.geomspace(_LEAST_MASS, 1.0, 100), float(shares.mean())
    density = base + least * shares.std() * np.sqrt((1.0 - mass) / mass)
    cover = mass * density / base
    ax.fill_between(
        cover[cover <= 1.0],
        0.0,
        density[cover <= 1.0],
        color=_PALE,
        linewidth=0.0,
        zorder=1,
        label="what chance gives the best box",
    )


def _candidates(ax: Axes, result: Discovery) -> None:
    for method, (marker, words) in _MARKS.items():
        own = result.boxes[result.boxes["method"] == method]
        ax.plot(
            own["coverage"],
            own["density"],
            marker,
            color=_GREY,
            markersize=5.0,
            markerfacecolor="white",
            markeredgewidth=1.2,
            label=f"boxes of {words}",
            zorder=2,
        )


def _marked(ax: Axes, result: Discovery) -> float:
    """The box in fresh runs, with both intervals; the upper end of its density."""
    (x, *across), (y, *up) = result.value("coverage"), result.value("inside")
    bars = ax.errorbar(
        [x],
        [y],
        xerr=np.abs(np.subtract([across], x)).T,
        yerr=np.abs(np.subtract([up], y)).T,
        fmt="D",
        markersize=9.0,
        color=COLOURS[result.outcome],
        markeredgecolor=INK,
        ecolor=INK,
        elinewidth=2.0,
        capsize=4.0,
        zorder=4,
        label="this box, fresh runs",
    )
    for line in bars.lines[2]:
        line.set_path_effects(outlined("white", 2.0))
    return up[1]
