"""Each group of the benchmarks runs at a tiny size and returns rows that say what they must;
nothing here judges a time.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

import benchmarks.__main__ as command
from benchmarks.clock import Row, interleaved, ratio, straight_line
from benchmarks.draw import draw, draw_growth
from benchmarks.engines import engines
from benchmarks.fair import one_against_one, two_against_two
from benchmarks.growth import AXES, Axis, growth, slope, with_issues
from benchmarks.kernel import PORTS
from benchmarks.small import kernel


def test_fair_sets_one_thread_against_one_process_alone() -> None:
    rows = list(one_against_one(8, 1, 1, repeats=1))
    assert {row.note.split("; ")[-1] for row in rows} == {"1 thread or process, CPU time"}
    rates, ratios = (
        [row for row in rows if row.unit == "runs/s"],
        [row for row in rows if row.unit == "times"],
    )
    assert len(rates) == 6
    assert len(ratios) == 5
    assert all(row.value > 0 for row in rows)


@pytest.mark.nightly
def test_fair_sets_two_threads_against_two_processes() -> None:
    rows = list(two_against_two(8, 6, 4, repeats=1))
    assert sum(row.unit == "times" for row in rows) == 3


@pytest.mark.nightly
def test_engines_compare_no_two_threads_with_one_process() -> None:
    ratios = {row.name for row in engines(4) if row.group == "ratio"}
    assert ratios == {"ensemble, 1 thread, over Mesa, one call per phase", "efficiency of threads"}


def test_kernel_gives_firm_weeks_a_second_of_every_port() -> None:
    rows = list(kernel(8, repeats=1))
    assert {row.name for row in rows if row.unit == "firm-weeks/s"} == set(PORTS)
    assert sum(row.unit == "times" for row in rows) == len(PORTS) - 1


def test_growth_measures_every_size_and_fits_the_upper_ones() -> None:
    few = [_shrunk(axis) for axis in AXES]
    rows = list(growth(2, repeats=2, axes=few))
    for axis in few:
        own = [row for row in rows if row.group == f"growth, {axis.name}"]
        assert [row.size for row in own if row.unit == axis.cost] == list(axis.sizes)
        assert sum(row.unit == "slope" for row in own) == 1


def _shrunk(axis: Axis) -> Axis:
    sizes = axis.sizes[:2]
    return Axis(axis.name, sizes, sizes[0], axis.cost, axis.work, axis.clock)


@pytest.mark.parametrize("count", range(2, 13, 2))
def test_scenarios_of_growth_have_as_many_issues_as_they_say_of_both_sides(count: int) -> None:
    issues = with_issues(count).issues
    assert len(issues) == count
    assert {issue.owner for issue in issues.values()} == {"us", "cn"}


def test_a_power_law_has_its_exponent_as_slope() -> None:
    sizes = [1.0, 10.0, 40.0]
    assert slope(sizes, [3.0 * size**0.75 for size in sizes]) == pytest.approx(0.75)


def test_the_straight_line_of_a_line_is_that_line() -> None:
    assert straight_line([1, 2, 50], [5.0, 7.0, 103.0]) == pytest.approx((3.0, 2.0))


def test_rounds_are_interleaved_and_every_other_one_runs_backwards() -> None:
    called: list[str] = []
    taken = interleaved(
        {name: lambda name=name: called.append(name) for name in "abc"},
        2,
        lambda: float(len(called)),
    )
    assert "".join(called) == "abc" + "abc" + "cba"
    assert taken == {"a": [1.0, 1.0], "b": [1.0, 1.0], "c": [1.0, 1.0]}


def test_a_ratio_is_paired_by_round() -> None:
    row = ratio("g", "n", [2.0, 30.0, 8.0], [1.0, 10.0, 2.0])
    assert (row.low, row.value, row.high) == (2.0, 3.0, 4.0)


def test_figures_are_drawn_of_what_is_there_and_not_of_nothing(tmp_path: Path) -> None:
    rows = [
        Row("engine", "ensemble", 3000.0, "runs/s"),
        Row("fair, 1", "a over b", 170.0, "times", low=150.0, high=190.0),
        *(
            Row("growth, firms", f"{n}", 2.0 * n, "µs", size=n, low=2.0 * n, high=2.1 * n)
            for n in (10, 20, 40)
        ),
        Row("growth, firms", "slope", 1.0, "slope", size=10, low=0.9, high=1.1),
    ]
    draw(rows, "machine", tmp_path / "speed.png")
    draw_growth(rows, "machine", tmp_path / "growth.png")
    assert all((tmp_path / name).stat().st_size > 10_000 for name in ("speed.png", "growth.png"))
    draw_growth(rows[:1], "machine", tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()


def test_the_command_writes_the_rows_of_the_groups_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        command.GROUPS,
        "kernel",
        lambda runs: iter([Row("kernel", "port", 1.0 * runs, "firm-weeks/s")]),
    )
    assert command.main(["quick", "kernel"]) == 0
    (table,) = tmp_path.glob("outputs/bench/*/table.csv")
    with open(table, newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == "port"
    assert math.isnan(float(row["low"]))
    assert "results:" in capsys.readouterr().out


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["speed"]) == 2
    assert "fair, kernel, growth" in capsys.readouterr().err
