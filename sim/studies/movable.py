"""Levers that a search may move, from the names that a user gives: what each may be, and how far a
move is.

A lever is a setting, or both sides' same setting moved to one value together, as
:mod:`sim.studies.levers` counts them. A number moves within its plausible range (widened to the
value that the scenario has), and the size of a move is in units of that range; of both sides the
larger counts. A choice or a flag may take each of its other values, which is a move of size 1: a
whole range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.config.errors import SimError, nearest
from sim.config.fields import Setting, leaves
from sim.config.scenario import Scenario
from sim.studies.levers import label_of, of_first_side
from sim.sweeps.design import SWEPT
from sim.vocabulary import SIDES

__all__ = ["ALL", "DEFAULT", "Movable", "Ranges", "movable_levers"]

DEFAULT = ("us", "cn", "linkage", "truce", "licensing", "compliance")
"""Groups whose settings are levers unless some are named: what the two governments settle. The
economy, firms, politics and shocks are the world that they meet."""
ALL = "all"
_NEVER = ("calendar", "outcomes", "truce.in_force")
"""What no search moves unless it is named: the clock, the definitions of the outcomes (to move one
is to call the same run something else), and where the run starts."""
_NUMBERS = ("number", "count")
# a value is rounded to some hundredth of its range, to a step that reads well: a share is not known
# better than that
_STEPS = 100.0
_NICE = (1.0, 2.0, 5.0, 10.0)
BOTH = "both"
Ranges = Mapping[str, tuple[float, float] | None]


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
        ``number``, ``count``, ``choice`` or ``flag``.
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
        return one if len(self.settings) == 1 else _of_both(one)

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
    scenario: Scenario, names: Iterable[str] | Ranges | None = None
) -> list[Movable]:
    """The levers that names stand for, in the order of the settings.

    Parameters
    ----------
    scenario
        From which they move.
    names
        Settings, also with a range (``truce.length_weeks:8:26``), groups (``truce``), last parts of names (``deadline_firmness``: both sides', as
        ``both.deadline_firmness`` says too), or ``all``; as a mapping with the range of each, or None for its plausible range. None takes
        the groups of ``DEFAULT``. Where both sides' setting is named they are one lever.

    Raises
    ------
    SimError
        A name that is none, a number without a plausible range, or a range that is none.

    Examples
    --------
    >>> [lever.label for lever in movable_levers(Scenario(), ["linkage.us", "linkage.cn"])]
    ['participation linkage, both sides']
    """
    known = {path: (meta, value) for path, meta, value in leaves(scenario) if meta.kind in SWEPT}
    if isinstance(names, str) or not (names is None or isinstance(names, Iterable)):
        raise SimError("not a list of names", key="levers", given=names, cure="levers=[NAME, ...]")
    asked: Ranges = (
        names
        if isinstance(names, Mapping)
        else dict(_read(name) for name in (DEFAULT if names is None else names))
    )
    if not asked:
        raise SimError("no levers are named", key="levers", cure="name some, or leave it out")
    ranges = dict[str, tuple[float, float] | None]()
    for name, given in asked.items():
        for path in _paths(str(name), known, asked):
            ranges[path] = _range(path, known[path][0], given) if given is not None else None
    chosen = [path for path in known if path in ranges]
    together = dict[str, list[str]]()
    for path in chosen:
        together.setdefault(of_first_side(path), []).append(path)
    return [_movable(paths, known, ranges) for paths in together.values()]


def _read(given: object) -> tuple[str, tuple[float, float] | None]:
    """A name, and its range where there is one behind it."""
    name, colon, span = str(given).partition(":")
    if not colon:
        return name, None
    try:
        low, high = (float(end) for end in span.replace("..", ":").split(":"))
    except ValueError:
        raise SimError(
            "not a range",
            key="levers",
            given=given,
            allowed="NAME:LOW:HIGH, as in linkage.cn:0:0.5",
        ) from None
    return name, (low, high)


def _paths(name: str, known: Mapping[str, Any], asked: Ranges) -> list[str]:
    """The settings that a name stands for."""
    if name in known:
        meta = known[name][0]
        if meta.kind in _NUMBERS and not meta.plausible and asked[name] is None:
            cure = f"give one: {name}:{meta.low:g}:{meta.high:g}, or in Python {{'{name}': ({meta.low:g}, {meta.high:g})}}"
            raise SimError(
                "has no plausible range, so a move has no size", key="levers", given=name, cure=cure
            )
        return [name]
    many = [path for path in known if name == ALL and not path.startswith((*_NEVER, "issues"))]
    many = many or [path for path in known if path.startswith(f"{name}.")]
    last = [path for path in known if path.endswith(f".{name}") or _of_both(path) == name]
    found = last if asked[name] is not None else _open([*many, *last], known)
    if not found:
        names = {*known, *(path.partition(".")[0] for path in known)}
        raise SimError(
            "no such lever, or none with a plausible range",
            key="levers",
            given=name,
            allowed=f"settings, groups such as {', '.join(DEFAULT)}, the last part of a name, or {ALL}",
            suggestion=nearest(name, names),
        )
    return found


def _of_both(path: str) -> str:
    return ".".join(BOTH if part in SIDES else part for part in path.split("."))


def _open(paths: Iterable[str], known: Mapping[str, tuple[Setting, Any]]) -> list[str]:
    """Those that have a plausible range or other values to take."""
    return [
        path
        for path in paths
        if (known[path][0].kind not in _NUMBERS or known[path][0].plausible)
        and not path.startswith(_NEVER[-1])
    ]


def _range(path: str, meta: Setting, given: Any) -> tuple[float, float]:
    """A range given for a number, within the setting's bounds."""
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        low = high = float("nan")
    bounds = (meta.low, meta.high)
    if meta.kind not in _NUMBERS or None in bounds:
        raise SimError("takes no range", key="levers", given=f"{path} {given}", allowed=meta.bounds)
    assert meta.low is not None and meta.high is not None
    if not meta.low <= low < high <= meta.high:
        raise SimError(
            "not a range of this setting",
            key="levers",
            given=f"{path} from {given}",
            allowed=f"two rising numbers from {meta.low:g} to {meta.high:g}",
        )
    return low, high


def _movable(
    paths: Sequence[str],
    known: Mapping[str, tuple[Setting, Any]],
    ranges: Mapping[str, tuple[float, float] | None],
) -> Movable:
    meta, own = known[paths[0]][0], tuple(known[path][1] for path in paths)
    label = label_of(paths)
    if meta.kind not in _NUMBERS:
        values: tuple[Any, ...] = meta.choices if meta.kind == "choice" else (False, True)
        return Movable(label, tuple(paths), own, meta.kind, 0.0, len(values) - 1.0, 1.0, values)
    spans = [ranges[path] or known[path][0].plausible for path in paths]
    low = min(span[0] for span in spans if span)
    high = max(span[1] for span in spans if span)
    movable = Movable(label, tuple(paths), own, meta.kind, low, high, high - low)
    return replace(movable, low=min(low, *own), high=max(high, *own))
