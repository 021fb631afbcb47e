"""Levers that a search may move, from the words that a user gives (:mod:`sim.studies.lever_words`):
what each may be, and how far a move is.

A lever is a setting, or both sides' same setting moved to one value together. A number moves within its plausible range (widened to the
value that the scenario has), and the size of a move is in units of that range; of both sides the
larger counts. A choice or a flag, or a number with options, may take each of its other values, which is a
move of size 1: a whole range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.config.fields import Setting, leaves
from sim.config.scenario import Scenario
from sim.studies.lever_words import NUMBERS, TOGETHER, Asked, Given, of_both, read_levers
from sim.studies.levers import label_of

__all__ = ["DEFAULT", "Movable", "movable_levers"]

DEFAULT = ("us", "cn", "linkage", "truce", "licensing", "compliance")
"""Groups whose settings are levers unless some are named: what the two governments settle. The
economy, firms, politics and shocks are the world that they meet."""
_NEVER = ("calendar", "outcomes", "truce.in_force")
"""What no search moves unless it is named: the clock, the definitions of the outcomes (to move one
is to call the same run something else), and where the run starts."""
# a value is rounded to some hundredth of its range, to a step that reads well: a share is not known
# better than that
_STEPS = 100.0
_NICE = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Movable:
    """A lever and what it may be.

    Attributes
    ----------
    label
        What tables and figures call it.
    settings
        Its dotted names, one or two (both sides').
    own
        Their values in the scenario.
    kind
        ``number``, ``count``, ``choice`` (also of a number with options) or ``flag``.
    low, high
        Ends of the range in which a number moves; of others 0 and the last place in ``values``.
    unit
        Width of the plausible range: a move of this length has size 1.
    values
        What a choice or flag may be.
    """

    label: str
    settings: tuple[str, ...]
    own: tuple[Any, ...]
    kind: str
    low: float
    high: float
    unit: float
    values: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """Its setting; of both sides' with ``both`` in the place of the side."""
        one = self.settings[0]
        return one if len(self.settings) == 1 else str(of_both(one))

    @property
    def numeric(self) -> bool:
        """Whether it is a number that moves within a range."""
        return not self.values

    @cached_property
    def step(self) -> float:
        """To what its values are rounded."""
        if self.kind == "count":
            return 1.0
        least = self.unit / _STEPS
        power = 10.0 ** np.floor(np.log10(least))
        return float(power * next(nice for nice in _NICE if nice * power >= least * (1 - 1e-9)))

    def rounded(self, value: float) -> Any:
        """A number as it is run: the nearest step, within the range."""
        near = round(round(float(value) / self.step) * self.step, 12)
        near = min(max(near, self.low), self.high)
        return round(near) if self.kind == "count" else float(near)

    def size(self, value: Any) -> float:
        """How far a value is from the scenario's, in units of the range; of both sides the larger.

        Examples
        --------
        >>> (lever,) = movable_levers(Scenario(), ["deadline_firmness"])
        >>> round(lever.size(0.6), 2)  # 0.25 and 0.2 before, of a range of 0.5
        0.8
        """
        if not self.numeric:
            return float(any(value != own for own in self.own))
        return max(abs(float(value) - float(own)) for own in self.own) / self.unit

    def columns(self, value: Any) -> dict[str, Any]:
        """The value by dotted name."""
        return dict.fromkeys(self.settings, value)


def movable_levers(
    scenario: Scenario, given: Given | None = None, sides: str = TOGETHER
) -> list[Movable]:
    """The levers that words stand for, in the order of the settings.

    Parameters
    ----------
    scenario
        From which they move.
    given, sides
        What is named, as :func:`sim.studies.lever_words.read_levers` takes it; None takes the
        groups of ``DEFAULT``.

    Raises
    ------
    SimError
        A name that is none, a number without a plausible range, or a range that is none.

    Examples
    --------
    >>> [lever.label for lever in movable_levers(Scenario(), "linkage.us+linkage.cn")]
    ['participation linkage, both sides']
    """
    asked = read_levers(
        scenario,
        DEFAULT if given is None else given,
        _opens,
        in_all=lambda path: not path.startswith((*_NEVER, "issues")),
        sides=sides,
    )
    place = {path: number for number, (path, _, _) in enumerate(leaves(scenario))}
    found = [_movable(one) for one in asked]
    return sorted(found, key=lambda lever: place[lever.settings[0]])


def _opens(path: str, meta: Setting, _: Any) -> bool:
    """Whether a group brings it in: it has a plausible range or other values to take."""
    return (meta.kind not in NUMBERS or bool(meta.plausible)) and not path.startswith(_NEVER[-1])


def _movable(asked: Asked) -> Movable:
    joint, paths = asked.joint(), tuple(one.name for one in asked.settings)
    label, own = label_of(paths), tuple(one.own for one in asked.settings)
    if joint.categorical:
        values = tuple(dict.fromkeys((*joint.values(with_own=True), *own)))
        kind = "choice" if joint.meta.kind in NUMBERS else joint.meta.kind
        return Movable(label, paths, own, kind, 0.0, len(values) - 1.0, 1.0, values)
    low, high = joint.range()
    movable = Movable(label, paths, own, joint.meta.kind, low, high, high - low)
    return replace(movable, low=min(low, *own), high=max(high, *own))
