"""Results drawn by the tests of figures: small, and shared by all of them."""

from __future__ import annotations

import pytest

import sim
from sim.batch.sweep import Factor, Sweep
from sim.results import Results

_CASES = {
    "london": (("scenario=london_2025",), 30),
    "breakthrough": (("scenario=breakthrough",), 12),
    "one_run": (
        (
            "scenario=london_2025",
            "title='Costs of $5 & <b>100 %</b>, a long title for a small figure'",
        ),
        1,
    ),
    "never_a_truce": (("scenario=escalation_2025", "truce.reentry.rate=0"), 10),
    "four_weeks": (
        ("scenario=london_2025", "calendar.horizon_weeks=4", "outcomes.weeks_in_force=2"),
        10,
    ),
    "no_room": (
        ("scenario=london_2025", "us/strategy=hardliner", "cn/strategy=hardliner", "linkage.cn=1"),
        10,
    ),
}


@pytest.fixture(scope="session")
def results_of():
    """A result by the name of its case; kept."""
    made: dict[str, Results] = {}

    def get(name: str) -> Results:
        if name not in made:
            overrides, runs = _CASES[name]
            made[name] = sim.run(sim.load(*overrides), runs=runs)
        return made[name]

    return get


@pytest.fixture(scope="session")
def swept(tmp_path_factory) -> Results:
    """A small sweep of three levers."""
    factors = {
        "linkage.cn": Factor("linkage.cn", (0.0, 0.6, 1.0)),
        "truce.length_weeks": Factor("truce.length_weeks", (6, 26)),
        "linkage.tracks": Factor("linkage.tracks", ("separate", "package")),
    }
    sweep = Sweep(name="small", title="Three levers", kind="grid", factors=factors, runs=8)
    return sim.sweep(sweep, out=tmp_path_factory.mktemp("sweep"))
