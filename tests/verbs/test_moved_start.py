"""Another first day takes the deadline along, and that is said."""

from __future__ import annotations

import pytest

from sim.cli import main

QUICK = ["runs=2", "draw=false", "figures.report=false"]


@pytest.mark.parametrize(
    "words, said",
    [
        (["calendar.start=2025-08-12"], "to 2025-10-14 (9 weeks)"),
        (["calendar.start=2025-08-12", "deadline=2025-11-10"], ""),
        (["calendar.start=2025-08-12", "truce=none"], ""),
        (["truce.length_weeks=26"], ""),
    ],
    ids=str,
)
def test_a_moved_first_day_says_where_the_deadline_goes(words, said, tmp_path, capsys):
    assert main(["run", *words, *QUICK, f"out={tmp_path}"]) == 0
    err = capsys.readouterr().err
    assert said in err and ("the deadline moves" in err) == bool(said)
