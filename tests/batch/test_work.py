"""What is asked for is counted before it is made: runs, time, memory and disk."""

from __future__ import annotations

import math
import time
import tracemalloc

import pytest

import sim
from sim.batch import Run, work
from sim.batch.read import build_sweep
from sim.batch.work import Work, check_work, describe, hours, work_of_batch, work_of_sweep
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.sweeps.chunks import chunks, count_chunks

LONDON = Scenario()
GIANT = {
    "kind": "grid",
    "runs": 1,
    "factors": {
        name: {"low": 0.1, "high": 0.9, "points": 10_000}
        for name in ("linkage.cn", "linkage.us", "firms.magnets.trusted_share")
    },
}


def test_a_giant_design_is_counted_at_once_and_in_no_memory() -> None:
    began = time.process_time()
    tracemalloc.start()
    sweep = build_sweep(GIANT, LONDON)
    with pytest.raises(SimError, match=r"1,000,000,000,000 runs, about 21 years"):
        check_work(work_of_sweep(sweep, LONDON))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000 and time.process_time() - began < 5.0


def test_who_asks_says_how_much_is_too_much() -> None:
    ten = work_of_batch(LONDON, Run(runs=10_000_000, engine="mesa", weeks="none"))
    with pytest.raises(SimError, match=r"largest=12 \(hours\)"):
        check_work(of_no_memory(ten))
    check_work(of_no_memory(ten), 12.0)
    check_work(of_no_memory(ten), math.inf)


def of_no_memory(asked: Work) -> Work:
    """The same without its memory, which this machine may not have."""
    return Work(asked.runs, asked.seconds, parallel=asked.parallel)


def test_the_cure_can_be_typed_and_suffices() -> None:
    for seconds in (29_000.0, 36_001.0, 359_999.0, 7e6, 1.5e9):
        with pytest.raises(SimError) as refused:
            check_work(Work(1, seconds))
        typed = str(refused.value.cure).split("largest=")[1].split()[0]
        check_work(Work(1, seconds), float(typed))


def test_what_nobody_lives_to_see_has_no_cure_but_less() -> None:
    with pytest.raises(SimError) as refused:
        check_work(Work(10**400, math.inf))
    assert refused.value.cure == "ask for less" and "some 10^400 runs" in str(refused.value)


@pytest.mark.parametrize("given", [0, -1.0, math.nan, True, "24", None])
def test_a_bound_is_a_number_of_hours(given: object) -> None:
    with pytest.raises(SimError, match="largest: not a number of hours"):
        hours(given)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Work(10_000_000, 1.0, memory=16e9), "more memory than this machine has"),
        (Work(10_000_000, 1.0, disk=1e21), "more than fits on this disk"),
    ],
)
def test_what_this_machine_cannot_hold_is_refused(
    asked: Work, says: str, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.setattr(work, "machine_memory", lambda: 8_000_000_000)
    with pytest.raises(SimError, match=says):
        check_work(asked, folder=tmp_path / "not" / "there")


def test_a_run_costs_what_its_dearest_setting_costs() -> None:
    plain = work_of_batch(LONDON, Run(runs=1_000)).seconds
    assert work_of_batch(LONDON, Run(runs=1_000, engine="mesa")).seconds == 8 * plain
    for name, value, other in (
        ("calendar.horizon_weeks", 520, 52),
        ("firms.magnets.firms", 2_000, 20),
        ("us.strategy.kind", "equilibrium", "micro"),
    ):
        dear = work_of_batch(LONDON.change({name: value}), Run(runs=1_000))
        moved = {"kind": "grid", "runs": 500, "factors": {name: {"values": [other, value]}}}
        swept = work_of_sweep(build_sweep(moved, LONDON), LONDON)
        assert dear.seconds > 3 * plain and swept.runs == 1_000
        assert swept.seconds == pytest.approx(dear.seconds + 0.15)


@pytest.mark.parametrize("runs", [1, 60, 300, 5_000])
@pytest.mark.parametrize("stopping", [None, {"most_runs": 6_000}])
@pytest.mark.parametrize("size", [256, 4_096])
def test_chunks_are_counted_without_being_made(runs: int, stopping: object, size: int) -> None:
    plain = {"kind": "sobol", "points": 64, "runs": runs, "stopping": stopping}
    plain["factors"] = {"linkage.cn": {"low": 0, "high": 1}}
    sweep = build_sweep(plain, LONDON)
    assert count_chunks(sweep, 61, size) == len(list(chunks(sweep, 61, size)))


def test_the_same_bound_holds_in_python(tmp_path) -> None:
    design = {"linkage.cn": [0.0, 1.0]}
    for asked in (
        lambda: sim.run(runs=1_000, largest=1e-6),
        lambda: sim.evaluate(None, design, runs=1_000, largest=1e-6),
        lambda: sim.sweep("linkage_by_deadline", out=tmp_path / "out", largest=1e-6),
        lambda: sim.compare("london", "geneva", largest=1e-6),
    ):
        with pytest.raises(SimError, match="more work than is likely to be meant"):
            asked()
    assert not (tmp_path / "out").exists()


def test_an_estimate_is_said_in_one_line() -> None:
    assert describe(Work(0, 0.0)) == "nothing left to compute"
    assert describe(Work(1, 3.0, parallel=False), 8) == "1 run, about 3 s of one processor"
    assert (
        describe(Work(5_000, 600.0, most=True), 2) == "5,000 runs, at most about 5 min on 2 threads"
    )


def test_a_week_is_held_as_long_as_its_record() -> None:
    from sim.batch import work
    from sim.rules.measures import RUN, WEEK

    assert WEEK.itemsize == work._HELD_WEEK
    assert RUN.itemsize < work._HELD < RUN.itemsize + 600  # the table beside it, measured
