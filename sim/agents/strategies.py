"""What a strategy sees, and what it returns: the aspiration for its side's next offer on one track.

The built-in strategies are compiled rules (:func:`sim.rules.strategies.strategy_target`). A custom
strategy is any object with a ``target`` method; the Mesa engine calls it at every turn. Offers,
acceptance and learning remain rules of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from sim.config.errors import SimError
from sim.vocabulary import SIDES

__all__ = ["Strategy", "View", "check_strategies"]


@dataclass(frozen=True, slots=True)
class View:
    """What one side knows at its turn; values are bn USD/yr to itself.

    ``side`` is us or cn, ``track`` trade, minerals or semiconductors; ``elapsed`` the elapsed share of the clock;
    ``urgency`` how binding the deadline feels (kappa of docs/model.md, *Bargaining*);
    ``reservation`` the least it takes, ``best`` the most it believes it can have, ``aspiration``
    its last target; ``heard`` and ``heard_before`` what the other's last two offers are worth to it
    (NaN before the first); ``offers_made`` and ``offers_heard`` count distinct offers since talks
    began; ``built_in`` is what the scenario's own strategy would ask; ``foreseen`` is the chance it
    foresees that the truce goes on. Of a side that screens (docs/bargaining.md): ``waits`` is what
    waiting is worth, a share of the surplus, ``claim`` the least it says it takes, ``low`` and
    ``tough`` the lowest and highest price of the other that it holds possible, bn USD/yr; NaN of
    the others.
    """

    side: str
    track: str
    week: int
    elapsed: float
    urgency: float
    belief_alive: float
    reservation: float
    best: float
    aspiration: float
    heard: float
    heard_before: float
    offers_made: int
    offers_heard: int
    built_in: float
    foreseen: float = math.nan
    waits: float = math.nan
    claim: float = math.nan
    low: float = math.nan
    tough: float = math.nan


@runtime_checkable
class Strategy(Protocol):
    """A bargaining strategy."""

    def target(self, view: View) -> float:
        """The value, bn USD/yr to its side, that the next offer should have; it is clipped to
        ``reservation`` and ``best``.
        """


def check_strategies(strategies: dict[str, Strategy] | None) -> dict[str, Strategy]:
    """The same mapping of strategies by side.

    Raises
    ------
    SimError
        What is no side, or has no method ``target``.
    """
    given = dict(strategies or {})
    for side, strategy in given.items():
        if side not in SIDES:
            raise SimError("unknown side", key="strategies", given=side, allowed=SIDES.names)
        if not isinstance(strategy, Strategy):
            raise SimError(
                "not a strategy",
                key=f"strategies.{side}",
                given=type(strategy).__name__,
                allowed="an object with a method target(view) -> float",
                cure="see docs/strategies.md",
            )
    return given


def clip(target: float, view: View, name: str) -> float:
    """A strategy's target, clipped to the reservation value and the worth of the best believed
    package.
    """
    if not isinstance(target, (int, float)) or math.isnan(target):
        raise SimError("a strategy must return a number", key=f"{name}.target", given=target)
    return min(max(float(target), view.reservation), max(view.best, view.reservation))
