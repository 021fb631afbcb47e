"""``docs/page.html`` is the page that the sources build."""

from __future__ import annotations

import base64
import gzip
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sim.browser.module import is_current
from sim.page.build import page_html
from sim.page.contents import Contents

PAGE = Path(__file__).resolve().parents[2] / "docs" / "page.html"


def contents_in(html: str) -> Any:
    found = re.search(r'id="contents">([^<]*)<', html)
    assert found is not None
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def test_the_contents_of_a_page_can_be_taken_out_again(contents: Contents) -> None:
    assert contents_in(page_html(contents)) == json.loads(json.dumps(contents))


# nightly: between the ends of two issues the sources are ahead of it
@pytest.mark.nightly
def test_the_page_in_the_documentation_is_the_one_that_is_built(
    request: pytest.FixtureRequest,
) -> None:
    if not PAGE.is_file():
        pytest.skip("docs/page.html is committed at the end of an issue")
    if importlib.util.find_spec("ziglang") is None and not is_current():
        pytest.skip("no linker on this machine to build the page with")
    contents = request.getfixturevalue("contents")
    html = PAGE.read_text(encoding="utf-8")
    theirs = contents_in(html)["description"]["built_with"]
    if theirs != contents["description"]["built_with"]:
        pytest.skip(f"docs/page.html was built with other software: {theirs}")
    assert html == page_html(contents), "make page, then copy sim/page/built/page.html to docs/"
