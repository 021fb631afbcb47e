"""A box in use: in words, as the scenario in its middle, and as a sweep within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from sim.analysis.boxes import Box, Domain, Limit, readable
from sim.analysis.labels import label_of, value_words
from sim.batch.sweep import Constraint, Factor, Sweep
from sim.config.contradictions import bound_rules
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.scenario import Scenario
from sim.results.columns import Notes
from sim.studies.points import DRAWN, Points
from sim.vocabulary import OUTCOMES

__all__ = ["box_sweep", "middle_of", "middle_value", "place_words"]

_COMPARED = ("<", "<=", ">=")
_SWEEP_POINTS = 512  # of a box: with four runs each its share is known to some 3 points
_SAID = (
    *("weeks", "per week", "per year", "bn USD", "bn USD/yr", "meetings/week"),
    *("applications/week", "extensions", "rungs", "offers"),
)
"""Units that are said; the others (a share, an exponent, a ratio) say of which kind a number is."""


def place_words(box: Box, domains: Mapping[str, Domain], notes: Notes) -> str:
    """A box in words: ``Beijing's participation linkage is above 0.6 and …``."""
    parts = []
    for name, limit in box.limits.items():
        unit = notes[name]["unit"]
        words = _limit_words(limit, domains[name], unit if unit in _SAID else "")
        parts.append(f"{label_of(name, notes, unit=False)} is {words}")
    if len(parts) > 2:
        return f"{', '.join(parts[:-1])} and {parts[-1]}"
    return " and ".join(parts)


def _limit_words(limit: Limit, domain: Domain, unit: str) -> str:
    if domain.values:
        return " or ".join(value_words(value) for value in limit.values)
    low, high = (value_words(end) for end in limit[:2])
    after = f" {unit}" if unit else ""
    if limit.low == limit.high:
        return f"{low}{after}"
    if limit.high >= domain.high:
        return f"{low}{after} or more"
    if limit.low <= domain.low:
        return f"{high}{after} or less"
    return f"from {low} to {high}{after}"


def middle_of(points: Points, box: Box) -> Scenario | None:
    """The scenario with the levers of a box in its middle, also the settings that follow them; None
    where that contradicts a rule between settings.
    """
    changes: dict[str, Any] = {
        name: middle_value(points, name, limit) for name, limit in box.limits.items()
    }
    changes |= {
        name: changes[first] for name, first in points.sweep.copies.items() if first in changes
    }
    try:
        return points.scenario.change(changes)
    except SimError:
        return None


def middle_value(points: Points, name: str, limit: Limit) -> Any:
    """The middle of a limit in a readable number; of a choice the scenario's own, else the first."""
    domain = points.domains[name]
    if domain.values:
        own = {path: value for path, _, value in leaves(points.scenario)}[name]
        return own if own in limit.values else limit.values[0]
    middle = (limit.low + limit.high) / 2.0
    if domain.whole:
        return int(np.floor(middle))
    at = readable(Box({name: Limit(middle, middle)}), {name: domain}).limits
    return at[name].low if name in at else middle


def box_sweep(points: Points, box: Box, outcome: str) -> Sweep:
    """What was searched, within the limits of a box: a sweep of its own."""
    sweep = points.sweep
    if sweep.kind != "grid":  # of other kinds a part of the points is no design any more
        sweep = replace(
            sweep, kind="latin_hypercube", points=_SWEEP_POINTS, levels=4, second_order=False
        )
    factors = dict(sweep.factors)
    constraints = [*sweep.constraints, *_rules(points)]
    for name, limit in box.limits.items():
        narrow = _narrowed(factors[name], limit)
        if narrow is not None:
            factors[name] = narrow
            continue
        ends = ((">=", limit.low), ("<=", limit.high))
        constraints += [Constraint(name, sign, end) for sign, end in ends]
    return replace(
        sweep,
        name="box",
        title=f"Inside the box of {OUTCOMES[outcome].label}",
        question=f"How likely is {OUTCOMES[outcome].label} inside the box?",
        factors=factors,
        constraints=tuple(constraints),
        focus=(outcome,),
        contrast="",
    )


def _rules(points: Points) -> list[Constraint]:
    """The rules between settings that left out some of the points drawn, which a sweep would
    refuse.
    """
    sweep = points.sweep
    if points.source != DRAWN or len(points.runs) == sweep.points:
        return []
    return [
        Constraint(bound.rule.left, bound.rule.relation, bound.rule.right)
        for bound in bound_rules(points.scenario)
        if bound.rule.relation in _COMPARED
        and not (bound.rule.when or bound.rule.weeks)
        and not sweep.factors.keys().isdisjoint(bound.reads)
    ]


def _narrowed(factor: Factor, limit: Limit) -> Factor | None:
    """A factor within a limit; None where its distribution cannot be cut, and a constraint must."""
    if factor.values:
        return replace(factor, values=tuple(v for v in factor.values if limit.holds(v)))
    if factor.distribution not in ("uniform", "loguniform", "integers"):
        return None
    if limit.low == limit.high:
        whole = factor.distribution == "integers"
        return Factor(factor.name, values=(int(limit.low) if whole else limit.low,))
    ends: tuple[Any, Any] = (limit.low, limit.high)
    if factor.distribution == "integers":
        ends = (int(limit.low), int(limit.high))
    return replace(factor, low=ends[0], high=ends[1])
