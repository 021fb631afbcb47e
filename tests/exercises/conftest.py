"""Case sheets of several kinds, as text: what the tests of reading, playing and writing share."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.exercises import Exercise, read_exercise

CASE_SHEET = """\
parties: [buyer, owner]
walk_away: {buyer: 90, owner: 70}
rounds: 6
issues:
  price:     {options: [40, 45, 50, 55, 60], buyer: [100, 75, 50, 25, 0], owner: [0, 25, 50, 75, 100]}
  handover:  {options: [March, June, September], buyer: [60, 30, 0], owner: [0, 10, 20]}
  staff:     {options: [none kept, half kept, all kept], buyer: [10, 20, 15], owner: [0, 45, 80]}
  old_name:  {options: [kept, dropped], buyer: [30, 0], owner: [30, 0]}
"""
# a sibling whose points do not add up: two options are worth more together
TOGETHER = """\
name: licences
title: Chips against magnets
parties: [Washington, Beijing]
walk_away: {Washington: 2, Beijing: 1.5}
rounds: 10
discount: {Washington: 0.9, Beijing: 1}
issues:
  chips: {options: [none, older, newest], Washington: {none: 6, older: 4, newest: 0}, Beijing: [0, 3, 7]}
  magnets: {options: [per shipment, general], Washington: [0, 5], Beijing: [4, 0]}
together:
  - {when: {chips: older, magnets: general}, Washington: 1, Beijing: 2}
"""
# a sibling in which both want the same of everything
NO_CONFLICT = """\
{"parties": ["left", "right"], "walk_away": {"left": 0, "right": 0}, "rounds": 3,
 "issues": {"day": {"options": ["Monday", "Friday"], "left": [0, 4], "right": [1, 2]},
            "room": {"options": ["small", "large"], "left": [1, 0], "right": [3, 0]}}}
"""
# a sibling in which nothing leaves both at their walk-away
NO_ZONE = """\
parties: [a, b]
walk_away: {a: 8, b: 8}
rounds: 5
issues:
  share: {options: [all, half, none], a: [10, 5, 0], b: [0, 5, 10]}
"""
TABLE = """\
issue;option;Buyer;Seller
price;40;100;0
;50;0;100,5
term;short;3;0
;long;0;3
walk away;;10;20
rounds;6;;
"""


@pytest.fixture(scope="session")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The sheets as files, by name."""
    folder = tmp_path_factory.mktemp("sheets")
    texts = {
        "case_sheet.yaml": CASE_SHEET,
        "together.yaml": TOGETHER,
        "no_conflict.json": NO_CONFLICT,
        "no_zone.yaml": NO_ZONE,
        "table.csv": TABLE,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name.partition(".")[0]: folder / name for name in texts}


@pytest.fixture(scope="session")
def case_sheet(sheets: dict[str, Path]) -> Exercise:
    """The role play of a purchase, 90 packages."""
    return read_exercise(sheets["case_sheet"])
