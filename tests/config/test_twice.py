"""A setting given twice, once by its dotted name and once nested: one would win silently."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.config.compose import read_scenario, take_scenario
from sim.config.errors import SimError
from sim.config.variants import read_variants

DOTTED, NESTED = "linkage.cn: 0.3", "linkage: {cn: 0.4}"
DAY = "2025-12-01"
BLOCK = f"changes:\n  {DAY}:\n"
FILES = {
    "dotted first": (f"base: london\n{DOTTED}\n{NESTED}\n", "linkage.cn", 3, 2),
    "nested first": (f"base: london\n{NESTED}\n{DOTTED}\n", "linkage.cn", 3, 2),
    "without a base": (f"{DOTTED}\n{NESTED}\n", "linkage.cn", 2, 1),
    "added": (f"base: london\n+{DOTTED}\n{NESTED}\n", "linkage.cn", 3, 2),
    "on a day": (f"{BLOCK}    {DOTTED}\n    {NESTED}\n", f"changes.{DAY}.linkage.cn", 4, 3),
    "on a day of a base": (
        f"base: london\n{BLOCK}    {NESTED}\n    {DOTTED}\n",
        f"changes.{DAY}.linkage.cn",
        5,
        4,
    ),
    "a day by its name": (
        f"base: london\nchanges.{DAY}.{DOTTED}\n{BLOCK}    {NESTED}\n",
        f"changes.{DAY}.linkage.cn",
        5,
        2,
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_gives_a_setting_twice_is_refused_with_both_lines(
    tmp_path: Path, case: str
) -> None:
    text, name, second, first = FILES[case]
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(SimError) as caught:
        read_scenario(tmp_path / "mine.yaml")
    message = str(caught.value)
    assert f"mine.yaml:{second}: given twice: first on line {first}" in message
    assert f"given: {name}" in message


def test_a_variants_file_that_gives_a_setting_twice_is_refused_with_both_lines(
    tmp_path: Path,
) -> None:
    (tmp_path / "v.yaml").write_text(f"variants:\n  one:\n    {DOTTED}\n    {NESTED}\n")
    with pytest.raises(SimError, match=r"v\.yaml:4: given twice: first on line 3"):
        read_variants(tmp_path / "v.yaml")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"linkage.cn": 0.3, "linkage": {"cn": 0.4}}, "linkage.cn"),
        ({"linkage": {"cn": 0.4}, "linkage.cn": 0.3}, "linkage.cn"),
        ({"linkage.cn": 0.3, "+linkage.cn": 0.4}, "linkage.cn"),
        (
            {"changes": {DAY: {"linkage.cn": 0.3, "linkage": {"cn": 0.4}}}},
            f"changes.{DAY}.linkage.cn",
        ),
        (
            {f"changes.{DAY}.linkage.cn": 0.3, "changes": {DAY: {"linkage": {"cn": 0.4}}}},
            f"changes.{DAY}.linkage.cn",
        ),
    ],
)
def test_a_mapping_that_gives_a_setting_twice_is_refused(
    given: dict[str, object], name: str
) -> None:
    for take in (take_scenario, sim.load().change):
        with pytest.raises(SimError) as caught:
            take(given)
        assert f"{name}: given twice" in str(caught.value)
        assert "0.3" in str(caught.value) and "0.4" in str(caught.value)


def test_names_that_share_a_head_and_an_item_made_anew_are_taken(tmp_path: Path) -> None:
    text = (
        "base: london\nlinkage.cn: 0.3\nlinkage: {us: 0.4}\n~issues.ai_chips:\n"
        "+issues.ai_chips: {owner: us, track: trade, benefit: 3}\n"
    )
    (tmp_path / "mine.yaml").write_text(text)
    made = read_scenario(tmp_path / "mine.yaml")
    assert (made.linkage.cn, made.linkage.us) == (0.3, 0.4)
    assert made.issues["ai_chips"].benefit == 3
