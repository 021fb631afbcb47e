"""The benchmark of studies gives the ensemble the same runs as the study."""

from __future__ import annotations

from benchmarks.studies import speed


def test_both_are_measured_on_the_same_runs() -> None:
    found = speed(points=16)
    assert found.runs == 16 * (2 * 20 + 3)
    assert (found.study > 0.0).all() and (found.ensemble > 0.0).all()
