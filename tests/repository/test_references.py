"""A reference names a file of this repository, and a heading that the file has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("sim", "configs", "docs", "tests", "benchmarks", "notebooks")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]

PAGE = re.compile(r"(?<![\w/.*-])((?:[\w.-]+/)*[\w-]+\.md)\b")
FILE = re.compile(rf"(?<![\w/.-])((?:{'|'.join(PLACES)})/[\w/.-]+\.(?:py|yaml|csv|md|ipynb|js))\b")
HEADING = re.compile(r"((?:[\w-]+/)*[\w-]+\.md)[`)\]]*, \*([^*\n]+)\*")
MADE = {"outputs/README.md"}  # made by a run, or named as an example of a reader's own file
EXAMPLES = re.compile(r"(my|your|colleague|mine|custom|half_year|autumn)")


@cache
def headings(page: Path) -> set[str]:
    """Headings of a page, without their marks."""
    return {
        line.lstrip("#").strip() for line in page.read_text().splitlines() if line.startswith("#")
    }


def place_of(name: str, beside: Path) -> Path | None:
    """The file that a text beside ``beside`` calls ``name``, or None."""
    for folder in (ROOT, beside.parent, ROOT / "docs", ROOT / "benchmarks"):
        if (folder / name).is_file():
            return folder / name
    return None


def problems(text: str, path: Path) -> list[str]:
    """What a text refers to and this repository does not have."""
    missing = [
        name
        for name in sorted({*PAGE.findall(text), *FILE.findall(text)})
        if name not in MADE and not EXAMPLES.search(name) and place_of(name, path) is None
    ]
    for name, heading in HEADING.findall(text):
        page = place_of(name, path)
        if page is not None and heading not in headings(page):
            missing.append(f"{name}, *{heading}*")
    return missing


def texts(place: str) -> list[Path]:
    """Every text below a folder of the repository, this one left out."""
    found = (
        path for kind in ("py", "yaml", "md", "ipynb") for path in (ROOT / place).rglob(f"*.{kind}")
    )
    return sorted(path for path in found if path != Path(__file__).resolve())


@pytest.mark.parametrize("place", [*PLACES, ""])
def test_what_a_text_refers_to_is_here(place: str) -> None:
    paths = texts(place) if place else PAGES
    assert paths
    found = {path.relative_to(ROOT).as_posix(): problems(path.read_text(), path) for path in paths}
    assert {name: missing for name, missing in found.items() if missing} == {}


@pytest.mark.parametrize(
    "text",
    ["see BRIEF.md", "docs/model.md, *Nowhere*", "sim/rules/nothing.py", "`model.md`, *Nowhere*"],
)
def test_a_reference_to_nothing_is_found(text: str) -> None:
    assert problems(text, ROOT / "docs" / "configs.md")
