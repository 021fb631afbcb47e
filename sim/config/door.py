"""The one check where a scenario is taken, whoever made it: every door calls it.

A scenario is frozen, but :func:`dataclasses.replace` makes another without any check.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.config.check import build
from sim.config.errors import SimError
from sim.config.scenario import Scenario

__all__ = ["take_scenario"]


def take_scenario(
    given: Scenario | str | None, settings: Mapping[str, object] | None = None, key: str = "scenario"
) -> Scenario:
    """The scenario given, checked; the one of that name, or the default for None.

    Parameters
    ----------
    given
        A scenario, the name of one, or None.
    settings
        Settings to change, by dotted name; see :meth:`Scenario.change`.
    key
        What messages call the argument.

    Raises
    ------
    SimError
        What is no scenario; every setting that will not do; settings that contradict one another.
    """
    if given is None or isinstance(given, str):
        from sim.config.compose import load  # composes with Hydra, which is slow to import

        given = load(f"scenario={given}") if given else load()
    elif not isinstance(given, Scenario):
        allowed = "a scenario as sim.load makes it, or the name of one"
        raise SimError("not a scenario", key=key, given=type(given).__name__, allowed=allowed)
    checked = build(Scenario, given)
    return checked.change(settings) if settings else checked
