"""A government as a negotiator: patience, beliefs, deadline feeling, and the strategy that sets its aspiration."""

from __future__ import annotations

from dataclasses import dataclass

from sim import vocabulary
from sim.config.fields import choice, count, group, number

__all__ = ["STRATEGIES", "Negotiator", "Strategy"]

STRATEGIES = vocabulary.STRATEGIES.names


@dataclass(frozen=True)
class Strategy:
    """How a side's aspiration moves from its best package to its reservation value."""

    kind: str = choice(
        "time_dependent",
        STRATEGIES,
        "the concession rule",
        "Faratin, Sierra, Jennings 1998; de Jonge 2022 (MiCRO); hardliner holds to the last; equilibrium: Rubinstein 1982",
        label="strategy",
    )
    exponent: float = number(
        0.55,
        "exponent",
        (0.05, 10),
        "concession exponent beta: below 1 holds out, above 1 concedes early",
        "judgement; Faratin, Sierra, Jennings 1998 use 0.01 to 100",
        spread=(0.2, 1.5),
        label="concession exponent",
    )
    reciprocity: float = number(
        1.0,
        "ratio",
        (0, 3),
        "tit_for_tat: own concession per unit of the other's last concession",
        "judgement; 1 is Faratin, Sierra, Jennings' absolute tit-for-tat",
        spread=(0.5, 1.5),
    )
    steps: int = count(
        16,
        "offers",
        (2, 200),
        "micro: number of distinct offers between the best package and the reservation value",
        "judgement; MiCRO (de Jonge 2022) walks the ranked offers of a finite domain",
        spread=(8, 40),
    )
    hold: float = number(
        0.95,
        "share of the clock",
        (0, 1),
        "hardliner: elapsed share of the clock before which nothing is conceded",
        "judgement",
        spread=(0.8, 1.0),
    )


@dataclass(frozen=True)
class Negotiator:
    """A government at the table."""

    discount_rate: float = number(
        0.10,
        "per year",
        (0, 2),
        "rate at which expected changes of leverage are discounted (delta)",
        "judgement; political horizons exceed the 3-7 % of cost-benefit practice",
        spread=(0.03, 0.3),
        label="discount rate",
    )
    planning_weeks: float = number(
        52,
        "weeks",
        (4, 260),
        "horizon over which own leverage is foreseen and stocks count as relief",
        "judgement; a budget and election year",
        spread=(26, 104),
        label="planning horizon",
    )
    leverage_share: float = number(
        0.5,
        "share",
        (0, 1),
        "share of the surplus on an issue that a side expects leverage to win",
        "equal split of the Nash solution (Nash 1950); judgement",
        spread=(0.2, 0.8),
    )
    belief_alive: float = number(
        0.55,
        "probability",
        (0.02, 0.98),
        "prior mean of q: that the truce goes on if no deal is made",
        "truces.csv: of the dated US truces to June 2025 two of five were extended, one upgraded; judgement",
        spread=(0.4, 0.8),
        label="prior belief that the truce goes on",
    )
    belief_weight: float = number(
        4.0,
        "observations",
        (0.5, 100),
        "weight of that prior, in observed deadlines (Beta a + b)",
        "truces.csv holds about five comparable cases; judgement",
        spread=(2, 10),
    )
    deadline_firmness: float = number(
        0.25,
        "share",
        (0, 1),
        "phi: how binding the deadline feels even when extension is certain",
        "judgement; Roth, Murnighan, Schoumaker 1988 show strong deadline effects",
        spread=(0.1, 0.6),
    )
    belief_error: float = number(
        0.40,
        "sd of log",
        (0, 2),
        "initial error in what this side believes of the other's values",
        "judgement",
        spread=(0.1, 0.6),
        label="belief error",
    )
    learning_rate: float = number(
        0.4,
        "per unit of surprise",
        (0, 3),
        "speed at which the other's offers correct those beliefs (delta rule)",
        "judgement",
        spread=(0.1, 1.0),
    )
    extension_bias: float = number(
        0.0,
        "bn USD/yr",
        (-100, 100),
        "standing preference for extending beyond the material stakes",
        "judgement; zero is neutral",
        spread=(-5, 10),
    )
    strategy: Strategy = group(Strategy)
