"""The whole page with files: what it saves it takes again, and a result dropped on it is held to the rules."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.cli import main
from sim.config.check import to_plain
from sim.config.compose import load, read_scenario
from sim.page.build import page_html, with_opening
from sim.page.contents import Contents

Open = Callable[..., Any]
SEED = 2**63 + 1
DROP = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


def drop(page: Any, path: Path) -> Any:
    """Drop a file on the page; the note that answers."""
    page.evaluate(DROP, [path.name, base64.b64encode(path.read_bytes()).decode()])
    return page.locator("#note")


def saved(page: Any, item: str, target: Path) -> Path:
    """What an item of the menu Share saves."""
    page.locator("#share").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=item).click()
    download.value.save_as(target)
    return target


@pytest.fixture
def opened(open_page: Open, contents: Contents, tmp_path: Path) -> Any:
    """The page that ``tariffsim page scenario=london,geneva`` writes, without a bet."""
    sides = {
        "a": to_plain(load("scenario=london", "truce.length_weeks=26")),
        "b": to_plain(load("scenario=geneva", "title=Geneva, as it was")),
    }
    path = tmp_path / "own.html"
    html = with_opening(page_html(contents), {**sides, "seed": str(SEED), "runs": 200})
    path.write_text(html, encoding="utf-8")
    page = open_page(path=path)
    page.locator("#cover").wait_for(state="visible")
    page.keyboard.press("Escape")
    page.locator("#answer").wait_for(state="visible")
    return page


def test_it_opens_with_what_was_asked_and_saves_it(opened: Any, tmp_path: Path) -> None:
    files = [saved(opened, f"Scenario {side} (YAML)", tmp_path / f"{side}.yaml") for side in "AB"]
    assert read_scenario(files[0]) == load("scenario=london", "truce.length_weeks=26")
    assert read_scenario(files[1]) == load("scenario=geneva", "title=Geneva, as it was")
    assert f"seed={SEED}" in files[0].read_text(encoding="utf-8")


def test_a_scenario_dropped_becomes_a_side_and_a_bad_one_says_why(
    opened: Any, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("base: breakthrough\ntitle: Mine\nlinkage: {cn: 0.5}\n", encoding="utf-8")
    note = drop(opened, path)
    note.get_by_role("button", name="Make it B").click()
    assert read_scenario(saved(opened, "Scenario B (YAML)", tmp_path / "b.yaml")) == read_scenario(
        path
    )
    shown = opened.locator("#rows").text_content()
    path.write_text("truce: {lenght_weeks: 26}\n", encoding="utf-8")
    drop(opened, path).get_by_text("did you mean: truce.length_weeks").wait_for(timeout=20_000)
    assert opened.locator("#rows").text_content() == shown


def test_a_bundle_dropped_is_computed_again(
    opened: Any, small_result: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "b.zip"
    assert main(["bundle", str(small_result), f"out={archive}"]) == 0
    drop(opened, archive).get_by_role("button", name="Compute its runs again").click()
    opened.get_by_text("Equal: 20 of 20 runs computed again").wait_for()
