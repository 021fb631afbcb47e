"""Bands over runs: the table that fan charts read, and how a band is drawn."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.config.params import OF_ITEMS
from sim.figures.style import INK, outlined
from sim.vocabulary import OUTCOMES

__all__ = ["band", "mark_days", "mark_past", "quantiles", "two_sides"]

_SHADE = 0.09  # seen on paper and by a projector, and no lines are lost in it
_BANDS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


def band(
    ax: Axes, rows: pd.DataFrame, colour: str, label: str, dashes: Any = "-", *, outer: bool = True
) -> None:
    """A band: median, 25 to 75 % and, with ``outer``, 5 to 95 %."""
    when = rows["date"].to_numpy()
    for low, high, strength in (
        (("q05", "q95", 0.16), ("q25", "q75", 0.32)) if outer else (("q25", "q75", 0.22),)
    ):
        ax.fill_between(
            when,
            rows[low].to_numpy(),
            rows[high].to_numpy(),
            color=colour,
            alpha=strength,
            linewidth=0,
        )
    ax.plot(
        when,
        rows["q50"].to_numpy(),
        color=colour,
        linewidth=1.9,
        label=label,
        linestyle=dashes,
        path_effects=outlined(colour),
    )


def mark_days(ax: Axes, days: Iterable[str]) -> None:
    """A dotted line at each day on which settings change."""
    for day in days:
        ax.axvline(pd.Timestamp(day), color=INK, linestyle=":", linewidth=1.0, zorder=1.5)


def mark_past(ax: Axes, start: Any, end: Any, label: str = "") -> None:
    """A shade over the past that futures of one run share, from ``start`` to ``end`` of the axis."""
    ax.axvspan(start, end, color=INK, alpha=_SHADE, linewidth=0, zorder=0.5, label=label or None)


def two_sides(
    ax: Axes, rows: Mapping[str, pd.DataFrame], line_styles: Mapping[str, tuple[str, str, Any]]
) -> None:
    """A series of two sides: medians, 25 to 75 % filled, 5 and 95 % as thin lines; the first side
    wider, to show below the second.

    ``looks`` has the colour, label and dash of each side.
    """
    for side, width in zip(line_styles, (4.2, 1.9), strict=True):
        (colour, label, dash), part = line_styles[side], rows[side]
        when = part["date"].to_numpy()
        ax.fill_between(
            when,
            part["q25"].to_numpy(),
            part["q75"].to_numpy(),
            color=colour,
            alpha=0.22,
            linewidth=0,
        )
        for edge in ("q05", "q95"):
            ax.plot(
                when,
                part[edge].to_numpy(),
                color=colour,
                linewidth=0.25 * width,
                linestyle=dash,
                alpha=0.8,
            )
        ax.plot(
            when, part["q50"].to_numpy(), color=colour, linewidth=width, linestyle=dash, label=label
        )


def quantiles(weeks: pd.DataFrame) -> pd.DataFrame:
    """Weeks of every run as mean and quantiles over runs, shares for outcomes: the form that fan
    charts read.
    """
    runs, length = weeks["run"].nunique(), weeks["week"].nunique()
    frame = {"week": weeks["week"].to_numpy()[:length], "date": weeks["date"].to_numpy()[:length]}
    blocks = []
    for name in weeks.columns.difference(
        ["run", "week", "date", "status", "outcome", "state", "events"], sort=False
    ):
        # the name of an issue has no quantiles
        if name.partition(".")[0] in OF_ITEMS:
            continue
        values = weeks[name].to_numpy(float).reshape(runs, length)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", RuntimeWarning
            )  # a week in which no run has a value stays without one
            bands = np.nanquantile(values, list(_BANDS.values()), axis=0)
            blocks.append(
                pd.DataFrame(
                    {
                        "series": name,
                        **frame,
                        "mean": np.nanmean(values, axis=0),
                        **dict(zip(_BANDS, bands, strict=True)),
                    }
                )
            )
    ends = weeks["outcome"].astype(str).to_numpy().reshape(runs, length)
    for name in OUTCOMES:
        share = (ends == name).mean(axis=0)
        blocks.append(
            pd.DataFrame(
                {
                    "series": f"outcome.{name}",
                    **frame,
                    "mean": share,
                    **dict.fromkeys(_BANDS, np.nan),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)
