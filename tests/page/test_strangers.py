"""The whole page, given links that cannot be used: it says so and shows what it showed before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# of the page: what it shows of both scenarios, and the sentence at its foot
SHOWN = "[...document.querySelectorAll('#rows, #name-A, #name-B, #question')].map((one) => one.textContent)"
AFTER = f"""async (links) => {{
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const note = () => document.getElementById("note");
  // the page writes its own link when nothing has moved for a while
  for (let k = 0; k < 100 && location.hash.length < 2; k += 1) await pause(100);
  const before = JSON.stringify({SHOWN}), found = [];
  for (const link of links) {{
    note().textContent = "";
    location.hash = `#${{link}}`;
    for (let k = 0; k < 500 && !note().textContent; k += 1) await pause(20);
    found.push([note().textContent, JSON.stringify({SHOWN}) === before]);
  }}
  return found;
}}"""
FEW = ("another version", "an unknown setting", "out of bounds", "a contradiction", "markup")


@pytest.mark.parametrize("few", [True, pytest.param(False, marks=pytest.mark.nightly)])
def test_a_link_that_cannot_be_used_changes_nothing_on_the_page(
    asked: Callable[..., Any], page_file: Path, hostile_links: dict[str, str], few: bool
) -> None:
    links = {
        name: link for name, link in hostile_links.items() if link and (name in FEW or not few)
    }
    for name, (said, same) in zip(
        links, asked(page_file, AFTER, list(links.values())), strict=True
    ):
        assert said.startswith("This link cannot be used: "), (name, said)
        assert same, name
