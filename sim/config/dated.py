"""What a scenario dates: settings that change on a day, a chronology of events, a path of tariffs.

A change is called by its day and its setting: ``changes.2025-12-01.licensing.magnets.term_weeks``.
A setting that rules read on the first day alone, or that says what something is, cannot change on a
later one: :data:`FIXED` says which, why, and what to write instead. This module holds names and
words; :mod:`sim.config.check` checks values, :mod:`sim.config.contradictions` what a change makes
of other settings, :mod:`sim.config.params` makes numbers for rules.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Annotated, Any, ClassVar, NamedTuple

from sim.config.contradictions import Rule
from sim.config.errors import SimError, nearest
from sim.config.fields import Day, Group, In, OneOf, Text
from sim.config.renamed import why_gone
from sim.vocabulary import RULINGS, SHOCK_KINDS, SIDES

__all__ = [
    "CHANGES",
    "EVENT_RULES",
    "FIXED",
    "ChronologyEvent",
    "Fixed",
    "TariffDay",
    "dated_name",
    "events_of",
    "fixed_because",
    "flat_changes",
    "is_dated",
    "missing_change",
    "no_such_change",
    "outside",
    "path_of",
    "rate_in",
    "refuse_other_day",
    "settings_once",
    "split_dated",
    "stages",
    "values_in_force",
    "with_changes",
]

CHANGES = "changes"
_DATED = re.compile(rf"{CHANGES}\.(\d{{4}}-\d\d-\d\d)\.(.+)")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ANY_DAY = re.compile(rf"{CHANGES}\.(\d{{4}}-\d\d-\d\d|\d[\d./-]*)(?=\.\D|$)")
_DAY_SECOND = re.compile(r"[^.]+\.(\d{4}-\d\d-\d\d\..+)")
_OTHER_NAMES = {"deadline": "truce.first_deadline_weeks"}
"""Words of a command line -> the setting behind them."""
_PER_CENT = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*%\s*")
MOST_NOTE = 300  # letters of a note


EVENT_RULES = (
    Rule(
        "size",
        "<=",
        1,
        "more than all of it",
        when=(("kind", "is not", "hawk"),),
        allowed="at most 1 for {kind}",
    ),
    *(
        Rule(
            "size",
            ">=",
            1,
            "a ruling strikes all of it down",
            when=(("kind", "is", kind),),
            allowed="1 for {kind}",
        )
        for kind in RULINGS
    ),
    *(
        Rule(
            "side",
            "is",
            "us",
            "only Washington's duties rest on that law",
            when=(("kind", "is", kind),),
            allowed="us for {kind}",
        )
        for kind in (*RULINGS, "section_122")
    ),
)
"""Of an event, whether it stands in a chronology or is drawn."""


class ChronologyEvent(Group):
    """An event that happens on a day; it is certain."""

    table: ClassVar[tuple[str, str]] = ("a chronology", "event")

    day: Annotated[str, Day()]
    """the day; the event lands in its week. Source: the record"""
    kind: Annotated[str, OneOf(SHOCK_KINDS)]
    """what it moves, as of shocks.events. Source: docs/model.md, *Shocks*"""
    side: Annotated[str, OneOf(SIDES)]
    """the side it happens to. Source: definition of the event"""
    size: Annotated[float, In(0, 2, "share or pressure")]
    """as of shocks.events. Source: judgement"""
    note: Annotated[str, Text(MOST_NOTE)] = ""
    """what the table says of it besides; no rule reads it"""

    rules = EVENT_RULES


class TariffDay(Group):
    """Both sides' average tariffs from a day on."""

    one_per: ClassVar[str] = "day"
    table: ClassVar[tuple[str, str]] = ("a tariff path", "day")

    day: Annotated[str, Day()]
    """the day from which they hold. Source: the record"""
    us: Annotated[float, In(0, 5, "ad valorem")]
    """average US tariff on imports from China. Source: the record"""
    cn: Annotated[float, In(0, 5, "ad valorem")]
    """average Chinese tariff on imports from the US. Source: the record"""
    note: Annotated[str, Text(MOST_NOTE)] = ""
    """what the table says of it besides; no rule reads it"""


class Fixed(NamedTuple):
    """Settings, as a pattern of dotted names, that cannot change on a day: why, and the cure."""

    names: str
    why: str
    cure: str


_FIRST = "it is the state of the first day"
_WHAT = "it says what a thing is"
_DRAWN = "firms are drawn once, on the first day"
_ONCE = "it is drawn once, on the first day"
_RUN = "it means one thing for a whole run"
FIXED = (
    Fixed("calendar.*", _RUN, "set it for the run"),
    Fixed("outcomes.*", _RUN, "set it for the run"),
    Fixed("branch.*", _RUN, "set it for the run"),
    Fixed("issues.*.owner", _WHAT, "two issues, of which one has benefit 0 until the day"),
    Fixed("issues.*.track", _WHAT, "two issues, of which one has benefit 0 until the day"),
    Fixed("issues.*.driver", _WHAT, "two issues, of which one has benefit 0 until the day"),
    Fixed(
        "issues.*.terms",
        _FIRST,
        "issues.NAME.lapse and red_line may change; economy.tariff_path gives tariffs by day",
    ),
    Fixed(
        "issues.*.in_force",
        _FIRST,
        "a shock of kind delivery moves what is in force; economy.tariff_path gives tariffs by day",
    ),
    Fixed(
        "truce.in_force", _FIRST, "truce.reentry.rate opens talks, truce.max_extensions ends them"
    ),
    Fixed(
        "truce.first_deadline_weeks",
        "it is the deadline of the first truce",
        "deadline=DAY sets it; truce.length_weeks may change, for the truces after it",
    ),
    Fixed(
        "*.belief_error",
        "errors of beliefs are drawn with it at the start; a change would not draw them anew",
        "learning_rate may change",
    ),
    Fixed("*.belief_alive", _FIRST, "deadline_firmness and extension_bias may change"),
    Fixed("*.belief_weight", _FIRST, "deadline_firmness and extension_bias may change"),
    Fixed("politics.*.hawk_start", _FIRST, "a shock of kind hawk adds pressure on a day"),
    Fixed("economy.*.orders_start", _FIRST, "economy.us.order_speed and cn.order_speed may change"),
    Fixed(
        "economy.*.moved_start", _FIRST, "economy.us.anticipation and cn.anticipation may change"
    ),
    Fixed("compliance.*.trust", _FIRST, "compliance.trust_weeks may change"),
    Fixed("firms.*.firms", _DRAWN, "other settings of firms may change"),
    Fixed("firms.*.size_spread", _DRAWN, "other settings of firms may change"),
    Fixed("firms.*.cover_spread", _DRAWN, "other settings of firms may change"),
    Fixed("firms.*.stock_share", _DRAWN, "other settings of firms may change"),
    Fixed("firms.*.trusted_share", _DRAWN, "licensing.GOOD.green_channel may change"),
    Fixed("firms.*.pipeline_share", _FIRST, "a shock of kind supply moves other supply on a day"),
    Fixed(
        "firms.*.other_share",
        "flows are measured against what is normal on the first day",
        "a shock of kind supply moves other supply on a day",
    ),
    Fixed(
        "firms.*.shipping_weeks",
        "goods at sea keep the time they sailed with",
        "order_cap may change",
    ),
    Fixed("firms.*.sectors.*", _DRAWN, "loss_convexity and stop_threshold may change"),
    Fixed("licensing.*.licensed_share", _FIRST, "term_weeks and capacity may change"),
    Fixed("licensing.*.regime_start", _FIRST, "licensing.GOOD.regime may change"),
    Fixed("licensing.*.control_weeks", _FIRST, "capacity and hold_weeks may change"),
    Fixed("licensing.*.held_weeks", _FIRST, "hold_weeks may change"),
    Fixed("licensing.*.file_weeks_least", _DRAWN, "capacity and resubmit_weeks may change"),
    Fixed("licensing.*.file_weeks_most", _DRAWN, "capacity and resubmit_weeks may change"),
    Fixed("licensing.*.ahead_least", _DRAWN, "term_weeks and term_spread may change"),
    Fixed("licensing.*.ahead_most", _DRAWN, "term_weeks and term_spread may change"),
    Fixed("licensing.chip_offer.quality_spread", _ONCE, "licensing.chip_offer.quality may change"),
    Fixed("licensing.chip_offer.bar_spread", _ONCE, "licensing.chip_offer.bar may change"),
    Fixed("firms.*.scarce_price", _FIRST, "scarce_elasticity may change"),
    Fixed("firms.*.military_cover_weeks", _DRAWN, "other settings of firms may change"),
    Fixed("firms.*.military_order", _DRAWN, "other settings of firms may change"),
    Fixed("shocks.events.*.kind", _WHAT, "a second event of the other kind"),
    Fixed("shocks.events.*.side", _WHAT, "a second event of the other side"),
)
"""Settings that cannot change on a day. tests/config/test_dated.py holds the list to the rules."""


def fixed_because(name: str) -> Fixed | None:
    """Why a setting cannot change on a day; None where it can.

    Examples
    --------
    >>> fixed_because("politics.us.hawk_start").why
    'it is the state of the first day'
    >>> fixed_because("licensing.magnets.term_weeks") is None
    True
    """
    return next((fixed for fixed in FIXED if fnmatchcase(name, fixed.names)), None)


def dated_name(day: str, name: str) -> str:
    """What a change of a setting on a day is called."""
    return f"{CHANGES}.{day}.{name}"


def is_dated(name: str) -> bool:
    """Whether a dotted name is that of a change."""
    return name.startswith(f"{CHANGES}.")


def missing_change(name: str) -> str | None:
    """The cure for a design that moves a change which its scenario has not; None for any other name.

    Examples
    --------
    >>> missing_change("changes.2025-12-01.linkage.cn")
    'give the scenario that change first: changes.2025-12-01.linkage.cn=VALUE'
    """
    return f"give the scenario that change first: {name}=VALUE" if split_dated(name)[0] else None


def split_dated(name: str) -> tuple[str, str]:
    """The day and the setting of a change, by its name; ("", "") where it is none.

    Examples
    --------
    >>> split_dated("changes.2025-12-01.linkage.cn")
    ('2025-12-01', 'linkage.cn')
    """
    found = _DATED.fullmatch(name)
    return (found[1], found[2]) if found else ("", "")


def no_such_change(key: str, known: Iterable[str]) -> SimError:
    """The error for a change of what is no setting, with the nearest setting that can change.

    Parameters
    ----------
    key
        Name of the change, its day written as it should be.
    known
        Settings by dotted name.
    """
    day, name = split_dated(key)
    fixed = fixed_because(_OTHER_NAMES.get(name, name))
    if fixed is not None:
        return SimError(f"cannot change on a day: {fixed.why}", key=key, cure=fixed.cure)
    if "/" in name:
        wanted = name.replace("/", ".")
        first = next((one for one in known if one.startswith(f"{wanted}.")), f"{wanted}.SETTING")
        cure = f"change its settings one by one: {dated_name(day, first)}=VALUE"
        return SimError("an option cannot change on a day", key=key, cure=cure)
    if gone := why_gone(name):
        return SimError("no such setting", key=key, cure=gone)
    near = nearest(name, [one for one in known if fixed_because(one) is None])
    if near is None:
        cure = "tariffsim run --info lists the settings by name"
        return SimError("no such setting", key=key, cure=cure)
    return SimError("no such setting", key=key, suggestion=dated_name(day, near))


def with_changes(name: str) -> str | None:
    """What a name with a day in its second place was meant to be; None for any other.

    Examples
    --------
    >>> with_changes("chages.2025-12-01.linkage.cn")
    'changes.2025-12-01.linkage.cn'
    """
    found = _DAY_SECOND.fullmatch(name)
    return f"{CHANGES}.{found[1]}" if found else None


def refuse_other_day(name: str) -> None:
    """Refuse the name of a change whose day is not written as 2025-12-01.

    Raises
    ------
    SimError
        A day such as 1.12.2025 or 12/01/2025, of which nobody knows which part is the month.
    """
    found = _ANY_DAY.match(name)
    if found and not _ISO_DAY.fullmatch(found[1]):
        cure = "write year-month-day, all digits"
        allowed = "days as 2025-12-01"
        raise SimError("not a date", key=CHANGES, given=found[1], allowed=allowed, cure=cure)


def rate_in(text: str) -> float | None:
    """The rate, ad valorem, that a text with the sign of per cent says; None for any other text.

    Examples
    --------
    >>> rate_in("12.5 %")
    0.125
    """
    found = _PER_CENT.fullmatch(text)
    return float(found[1].replace(",", ".")) / 100.0 if found else None


def flat_changes(changes: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name, value) of the changes of a day, which may be nested as the settings are."""
    for name, value in changes.items():
        if isinstance(value, Mapping) and value:
            yield from flat_changes(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def settings_once(pairs: Iterable[tuple[str, Any]], above: str = "") -> dict[str, Any]:
    """Values by dotted name, each given once; ``above`` is what stands before the names in a message.

    Raises
    ------
    SimError
        A setting given twice, such as once dotted and once nested: one would win silently.

    Examples
    --------
    >>> settings_once([("linkage.cn", 0.3), ("linkage.us", 0.4)])
    {'linkage.cn': 0.3, 'linkage.us': 0.4}
    """
    found = dict[str, Any]()
    for name, value in pairs:
        if name in found:
            given = f"{found[name]} and {value}"
            cure = "leave one of them out"
            raise SimError("given twice", key=f"{above}{name}", given=given, cure=cure)
        found[name] = value
    return found


def outside(days: Iterable[str], start: str, weeks: int) -> tuple[int, int]:
    """How many days lie before a run of ``weeks`` weeks from ``start`` on, and how many after it.

    Examples
    --------
    >>> outside(["2025-06-10", "2025-06-11", "2025-06-25"], "2025-06-11", 2)
    (1, 1)
    """
    first = dt.date.fromisoformat(start)
    end = (first + dt.timedelta(weeks=weeks)).isoformat()
    found = list(days)
    return sum(day < start for day in found), sum(day >= end for day in found)


def stages(scenario: Any) -> Iterator[Any]:
    """The scenario as it is before any change, and with the settings in force from each day on."""
    now = scenario.change({f"~{CHANGES}.{day}": None for day in scenario.changes})
    yield now
    for changes in scenario.changes.values():
        now = now.change(changes)
        yield now


def values_in_force(scenario: Any, name: str) -> list[Any]:
    """The values that a setting has in a run, one after another."""
    changed = [changes[name] for changes in scenario.changes.values() if name in changes]
    return [attrgetter(name)(scenario), *changed]


def events_of(scenario: Any) -> tuple[ChronologyEvent, ...]:
    """The events of a scenario's chronology, in its order."""
    return tuple(scenario.shocks.chronology)


def path_of(scenario: Any) -> list[tuple[str, float, float]]:
    """(day, US tariff, Chinese tariff) of a scenario's path, by day."""
    rows = ((row.day, row.us, row.cn) for row in scenario.economy.tariff_path)
    return sorted(rows)
