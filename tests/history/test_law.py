"""The duties of a day in words and numbers (docs/law.md)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.history.law import LAST_DAY, VOIDS, duties
from sim.rules.codes import CN, US
from sim.rules.customs import STACK, day_of, facts
from sim.rules.law import effective_average, set_stack, statutory_average, third_average

AUGUST = "2025-08-12"


@pytest.mark.parametrize("day", ["2018-01-01", "2019-09-01", "2025-04-11", AUGUST])
def test_bases_add_up_to_the_averages_of_the_rules(day: str) -> None:
    groups, bases = facts()
    stack = np.zeros(1, STACK)[0]
    set_stack(groups, bases, stack, day_of(date.fromisoformat(day)))
    found = duties(day)
    for side, code in (("us", US), ("cn", CN)):
        assert found.statutory(side) == pytest.approx(statutory_average(stack, code))
        assert found.effective(side) == pytest.approx(effective_average(groups, stack, code))
    assert found.effective("us_third") == pytest.approx(third_average(groups, stack["third"]))


@pytest.mark.parametrize(
    ("void", "statutory", "effective", "third"),
    [
        (["fentanyl"], 31.2, 21.1, 15.4),
        (["reciprocal"], 44.4, 34.5, 15.4),
        (["fentanyl", "reciprocal"], 24.4, 14.5, 15.4),
        (["ieepa"], 24.4, 14.5, 5.4),
    ],
)
def test_what_a_ruling_leaves(
    void: list[str], statutory: float, effective: float, third: float
) -> None:
    found = duties(AUGUST, void)
    assert 100 * found.statutory("us") == pytest.approx(51.2, abs=0.05)
    assert 100 * found.statutory("us", after=True) == pytest.approx(statutory, abs=0.05)
    assert 100 * found.effective("us", after=True) == pytest.approx(effective, abs=0.05)
    assert 100 * found.effective("us_third", after=True) == pytest.approx(third, abs=0.06)
    assert not found.changed("cn")


def test_section_122_stands_for_150_days_on_the_goods_of_all_countries() -> None:
    found = duties(AUGUST, ["ieepa"], 0.15)
    assert 100 * found.statutory("us", after=True) == pytest.approx(39.4, abs=0.05)
    assert 100 * found.effective("us_third", after=True) == pytest.approx(20.4, abs=0.06)
    added = [basis for basis in found.bases if basis.added]
    assert {basis.side for basis in added} == {"us", "us_third"}
    assert {(basis.start, basis.end) for basis in added} == {(AUGUST, "2026-01-09")}
    assert not [basis for basis in duties(AUGUST).bases if basis.added]


def test_every_basis_has_its_words() -> None:
    for basis in duties(AUGUST).bases:
        assert all((basis.statute, basis.scope, basis.ends, basis.source, basis.family))


def test_suspended_points_name_their_day() -> None:
    suspended = {basis.name: basis for basis in duties(AUGUST).bases if basis.suspended}
    assert set(suspended) == {"us_ieepa_reciprocal", "cn_counter"}
    for basis in suspended.values():
        assert (basis.suspended, basis.end) == (pytest.approx(0.24), "2025-11-10")


def test_the_first_of_a_side_is_what_is_conceded_last() -> None:
    families = [basis.family for basis in duties(AUGUST).of("us")]
    assert families[0] == "MFN and section 201" and families[-1] == "reciprocal (IEEPA)"


def test_only_what_stands_on_a_day_can_fall() -> None:
    found = duties("2025-01-01", VOIDS)
    assert not any(basis.void for basis in found.bases)


def test_no_basis_begins_after_the_record() -> None:
    assert all(basis.start <= LAST_DAY for basis in duties("2030-01-01").bases)
    assert "us_201" not in {basis.name for basis in duties("2030-01-01").bases}
