"""One run, week by week, by date: tariffs, truces and their deadlines, the offers of each side, and
the events.

Needs: the weeks of the result's example (``results.example.weeks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.analysis.labels import closing_words, dated_words
from sim.batch import Figures
from sim.config.dated import values_in_force
from sim.config.scenario import Scenario
from sim.figures.bands import mark_days
from sim.figures.labels import joined, percent
from sim.figures.style import (
    COLOURS,
    GAP,
    INK,
    NAMES,
    STYLES,
    Caption,
    annotate,
    canvas,
    dates,
    fit_text,
    legend,
    outlined,
    rate_axis,
    small,
    style_axes,
)
from sim.figures.subject import Drawn, Subject, pages
from sim.vocabulary import (
    CALENDAR_KINDS,
    CONTROLS,
    EVENT_KINDS,
    EVENTS,
    SIDES,
    STATUSES,
    TRACKS,
    happened,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw", "panels", "scheduled", "timeline"]

# of the offers on a track by their worth to a side, as ``minerals.us``: how their columns begin
_OFFERS = {name: f"{name}_" if name in CONTROLS else "" for name in TRACKS}
_TRACK_COLOURS = {
    name: COLOURS["breakthrough" if name in CONTROLS else "narrow_deal"] for name in TRACKS
}

_SHADED = ("truce", "deal")
# mark of each kind of event, in the order of their rows
_MARKS = {
    "shock": "*",
    "drift": "v",
    "protest": "o",
    "threat": ">",
    "measure": "p",
    "crisis_over": "<",
    "swap": "h",
    "extension": "P",
    "limbo": "d",
    "lapse": "X",
    "ending": "s",
    "rung": "^",
    "reentry": "D",
    "ratification_failure": "X",
    "deal": "D",
}
# what the title counts, one and more
_COUNTED = {
    "extension": ("extension", "extensions"),
    "protest": ("claim of breach", "claims of breach"),
    "measure": ("measure", "measures"),
    "ending": ("end from inside", "ends from inside"),
    "lapse": ("lapse", "lapses"),
}
# mark of each kind of scheduled event, which share a row, and what the footnote calls it
_SCHEDULED = {
    "summit": ("*", "star"),
    "call": ("o", "circle"),
    "election": ("s", "square"),
    "party_meeting": ("p", "pentagon"),
    "statutory": ("D", "diamond"),
}
_WEEK = np.timedelta64(7, "D")
_MOST_ROWS = 10  # of events that share a slide with tariffs
_OFFERS_TALL = 2.2  # in tenths of the width
_LOW = 0.06  # of the panel's height: a position that lines rarely cross
_Marks = tuple[np.ndarray, str, str]


def draw(subject: Subject) -> Iterator[Drawn]:
    """The weeks of the example: all panels, or slides of two."""
    weeks = subject.example.weeks
    for end, shown in _slides(subject.results.scenario, weeks, subject.style):
        yield (
            end,
            timeline(
                weeks,
                subject.results.scenario,
                subject.example_caption,
                subject.style,
                shown,
            ),
        )


def timeline(
    weeks: pd.DataFrame,
    scenario: Scenario,
    caption: Caption,
    style: Figures | None = None,
    shown: Sequence[str] = (),
) -> Figure:
    """Draw one run: the panels ``shown``, one below the other: tariffs, events, the offers by their
    worth to a side.

    Parameters
    ----------
    weeks
        The weeks of one run with every column, as ``weeks_table(..., "all")`` gives them.
    scenario
        The scenario of the run.
    caption, style
        Title and footnote; size and type.
    shown
        Some of :func:`panels`, in order; all unless given.
    """
    style, shown = fit_text(style), shown or panels(scenario, weeks)
    rows = _rows(scenario, weeks)
    tall = {"tariffs": 3.0, "events": 0.9 + 0.3 * max(1, len(rows))}
    heights = tuple(tall.get(name, _OFFERS_TALL) for name in shown)
    figure, axes = canvas(style, len(shown), 1, sum(heights) + 1.4, share_x=True, ratios=heights)
    panel = dict(zip(shown, axes[:, 0], strict=True))
    for name, ax in panel.items():
        if name == "tariffs":
            _tariffs(ax, weeks, style)
        elif name == "events":
            _events(ax, rows, style, weeks)
        else:
            _offers(ax, weeks, name, scenario, style)
        _truces(ax, weeks)
        mark_days(ax, scenario.changes)
        _deadlines(ax, weeks, style, named=name == "tariffs")
        ax.set_xlim(weeks["date"].iloc[0] - _WEEK, weeks["date"].iloc[-1])
    if "tariffs" in panel:
        _tariff_legend(panel["tariffs"], weeks, style)
    offers = next(
        (ax for name, ax in panel.items() if "." in name and ax.get_legend_handles_labels()[0]),
        None,
    )
    if offers is not None:
        legend(offers, style, 3, "best")
    last = axes[-1, 0]
    dates(last, style)
    last.set_xlabel("Date (week's end)", fontsize=0.9 * style.text_size, color=INK)
    title, dated = _title(weeks, scenario, caption), dated_words(scenario)
    if (coming := scheduled(scenario, weeks)) and "events" in panel:
        caption = caption.adding(_scheduled_words(coming))
    silent = () if _is_package(scenario) else _silent_tracks(weeks)
    if silent:
        caption = caption.adding(f"No offer stood on {joined(list(silent))} in any week.")
    annotate(figure, style, title, caption.adding(dated) if dated else caption)
    return figure


def _rows(scenario: Scenario, weeks: pd.DataFrame) -> list[tuple[str, str, list[_Marks]]]:
    """A row for each kind of event of which one came, and one for what was scheduled."""
    kinds = [(name, EVENT_KINDS[name]) for name in _MARKS]
    rows = [
        (name, kind.label, marks) for name, kind in kinds if (marks := _marks(weeks, kind.events))
    ]
    coming = scheduled(scenario, weeks)
    return [*rows, ("scheduled", "scheduled", coming)] if coming else rows


def _slides(
    scenario: Scenario, weeks: pd.DataFrame, style: Figures
) -> Iterator[tuple[str, Sequence[str]]]:
    """The panels; on slides two at a time, but tariffs and events, which have a row a kind, each alone
    where these are many.
    """
    shown = panels(scenario, weeks)
    if not style.height or len(_rows(scenario, weeks)) <= _MOST_ROWS:
        yield from pages(shown, style)
        return
    first = [name for name in shown if name in ("tariffs", "events")]
    yield from ((f"-{k + 1}", (name,)) for k, name in enumerate(first))
    for end, two in pages([name for name in shown if name not in first], style):
        yield f"-{int(end[1:]) + len(first)}", two


def panels(scenario: Scenario, weeks: pd.DataFrame) -> tuple[str, ...]:
    """The panels of a timeline: tariffs, events, and the offers by their worth to either side, on
    trade (or of a package) and on each controls track where an offer stood in some week.
    """
    silent = () if _is_package(scenario) else _silent_tracks(weeks)
    tracks = (
        ("trade",) if _is_package(scenario) else [name for name in _OFFERS if name not in silent]
    )
    return ("tariffs", "events", *(f"{track}.{side}" for track in tracks for side in SIDES))


def _silent_tracks(weeks: pd.DataFrame) -> tuple[str, ...]:
    """The controls tracks on which no offer stood at the end of any week."""
    columns = {name: [f"{name}_offer_{side}.{side}" for side in SIDES] for name in CONTROLS}
    return tuple(name for name, of in columns.items() if weeks[of].isna().all(axis=None))


def _is_package(scenario: Scenario) -> bool:
    """Whether one package is bargained in every week."""
    return set(values_in_force(scenario, "linkage.tracks")) == {"package"}


def _marks(weeks: pd.DataFrame, names: tuple[str, ...]) -> list[_Marks]:
    found = [
        (weeks["date"].to_numpy()[happened(weeks["events"].to_numpy(), name)], _colour(name), name)
        for name in names
    ]
    return [marks for marks in found if len(marks[0])]


def scheduled(scenario: Scenario, weeks: pd.DataFrame) -> list[_Marks]:
    """The days on which something is scheduled within the weeks, by kind, with its colour."""
    last = weeks["date"].iloc[-1].to_datetime64()
    first, found = weeks["date"].iloc[0].to_datetime64() - _WEEK, []
    for name, kind in CALENDAR_KINDS.items():
        days = np.asarray(
            [event.day for event in scenario.calendar.events.values() if event.kind == name],
            "datetime64[ns]",
        )
        days = np.sort(days[(days >= first) & (days < last)])
        if len(days):
            found.append((days, kind.colour or INK, name))
    return found


def _scheduled_words(marks: list[_Marks]) -> str:
    """Which mark is which kind, for the footnote."""
    kinds = [f"{_SCHEDULED[name][1]} {CALENDAR_KINDS[name].label}" for _, _, name in marks]
    return f"Scheduled: {joined(kinds)}."


def _colour(name: str) -> str:
    subject = EVENTS[name].of
    if subject in SIDES:
        return SIDES[subject].colour
    return _TRACK_COLOURS.get(subject, INK)


def _tariffs(ax: Axes, weeks: pd.DataFrame, style: Figures) -> None:
    for side in SIDES:
        ax.step(
            weeks["date"].to_numpy(),
            weeks[f"tariff.{side}"].to_numpy(),
            where="pre",
            color=COLOURS[side],
            linestyle=STYLES[side],
            linewidth=2.2,
            label=f"{SIDES[side].adjective} tariff",
            path_effects=outlined(COLOURS[side]),
        )
    style_axes(ax, style, y="Tariff (% ad valorem)", title="Tariffs, truces and their deadlines")
    rate_axis(ax)
    ax.set_ylim(0.0, 1.38 * max(0.1, float(weeks[["tariff.us", "tariff.cn"]].max().max())))


def _offers(ax: Axes, weeks: pd.DataFrame, panel: str, scenario: Scenario, style: Figures) -> None:
    """The offers of both sides while a track was open, by what they give one of them over its
    reservation value of the week.
    """
    track, _, side = panel.partition(".")
    before = _OFFERS[track]
    when, closed = weeks["date"].to_numpy(), _settled(weeks, track)
    floor = weeks[f"{before}reservation.{side}"].to_numpy()
    offers = {
        speaker: np.where(closed, np.nan, weeks[f"{before}offer_{speaker}.{side}"] - floor)
        for speaker in SIDES
    }
    silent = np.isnan(list(offers.values())).all(axis=0)
    package = _is_package(scenario)
    style_axes(
        ax,
        style,
        y="Gain (bn USD/yr)",
        title=f"Offers {'of a package' if package else f'on the {track} track'}: {NAMES[side]}'s gain over no deal",
    )
    if closed.any():
        first = int(np.argmax(closed))
        ax.annotate(
            "package settled" if package else f"{track} track settled",
            (when[first], _LOW),
            (GAP, 0.0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=small(style),
            color="#00664A",
            ha="left" if first < 0.75 * len(when) else "right",
        )
    if silent.all():
        ax.text(
            0.5,
            0.5,
            "no standing offer at the end of a week",
            transform=ax.transAxes,
            ha="center",
            va="center",
            fontsize=style.text_size,
            color=INK,
        )
        ax.set_ylim(0.0, 1.0)
        ax.set_yticks([])
        return
    for speaker, worth in offers.items():
        ax.plot(
            when,
            worth,
            color=COLOURS[speaker],
            linestyle=STYLES[speaker],
            linewidth=1.9,
            label=f"{NAMES[speaker]}'s offer",
            marker=".",
            markersize=3.5,
            path_effects=outlined(COLOURS[speaker]),
        )
    none = np.where(silent, np.nan, 0.0)
    ax.plot(when, none, color=INK, linestyle=":", linewidth=1.6, label="its reservation value")


def _settled(weeks: pd.DataFrame, track: str) -> np.ndarray:
    """Whether a track is settled at each week's end: since its deal, until the truce breaks."""
    deal, broken = (
        happened(weeks["events"].to_numpy(), f"deal_{track}"),
        (weeks["status"] == "none").to_numpy(),
    )
    last = np.maximum.accumulate(np.where(deal | broken, np.arange(len(weeks)), -1))
    return np.asarray((last >= 0) & deal[last])


def _events(
    ax: Axes, rows: list[tuple[str, str, list[_Marks]]], style: Figures, weeks: pd.DataFrame
) -> None:
    for place, (kind, _, marks) in enumerate(rows):
        for when, colour, name in marks:
            ax.plot(
                when,
                np.full(len(when), place),
                _SCHEDULED[name][0] if name in _SCHEDULED else _MARKS[kind],
                color=colour,
                markersize=9,
                markeredgecolor="white",
                markeredgewidth=0.5,
            )
    if rows:
        ax.set_yticks(range(len(rows)), [words for _, words, _ in rows])
    else:
        ax.plot(weeks["date"].to_numpy(), np.zeros(len(weeks)), alpha=0.0)
        ax.set_yticks([0], ["nothing happened"])
    ax.set_ylim(max(1, len(rows)) - 0.4, -0.6)
    style_axes(
        ax,
        style,
        y="Event (kind)",
        title="Events of the week: blue is Washington's, vermilion Beijing's",
    )


def _spans(weeks: pd.DataFrame, status: str) -> list[tuple[Any, Any]]:
    """First and last day of every unbroken period of a status."""
    in_status = np.concatenate([[False], (weeks["status"] == status).to_numpy(), [False]])
    turns = np.flatnonzero(in_status[1:] != in_status[:-1])
    when = weeks["date"].to_numpy()
    return [
        (when[first] - _WEEK, when[last - 1])
        for first, last in zip(turns[::2], turns[1::2], strict=True)
    ]


def _truces(ax: Axes, weeks: pd.DataFrame) -> None:
    for status in _SHADED:
        for first, last in _spans(weeks, status):
            ax.axvspan(first, last, color=STATUSES[status].colour, linewidth=0, zorder=0)


def _deadlines(ax: Axes, weeks: pd.DataFrame, style: Figures, *, named: bool) -> None:
    """Every deadline that a truce had, whether it was reached or moved."""
    ends = weeks["date"] + weeks["weeks_to_deadline"] * _WEEK
    for end in ends[(weeks["status"] == "truce").to_numpy()].dropna().unique():
        if end <= weeks["date"].iloc[-1]:
            ax.axvline(end, color="#6E6E6E", linestyle=(0, (2, 2)), linewidth=1.0, zorder=1)
            if named:
                ax.plot(
                    [end],
                    [0.985],
                    "v",
                    color="#6E6E6E",
                    markersize=6,
                    transform=ax.get_xaxis_transform(),
                    clip_on=False,
                )


def _tariff_legend(tariffs: Axes, weeks: pd.DataFrame, style: Figures) -> None:
    handles, _ = tariffs.get_legend_handles_labels()
    shades: list[Any] = [
        Patch(facecolor=STATUSES[status].colour, edgecolor="#BBBBBB", label=STATUSES[status].label)
        for status in _SHADED
        if (weeks["status"] == status).any()
    ]
    if (weeks["status"] == "truce").any():
        handles += tariffs.plot(
            [],
            [],
            color="#6E6E6E",
            linestyle=(0, (2, 2)),
            marker="v",
            linewidth=1.0,
            label="deadline",
        )
    tariffs.legend(
        handles=[*handles, *shades],
        fontsize=small(style),
        ncols=5,
        loc="upper center",
        framealpha=0.9,
        edgecolor="none",
        handlelength=1.7,
        columnspacing=1.1,
        borderaxespad=0.6,
        labelcolor=INK,
    )


def _title(weeks: pd.DataFrame, scenario: Scenario, caption: Caption) -> str:
    last = weeks.iloc[-1]
    marks = weeks["events"].to_numpy()
    counted = [
        (sum(int(happened(marks, name).sum()) for name in EVENT_KINDS[kind].events), one, more)
        for kind, (one, more) in _COUNTED.items()
    ]
    course = joined(
        [f"{count or 'no'} {one if count == 1 else more}" for count, one, more in counted]
    )
    run = int(weeks["run"].iloc[0]) if "run" in weeks else 0
    rates = f"{percent(last['tariff.us'])} (US) and {percent(last['tariff.cn'])} (China)"
    outcome, state, horizon = (
        NAMES[str(last["outcome"])],
        NAMES[str(last["state"])],
        scenario.calendar.horizon_weeks,
    )
    end = f"in the last of {horizon} weeks"
    states = f"{outcome} {closing_words(scenario)} {f'and {end}' if state == outcome else f', {state} {end}'}".replace(
        " ,", ","
    )
    return f"{caption.title}, run {run}: {states}; {course}{_first_deal(weeks)}; tariffs end at {rates}"


def _first_deal(weeks: pd.DataFrame) -> str:
    made = happened(weeks["events"].to_numpy(), "deal_trade")
    if not made.any():
        return ", and no trade deal"
    first = weeks[made].iloc[0]
    return f", and a trade deal on {first['date']:%d %B %Y}"
