"""A government that negotiates: it reads its row of the state, and asks its strategy for an
aspiration.
"""

from __future__ import annotations

import math
from typing import Any

from sim.agents.framework import Agent
from sim.agents.host import Host
from sim.agents.strategies import Strategy, View, clip
from sim.rules import steps
from sim.vocabulary import SIDES, TRACKS

__all__ = ["Negotiator"]

_TRADE = TRACKS["trade"].code


class Negotiator(Agent):
    """Washington (``side`` 0) or Beijing (1).

    ``strategy`` is None for the scenario's built-in strategy, or an object with ``target(view)``.
    """

    model: Host

    def __init__(self, model: Host, side: int, strategy: Strategy | None = None) -> None:
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
        """The largest of its grievances on the tracks: shares of what it is owed, remembered."""
        return float(self.row["grievance"].max())

    def view(self, track: int) -> View:
        """What it knows at its turn on a track, by its code."""
        row, heard = self.row, bool(self.row["heard_count"][track])
        built_in = float(steps.target(*self.model.all_sides, self.side, track))
        waits, claim, low, tough = steps.screen(*self.model.all_sides, self.side, track)
        elapsed, urgency, belief_alive = steps.outlook(*self.model.all_sides, self.side)
        return View(
            side=self.name,
            track=TRACKS.names[track],
            week=self.model.week,
            elapsed=float(elapsed),
            urgency=float(urgency),
            belief_alive=float(belief_alive),
            reservation=float(row["reservation"][track]),
            best=float(steps.best(*self.model.all_sides, self.side, track)),
            aspiration=float(row["aspiration"][track]),
            heard=float(row["heard"][track]) if heard else math.nan,
            heard_before=float(row["heard_before"][track]) if heard else math.nan,
            offers_made=int(row["made_count"][track]),
            offers_heard=int(row["heard_count"][track]),
            built_in=built_in,
            foreseen=float(row["goes_on"]),
            waits=float(waits),
            claim=float(claim),
            low=float(low),
            tough=float(tough),
        )

    def target(self, track: int) -> float:
        """Its aspiration for the coming offer on a track, bn USD/yr: the rule's, or what its own
        strategy answers.
        """
        if self.strategy is None:
            return steps.target(*self.model.all_sides, self.side, track)
        view = self.view(track)
        return clip(self.strategy.target(view), view, type(self.strategy).__name__)

    def take_turn(self, track: int) -> None:
        """Accept the standing offer on an open track, or make an offer."""
        if steps.is_open(*self.model.all_sides, track):
            steps.take_turn(*self.model.all_sides, self.side, track, self.target(track))
