"""Tariffs as rates where a concession level stands: ``issues.us_tariff.terms: 55 %``.

A level is a share of the way from the ceiling of a tariff (0) to its floor (1). A person says a
rate; with the sign of per cent it is taken for one, and for tariffs only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sim.config.dated import dated_name, flat_changes, settings_once
from sim.config.errors import SimError
from sim.config.groups.economy import Economy
from sim.config.groups.issues import DEFAULT_ISSUES
from sim.vocabulary import DRIVERS, SIDES

__all__ = ["level_of", "with_levels"]

_LEVELS = ("terms", "in_force", "lapse", "red_line")
_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")


def level_of(rate: float, ceiling: float, floor: float) -> float:
    """The concession level of a tariff: (ceiling - rate) / (ceiling - floor), all ad valorem.

    Examples
    --------
    >>> round(level_of(0.55, 1.241, 0.208), 3)
    0.669
    """
    return (ceiling - rate) / (ceiling - floor)


def with_levels(plain: Mapping[str, Any]) -> Mapping[str, Any]:
    """Plain data of a scenario with the rates of its tariff issues as levels.

    Raises
    ------
    SimError
        A rate above the ceiling or below the floor; a number above 1, which is no level.
    """
    if isinstance(plain.get("changes"), Mapping) and plain["changes"]:
        plain = {**plain, "changes": _changes_with_levels(plain)}
    issues = plain.get("issues")
    if not isinstance(issues, Mapping):
        return plain
    found = {
        name: _with_levels(str(name), issue, plain) if isinstance(issue, Mapping) else issue
        for name, issue in issues.items()
    }
    return (
        plain if all(found[name] is issues[name] for name in issues) else {**plain, "issues": found}
    )


def _with_levels(
    name: str, issue: Mapping[str, Any], plain: Mapping[str, Any]
) -> Mapping[str, Any]:
    usual = DEFAULT_ISSUES.get(name)
    driver = issue.get("driver", usual.driver if usual else "")
    if driver not in DRIVERS or not DRIVERS[driver].tariff:
        return issue
    said = {key: issue[key] for key in _LEVELS if key in issue}
    rates = {key: rate for key, value in said.items() if (rate := _rate_in(value)) is not None}
    if not rates:
        return issue
    ceiling, floor = _ends(DRIVERS[driver].owner, plain)
    levels = dict(issue)
    for key, rate in rates.items():
        where, level = f"issues.{name}.{key}", level_of(rate, ceiling, floor)
        allowed = (
            f"a rate from {100 * floor:.1f} % (its floor) to {100 * ceiling:.1f} % (its ceiling)"
        )
        if not -1e-12 <= level <= 1 + 1e-12:
            raise SimError("out of bounds", key=where, given=said[key], allowed=allowed)
        if not isinstance(said[key], str):
            raise SimError(
                "a level from 0 to 1 stands here, not a rate",
                key=where,
                given=said[key],
                allowed="0 (the tariff's ceiling) to 1 (its floor), or a rate with its sign, such as 55 %",
                suggestion=f"{100 * rate:g} %",
                cure=f"a tariff of {100 * rate:g} % is level {level:.3f} here",
            )
        levels[key] = min(1.0, max(0.0, level))
    return levels


def _changes_with_levels(plain: Mapping[str, Any]) -> dict[Any, Any]:
    """The changes of each day, with rates as levels between the ends of the tariff on that day."""
    found, now = dict[Any, Any](), dict(plain)
    for day, changes in sorted(plain["changes"].items(), key=lambda item: str(item[0])):
        if not isinstance(changes, Mapping):
            found[day] = changes
            continue
        flat = settings_once(flat_changes(changes), dated_name(str(day), ""))
        economy = {side: dict(_side_of(now, side)) for side in SIDES}
        for name, value in flat.items():
            group, side, end = (*name.split("."), "", "")[:3]
            if group == "economy" and side in SIDES and end:
                economy[side][end] = value
        now["economy"] = economy
        for name, value in flat.items():
            group, issue, key = (*name.split("."), "", "")[:3]
            if group == "issues" and key in _LEVELS and _rate_in(value) is not None:
                known = (plain.get("issues") or {}).get(issue, {})
                driver = known.get("driver") if isinstance(known, Mapping) else None
                named = {key: value, **({"driver": driver} if driver else {})}
                flat[name] = _with_levels(issue, named, now)[key]
        found[day] = flat
    return found


def _side_of(plain: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    """What plain data say of a side's economy."""
    economy = plain.get("economy")
    own = economy.get(side) if isinstance(economy, Mapping) else None
    return own if isinstance(own, Mapping) else {}


def _rate_in(value: object) -> float | None:
    """The rate that a value says: text with the sign of per cent, or a number that is no level."""
    if isinstance(value, str) and (found := _RATE.fullmatch(value)):
        return float(found[1]) / 100.0
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) / 100.0 if number and value > 2.0 else None  # type: ignore[arg-type, operator]


def _ends(side: str, plain: Mapping[str, Any]) -> tuple[float, float]:
    """Ceiling and floor of a side's tariff, those of the default economy where none are given."""
    usual, own = getattr(Economy(), side), plain.get("economy")
    own = own.get(side) if isinstance(own, Mapping) else None
    own = own if isinstance(own, Mapping) else {}
    ends = (
        own.get(f"{end}_tariff", getattr(usual, f"{end}_tariff")) for end in ("ceiling", "floor")
    )
    values = [float(end) for end in ends if isinstance(end, (int, float))]
    if len(values) < 2 or values[0] <= values[1]:  # refused by name where it is checked
        return usual.ceiling_tariff, usual.floor_tariff
    return values[0], values[1]
