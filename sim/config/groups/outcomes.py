"""Thresholds that name an outcome, the calendar, and what a batch of runs computes and draws."""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Day, Folder, FolderName, Group, In, Label, OneOf, Plausible, Text

__all__ = ["ENGINES", "EXECUTORS", "EXPORTS", "FORMATS", "Calendar", "Figures", "Outcomes", "Run"]


ENGINES = ("auto", "ensemble", "mesa")
EXECUTORS = ("local", "dask")
EXPORTS = ("genius", "gambit")  # what a scenario at a date is written as: sim/export.py
FORMATS = ("png", "svg", "both")


class Calendar(Group):
    """Where the run sits in real time."""

    start: Annotated[str, Day()] = "2025-06-11"
    """first day of the first week. Source: London framework announced (events.csv)"""
    horizon_weeks: Annotated[int, In(4, 520, "weeks"), Label("horizon")] = 104
    """length of a run. Source: judgement: two years, eight truces of a quarter"""


class Outcomes(Group):
    """What counts as a breakthrough, and over which period outcomes are read."""

    military_magnets: Annotated[
        float, In(0, 1, "share"), Plausible(0.25, 0.6), Label("threshold on military magnets")
    ] = 0.4
    """level in force of military magnets that a breakthrough needs
    Source: judgement; their influence is reported"""
    ai_chips: Annotated[float, In(0, 1, "share"), Plausible(0.2, 0.5), Label("threshold on AI chips")] = 0.3
    """level in force of AI chips that a breakthrough needs
    Source: judgement; about the H20 class freely sold"""
    us_tariff: Annotated[float, In(0, 5, "ad valorem"), Plausible(0.3, 0.5)] = 0.45
    """US average tariff at or below which a breakthrough counts
    Source: judgement; below the truce's 51.1 % (PIIE)"""
    cn_tariff: Annotated[float, In(0, 5, "ad valorem"), Plausible(0.22, 0.32)] = 0.32
    """Chinese average tariff at or below which a breakthrough counts
    Source: judgement; below the truce's 32.6 % (PIIE)"""
    weeks_in_force: Annotated[int, In(0, 520, "weeks"), Plausible(13, 52)] = 26
    """weeks a deal must have been in force. Source: judgement: half a year"""
    closing_weeks: Annotated[int, In(1, 104, "weeks"), Plausible(26, 78), Label("closing period")] = 52
    """closing period: the outcome is the state in a week drawn from it, so its share is a share of
    the period
    Source: judgement: a year, four times the 90 days of a truce (truces.csv); docs/decisions.md"""


class Run(Group):
    """How many runs, and what is kept of them."""

    runs: Annotated[int, In(1, 10000000, "runs")] = 200
    """number of runs; of a sweep, at each point. Source: interval of a share of 50 %: +-7 points"""
    seed: Annotated[int, In(0, 2**64 - 1, "seed")] = 1
    """seed of all draws. Source: arbitrary"""
    weeks: Annotated[str, OneOf(("none", "quantiles", "all"))] = "quantiles"
    """what to keep of the weekly series. Source: choice of the house"""
    engine: Annotated[str, OneOf(ENGINES)] = "auto"
    """what computes: auto takes the ensemble where it can. Source: choice of the house"""
    threads: Annotated[int, In(0, 1024, "threads")] = 0
    """threads of the ensemble; 0 takes every processor. Source: same bits whatever"""
    executor: Annotated[str, OneOf(EXECUTORS)] = "local"
    """where a sweep's chunks are computed: here, or on a Dask cluster. Source: docs/scaling.md"""
    address: Annotated[str, Text(200)] = ""
    """address of a Dask scheduler; empty starts worker processes on this machine"""
    name: Annotated[str, FolderName()] = ""
    """name of the result folder; empty takes the scenario's"""
    out: Annotated[str, Folder(1000)] = "outputs"
    """folder in which result folders are made"""


class Figures(Group):
    """How figures are drawn."""

    draw: bool = True
    """whether to draw figures. Source: choice of the house"""
    report: bool = True
    """whether to write report.html. Source: choice of the house"""
    format: Annotated[str, OneOf(FORMATS)] = "both"
    """file formats. Source: choice of the house"""
    dpi: Annotated[int, In(50, 600, "dots/inch")] = 160
    """resolution of PNG files. Source: readable on a projector"""
    width: Annotated[float, In(4, 30, "inches")] = 10.0
    """width of a figure. Source: a slide or a full page"""
    height: Annotated[float, In(0, 30, "inches")] = 0.0
    """height of every figure, for slides; 0 lets each take what it needs
    Source: a slide is 16:9"""
    text_size: Annotated[float, In(6, 40, "points")] = 12.0
    """size of the text. Source: readable on a projector at this width"""
