"""The measures of a run: one record per run, one per week, each field with its label and unit.

This is the single list from which result columns, axis labels and the parameter-matters test are
made. ``axis`` says what an indexed field runs over: ``side`` (US, China), ``good`` (magnets,
chips), ``track`` (trade, minerals, semiconductors), ``purchases`` (farm, energy, goods), ``sector``,
``issue``, ``mineral``, ``group`` (of goods traded), or ``value``
(worth to the US, worth to China). The rules fill them in. A ``weeks_to_first_...`` counts the weeks that have passed when the week of the event is
over, so that a truce of nine weeks lapses at 9; a truce in force on the first day has 0.

Beside its measures a run's record holds its *surprises* (:mod:`sim.rules.surprises`) and the share
of its closing weeks in each state. They are no measures: nothing is stored or drawn of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim import vocabulary

__all__ = [
    "BELIEFS",
    "CHIP_DRAWS",
    "CLOSING",
    "DATED",
    "END",
    "ERAS",
    "FIRST",
    "KEPT",
    "MEAN",
    "MOST_CLOSING_WEEKS",
    "MOST_ISSUES",
    "MOST_MINERALS",
    "MOST_SECTORS",
    "N_SURPRISES",
    "ONCE",
    "RESOLVES",
    "RUN",
    "RUN_MEASURES",
    "SHOCKS",
    "SUM",
    "SURPRISES",
    "WEEK",
    "WEEK_SERIES",
    "Measure",
    "controls_series",
    "surprise_names",
]

MOST_ISSUES = 24
MOST_SECTORS = 8
MOST_MINERALS = 16
MOST_CLOSING_WEEKS = 104  # the bound of outcomes.closing_weeks
_SIDES, _GOODS = len(vocabulary.SIDES), len(vocabulary.GOODS)
_LENGTH = {
    "": 0,
    "side": _SIDES,
    "good": _GOODS,
    "value": _SIDES,
    "track": len(vocabulary.TRACKS),
    "purchases": len(vocabulary.PURCHASES),
    "sector": MOST_SECTORS,
    "issue": MOST_ISSUES,
    "mineral": MOST_MINERALS,
    "group": len(vocabulary.TRADE_GROUPS),
}


SUM, MEAN, FIRST, ONCE, END = "sum", "mean", "first", "once", "end"


class Measure(NamedTuple):
    """A named number.

    Attributes
    ----------
    name, code, label, unit
        Its field, numpy type, label and unit.
    axis
        Its index; '' for a scalar.
    over
        Of a run's measure, how it is computed from the weeks. A ``sum`` begins at 0 and rules add
        to it or raise it; a ``mean`` does so too and is divided by the number of weeks at the end;
        ``first`` begins at infinity, rules lower it to the week of an event, and it has no value
        where none came; ``once`` has no value until an event gives it one; ``end`` is filled in by
        the last week or after it.
    """

    name: str
    code: str
    label: str
    unit: str
    axis: str = ""
    over: str = END


_BY_GROUP = (
    ("imports", "mean imports of {} by group, as demanded"),
    ("loss", "mean loss of {} by tariffs against January 2025, by group"),
    ("revenue", "mean tariff revenue of {} against January 2025, by group"),
)
RUN_MEASURES = (
    Measure("outcome", "i8", "outcome: state in a week drawn from the closing period", "name"),
    Measure("final_state", "i8", "state in the last week", "name"),
    Measure("weeks_to_first_deal", "f8", "time to the first deal", "weeks", over=FIRST),
    Measure(
        "clock_at_first_deal",
        "f8",
        "elapsed share of the clock at the first deal",
        "share",
        over=ONCE,
    ),
    Measure("weeks_to_first_break", "f8", "time to the first break", "weeks", over=FIRST),
    Measure("weeks_to_first_crisis", "f8", "time to the first crisis", "weeks", over=FIRST),
    Measure("weeks_to_first_swap", "f8", "time to the first interim package", "weeks", over=FIRST),
    Measure(
        "weeks_to_first_protest", "f8", "time to the first claim of breach", "weeks", over=FIRST
    ),
    Measure("weeks_to_first_truce", "f8", "time to the first truce", "weeks", over=FIRST),
    Measure("extensions", "i8", "extensions", "count", over=SUM),
    Measure("breaches", "i8", "lapses in delivery", "count", "side", over=SUM),
    Measure("protests", "i8", "claims of breach", "count", "side", over=SUM),
    Measure("threats", "i8", "threats", "count", "side", over=SUM),
    Measure("threats_carried", "i8", "threats carried out", "count", "side", over=SUM),
    Measure("threats_yielded", "i8", "threats yielded to", "count", "side", over=SUM),
    Measure("threats_dropped", "i8", "threats backed down from", "count", "side", over=SUM),
    Measure("measures_taken", "i8", "measures taken inside a truce", "count", "side", over=SUM),
    Measure("crises", "i8", "crises inside a truce", "count", over=SUM),
    Measure("crises_broken", "i8", "crises that ended in a break", "count", over=SUM),
    Measure("crises_repaired", "i8", "crises repaired", "count", over=SUM),
    Measure("crises_better", "i8", "crises that ended in better terms", "count", over=SUM),
    Measure("crises_rested", "i8", "crises that became the new normal", "count", over=SUM),
    Measure("swaps", "i8", "interim packages", "count", over=SUM),
    Measure("dates", "i8", "dates of a truce resolved", "count", over=SUM),
    Measure("dates_met", "i8", "dates by which the truce was renewed", "count", over=SUM),
    Measure("endings", "i8", "truces ended from inside", "count", over=SUM),
    Measure("lapses", "i8", "lapses at or past a date", "count", over=SUM),
    Measure("reentries", "i8", "returns to a truce", "count", over=SUM),
    Measure("breaks", "i8", "breaks: lapses and ends from inside", "count", over=SUM),
    Measure("weeks_broken", "i8", "weeks without a truce since the first break", "weeks", over=SUM),
    Measure("longest_break", "i8", "longest break", "weeks", over=SUM),
    Measure("healed", "f8", "share of runs with a break whose last break healed", "share"),
    Measure("failed_deals", "i8", "deals that failed ratification", "count", over=SUM),
    Measure("offers", "i8", "offers made", "count", "side", over=SUM),
    Measure("truce_share", "f8", "share of weeks with a truce or deal in force", "share"),
    Measure("mean_tariff", "f8", "mean tariff", "ad valorem", "side", over=MEAN),
    Measure("final_tariff", "f8", "final tariff", "ad valorem", "side"),
    Measure(
        "welfare_loss",
        "f8",
        "mean welfare loss by tariffs and shortage against January 2025",
        "bn USD/yr",
        "side",
        over=MEAN,
    ),
    Measure(
        "payoff",
        "f8",
        "mean payoff: worth of what is conceded, less welfare loss",
        "bn USD/yr",
        "side",
        over=MEAN,
    ),
    Measure(
        "substance",
        "f8",
        "share of the Nash concession in force at the end, least of the tracks",
        "share",
    ),
    Measure("past_thresholds", "f8", "share of the closing period past the thresholds", "share"),
    Measure("trade", "f8", "mean imports from the other side", "bn USD/yr", "side", over=MEAN),
    Measure("routed", "f8", "mean imports through third countries", "bn USD/yr", "side", over=MEAN),
    Measure(
        "revenue",
        "f8",
        "mean tariff revenue against January 2025",
        "bn USD/yr",
        "side",
        over=MEAN,
    ),
    *(
        Measure(f"group_{name}_{side.name}", "f8", label.format(side.label), "bn USD/yr", "group")
        for name, label in _BY_GROUP
        for side in vocabulary.SIDES.values()
    ),
    Measure("lost_output", "f8", "lost output over the run", "bn USD", "sector", over=SUM),
    Measure(
        "line_stops", "f8", "share of firm-weeks with a stopped line", "share", "sector", over=MEAN
    ),
    Measure(
        "weeks_to_first_stop",
        "f8",
        "time to the sector's first stopped line",
        "weeks",
        "sector",
        over=FIRST,
    ),
    Measure(
        "shortage_weeks", "f8", "weeks of need short, mean over firms", "weeks", "good", over=SUM
    ),
    Measure(
        "mineral_loss",
        "f8",
        "output lost for want of it over the run",
        "bn USD",
        "mineral",
        over=SUM,
    ),
    Measure(
        "mineral_price", "f8", "mean price outside China, over usual", "ratio", "mineral", over=MEAN
    ),
    Measure("purchases", "f8", "mean purchases of US goods", "bn USD/yr", "purchases", over=MEAN),
    Measure(
        "purchases_due", "f8", "mean purchases that were due", "bn USD/yr", "purchases", over=MEAN
    ),
    Measure("licence_wait", "f8", "mean wait for a first licence", "weeks", "good"),
    Measure("licence_queue", "f8", "mean length of the licence queue", "applications", "good"),
    Measure("approval_rate", "f8", "share of examined applications approved", "share", "good"),
    Measure("flow", "f8", "mean controlled imports", "share of need", "good", over=MEAN),
    Measure("imports", "f8", "mean controlled imports", "t or 100,000 cards a month", "good"),
    Measure("other_share", "f8", "need met from other sources at the end", "share of need", "good"),
    Measure("leverage", "f8", "leverage left at the end", "bn USD/yr", "side"),
    Measure("belief_alive", "f8", "final belief that the truce goes on", "probability", "side"),
    Measure("hawk", "f8", "mean hawk pressure", "pressure", "side", over=MEAN),
    Measure("lobby", "f8", "mean lobbying pressure", "pressure", "side", over=MEAN),
    Measure(
        "belief_error", "f8", "final error of beliefs about the other side", "mean abs log", "side"
    ),
    Measure(
        "efficiency",
        "f8",
        "joint gain of the first trade deal over the frontier's best",
        "share",
        over=ONCE,
    ),
    Measure(
        "nash_ratio",
        "f8",
        "Nash product of the first trade deal over the frontier's best",
        "share",
        over=ONCE,
    ),
    Measure(
        "us_surplus_share", "f8", "US share of the first trade deal's surplus", "share", over=ONCE
    ),
    Measure("weeks_to_deal", "f8", "time to the first deal on the track", "weeks", "track", FIRST),
    Measure(
        "deal_gain_us",
        "f8",
        "Washington's gain of the first deal on the track over none",
        "bn USD/yr",
        "track",
        ONCE,
    ),
    Measure(
        "deal_gain_cn",
        "f8",
        "Beijing's gain of the first deal on the track over none",
        "bn USD/yr",
        "track",
        ONCE,
    ),
    Measure("deal_level", "f8", "level in the first deal on its track", "share", "issue", ONCE),
    Measure(
        "deal_paid", "f8", "level in the first deal on controls it pays for", "share", "issue", ONCE
    ),
    Measure("blocking_issue", "i8", "issue without which a deal was possible at the end", "name"),
    Measure("surplus_left", "f8", "joint gain that no deal had taken up at the end", "bn USD/yr"),
    Measure("final_level", "f8", "final concession level in force", "share", "issue"),
)


def controls_series(name: str) -> tuple[str, ...]:
    """Names of a weekly series of each controls track, in the order of tracks."""
    return tuple(f"{track}_{name}" for track in vocabulary.CONTROLS)


def _on_controls(name: str, label: str, axis: str) -> tuple[Measure, ...]:
    labels = (vocabulary.TRACKS[track].label for track in vocabulary.CONTROLS)
    return tuple(
        Measure(series, "f8", f"{label} on the {track} track", "bn USD/yr", axis)
        for series, track in zip(controls_series(name), labels, strict=True)
    )


WEEK_SERIES = (
    Measure("status", "i8", "truce (1), deal (2) or none (0) in force", "code"),
    Measure("outcome", "i8", "outcome if the run ended here", "name"),
    Measure("state", "i8", "state of the week", "name"),
    Measure("weeks_to_deadline", "f8", "time to the deadline", "weeks"),
    Measure("extensions", "i8", "extensions so far", "count"),
    Measure("rung", "i8", "rung of the ladder after a lapse", "rungs", "side"),
    Measure("events", "i8", "events of the week", "bit set"),
    Measure("tariff", "f8", "tariff", "ad valorem", "side"),
    Measure("duty", "f8", "effective tariff", "ad valorem", "side"),
    Measure("trade", "f8", "imports from the other side", "bn USD/yr", "side"),
    Measure(
        "recorded_trade",
        "f8",
        "imports as recorded, with the month's season and noise",
        "bn USD/yr",
        "side",
    ),
    Measure("routed", "f8", "imports through third countries", "bn USD/yr", "side"),
    Measure("revenue", "f8", "tariff revenue against January 2025", "bn USD/yr", "side"),
    Measure("level", "f8", "concession level in force", "share", "issue"),
    Measure("promised", "f8", "concession level promised", "share", "issue"),
    # on the first track that is not settled, or the package's
    Measure("reservation", "f8", "reservation value", "bn USD/yr", "side"),
    Measure("aspiration", "f8", "aspiration", "bn USD/yr", "side"),
    Measure("offer_us", "f8", "value of Washington's last offer", "bn USD/yr", "value"),
    Measure("offer_cn", "f8", "value of Beijing's last offer", "bn USD/yr", "value"),
    *_on_controls("reservation", "reservation value", "side"),
    *_on_controls("offer_us", "value of Washington's last offer", "value"),
    *_on_controls("offer_cn", "value of Beijing's last offer", "value"),
    Measure("offered_us", "f8", "level in Washington's last offer", "share", "issue"),
    Measure("offered_cn", "f8", "level in Beijing's last offer", "share", "issue"),
    Measure(
        "its_reservation", "f8", "the other's reservation value as believed", "bn USD/yr", "side"
    ),
    *_on_controls("its_reservation", "the other's reservation value as believed", "side"),
    Measure("belief_error", "f8", "error of beliefs about the other side", "mean abs log", "side"),
    Measure("blocking", "i8", "issue without which a deal was possible", "name", "track"),
    Measure("surplus", "f8", "joint gain that a deal would bring", "bn USD/yr", "track"),
    Measure("belief_alive", "f8", "belief that the truce goes on", "probability", "side"),
    Measure("foreseen", "f8", "chance foreseen that the truce goes on", "probability", "side"),
    Measure("trust", "f8", "share of promises expected to be delivered", "share", "side"),
    Measure("measure", "f8", "measure in force", "share withdrawn", "side"),
    Measure("grievance", "f8", "grievance", "bn USD/yr", "side"),
    Measure("hawk", "f8", "hawk pressure", "pressure", "side"),
    Measure("lobby", "f8", "lobbying pressure", "pressure", "side"),
    Measure(
        "welfare_loss",
        "f8",
        "welfare loss by tariffs and shortage against January 2025",
        "bn USD/yr",
        "side",
    ),
    Measure(
        "payoff", "f8", "payoff: worth of what is conceded, less welfare loss", "bn USD/yr", "side"
    ),
    Measure("lost_output", "f8", "lost output", "bn USD/yr", "sector"),
    Measure("shortage", "f8", "shortage", "share of need", "sector"),
    Measure("licensed", "f8", "firms under licence that hold one", "share of firms", "sector"),
    Measure("flow", "f8", "controlled imports", "share of need", "good"),
    Measure("imports", "f8", "controlled imports", "t or 100,000 cards a month", "good"),
    Measure("regime", "i8", "regime of licences for civil use", "code", "good"),
    Measure("price", "f8", "price of the scarce grade outside, over usual", "ratio", "good"),
    Measure("licensed_demand", "f8", "controlled demand with a licence", "share", "good"),
    Measure(
        "shortfall",
        "f8",
        "shortfall of licences, flow or purchases against promise",
        "share",
        "issue",
    ),
    Measure("purchases", "f8", "purchases of US goods", "bn USD/yr", "purchases"),
    Measure("purchases_due", "f8", "purchases due by the season", "bn USD/yr", "purchases"),
    Measure("share_taken", "f8", "share of licensed chips that buyers take", "share"),
    Measure("mineral_price", "f8", "price outside China, over usual", "ratio", "mineral"),
    Measure("mineral_loss", "f8", "output lost for want of it", "bn USD/yr", "mineral"),
    Measure("queue", "f8", "applications waiting", "applications", "good"),
    Measure("wait", "f8", "wait of the first licences granted this week", "weeks", "good"),
    Measure(
        "approval_rate", "f8", "share of examined applications approved this week", "share", "good"
    ),
    Measure("other_share", "f8", "need met from other sources", "share of need", "good"),
    Measure("leverage", "f8", "leverage", "bn USD/yr", "side"),
)


BRIEF = (
    "status",
    "outcome",
    "state",
    "weeks_to_deadline",
    "extensions",
    "events",
    "level",
    "promised",
    "tariff",
    "flow",
)
"""Weekly series that a brief record has: those that stand in the state as they are."""
SURPRISES, CLOSING, GAP = "surprises", "closing", "gap"
"""Fields of a run's record that are no measures."""
DATED = ("renew", "renew_early", "lapse", "reentry", "ending")
"""Decisions whose surprises are summed by date: a renewal at the date and one before it (both sides'
draws together), a lapse past it, the way back to talks, and an end from inside."""
ERAS = 6  # equal parts of the horizon: 4 to 8 do as well, measured (docs/precision.md)
# What a past surprise still weighs a week later, summed over the weeks of the closing period: time
# constants of about 4, 12 and 40 weeks, for a break lasts weeks and a truce a quarter or more.
# Numbers and not exponentials, whose bits depend on the C library
KEPT = (0.8, 0.92, 0.975)
_PER_SOURCE = ERAS + len(KEPT)
SHOCKS = len(DATED) * _PER_SOURCE  # place of the first kind of shock, then of the first belief
BELIEFS = SHOCKS + len(vocabulary.SHOCK_KINDS)
RESOLVES = BELIEFS + _SIDES * MOST_ISSUES  # place of a side's first price, then of its new ones
_RESOLVES_PER_SIDE = 1 + ERAS
CHIP_DRAWS = RESOLVES + _SIDES * _RESOLVES_PER_SIDE  # place of the card's quality, then of the bar
_CHIP_DRAWS = ("quality", "bar")
N_SURPRISES = CHIP_DRAWS + len(_CHIP_DRAWS)


def surprise_names() -> tuple[str, ...]:
    """Names of the surprises in their order: ``extend.1`` is the sum of the first part of the
    horizon, ``extend.kept_0.8`` the weighted one, ``belief.us.0`` that of the first issue,
    ``resolve.us.start`` Washington's price of the first day, ``resolve.us.1`` its new ones.
    """
    parts = (*(str(era + 1) for era in range(ERAS)), *(f"kept_{kept}" for kept in KEPT))
    return (
        *(f"{source}.{part}" for source in DATED for part in parts),
        *(f"shock.{kind}" for kind in vocabulary.SHOCK_KINDS),
        *(f"belief.{side}.{k}" for side in vocabulary.SIDES for k in range(MOST_ISSUES)),
        *(
            f"resolve.{side}.{part}"
            for side in vocabulary.SIDES
            for part in ("start", *range(1, ERAS + 1))
        ),
        *(f"chip.{draw}" for draw in _CHIP_DRAWS),
    )


# single precision: sums of a hundred numbers below 1, and a run's record is held in memory
_BESIDE = [
    (SURPRISES, "f4", (N_SURPRISES,)),
    (CLOSING, "f4", (len(vocabulary.OUTCOMES),)),
]


def _dtype(measures: tuple[Measure, ...], beside: Sequence[tuple[Any, ...]] = ()) -> np.dtype:
    fields = [
        (m.name, m.code, (_LENGTH[m.axis],)) if m.axis else (m.name, m.code) for m in measures
    ]
    return np.dtype([*fields, *beside], align=True)


def _without_gap(kind: np.dtype) -> np.dtype:
    """The same record with a field where it would end in a gap, whose bytes nothing settles."""
    assert kind.names is not None and kind.fields is not None
    fields = [(name, kind.fields[name][0]) for name in kind.names]
    last, start = kind.fields[kind.names[-1]][:2]
    gap = kind.itemsize - start - last.itemsize
    return np.dtype([*fields, (GAP, "u1", (gap,))], align=True) if gap else kind


RUN = _without_gap(_dtype(RUN_MEASURES, _BESIDE))
WEEK = _dtype(WEEK_SERIES)
