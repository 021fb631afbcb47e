"""The bargaining space of one run: the frontier, both sides' offers over the weeks, their
reservation values, and the agreement.

Needs: the bargaining space of the result's example (``results.example.space``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from sim.batch import Figures
from sim.figures.labels import percent
from sim.figures.style import (
    BESIDE,
    COLOURS,
    INK,
    NAMES,
    Caption,
    annotate,
    canvas,
    fit_text,
    legend,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject
from sim.results.example import BargainingSpace

__all__ = ["bargaining", "draw"]

_MARGIN = 0.14
_FEWEST_STEPS, _LEAP = 10, 6.0
_MARKS = {"us": "o", "cn": "s"}
# points: to the left of Washington's first mark, whose path runs up and down, and below Beijing's,
# whose path runs across; Washington's last stands to the right, clear of Beijing's words
_WORDS_AT = {
    ("us", "first"): ((-11, -4), "right"),
    ("us", "last"): ((11, 4), "left"),
    ("cn", "first"): ((0, -19), "center"),
    ("cn", "last"): ((0, -19), "center"),
}
_WORDS_OF_DEAL = (12, 12)  # points: clear of the star, which is 19 wide


def draw(subject: Subject) -> Iterator[Drawn]:
    """The space of the example."""
    assert subject.example.space is not None
    yield (
        "",
        bargaining(
            subject.example.space, subject.example.run, subject.example_caption, subject.style
        ),
    )


def bargaining(
    space: BargainingSpace, run: int, caption: Caption, style: Figures | None = None
) -> Figure:
    """Draw the space: Washington's gain over no deal across, Beijing's up.

    Parameters
    ----------
    space, run
        See :class:`sim.results.example.BargainingSpace`; the number of its run.
    caption, style
        Title and footnote; size and type.
    """
    style, space = fit_text(style), _over_no_deal(space)
    figure, axes = canvas(style, 1, 1, 7.4)
    ax = axes[0, 0]
    _limits(ax, space)
    _gains(ax, space)
    ax.plot(
        *space.frontier_all.T,
        color="#8C8C8C",
        linewidth=1.6,
        linestyle=(0, (5, 2)),
        label="frontier with every issue",
    )
    ax.plot(
        *space.frontier.T, color=INK, linewidth=2.4, label=f"frontier of the {space.track} track"
    )
    settled = bool(np.isfinite(space.deal).all())
    _path(ax, space.offer_us, "us", style, space.week, settled)
    _path(ax, space.offer_cn, "cn", style, space.week, settled)
    _points(ax, space, style)
    style_axes(
        ax,
        style,
        x=f"{NAMES['us']}'s gain over no deal (bn USD/yr)",
        y=f"{NAMES['cn']}'s gain over no deal (bn USD/yr)",
    )
    legend(ax, style, 1, "upper left", bbox_to_anchor=BESIDE)
    more = "Gains are true worth in the last week with talks, less both reservation values of that week; with every issue: relative to the other track's terms."
    annotate(figure, style, _title(space, run, caption), caption.adding(more))
    return figure


def _over_no_deal(space: BargainingSpace) -> BargainingSpace:
    """The same space with both reservation values as its origin."""
    names = ("offer_us", "offer_cn", "frontier", "frontier_all", "deal", "nash", "reservation")
    return replace(space, **{name: getattr(space, name) - space.reservation for name in names})


def _limits(ax: Axes, space: BargainingSpace) -> None:
    """Set the limits around offers and agreement, with part of the frontier."""
    known = np.vstack(
        [
            space.offer_us,
            space.offer_cn,
            space.reservation[None],
            space.deal[None],
            space.nash[None],
        ]
    )
    near = known[np.isfinite(known).all(axis=1)]
    low, high = near.min(axis=0), near.max(axis=0)
    inside = space.frontier[(space.frontier >= low).all(axis=1)]
    if len(inside):
        high = np.maximum(high, inside.max(axis=0))
    room = _MARGIN * np.maximum(high - low, 1.0)
    ax.set_xlim(low[0] - room[0], high[0] + room[0])
    ax.set_ylim(low[1] - room[1], high[1] + room[1])


def _gains(ax: Axes, space: BargainingSpace) -> None:
    """Shade the packages that both prefer to no deal in the last week."""
    floor = space.reservation
    better = space.frontier[(space.frontier >= floor).all(axis=1)]
    if len(better) < 2:
        return
    edge = np.vstack([floor, [better[0][0], floor[1]], better, [floor[0], better[-1][1]]])
    ax.fill(*edge.T, color="#009E73", alpha=0.10, linewidth=0, label="better for both than no deal")


def _path(
    ax: Axes, offers: np.ndarray, side: str, style: Figures, week: np.ndarray, settled: bool
) -> None:
    """Offers in order of time, later ones darker; the first and the last are labelled with their
    week.
    """
    known = np.isfinite(offers).all(axis=1)
    if not known.any():
        return
    made, when = offers[known], week[known]
    ax.plot(*_broken(made).T, color=COLOURS[side], linewidth=0.9, alpha=0.5)
    shades = [to_rgba(COLOURS[side], strength) for strength in np.linspace(0.3, 1.0, len(made))]
    ax.scatter(
        made[:, 0],
        made[:, 1],
        s=36,
        marker=_MARKS[side],
        c=shades,
        linewidth=0.3,
        edgecolor="white",
        zorder=4,
        label=f"{NAMES[side]}'s offers, later ones darker",
    )
    ends = [(made[0], when[0], "first")] + (
        [(made[-1], when[-1], "last")] if len(made) > 1 and not settled else []
    )
    for point, number, words in ends:
        offset, place = _WORDS_AT[side, words]
        note = ax.annotate(
            f"{words}, week {number:.0f}",
            point,
            offset,
            textcoords="offset points",
            fontsize=small(style),
            color=COLOURS[side],
            ha=place,
            zorder=7,
        )
        note.set_path_effects([Stroke(linewidth=2.5, foreground="white"), Normal()])


def _broken(path: np.ndarray) -> np.ndarray:
    """A path broken where a new clock starts, because offers jump back there."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    if len(steps) < _FEWEST_STEPS:
        return path
    leaps = np.flatnonzero(steps > _LEAP * np.median(steps)) + 1
    return np.insert(path, leaps, np.nan, axis=0)


def _points(ax: Axes, space: BargainingSpace, style: Figures) -> None:
    floor = space.reservation
    ax.axvline(
        floor[0],
        color=COLOURS["us"],
        linestyle=":",
        linewidth=1.5,
        label=f"{NAMES['us']}'s reservation value, last week",
    )
    ax.axhline(
        floor[1],
        color=COLOURS["cn"],
        linestyle=":",
        linewidth=1.5,
        label=f"{NAMES['cn']}'s reservation value, last week",
    )
    if np.isfinite(space.nash).all():
        ax.plot(
            *space.nash,
            "P",
            color="white",
            markeredgecolor=INK,
            markersize=11,
            label="Nash bargaining point",
            zorder=5,
        )
    if np.isfinite(space.deal).all():
        ax.plot(
            *space.deal,
            "*",
            color="#009E73",
            markeredgecolor=INK,
            markersize=19,
            label="agreement",
            zorder=6,
        )
        ax.annotate(
            f"agreed, week {space.week[-1]:.0f}",
            tuple(space.deal),
            _WORDS_OF_DEAL,
            textcoords="offset points",
            fontsize=style.text_size,
            color=INK,
        )


def _title(space: BargainingSpace, run: int, caption: Caption) -> str:
    head = f"{caption.title}, run {run}"
    floor, weeks = space.reservation, len(space.week)
    if np.isfinite(space.deal).all():
        us, cn = space.deal
        where = f"{head}: the {space.track} track is settled in week {space.week[-1]:.0f} with gains of {us:.0f} (Washington) and {cn:.0f} bn USD/yr (Beijing)"
        if np.isfinite(space.nash).all():
            best = float(np.prod(space.nash - floor))
            return f"{where}, {percent(max(0.0, float(np.prod(np.maximum(space.deal - floor, 0.0)))) / best)} of the best Nash product"
        return where
    apart = _apart(space)
    gap = (
        f"; in the last, the offers are {apart[0]:.0f} (Washington) and {apart[1]:.0f} bn USD/yr (Beijing) apart"
        if np.isfinite(apart).all()
        else ""
    )
    room = (
        "packages that both prefer to no deal exist"
        if np.isfinite(space.nash).all()
        else "no package beats both reservation values"
    )
    return f"{head}: no deal on the {space.track} track in {weeks} week{'' if weeks == 1 else 's'} with talks{gap}; {room}"


def _apart(space: BargainingSpace) -> np.ndarray:
    """How much more each side asks for itself than the other grants it, in the last week with both
    offers.
    """
    both = np.isfinite(space.offer_us).all(axis=1) & np.isfinite(space.offer_cn).all(axis=1)
    if not both.any():
        return np.full(2, np.nan)
    last = int(np.flatnonzero(both)[-1])
    gap = space.offer_us[last] - space.offer_cn[last]
    return np.abs(gap)
