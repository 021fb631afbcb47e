"""The answer in a line says what the table says, and no more."""

from __future__ import annotations

import datetime as dt
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sim
from sim.analysis.answer import answer
from sim.analysis.survival import median_time, truce_survival
from sim.batch import Run
from sim.batch.read import build_sweep
from sim.batch.sweep import Factor, Sweep
from sim.config.scenario import Scenario
from sim.results import Results
from sim.results.files import write_table
from sim.results.manifest import Interval, SettingsDoubt, make_manifest
from sim.sweeps.named import load_sweep
from sim.vocabulary import OUTCOMES


@pytest.mark.parametrize("lasts", [True, False])
def test_a_run_is_answered_with_its_own_shares(lasts: bool) -> None:
    """London as it is, and with a last date and no deal before it."""
    change = () if lasts else ("truce.max_extensions=0", "us.resolve.trade=100")
    results = sim.run(sim.load(*change), runs=50, weeks="none")
    line = answer(results)
    counted = results.runs["outcome"].value_counts(normalize=True)
    assert results.title.startswith("London, June 2025")
    assert line.startswith(
        f"{results.title}: {counted.index[0].replace('_', ' ')} in {counted.iloc[0]:.0%}".replace(
            "%", " %"
        )
    )
    assert all(f"{name.replace('_', ' ')} " in line for name in OUTCOMES)
    curve = truce_survival(results.runs, results.scenario.calendar.horizon_weeks)
    half = median_time(curve)
    assert np.isnan(half) == lasts
    assert (f"(half within {half:g} weeks)" in line) == (not lasts)
    assert ("(more than half never broke)" in line) == lasts
    healed = results.runs["healed"].mean()
    assert f"of those runs {healed:.0%} end under a truce again".replace("%", " %") in line
    assert (
        sum(int(part) for part in re.findall(r"(\d+) %", re.sub(r"\(.*?\)|;.*", "", line))) == 100
    )


def test_one_run_is_told_as_one() -> None:
    results = sim.run("london", runs=1, weeks="none")
    ended = results.runs["outcome"].iloc[0].replace("_", " ")
    assert answer(results).startswith(
        f"London, June 2025: the one run stood at {ended} in a week of the closing year; the "
    )


@pytest.mark.parametrize(
    ("broke", "words"),
    [
        ([np.nan] * 3, "the truce broke in none"),
        (
            [9.0, np.nan, np.nan],
            "the first truce broke in 33 % (more than half never broke); of those runs 100 % end under a truce again",
        ),
        ([9.0, 21.0, np.nan], "the first truce broke in 67 % (half within 21 weeks)"),
    ],
)
def test_the_first_break_is_the_median_over_all_truces_not_over_those_that_broke(
    broke: list[float], words: str
) -> None:
    line = answer(made(["narrow_deal"] * 3, **truces(broke)))
    assert line.startswith(
        "A title: narrow deal in 100 % of 3 runs in a week of the closing year (95 % interval of the runs 44-100 %)"
    )
    assert words in line


def test_runs_without_a_truce_are_left_out_of_its_life() -> None:
    columns = truces([9.0, np.nan, np.nan]) | {"weeks_to_first_truce": [4.0, 2.0, np.nan]}
    assert "of the 2 runs with a truce the first broke in 50 % (half within 5 weeks)" in answer(
        made(["narrow_deal"] * 3, **columns)
    )
    columns["weeks_to_first_truce"] = [np.nan] * 3
    assert answer(made(["breakdown"] * 3, **columns)).endswith("no truce began.")


def truces(broke: list[float]) -> dict:
    """Columns of runs under a truce from the first day, broken once for ten weeks or not."""
    once = [int(week == week) for week in broke]
    healed = [1.0 if n else np.nan for n in once]
    return {
        "weeks_to_first_truce": [0.0] * len(broke),
        "weeks_to_first_break": broke,
        "breaks": once,
        "weeks_broken": [10 * n for n in once],
        "healed": healed,
    }


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            ("~issues.ai_chips",),
            "; breakthrough cannot happen here: no issue is bargained on the semiconductors track;",
        ),
        (
            ("scenario=escalation", "truce.reentry.rate=0"),
            "breakdown in 100 % of 20 runs in a week of the closing year; breakthrough, narrow deal and tactical pause cannot happen here: no truce",
        ),
    ],
    ids=["no chips", "no way back"],
)
def test_what_cannot_happen_is_said_with_the_reason_and_has_no_share(
    settings: tuple[str, ...], said: str
) -> None:
    line = answer(sim.run(sim.load(*settings), runs=20, weeks="none"))
    assert said in line
    assert "breakthrough 0" not in line


def test_a_sweep_whose_target_cannot_happen_says_so(tmp_path: Path) -> None:
    scenario = sim.load("~issues.ai_chips")
    described = {"name": "x", "title": "A title", "runs": 4, "focus": ["breakthrough"]}
    for factor, reason in (
        ({"linkage.cn": {"values": [0.0, 1.0]}}, True),
        ({"issues.military_magnets.red_line": {"values": [0.4, 0.8]}}, True),
        ({"outcomes.closing_weeks": {"values": [1, 52]}}, True),
    ):
        sweep = build_sweep({**described, "factors": factor}, scenario)
        line = answer(sim.sweep(sweep, scenario, out=tmp_path / next(iter(factor))))
        assert ("Breakthrough cannot happen here: " in line) == reason


def test_both_kinds_of_doubt_are_named() -> None:
    results = made(["narrow_deal"] * 90 + ["breakdown"] * 10, **truces([np.nan] * 100))
    shares = {"narrow_deal": Interval(share=0.5, low=0.12, high=0.96)}
    doubt = SettingsDoubt(points=64, runs=30, settings=("a.x",), shares=shares)
    results.manifest = replace(results.manifest, settings_doubt=doubt)
    line = answer(results)
    assert "closing year (95 % interval of the runs 83-94 %), breakdown 10 %" in line
    words = (
        "; narrow deal at other plausible settings: 12 % to 96 % (at 95 % of them), 50 % on average"
    )
    assert line.count(words) == 1 and line.index(words) > line.index("breakdown 10 %")


def test_a_share_is_never_rounded_to_none_or_all() -> None:
    line = answer(made(["breakdown"] * 499 + ["breakthrough"], **truces([np.nan] * 500)))
    assert "breakdown in 99.8 % of 500 runs" in line
    assert "breakthrough 0.2 %" in line


def test_a_sweep_without_a_focus_says_what_moves_the_outcomes(tmp_path: Path) -> None:
    sweep, scenario = load_sweep("linkage_by_deadline")
    # lengths that differ by a week, so that the linkage is what moves them
    factors = {
        "linkage.cn": Factor("linkage.cn", (0.0, 1.0)),
        "truce.length_weeks": Factor("truce.length_weeks", (13, 14)),
    }
    results = sim.sweep(replace(sweep, runs=200, focus=(), factors=factors), scenario, out=tmp_path)
    line = answer(results)
    assert "of 2 settings participation linkage of Beijing moves the outcomes most" in line
    shares = (
        results.runs.groupby("point")["outcome"]
        .value_counts(normalize=True)
        .groupby("outcome")
        .max()
    )
    assert (
        f"breakdown {shares['breakdown']:.0%}".replace("%", " %")
        in line.split("highest share at any point")[1]
    )


@pytest.mark.parametrize(
    "described",
    [
        {"factors": {"linkage.tracks": {"values": ["separate", "package"]}}},
        {"factors": {"linkage.cn": {"values": [0.3]}}},
        {
            "factors": {
                "truce.in_force": {"values": [True, False]},
                "linkage.cn": {"values": [0.0, 1.0]},
            }
        },
        {
            "factors": {"linkage.cn": {"low": 0.0, "high": 1.0}},
            "kind": "sobol",
            "points": 64,
            "runs": 1,
        },
        {
            "factors": {"linkage.cn": {"values": [0.0, 1.0]}},
            "kind": "latin_hypercube",
            "points": 1,
            "runs": 1,
        },
    ],
)
def test_sweeps_of_every_kind_are_answered(tmp_path: Path, described: dict) -> None:
    scenario = sim.load()
    sweep = build_sweep({"name": "x", "title": "A title", "runs": 10, **described}, scenario)
    line = answer(sim.sweep(sweep, scenario, out=tmp_path))
    assert (
        line.startswith("A title: ")
        and line.endswith(".")
        and "\n" not in line
        and "nan" not in line
    )


def result_of(design: list[str], sweep: Sweep | None, **parts) -> Results:
    """A result with given tables, of a scenario called ``A title``."""
    scenario = replace(Scenario(), name="x", title="A title")
    manifest = make_manifest(
        verb="sweep",
        scenario={"name": "x"},
        run=Run(),
        overrides=(),
        engine="ensemble",
        started=dt.datetime.now(dt.UTC),
    )
    return Results(scenario, replace(manifest, design=tuple(design)), sweep=sweep, **parts)


def made(
    outcomes: list[str], copies: dict[str, str] | None = None, common: bool = False, **columns
) -> Results:
    """A result of a given table."""
    runs = pd.DataFrame({**columns, "outcome": pd.Categorical(outcomes, categories=list(OUTCOMES))})
    design = [name for name in columns if "." in name]
    if design:
        runs = runs.assign(point=runs.groupby(design).ngroup(), run=np.arange(len(runs)))
    factors = {name: Factor(name, same_as=(copies or {}).get(name, "")) for name in design}
    sweep = Sweep(title="A title", common_random_numbers=common, kind="list", factors=factors)
    notes = {"truce.length_weeks": {"label": "length of the truce", "unit": "weeks"}}
    return result_of(design, sweep if design else None, runs=runs, notes=notes)


def test_one_setting_is_followed_from_outcome_to_outcome() -> None:
    outcomes = ["tactical_pause"] * 60 + ["breakdown"] * 50 + ["narrow_deal"] * 10
    line = answer(made(outcomes, **{"truce.length_weeks": [6] * 30 + [9] * 30 + [13] * 60}))
    assert line == (
        "A title: as length of the truce (weeks) rises, the most frequent outcome is tactical pause (6 to 9, up to 100 %), then "
        "breakdown (at 13, 83 %); highest share at any point: breakthrough 0 %, narrow deal 17 %, tactical pause 100 %, breakdown 83 %."
    )


def test_outcomes_within_noise_of_each_other_are_called_about_even() -> None:
    outcomes = ["breakdown"] * 100 + ["breakdown"] * 52 + ["narrow_deal"] * 48
    line = answer(made(outcomes, **{"linkage.cn": [0.0] * 100 + [1.0] * 100}))
    assert "breakdown or narrow deal, about even (at 1, 52 %)" in line


def test_an_outcome_that_stays_ahead_is_told_with_what_changes() -> None:
    outcomes = (
        ["breakdown"] * 100 + ["breakdown"] * 60 + ["narrow_deal"] * 20 + ["tactical_pause"] * 20
    )
    line = answer(made(outcomes, **{"linkage.cn": [0.0] * 100 + [1.0] * 100}))
    assert "stays breakdown (0 to 1, up to 100 %); breakdown falls from 100 % to 60 %" in line


def test_a_border_crossed_often_is_counted_not_listed() -> None:
    outcomes = [("breakdown", "narrow_deal")[k // 30 % 2] for k in range(180)]
    line = answer(made(outcomes, **{"linkage.cn": [k // 30 / 5 for k in range(180)]}))
    assert "changes 5 times, from breakdown (at 0, 100 %) to narrow deal (at 1, 100 %)" in line


def test_a_setting_without_order_is_told_by_name() -> None:
    outcomes = ["breakdown"] * 40 + ["narrow_deal"] * 40
    line = answer(made(outcomes, **{"linkage.tracks": ["separate"] * 40 + ["package"] * 40}))
    assert (
        "narrow deal is most frequent with linkage.tracks package (100 %), least with separate (0 %)"
        in line
    )


def drawn(flip: bool = False) -> Results:
    """300 points: outcomes split at the second fifth of one setting; the other moves nothing."""
    x = np.random.default_rng(1).permutation(300) / 300.0
    outcomes = ["breakdown" if (value >= 0.4) != flip else "narrow_deal" for value in x]
    return made(outcomes, **{"a.other": np.random.default_rng(2).random(300), "a.strong": x})


def test_a_drawn_design_names_its_strongest_setting_with_its_sign() -> None:
    rising, falling = answer(drawn()), answer(drawn(flip=True))
    assert "of 2 settings a.strong moves the outcomes most: as it rises, the share of" in rising
    assert "share of breakdown goes 0, 0, 100, 100, 100 % (rank correlation +0.85)" in rising
    assert "share of narrow deal goes 0, 0, 100, 100, 100 % (rank correlation +0.85)" in falling


def test_a_setting_that_helps_in_the_middle_is_shown_to() -> None:
    x = np.random.default_rng(1).permutation(300) / 300.0
    outcomes = ["breakdown" if 0.2 <= value < 0.8 else "narrow_deal" for value in x]
    assert "share of breakdown goes 0, 100, 100, 100, 0 % (rank correlation +0.00)" in answer(
        made(outcomes, **{"a.b": x})
    )


def test_noise_is_not_made_into_a_story() -> None:
    rng = np.random.default_rng(5)
    said = 0
    for _ in range(20):
        outcomes = rng.choice(OUTCOMES.names, 120).tolist()
        said += "beyond chance" not in answer(
            made(outcomes, **{"a.b": rng.random(120), "c.d": [1, 2, 3, 4] * 30})
        )
    assert said <= 4


def test_a_copied_setting_is_not_counted_twice() -> None:
    values = [0.0] * 50 + [1.0] * 50
    copies = {"linkage.cn": "linkage.us"}
    line = answer(
        made(
            ["breakdown"] * 50 + ["narrow_deal"] * 50,
            copies,
            **{"linkage.us": values, "linkage.cn": values},
        )
    )
    assert line.startswith("A title: as linkage.us rises")


def test_one_runs_luck_at_every_point_is_said() -> None:
    results = made(
        ["breakdown"] * 50 + ["narrow_deal"] * 50, common=True, **{"a.b": list(range(100))}
    )
    table = results.table()
    table["run"] = 0
    assert answer(results).endswith("every point uses the same random draws (one run).")


def test_a_sweep_without_a_completed_run_says_so() -> None:
    assert answer(made([], **{"a.b": []})) == "A title: no run was completed."


def on_disk(folder: Path, parts: int) -> Results:
    """A drawn sweep of 24 settings and 20 measures that no answer needs, in parts of 2,000 runs."""
    names, rng = [f"a.x{k:02d}" for k in range(24)], np.random.default_rng(4)
    (folder / "runs").mkdir(parents=True)
    for part in range(parts):
        drawn = {name: rng.random(2_000, np.float32) for name in names}
        ended = np.where(
            drawn["a.x07"] > rng.random(2_000, np.float32), 3, rng.integers(0, 3, 2_000)
        )
        first = {
            "point": np.arange(2_000, dtype=np.int32) + 2_000 * part,
            **drawn,
            "run": np.zeros(2_000, np.int32),
        }
        others = {f"measure{k}": rng.random(2_000, np.float32) for k in range(20)}
        outcome = pd.Categorical.from_codes(ended, list(OUTCOMES))
        write_table(
            pd.DataFrame({**first, "outcome": outcome, **others}),
            folder / f"runs/part-{part:06d}.parquet",
            {},
        )
    sweep = Sweep(title="A title", common_random_numbers=False, kind="list")
    return result_of(names, sweep, notes={}, folder=folder)


def peak_of_answer(results: Results) -> int:
    """Most bytes that Python, numpy and Arrow held at a time."""
    answer(results)
    usual, counted = pa.default_memory_pool(), pa.proxy_memory_pool(pa.default_memory_pool())
    pa.set_memory_pool(counted)
    tracemalloc.start()
    try:
        assert "a.x07 moves the outcomes most" in answer(results)
        return tracemalloc.get_traced_memory()[1] + counted.max_memory()
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(usual)


def test_an_answer_holds_a_few_columns_of_a_sweep_and_never_its_table(tmp_path: Path) -> None:
    """The columns that an answer reads are 105 bytes a run, the whole table 185."""
    few, many = (peak_of_answer(on_disk(tmp_path / f"{parts}", parts)) for parts in (10, 40))
    assert (many - few) / 60_000 < 150


def test_an_answer_from_disk_is_that_from_memory(tmp_path: Path) -> None:
    results = on_disk(tmp_path, 3)
    whole = Results(
        results.scenario, results.manifest, sweep=results.sweep, runs=results.table(), notes={}
    )
    assert answer(results) == answer(whole)
