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
    assert given["b"] == to_plain(load("scenario=geneva", "truce.length_weeks=26"))


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
