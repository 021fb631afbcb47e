"""The JSON Schema for editors: shipped as the classes have it; takes our files, marks the
commonplace faults.
"""

from __future__ import annotations

from typing import Any

import pytest

from sim.batch.pages import json_schema, schema_text
from sim.config.check import to_plain
from sim.config.locate import configs_folder
from sim.config.options import groups
from sim.config.scenario import Scenario
from sim.config.yaml import read_yaml

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = json_schema()


def _faults(values: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(values)]


def test_the_schema_that_is_shipped_is_that_of_the_classes():
    assert (configs_folder() / "schema.json").read_text(encoding="utf-8") == schema_text(), (
        "python -m sim.batch.pages"
    )
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", groups(Scenario)["scenario"])
def test_our_scenarios_fit(name):
    assert (
        _faults(read_yaml(configs_folder() / "scenario" / f"{name}.yaml", defaults=True).values)
        == []
    )


@pytest.mark.parametrize(
    "path", sorted((configs_folder() / "truce").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_options_of_a_group_fit_its_definition(path):
    definition = {**SCHEMA["definitions"]["truce"], "definitions": SCHEMA["definitions"]}
    assert _faults(read_yaml(path, defaults=True).values, definition) == []


def test_a_scenario_written_out_and_one_with_a_base_fit():
    assert _faults(to_plain(Scenario())) == []
    assert (
        _faults(
            {
                "base": "geneva",
                "issues": {"+soy": {"owner": "cn", "track": "trade"}, "~ai_chips": None},
            }
        )
        == []
    )


@pytest.mark.parametrize(
    "values",
    [
        {"trucee": {}},
        {"truce": {"lenght_weeks": 3}},
        {"truce": {"length_weeks": "26"}},
        {"truce": {"length_weeks": 999}},
        {"truce": {"in_force": "yes"}},
        {"us": {"strategy": {"kind": "micr"}}},
        {"issues": {"Soy": {}}},
        {"issues": {"ai_chips": {"redline": 1}}},
        {"calendar": {"start": "11/06/2025"}},
    ],
    ids=str,
)
def test_typos_types_and_bounds_are_marked(values):
    assert _faults(values)
