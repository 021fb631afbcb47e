"""What an agent asks of the model it lives in; the model itself is
:class:`sim.model.TruceModel`.
"""

from __future__ import annotations

from typing import Any, Protocol

from sim.config.params import Params

__all__ = ["Host"]


class Host(Protocol):
    """The state and the settings of one run.

    Attributes
    ----------
    state
        World, sides, issues, authorities (``state.whole``) and tiles of firms (``state.firms``).
    params
        The scenario as numbers, with the names behind indices.
    all_sides, all_firms
        The arguments of steps (:mod:`sim.rules.steps`) that need no firm, and of those that do.
    """

    state: Any
    params: Params

    @property
    def all_sides(self) -> tuple[Any, ...]:
        """State and settings."""

    @property
    def all_firms(self) -> tuple[Any, ...]:
        """State, firms and settings."""

    @property
    def week(self) -> int:
        """Weeks since the start."""
