"""Figures of an exercise: the space of outcomes with its frontier and solutions, and what was agreed
or offered there; and the ranking of the strategies.

Needs: an :class:`sim.exercises.study.ExerciseStudy`, or a transcript that was scored.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.batch import Figures
from sim.exercises.exercise import Exercise
from sim.exercises.study import ExerciseStudy
from sim.exercises.transcript import Transcript
from sim.exercises.values import CONCEPTS, label_of, points_text
from sim.figures.encode import house_style
from sim.figures.labels import joined
from sim.figures.style import COLOURS, INK, annotate, canvas, fit_text, legend_below, style_axes

__all__ = ["exercise_figures", "transcript_figures"]

_MOST_DOTS = 20_000  # packages drawn: more fill the same ink
_PARTIES = (COLOURS["us"], COLOURS["cn"])
_MARKS = {"nash": "*", "kalai_smorodinsky": "P"}
_SIZES = {"nash": 360.0, "kalai_smorodinsky": 70.0}  # one is seen where it lies on the other
_LARGEST = 260.0  # points squared: the mark of all agreements in one package
_PALE = "#BDBDBD"


def exercise_figures(study: ExerciseStudy, style: Figures | None = None) -> dict[str, Figure]:
    """``outcomes``: the space of packages and the agreements; ``ranking``: points by strategy."""
    style = fit_text(style)
    title = study.exercise.title or study.exercise.name
    with house_style():
        space, axes = canvas(style, 1, 1, 6.5)
        _space(axes[0, 0], study.exercise, style)
        _agreements(axes[0, 0], study)
        legend_below(axes[0, 0], style, 3)
        annotate(space, style, f"{title}: {_agreed(study)}", _footnote(study))
        ranks, columns = canvas(style, 1, 2, 1.8 + 0.35 * len(study.strategies))
        for ax, party, colour in zip(columns[0], study.exercise.parties, _PARTIES, strict=True):
            _ranks(ax, study, party, colour, style)
        whiskers = "" if study.exact else " Whiskers: 95\u00a0% intervals of the runs."
        annotate(ranks, style, f"Which strategy pays? {_first(study)}", _footnote(study) + whiskers)
    return {"outcomes": space, "ranking": ranks}


def transcript_figures(scored: Transcript, style: Figures | None = None) -> dict[str, Figure]:
    """``outcomes``: the space of packages and the offers in their order."""
    style = fit_text(style)
    title = scored.exercise.title or scored.exercise.name
    with house_style():
        figure, axes = canvas(style, 1, 1, 6.5)
        _space(axes[0, 0], scored.exercise, style)
        _offers(axes[0, 0], scored)
        legend_below(axes[0, 0], style, 3)
        annotate(
            figure,
            style,
            f"{title}: {scored.answer}",
            f"Exercise {scored.exercise.name}; {len(scored.given)} offers.",
        )
    return {"outcomes": figure}


def _footnote(study: ExerciseStudy) -> str:
    if study.exact:
        return (
            f"Exercise {study.exercise.name}; both know each other's points, so nothing is drawn."
        )
    negotiations = int(study.pairs["negotiations"].sum())
    return (
        f"Exercise {study.exercise.name}; {negotiations:,} negotiations, {study.runs:,} runs of each pair; "
        f"seed {study.seed}."
    )


def _space(ax: Axes, exercise: Exercise, style: Figures) -> None:
    """All packages, the frontier, both walk-away points and the solutions."""
    points, outcomes = exercise.utilities, exercise.outcomes
    shown = points[:: -(-len(points) // _MOST_DOTS)]
    ax.scatter(
        shown[:, 0],
        shown[:, 1],
        s=12,
        color=_PALE,
        linewidths=0,
        zorder=2,
        label="package",
        rasterized=True,
    )
    frontier = points[outcomes.frontier]
    ax.plot(*frontier.T, color=INK, linewidth=1.2, marker=".", zorder=3, label="efficient packages")
    for draw, floor, party, colour in zip(
        (ax.axvline, ax.axhline), exercise.walk_away, exercise.parties, _PARTIES, strict=True
    ):
        _floor(draw, floor, f"walk-away points of {party}", colour)
    for name, label in CONCEPTS.items():
        places = list(getattr(outcomes, name))
        if places:
            ax.scatter(
                points[places][:, 0],
                points[places][:, 1],
                s=_SIZES[name],
                marker=_MARKS[name],
                facecolors="white",
                edgecolors=INK,
                linewidths=1.3,
                zorder=6,
                label=label,
            )
    first, second = exercise.parties
    style_axes(ax, style, x=f"Points of {first}", y=f"Points of {second}")


def _floor(draw: Callable[..., object], floor: float, label: str, colour: str) -> None:
    draw(floor, color=colour, linewidth=1.2, linestyle=(0, (4, 2)), zorder=1, label=label)


def _agreements(ax: Axes, study: ExerciseStudy) -> None:
    """What was agreed, each package as large as its share of the agreements."""
    agreed = study.packages[study.packages["agreed"] > 0.0]
    if not len(agreed):
        return
    first, second = (agreed[f"points.{party}"].to_numpy(float) for party in study.exercise.parties)
    share = agreed["agreed"].to_numpy(float)
    sizes = np.maximum(14.0, _LARGEST * share / share.max())
    ax.scatter(
        first,
        second,
        s=sizes,
        color=COLOURS["breakthrough"],
        alpha=0.65,
        linewidths=0,
        zorder=4,
        label="agreed (area: how often)",
    )


def _offers(ax: Axes, scored: Transcript) -> None:
    """The offers of each party in their order, and the agreement."""
    points = scored.exercise.utilities
    for i, (party, colour) in enumerate(zip(scored.exercise.parties, _PARTIES, strict=True)):
        own = [one.place for one in scored.given if one.party == i]
        if own:
            ax.plot(
                points[own][:, 0],
                points[own][:, 1],
                color=colour,
                marker="o",
                zorder=4,
                label=f"offers of {party}",
            )
    last = scored.given[-1]
    if last.accepted:
        ax.scatter(
            points[[last.place]][:, 0],
            points[[last.place]][:, 1],
            s=220,
            facecolors="none",
            edgecolors=INK,
            linewidths=1.8,
            zorder=7,
            label="agreed",
        )


def _ranks(ax: Axes, study: ExerciseStudy, party: str, colour: str, style: Figures) -> None:
    table = study.of(party)
    for place, row in enumerate(table.to_dict("records")):
        ends = [[max(0.0, row["points"] - row["low"])], [max(0.0, row["high"] - row["points"])]]
        ax.errorbar(row["points"], place, xerr=ends, color=colour, fmt="o", capsize=3)
    floor = study.exercise.walk_away[study.exercise.parties.index(party)]
    _floor(ax.axvline, floor, "walk-away points", INK)
    style_axes(ax, style, x=f"Points of {party}", title=f"As {party}")
    ax.set_yticks(range(len(table)), [label_of(name) for name in table["strategy"]])
    ax.set_ylim(len(table) - 0.5, -0.5)
    legend_below(ax, style, 1)


def _agreed(study: ExerciseStudy) -> str:
    """The title's claim: how often something is agreed, and the package most often."""
    if not len(study.exercise.outcomes.rational):
        return "nothing that both could agree on"
    if study.agreement == 0.0:
        return "no negotiation ends in an agreement"
    best = study.packages.loc[study.packages["agreed"].idxmax()]
    points = " and ".join(
        f"{points_text(float(best[f'points.{party}']))} points ({party})"
        for party in study.exercise.parties
    )
    return f"{100.0 * study.agreement:.0f}\u00a0% of negotiations end in an agreement; most often with {points}"


def _first(study: ExerciseStudy) -> str:
    """Who comes first as each party, without numbers."""
    said = []
    for party in study.exercise.parties:
        ahead, table = [label_of(name) for name in study.first(party)], study.of(party)
        none = not int(table["better_than"].max())
        said.append(f"as {party} {'none stands out' if none else joined(ahead)}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}"
