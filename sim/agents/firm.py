"""A firm that lives with licences: a manufacturer in need of magnets or a cloud firm in need of
chips.
"""

from __future__ import annotations

from typing import Any

from sim.agents.framework import Agent
from sim.agents.host import Host
from sim.rules import steps
from sim.rules.state import TILE
from sim.vocabulary import GOODS

__all__ = ["Firm"]


class Firm(Agent):
    """The firm at index ``place`` of the arrays of firms; quantities are in weeks of its own need;
    it calls :mod:`sim.rules.supply`.
    """

    model: Host

    def __init__(self, model: Host, place: int) -> None:
        super().__init__(model)
        self.place = place

    def quantity(self, name: str) -> Any:
        """One of its quantities, by its name in :data:`sim.rules.state.FIRMS`."""
        # the field first: a tile taken out as a record costs four times as much
        return self.model.state.firms[name][divmod(self.place, TILE)]

    @property
    def good(self) -> str:
        """What it needs: magnets or chips."""
        return GOODS.names[self.model.state.firms["good"][self.place // TILE]]

    @property
    def sector(self) -> str:
        """Its sector's name."""
        return self.model.params.sectors[self.quantity("sector")]

    @property
    def stock(self) -> float:
        """Stock, weeks of need."""
        return float(self.quantity("stock"))

    @property
    def shortage(self) -> float:
        """Share of this week's need that it lacked."""
        return float(self.quantity("shortage"))

    @property
    def licensed(self) -> bool:
        """Whether it holds a licence in force."""
        return bool(self.quantity("until") > self.model.week)

    @property
    def waiting(self) -> bool:
        """Whether it stands in the licence queue."""
        return bool(self.quantity("pending"))

    @property
    def other_share(self) -> float:
        """Share of need that it covers from other sources."""
        return float(self.quantity("other_share"))

    def seek_licence(self) -> None:
        """Apply for a licence if its stock runs out within the wait that it expects."""
        steps.seek_licence(*self.model.all_firms, self.place)

    def operate(self) -> None:
        """Receive, use and order goods; record the shortage."""
        steps.operate(*self.model.all_firms, self.place)
