"""The description is enough to write settings and read records, and holds what the schema and the
dtypes say.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import wasmtime

from sim.browser.description import ARGUMENTS, describe, most_firm_rows, rows_of_firms
from sim.browser.module import Module
from sim.config.compose import load
from sim.config.fields import leaves
from sim.config.params import flatten, params_dtype, week_of
from sim.config.scenario import MOST_ISSUES, Scenario
from sim.rules.measures import MOST_SECTORS, RUN, RUN_MEASURES, WEEK, WEEK_SERIES

DESCRIPTION = json.loads(json.dumps(describe()))
CODES = {"f64": "<d", "i64": "<q"}
MAPPINGS = {"issues": "issue", "sectors": "sector", "events": "event", "minerals": "mineral"}


def test_a_scenario_written_by_the_description_alone_is_the_rules_own_record() -> None:
    for name in ("london", "escalation"):
        scenario = load(f"scenario={name}")
        record = bytearray(DESCRIPTION["sizes"]["params"])
        places = {entry["path"]: entry for entry in DESCRIPTION["settings"]}
        magnets, chips = (
            len(population.sectors) for population in (scenario.firms.magnets, scenario.firms.chips)
        )
        for path, meta, value in leaves(scenario):
            if meta.kind not in ("text", "rows"):
                write(
                    record,
                    *located(path, places, scenario, magnets),
                    number(meta, value, scenario.calendar.start),
                )
        counts = {
            "calendar.day": [
                (dt.date.fromisoformat(scenario.calendar.start) - dt.date(2018, 1, 1)).days
            ],
            "issues.count": [len(scenario.issues)],
            "minerals.count": [len(scenario.minerals)],
            "shocks.events.count": [len(scenario.shocks.events)],
            "calendar.events.count": [len(scenario.calendar.events)],
            "calendar.events.when": weeks_from_start(scenario),
            "issues.entity": by_name(scenario.issues),
            "shocks.events.entity": by_name(scenario.shocks.events),
            "firms.goods.sectors.first": [0, magnets],
            "firms.goods.sectors.end": [magnets, magnets + chips],
            "dated.first": [0],
            "dated.end": [0],
            "script.first": [0],
            "script.end": [0],
            "script.wanted": [0, 0],
            "dated.on_path": [0],
            "dated.path": [0.0, 0.0],
        }
        for entry in DESCRIPTION["counts"]:
            assert len(counts[entry["name"]]) <= entry["length"]
            for k, count in enumerate(counts[entry["name"]]):
                write(record, entry, 8 * k, count)
        assert bytes(record) == flatten(scenario).values.tobytes()


def weeks_from_start(scenario: Scenario) -> list[float]:
    """When scheduled events are, as docs/browser.md describes it, by their names in order."""
    start = dt.date.fromisoformat(scenario.calendar.start)
    events = sorted(scenario.calendar.events.items())
    return [(dt.date.fromisoformat(event.day) - start).days / 7 for _, event in events]


def by_name(names: Iterable[str]) -> list[int]:
    """Entities as docs/browser.md describes them, of names in their order."""
    return [zlib.crc32(name.encode()) >> 1 for name in sorted(names)]


def located(
    path: str, places: dict[str, Any], scenario: Scenario, magnets: int
) -> tuple[dict[str, Any], int]:
    """The entry of a setting, and how many bytes beyond its offset an item of a mapping stands."""
    parts = path.split(".")
    for mapping in MAPPINGS:
        if mapping in parts[:-1]:
            at = parts.index(mapping)
            node: Any = scenario
            for part in parts[: at + 1]:
                node = getattr(node, part)
            index = sorted(node).index(parts[at + 1]) + (
                magnets if parts[:2] == ["firms", "chips"] else 0
            )
            parts[at + 1] = "*"
            entry = places[".".join(parts)]
            assert entry["repeats"] == MAPPINGS[mapping]
            assert index < entry["most"]
            return entry, 8 * index
    return places[path], 0


def number(meta: Any, value: Any, start: str) -> float | int:
    if meta.kind == "choice":
        return meta.choices.index(value)
    return week_of(value, start) if meta.kind == "date" else value


def write(record: bytearray, entry: dict[str, Any], shift: int, value: float | int) -> None:
    struct.pack_into(CODES[entry["type"]], record, entry["offset"] + shift, value)


def test_every_setting_carries_what_the_schema_says_of_it() -> None:
    places = {entry["path"]: entry for entry in DESCRIPTION["settings"]}
    length = places["truce.length_weeks"]
    assert (length["kind"], length["unit"], length["low"]) == ("count", "weeks", 1)
    assert places["us.strategy.kind"]["choices"][0] == "time_dependent"
    assert places["issues.*.red_line"]["most"] == MOST_ISSUES
    assert places["firms.chips.sectors.*.share"]["most"] == MOST_SECTORS
    assert places["us.discount_rate"]["offset"] + 8 == places["cn.discount_rate"]["offset"]
    assert all(entry["meaning"] and entry["kind"] for entry in DESCRIPTION["settings"])


@pytest.mark.parametrize(
    ("key", "measures", "record"), [("measures", RUN_MEASURES, RUN), ("series", WEEK_SERIES, WEEK)]
)
def test_records_read_by_the_description_alone_are_numpys(
    key: str, measures: Any, record: np.dtype
) -> None:
    content = np.random.default_rng(1).bytes(record.itemsize)
    row = np.frombuffer(content, record)[0]
    assert [entry["name"] for entry in DESCRIPTION[key]] == [measure.name for measure in measures]
    for entry in DESCRIPTION[key]:
        code = CODES[entry["type"]]
        read = [
            struct.unpack_from(code, content, entry["offset"] + 8 * k)[0]
            for k in range(entry.get("length", 1))
        ]
        assert np.asarray(read).tobytes() == np.asarray(row[entry["name"]]).tobytes()
        assert entry["label"] and entry["unit"]


def test_records_hold_numbers_and_no_gaps() -> None:
    for record in (RUN, WEEK, params_dtype()):
        assert sum(kind.itemsize for kind, *_ in (record.fields or {}).values()) == record.itemsize


def test_there_is_room_for_the_largest_scenario_the_schema_allows() -> None:
    assert most_firm_rows() == rows_of_firms([2000, 2000]) >= rows_of_firms([120, 40])


def test_the_arguments_described_are_those_of_the_function(module: Module) -> None:
    code = wasmtime.Module(wasmtime.Engine(), module.code)
    (function,) = [
        export for export in code.exports if export.name == module.description["export"]["name"]
    ]
    assert isinstance(function.type, wasmtime.FuncType)
    assert [str(kind) for kind in function.type.params] == [argument.type for argument in ARGUMENTS]
    assert [str(kind) for kind in function.type.results] == [
        module.description["export"]["result"]["type"]
    ]
