"""A licensing authority: MOFCOM for magnets, the Bureau of Industry and Security for chips."""

from __future__ import annotations

from typing import Any

from sim.agents.framework import Agent
from sim.agents.host import Host
from sim.rules import steps
from sim.vocabulary import GOODS

__all__ = ["LicensingAuthority"]


class LicensingAuthority(Agent):
    """The office that examines applications for ``good`` (0 magnets, 1 chips); it calls
    :mod:`sim.rules.licensing`.
    """

    model: Host

    def __init__(self, model: Host, good: int) -> None:
        super().__init__(model)
        self.place = good

    @property
    def row(self) -> Any:
        """Its record in the state."""
        return self.model.state.whole[0]["authorities"][self.place]

    @property
    def good(self) -> str:
        """What it licenses."""
        return GOODS.names[self.place]

    @property
    def queue(self) -> int:
        """Applications waiting."""
        return int(self.row["waiting"].sum())

    @property
    def examined(self) -> int:
        """Applications examined this week."""
        return int(self.row["examined"])

    @property
    def approved(self) -> int:
        """Applications approved this week."""
        return int(self.row["approved"])

    def clear_queue(self) -> None:
        """Examine what its capacity allows."""
        steps.clear_queue(*self.model.all_firms, self.place)
