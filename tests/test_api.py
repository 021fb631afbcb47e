"""sim.run refined by more runs, joined and interrupted: run k is the same whatever else is run."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

import sim
from sim import api
from sim.agents.strategies import Strategy
from sim.results import Results


class Best(Strategy):
    def target(self, view):
        return view.best


def same(one: Results, other: Results) -> None:
    pd.testing.assert_frame_equal(one.runs, other.runs, check_exact=True)
    if other.weeks is None:
        assert one.weeks is None
    else:
        pd.testing.assert_frame_equal(one.weeks, other.weeks, check_exact=True)


@pytest.mark.parametrize("weeks", ["none", "quantiles", "all"])
def test_runs_that_follow_join_to_the_bits_of_one_result(weeks) -> None:
    parts = [sim.run("london", first=n, runs=r, weeks=weeks) for n, r in ((0, 9), (9, 4), (13, 7))]
    whole = sim.run("london", runs=20, weeks=weeks)
    joined = sim.join(*parts)
    same(joined, whole)
    same(parts[0].join(*parts[1:]), whole)
    assert joined.manifest.run == whole.manifest.run
    assert joined.manifest.weekly_runs == whole.manifest.weekly_runs
    assert joined.example.run == whole.example.run
    assert joined.answer == whole.answer


def test_both_engines_begin_where_they_are_told() -> None:
    later = sim.run("london", first=3, runs=2, weeks="all")
    agents = sim.run("london", first=3, runs=2, weeks="all", engine="mesa")
    same(agents, later)
    assert later.weeks["run"].unique().tolist() == [3, 4]


def test_a_later_result_is_saved_and_reproduced(tmp_path) -> None:
    later = sim.run("london", first=5, runs=3).save(tmp_path / "later")
    assert sim.load_results(later.folder).runs["run"].tolist() == [5, 6, 7]
    assert sim.reproduce(later.folder).same


@pytest.mark.parametrize(
    ("others", "key"),
    [
        ({"first": 6}, "not the runs that follow"),
        ({"first": 0}, "not the runs that follow"),
        ({"first": 5, "seed": 2}, "another seed"),
        ({"first": 5, "weeks": "all"}, "another weeks"),
        ({"first": 5, "scenario": "geneva"}, "another scenario"),
    ],
)
def test_only_consecutive_runs_of_the_same_are_joined(others, key) -> None:
    begun = sim.run("london", runs=5, weeks="none")
    given = {"scenario": "london", "runs": 1, "weeks": "none", **others}
    with pytest.raises(sim.SimError, match=key):
        sim.join(begun, sim.run(given.pop("scenario"), **given))


def test_strategies_in_python_may_remember_and_are_not_joined() -> None:
    own = sim.run("london", runs=1, weeks="none", strategies={"us": Best()})
    with pytest.raises(sim.SimError, match="strategies in Python"):
        sim.join(own, sim.run("london", first=1, runs=1, weeks="none"))


def test_numbers_end_where_the_counter_of_the_draws_does() -> None:
    last = sim.run("london", first=2**32 - 2, runs=2, weeks="none")
    assert last.runs["run"].tolist() == [2**32 - 2, 2**32 - 1]
    with pytest.raises(sim.SimError, match=r"run\.first"):
        sim.run("london", first=2**32 - 2, runs=3, weeks="none")


def test_an_interrupted_run_leaves_what_was_done_and_how_to_go_on(monkeypatch) -> None:
    monkeypatch.setattr(api, "_BLOCK", 8)

    def stop(done: int, total: int) -> None:
        if done > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        sim.run("london", runs=40, threads=1, progress=stop)
    done = caught.value.results
    assert len(done.runs) == 16 and done.manifest.run.runs == 16
    assert "first=16, runs=24" in caught.value.__notes__[0]
    assert str(caught.value) == "interrupted after 16 of 40 runs"
    rest = sim.run("london", first=16, runs=24)
    same(sim.join(done, rest), sim.run("london", runs=40))


def test_interrupted_before_anything_is_kept_it_is_a_plain_interrupt() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        sim.run("london", runs=10, threads=1, progress=stop)
    assert type(caught.value) is KeyboardInterrupt


def test_agents_that_are_interrupted_leave_their_runs_too() -> None:
    class Tired(Best):
        calls = 0

        def target(self, view):
            if view.week == 0 and view.track == "trade":
                Tired.calls += 1
            if Tired.calls == 3:
                raise KeyboardInterrupt
            return view.best

    with pytest.raises(sim.Interrupted) as caught:
        sim.run("london", runs=5, weeks="none", strategies={"us": Tired()})
    assert caught.value.results.runs["run"].tolist() == [0, 1]


def test_progress_counts_all_blocks_as_one(monkeypatch) -> None:
    monkeypatch.setattr(api, "_BLOCK", 8)
    seen: list[tuple[int, int]] = []
    sim.run("london", runs=20, weeks="none", threads=1, progress=lambda *at: seen.append(at))
    assert seen[-1] == (20, 20) and [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_after_import_sim_its_names_and_rooms_are_there_and_nothing_heavy_is() -> None:
    import subprocess

    code = (
        "import sys, sim; assert not {'numpy', 'pandas', 'matplotlib'} & set(sys.modules); "
        "print(sim.tournament.tournament, sim.export.export, sim.theory.nash); "
        "print([getattr(sim, name) for name in sim.__all__])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=120)
    assert set(sim.__all__) <= set(dir(sim))
