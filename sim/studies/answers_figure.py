"""The figures of answers: every question with both its intervals, and by when each comes true.
16:9, for a wall.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.batch import Figures
from sim.figures.encode import house_style
from sim.figures.labels import percent
from sim.figures.style import (
    COLOURS,
    INK,
    Caption,
    annotate,
    blank,
    dates,
    fit_text,
    in_lines,
    legend,
    percent_axis,
    small,
    style_axes,
)
from sim.studies.answers import Answers, sentence

__all__ = ["ask_figures"]

_WIDE = 5.625  # tenths of the width: 16:9
_MOST = 10  # questions on a page
_MOST_CURVES = 4
_ELSEWHERE, _BELOW = "#8C8C8C", 0.24  # rows below the question's own
_LABEL_INCHES = 0.34  # of the width, for the questions
_CURVES = (
    (COLOURS["us"], "-"),
    (COLOURS["cn"], (0, (5, 1.5))),
    (COLOURS["magnets"], (0, (2, 1.2))),
    (INK, (0, (1, 1))),
)


def ask_figures(found: Answers, style: Figures | None = None) -> dict[str, Figure]:
    """``answers``: the questions with their intervals; ``when``: by when they come true, where a
    question is about more than one week.
    """
    style = fit_text(style)
    with house_style():
        figures = {"answers": _answers(found, style)}
        if not found.when.empty:
            figures["when"] = _when(found, style)
        return figures


def _answers(found: Answers, style: Figures) -> Figure:
    figure = blank(style, _WIDE)
    ax = figure.subplots()
    shown = found.answers.head(_MOST)
    for place, row in enumerate(shown.to_dict("records")):
        _one(ax, place, row, style)
    ax.set_ylim(max(len(shown), 2) - 0.5, -0.5)
    width = style.width * _LABEL_INCHES
    ax.set_yticks(
        range(len(shown)), [in_lines(str(text), width, small(style)) for text in shown["text"]]
    )
    style_axes(ax, style, "Probability (%)")
    percent_axis(ax, "x")
    ax.tick_params(axis="y", length=0)
    legend(ax, style, place="lower right")
    left = len(found.answers) - len(shown)
    more = f" {left} more questions in answers.csv." if left > 0 else ""
    caption = Caption(
        "",
        found.scenario.title or found.scenario.name,
        found.runs,
        found.seed,
        "Blue: 95\u00a0% interval of the runs (other draws). Grey, below: the chance at 95\u00a0% of other plausible settings, with its mean."
        + more,
    )
    annotate(figure, style, _title(found), caption)
    return figure


def _one(ax: Axes, place: int, row: dict[str, object], style: Figures) -> None:
    size = small(style)
    if row["ruled_out"] or not row["counted"]:
        words = f"cannot happen here: {row['ruled_out']}" if row["ruled_out"] else "no run met it"
        ax.text(0.01, place, in_lines(words, 0.5 * style.width, size), va="center", fontsize=size)
        return
    chance, low, high = (float(str(row[name])) for name in ("probability", "low", "high"))
    mean, *wide = (float(str(row[f"settings{end}"])) for end in ("", ".low", ".high"))
    if not np.isnan(mean):
        # on a line of its own, with a mean of its own: around the point it would read as its interval
        below = [place + _BELOW, place + _BELOW]
        ax.plot(wide, below, color=_ELSEWHERE, linewidth=1.6, solid_capstyle="butt", zorder=2)
        ax.plot([mean], below[:1], "|", color=_ELSEWHERE, markersize=9, zorder=2)
    ax.plot(
        [low, high],
        [place, place],
        color=COLOURS["us"],
        linewidth=6,
        solid_capstyle="butt",
        zorder=3,
    )
    ax.plot([chance], [place], "o", color="white", markeredgecolor=INK, markersize=7, zorder=4)
    ax.annotate(
        f"{percent(chance)}",
        (chance, place),
        (0, 9),
        textcoords="offset points",
        ha="left" if chance < 0.05 else "right" if chance > 0.95 else "center",
        fontsize=size,
        color=INK,
    )


def _when(found: Answers, style: Figures) -> Figure:
    figure = blank(style, _WIDE)
    ax = figure.subplots()
    names = list(dict.fromkeys(found.when["question"]))[:_MOST_CURVES]
    texts = found.answers.set_index("question")["text"]
    asked = found.answers.set_index("question")["day"]
    for name, (colour, dashes) in zip(names, _CURVES, strict=False):
        own = found.when[found.when["question"] == name]
        own = pd.concat([own, own.tail(1).assign(date=_week_after(own["date"].iloc[-1]))])
        days = pd.to_datetime(own["date"]).to_numpy()
        ax.fill_between(
            days, own["low"], own["high"], step="post", color=colour, alpha=0.2, linewidth=0
        )
        ax.plot(
            days,
            own["share"],
            drawstyle="steps-post",
            color=colour,
            linestyle=dashes,
            linewidth=2.2,
            label=in_lines(str(texts[name]), 0.4 * style.width, small(style)),
        )
        if asked[name]:
            day = pd.Timestamp(str(asked[name])).to_numpy()
            ax.axvline(day, color=colour, linestyle=":", linewidth=1.6, gid=f"asked {name}")
    style_axes(ax, style, "", "Came true by then (%)")
    percent_axis(ax)
    dates(ax, style)
    legend(ax, style, place="upper left")
    caption = Caption(
        "",
        found.scenario.title or found.scenario.name,
        found.runs,
        found.seed,
        "Share of the runs that count; bands: 95\u00a0% intervals of the runs."
        + (" Dotted: the day asked about." if any(asked[name] for name in names) else ""),
    )
    annotate(figure, style, _when_title(found, names[0]), caption)
    return figure


def _week_after(day: str) -> str:
    """The end of the next week, so that the last step can be seen."""
    return (dt.date.fromisoformat(day) + dt.timedelta(weeks=1)).isoformat()


def _title(found: Answers) -> str:
    rows = found.answers.to_dict("records")
    if len(rows) == 1:
        return sentence(rows[0])
    asked = [row for row in rows if not row["ruled_out"] and row["counted"]]
    if not asked:
        return "Nothing that was asked can be said here"
    likely, unlikely = (
        pick(asked, key=lambda row: float(row["probability"])) for pick in (max, min)
    )
    return (
        f"Likeliest of {len(rows)}: {str(likely['text']).rstrip('?.')}, {percent(likely['probability'])}; "
        f"least likely: {str(unlikely['text']).rstrip('?.')}, {percent(unlikely['probability'])}"
    )


def _when_title(found: Answers, name: str) -> str:
    row = found.answers[found.answers["question"] == name].iloc[0]
    text = str(row["text"]).rstrip("?.")
    if not row["median"]:
        return f"{text}: in none of {row['counted']:,} runs"
    return f"{text}: where it comes true, in half of the runs by {row['median']}"
