"""The page is one file: the same bytes each time, under 1 MB, and it works from the disk."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.config.errors import SimError
from sim.page.build import MOST_BYTES, page_html, with_opening
from sim.page.contents import Contents
from sim.page.join import join


def test_the_same_sources_give_the_same_page_and_it_is_small(contents: Contents) -> None:
    html = page_html(contents)
    assert html == page_html(contents)
    assert len(html.encode()) <= MOST_BYTES


def test_its_policy_allows_no_request_and_no_script_but_its_own(contents: Contents) -> None:
    html = page_html(contents)
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    policy = dict(rule.split(" ", 1) for rule in found[1].split("; "))
    assert policy["default-src"] == "'none'" and "connect-src" not in policy
    assert "unsafe-inline" not in policy["script-src"]
    assert set(re.findall(r"(?:src|href)=\"?(\w+:)", html)) == set()


def test_the_licences_of_what_it_carries_of_others_are_in_it(contents: Contents) -> None:
    html = page_html(contents)
    assert "The Inter Project Authors" in html and "SIL OPEN FONT LICENSE" in html
    assert "Copyright (c) Zig contributors" in html


def test_a_text_of_a_scenario_cannot_end_its_element(contents: Contents) -> None:
    html = with_opening(page_html(contents), {"a": {"title": "</script><script>alert(1)"}})
    assert html.count("<script") == page_html(contents).count("<script")
    assert "\\u003c/script>\\u003cscript>alert(1)" in html


def test_it_opens_from_the_disk_and_computes(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.get_by_text("Pause or breakthrough?").first.wait_for()


@pytest.mark.parametrize(
    "source, problem",
    [
        ('import { b } from "./other.js";', "which other.js does not export"),
        ('import { a } from "./missing.js";', "which is missing"),
        ('import other from "./other.js";', "this form of import or export is not taken"),
        ("export default 1;", "this form of import or export is not taken"),
        ("export let a = 1;", "this form of import or export is not taken"),
        ('const a = await import("./other.js");', "this form of import or export is not taken"),
        ('import { a } from "./round.js";', "import each other in a circle"),
    ],
)
def test_what_the_joining_of_modules_does_not_take_ends_it(
    tmp_path: Path, source: str, problem: str
) -> None:
    (tmp_path / "other.js").write_text("export const a = 1;\n")
    (tmp_path / "round.js").write_text('import { a } from "./main.js";\nexport const b = a;\n')
    (tmp_path / "main.js").write_text(f"{source}\n")
    with pytest.raises(SimError, match=problem):
        join(tmp_path / "main.js")


def test_modules_are_joined_in_the_order_of_imports_and_keep_private_names(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("const own = 1;\nexport const one = own;\n")
    (tmp_path / "two.js").write_text(
        'import { one } from "./one.js";\nconst own = 2;\nexport const two = one + own;\n'
    )
    (tmp_path / "main.js").write_text('import {\n  two,\n} from "./two.js";\nglobalThis.x = two;\n')
    script = join(tmp_path / "main.js")
    assert script.index("$one =") < script.index("$two =") < script.index("globalThis.x")
