"""``tariffsim page`` and ``app``: the page opens with the scenarios that were named."""

from __future__ import annotations

import json
import re
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from sim.browser.module import Module
from sim.cli import main
from sim.config.check import to_plain
from sim.config.compose import load, write_scenario
from sim.page import write


@pytest.fixture(autouse=True)
def _built(module: Module, decoder: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "load_module", lambda: module)
    monkeypatch.setattr(write, "load_decoder", lambda: decoder)


def opening(folder: Path) -> Any:
    html = (folder / "page.html").read_text(encoding="utf-8")
    found = re.search(r'id="opening">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_it_opens_with_two_scenarios_seed_and_runs(tmp_path: Path) -> None:
    words = ["page", "scenario=london,geneva", "truce.length_weeks=26", "seed=7", "runs=300"]
    assert main([*words, f"folder={tmp_path / 'p'}"]) == 0
    given = opening(tmp_path / "p")
    for side, name in (("a", "london"), ("b", "geneva")):
        assert given[side] == to_plain(load(f"scenario={name}", "truce.length_weeks=26"))
    assert (given["seed"], given["runs"]) == ("7", 300)


def test_settings_change_side_b_of_one_scenario_alone(tmp_path: Path) -> None:
    write_scenario(load("scenario=geneva"), tmp_path / "s.yaml")
    words = ["page", f"file={tmp_path / 's.yaml'}", "truce.length_weeks=26"]
    assert main([*words, f"folder={tmp_path / 'p'}"]) == 0
    given = opening(tmp_path / "p")
    assert given["a"] == to_plain(load("scenario=geneva"))
    changed = to_plain(load("scenario=geneva", "truce.length_weeks=26"))
    assert given["b"] == {**changed, "title": "Geneva with truce.length_weeks=26"}


NAMED = {
    ("truce.length_weeks=26",): "London with truce.length_weeks=26",
    ("linkage.cn=0.3", "linkage.us=0.25"): "London with linkage.us=0.25 and linkage.cn=0.3",
    ("linkage.cn=0.3", "linkage.us=0.3", "weeks=60"): "London with 3 changes",
    ("~issues.ai_chips",): "London with 14 changes",
}


@pytest.mark.parametrize("words", NAMED)
def test_sides_of_one_title_are_told_apart_by_what_changes(words) -> None:
    one, other = load("scenario=london"), load("scenario=london", *words)
    name = re.sub(r"\d+ changes", "N changes", write.names_of_sides(one, other)[1])
    assert name == re.sub(r"\d+ changes", "N changes", NAMED[words])
    assert other.change({"title": write.names_of_sides(one, other)[1]})  # a title that is taken
    assert write.names_of_sides(one, load("scenario=geneva")) == (one.title, "Geneva, May 2025")


DATED = {
    "a change on a day": ("changes.2025-12-01.linkage.cn=0.5", "changes"),
    "a chronology": ("shocks.chronology=[2025-07-14 goodwill cn 0.4]", "shocks.chronology"),
    "a tariff path": ("economy.tariff_path=[2025-06-11 0.39 0.33]", "economy.tariff_path"),
}


@pytest.mark.parametrize("name", DATED)
@pytest.mark.parametrize("form", ["words", "file"])
def test_what_the_page_does_not_run_is_refused_and_not_left_out(
    name, form, tmp_path, capsys
) -> None:
    word, key = DATED[name]
    write_scenario(load(word), tmp_path / "s.yaml")
    given = word if form == "words" else f"file={tmp_path / 's.yaml'}"
    assert main(["page", "scenario=london", given, f"folder={tmp_path / 'p'}"]) == 2
    told = capsys.readouterr().err
    assert f"{key}: is not run by the page" in told and "cure:" in told
    assert not (tmp_path / "p").exists()


def test_without_a_word_it_opens_with_the_pause_and_the_breakthrough(tmp_path: Path) -> None:
    assert main(["page", f"out={tmp_path}"]) == 0
    (folder,) = (tmp_path / "page").iterdir()
    given = opening(folder)
    assert [given[side]["name"] for side in "ab"] == ["tactical_pause", "breakthrough"]


@pytest.mark.parametrize(
    "words, said",
    [
        (["scenario=london"], "one scenario only"),
        (["scenario=london,geneva,breakthrough"], "two sides only"),
        (["scenario=london,genevo"], "did you mean: geneva_2025"),
        (["precision=0.1"], "not for page"),
        (["threads=2"], "the browser has its own"),
        (["figures=projector"], "not for page"),
        (["file=missing.yaml"], "no such"),
    ],
)
def test_what_it_cannot_open_is_said(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["page", *words, f"out={tmp_path}"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "page").exists()


@pytest.mark.parametrize("opened", [True, False])
def test_app_opens_the_page_or_says_that_it_could_not(
    opened: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = list[str]()
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or opened)
    assert main(["app", f"folder={tmp_path / 'p'}"]) == 0
    assert asked == [(tmp_path / "p" / "page.html").as_uri()]
    assert ("no browser was found" in capsys.readouterr().out) is not opened
