"""Offers that people listed are scored against the frontier, or refused with row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.config.errors import SimError
from sim.exercises import Exercise, read_exercise
from sim.exercises.transcript import Offer, score_offers

HEAD = "party,price,handover,staff,old_name,accepted\n"
OFFERS = (
    HEAD
    + "buyer,40,March,half kept,kept,\nowner,60,June,all kept,kept,no\n"
    + "buyer,45,June,all kept,kept,\nowner,55,March,half kept,dropped,yes\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "offers.csv"
    path.write_text(OFFERS, encoding="utf-8")
    return path


def test_an_agreement_is_scored_by_hand(case_sheet: Exercise, table: Path) -> None:
    """25 + 60 + 20 and 75 + 45. The frontier leaves the buyer 180 where the owner has 135, and the
    owner 210 where the buyer has 105.
    """
    scored = score_offers(case_sheet, table)
    last = scored.offers.iloc[-1]
    assert (last["points.buyer"], last["points.owner"]) == (105.0, 120.0)
    assert not last["efficient"] and last["accepted"]
    assert (last["left.buyer"], last["left.owner"]) == (75.0, 90.0)
    assert last["nash_ratio"] == pytest.approx(15 * 50 / 5850)
    assert list(scored.offers["efficient"]) == [True, True, False, False]
    assert "buyer could have 75 more or owner could have 90 more" in scored.answer


def test_offers_without_an_agreement_leave_the_walk_away_points(case_sheet, table) -> None:
    table.write_text(OFFERS.replace("yes", ""), encoding="utf-8")
    said = score_offers(case_sheet, table).answer
    assert (
        said
        == "no agreement after 4 offers: the parties walk away with 90 points (buyer) and 70 points (owner)"
    )


def test_an_efficient_agreement_and_one_below_a_walk_away_are_told(case_sheet: Exercise) -> None:
    fair = case_sheet.outcomes.kalai_smorodinsky[0]
    assert "efficient: nobody" in score_offers(case_sheet, [Offer(0, fair, accepted=True)]).answer
    cheap = case_sheet.outcomes.frontier[-1]
    said = score_offers(case_sheet, [Offer(1, int(cheap), accepted=True)]).answer
    assert "below the walk-away points of buyer" in said


def test_offers_of_a_sheet_without_a_zone_have_no_solution_to_be_far_from(sheets) -> None:
    exercise = read_exercise(sheets["no_zone"])
    scored = score_offers(exercise, [Offer(0, 1)])
    assert scored.offers[["nash_ratio", "distance.nash"]].isna().all().all()


BAD = [
    ("buyer,40", "byer,40", ["party, row 2, column A", "no such party", "did you mean: buyer"]),
    ("buyer,40", "buyer,41", ["price, row 2, column B", "no such price", "allowed: 40, 45"]),
    ("buyer,40", "buyer,", ["price, row 2, column B", "an empty cell"]),
    ("half kept,kept,\n", "half,kept,\n", ["staff, row 2, column D", "did you mean: half kept"]),
    ("party,price", "party,prise", ["prise: no such column", "did you mean: price"]),
    ("party,price", "party,party", ["two columns of one name"]),
    (",old_name,accepted", ",old,accepted", ["old: no such column", "old_name"]),
    ("kept,no", "kept,yes", ["accepted, row 3, column F", "offers after an agreement"]),
    ("kept,no", "kept,perhaps", ["accepted, row 3, column F", "not yes or no"]),
    (OFFERS[len(HEAD) :], "", ["empty"]),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD, ids=range(len(BAD)))
def test_a_bad_transcript_is_refused_with_row_and_column(old, new, said, case_sheet, table) -> None:
    table.write_text(OFFERS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        score_offers(case_sheet, table)
    for words in said:
        assert words in str(caught.value)


def test_a_transcript_from_a_spreadsheet_has_whole_numbers_as_options(case_sheet, tmp_path) -> None:
    pytest.importorskip("openpyxl")
    import openpyxl

    book = openpyxl.Workbook()
    for row in (HEAD.strip().split(","), ["buyer", 40, "March", "half kept", "kept", True]):
        book.active.append(row)
    book.save(tmp_path / "offers.xlsx")
    (offer,) = score_offers(case_sheet, tmp_path / "offers.xlsx").given
    assert offer.accepted and case_sheet.package(offer.place)["price"] == "40"


def test_no_offer_is_refused(case_sheet: Exercise) -> None:
    with pytest.raises(SimError, match="no offer"):
        score_offers(case_sheet, [])


def test_all_faulty_offers_are_said_at_once(case_sheet, table) -> None:
    text = OFFERS.replace("40,March", "41,May").replace("owner,55", "bank,55").replace("yes", "so")
    table.write_text(text, encoding="utf-8")
    with pytest.raises(SimError) as caught:
        score_offers(case_sheet, table)
    said = str(caught.value)
    places = ("row 2, column B", "row 2, column C", "row 5, column A", "row 5, column F")
    assert [said.count(place) for place in places] == [1] * 4 and len(caught.value.others) == 3
