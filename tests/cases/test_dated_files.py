"""Files in which people keep what changes by day: regimes, event lists, tariff tracks; each kind with
two siblings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import main
from sim.config.errors import SimError
from sim.verbs.prepare import say_left_out

QUIET = ("runs=2", "draw=false", "figures.report=false", "folder=made")

REGIMES = {
    "licences for a year, then a lower ceiling": (
        "# Settings that change on a day (imagined).\nfrom: london_2025\nchanges:\n"
        "  2025-12-01: {licensing.magnets.regime: general, licensing.magnets.approve_general: 0.9}\n"
        "  2026-03-02: {economy.us.ceiling_tariff: 0.60}\n",
        2,
    ),
    "a strategy changes with an election": (
        'base: geneva\nname: election\ncalendar: {start: "2025-05-14"}\nchanges:\n'
        "  2026-11-03:\n    us.strategy.kind: hardliner\n    politics: {us: {hawk_decay: 0.01}}\n",
        1,
    ),
    "talks twice a week for a month": (
        "changes:\n  '2025-09-01': {truce.talks.meetings_per_week: 4}\n"
        "  '2025-10-01': {truce.talks.meetings_per_week: 1}\n",
        2,
    ),
}
CHRONOLOGIES = {
    "a keeper's list": (
        "date,actor,kind,side,size,what\n"
        "2025-06-05,both,goodwill,us,0.3,call of the two leaders (before the first day)\n"
        "2025-06-09,both,goodwill,cn,0.2,talks in London begin (before the first day)\n"
        "2025-06-15,cn,hawk,us,0.2,no commitment on magnets for military use\n"
        "2025-08-11,both,goodwill,us,0.2,pause prolonged by 90 days\n"
        "2025-08-11,both,goodwill,cn,0.2,pause prolonged by 90 days\n"
        "2026-01-15,both,goodwill,us,0.5,imagined: a summit\n",
        "2 before 2025-06-11 of 6 rows left out",
    ),
    "from a spreadsheet in another country": (
        "\ufeffday;side;kind;size;;\n2025-07-01;US;hawk;0,2;;\n;;;;;\n2030-01-01;CN;supply;0,5;;\n",
        "1 after the last day of 2 rows left out",
    ),
    "nothing left out": ("size kind side day\n0.3 tariff_ceiling us 2025-09-01\n", ""),
}
PATHS = {
    "a tracker's": (
        "date,us_effective_on_cn,cn_average_on_us,basis\n"
        "2025-06-11,0.394,0.326,trade war tracker (sum of added and 2024 rate); PIIE for China\n"
        "2025-08-07,0.419,0.326,the same\n2025-12-01,0.340,0.300,imagined: half of the fentanyl duty goes\n"
        "2026-03-02,0.240,0.300,imagined: a court voids one legal base\n"
        "2026-03-09,0.340,0.300,imagined: another base replaces it\n",
        (0.34, 0.30),
    ),
    "in per cent, newest first": (
        "day;US tariff;China tariff\n2026-01-01;30 %;31,5 %\n2025-05-14;51,1 %;32,6 %\n",
        (0.30, 0.315),
    ),
    "begins before and ends within": (
        "# of customs\ndate\tcn\tus\n2024-01-01\t0.21\t0.19\n2025-10-01\t0.25\t0.28\n",
        (0.28, 0.25),
    ),
}  # fmt: skip


def first_quick(cases: dict[str, Any]) -> list[Any]:
    """The first of a kind, and its siblings in the nightly suite."""
    first, *others = cases
    return [first, *(pytest.param(name, marks=pytest.mark.nightly) for name in others)]


@pytest.mark.parametrize("name", first_quick(REGIMES))
def test_a_file_of_regimes_is_run(name, tmp_path, monkeypatch) -> None:
    text, days = REGIMES[name]
    monkeypatch.chdir(tmp_path)
    Path("regime_change.yaml").write_text(text)
    assert main(["run", "file=regime_change.yaml", *QUIET]) == 0
    assert len(sim.load(file="made/scenario.yaml").changes) == days


@pytest.mark.parametrize("name", first_quick(CHRONOLOGIES))
def test_a_chronology_is_run_and_what_is_left_out_is_counted(
    name, tmp_path, monkeypatch, capsys
) -> None:
    text, said = CHRONOLOGIES[name]
    monkeypatch.chdir(tmp_path)
    Path("chronology.csv").write_text(text, encoding="utf-8")
    assert main(["run", "shocks.chronology=chronology.csv", *QUIET]) == 0
    err = capsys.readouterr().err
    assert said in err and ("left out" in err) == bool(said)


def test_days_of_a_path_that_share_a_week_are_counted(capsys) -> None:
    rows = "2025-06-11 0.4 0.3, 2025-06-12 0.5 0.3, 2025-07-01 0.4 0.3, 2025-07-02 0.3 0.3"
    say_left_out([sim.load(f"economy.tariff_path=[{rows}]")])
    assert "1 day lies in one week with a later one" in capsys.readouterr().err


VERBS = {
    "ask": (["ask", "truce in force", "by=2025-11-10"], 1),
    "compare": (["compare", "left=london", "right=geneva"], 2),
    "sweep": (["sweep", "sweep=extension_cost"], 1),
}


def test_what_several_scenarios_leave_out_alike_is_said_once(capsys) -> None:
    events = "shocks.chronology=[2020-01-01 hawk us 0.2, 2025-07-01 hawk us 0.2]"
    london, geneva = (sim.load(f"scenario={name}", events) for name in ("london", "geneva"))
    say_left_out([london, london, geneva, sim.load()])
    assert capsys.readouterr().err.splitlines() == [
        f"tariffsim: shocks.chronology: 1 before {one.calendar.start} of 2 rows left out"
        for one in (london, geneva)
    ]


@pytest.mark.nightly
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_once_what_a_chronology_leaves_out(
    verb, tmp_path, monkeypatch, capsys
) -> None:
    words, starts = VERBS[verb]
    monkeypatch.chdir(tmp_path)
    text = "day,kind,side,size\n2020-01-01,hawk,us,0.2\n2025-07-01,hawk,us,0.2\n"
    Path("chronology.csv").write_text(text)
    small = ["runs=2", "threads=1", "folder=made"]
    assert main([*words, "shocks.chronology=chronology.csv", *small]) == 0
    assert capsys.readouterr().err.count("of 2 rows left out") == starts


@pytest.mark.parametrize("name", first_quick(PATHS))
def test_a_path_is_run_and_its_last_tariffs_are_in_force_at_the_end(
    name, tmp_path, monkeypatch
) -> None:
    text, (us, cn) = PATHS[name]
    monkeypatch.chdir(tmp_path)
    Path("tariff_path.csv").write_text(text)
    Path("mine.yaml").write_text("base: london\neconomy: {tariff_path: tariff_path.csv}\n")
    assert main(["run", "file=mine.yaml", *QUIET]) == 0
    runs = sim.load_results("made").runs
    assert runs["final_tariff.us"].tolist() == pytest.approx([us, us])
    assert runs["final_tariff.cn"].tolist() == pytest.approx([cn, cn])


def test_more_events_than_a_scenario_may_name_are_no_matter_for_a_table(tmp_path) -> None:
    rows = [f"2025-{7 + n // 28:02d}-{1 + n % 28:02d},hawk,us,0.01" for n in range(150)]
    (tmp_path / "many.csv").write_text("day,kind,side,size\n" + "\n".join(rows) + "\n")
    scenario = sim.load(f"shocks.chronology={tmp_path / 'many.csv'}")
    assert len(scenario.shocks.chronology) == 150
    (tmp_path / "many.csv").write_text("day,kind,side,size\n" + "\n".join(rows * 7) + "\n")
    with pytest.raises(SimError, match="too many rows"):
        sim.load(f"shocks.chronology={tmp_path / 'many.csv'}")


def test_what_cannot_happen_knows_of_changes_and_of_a_path() -> None:
    never = sim.ask("tariff.us > 130 %", runs=4, settings=False).answers
    assert never["ruled_out"].iloc[0]
    higher = sim.load("changes.2025-12-01.economy.us.ceiling_tariff=1.6")
    assert (
        not sim.ask("tariff.us > 130 %", higher, runs=4, settings=False)
        .answers["ruled_out"]
        .iloc[0]
    )
    given = sim.load("economy.tariff_path=[2025-06-11 0.3 0.3, 2025-12-01 0.5 0.3, 2030-01-01 2 2]")
    assert (
        "50.0 %"
        in sim.ask("tariff.us > 60 %", given, runs=4, settings=False).answers["ruled_out"].iloc[0]
    )
    closed = sim.load("truce.in_force=false", "truce.reentry.rate=0")
    opened = closed.change({"changes.2025-12-01.truce.reentry.rate": 0.5})
    assert (
        sim.ask("truce in force", closed, runs=4, settings=False).answers["probability"].iloc[0]
        == 0.0
    )
    assert (
        sim.ask("truce in force", opened, runs=20, settings=False).answers["probability"].iloc[0]
        > 0.0
    )
