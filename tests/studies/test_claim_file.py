"""The file of claims: every sentence still stands in its page, and a bad claim is refused by its
name and line.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.config.errors import SimError
from sim.config.yaml import read_yaml
from sim.studies.claim_file import build_claims, claims_path, read_claims, values_of
from sim.studies.invariance import run_variation, variations_of

ROOT = Path(__file__).parents[2]
SHIPPED = read_claims(claims_path())
GOOD = """\
claims:
  rare:
    text: a breakthrough is rare
    page: docs/model.md
    right: scenario=london
    measure: breakthrough
    sign: below
    bound: 0.05
"""


def words_of(page: str) -> str:
    """The text of a file in one line, without the marks of comments."""
    text = (ROOT / page).read_text(encoding="utf-8")
    # the table of verdicts repeats the sentences, which must stand in the page by themselves
    text = re.sub(r"^\| `\w+`: .*$", "", text, flags=re.MULTILINE)
    if page.endswith(".yaml"):
        text = re.sub(r"^\s*#", "", text, flags=re.MULTILINE)
    return " ".join(text.split())


@pytest.mark.parametrize("part", ["claims", "others"])
def test_every_sentence_still_stands_in_its_page(part: str) -> None:
    lost = {
        name: given["text"]
        for name, given in SHIPPED[part].items()
        if " ".join(given["text"].split()) not in words_of(given["page"])
    }
    assert not lost, "mend configs/claims.yaml with the page"


def test_a_test_that_is_said_to_hold_a_sentence_exists() -> None:
    named = [
        path
        for other in SHIPPED["others"].values()
        for path in re.findall(r"tests/[\w/]+\.py", other["why"])
    ]
    assert len(named) > 3
    assert all((ROOT / path).is_file() for path in named)


def test_every_claim_names_scenarios_that_differ_and_a_measure_that_they_have() -> None:
    claims = build_claims(SHIPPED)
    assert len(claims) > 30
    for stated in claims:
        assert stated.left is None or stated.left != stated.right
        assert stated.kind in ("share", "shares", "mean")


def test_a_measure_is_what_the_table_of_runs_says() -> None:
    (stated,) = build_claims(SHIPPED, ("chips_growth_deals",))
    (outs,) = run_variation(variations_of(("other_seed",))[0], [stated.right], 12, 0, 1)
    deal = values_of("deal", outs, stated.right)
    weeks = values_of("weeks_to_first_deal", outs, stated.right)
    assert set(deal) <= {0.0, 1.0} and deal.sum() == (weeks == weeks).sum()
    last = [values_of(f"final_state.{n}", outs, stated.right) for n in ("breakdown", "narrow_deal")]
    assert all(set(values) <= {0.0, 1.0} for values in last)


@pytest.mark.parametrize(
    ("old", "new", "problem", "line"),
    [
        ("breakthrough\n    sign", "breakthru\n    sign", "no such measure", 6),
        ("sign: below", "sign: under", "not one of the choices", 7),
        ("    sign: below\n", "", "without sign", 2),
        ("bound: 0.05", "bound: few", "not a number", 8),
        ("bound: 0.05", "bound: 0.05\n    within: 0.1", "does not go with the sign", 9),
        ("sign: below", "sign: near", "does not go with the sign", 2),
        ("scenario=london", "scenario=lundon", "scenario", 5),
        ("scenario=london", "file=mine.yaml", "file of somebody's machine", 5),
        ("scenario=london", "'linkage.cn=\"0.5'", "no closing quotation", 5),
        (
            "right: scenario=london",
            "right: scenario=london\n    left: scenario=london",
            "the same",
            5,
        ),
        ("    page:", "    pages:", "no such setting", 4),
        ("  rare:", "  Rare claim:", "not a name", 2),
    ],
)
def test_a_bad_claim_is_refused_with_its_line(old, new, problem, line, tmp_path: Path) -> None:
    assert old in GOOD
    path = tmp_path / "claims.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimError) as refused:
        read_claims(path)
    assert problem in str(refused.value)
    assert f"claims.yaml:{line}" in str(refused.value)


def test_an_empty_file_has_no_claim(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text("claims: {}\n", encoding="utf-8")
    with pytest.raises(SimError, match="no claim"):
        read_claims(path)


def test_the_good_claim_is_good(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(GOOD, encoding="utf-8")
    (stated,) = build_claims(read_claims(path))
    assert (stated.name, stated.kind, stated.left) == ("rare", "share", None)
    assert read_yaml(path).values == read_claims(path)
    with pytest.raises(SimError, match="no such claim") as refused:
        build_claims(read_claims(path), ("rere",))
    assert refused.value.suggestion == "rare"
