"""The levers that part two scenarios, and the scenarios between them in which some levers are moved
and others are not.

A lever is what is moved together. Both sides' same setting is one lever where both differ: the
comparison asks whether a deadline that is felt does the work, and not on which side of the table. A
named item (issue, event) that only one end has is one lever with all its settings; so are the
sectors of a good whose names differ, because their shares add to one, and the calendar's first day
with the events that are dated by it. Settings that a rule would refuse one without the other are
one lever too. Names, titles and descriptions are none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from sim.batch.sweep import SWEPT
from sim.config.check import to_plain
from sim.config.contradictions import bound_rules, first_contradiction
from sim.config.errors import SimError
from sim.config.fields import all_leaves
from sim.config.params import Records, join_records
from sim.config.scenario import Scenario
from sim.results.columns import design_notes, joint_notes
from sim.sweeps.design import params_of
from sim.vocabulary import GOODS, SIDES, other_side

__all__ = [
    "Lever",
    "label_of",
    "levers_between",
    "notes_of",
    "of_first_side",
    "of_other_side",
    "records_between",
]

_EVENTS, _START = ("shocks.events", "calendar.events"), "calendar.start"
_ITEMS = ("issues", "minerals", *_EVENTS)
_SECTORS = tuple(f"firms.{good}.sectors" for good in GOODS)
_TEXT = "text"
_FIRST_SIDE = SIDES.names[0]
Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Lever:
    """Settings that are moved together.

    Attributes
    ----------
    label
        What tables and figures call it.
    values
        Dotted name -> (value at the left end, value at the right); None where an end has no such
        item.
    columns
        Whether every setting is a number, choice or flag of both ends, so that it can be a column
        of a design.
    """

    label: str
    values: Mapping[str, Pair]
    columns: bool

    @property
    def settings(self) -> str:
        """Its dotted names in one text."""
        return "; ".join(self.values)


def levers_between(left: Scenario, right: Scenario) -> list[Lever]:
    """The levers in which two scenarios differ, in the order of the settings.

    Examples
    --------
    >>> london = Scenario()
    >>> [lever.label for lever in levers_between(london, london.change({"linkage.us": 0.5, "linkage.cn": 0.5}))]
    ['participation linkage, both sides']
    """
    kinds = {path: meta.kind for end in (left, right) for path, meta, _ in all_leaves(end)}
    moved = {path: pair for path, pair in left.diff(right).items() if kinds[path] != _TEXT}
    groups: dict[str, list[str]] = {}
    for path in moved:
        groups.setdefault(_home(path, moved), []).append(path)
    sets = _joined_by_rules(
        left, right, list(groups.values()), {path: kinds[path] in SWEPT for path in moved}
    )
    notes = notes_of(moved)
    return [_lever(paths, moved, kinds, notes) for paths in sets]


def _home(path: str, moved: Mapping[str, Pair]) -> str:
    """What a setting is moved with: a name that it shares with its fellows."""
    for family in _SECTORS:
        if path.startswith(f"{family}.") and any(
            None in moved[other] for other in moved if other.startswith(family)
        ):
            return family
    if path == _START or (
        _START in moved and path.startswith(tuple(f"{family}." for family in _EVENTS))
    ):
        return _START
    for family in _ITEMS:
        if path.startswith(f"{family}.") and None in moved[path]:
            return ".".join(path.split(".")[: family.count(".") + 2])
    return of_first_side(path) if of_other_side(path) in moved else path


def of_other_side(path: str) -> str:
    """The same setting of the other side; the path itself where it is of neither."""
    return ".".join(other_side(part) if part in SIDES else part for part in path.split("."))


def of_first_side(path: str) -> str:
    """The same setting of the first side; the path itself where it is of neither."""
    return ".".join(_FIRST_SIDE if part in SIDES else part for part in path.split("."))


def _joined_by_rules(
    left: Scenario, right: Scenario, groups: list[list[str]], swept: Mapping[str, bool]
) -> list[list[str]]:
    """Groups of settings, those put together that a rule refuses apart."""
    ends = [
        {path: _as_number(value) for path, _, value in all_leaves(end)} for end in (left, right)
    ]
    for rule in (*bound_rules(left), *bound_rules(right)):
        touched = [group for group in groups if not set(group).isdisjoint(rule.reads)]
        known = all(path in end for path in rule.reads for end in ends)
        if (
            len(touched) < 2
            or not known
            or not all(swept[path] for group in touched for path in group)
        ):
            continue
        for chosen in product((0, 1), repeat=len(touched)):
            place = {
                path: end for group, end in zip(touched, chosen, strict=True) for path in group
            }
            if rule.broken({path: ends[place.get(path, 0)][path] for path in rule.reads}):
                touched[0].extend(path for group in touched[1:] for path in group)
                groups = [group for group in groups if group not in touched[1:]]
                break
    return groups


def _as_number(value: Any) -> Any:
    """A day as a number, which is how rules compare it."""
    try:
        return dt.date.fromisoformat(value).toordinal()
    except (TypeError, ValueError):
        return value


def notes_of(moved: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Label and unit of settings by dotted name; of two that differ only in the side the first is
    called what both are.
    """
    moved = list(moved)
    both = {
        path: of_first_side(path)
        for path in moved
        if path != of_first_side(path) and of_first_side(path) in moved
    }
    notes = joint_notes(design_notes(moved), both)
    owned = f" of {SIDES[_FIRST_SIDE].label}"
    return {
        name: {**note, "label": note["label"].replace(f"{owned}, both sides", ", both sides")}
        for name, note in notes.items()
    }


def _lever(
    paths: Sequence[str],
    moved: Mapping[str, Pair],
    kinds: Mapping[str, str],
    notes: Mapping[str, Mapping[str, str]],
) -> Lever:
    values = {path: moved[path] for path in paths}
    columns = all(kinds[path] in SWEPT and None not in values[path] for path in paths)
    home = _home(paths[0], moved)
    if None in values[paths[0]] or home in (*_SECTORS, _START):
        label = (
            home.rpartition(".")[2].replace("_", " ")
            if home != _START
            else "first day and its events"
        )
        if home in _SECTORS:
            label = f"sectors of {GOODS[home.split('.')[1]].label}"
        return Lever(label, values, columns=False)
    return Lever(_label(paths, notes), values, columns)


def label_of(paths: Sequence[str]) -> str:
    """What tables and figures call settings that are moved together.

    Examples
    --------
    >>> label_of(["linkage.us", "linkage.cn"])
    'participation linkage, both sides'
    """
    return _label(paths, notes_of(paths))


def _label(paths: Sequence[str], notes: Mapping[str, Mapping[str, str]]) -> str:
    names = dict.fromkeys(
        notes[path]["label"]
        for path in paths
        if of_first_side(path) not in paths or path == of_first_side(path)
    )
    return " with ".join([*names][:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def records_between(
    left: Scenario, right: Scenario, levers: Sequence[Lever], inside: np.ndarray
) -> Records:
    """The settings of scenarios between two ends as records for the ensemble.

    Parameters
    ----------
    left, right
        The ends.
    levers
        What :func:`levers_between` gives for them.
    inside
        Which levers stand as at the right end, bool, shape (rows, levers).

    Raises
    ------
    SimError
        Levers that contradict one another when one is moved alone.
    """
    parts, places = list[Records](), list[np.ndarray]()
    apart = [k for k, lever in enumerate(levers) if not lever.columns]
    number = (
        inside[:, apart] @ (1 << np.arange(len(apart)))
        if apart
        else np.zeros(len(inside), np.int64)
    )
    for bits in np.unique(number):
        moved = [levers[k] for place, k in enumerate(apart) if bits >> place & 1]
        base = _base(left, right, moved)
        rows = np.flatnonzero(number == bits)
        columns: dict[str, np.ndarray] = {
            path: np.asarray([before, after])[inside[rows, k].astype(int)]
            for k, lever in enumerate(levers)
            if lever.columns
            for path, (before, after) in lever.values.items()
        }
        found = first_contradiction(base, columns) if columns else None
        if found is not None:
            raise _not_apart(found[1])
        parts.append(params_of(base, columns, len(rows)))
        places.append(rows)
    return join_records(parts).take(np.argsort(np.concatenate(places)))


def _base(left: Scenario, right: Scenario, moved: Iterable[Lever]) -> Scenario:
    """The left end with levers moved that cannot be columns."""
    changes: dict[str, object] = {}
    for lever in moved:
        for path, (before, after) in lever.values.items():
            family = next(
                (name for name in (*_ITEMS, *_SECTORS) if path.startswith(f"{name}.")), ""
            )
            item = ".".join(path.split(".")[: family.count(".") + 2])
            if after is None and before is not None:
                changes[f"~{item}"] = None
            elif before is None:
                changes[f"+{item}"] = _plain_at(right, item)
            else:
                changes[path] = after
    try:
        return left.change(changes) if changes else left
    except SimError as error:
        raise _not_apart(error) from None


def _plain_at(scenario: Scenario, path: str) -> Any:
    node: Any = to_plain(scenario)
    for part in path.split("."):
        node = node[part]
    return node


def _not_apart(error: SimError) -> SimError:
    cure = "give both scenarios the same value there, or compare nearer ones"
    return SimError(
        f"the levers cannot be moved one by one: {error.problem}",
        key=error.key,
        given=error.given,
        allowed=error.allowed,
        cure=cure,
    )
