"""Everything the page is given, as one JSON: the module of the rules, settings, scenarios, outcomes,
events, words.

Nothing is written here that stands elsewhere: settings come from the schema and from the module's
description, names, colours and hatches from the vocabulary, scenarios from ``configs/``, limits from
the reports. ``docs/workshop_page.md`` says what each entry is.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sim.browser.module import Module
from sim.config.check import to_plain
from sim.config.compose import load
from sim.config.contradictions import declared
from sim.config.fields import Setting, setting_of, settings_of
from sim.config.glossary import glossary
from sim.config.options import SCENARIOS, groups
from sim.config.params import CODES, OF_ITEMS, flatten
from sim.config.renamed import GONE, NEW_CHOICES, NEW_ITEMS, NEW_NAMES, SUPERSEDED
from sim.config.scenario import Scenario
from sim.page.play import play_contents
from sim.page.room import room_contents
from sim.report.limits import LIMITS
from sim.results.citation import cited_version
from sim.rules.measures import RUN_MEASURES, WEEK_SERIES
from sim.vocabulary import DRIVERS, EVENTS, GOODS, OUTCOMES, SIDES, Term

__all__ = ["CAVEAT", "QUESTION", "Contents", "contents", "item_words", "slider_range", "stamp"]

Contents = dict[str, Any]
QUESTION = "Pause or breakthrough?"
CAVEAT = "Mechanisms, not forecasts; ± is luck alone."
_SIDES = {side: other for side in SIDES for other in SIDES if side != other}
# a setting without a plausible range and with bounds this many times its default gets a slider up
# to three times the default: bounds say what is possible, not what is worth a try
_WIDE, _TIMES = 10.0, 3.0


def contents(module: Module, decoder: bytes) -> Contents:
    """The contents of the page for a built module of the rules and a built decoder of tables."""
    description = {name: own for name, own in module.description.items() if name != "settings"}
    scenarios = [load(f"scenario={name}") for name in groups(Scenario)[SCENARIOS]]
    shipped = [to_plain(scenario) for scenario in scenarios]
    return {
        "version": cited_version(),
        "rules": description["rules"],
        "stamp": stamp(description["rules"], shipped),
        "question": QUESTION,
        "caveat": CAVEAT,
        "limits": list(LIMITS),
        "module": base64.b64encode(module.code).decode("ascii"),
        "decoder": base64.b64encode(decoder).decode("ascii"),
        "description": description,
        "settings": list(_settings(module.description["settings"])),
        "mappings": list(_mappings(Scenario)),
        "groups": {
            name: setting.meaning
            for name, setting in settings_of(Scenario).items()
            if setting.kind in ("group", "mapping")
        },
        "renamed": {
            "names": list((NEW_NAMES | SUPERSEDED).items()),  # the first that fits is meant
            "choices": NEW_CHOICES,
            "gone": GONE,
            "items": NEW_ITEMS,
        },
        "between": [asdict(rule) for rule in declared(Scenario)],
        "defaults": to_plain(Scenario()),
        "scenarios": shipped,
        "items": item_words(scenarios),
        "sides": _terms(SIDES.values()),
        "goods": _terms(GOODS.values()),
        "drivers": _terms(DRIVERS.values()),
        "axes": _axes(),
        "codes": CODES,
        "of_items": OF_ITEMS,
        "outcomes": _terms(OUTCOMES.values()),
        "events": _terms(EVENTS.values()),
        "glossary": [asdict(entry) for entry in glossary()],
        **room_contents(),
        **play_contents(),
    }


def stamp(rules: str, scenarios: Iterable[Mapping[str, Any]]) -> str:
    """Eight hexadecimal digits that a link carries: of the hash of the rules and of every shipped
    scenario, because a link names a scenario and what differs from it.
    """
    words = json.dumps([rules, *scenarios], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def _axes() -> dict[str, tuple[str, ...]]:
    """The names along the axes of measures and series; those of a scenario's own items are left to
    the scenario.
    """
    params, axes = flatten(Scenario()), {measure.axis for measure in (*RUN_MEASURES, *WEEK_SERIES)}
    return {axis: params.names(axis) for axis in sorted(axes - {"", "issue", "mineral", "sector"})}


def _terms(terms: Iterable[Term]) -> list[dict[str, Any]]:
    return [asdict(term) for term in terms]


def _settings(described: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every setting once, a star for the name of an item: its place in the record, and what the
    schema says of it.
    """
    places = {setting["path"]: setting for setting in described}
    for path, meta, default in _templates(Scenario(), Scenario):
        yield {
            **places.get(path, {"path": path}),
            "kind": meta.kind,
            "default": default,
            "group": path.partition(".")[0],
            **_said(meta),
            **_pair(path),
        }


def _templates(node: Any, cls: type, path: str = "") -> Iterator[tuple[str, Setting, Any]]:
    """Path, field and default of every setting; ``node`` holds the defaults, None inside an item."""
    for name, meta in settings_of(cls).items():
        default, here = (meta.default if node is None else getattr(node, name)), f"{path}{name}"
        if meta.kind == "group":
            yield from _templates(default, meta.item, f"{here}.")
        elif meta.kind == "mapping":
            yield from _templates(None, meta.item, f"{here}.*.")
        else:
            yield here, meta, default


def _said(meta: Setting) -> dict[str, Any]:
    """What the schema says of a setting, without what does not apply."""
    said = {
        "low": meta.low,
        "high": meta.high,
        "choices": list(meta.choices),
        "most": meta.most,
        "form": meta.form,
        "required": meta.required,
        "unit": meta.unit,
        "plain_unit": meta.plain_unit,
        "label": meta.label,
        "plain": meta.plain,
        "rank": meta.rank,
        "only": list(meta.only),
        "plausible": list(meta.plausible or ()),
        "slider": list(slider_range(meta) or ()),
        "meaning": meta.meaning,
        "source": meta.source,
    }
    return {
        name: value for name, value in said.items() if value not in (None, [], "", 0, False)
    } | {name: said[name] for name in ("low", "high") if said[name] is not None}


def slider_range(meta: Setting) -> tuple[float, float] | None:
    """The range of a setting's slider: that of its lever, its plausible range, or its bounds, cut
    where they are far wider than its default. None where it is no number.

    Examples
    --------
    >>> meta = setting_of(Scenario, "truce.length_weeks")
    >>> slider_range(meta)
    (4, 52)
    """
    if meta.low is None or meta.high is None:
        return None
    chosen = meta.slider or meta.plausible
    if chosen:
        return chosen
    usual = float(meta.default or 0)
    cut = meta.low >= 0 and usual > 1 and meta.high > _WIDE * usual
    return meta.low, (round(_TIMES * usual) if cut else meta.high)


def _pair(path: str) -> dict[str, str]:
    """The side that a setting belongs to, and the same setting of the other, where both have it."""
    parts = path.split(".")
    for k, part in enumerate(parts):
        other = ".".join([*parts[:k], _SIDES.get(part, ""), *parts[k + 1 :]])
        if part in _SIDES and setting_of(Scenario, other) is not None:
            return {"side": part, "pair": other}
    return {}


def _mappings(cls: type, path: str = "") -> Iterator[dict[str, Any]]:
    """The mappings of named items: path, the most items, what they are."""
    for name, meta in settings_of(cls).items():
        if meta.kind == "mapping":
            yield {"path": f"{path}{name}", "most": meta.most, "meaning": meta.meaning}
        elif meta.kind == "group":
            yield from _mappings(meta.item, f"{path}{name}.")


def item_words(nodes: Iterable[Any]) -> dict[str, str]:
    """Words for the names of items: the label of a driver of that name, else the name in words.

    Examples
    --------
    >>> item_words([Scenario()])["ai_chips"]
    'AI chips'
    """
    names = sorted({name for node in nodes for name in _items(node)})
    return {
        name: DRIVERS[name].label if name in DRIVERS else name.replace("_", " ") for name in names
    }


def _items(node: Any) -> Iterator[str]:
    for name, meta in settings_of(type(node)).items():
        if meta.kind == "mapping":
            yield from getattr(node, name)
        elif meta.kind == "group":
            yield from _items(getattr(node, name))
