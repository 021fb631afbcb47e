"""The thresholds that name an outcome."""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, OneOf, Plausible
from sim.vocabulary import BREAKTHROUGH_RULES

__all__ = ["Outcomes"]


class Outcomes(Group):
    """What counts as a breakthrough, and over which period outcomes are read."""

    breakthrough: Annotated[str, OneOf(BREAKTHROUGH_RULES), Label("what makes a breakthrough")] = (
        "substance"
    )
    """what makes of a deal a breakthrough: a share of the Nash concession on trade, minerals and
    semiconductors alike, or levels past the thresholds that follow; how long levels were past them
    is recorded in any case (past_thresholds)
    Source: definition of the outcome: thresholds above what the best joint deal concedes are no
    yardstick (docs/decisions.md)"""
    nash_share: Annotated[
        float, In(0, 1, "share"), Plausible(0.35, 0.65), Label("share of the Nash concession")
    ] = 0.5
    """share that a breakthrough needs, of what the Nash point concedes beyond the truce's first terms
    Source: definition of the outcome: half; options `lenient` and `strict` take .35 and .65; Phase
    One delivered 57 % of its purchases (parameters.csv)"""
    military_magnets: Annotated[
        float, In(0, 1, "share"), Plausible(0.25, 0.6), Label("threshold on military magnets")
    ] = 0.4
    """level in force of military magnets that a breakthrough by thresholds needs
    Source: definition of the outcome; options `lenient` and `strict` show what other thresholds do"""
    ai_chips: Annotated[
        float, In(0, 1, "share"), Plausible(0.2, 0.5), Label("threshold on AI chips")
    ] = 0.3
    """level in force of AI chips that a breakthrough by thresholds needs
    Source: definition of the outcome, about the H20 class freely sold; options `lenient` and
    `strict`"""
    us_tariff: Annotated[float, In(0, 5, "ad valorem"), Plausible(0.3, 0.5)] = 0.45
    """US average tariff at or below which a breakthrough by thresholds counts
    Source: definition of the outcome: below the truce's 51.1 % (tariffs.csv, PIIE 2025)"""
    cn_tariff: Annotated[float, In(0, 5, "ad valorem"), Plausible(0.3, 0.325)] = 0.32
    """Chinese average tariff at or below which a breakthrough by thresholds counts
    Source: definition of the outcome: below the truce's 32.6 % (tariffs.csv, PIIE 2025), above the
    most that a floor may be (economy.cn.floor_tariff)"""
    weeks_in_force: Annotated[int, In(0, 520, "weeks"), Plausible(13, 52)] = 26
    """weeks a deal must have been in force.
    Source: definition of the outcome: half a year; options `lenient` and `strict` take 13 and 52"""
    closing_weeks: Annotated[
        int, In(1, 104, "weeks"), Plausible(26, 78), Label("closing period")
    ] = 52
    """closing period: the outcome is the state in a week drawn from it, so its share is a share of the
    period
    Source: definition of the outcome: a year, four times the 90 days of a truce (truces.csv);
    docs/decisions.md"""
    hollow_share: Annotated[float, In(0, 1, "share"), Plausible(0.3, 0.6)] = 0.5
    """share of what a deal promised, of the side served worse, below which it becomes hollow
    Source: definition of a hollow deal: less than half; of Phase One's purchases 57 % were
    delivered (parameters.csv)"""
    hollow_weeks: Annotated[int, In(1, 260, "weeks"), Plausible(8, 39)] = 13
    """weeks after which it does; a hollow deal counts as a tactical pause.
    Source: definition of a hollow deal: a quarter, in which Phase One's deputies met (USTR,
    February 2020)"""
