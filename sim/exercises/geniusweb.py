"""GeniusWeb's linear additive profiles in JSON, read as Genius XML is: discrete values and stepped
numbers, weights, a reservation bid.

A profile holds its domain; a file of the domain alone is read with the profiles beside it. Utility
is the weighted sum of utilities as written, which GeniusWeb holds to 0 and 1. The files are a
stranger's and pass the strict reader of plain data (:mod:`sim.config.yaml`): bounded, no name twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sim.config.errors import SimError, nearest
from sim.config.yaml import Plain, read_yaml
from sim.exercises.exercise import Exercise, Topic
from sim.exercises.genius import ROUNDS, party_names
from sim.exercises.sheet import exercise_of, to_plain

__all__ = ["SPACE", "VALUES", "exercise_of_web", "is_web", "web_file_in"]

SPACE, VALUES = "LinearAdditiveUtilitySpace", "issuesValues"
_KINDS = ("UtilitySpace", "PartialOrdering")  # ends of the names of GeniusWeb's profiles
_DISCRETE = ("DiscreteValueSetUtilities", "discreteutils")
_NUMBERS = ("NumberValueSetUtilities", "numberutils")
_ENDS = ("lowValue", "lowUtility", "highValue", "highUtility")
_HEAD = 4_096  # bytes in which a profile says what it is
_MOST_VALUES = 200  # options of an issue, as in a case sheet
_CLOSE = 1e-6  # from 1, to which the weights of a profile add in GeniusWeb


@dataclass(frozen=True)
class _Profile:
    """What a file says: points of each option by issue, and those of the reservation bid."""

    points: dict[str, dict[str, float]]
    walk_away: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Node:
    """A mapping in a file, and how its faults are said."""

    plain: Plain
    path: str
    values: Mapping[str, Any]

    def wrong(self, name: str, problem: str, **parts: Any) -> SimError:
        """An error at an entry."""
        path = f"{self.path}.{name}" if self.path and name else self.path or name
        return SimError(
            problem, key=f"{self.plain.where(path) or self.plain.name}: {path}", **parts
        )

    def below(self, *names: str) -> _Node:
        """The mapping of the first of these names that is there."""
        name = next((one for one in names if one in self.values), names[0])
        found = self.values.get(name)
        if not isinstance(found, Mapping):
            problem = "is missing" if found is None else "not a mapping"
            raise self.wrong(name, problem, given=found, allowed=names, cure=f'"{name}": {{…}}')
        path = f"{self.path}.{name}" if self.path else name
        return _Node(self.plain, path, found)

    def number(self, name: str, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within bounds."""
        given: Any = self.values.get(name)
        number = isinstance(given, (int, float)) and not isinstance(given, bool)
        if not number or not math.isfinite(given) or not low <= given <= high:
            allowed = "a number" if low == -math.inf else f"a number from {low:g} to {high:g}"
            raise self.wrong(name, "no such number", given=given, allowed=allowed)
        return float(given)


def is_web(values: Mapping[str, Any]) -> bool:
    """Whether plain data is a profile or a domain of GeniusWeb.

    Examples
    --------
    >>> is_web({"LinearAdditiveUtilitySpace": {}}), is_web({"truce": {}})
    (True, False)
    """
    return VALUES in values or any(str(name).endswith(_KINDS) for name in values)


def web_file_in(folder: Path) -> Path | None:
    """The file of GeniusWeb that stands for a folder: its first profile; None where it has none."""
    return next(iter(_profiles_beside(folder)), None)


def exercise_of_web(
    plain: Plain, profiles: Sequence[Path] = (), rounds: int | None = None
) -> Exercise:
    """The exercise of a domain and two profiles, or of a profile and another.

    Parameters
    ----------
    plain
        The domain, or the profile of the first party.
    profiles
        Both profiles, or the other one; those beside it unless given.
    rounds
        Twenty unless given.

    Raises
    ------
    SimError
        Files that are no linear additive profiles of one domain, with file and line.
    """
    paths = _paths(plain, profiles)
    read = [plain if path == Path(plain.name) else read_yaml(path) for path in paths]
    spaces = [_space(one) for one in read]
    top = _Node(plain, "", plain.values)
    issues = _issues(top if VALUES in plain.values else spaces[0].below("domain"))
    for space in spaces:
        _same_domain(space, issues)
    found = [_profile(space, issues) for space in spaces]
    names = party_names(paths)
    notes = [] if rounds is not None else [f"{ROUNDS} rounds; a profile says nothing of them"]
    notes += [
        f"{name}: {note}" for name, one in zip(names, found, strict=True) for note in one.notes
    ]
    made = Exercise(
        name="_".join(names)[:60],
        parties=(names[0], names[1]),
        issues=tuple(
            Topic(
                name,
                options,
                (
                    tuple(found[0].points[name][one] for one in options),
                    tuple(found[1].points[name][one] for one in options),
                ),
            )
            for name, options in issues.items()
        ),
        walk_away=(found[0].walk_away, found[1].walk_away),
        rounds=ROUNDS if rounds is None else rounds,
        notes=tuple(notes),
    )
    exercise_of(to_plain(made), where=lambda path: plain.name)  # held to the bounds of every sheet
    return made


def _paths(plain: Plain, profiles: Sequence[Path]) -> list[Path]:
    """The files of both profiles, the first party first."""
    own = Path(plain.name)
    if VALUES in plain.values:
        found = list(profiles) or _profiles_beside(own.parent)
    elif len(profiles) == 2:
        found = list(profiles)
    else:
        found = [own, *(one for one in profiles or _profiles_beside(own.parent) if one != own)]
    if len(found) != 2:
        cure = "name both: profiles=us.json,cn.json (the first party first)"
        given = ", ".join(path.name for path in found) or "none"
        raise SimError("not two profiles", key=plain.name, given=given, cure=cure)
    return found


def _profiles_beside(folder: Path) -> list[Path]:
    """The JSON files of a folder that begin like a profile, by name."""
    return [path for path in sorted(folder.glob("*.json")) if _may_be_profile(path)]


def _may_be_profile(path: Path) -> bool:
    if not path.is_file():  # a pipe would wait for somebody to write
        return False
    try:
        with path.open("rb") as file:
            return f'"{SPACE}"'.encode() in file.read(_HEAD)
    except OSError:
        return False


def _space(plain: Plain) -> _Node:
    """The linear additive space of a profile's file."""
    other = next((name for name in plain.values if name != SPACE), "")
    if SPACE not in plain.values:
        problem = "not a linear additive profile"
        cure = "profiles= takes profiles of GeniusWeb; file= takes the domain too"
        raise SimError(
            problem, key=plain.where(other) or plain.name, given=other, allowed=SPACE, cure=cure
        )
    return _Node(plain, "", plain.values).below(SPACE)


def _issues(domain: _Node) -> dict[str, tuple[str, ...]]:
    """The options of each issue by name, as the domain lists them."""
    issues = domain.below(VALUES)
    if not issues.values:
        raise issues.wrong("", "no issue", cure='"quota": {"values": ["none", "half"]}')
    return {str(name): _options(issues.below(name), str(name)) for name in issues.values}


def _options(issue: _Node, name: str) -> tuple[str, ...]:
    """The values of an issue: listed, or numbers by a step."""
    if "range" in issue.values:
        return tuple(map(str, _stepped(issue)))
    listed = issue.values.get("values")
    if not isinstance(listed, list) or not listed:
        allowed = '"values": a list, or "range": [low, high, step]'
        raise issue.wrong("values", f"no values of {name}", given=listed, allowed=allowed)
    return tuple(str(one) for one in listed)


def _stepped(issue: _Node) -> list[Decimal]:
    """The numbers of a range, as they are written: 0.1 three times is 0.3."""
    given = issue.values["range"]
    parts = [given.get(n) for n in ("low", "high", "step")] if isinstance(given, dict) else given
    wrong = issue.wrong("range", "no such range", given=given, allowed="[low, high, step]")
    if not isinstance(parts, list) or len(parts) != 3:
        raise wrong
    try:
        low, high, step = (Decimal(str(one)) for one in parts)
        count = (high - low) / step if low < high and step > 0 else Decimal("NaN")
    except ArithmeticError:  # no number, or one beyond what numbers here are
        raise wrong from None
    if not count.is_finite():
        raise wrong
    if count >= _MOST_VALUES:
        cure = f"a longer step: at most {_MOST_VALUES} values"
        raise issue.wrong("range", "too many values", given=given, cure=cure)
    return [low + k * step for k in range(int(count) + 1)]


def _profile(space: _Node, issues: Mapping[str, tuple[str, ...]]) -> _Profile:
    """Points of every option: weight times utility."""
    weights, utilities = space.below("issueWeights"), space.below("issueUtilities")
    points: dict[str, dict[str, float]] = {}
    for name, options in issues.items():
        weight, own = weights.number(name, 0.0, 1.0), utilities.below(name)
        points[name] = {
            option: weight * utility for option, utility in _utilities(own, options, name)
        }
    total = sum(weights.number(name) for name in issues)
    notes = [] if abs(total - 1.0) < _CLOSE else [f"weights add to {total:g}, not to 1"]
    bid = space.values.get("reservationBid")
    if bid is None:
        notes.append("no reservation bid: nothing agreed is worth 0")
        return _Profile(points, 0.0, tuple(notes))
    kept = space.below("reservationBid").below("issuevalues")
    return _Profile(points, sum(_of_bid(kept, points)), tuple(notes))


def _same_domain(space: _Node, issues: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse a profile of another domain."""
    if "domain" not in space.values:
        return
    domain = space.below("domain")
    own = _issues(domain)
    for name in own.keys() | issues.keys():
        if set(own.get(name, ())) != set(issues.get(name, ())):
            near = nearest(name, issues) if name not in issues else None
            problem = "not the issue of the other file" if name in own else "an issue is missing"
            cure = "both profiles must be of one domain"
            raise domain.wrong(f"{VALUES}.{name}", problem, given=name, suggestion=near, cure=cure)


def _utilities(own: _Node, options: Sequence[str], issue: str) -> Iterator[tuple[str, float]]:
    """Each option of an issue with its utility."""
    if any(name in own.values for name in _NUMBERS):
        low, at_low, high, at_high = (own.below(*_NUMBERS).number(name) for name in _ENDS)
        if not low < high or not all(0.0 <= one <= 1.0 for one in (at_low, at_high)):
            allowed = "lowValue below highValue, utilities from 0 to 1"
            raise own.wrong("", f"no such utilities of {issue}", allowed=allowed)
        for option in options:
            try:
                share = (float(option) - low) / (high - low)
            except ValueError:
                problem = f"utilities of numbers, and {option} is none"
                raise own.wrong("", problem, cure=f"{_DISCRETE[0]} for listed values") from None
            yield option, at_low + (at_high - at_low) * share
        return
    if not any(name in own.values for name in _DISCRETE):
        known = (_DISCRETE[0], _NUMBERS[0])
        given = ", ".join(own.values)
        raise own.wrong("", "utilities that are not read", given=given, allowed=known)
    table = own.below(*_DISCRETE).below("valueUtilities")
    for option in options:
        if option not in table.values:
            near = nearest(option, table.values)
            raise table.wrong(
                "", f"no utility of {option}", suggestion=near, allowed=tuple(options)
            )
        yield option, table.number(option, 0.0, 1.0)


def _of_bid(kept: _Node, points: Mapping[str, Mapping[str, float]]) -> Iterator[float]:
    """The points of each issue's value in a bid."""
    for name, own in points.items():
        value = str(kept.values.get(name))
        if value not in own:
            allowed = tuple(own)
            raise kept.wrong(name, "no such value", given=kept.values.get(name), allowed=allowed)
        yield own[value]
