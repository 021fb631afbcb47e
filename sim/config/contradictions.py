"""Rules between settings: terms that contradict one another make a run meaningless and are refused.

A rule is written once, on named values, and asked of one scenario or of all rows of a design at a time. The first problem is raised. Bounds of
single settings are :mod:`sim.config.validate`'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.schema import Scenario
from sim.vocabulary import DRIVERS, GOODS, SIDES

if TYPE_CHECKING:
    import numpy as np

__all__ = ["check_file_name", "check_scenario", "first_contradiction", "in_a_rule"]

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
Values = Mapping[str, Any]


class _Rule(NamedTuple):
    """What may not be: ``broken`` of the values of ``reads``, each one value or a column.

    ``key`` is the setting at fault; ``allowed`` makes the words for what would do.
    """

    key: str
    problem: str
    broken: Callable[[Values], Any]
    reads: tuple[str, ...] = ()
    allowed: Callable[[Values], str] | None = None
    cure: str | None = None

    def error(self, values: Values) -> SimError:
        """The refusal of these single values."""
        allowed = self.allowed(values) if self.allowed else None
        return SimError(self.problem, key=self.key, given=values.get(self.key), allowed=allowed, cure=self.cure)


def check_file_name(name: str, path: str) -> None:
    """Refuse a name that could not safely name a folder on every system.

    Raises
    ------
    SimError
        Naming ``path`` and what is allowed.
    """
    allowed = "1 to 64 lower-case letters, digits, - and _, beginning with a letter or digit"
    if not _FILE_NAME.fullmatch(name):
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64]
        raise SimError(
            "not usable as the name of a folder", key=path, given=name, allowed=allowed, suggestion=slug or None
        )
    if name in _RESERVED:
        raise SimError("a name that some systems reserve", key=path, given=name, allowed=allowed)


def check_scenario(scenario: Scenario) -> None:
    """Rules between settings.

    Raises
    ------
    SimError
        The first contradiction that would make a run meaningless.
    """
    check_file_name(scenario.name, "name")
    values = {path: value for path, _, value in leaves(scenario)}
    for rule in _rules(scenario):
        if rule.broken(values):
            raise rule.error(values)


def first_contradiction(scenario: Scenario, columns: Mapping[str, np.ndarray]) -> tuple[int, SimError] | None:
    """The first row of a design that a rule refuses, and the refusal; None where all rows will do.

    Parameters
    ----------
    scenario
        What stays as it is, checked.
    columns
        Values of settings by dotted name, each checked by itself, columns of one length.
    """
    import numpy as np

    fixed = {path: value for path, _, value in leaves(scenario)}
    values, found = {**fixed, **columns}, list[tuple[int, _Rule]]()
    for rule in _rules(scenario):
        if not columns.keys().isdisjoint(rule.reads):
            mask = np.asarray(rule.broken(values))
            if mask.any():
                found.append((int(mask.argmax()), rule))
    if not found:
        return None
    row, rule = min(found, key=lambda pair: pair[0])
    return row, rule.error({**fixed, **{name: column[row].item() for name, column in columns.items()}})


def in_a_rule(scenario: Scenario, names: Iterable[str]) -> bool:
    """Whether any rule reads one of these settings; a design that moves none of them cannot contradict itself."""
    moved = set(names)
    return any(not moved.isdisjoint(rule.reads) for rule in _rules(scenario))


def _rules(scenario: Scenario) -> tuple[_Rule, ...]:
    """The rules that hold for the issues, sectors and events that a scenario has."""
    sectors = tuple(tuple(getattr(scenario.firms, good).sectors) for good in GOODS)
    events = tuple((name, event.start) for name, event in scenario.shocks.events.items())
    return _rules_for(tuple(scenario.issues), sectors, scenario.calendar.start, events)


@lru_cache(maxsize=64)
def _rules_for(
    issues: tuple[str, ...], sectors: tuple[tuple[str, ...], ...], start: str, events: tuple[tuple[str, str], ...]
) -> tuple[_Rule, ...]:
    parts = (
        _issue_rules(issues),
        _tariff_rules(),
        _firm_rules(sectors),
        _licence_rules(),
        _calendar_rules(start, events),
    )
    return tuple(rule for part in parts for rule in part)


def _at_most(key: str, other: str, problem: str) -> _Rule:
    return _Rule(key, problem, lambda v: v[key] > v[other], (key, other), lambda v: f"at most {v[other]:g} ({other})")


def _at_least(key: str, other: str, problem: str) -> _Rule:
    return _Rule(key, problem, lambda v: v[key] < v[other], (key, other), lambda v: f"at least {v[other]:g} ({other})")


def _issue_rules(names: tuple[str, ...]) -> Iterator[_Rule]:
    if not names:
        yield _Rule("issues", "nothing to bargain over", lambda v: True, cure="keep at least one issue")
    for name in names:
        path = f"issues.{name}"
        for level in ("terms", "in_force", "lapse"):
            problem = f"below {level}: the owner would already have conceded more than it ever will"
            yield _at_least(f"{path}.red_line", f"{path}.{level}", problem)
        yield _at_most(f"{path}.lapse", f"{path}.terms", "a lapse would concede more than the truce")
        for driver in DRIVERS.values():
            if driver.owner:
                yield _owned(path, driver.name, driver.owner)
    for first, second in combinations(names, 2):
        yield _driven_once(first, second)


def _owned(path: str, driver: str, owner: str) -> _Rule:
    reads = (f"{path}.owner", f"{path}.driver")
    return _Rule(
        reads[0], "the other side controls this", lambda v: (v[reads[0]] != owner) & (v[reads[1]] == driver), reads,
        lambda _: f"{owner} for {driver}",
    )  # fmt: skip


def _driven_once(first: str, second: str) -> _Rule:
    one, two = f"issues.{first}.driver", f"issues.{second}.driver"
    problem = f"the same issue twice: {first} has this driver already"
    return _Rule(two, problem, lambda v: (v[one] == v[two]) & (v[two] != "constant"), (one, two))


def _tariff_rules() -> Iterator[_Rule]:
    for side in SIDES:
        path = f"economy.{side}"
        floor, ceiling = f"{path}.floor_tariff", f"{path}.ceiling_tariff"
        yield _below(floor, ceiling)
        problem = "demand would respond less in the long run than in the short"
        yield _at_most(f"{path}.elasticity_short", f"{path}.elasticity_long", problem)
        problem = "no agreement could bring the tariff so low: breakthrough is ruled out"
        yield _at_least(f"outcomes.{side}_tariff", floor, problem)


def _below(floor: str, ceiling: str) -> _Rule:
    return _Rule(
        floor, "not below the ceiling", lambda v: v[floor] >= v[ceiling], (floor, ceiling),
        lambda v: f"less than {v[ceiling]:g} ({ceiling})",
    )  # fmt: skip


def _firm_rules(sectors_of: tuple[tuple[str, ...], ...]) -> Iterator[_Rule]:
    seen: set[str] = set()
    for good, sectors in zip(GOODS, sectors_of, strict=True):
        path = f"firms.{good}.sectors"
        if not sectors:
            yield _Rule(path, "no sector", lambda v: True, cure="keep at least one")
        yield _some_share(path, tuple(f"{path}.{name}.share" for name in sectors))
        for name in seen.intersection(sectors):
            yield _Rule(f"{path}.{name}", "a sector of both goods: results could not tell them apart", lambda v: True)
        seen.update(sectors)


def _some_share(path: str, shares: tuple[str, ...]) -> _Rule:
    problem = "the shares sum to 0: no firm has a sector"
    return _Rule(
        path, problem, lambda v: sum(v[share] for share in shares) <= 0, shares, cure="give a sector a share above 0"
    )


def _licence_rules() -> Iterator[_Rule]:
    problem = "approval would be easier when the good is withheld than when it is permitted"
    for good in GOODS:
        path = f"licensing.{good}"
        yield _at_most(f"{path}.approve_withheld", f"{path}.approve_permitted", problem)
    yield _at_most("licensing.approve_withheld_military", "licensing.magnets.approve_permitted", problem)


def _calendar_rules(start: str, events: tuple[tuple[str, str], ...]) -> Iterator[_Rule]:
    weeks = "calendar.horizon_weeks"
    yield _Rule(
        "outcomes.weeks_in_force", "longer than the run: breakthrough is ruled out",
        lambda v: v["outcomes.weeks_in_force"] > v[weeks], ("outcomes.weeks_in_force", weeks),
        lambda v: f"at most {v[weeks]} ({weeks})",
    )  # fmt: skip
    for name, day in events:
        yield from _event_rules(f"shocks.events.{name}", dt.date.fromisoformat(start), dt.date.fromisoformat(day))


def _event_rules(path: str, first: dt.date, day: dt.date) -> Iterator[_Rule]:
    start, rate, kind, size, weeks = f"{path}.start", f"{path}.rate", f"{path}.kind", f"{path}.size", "calendar.horizon_weeks"  # fmt: skip
    yield _Rule(
        start, "a single event before the first day never happens",
        lambda v: (v[rate] == 0) & (day < first), (rate,), lambda _: f"from {first} (calendar.start)",
        cure="give a later day, or a rate above 0 for an event that recurs",
    )  # fmt: skip
    yield _Rule(
        start, "after the last day", lambda v: (day - first).days >= 7 * v[weeks], (weeks,),
        lambda v: f"before {first + dt.timedelta(weeks=v[weeks])}, {v[weeks]} weeks from {first}",
    )  # fmt: skip
    yield _Rule(
        size, "more than all of it", lambda v: (v[kind] != "hawk") & (v[size] > 1), (kind, size),
        lambda v: f"at most 1 for {v[kind]}",
    )  # fmt: skip
