"""The pages say what the code is: tables made from the schema, names that exist."""

from __future__ import annotations

import dataclasses
import re
from importlib import import_module
from pathlib import Path

import pytest

from sim.agents.view import View
from sim.batch.pages import glossary_page, parameters_page
from sim.vocabulary import ACTS, DECISIONS, STRATEGIES

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")


def test_the_parameter_tables_are_those_of_the_schema() -> None:
    page = (ROOT / "docs" / "parameters.md").read_text(encoding="utf-8")
    assert page == parameters_page(), "run python -m sim.batch.pages"


def test_every_default_has_a_unit_and_a_source() -> None:
    rows = [line for line in parameters_page().splitlines() if line.startswith("| `")]
    assert len(rows) > 120
    for row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        assert all(cells[n] for n in (0, 2, 3, 5, 6)), row


def test_every_module_of_the_rules_has_its_place_in_the_page() -> None:
    for path in (ROOT / "sim" / "rules").glob("*.py"):
        if path.stem != "__init__":
            assert f"rules/{path.stem}.py" in MODEL, path.stem


ROOMS = "rules|ensemble|agents|analysis|results"


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(rf"`((?:{ROOMS})\.[a-z_]+\.[a-zA-Z_]+)`", MODEL)))
)
def test_every_function_named_exists(name: str) -> None:
    module, _, function = name.rpartition(".")
    assert hasattr(import_module(f"sim.{module}"), function)


def test_every_file_named_exists() -> None:
    for name in re.findall(
        r"`((?:sim|rules|configs|docs|tests)/[\w/.]+\.(?:py|md|yaml|csv))`", MODEL
    ):
        inside = ROOT / ("sim/" + name if name.startswith("rules/") else name)
        assert inside.exists(), name


def test_every_measure_has_a_row_that_names_its_formula() -> None:
    from sim.rules.measures import RUN_MEASURES

    table = MODEL.split("### Measures")[1].split("##")[0]
    rows = re.findall(r"^\| `([a-z_]+)` .*\| `rules\.[a-z_]+\.[a-z_]+` \|$", table, re.MULTILINE)
    assert rows == [measure.name for measure in RUN_MEASURES]


def test_every_figure_has_a_row_that_leads_to_its_formula() -> None:
    from sim.figures.gallery import GALLERY

    table = MODEL.split("### Figures")[1].split("##")[0]
    rows = re.findall(
        rf"^\| (.*?) \| .* \|.*(?:`(?:{ROOMS})\.|as the measures).*\|$", table, re.MULTILINE
    )
    named = {name for row in rows for name in re.findall(r"`([a-z]+)`", row)}
    assert named == {row.name for row in GALLERY}


def test_every_built_in_strategy_has_a_row() -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    assert re.findall(
        r"^\| `([a-z_]+)` \|[^|]*\|[^|]*\|$", page.split("## ")[0], re.MULTILINE
    ) == list(STRATEGIES)


def test_the_glossary_is_that_of_its_file():
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert page == glossary_page(), "run python -m sim.batch.pages"


def test_every_decision_and_every_act_has_a_row_in_their_order() -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    for title, terms in (("What is asked", DECISIONS), ("The log", ACTS)):
        part = page.split(f"## {title}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `([a-z_]+)` \|", part, re.MULTILINE) == list(terms)


def test_every_field_of_the_view_stands_on_the_page_of_strategies() -> None:
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    table = page.split("## The view\n")[1].split("\n## ")[0]
    named = re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    assert set(named) == {field.name for field in dataclasses.fields(View)}
