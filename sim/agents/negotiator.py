"""A government that negotiates: it reads its row of the state, and decides, a method a decision."""

from __future__ import annotations

from typing import Any

from sim.agents.framework import Agent
from sim.agents.host import Host
from sim.agents.strategies import Strategy, coded, decisions_of, method_of
from sim.agents.view import View
from sim.rules import steps
from sim.vocabulary import DECISIONS, SIDES, TRACKS

__all__ = ["Negotiator"]

_TRADE = TRACKS["trade"].code


class Negotiator(Agent, Strategy):
    """Washington (``side`` 0) or Beijing (1).

    A subclass overrides any decision (:class:`sim.agents.strategies.Strategy`); ``strategy``, None
    or an object that does, comes first. The others are the compiled rules'.
    """

    model: Host

    def __init__(self, model: Host, side: int, strategy: object | None = None) -> None:
        super().__init__(model)
        self.side, self.strategy = side, strategy

    @property
    def row(self) -> Any:
        """Its record in the state."""
        return self.model.state.whole[0]["sides"][self.side]

    @property
    def name(self) -> str:
        """us or cn."""
        return SIDES.names[self.side]

    @property
    def belief_alive(self) -> float:
        """Probability it gives to the truce going on: the mean of its Beta belief
        (:func:`sim.rules.tracks.belief`).
        """
        return float(steps.outlook(*self.model.all_sides, self.side)[2])

    @property
    def reservation(self) -> float:
        """Reservation value on the trade track, bn USD/yr."""
        return float(self.row["reservation"][_TRADE])

    @property
    def aspiration(self) -> float:
        """Last aspiration on the trade track, bn USD/yr."""
        return float(self.row["aspiration"][_TRADE])

    @property
    def hawk(self) -> float:
        """Hawk pressure, 0 or more, without a unit."""
        return float(self.row["hawk"])

    @property
    def lobby(self) -> float:
        """Lobbying pressure, in [0, 1]."""
        return float(self.row["lobby"])

    @property
    def grievance(self) -> float:
        """Its grievance: what it is owed and lacks beyond what it is used to, remembered, bn USD/yr."""
        return float(self.row["grievance"])

    @property
    def wanted(self) -> int:
        """The decisions that it takes itself, a bit each; the others are the compiled rules'."""
        names = {*decisions_of(self), *(decisions_of(self.strategy) if self.strategy else ())}
        return sum(1 << DECISIONS[name].code for name in names)

    def decide(self, view: View) -> tuple[int, float]:
        """Its answer to an ask: choice and worth, as rules hold them."""
        own = self.strategy is not None and method_of(self.strategy, view.decision) is not None
        return coded(view, self.strategy if own else self)
