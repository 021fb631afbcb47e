"""The host's kit: cards from the scenario's own numbers, one page to print."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.kit.cards import kit_of
from sim.kit.write import PAGE, kit_html

SCENARIOS = ["london", "geneva", "escalation", "tactical_pause", "breakthrough"]


def test_steps_are_worth_what_the_scenario_says() -> None:
    scenario = sim.load("scenario=london")
    us, cn = kit_of(scenario).cards
    purchases = scenario.issues["fentanyl"]
    wanted = next(one for one in us.wants if one.name == "fentanyl")
    given = next(one for one in cn.gives if one.name == "fentanyl")
    assert wanted.step.worth == pytest.approx(0.1 * purchases.benefit)
    low, high = purchases.terms, purchases.terms + 0.1
    cost = 0.1 * purchases.linear_cost + purchases.convex_cost * (high**2 - low**2)
    assert given.step.worth == pytest.approx(-cost)
    tariff = next(one for one in us.gives if one.name == "US tariff")
    assert (tariff.now, tariff.step.words) == ("51 %", "5 points less")


def test_prices_stand_in_the_order_of_temperaments() -> None:
    scenario = sim.load("scenario=london")
    for card in kit_of(scenario).cards:
        own = getattr(scenario, card.side).resolve
        easy, usual, tough = card.needs.values()
        assert 0.0 <= easy <= usual <= tough
        assert usual == own.trade
        assert tough == pytest.approx(own.trade * (1.0 + own.spread))


def test_both_cards_hold_every_issue_once() -> None:
    scenario = sim.load("scenario=geneva")
    for card in kit_of(scenario).cards:
        names = [one.name for one in (*card.gives, *card.wants)]
        assert len(names) == len(set(names)) == len(scenario.issues)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_a_kit_that_loads_nothing(name: str) -> None:
    html = kit_html(sim.load(f"scenario={name}"))
    assert "You are Washington" in html and "You are Beijing" in html
    assert "<script" not in html and "http" not in html.replace("http-equiv", "")
    assert "nan" not in html.lower().replace("finance", "")


def test_a_title_from_a_stranger_is_text() -> None:
    html = kit_html(sim.load("scenario=london").change({"title": "<b>x</b>"}))
    assert "<b>x</b>" not in html and "&lt;b&gt;x" in html


def test_the_verb_writes_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kit", "scenario=geneva", f"folder={tmp_path / 'a'}"]) == 0
    assert [path.name for path in (tmp_path / "a").iterdir()] == [PAGE]
    assert main(["kit", "runs=7", f"folder={tmp_path / 'b'}"]) == 2
    assert "nothing is run" in capsys.readouterr().err


def test_the_page_in_the_docs_is_the_one_that_is_written() -> None:
    kept = Path(__file__).parents[2] / "docs" / "workshop" / PAGE
    assert kept.read_text(encoding="utf-8") == kit_html(sim.load("scenario=london"))


def test_a_command_names_a_scenario_that_ships_and_no_other() -> None:
    assert "tariffsim page scenario=geneva_2025" in kit_html(sim.load("scenario=geneva"))
    own = sim.load("scenario=geneva").change({"name": "mine"})
    assert "tariffsim page" not in kit_html(own) and "open the scenario's file" in kit_html(own)
