"""Domestic politics: lobbying by losers, hawks, ratification (MODEL.md section 11; Putnam 1988)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config.fields import group, number

__all__ = ["Arena", "Politics", "Ratification"]


@dataclass(frozen=True)
class Arena:
    """One side's domestic politics."""

    lobby_weight: float = number(
        0.5,
        "ratio",
        (0, 5),
        "how much full lobbying raises the value of relief (multiplies it by 1 + lobby_weight x pressure)",
        "judgement; US firms won 13 % of exclusion requests in 2018-20 (GAO-21-506)",
        spread=(0, 1.5),
    )
    lobby_scale: float = number(
        40.0, "bn USD/yr", (1, 1000), "losses at which lobbying is at full pressure", "judgement", spread=(20, 100)
    )
    lobby_memory: float = number(
        0.85, "per week", (0, 0.999), "share of lobbying that lasts into the next week", "judgement", spread=(0.7, 0.95)
    )
    hawk_start: float = number(0.2, "pressure", (0, 5), "hawk pressure on the first day", "judgement", spread=(0, 0.6))
    hawk_decay: float = number(
        0.03, "per week", (0, 1), "share of hawk pressure that fades each week", "judgement", spread=(0.01, 0.08)
    )
    hawk_response: float = number(
        1.2,
        "pressure per full concession",
        (0, 20),
        "hawk pressure raised by a concession on a security issue",
        "judgement",
        spread=(0.3, 3),
    )
    hawk_cost: float = number(
        0.5,
        "ratio",
        (0, 10),
        "how much hawk pressure raises the cost of security concessions (multiplies it by 1 + hawk_cost x pressure)",
        "judgement",
        spread=(0, 1.5),
        label="hawk weight",
    )
    hawk_extension: float = number(
        5.0,
        "bn USD/yr",
        (0, 200),
        "cost of extending a truce per unit of hawk pressure",
        "judgement",
        spread=(0, 15),
    )


@dataclass(frozen=True)
class Ratification:
    """Whether an agreement survives at home."""

    threshold: float = number(
        0.5, "support", (0, 1), "support below which a deal fails", "simple majority", label="ratification threshold"
    )
    scale: float = number(
        12.0, "bn USD/yr", (0.1, 300), "gain that turns an even split into 73 % support (logistic scale)", "judgement"
    )
    noise: float = number(
        0.6, "logit", (0, 5), "standard deviation of support on the day", "judgement", spread=(0, 1.5)
    )
    hawk_opposition: float = number(
        10.0,
        "bn USD/yr",
        (0, 300),
        "gain that one unit of hawk pressure cancels in the test, per full security concession",
        "judgement",
        spread=(0, 40),
    )
    failure_cost: float = number(
        0.4, "hawk pressure", (0, 5), "hawk pressure that a failed deal costs its proposer", "judgement", spread=(0, 1)
    )


@dataclass(frozen=True)
class Politics:
    """Both sides' politics and the ratification test."""

    us: Arena = group(Arena)
    cn: Arena = group(Arena)
    ratification: Ratification = group(Ratification)
