"""Levers over their ranges: what a sensitivity study moves, and between which values.

Levers are named as in :mod:`sim.studies.lever_words`. A choice, such as who plays which strategy, is
a matter of one side.

A number goes over its plausible range (``docs/parameters.md``), or over one that is given; ranges
are taken as uniform and independent: judgements. A categorical lever goes through its options.
Where a rule between two settings refuses a part of their plausible ranges, the range that loses the
smaller share is cut, so that levers stay independent; a range that is given is never cut. Joined
settings go over their ranges at once, each over its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.batch.sweep import Factor
from sim.config.contradictions import Bound, bound_rules
from sim.config.errors import SimError
from sim.config.fields import Setting, leaves
from sim.config.scenario import Scenario
from sim.studies.lever_words import (
    ALL,
    TOGETHER,
    Asked,
    AskedSetting,
    Given,
    read_levers,
    word_for,
)
from sim.studies.levers import notes_of, of_first_side
from sim.sweeps.design import values_at
from sim.vocabulary import GOODS, SIDES, STRATEGIES

__all__ = ["Cut", "RangedLever", "levers_of", "range_factor"]

# what a group brings in besides its plausible ranges: choices (of strategies those with a rule of
# their own: a transcript is decisions that are given), and a mediator, who proposes the Nash point
# at one meeting in fifty or never (as in configs/sweep/all_levers_sobol.yaml)
_CHOICES: dict[str, tuple[Any, ...]] = {
    **{f"{side}.strategy.kind": STRATEGIES.names for side in SIDES},
    "linkage.tracks": (),
    "linkage.enforcement": (),
    "truce.talks.first_speaker": (),
    "truce.talks.mediator_rate": (0.0, 0.02),
}


@dataclass(frozen=True)
class RangedLever:
    """Settings that are moved together, each over its own range or options.

    Attributes
    ----------
    label
        What tables and figures call it.
    factors
        Its settings with their ranges (low, high) or options (values), as in a sweep.
    base
        Their values in the scenario.
    given
        Whether the range was given, and not declared.
    """

    label: str
    factors: tuple[Factor, ...]
    base: tuple[Any, ...]
    given: bool = False

    @property
    def settings(self) -> tuple[str, ...]:
        """Dotted names of its settings."""
        return tuple(factor.name for factor in self.factors)

    @property
    def options(self) -> tuple[Any, ...]:
        """The options of a categorical lever; none of a number."""
        return self.factors[0].values

    @property
    def text(self) -> str:
        """The lever as it is written, with its ranges."""
        return "+".join(f"{factor.name}:{_range_text(factor)}" for factor in self.factors)

    def places(self) -> list[float]:
        """Coordinates that a first look takes: both ends of a range, or each option but the
        scenario's.
        """
        if not self.options:
            return [0.0, 1.0]
        count = len(self.options)
        return [(k + 0.5) / count for k in range(count) if self.options[k] != self.base[0]]

    def values(self, place: float) -> list[Any]:
        """Values of its settings at a coordinate in [0, 1]; NaN is where the scenario has them."""
        if np.isnan(place):
            return list(self.base)
        return [values_at(factor, np.asarray([place]))[0].item() for factor in self.factors]

    def columns(self, places: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """Its settings by name at coordinates (rows,); NaN is where the scenario has them."""
        stays = np.isnan(places)
        for factor, base in zip(self.factors, self.base, strict=True):
            values = values_at(factor, np.where(stays, 0.0, places))
            yield factor.name, np.where(stays, base, values) if stays.any() else values


@dataclass(frozen=True)
class Cut:
    """A plausible range that a rule between settings made narrower."""

    setting: str
    low: float
    high: float
    other: str
    why: str

    def __str__(self) -> str:
        return (
            f"{self.setting} is moved from {self.low:g} to {self.high:g} only: beyond, a rule refuses "
            f"some of {self.other} ({self.why})"
        )


def levers_of(
    scenario: Scenario, given: Given = ALL, sides: str = TOGETHER
) -> tuple[list[RangedLever], list[Cut]]:
    """The levers that words name, and the ranges that were cut.

    Parameters
    ----------
    scenario
        The scenario around which they are moved.
    given, sides
        What is named, as :func:`sim.studies.lever_words.read_levers` takes it.

    Raises
    ------
    SimError
        A name that is no setting or group, cannot be a lever, has no range, or is moved twice.

    Examples
    --------
    >>> levers, _ = levers_of(Scenario(), "linkage.cn,truce.length_weeks:6..39,us.strategy.kind")
    >>> [lever.label for lever in levers]
    ['participation linkage of Beijing', 'truce length', "Washington's strategy"]
    >>> len(levers_of(Scenario(), "us,cn")[0]), len(levers_of(Scenario(), "us,cn", "apart")[0])
    (24, 46)
    """
    usual = {path: value for path, _, value in leaves(Scenario())}

    def meant(path: str, meta: Setting, own: Any) -> bool:
        """Whether a declared range is meant for this setting: goods share a class and its ranges,
        and have defaults of their own.
        """
        here = usual.get(path, own)
        return bool(meta.plausible and meta.plausible[0] <= here <= meta.plausible[1])

    def opens(path: str, meta: Setting, own: Any) -> bool:
        return path in _CHOICES or meant(path, meta, own)

    asked = read_levers(scenario, given, opens, sides=sides, choices_apart=True)
    levers = list[RangedLever]()
    for one in sorted(asked, key=lambda one: one.brought):  # what a group brings in comes last
        for setting in one.settings:
            if not (setting.categorical or setting.given) and not opens(
                setting.name, setting.meta, setting.own
            ):
                raise setting.without_range()
        levers.append(_lever(one))
    return _cut(scenario, _labelled(levers))


def _lever(asked: Asked) -> RangedLever:
    factors = tuple(_factor(setting) for setting in asked.settings)
    if len(factors) > 1 and any(factor.values for factor in factors):
        given = "+".join(factor.name for factor in factors)
        cure = "separate its settings by commas"
        raise SimError("a categorical lever is one setting", key="levers", given=given, cure=cure)
    own = tuple(setting.own for setting in asked.settings)
    return RangedLever("", factors, own, any(setting.given for setting in asked.settings))


def _factor(setting: AskedSetting) -> Factor:
    """What a setting is moved over; of a categorical one the scenario's own is among the options."""
    if not setting.given and _CHOICES.get(setting.name):
        setting = replace(setting, options=_CHOICES[setting.name])
    if setting.categorical:
        return Factor(setting.name, setting.values(with_own=True))
    return range_factor(setting)


def range_factor(setting: AskedSetting) -> Factor:
    """A number over its range, given or plausible, evenly."""
    low, high = setting.range()
    if setting.meta.kind == "count":
        return Factor(setting.name, distribution="integers", low=int(low), high=int(high))
    return Factor(setting.name, distribution="uniform", low=float(low), high=float(high))


def _range_text(factor: Factor) -> str:
    if factor.values:
        return "/".join(word_for(value) for value in factor.values)
    return f"{factor.low}..{factor.high}"


def _labelled(levers: list[RangedLever]) -> list[RangedLever]:
    """The levers with their names; what shares its words with another gets its group's name."""
    found = [replace(lever, label=_label(lever)) for lever in levers]
    labels = [lever.label for lever in found]
    return [
        replace(lever, label=f"{lever.label} ({lever.settings[0]})")
        if labels.count(lever.label) > 1
        else lever
        for lever in found
    ]


def _label(lever: RangedLever) -> str:
    notes = notes_of(lever.settings)
    firsts = [
        path
        for path in lever.settings
        if path == of_first_side(path) or of_first_side(path) not in lever.settings
    ]
    words = list(dict.fromkeys(notes[path]["label"] for path in firsts))
    label = " with ".join(words[:2]) + (f" and {len(words) - 2} more" if len(words) > 2 else "")
    group = firsts[0].split(".")[-2] if "." in firsts[0] else ""
    bare = firsts[0].rpartition(".")[2].replace("_", " ")
    # a setting without a label of its own is called by its last word: whose memory, which rate?
    if len(words) > 1 or not group or group in (*SIDES, *GOODS) or bare not in label.split(","):
        return label
    return label.replace(bare, f"{bare} ({group.replace('_', ' ')})", 1)


def _cut(scenario: Scenario, levers: list[RangedLever]) -> tuple[list[RangedLever], list[Cut]]:
    """Levers whose plausible ranges no rule between two of their settings refuses."""
    place = {path: lever for lever, one in enumerate(levers) for path in one.settings}
    values = {path: value for path, _, value in leaves(scenario)}
    factors = {f.name: f for lever in levers for f in lever.factors}
    cuts = list[Cut]()
    for rule in bound_rules(scenario):
        ends = _ends(rule, factors, values)
        if ends is None or place.get(ends[0]) == place.get(ends[1]):
            continue
        made = _narrower(rule, ends, factors, values, levers, place)
        if made is not None:
            factors[made.setting] = replace(
                factors[made.setting],
                low=_as(factors[made.setting], made.low),
                high=_as(factors[made.setting], made.high),
            )
            cuts.append(made)
    found = [
        replace(lever, factors=tuple(factors[f.name] for f in lever.factors)) for lever in levers
    ]
    return found, cuts


def _as(factor: Factor, end: float) -> float:
    return int(end) if factor.distribution == "integers" else end


def _ends(
    rule: Bound, factors: Mapping[str, Factor], values: Mapping[str, Any]
) -> tuple[str, str] | None:
    """The settings of a rule that says that one is at most the other: (smaller, larger); None of
    other rules, and where neither is moved over a range.
    """
    one = rule.rule
    if not one.compares or one.when or one.weeks or one.relation not in ("<=", ">="):
        return None
    left, right = one.left, str(one.right)
    if not any(path in factors and not factors[path].values for path in (left, right)):
        return None
    if any(path not in values for path in (left, right)):
        return None
    return (left, right) if one.relation == "<=" else (right, left)


def _narrower(
    rule: Bound,
    ends: tuple[str, str],
    factors: Mapping[str, Factor],
    values: Mapping[str, Any],
    levers: Sequence[RangedLever],
    place: Mapping[str, int],
) -> Cut | None:
    """The cut that loses the smaller share of a range; None where none is needed or possible."""
    (low, high), (floor, ceiling) = (
        _span(path, factors, values) for path in ends
    )  # smaller, larger
    if high <= floor:
        return None
    smaller, larger = ends
    choices = []
    if low < floor < high:
        choices.append(
            ((high - floor) / (high - low), Cut(smaller, low, floor, larger, rule.words))
        )
    if floor < high < ceiling:
        share = (high - floor) / (ceiling - floor)
        choices.append((share, Cut(larger, high, ceiling, smaller, rule.words)))
    own = [c for c in choices if _may_cut(c[1].setting, factors, levers, place)]
    return min(own, key=lambda choice: choice[0])[1] if own else None


def _may_cut(
    path: str,
    factors: Mapping[str, Factor],
    levers: Sequence[RangedLever],
    place: Mapping[str, int],
) -> bool:
    return path in factors and not factors[path].values and not levers[place[path]].given


def _span(
    path: str, factors: Mapping[str, Factor], values: Mapping[str, Any]
) -> tuple[float, float]:
    factor = factors.get(path)
    if factor is None:
        return float(values[path]), float(values[path])
    if factor.values:
        return float(min(factor.values)), float(max(factor.values))
    assert factor.low is not None and factor.high is not None
    return float(factor.low), float(factor.high)
