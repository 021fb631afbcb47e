"""Two tables compared: the same, within tolerance, different, and where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.reproduction.compare import CLOSE, DIFFERENT, SAME, compare_tables, merged


def _frame(**columns) -> pd.DataFrame:
    base = {
        "run": np.arange(200),
        "outcome": pd.Categorical(["breakdown", "breakthrough"] * 100),
        "loss": np.linspace(1.0, 2.0, 200),
        "wait": np.where(np.arange(200) % 3 == 0, np.nan, 4.0),
        "single": np.linspace(1.0, 2.0, 200).astype(np.float32),
        "breaches": np.arange(200) % 4,
    }
    return pd.DataFrame({**base, **columns})


def test_equal_tables_have_the_same_bits_nan_included():
    assert compare_tables(_frame(), _frame(), "runs").verdict == SAME


def test_a_last_bit_is_told_with_its_row_and_distance_and_is_within_tolerance():
    other = _frame()
    other.loc[7, "loss"] = np.nextafter(other.loc[7, "loss"], 9.0)
    found = compare_tables(other, _frame(), "runs")
    (column,) = found.columns
    assert found.verdict == CLOSE and column.within
    assert (column.name, column.rows, column.first, column.ulp) == ("loss", 1, "run 7", 1)
    assert 0.0 < column.relative < 1e-15
    assert "run 7" in str(found)


def test_minus_zero_is_another_bit_but_no_distance():
    found = compare_tables(_frame(loss=np.full(200, -0.0)), _frame(loss=np.zeros(200)), "runs")
    assert found.verdict == CLOSE and found.columns[0].ulp == 0


def test_single_precision_may_differ_by_one_unit_in_the_last_place_only():
    one, two = _frame(), _frame()
    one["single"] = np.nextafter(one["single"].to_numpy(), np.float32(9))
    two["single"] = np.nextafter(one["single"].to_numpy(), np.float32(9))
    assert compare_tables(one, _frame(), "runs").verdict == CLOSE
    assert compare_tables(two, _frame(), "runs").verdict == DIFFERENT


def test_more_than_the_tolerance_a_lost_number_and_a_whole_number_are_different():
    far, lost, counted, key = _frame(), _frame(), _frame(), _frame()
    far.loc[3, "loss"] *= 1.0 + 1e-8
    lost.loc[3, "loss"] = np.nan
    counted.loc[3, "breaches"] += 1
    key.loc[3, "run"] = 900
    for other in (far, lost, counted, key):
        assert compare_tables(other, _frame(), "runs").verdict == DIFFERENT


def test_a_few_runs_that_ended_otherwise_are_listed_and_many_are_different():
    few, many = _frame(), _frame()
    few.loc[4, "outcome"] = "breakthrough"
    few.loc[4, "loss"] = 77.0
    many.loc[:8, "outcome"] = "breakthrough"
    found = compare_tables(few, _frame(), "runs")
    assert found.verdict == CLOSE and found.flipped == {4}
    assert [(flip.where, flip.recorded, flip.again) for flip in found.flips] == [
        ("run 4", "breakthrough", "breakdown")
    ]
    assert compare_tables(many, _frame(), "runs").verdict == DIFFERENT


def test_weeks_of_a_flipped_run_are_not_judged():
    weeks = pd.DataFrame({"run": [0, 0, 1, 1], "week": [1, 2, 1, 2], "flow": [1.0, 2.0, 3.0, 4.0]})
    other = weeks.assign(flow=[1.0, 2.0, 3.0, 9.0])
    assert compare_tables(other, weeks, "weeks").verdict == DIFFERENT
    assert compare_tables(other, weeks, "weeks", frozenset({1})).verdict == CLOSE


def test_another_shape_is_named():
    assert "5 rows recorded" in compare_tables(_frame().head(5), _frame(), "runs").note
    assert "lacks loss" in compare_tables(_frame().drop(columns="loss"), _frame(), "runs").note
    assert "also has more" in compare_tables(_frame(more=1), _frame(), "runs").note
    assert "another kind: loss" in compare_tables(_frame(loss="x"), _frame(), "runs").note
    turned = _frame()[["outcome", "run", "loss", "wait", "single", "breaches"]]
    assert "another order" in compare_tables(turned, _frame(), "runs").note


def test_missing_names_compare_as_equal():
    named = _frame(issue=pd.Categorical.from_codes([-1] * 200, ["chips"]))
    assert compare_tables(named, named.copy(), "runs").verdict == SAME


def test_parts_merge_to_the_worst_verdict_and_the_sum_of_rows():
    other = _frame()
    other.loc[7, "loss"] = np.nextafter(other.loc[7, "loss"], 9.0)
    close, same = (
        compare_tables(other, _frame(), "part 0"),
        compare_tables(_frame(), _frame(), "part 1"),
    )
    found = merged("runs", [same, close, close])
    assert (found.verdict, found.rows, found.columns[0].rows) == (CLOSE, 600, 2)
