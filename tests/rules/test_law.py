"""The stack of duties beside the record, what falls with a basis, and the facts it is made of
(docs/law.md).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import history
from sim.rules import customs
from sim.rules.codes import (
    CN,
    COUNTER,
    FENTANYL,
    FIXED_DUTIES,
    LISTS_2018,
    LISTS_2025,
    N_GROUPS,
    RECIPROCAL,
    SECTION_232,
    SECTION_301,
    US,
)
from sim.rules.compiled import FACT_FILES
from sim.rules.customs import STACK, THIRD, day_of, facts
from sim.rules.law import effective_average, set_stack, statutory_average, third_average
from sim.vocabulary import TRADE_GROUPS

GROUPS, BASES = facts()
AUGUST = "2025-08-12"
PHONES = TRADE_GROUPS["phones_computers"].code
# the tracker, which exempts car parts by heading and electronics from another day on, stands 9 to
# 19 points below in these days
APART = ("2025-04-10", "2025-04-11", "2025-04-12")
PEAK_OF_CHINA = "2025-04-12"


def stack_on(day: str) -> Any:
    stack = np.zeros(1, STACK)
    set_stack(GROUPS, BASES, stack[0], day_of(date.fromisoformat(day)))
    return stack[0]


def readings(column: str) -> list[tuple[str, float]]:
    """The dated readings of a column of the record, per cent."""
    record = history.tariffs().dropna(subset=[column])
    return list(zip(record["date"].dt.strftime("%Y-%m-%d"), record[column], strict=True))


@pytest.mark.parametrize(("day", "per_cent"), readings("us_average_total_pct"))
def test_the_us_statutory_average_is_within_two_points_of_each_reading(
    day: str, per_cent: float
) -> None:
    assert 100 * statutory_average(stack_on(day), US) == pytest.approx(per_cent, abs=2.0)


@pytest.mark.parametrize(
    ("day", "per_cent"),
    [row for row in readings("cn_average_total_pct") if row[0] != PEAK_OF_CHINA],
)
def test_chinas_statutory_average_is_within_two_points_of_each_reading(
    day: str, per_cent: float
) -> None:
    assert 100 * statutory_average(stack_on(day), CN) == pytest.approx(per_cent, abs=2.0)


def test_chinas_peak_is_what_its_readings_before_and_after_add_up_to() -> None:
    """No average of the peak was printed: 146 is a sum of labels. The base of January, the lists of
    2025 (the reading of May less that base and its 10 points) and 125 make 147.6.
    """
    record = dict(readings("cn_average_total_pct"))
    base, truce = record["2025-01-01"], record["2025-05-14"]
    added = base + (truce - 10.0 - base) + 125.0
    assert added == pytest.approx(147.6)
    ours = 100 * statutory_average(stack_on(PEAK_OF_CHINA), CN)
    assert ours == pytest.approx(added, abs=1.0)
    assert ours == pytest.approx(148.2, abs=0.05)
    assert ours - record[PEAK_OF_CHINA] == pytest.approx(2.2, abs=0.05)


@pytest.mark.parametrize(
    ("day", "per_cent"), [row for row in readings("us_effective_total_pct") if row[0] not in APART]
)
def test_the_us_effective_average_is_within_two_points_of_each_reading(
    day: str, per_cent: float
) -> None:
    assert 100 * effective_average(GROUPS, stack_on(day), US) == pytest.approx(per_cent, abs=2.0)


@pytest.mark.parametrize(
    ("day", "us", "cn"),
    [
        ("2025-01-01", 11.0, 9.8),
        ("2025-03-04", 31.0, 10.9),
        ("2025-04-12", 114.6, 106.1),
        ("2025-05-14", 39.6, 20.0),
        (AUGUST, 41.1, 20.0),
    ],
)
def test_effective_averages_are_those_of_the_design(day: str, us: float, cn: float) -> None:
    stack = stack_on(day)
    assert 100 * effective_average(GROUPS, stack, US) == pytest.approx(us, abs=0.05)
    assert 100 * effective_average(GROUPS, stack, CN) == pytest.approx(cn, abs=0.05)


@pytest.mark.parametrize(
    ("void", "statutory", "effective"),
    [
        ((), 51.2, 41.1),
        ((FENTANYL,), 31.2, 21.1),
        ((RECIPROCAL,), 44.4, 34.5),
        ((FENTANYL, RECIPROCAL), 24.4, 14.5),
    ],
)
def test_a_ruling_takes_away_exactly_the_bases_it_voids(
    void: tuple[int, ...], statutory: float, effective: float
) -> None:
    stack = stack_on(AUGUST)
    for family in void:
        stack["statutory"][US, family] = 0.0
        stack["effective"][US, family] = 0.0
    assert 100 * statutory_average(stack, US) == pytest.approx(statutory, abs=0.05)
    assert 100 * effective_average(GROUPS, stack, US) == pytest.approx(effective, abs=0.05)


def test_section_122_covers_all_goods_for_150_days() -> None:
    """At 15 % in place of what a ruling voids: 24.4 becomes 39.4."""
    row = list(history.tariff_bases()["basis"]).index("us_122")
    assert BASES["from_day"][row] == customs.FAR and BASES["limit_days"][row] == 150
    stack = stack_on(AUGUST)
    kept = sum(
        stack["statutory"][US, family] for family in (FIXED_DUTIES, SECTION_232, SECTION_301)
    )
    weight = GROUPS["weight"][US] / GROUPS["weight"][US].sum()
    assert 100 * (kept + 0.15 * (weight * BASES["scope"][row]).sum()) == pytest.approx(
        39.4, abs=0.05
    )


def test_the_bases_a_ruling_voids_are_fentanyl_reciprocal_and_third_countries() -> None:
    rows = np.arange(BASES["count"])
    void = {(BASES["side"][k], BASES["family"][k]) for k in rows if BASES["void"][k]}
    assert void == {(US, FENTANYL), (US, RECIPROCAL), (THIRD, RECIPROCAL)}
    kept = {(BASES["side"][k], BASES["family"][k]) for k in rows if not BASES["void"][k]}
    assert (US, FENTANYL) not in kept and (THIRD, RECIPROCAL) not in kept


def test_third_countries_duties_are_those_of_the_record_and_a_ruling_takes_two_thirds() -> None:
    june, august = stack_on("2025-06-11"), stack_on(AUGUST)
    assert third_average(GROUPS, stack_on("2025-01-01")["third"]) == pytest.approx(0.0105)
    assert third_average(GROUPS, june["third"]) == pytest.approx(0.116, abs=0.0005)
    assert third_average(GROUPS, august["third"]) == pytest.approx(0.154, abs=0.0005)
    left = third_average(GROUPS, august["third"] - august["third_void"])
    assert left == pytest.approx(0.0545, abs=0.0005)


def test_the_order_of_11_april_is_seen_in_phones() -> None:
    """Their duty falls from 1.46 to .22."""
    before, after = stack_on("2025-04-10"), stack_on("2025-04-11")
    assert before["effective"][US, :, PHONES].sum() == pytest.approx(1.46, abs=0.005)
    assert after["effective"][US, :, PHONES].sum() == pytest.approx(0.22, abs=0.005)
    assert before["rate"][US, RECIPROCAL] == after["rate"][US, RECIPROCAL] == 1.25


@pytest.mark.parametrize(
    ("day", "column"),
    [("2025-04-05", "exempt_before"), ("2025-04-10", "exempt_before"), ("2025-04-11", "exempt")],
)
def test_the_reciprocal_duty_falls_on_what_is_not_exempt_and_is_not_exempted_twice(
    day: str, column: str
) -> None:
    unit = stack_on(day)["unit"][US, RECIPROCAL]
    assert unit == pytest.approx(1.0 - GROUPS[column][US], abs=1e-12)


def test_duties_of_january_2025_by_group_are_those_collected_in_2024() -> None:
    """But for metals, whose section 232 duty of 2018 the table of groups leaves out."""
    stack, table = stack_on("2025-01-01"), history.trade_groups()
    recorded = table[table["quantity"] == "tariff_before_2025"].set_index(["direction", "group"])
    for side, direction in ((US, "us_imports"), (CN, "cn_imports")):
        theirs = recorded["value"][direction].reindex(list(TRADE_GROUPS)).to_numpy()
        ours = stack["effective"][side].sum(axis=0)
        if side == US:
            ours = ours - stack["effective"][US, SECTION_232]
        assert ours == pytest.approx(theirs, abs=0.005)


def test_legacy_duties_are_waived_in_part_and_the_counter_duty_spares_its_exempt_goods() -> None:
    stack = stack_on(AUGUST)
    for side, family, column in ((US, SECTION_301, "waived"), (CN, LISTS_2018, "waived")):
        written = _written(side, family)
        assert stack["effective"][side, family] == pytest.approx(
            written * (1.0 - GROUPS[column][side]), abs=1e-12
        )
    assert stack["unit"][CN, COUNTER] == pytest.approx(1.0 - GROUPS["exempt"][CN], abs=1e-12)
    assert stack["unit"][US, FENTANYL] == pytest.approx(np.ones(N_GROUPS))


def _written(side: int, family: int) -> np.ndarray:
    """The duty of a family in August 2025 as it is written, by group."""
    day = day_of(date.fromisoformat(AUGUST))
    rows = [
        k
        for k in range(BASES["count"])
        if BASES["side"][k] == side
        and BASES["family"][k] == family
        and BASES["from_day"][k] <= day < BASES["until_day"][k]
    ]
    assert rows
    return np.asarray(sum(BASES["rate"][k] * BASES["scope"][k] for k in rows))


def test_section_201_is_statutory_alone_and_ends_by_its_limit() -> None:
    eve, after = stack_on("2026-02-06"), stack_on("2026-02-08")
    assert 100 * (statutory_average(eve, US) - statutory_average(after, US)) == pytest.approx(0.7)
    assert effective_average(GROUPS, eve, US) == effective_average(GROUPS, after, US)


def test_a_family_that_is_yet_to_come_has_its_scope_and_no_duty() -> None:
    january, april = stack_on("2025-01-01"), stack_on("2025-04-12")
    for side, family in ((US, FENTANYL), (CN, COUNTER)):
        assert january["rate"][side, family] == january["statutory"][side, family] == 0.0
        assert not january["effective"][side, family].any()
        assert january["unit"][side, family] == pytest.approx(april["unit"][side, family])
        assert january["unit_statutory"][side, family] == pytest.approx(
            april["unit_statutory"][side, family]
        )
    # of the lists of 2025 that of February comes first
    assert january["unit"][CN, LISTS_2025, TRADE_GROUPS["energy"].code] == pytest.approx(0.085)
    assert january["unit"][CN, LISTS_2025, TRADE_GROUPS["soybeans"].code] == 0.0


@pytest.mark.parametrize("day", ["2018-09-24", "2025-01-01", "2025-04-12", AUGUST])
def test_units_times_rates_are_the_duties_in_force(day: str) -> None:
    stack = stack_on(day)
    assert stack["unit"] * stack["rate"][..., None] == pytest.approx(stack["effective"])
    assert stack["unit_statutory"] * stack["rate"] == pytest.approx(stack["statutory"])


def test_what_stood_in_the_stack_before_is_forgotten() -> None:
    stack = np.zeros(1, STACK)
    for day in (AUGUST, "2018-01-01"):
        set_stack(GROUPS, BASES, stack[0], day_of(date.fromisoformat(day)))
    assert stack[0] == stack_on("2018-01-01")


def test_suspended_points_are_no_duty_but_are_kept() -> None:
    row = np.flatnonzero(
        (BASES["side"][: BASES["count"]] == CN) & (BASES["suspended"][: BASES["count"]] > 0)
    )
    assert BASES["suspended"][row].tolist() == [0.24, 0.24]
    assert stack_on(AUGUST)["rate"][CN, COUNTER] == pytest.approx(0.1)


def test_nobody_can_change_the_facts() -> None:
    with pytest.raises(ValueError, match="read-only"):
        facts().groups["imports"][US] = 0.0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"basis": "us_999"}, "us_999 of us is not known"),
        ({"side": "eu"}, "us_mfn of eu is not known"),
    ],
)
def test_a_basis_that_no_family_has_is_named(row: dict[str, str], words: str) -> None:
    rows = customs._rows("tariff_bases.csv")
    with pytest.raises(ValueError, match=words):
        customs._fill_bases(np.zeros(1, customs.BASES)[0], [{**rows[0], **row}])


def test_a_number_that_a_group_lacks_is_named() -> None:
    rows = [row for row in customs._rows("trade_groups.csv") if row["group"] != "pharma"]
    with pytest.raises(ValueError, match="no imports_2024 of us_imports, pharma"):
        customs._fill_groups(np.zeros(1, customs.GROUPS)[0], rows)


@pytest.mark.parametrize("name", FACT_FILES)
def test_the_hash_of_the_rules_follows_the_tables_they_read(tmp_path: Path, name: str) -> None:
    shutil.copytree(
        Path(sim.__file__).parent, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__")
    )

    def asked() -> str:
        code = "from sim.rules.compiled import source_hash; print(source_hash())"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout

    before, table = asked(), tmp_path / "sim" / "data" / name
    table.write_text(table.read_text(encoding="utf-8").replace("0.", "0.0", 1), encoding="utf-8")
    assert asked() != before
