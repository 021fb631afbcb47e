"""The description a page needs to use the module: the position and meaning of each setting, measure
and weekly series in its record.

Everything comes from the schema and from the dtypes, so it cannot drift from the rules, and a page
needs no list of its own. ``docs/browser.md`` says what each entry of the description means.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.config.fields import Setting, setting_of, settings_of
from sim.config.params import Place, dated_dtype, extras, params_dtype, places, spot
from sim.config.scenario import Scenario
from sim.rules.customs import BASES
from sim.rules.measures import (
    BRIEF,
    CLOSING,
    RUN,
    RUN_MEASURES,
    SURPRISES,
    WEEK,
    WEEK_SERIES,
    Measure,
    surprise_names,
)
from sim.rules.state import (
    ACT,
    ASK,
    FIRMS,
    MOST_ACTS,
    MOST_ASKS,
    OPEN,
    SIDE,
    STATE,
    WORLD,
    allocate,
    tiles,
)
from sim.vocabulary import (
    ACTS,
    DATED,
    DECISIONS,
    EVENTS,
    GOODS,
    OUTCOMES,
    SENTENCES,
    SHOCK_KINDS,
    SIDES,
    TRACKS,
    TRADE_GROUPS,
)

__all__ = [
    "ARGUMENTS",
    "EXPORT",
    "Argument",
    "Description",
    "builder_hash",
    "describe",
    "most_firm_rows",
    "rows_of_firms",
]

EXPORT = "run_block"
_FORMAT = 1
_TYPES = {"f4": "f32", "f8": "f64", "i4": "i32", "i8": "i64", "u8": "u64"}
Description = dict[str, Any]


class Argument(NamedTuple):
    """An argument of the exported function: its WebAssembly type and what it is."""

    name: str
    type: str
    meaning: str


ARGUMENTS = (
    Argument("state", "i32", "address of one state, zeroed: work space"),
    Argument("firms", "i32", "address of the firms, zeroed: work space"),
    Argument("params", "i32", "address of the settings, one record per point"),
    Argument("points", "i32", "number of points"),
    Argument("dated", "i32", "address of the dated rows of all points"),
    Argument("rows", "i32", "number of dated rows"),
    Argument("script", "i32", "address of the rows of transcripts of all points"),
    Argument("answers", "i32", "number of those rows"),
    Argument("own", "i32", "address of room for one record of settings: work space"),
    Argument("cells", "i32", "the same address: its numbers, i64"),
    Argument("point", "i32", "address of the point of each run, i64"),
    Argument("seed", "i64", "seed of all draws, unsigned"),
    Argument("run", "i32", "address of the number of each run, i64"),
    Argument("runs", "i32", "number of runs"),
    Argument("outs", "i32", "address of the measures, zeroed, one record per run"),
    Argument("series", "i32", "address of the weekly series, zeroed, one record per run and week"),
    Argument("weeks", "i32", "weeks kept of each run; 0 for none"),
    Argument(
        "acts",
        "i32",
        "address of what was done, a row an act; the row after a run's last has week -1",
    ),
    Argument("most_acts", "i32", "acts kept of each run; 0 for none"),
    Argument("asks", "i32", "address of what was asked, a row an ask, so too"),
    Argument("most_asks", "i32", "asks kept of each run; 0 for none"),
    Argument("whole", "i32", "1 for all weekly series, 0 for those of a brief record"),
)


def rows_of_firms(counts: Sequence[int] | np.ndarray) -> int:
    """Rows of the array of firms, which are tiles, needed for ``counts`` (magnets, chips) firms."""
    return int(np.sum(tiles(np.asarray(counts))))


def most_firm_rows() -> int:
    """Rows of firms in the largest scenario: the module always has room for it, so callers need not
    count firms.
    """
    metas = [setting_of(Scenario, f"firms.{good}.firms") for good in GOODS]
    return rows_of_firms(
        [int(meta.high) for meta in metas if meta is not None and meta.high is not None]
    )


def describe() -> Description:
    """The description of the module for the current rules and schema, without the versions it was
    built with.
    """
    from sim.rules.compiled import source_hash

    return {
        "format": _FORMAT,
        "rules": source_hash(),
        "builder": builder_hash(),
        "export": {
            "name": EXPORT,
            "arguments": [argument._asdict() for argument in ARGUMENTS],
            "result": {"type": "i32", "meaning": "runs computed"},
        },
        "sizes": _sizes(),
        "facts": _facts(),
        "axes": {
            "side": list(SIDES),
            "value": list(SIDES),
            "good": list(GOODS),
            "track": list(TRACKS),
            "group": list(TRADE_GROUPS),
        },
        "log": _log(),
        "outcomes": list(OUTCOMES),
        "events": list(EVENTS),
        "settings": list(_settings()),
        "counts": list(_counts()),
        "dated": _dated(),
        "measures": [_measure(measure, RUN) for measure in RUN_MEASURES],
        "series": [_measure(measure, WEEK) for measure in WEEK_SERIES],
        "brief": list(BRIEF),
        "controls": [_beside(SURPRISES, surprise_names()), _beside(CLOSING, OUTCOMES.names)],
    }


def builder_hash() -> str:
    """Hash of the sources that make the module of the rules, and so decide its bytes too."""
    digest = hashlib.sha256()
    for name in ("build.py", "entry.py", "retarget.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def _sizes() -> dict[str, int]:
    """Bytes of one record of each kind; for ``firms`` the bytes of the largest scenario."""
    return {
        "state": STATE.itemsize,
        "firms": most_firm_rows() * FIRMS.itemsize,
        "params": params_dtype().itemsize,
        "dated": dated_dtype().itemsize,
        "script": ASK.itemsize,
        "acts": ACT.itemsize,
        "asks": ASK.itemsize,
        "run": RUN.itemsize,
        "week": WEEK.itemsize,
    }


def _facts() -> dict[str, Any]:
    """What stands in the state before the first run: the facts of trade, as bytes in base 64."""
    assert STATE.fields is not None
    whole = allocate(0).whole
    first, end = STATE.fields["groups"][1], STATE.fields["bases"][1] + BASES.itemsize
    return {
        "offset": int(first),
        "bytes": base64.b64encode(whole.tobytes()[first:end]).decode("ascii"),
    }


def _settings() -> Iterator[dict[str, Any]]:
    base = Scenario()
    found = places(base)
    for path, name, repeats, meta in _templates(base):
        if path in found:
            where = replace(found[path], index=None) if repeats else found[path]
            again = {"repeats": repeats, "most": _most(where)} if repeats else {}
            yield {"path": name, **_spot(where), **again, **_meaning(meta)}


def _templates(
    node: Any, path: str = "", name: str = "", repeats: str = ""
) -> Iterator[tuple[str, str, str, Setting]]:
    """Each setting once: its path in the scenario ``node``, the same with ``*`` for a name of an
    item, what it repeats by, its field.
    """
    for part, meta in settings_of(type(node)).items():
        value, here, there = getattr(node, part), f"{path}{part}", f"{name}{part}"
        if meta.kind == "group":
            yield from _templates(value, f"{here}.", f"{there}.", repeats)
        elif meta.kind == "mapping":
            key = next(iter(value))
            yield from _templates(
                value[key], f"{here}.{key}.", f"{there}.*.", part.removesuffix("s")
            )
        else:
            yield here, there, repeats, meta


def _most(where: Place) -> int:
    """Capacity of an array of the settings' record."""
    kind = params_dtype()
    for name in where.path:
        kind = kind[name]
    return int(kind.shape[0])


def _spot(where: Place) -> dict[str, Any]:
    """Offset in bytes and type of a number of the settings' record."""
    offset, code = spot(where)
    return {"offset": offset, "type": _TYPES[code]}


def _meaning(meta: Setting) -> dict[str, Any]:
    """The metadata of a setting; what does not apply is left out."""
    known = {
        "low": meta.low,
        "high": meta.high,
        "choices": list(meta.choices),
        "unit": meta.unit,
        "label": meta.label,
        "meaning": meta.meaning,
    }
    return {
        "kind": meta.kind,
        **{name: value for name, value in known.items() if value not in (None, [], "")},
    }


def _counts() -> Iterator[dict[str, Any]]:
    """Fields of the settings' record that no setting fills: how many issues and events there are,
    which sectors are whose.
    """
    for extra in extras(Scenario()):
        yield {
            "name": ".".join(extra.path),
            **_spot(Place(extra.path, None)),
            "length": max(1, extra.length),
        }


def _dated() -> dict[str, Any]:
    """A dated row: its kinds and those of events by their codes, and its fields."""
    fields = dated_dtype().fields
    return {
        "kinds": list(DATED),
        "events": list(SHOCK_KINDS),
        "fields": [
            {"name": name, "offset": offset, "type": _TYPES[kind.str[1:]]}
            for name, (kind, offset) in fields.items()
        ],
    }


def _log() -> dict[str, Any]:
    """Rows of acts and of transcripts, the words of both, and the ask that waits for a person."""

    def place(name: str) -> int:
        assert STATE.fields is not None
        return int(STATE.fields[name][1])

    places = {name: place(name) for name in ("open", "seen", "seen_world")}
    return {
        "acts": {"most": MOST_ACTS, "fields": _fields(ACT)},
        "asks": {"most": MOST_ASKS, "fields": _fields(ASK)},
        "places": places,
        "open": _fields(OPEN),
        "side": _fields(SIDE),
        "world": _fields(WORLD),
        "decisions": [
            {"name": d.name, "label": d.label, "unit": d.unit, "choices": list(d.choices)}
            for d in DECISIONS.values()
        ],
        # by their codes, so lists: a reader of JSON may sort the names of a mapping
        "sides": list(SENTENCES["who"]),
        "sentences": [
            {"name": a.name, "text": a.sentence, "first": a.first, "second": a.second}
            for a in ACTS.values()
        ],
        "words": SENTENCES,
    }


def _fields(record: np.dtype) -> list[dict[str, Any]]:
    """Name, place and type of every field of a record of numbers."""
    found = list[dict[str, Any]]()
    for name in record.names or ():
        assert record.fields is not None
        kind, offset = record.fields[name][:2]
        length = {"length": int(np.prod(kind.shape))} if kind.shape else {}
        place = {"offset": int(offset), "type": _TYPES[kind.base.str[1:]]}
        found.append({"name": name, **place, **length})
    return found


def _beside(field: str, names: Sequence[str]) -> dict[str, Any]:
    """A field of a run's record that is no measure: its place, type, and what each number is."""
    assert RUN.fields is not None
    kind, offset = RUN.fields[field][:2]
    return {
        "name": field,
        "offset": int(offset),
        "type": _TYPES[kind.base.str[1:]],
        "length": len(names),
        "names": list(names),
    }


def _measure(measure: Measure, record: np.dtype) -> dict[str, Any]:
    axis = {"axis": measure.axis, "length": record[measure.name].shape[0]} if measure.axis else {}
    assert record.fields is not None
    offset = record.fields[measure.name][1]
    place = {"offset": offset, "type": _TYPES[measure.code]}
    return {"name": measure.name, **place, **axis, "label": measure.label, "unit": measure.unit}
