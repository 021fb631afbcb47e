"""Levers over their ranges: what a sensitivity study moves, and between which values.

A lever is what is moved together, as in :mod:`sim.studies.levers`: of the settings that a group or
``all`` names, both sides' same number is one lever, unless the sides are taken apart. A choice,
such as who plays which strategy, is a matter of one side.

A number goes over its plausible range (``docs/parameters.md``), or over one that is given; ranges
are taken as uniform and independent: judgements. A categorical lever goes through its options.
Where a rule between two settings refuses a part of their plausible ranges, the range that loses the
smaller share is cut, so that levers stay independent; a range that is given is never cut.

A lever is written as its settings joined by ``+``, each with a range or options where the declared
ones are not meant: ``linkage.us:0..0.4+linkage.cn``, ``us.strategy.kind:micro/hardliner``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.batch.sweep import Factor
from sim.config.check import check_value
from sim.config.contradictions import Bound, bound_rules
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves
from sim.config.scenario import Scenario
from sim.studies.levers import notes_of, of_first_side, of_other_side
from sim.sweeps.design import values_at
from sim.vocabulary import GOODS, SIDES

__all__ = ["ALL", "APART", "TOGETHER", "Cut", "RangedLever", "levers_of"]

ALL, TOGETHER, APART = "all", "together", "apart"
# what a group brings in besides its plausible ranges: choices, and a mediator, who tables the Nash
# point at one meeting in fifty or never (as in configs/sweep/all_levers_sobol.yaml)
_CHOICES: dict[str, tuple[Any, ...]] = {
    **{f"{side}.strategy.kind": () for side in SIDES},
    "linkage.tables": (),
    "linkage.enforcement": (),
    "truce.talks.first_speaker": (),
    "truce.talks.mediator_rate": (0.0, 0.02),
}
_MOVED = ("number", "count", "choice", "flag")  # days are the record's, texts are read by no rule
_CURE = (
    "levers=all, a group such as truce, or names of settings: linkage.cn,truce.length_weeks:6..39"
)
Given = str | Sequence[str] | Mapping[str, Any]


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
    given
        ``all``; names, groups and written levers, separated by commas or in a list; or a mapping of
        written levers to (low, high), a list of options, or None for what is declared.
    sides
        ``together``: both sides' same number, where a group or ``all`` names both, is one lever.

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
    (15, 28)
    """
    if sides not in (TOGETHER, APART):
        raise SimError(
            "neither together nor apart",
            key="sides",
            given=sides,
            allowed=(TOGETHER, APART),
            suggestion=nearest(str(sides), (TOGETHER, APART)),
        )
    found = _Found(scenario, sides)
    for text in _texts(given):
        found.add(text)
    return _cut(scenario, found.levers())


def _texts(given: Given) -> list[str]:
    """Written levers, one each."""
    if isinstance(given, str):
        given = given.split(",")
    if isinstance(given, Mapping):
        given = [_written(str(name), ends) for name, ends in given.items()]
    if not isinstance(given, Sequence) or not all(isinstance(text, str) for text in given):
        raise SimError("not names of levers", key="levers", given=given, cure=_CURE)
    if not given or not all(text.strip() for text in given):
        raise SimError("a name is missing", key="levers", given=",".join(given), cure=_CURE)
    return [text.strip() for text in given]


def _written(name: str, ends: Any) -> str:
    """A lever of a mapping as it is written on the command line."""
    if ends is None:
        return name
    if isinstance(ends, tuple) and len(ends) == 2:
        return f"{name}:{ends[0]}..{ends[1]}"
    if isinstance(ends, list) and ends:
        return f"{name}:{'/'.join(_word(value) for value in ends)}"
    allowed = "(low, high), a list of options, or None"
    raise SimError("not a range", key=f"levers: {name}", given=ends, allowed=allowed)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _range_text(factor: Factor) -> str:
    if factor.values:
        return "/".join(_word(value) for value in factor.values)
    return f"{factor.low}..{factor.high}"


class _Found:
    """Levers collected word by word; no setting is in two."""

    def __init__(self, scenario: Scenario, sides: str) -> None:
        self._together = sides == TOGETHER
        self._known = {path: (meta, value) for path, meta, value in leaves(scenario)}
        self._usual = {path: value for path, _, value in leaves(Scenario())}
        self._sets: list[tuple[tuple[Factor, ...], bool]] = []
        self._groups: list[str] = []  # settings that groups named, in order

    def add(self, text: str) -> None:
        """A group, or a written lever."""
        if text == ALL or self._is_group(text):
            below = [path for path in self._known if text == ALL or path.startswith(f"{text}.")]
            moved = [path for path in below if path in _CHOICES or self._plausible(path)]
            if not moved:
                number = next((p for p in below if self._known[p][0].kind == "number"), "NAME")
                raise SimError(
                    "a group without plausible ranges",
                    key="levers",
                    given=text,
                    cure=f"name settings with a range of your own: {number}:LOW..HIGH",
                )
            self._groups += [path for path in moved if path not in self._groups]
            return
        parts = [self._factor(*part.partition(":")[::2]) for part in text.split("+")]
        if any(part.values for part, _ in parts) and len(parts) > 1:
            raise SimError(
                "a categorical lever is one setting", key="levers", given=text, cure=_CURE
            )
        self._sets.append((tuple(part for part, _ in parts), any(own for _, own in parts)))

    def levers(self) -> list[RangedLever]:
        """All that was named, in order; those that a group brings in are left out where they are
        also named.
        """
        named = [factor.name for factors, _ in self._sets for factor in factors]
        for name in named:
            if named.count(name) > 1:
                raise SimError("moved by two levers", key="levers", given=name)
        brought = [path for path in self._groups if path not in named]
        sets = [*self._sets, *((self._joined(path, brought), False) for path in brought)]
        return _labelled(
            [
                RangedLever("", factors, tuple(self._known[f.name][1] for f in factors), given)
                for factors, given in sets
                if factors
            ]
        )

    def _joined(self, path: str, brought: Sequence[str]) -> tuple[Factor, ...]:
        """A setting with the other side's; none for the second of a pair."""
        factor, _ = self._factor(path, "")
        other = of_other_side(path)
        if not self._together or factor.values or other == path or other not in brought:
            return (factor,)
        if path != of_first_side(path):
            return ()
        return factor, self._factor(other, "")[0]

    def _is_group(self, text: str) -> bool:
        return any(path.startswith(f"{text}.") for path in self._known)

    def _plausible(self, path: str) -> bool:
        """Whether a declared range is meant for this setting: goods share a class and its ranges,
        and have defaults of their own.
        """
        meta, value = self._known[path]
        usual = self._usual.get(path, value)
        return bool(meta.plausible and meta.plausible[0] <= usual <= meta.plausible[1])

    def _factor(self, name: str, ends: str) -> tuple[Factor, bool]:
        """A setting with what it is moved over, and whether that was given."""
        name = name.strip()
        if name not in self._known:
            names = (*self._known, *_groups_of(self._known), ALL)
            raise SimError(
                "no such setting or group",
                key="levers",
                given=name,
                suggestion=nearest(name, names),
                cure=_CURE,
            )
        meta, value = self._known[name]
        if meta.kind not in _MOVED:
            raise SimError(f"cannot be a lever, being a {meta.kind}", key="levers", given=name)
        if ends:
            return _given_factor(name, meta, value, ends), True
        if meta.kind in ("choice", "flag"):
            return Factor(name, meta.choices or (False, True)), False
        if name in _CHOICES:
            return Factor(name, _with(value, _CHOICES[name])), False
        if not self._plausible(name):
            raise SimError(
                "no plausible range is declared for it",
                key="levers",
                given=name,
                cure=f"give one: {name}:LOW..HIGH",
            )
        assert meta.plausible is not None
        return _ranged(name, meta, *meta.plausible), False


def _groups_of(paths: Iterable[str]) -> list[str]:
    parts = [path.split(".") for path in paths]
    return sorted({".".join(part[:k]) for part in parts for k in range(1, len(part))})


def _ranged(name: str, meta: Setting, low: float, high: float) -> Factor:
    if meta.kind == "count":
        return Factor(name, distribution="integers", low=int(low), high=int(high))
    return Factor(name, distribution="uniform", low=float(low), high=float(high))


def _given_factor(name: str, meta: Setting, value: Any, ends: str) -> Factor:
    """A setting over the range or options that were written behind it."""
    key = f"levers: {name}"
    if ".." in ends:
        if meta.kind not in ("number", "count"):
            cure = f"give options: {name}:{'/'.join(meta.choices) or 'true/false'}"
            raise SimError("a range is for numbers", key=key, given=ends, cure=cure)
        low, high = (_value(meta, end, key) for end in ends.split("..", 1))
        if low >= high:
            raise SimError("the range has no width", key=key, given=ends, allowed="LOW..HIGH")
        return _ranged(name, meta, low, high)
    options = tuple(_value(meta, option, key) for option in ends.split("/"))
    if len(set(options)) < len(options):
        raise SimError("an option is given twice", key=key, given=ends)
    options = _with(value, options)
    if len(options) < 2:
        raise SimError("nothing to move: it has this value", key=key, given=ends)
    return Factor(name, options)


def _with(value: Any, options: tuple[Any, ...]) -> tuple[Any, ...]:
    """Options, the scenario's own among them."""
    return options if value in options else (value, *options)


def _value(meta: Setting, text: str, key: str) -> Any:
    """A written value, checked."""
    given: Any = text.strip()
    if meta.kind == "flag":
        given = {"true": True, "false": False}.get(given, given)
    elif meta.kind in ("number", "count"):
        try:
            given = float(given)
        except ValueError:
            raise SimError(
                "not a number", key=key, given=given, allowed="LOW..HIGH or A/B/C"
            ) from None
        if meta.kind == "count" and given.is_integer():
            given = int(given)
    return check_value(meta, given, key)


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
