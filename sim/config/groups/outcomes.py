"""Thresholds that name an outcome, the calendar, and what a batch of runs computes and draws."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config.fields import choice, count, date, flag, number, text

__all__ = ["ENGINES", "EXECUTORS", "EXPORTS", "FORMATS", "Calendar", "Figures", "Outcomes", "Run"]

ENGINES = ("auto", "ensemble", "mesa")
EXECUTORS = ("local", "dask")
EXPORTS = ("genius", "gambit")  # what a scenario at a date is written as: sim/export.py
FORMATS = ("png", "svg", "both")


@dataclass(frozen=True)
class Calendar:
    """Where the run sits in real time."""

    start: str = date("2025-06-11", "first day of the first week", "London framework announced (events.csv)")
    horizon_weeks: int = count(104, "weeks", (4, 520), "length of a run", "MODEL.md section 2", label="horizon")


@dataclass(frozen=True)
class Outcomes:
    """What counts as a breakthrough, and over which period outcomes are read."""

    military_magnets: float = number(
        0.4,
        "share",
        (0, 1),
        "level in force of military magnets that a breakthrough needs",
        "judgement; their influence is reported",
        spread=(0.25, 0.6),
        label="threshold on military magnets",
    )
    ai_chips: float = number(
        0.3,
        "share",
        (0, 1),
        "level in force of AI chips that a breakthrough needs",
        "judgement; about the H20 class freely sold",
        spread=(0.2, 0.5),
        label="threshold on AI chips",
    )
    us_tariff: float = number(
        0.45,
        "ad valorem",
        (0, 5),
        "US average tariff at or below which a breakthrough counts",
        "judgement; below the truce's 51.1 % (PIIE)",
        spread=(0.3, 0.5),
    )
    cn_tariff: float = number(
        0.32,
        "ad valorem",
        (0, 5),
        "Chinese average tariff at or below which a breakthrough counts",
        "judgement; below the truce's 32.6 % (PIIE)",
        spread=(0.22, 0.32),
    )
    weeks_in_force: int = count(
        26, "weeks", (0, 520), "weeks a deal must have been in force", "MODEL.md section 12", spread=(13, 52)
    )
    closing_weeks: int = count(
        52,
        "weeks",
        (1, 104),
        "closing period: the outcome is the state in a week drawn from it, so its share is a share of the period",
        "judgement: a year, four times the 90 days of a truce (truces.csv); docs/decisions.md",
        spread=(26, 78),
        label="closing period",
    )


@dataclass(frozen=True)
class Run:
    """How many runs, and what is kept of them."""

    runs: int = count(
        200,
        "runs",
        (1, 10_000_000),
        "number of runs; of a sweep, at each point",
        "interval of a share of 50 %: +-7 points",
    )
    seed: int = count(1, "seed", (0, 2**64 - 1), "seed of all draws", "arbitrary")
    weeks: str = choice(
        "quantiles", ("none", "quantiles", "all"), "what to keep of the weekly series", "ARCHITECTURE.md"
    )
    engine: str = choice("auto", ENGINES, "what computes: auto takes the ensemble where it can", "ARCHITECTURE.md")
    threads: int = count(
        0, "threads", (0, 1024), "threads of the ensemble; 0 takes every processor", "same bits whatever"
    )
    executor: str = choice(
        "local", EXECUTORS, "where a sweep's chunks are computed: here, or on a Dask cluster", "docs/scaling.md"
    )
    address: str = text("", "address of a Dask scheduler; empty starts worker processes on this machine", most=200)
    name: str = text("", "name of the result folder; empty takes the scenario's", most=64)
    out: str = text("outputs", "folder in which result folders are made", most=1000)


@dataclass(frozen=True)
class Figures:
    """How figures are drawn."""

    draw: bool = flag(True, "whether to draw figures", "ARCHITECTURE.md")
    report: bool = flag(True, "whether to write report.html", "ARCHITECTURE.md")
    format: str = choice("both", FORMATS, "file formats", "ARCHITECTURE.md")
    dpi: int = count(160, "dots/inch", (50, 600), "resolution of PNG files", "readable on a projector")
    width: float = number(10.0, "inches", (4, 30), "width of a figure", "a slide or a full page")
    height: float = number(
        0.0, "inches", (0, 30), "height of every figure, for slides; 0 lets each take what it needs", "a slide is 16:9"
    )
    text_size: float = number(12.0, "points", (6, 40), "size of the text", "readable on a projector at this width")
