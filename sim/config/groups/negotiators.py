"""A government as a negotiator: patience, beliefs, deadline feeling, and the strategy that sets its
aspiration.
"""

from __future__ import annotations

from typing import Annotated

from sim.config.fields import Group, In, Label, Lever, OneOf, Plausible
from sim.vocabulary import STRATEGIES, TRANSCRIPT

__all__ = ["Negotiator", "Resolve", "Strategy"]


class Strategy(Group):
    """How a side's aspiration moves from its best package to its reservation value."""

    kind: Annotated[str, OneOf((*STRATEGIES, TRANSCRIPT)), Label("strategy")] = "screening"
    """the concession rule; transcript: decides as the scenario's transcript says, else as screening
    Source: Faratin, Sierra, Jennings 1998; de Jonge 2022 (MiCRO); hardliner holds to the last;
    equilibrium: Rubinstein 1982; screening: Fudenberg, Tirole 1983; committed: Abreu, Gul 2000"""
    exponent: Annotated[
        float,
        In(0.05, 10, "exponent"),
        Plausible(0.2, 1.5),
        Label("concession exponent"),
    ] = 0.55
    """time_dependent: concession exponent beta: below 1 holds out, above 1 concedes early
    Source: elicited: between Boulware agents, .2 to .25 (GENIUS, NegMAS; recalled), and a linear
    one, 1; Faratin, Sierra, Jennings 1998 use 0.01 to 100"""
    reciprocity: Annotated[float, In(0, 3, "ratio"), Plausible(0.5, 1.5)] = 1.0
    """tit_for_tat: own concession per unit of the other's last concession
    Source: recalled: 1 is Faratin, Sierra, Jennings' (1998) absolute tit-for-tat"""
    steps: Annotated[int, In(2, 200, "offers"), Plausible(8, 40)] = 16
    """micro: number of distinct offers between the best package and the reservation value
    Source: judgement: MiCRO (de Jonge 2022) walks the ranked offers of a finite domain; from two a
    week of a clock to half of one"""
    hold: Annotated[float, In(0, 1, "share of the clock"), Plausible(0.8, 1)] = 0.95
    """hardliner: elapsed share of the clock before which nothing is conceded.
    Source: derived: 41 % of agreements fall in the last 30 seconds of 9 to 12 minutes, the last
    twentieth of the clock (Roth, Murnighan, Schoumaker 1988; parameters.csv E1, recalled)"""
    bluff: Annotated[float, In(0, 1, "share"), Plausible(0, 0.5)] = 0.25
    """screening: how far towards the toughest price a side that cannot be seen through claims to be;
    at 1 as far as in the linear equilibrium
    Source: Chatterjee, Samuelson 1983; people lie between 0 and 1 (Radner, Schotter 1989)"""
    insist: Annotated[float, In(0, 1, "share"), Plausible(0.5, 0.9)] = 0.7
    """committed: share of the expected gain that it insists on
    Source: judgement: somewhat above the .53 to .67 of the pie that committed types ask for in the
    laboratory (Embrey, Fréchette, Lehrer 2015; recalled); form: Abreu, Gul 2000"""


class Resolve(Group):
    """The private price of settling: the least gain that a side must show at home.

    The other side knows its distribution, uniform about the mean.
    """

    trade: Annotated[
        float,
        In(0, 500, "bn USD/yr"),
        Plausible(8, 30),
        Label("price of settling trade"),
        Lever("gain a trade deal needs", 3),
    ] = 21.2
    """mean on the trade track
    Source: judgement: three quarters of the most each could gain; a deal in about one of ten first
    clocks (truces.csv: of the US truces to June 2025 one of five was upgraded)"""
    minerals: Annotated[
        float,
        In(0, 500, "bn USD/yr"),
        Plausible(2, 9),
        Label("price of settling minerals"),
    ] = 4.1
    """mean on the minerals track
    Source: derived: the share of trade, .75, of the most each could gain on London's first day,
    5.5 and 9.5 (docs/bargaining.md, *Tracks by who asks*; `tariffsim validate scale`)"""
    semiconductors: Annotated[
        float,
        In(0, 500, "bn USD/yr"),
        Plausible(6, 20),
        Label("price of settling semiconductors"),
        Lever("gain a deal on chips needs", 11),
    ] = 12.7
    """mean on the semiconductors track
    Source: derived: the share of trade, .75, of the most each could gain on London's first day,
    16.9 and 11.7 (docs/bargaining.md, *Tracks by who asks*; `tariffsim validate scale`)"""
    spread: Annotated[float, In(0, 1, "share"), Plausible(0.5, 1)] = 1.0
    """half the width of its distribution, as a share of the mean
    Source: uniform from 0, the usual case of the theory (Chatterjee, Samuelson 1983)"""
    turnover: Annotated[float, In(0, 52, "per year"), Plausible(0.25, 1)] = 0.5
    """rate at which it is drawn anew as politics at home turn
    Source: a political cycle of two years; form: Kennan 2001"""
    known: Annotated[
        float,
        In(0, 1, "share"),
        Plausible(0, 0.5),
        Label("knowledge of the other's price"),
        Lever("knowing what the other must gain", 12),
    ] = 0.0
    """share of the other's price that this side knows: 0 its distribution, 1 the price itself
    Source: definition: 0 is the case of the theory, in which a side knows its own price and the
    other's distribution (Chatterjee, Samuelson 1983; Fearon 1995); a lever"""


class Negotiator(Group):
    """A government in the talks."""

    discount_rate: Annotated[
        float, In(0, 2, "per year"), Plausible(0.03, 0.3), Label("discount rate")
    ] = 0.1
    """rate at which expected changes of leverage are discounted (delta)
    Source: elicited: OMB Circular A-94 set 10 % a year from 1972 and 7 % from 1992, EPA 2-3 %
    (Zhuang and others 2007; parameters.csv F1)"""
    planning_weeks: Annotated[
        float, In(4, 260, "weeks"), Plausible(26, 104), Label("planning horizon")
    ] = 52.0
    """horizon over which own leverage is foreseen and stocks count as relief
    Source: derived: a national election every 104 weeks (US Constitution, I.2), so 52 to the next
    on average"""
    leverage_share: Annotated[float, In(0, 1, "share"), Plausible(0.2, 0.8)] = 0.5
    """share of the surplus on an issue that a side expects leverage to win
    Source: elicited: the equal split of Nash 1950 between .4 and .6: who proposes keeps .60 in 75
    experiments (Oosterbeek, Sloof, van de Kuilen 2004; parameters.csv F1)"""
    belief_alive: Annotated[
        float,
        In(0.02, 0.98, "probability"),
        Plausible(0.5, 0.8),
        Label("prior belief that the truce goes on"),
        Lever("faith that the truce lasts", 15),
    ] = 0.7
    """prior mean of q: that the truce goes on if no deal is made
    Source: renewals.csv: 27 of 37 dated arrangements were extended or upgraded by their date"""
    belief_weight: Annotated[float, In(0.5, 100, "observations"), Plausible(2, 10)] = 4.0
    """weight of that prior, in observed deadlines (Beta a + b)
    Source: derived: four arrangements between the two with a date had met it by June 2025
    (truces.csv T01, T03, T06, T07)"""
    deadline_firmness: Annotated[
        float,
        In(0, 1, "share"),
        Plausible(0.1, 0.6),
    ] = 0.25
    """phi: how binding the deadline feels even when extension is certain: to strategies that concede
    with the clock, not to screening and committed
    Source: judgement: above nought, as Roth, Murnighan, Schoumaker 1988 found strong deadline
    effects, and below the half at which an extension would change little"""
    belief_error: Annotated[
        float,
        In(0, 2, "sd of log"),
        Plausible(0.1, 0.6),
        Label("belief error"),
        Lever("misjudging the other side", 13),
    ] = 0.4
    """initial error in what this side believes of the other's values.
    Source: elicited: published losses of one tariff war differ by a factor of 2 for the US, 3 for
    China (IMF 2019; parameters.csv D5); over three to five models that is a sd of .30 to .65"""
    learning_rate: Annotated[
        float,
        In(0, 3, "per unit of surprise"),
        Plausible(0.1, 1),
        Lever("learning from the other's offers", 18),
    ] = 0.4
    """speed at which the other's offers correct those beliefs (delta rule).
    Source: elicited: forecasters move .46 of the way to news (Coibion, Gorodnichenko 2015: 1/(1 +
    1.19), recalled; parameters.csv F1)"""
    extension_bias: Annotated[
        float, In(-100, 100, "bn USD"), Plausible(-5, 10), Lever("taste for extending", 16)
    ] = 0.0
    """standing preference for extending beyond the material stakes
    Source: definition: 0 is neutral; a lever"""
    foresight: Annotated[float, In(0, 1, "share"), Plausible(0.5, 1)] = 0.7
    """weight of what the rules in force say of the next extension; the record has the rest
    Source: judgement: rules in force are public, so more than half; the record is short, so not
    all"""
    resolve: Resolve = Resolve()
    strategy: Strategy = Strategy()
