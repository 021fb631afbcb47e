"""sim.studies.claims: what is true holds, what is false fails, what hangs on the number of firms
shifts, and what noise hides is not settled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.analysis.claims import FAILS, HOLDS, OPEN, SHIFTS
from sim.config.errors import SimError
from sim.studies.claims import WRITTEN, Claims, hold_claims
from sim.studies.claims_figure import claims_figure
from sim.studies.claims_write import markdown

VALIDATION = Path(__file__).parents[2] / "docs" / "validation.md"


def claim(right: str, measure: str, sign: str, bound: float, **more: Any) -> dict[str, Any]:
    return {"text": "so", "page": "docs/model.md", "right": right, "measure": measure, "sign": sign,
            "bound": bound, **more}  # fmt: skip


GIVEN = {
    "claims": {
        "true": claim("scenario=tactical_pause", "tactical_pause", "above", 0.5),
        "false": claim("scenario=tactical_pause", "breakthrough", "above", 0.5),
        "counted": claim("scenario=london", "licence_queue.magnets", "below", 8.0),
        "noisy": claim(
            "us.resolve.trade=20.5", "tactical_pause", "above", 0.0, left="scenario=london"
        ),
    }
}
AGAINST = ("other_seed", "four_times_the_firms", "file_reversed", "threads")


@pytest.fixture(scope="module")
def held() -> Claims:
    return hold_claims(GIVEN, against=AGAINST, runs=60, threads=1)


def test_each_claim_has_the_verdict_that_it_deserves(held: Claims) -> None:
    verdicts = dict(zip(held.claims["claim"], held.claims["verdict"], strict=True))
    assert verdicts == {"true": HOLDS, "false": FAILS, "counted": SHIFTS, "noisy": OPEN}
    assert held.answer.startswith("1 of 4 claims hold")
    for words in ("false as written: false", "only as written: counted", "many runs: noisy"):
        assert words in held.answer


def test_a_check_says_where_and_by_how_much(held: Claims) -> None:
    own = held.checks.set_index(["claim", "variation"]).loc["counted"]
    assert list(own.index) == [WRITTEN, *AGAINST]
    assert own.loc["four_times_the_firms", "verdict"] == SHIFTS
    assert own.loc["four_times_the_firms", "moved.low"] > 6.0
    assert own.loc[["file_reversed", "threads"], "moved"].tolist() == [0.0, 0.0]
    row = held.claims.set_index("claim").loc["counted"]
    assert row["not_holding"] == "four_times_the_firms"


def test_no_verdict_is_given_from_noise_and_the_runs_that_would_settle_it_are(held: Claims) -> None:
    row = held.claims.set_index("claim").loc["noisy"]
    assert row["value.low"] < 0.0 < row["value.high"] and row["runs"] > 60
    assert np.isnan(held.claims.set_index("claim").loc["true", "runs"])


def test_every_interval_counts_all_checks(held: Claims) -> None:
    assert held.tests == 4 * 3
    alone = hold_claims(GIVEN, only=("true",), against=("other_seed",), runs=60, threads=1)
    wide, narrow = (
        found.checks.set_index(["claim", "variation"]).loc[("true", WRITTEN)]
        for found in (held, alone)
    )
    assert wide["value"] == narrow["value"]
    assert wide["value.low"] < narrow["value.low"] < narrow["value.high"] < wide["value.high"]


def test_bits_that_change_where_they_must_not_are_a_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.claims.same_bits", lambda *_: False)
    found = hold_claims(GIVEN, only=("true",), against=("file_reversed",), runs=60, threads=1)
    assert found.claims["verdict"].tolist() == [SHIFTS]
    assert found.claims["not_holding"].tolist() == ["file_reversed"]


def test_the_figure_has_a_mark_for_every_check(held: Claims) -> None:
    (ax,) = claims_figure(held).axes
    assert sum(len(marks.get_offsets()) for marks in ax.collections) == len(held.checks)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(held.claims["claim"])


def test_the_table_for_a_page_names_where_a_claim_does_not_hold(held: Claims) -> None:
    lines = markdown(held).splitlines()
    assert len(lines) == 2 + 4
    assert "| shifts | four times as many firms |" in lines[4]
    assert "| fails | all |" in lines[3]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"runs": 1}, "runs"),
        ({"only": ("tru",)}, "only"),
        ({"against": ("seeds",)}, "against"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(more: dict[str, Any], key: str) -> None:
    with pytest.raises(SimError) as refused:
        hold_claims(GIVEN, **more)
    assert refused.value.key == key


def test_the_quick_part_of_the_shipped_claims_holds() -> None:
    """What forty runs settle, under one seed and the orders."""
    found = hold_claims(
        only=("last_week_steady", "geneva_licences", "cheap_extensions_pause"),
        against=("other_seed", "firms_reversed", "speaks_cn", "file_reversed"),
        runs=120,
        threads=1,
    )
    assert set(found.checks["verdict"]) <= {HOLDS, OPEN}
    assert (found.claims["verdict"] == HOLDS).sum() >= 2


@pytest.mark.nightly
def test_the_table_of_the_page_is_what_the_command_gives() -> None:
    """All claims under all variations; the page says which hold."""
    assert markdown(hold_claims(runs=400)) in VALIDATION.read_text(encoding="utf-8"), (
        "tariffsim claims writes claims.md: the table as it is now"
    )


def test_the_page_has_a_row_for_every_claim() -> None:
    from sim.studies.claim_file import claims_path, read_claims

    text = VALIDATION.read_text(encoding="utf-8")
    for name, given in read_claims(claims_path())["claims"].items():
        sentence = " ".join(given["text"].split())
        assert f"| `{name}`: {sentence} (`{given['page']}`) |" in text
