"""Rules between settings: terms that contradict one another make a run meaningless and are refused.

Each rule yields what it finds; the first problem is raised. Bounds of single settings are :mod:`sim.config.validate`'s.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from sim.config.errors import SimError
from sim.config.schema import Scenario

__all__ = ["check_file_name", "check_scenario"]

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


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
    for rule in (_issue_rules, _tariff_rules, _firm_rules, _licence_rules, _calendar_rules):
        for problem in rule(scenario):
            raise problem


_DRIVER_OWNERS = {
    "us_tariff": "us",
    "cn_tariff": "cn",
    "civil_magnets": "cn",
    "military_magnets": "cn",
    "ai_chips": "us",
}


def _issue_rules(scenario: Scenario) -> Iterator[SimError]:
    if not scenario.issues:
        yield SimError("nothing to bargain over", key="issues", cure="keep at least one issue")
    driven: dict[str, str] = {}
    for name, issue in scenario.issues.items():
        path = f"issues.{name}"
        for level in ("terms", "in_force", "lapse"):
            if getattr(issue, level) > issue.red_line:
                yield SimError(
                    f"below {level}: the owner would already have conceded more than it ever will",
                    key=f"{path}.red_line",
                    given=issue.red_line,
                    allowed=f"at least {getattr(issue, level):g} ({path}.{level})",
                )
        if issue.lapse > issue.terms:
            yield SimError(
                "a lapse would concede more than the truce",
                key=f"{path}.lapse",
                given=issue.lapse,
                allowed=f"at most {issue.terms:g} ({path}.terms)",
            )
        if issue.driver in driven:
            yield SimError(
                f"the same issue twice: {driven[issue.driver]} has this driver already",
                key=f"{path}.driver",
                given=issue.driver,
            )
        owner = _DRIVER_OWNERS.get(issue.driver)
        if owner is not None:
            driven[issue.driver] = name
            if owner != issue.owner:
                yield SimError(
                    "the other side controls this",
                    key=f"{path}.owner",
                    given=issue.owner,
                    allowed=f"{owner} for {issue.driver}",
                )


def _tariff_rules(scenario: Scenario) -> Iterator[SimError]:
    for side in ("us", "cn"):
        importer, path = getattr(scenario.economy, side), f"economy.{side}"
        if importer.floor_tariff >= importer.ceiling_tariff:
            yield SimError(
                "not below the ceiling",
                key=f"{path}.floor_tariff",
                given=importer.floor_tariff,
                allowed=f"less than {importer.ceiling_tariff:g} ({path}.ceiling_tariff)",
            )
        if importer.elasticity_short > importer.elasticity_long:
            yield SimError(
                "demand would respond less in the long run than in the short",
                key=f"{path}.elasticity_short",
                given=importer.elasticity_short,
                allowed=f"at most {importer.elasticity_long:g} ({path}.elasticity_long)",
            )
        threshold = getattr(scenario.outcomes, f"{side}_tariff")
        if threshold < importer.floor_tariff:
            yield SimError(
                "no agreement could bring the tariff so low: breakthrough is ruled out",
                key=f"outcomes.{side}_tariff",
                given=threshold,
                allowed=f"at least {importer.floor_tariff:g} ({path}.floor_tariff)",
            )


def _firm_rules(scenario: Scenario) -> Iterator[SimError]:
    seen: set[str] = set()
    for good in ("magnets", "chips"):
        sectors, path = getattr(scenario.firms, good).sectors, f"firms.{good}.sectors"
        if not sectors:
            yield SimError("no sector", key=path, cure="keep at least one")
        if not sum(sector.share for sector in sectors.values()) > 0:
            yield SimError("the shares sum to 0: no firm has a sector", key=path, cure="give a sector a share above 0")
        for name in sectors:
            if name in seen:
                yield SimError("a sector of both goods: results could not tell them apart", key=f"{path}.{name}")
            seen.add(name)


def _licence_rules(scenario: Scenario) -> Iterator[SimError]:
    licensing = scenario.licensing
    pairs = [(f"{good}.approve_withheld", getattr(licensing, good), good) for good in ("magnets", "chips")]
    for name, authority, good in pairs:
        if authority.approve_withheld > authority.approve_permitted:
            yield SimError(
                "approval would be easier when the good is withheld than when it is permitted",
                key=f"licensing.{name}",
                given=authority.approve_withheld,
                allowed=f"at most {authority.approve_permitted:g} (licensing.{good}.approve_permitted)",
            )
    if licensing.approve_withheld_military > licensing.magnets.approve_permitted:
        yield SimError(
            "approval would be easier when the good is withheld than when it is permitted",
            key="licensing.approve_withheld_military",
            given=licensing.approve_withheld_military,
            allowed=f"at most {licensing.magnets.approve_permitted:g} (licensing.magnets.approve_permitted)",
        )


def _calendar_rules(scenario: Scenario) -> Iterator[SimError]:
    start = dt.date.fromisoformat(scenario.calendar.start)
    weeks = scenario.calendar.horizon_weeks
    if scenario.outcomes.weeks_in_force > weeks:
        yield SimError(
            "longer than the run: breakthrough is ruled out",
            key="outcomes.weeks_in_force",
            given=scenario.outcomes.weeks_in_force,
            allowed=f"at most {weeks} (calendar.horizon_weeks)",
        )
    end = start + dt.timedelta(weeks=weeks)
    for name, event in scenario.shocks.events.items():
        path, day = f"shocks.events.{name}", dt.date.fromisoformat(event.start)
        if event.rate == 0 and day < start:
            yield SimError(
                "a single event before the first day never happens",
                key=f"{path}.start",
                given=event.start,
                allowed=f"from {start} (calendar.start)",
                cure="give a later day, or a rate above 0 for an event that recurs",
            )
        if day >= end:
            yield SimError(
                "after the last day",
                key=f"{path}.start",
                given=event.start,
                allowed=f"before {end}, {weeks} weeks from {start}",
            )
        if event.kind != "hawk" and event.size > 1:
            yield SimError(
                "more than all of it", key=f"{path}.size", given=event.size, allowed=f"at most 1 for {event.kind}"
            )
