"""Scenarios and settings as tables, for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.config.compose import load, take_scenario
from sim.config.fields import leaves
from sim.config.options import SCENARIOS, groups
from sim.config.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["scenarios", "settings"]


def scenarios() -> pd.DataFrame:
    """The scenarios that ship, a row each by ``name``: ``title``, ``about``, first day ``start``,
    ``horizon_weeks``, and how many settings ``differ`` from the default, London.

    Examples
    --------
    >>> int(scenarios().loc["london_2025", "differ"])
    0
    """
    import pandas as pd

    london = Scenario()
    shipped = [load(f"scenario={name}") for name in groups(Scenario)[SCENARIOS]]
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "about": one.about,
            "start": one.calendar.start,
            "horizon_weeks": one.calendar.horizon_weeks,
            "differ": len([path for path in one.diff(london) if "." in path]),
        }
        for one in shipped
    ]
    return pd.DataFrame(rows).set_index("name")


def settings(scenario: Scenario | str | None = None) -> pd.DataFrame:
    """Every setting of a scenario (default: London), a row each by its dotted ``name``: ``value``,
    ``unit``, what is ``allowed``, the ``plausible`` range of a judgement, ``meaning``, ``source``.

    Examples
    --------
    >>> settings().loc["truce.length_weeks", ["value", "unit"]].tolist()
    [13, 'weeks']
    """
    import pandas as pd

    rows = [
        {
            "name": path,
            "value": value,
            "unit": meta.unit,
            "allowed": meta.bounds,
            "plausible": "{:g} to {:g}".format(*meta.plausible) if meta.plausible else "",
            "meaning": meta.meaning,
            "source": meta.source,
        }
        for path, meta, value in leaves(take_scenario(scenario))
    ]
    return pd.DataFrame(rows).set_index("name")
