"""When to stop is a function of the runs made, at numbers fixed beforehand."""

from __future__ import annotations

import itertools

import pytest

import sim
from sim.analysis.controls import LEAST_RUNS
from sim.analysis.precision import FIRST_LOOK, beyond_reach, looks, run_until_narrow


def parts_of(precision: float, most: int, spread: float = 1.0) -> list[tuple[int, int]]:
    """First and last runs of the parts that a half width of spread / sqrt(runs) asks for."""
    return run_until_narrow(
        lambda start, stop, heard: (start, stop),
        lambda made: spread / made[-1][1] ** 0.5,
        precision,
        most,
    )


@pytest.mark.parametrize("most", [1, 255, 256, 300, 512, 5_000, 50_000])
def test_looks_rise_to_the_most_and_do_not_depend_on_it(most: int) -> None:
    found, long = list(looks(most)), list(looks(10**6))
    assert found[-1] == most and found == sorted(set(found))
    assert found[:-1] == [look for look in long if look < most]
    assert min(found) == min(FIRST_LOOK, most)


def test_looks_are_even_up_to_where_surprises_are_taken_out_and_then_a_fifth_apart() -> None:
    found = list(looks(20_000))
    early = found[: found.index(LEAST_RUNS) + 1]
    assert {after - before for before, after in itertools.pairwise(early)} == {64}
    later = found[found.index(LEAST_RUNS) : -1]
    assert all(1.2 <= after / before <= 1.26 for before, after in itertools.pairwise(later))


def test_parts_follow_on_one_another_until_the_first_look_that_is_narrow_enough() -> None:
    parts = parts_of(0.02, 50_000)
    assert parts[0][0] == 0
    assert all(one[1] == two[0] for one, two in itertools.pairwise(parts))
    assert parts[-1][1] == next(look for look in looks(50_000) if look**-0.5 <= 0.02)


def test_no_precision_makes_all_runs_at_once_and_none_asks_for_a_width() -> None:
    parts = run_until_narrow(lambda start, stop, heard: (start, stop), lambda made: 1 / 0, 0.0, 77)
    assert parts == [(0, 77)]


def test_the_most_ends_it_and_is_said() -> None:
    assert parts_of(0.0001, 900)[-1][1] == 900
    assert "the most allowed: runs= raises it" in beyond_reach(0.0001, 0.03, 900)
    assert beyond_reach(0.0, 0.03, 900) == beyond_reach(0.05, 0.03, 900) == ""


def test_progress_rises_to_the_runs_made() -> None:
    heard: list[tuple[int, int]] = []

    def make(start: int, stop: int, report) -> int:
        report(stop - start, stop - start)
        return stop

    last = run_until_narrow(
        make, lambda made: made[-1] ** -0.5, 0.03, 9_999, lambda *a: heard.append(a)
    )[-1]
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1][0] == last and all(done <= total for done, total in heard)


@pytest.fixture(scope="module")
def stopped() -> sim.Results:
    return sim.run("london", precision=0.035, seed=2)


def test_a_run_stopped_at_n_is_the_run_of_n_runs(stopped) -> None:
    runs = len(stopped.runs)
    whole = sim.run("london", runs=runs, seed=2)
    assert runs in list(looks(50_000))
    assert stopped.manifest.run.runs == runs and stopped.manifest.run.precision == 0.035
    assert stopped.manifest.estimates == whole.manifest.estimates
    assert stopped.weekly_runs == whole.weekly_runs == len(stopped.runs)
    for one, two in ((stopped.runs, whole.runs), (stopped.weeks, whole.weeks)):
        assert one.equals(two)


def test_all_four_shares_are_as_narrow_as_asked(stopped) -> None:
    assert len(stopped.manifest.estimates) >= 3
    for one in stopped.manifest.estimates.values():
        assert one.high - one.low <= 2 * 0.035 + 1e-9


def test_the_answer_gives_the_estimate_and_where_it_falls_short_says_so(stopped) -> None:
    from sim.analysis.answer import answer

    said = answer(stopped)
    best = stopped.manifest.estimates["tactical_pause"]
    assert f"estimated from {len(stopped.runs)} runs" in said
    assert f"{100 * best.low:.1f}-{100 * best.high:.1f} %" in said and "asked for" not in said
    short = answer(sim.run("london", precision=0.01, runs=300, weeks="none", seed=2))
    assert "±1 points were asked for" in short and "300 runs" in short


def test_few_runs_are_counted_as_ever() -> None:
    found = sim.run("london", runs=300, weeks="none")
    assert found.manifest.estimates == {} and found.manifest.run.precision == 0.0


@pytest.mark.parametrize("given", [-0.1, 0.7, float("nan"), "narrow"])
def test_a_precision_that_is_none_is_refused(given) -> None:
    with pytest.raises(sim.SimError) as caught:
        sim.run("london", precision=given)
    assert caught.value.key == "run.precision"


def test_the_mesa_engine_stops_at_the_same_run() -> None:
    few = {"calendar.horizon_weeks": 12, "outcomes.weeks_in_force": 1}
    scenario = sim.load().change(few)
    one, two = (
        sim.run(scenario, precision=0.06, runs=400, engine=engine, weeks="none")
        for engine in ("mesa", "ensemble")
    )
    assert one.runs.equals(two.runs)
