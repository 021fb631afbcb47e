"""The figure of the benchmarks: engines side by side on a log scale, and where a run's time goes."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.clock import Row

__all__ = ["draw"]

_BLUE, _ORANGE = "#0072B2", "#E69F00"


def draw(rows: list[Row], machine: str, path: Path) -> None:
    """Write the figure; panels without data are left out."""
    panels = [
        ("engine", "runs/s", "Runs a second, London in full", _BLUE),
        ("phase", "us/week", "Time of a week by phase", _ORANGE),
    ]
    shown = [(title, colour, unit, kept) for group, unit, title, colour in panels if (kept := _of(rows, group, unit))]
    if not shown:
        return
    figure = Figure(figsize=(6.2 * len(shown), 4.2), layout="constrained")
    for axes, (title, colour, unit, kept) in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        names, values = [row.name for row in kept][::-1], [row.value for row in kept][::-1]
        bars = axes.barh(names, values, color=colour)
        axes.bar_label(bars, [f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values], padding=3)
        axes.set_title(title)
        axes.set_xlabel("microseconds a week" if unit == "us/week" else "runs a second (log scale)")
        if unit == "runs/s":
            axes.set_xscale("log")
            axes.set_xlim(right=max(values) * 4)
        else:
            axes.set_xlim(right=max(values) * 1.18)
    figure.supxlabel(machine, fontsize=8)
    figure.savefig(path, dpi=150)


def _of(rows: list[Row], group: str, unit: str) -> list[Row]:
    return [row for row in rows if row.group == group and row.unit == unit]
