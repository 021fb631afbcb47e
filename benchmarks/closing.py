"""The purpose of the closing period: outcome shares against the truce's length and the horizon,
beside the state in the last week.

``python -m benchmarks.closing [runs]`` draws ``docs/closing_period.png`` and prints the largest
step between neighbours of each line, in points, with its 95 % interval over paired runs. London
with ``linkage.cn=1.5`` and renewals of one length, where most truces lapse at a date, and where
under the rules of 0.2.0 the last week swung by more than 30 points.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import sim
from sim.batch import Figures
from sim.config.params import flatten, place, view
from sim.ensemble.execute import simulate
from sim.figures.encode import figure_bytes, house_style
from sim.figures.style import (
    COLOURS,
    INK,
    NAMES,
    Caption,
    annotate,
    canvas,
    legend_below,
    outlined,
    percent_axis,
    style_axes,
)
from sim.vocabulary import OUTCOMES

__all__ = ["closing_figure", "codes", "steps"]

SETTINGS = ("scenario=london", "linkage.cn=1.5", "truce.lengths=fixed")
LENGTHS = {"truce.length_weeks": np.arange(6, 40)}
HORIZONS = {"calendar.horizon_weeks": np.arange(92, 118)}
_RUNS, _SEED = 4_000, 1
_STYLE = Figures(width=10.0, dpi=110)
_DEFINITIONS = {
    "final_state": "State in the last week",
    "outcome": "Outcome: state in a week of the closing year",
}


def codes(
    moved: dict[str, np.ndarray], runs: int = _RUNS, seed: int = _SEED
) -> dict[str, np.ndarray]:
    """Codes of both definitions, each (values, runs), at every value of one setting; runs are
    paired.
    """
    (path, values), scenario = next(iter(moved.items())), sim.load(*SETTINGS)
    points, where = np.repeat(flatten(scenario).values, len(values)), place(scenario, path)
    assert where is not None
    view(points, where)[...] = values
    point, run = np.divmod(np.arange(len(values) * runs), runs)
    outs, _ = simulate(points, point, run, seed)
    return {name: outs[name].reshape(len(values), runs) for name in _DEFINITIONS}


def steps(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Differences of every outcome's share between neighbours, and their standard errors over
    paired runs: each (values - 1, outcomes).
    """
    ended = np.stack([found == code for code in range(len(OUTCOMES))], axis=-1).astype(float)
    moved = np.diff(ended, axis=0)
    return moved.mean(axis=1), moved.std(axis=1, ddof=1) / np.sqrt(found.shape[1])


def closing_figure(parts: list[tuple[str, np.ndarray, dict[str, np.ndarray]]], runs: int) -> Figure:
    """One row per definition, one column per setting: its label, its values and the codes found."""
    with house_style():
        figure, axes = canvas(_STYLE, len(_DEFINITIONS), len(parts), 7.6, share_y=True)
        for row, (name, words) in zip(axes, _DEFINITIONS.items(), strict=True):
            for ax, (label, values, found) in zip(row, parts, strict=True):
                _lines(ax, values, found[name])
                style_axes(
                    ax,
                    _STYLE,
                    x=label,
                    y="Share of runs (%)" if ax is row[0] else "",
                    title=words if ax is row[0] else "",
                )
                percent_axis(ax)
        legend_below(axes[-1, 0], _STYLE, 2)
        caption = Caption(
            "",
            f"london_2025 with {', '.join(SETTINGS[1:])}",
            runs,
            _SEED,
            "At each value, the same draws at all.",
        )
        annotate(
            figure,
            _STYLE,
            "Neither in the last week nor over a closing year do shares swing with the deadlines",
            caption,
        )
    return figure


def _lines(ax: Axes, values: np.ndarray, found: np.ndarray) -> None:
    for code, name in enumerate(OUTCOMES):
        colour = COLOURS[name]
        ax.plot(
            values,
            (found == code).mean(axis=1),
            color=colour,
            label=NAMES[name],
            path_effects=outlined(colour),
        )
    ax.axhline(0.0, color=INK, linewidth=0.6)


def main(words: list[str]) -> int:
    """Compute, print, draw."""
    parser = ArgumentParser(
        "python -m benchmarks.closing", description="Draw docs/closing_period.png."
    )
    parser.add_argument("runs", nargs="?", type=int, default=_RUNS, help="runs at each value")
    runs = parser.parse_args(words).runs
    parts = []
    for label, moved in (("Length of a truce (weeks)", LENGTHS), ("Horizon (weeks)", HORIZONS)):
        found, values = codes(moved, runs), next(iter(moved.values()))
        parts.append((label, values, found))
        for name, words_of in _DEFINITIONS.items():
            step, error = steps(found[name])
            place = np.unravel_index(np.abs(step).argmax(), step.shape)
            most, noise = 100 * abs(step[place]), 196 * error[place]
            print(
                f"{label}; {words_of}: largest step {most:.1f} ± {noise:.1f} points, {OUTCOMES.names[place[1]]} after {values[place[0]]}"
            )
    path = Path(__file__).parents[1] / "docs" / "closing_period.png"
    path.write_bytes(figure_bytes(closing_figure(parts, runs), "png"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
