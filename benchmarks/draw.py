"""The figures of the benchmarks: engines side by side and the phases of a week; growth of cost on
log-log axes.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from benchmarks.clock import Row, straight_line

__all__ = ["draw", "draw_growth"]

# Okabe and Ito's colours, distinct for colour-blind readers and in grey
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#666666"
_GROWTH = "growth, "


def draw(rows: list[Row], machine: str, path: Path) -> None:
    """Write the figure of bars; panels without data are left out, and without any nothing is
    written.
    """
    panels = [
        (
            "engine",
            "runs/s",
            "Runs per second, complete London scenario",
            "runs per second (log scale)",
            _BLUE,
        ),
        ("fair, 1", "times", "One thread against one process", "times as fast (log scale)", _BLUE),
        (
            "kernel",
            "firm-weeks/s",
            "Declared kernel, one thread",
            "firm-weeks per second (log scale)",
            _BLUE,
        ),
        ("phase", "us/week", "Time of a week by phase", "microseconds per week", _ORANGE),
    ]
    shown = [
        (title, label, colour, kept)
        for group, unit, title, label, colour in panels
        if (kept := _of(rows, group, unit))
    ]
    if not shown:
        return
    figure = Figure(figsize=(7.2 * len(shown), 4.2), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        _panel(axes, *panel)
    figure.supxlabel(machine, fontsize=8)
    figure.savefig(path, dpi=150)


def _panel(axes: Axes, title: str, label: str, colour: str, kept: list[Row]) -> None:
    """Bars from zero on a linear scale; dots on a logarithmic one, which has no zero to draw a bar
    from.
    """
    names, values = [row.name for row in kept][::-1], [row.value for row in kept][::-1]
    if "log" in label:
        low, high = (
            [_or(getattr(row, end), row.value) for row in kept][::-1] for end in ("low", "high")
        )
        below = [value - least for value, least in zip(values, low, strict=True)]
        above = [most - value for value, most in zip(values, high, strict=True)]
        axes.errorbar(
            values, names, xerr=[below, above], fmt="o", color=colour, ecolor=_GREY, capsize=3
        )
        for name, value in zip(names, values, strict=True):
            axes.annotate(
                _short(value), (value, name), xytext=(0, 7), textcoords="offset points", ha="center"
            )
        axes.set(
            xscale="log", xlim=(min(low) / 2.5, max(high) * 2.5), ylim=(-0.6, len(names) - 0.3)
        )
        axes.grid(True, axis="x", alpha=0.3)
    else:
        axes.bar_label(
            axes.barh(names, values, color=colour), [_short(value) for value in values], padding=3
        )
        axes.set_xlim(right=max(values) * 1.18)
    axes.set_title(title)
    axes.set_xlabel(label)


def _or(number: float, instead: float) -> float:
    return instead if math.isnan(number) else number


def _short(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:,.3g} million"
    return f"{value:,.3g}" if value < 100 else f"{value:,.0f}"


def draw_growth(rows: list[Row], machine: str, path: Path) -> None:
    """Write the figure of growth, one panel per axis; without data nothing is written."""
    axes_named = list(dict.fromkeys(row.group for row in rows if row.group.startswith(_GROWTH)))
    if not axes_named:
        return
    columns = min(3, len(axes_named))
    down = math.ceil(len(axes_named) / columns)
    figure = Figure(figsize=(4.4 * columns, 3.7 * down), layout="constrained")
    places = list(figure.subplots(down, columns, squeeze=False).flat)
    for place, group in zip(places, axes_named, strict=False):
        _growth_panel(
            place, group.removeprefix(_GROWTH), [row for row in rows if row.group == group]
        )
    for place in places[len(axes_named) :]:
        place.axis("off")
    if len(places) > len(axes_named):
        places[-1].text(0.0, 0.95, _HOW, va="top", fontsize=9, transform=places[-1].transAxes)
    figure.supxlabel(machine, fontsize=8)
    figure.savefig(path, dpi=150)


_HOW = (
    "The complete London scenario, one thread\nexcept in the last panel.\n\n"
    "Dots: least of the interleaved rounds.\nBars: from the least to the most.\n"
    "Dashed: the straight line a + b x nearest\nto the dots (threads: the time of one\ndivided evenly).\n"
    "Red: the power law over the upper range.\nIts exponent is the slope; in brackets the\nleast and the most of single rounds."
)


def _growth_panel(axes: Axes, name: str, rows: list[Row]) -> None:
    sizes, slopes = (
        [row for row in rows if not math.isnan(row.low) and row.unit != "slope"],
        _of_unit(rows, "slope"),
    )
    x, y = [row.size for row in sizes], [row.value for row in sizes]
    _ideal(axes, name, x, y)
    above = [[0.0] * len(sizes), [row.high - row.value for row in sizes]]
    axes.errorbar(
        x, y, above, fmt="o", color=_BLUE, ecolor=_GREY, elinewidth=1, capsize=3, markersize=5
    )
    title = f"Cost against {name}"
    if not math.isnan(slopes.value):
        upper = [(a, b) for a, b in zip(x, y, strict=True) if a >= slopes.size]
        middle = [math.exp(sum(math.log(point[k]) for point in upper) / len(upper)) for k in (0, 1)]
        ends = [upper[0][0], upper[-1][0]]
        axes.plot(
            ends,
            [middle[1] * (a / middle[0]) ** slopes.value for a in ends],
            color=_ORANGE,
            linewidth=2,
        )
        title += (
            f": slope {_signed(slopes.value)}\n({_signed(slopes.low)} to {_signed(slopes.high)}"
        )
        title += f"; from {ends[0]:,.0f} to {ends[1]:,.0f})"
    axes.set_title(title, fontsize=10)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=f"{name} (log scale)",
        ylabel=f"{sizes[0].unit}, log scale",
    )
    axes.set_ylim(min(y) / 1.5, max(row.high for row in sizes) * 1.5)
    axes.xaxis.set_major_locator(FixedLocator(x))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
    axes.tick_params(axis="x", labelsize=8)
    axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda cost, _: f"{cost:,.0f}"))
    axes.grid(True, which="major", alpha=0.3)


def _ideal(axes: Axes, name: str, x: list[float], y: list[float]) -> None:
    fine = np.geomspace(x[0], x[-1], 60)
    if name == "threads":
        axes.plot(fine, y[0] * x[0] / fine, "--", color=_GREY, linewidth=1)
    elif len(x) > 1:
        a, b = straight_line(x, y)
        axes.plot(fine, a + b * fine, "--", color=_GREY, linewidth=1)


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _of_unit(rows: list[Row], unit: str) -> Row:
    return next(row for row in rows if row.unit == unit)


def _of(rows: list[Row], group: str, unit: str) -> list[Row]:
    return [row for row in rows if row.group == group and row.unit == unit]
