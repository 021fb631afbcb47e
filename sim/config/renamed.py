"""Settings and choices that were renamed: who types the old name is led to the new one, and what
older versions recorded is read by its new names.

A name that is gone is no setting: files and command lines of users are refused with its successor
(:func:`sim.config.errors.nearest`); only the records of results are translated
(:func:`with_new_names`).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from sim.vocabulary import CONTROLS, TRACKS

__all__ = [
    "GONE",
    "NEW_CHOICES",
    "NEW_EVENTS",
    "NEW_ITEMS",
    "NEW_MEASURES",
    "NEW_NAMES",
    "SUPERSEDED",
    "SUPERSEDED_CHOICES",
    "successor",
    "why_gone",
    "with_new_names",
]

_OR = " or "
NEW_NAMES = {
    "linkage.tables": "linkage.tracks",
    "issues.*.table": "issues.*.track",
    "*.resolve.security": _OR.join(f"*.resolve.{track}" for track in CONTROLS),
}
"""Dotted name -> the one that took its place, or those that did, with *or* between them; ``*`` is
the name of an item or a side. A new name has as many parts as the old one, and means the same."""
SUPERSEDED = {
    "truce.early_rate": "truce.hold_out or truce.haste",
    "truce.escalation.answer_rate": "truce.escalation.occasion_rate",
    "compliance.protest_threshold": "truce.disputes.claim_cost or compliance.claim_floor",
    "compliance.protest_weeks": "truce.talks.protest_rate",
    "compliance.protest_repair": "truce.disputes.dread",
    "compliance.retaliation_depth": "truce.disputes.depth",
    "compliance.retaliation_weeks": "truce.disputes.reconsider",
    "compliance.back_down_stakes": "politics.us.pride or politics.cn.pride",
    "compliance.back_down_scale": "truce.temperature",
    "politics.*.hawk_extension": "politics.*.hawk_push",
    "politics.*.settle_hawks": "politics.*.hawk_settling",
    "licensing.*.approve_withheld": "licensing.*.approve_shipment",
    "licensing.*.approve_permitted": "licensing.*.approve_general",
    "licensing.*.per_shipment": "licensing.*.regime or licensing.*.regime_start",
    "licensing.*.free_level": "licensing.*.regime",
    "licensing.wait_memory": "licensing.magnets.ahead_most or licensing.chips.ahead_most",
    "compliance.cn.start": "licensing.magnets.regime or licensing.magnets.capacity",
    "compliance.us.start": "licensing.chips.regime or licensing.chips.capacity",
    "economy.*.elasticity_short": "economy.*.between or economy.*.in_all",
    "economy.*.elasticity_long": "economy.*.long_run",
    "economy.flow_adjustment": "economy.us.order_speed or economy.cn.order_speed",
}
"""Dotted name -> the settings that decide the same today, by another rule: no value carries over."""
NEW_ITEMS = {
    "fentanyl_purchases": ("fentanyl", "farm_purchases", "energy_purchases", "goods_purchases")
}
"""Named item that shipped scenarios no longer have -> those that took its place. A record of an older
version keeps it: it is an issue like any other there."""
GONE = {
    "compliance.first_accuser": "who moves first in a dispute is drawn each week",
    "economy.us.base_tariff": "January 2025's duties are those of sim/data/tariff_bases.csv",
    "economy.cn.base_tariff": "January 2025's duties are those of sim/data/tariff_bases.csv",
}
"""Dotted name -> why no setting took its place."""
NEW_CHOICES = {
    "linkage.enforcement": {"table": "track"},
    "issues.*.track": {"security": _OR.join(CONTROLS)},
    "politics.ratification.by": {"price": "executive"},
}
"""Dotted name of a setting -> its choices that were renamed, or split."""
SUPERSEDED_CHOICES = {
    "shocks.events.*.kind": {"tariff_ceiling": "void_ieepa or void_reciprocal"},
}
"""Dotted name of a setting -> its choices that are gone, and those that mean the same today by
another rule: an item that recorded one is left out."""
NEW_MEASURES = {"retaliations": "measures_taken", "suspensions": "endings"}
"""Measure of a run -> the one that counts the same today; of a side both have it."""
NEW_EVENTS = {
    "retaliation_us": "measure_us",
    "retaliation_cn": "measure_cn",
    "back_down": "crisis_over",
    "backs down": "crisis ends",
    "accused backs down": "crisis ends",
    "climb-down": "crisis ends",
    "truce suspended": "truce ended",
    "truce is suspended": "truce ended",
}
"""Event of a week, or how a question said it -> what says the same today."""


def successor(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed name or names that took the place of ``word``, a renamed setting or the end of its
    dotted name, a renamed choice, an event or a measure; None of any other word.

    >>> successor("tables", ["tracks", "us"])
    'tracks'
    >>> successor("security", ["trade", "minerals", "semiconductors"])
    'minerals or semiconductors'
    >>> successor("suspensions", ["breaks", "endings"])
    'endings'
    >>> successor("hawk_extension", ["politics.us.hawk_push", "politics.cn.hawk_push"])
    'politics.cn.hawk_push or politics.us.hawk_push'
    """
    names = set(allowed)
    if items := _new_items(word, names):
        return items
    if any(name.endswith(f".{word}") for name in names):  # the end of a setting of today, too
        return None
    for old, new in (NEW_NAMES | SUPERSEDED).items():
        for candidates in _candidates(word, old, new.split(_OR)):
            found = [fnmatch.filter(names, one) if "*" in one else [one] for one in candidates]
            if all(of and names.issuperset(of) for of in found):
                return _OR.join(one for of in found for one in sorted(of))
    for choices in (*NEW_CHOICES.values(), *SUPERSEDED_CHOICES.values(), NEW_EVENTS):
        if word in choices and names.issuperset(choices[word].split(_OR)):
            return choices[word]
    measure, dot, side = word.partition(".")
    if measure not in NEW_MEASURES:
        return None
    now = f"{NEW_MEASURES[measure]}{dot}{side}"
    return now if any(name == now or name.startswith(f"{now}.") for name in names) else None


def _new_items(word: str, names: set[str]) -> str | None:
    """A name with those items in it that took an old one's place: of a setting, a measure, an item."""
    parts = word.split(".")
    for at, part in enumerate(parts):
        new = [".".join([*parts[:at], item, *parts[at + 1 :]]) for item in NEW_ITEMS.get(part, ())]
        if new and all(
            one in names or any(name.startswith(f"{one}.") for name in names) for one in new
        ):
            return _OR.join(new)
    return None


def _candidates(word: str, old: str, new: list[str]) -> Iterator[list[str]]:
    """What a word may mean that is a renamed setting, or the end of its name: full names, then
    names beside it.
    """
    if fnmatch.fnmatchcase(word, old):
        yield _filled(word, old, new)
    elif old.endswith(f".{word}"):
        yield new
    else:
        return
    own = word.split(".")[:-1]
    yield [".".join([*own, _last(one)]) for one in new]


def _filled(word: str, old: str, new: list[str]) -> list[str]:
    """New names with the items and sides of the one that was typed."""
    items = [of for of, part in zip(word.split("."), old.split("."), strict=True) if part == "*"]
    return [reduce(lambda name, item: name.replace("*", item, 1), items, one) for one in new]


def why_gone(name: str) -> str | None:
    """Why a setting that no other took the place of is gone; None of any other name.

    >>> why_gone("compliance.first_accuser")
    'it is gone: who moves first in a dispute is drawn each week'
    """
    ends = (old for old in GONE if old == name or old.endswith(f".{name}"))
    return next((f"it is gone: {GONE[old]}" for old in ends), None)


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def with_new_names(recorded: Any) -> Any:
    """The plain settings of a scenario that an older version recorded, by today's names.

    Those of rules that are gone are left out: today's rules have no use for their values.
    """
    if not isinstance(recorded, Mapping):
        return recorded
    return _renamed(recorded, "", frozenset(_gone_items(recorded, "")))


def _gone_items(values: Mapping[str, Any], path: str) -> Iterator[str]:
    """Dotted names of the items that recorded a choice that is gone."""
    for name, value in values.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(value, Mapping):
            yield from _gone_items(value, here)
        elif isinstance(value, str) and any(
            fnmatch.fnmatchcase(here, setting) and value in choices
            for setting, choices in SUPERSEDED_CHOICES.items()
        ):
            yield path


def _renamed(values: Mapping[str, Any], path: str, without: frozenset[str]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        here = f"{path}.{name}" if path else str(name)
        if here == "changes" and isinstance(value, Mapping):
            found[name] = {
                day: _renamed_changes(changes, without) for day, changes in value.items()
            }
            continue
        if _is_gone(here) or here in without:
            continue
        new = _new_name(here)
        if isinstance(value, Mapping):
            value = _renamed(value, here, without)
        elif isinstance(value, str):
            value = _new_choice(new, value, values.get("owner"))
        names = new.split(_OR)
        for one in names:
            # the parts of what was split add up to it
            found[_last(one)] = value / len(names) if len(names) > 1 else value
    return found


def _is_gone(path: str) -> bool:
    return any(fnmatch.fnmatchcase(path, old) for old in (*SUPERSEDED, *GONE))


def _new_name(path: str) -> str:
    """Today's name of a recorded setting, or names; ``*`` stands for parts of the old one."""
    return next((now for old, now in NEW_NAMES.items() if fnmatch.fnmatchcase(path, old)), path)


def _new_choice(path: str, value: str, owner: Any = None) -> str:
    """Today's name of a recorded choice of a setting; of one that was split, that of the owner."""
    choices = next((of for name, of in NEW_CHOICES.items() if fnmatch.fnmatchcase(path, name)), {})
    now = choices.get(value, value).split(_OR)
    return next((one for one in now if len(now) == 1 or TRACKS[one].controller == owner), value)


def _renamed_changes(changes: Any, without: frozenset[str]) -> Any:
    """The changes of a day, which are by dotted name; those of items left out are too."""
    if not isinstance(changes, Mapping):
        return changes
    found = {}
    for name, value in changes.items():
        if _is_gone(str(name)) or str(name).rpartition(".")[0] in without:
            continue
        names = _new_name(str(name)).split(_OR)
        for new in names:
            parts = zip(new.split("."), str(name).split("."), strict=True)
            now = ".".join(own if part == "*" else part for part, own in parts)
            if isinstance(value, str):
                found[now] = _new_choice(now, value)
            else:
                found[now] = value / len(names) if len(names) > 1 else value
    return found
