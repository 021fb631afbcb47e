"""The tables of what was asked and done: kept, saved, read back, joined, taken as a script."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.batch import Figures
from sim.results.codebook import CODEBOOK
from sim.vocabulary import DECISIONS

BARE = Figures(draw=False, report=False)


@pytest.fixture(scope="module")
def results() -> sim.Results:
    return sim.run("london", runs=4, seed=3, weeks="all")


def test_tables_hold_words_and_the_weeks_of_the_weekly_table(results: sim.Results) -> None:
    transcript, acts = results.transcript, results.acts
    assert transcript is not None and acts is not None and results.weeks is not None
    assert list(transcript.columns) == ["run", "week", "ask", "side", "decision", "choice", "worth"]
    assert list(acts.columns) == ["run", "week", "side", "act", "first", "second"]
    assert set(transcript["run"]) == {0, 1, 2, 3}
    assert transcript["week"].between(1, results.weeks["week"].max()).all()
    worths = transcript["decision"].isin([n for n, term in DECISIONS.items() if term.is_worth])
    assert transcript["worth"].notna().equals(worths)
    assert (transcript["choice"] == "").equals(worths)
    renewed = acts[acts["act"] == "renewed"].groupby("run").size()
    made = results.runs.set_index("run")["extensions"]
    assert renewed.reindex(made.index, fill_value=0).tolist() == made.tolist()


def test_without_weeks_there_is_no_log() -> None:
    bare = sim.run("london", runs=2, weeks="none")
    assert bare.transcript is None and bare.acts is None


def test_saved_and_read_back(results: sim.Results, tmp_path: Path) -> None:
    folder = results.save(tmp_path / "kept", style=BARE).folder
    assert folder is not None
    again = sim.load_results(folder, check=True)
    assert results.transcript is not None and results.acts is not None
    pd.testing.assert_frame_equal(again.transcript, results.transcript)
    pd.testing.assert_frame_equal(again.acts, results.acts)
    book = pd.read_csv(folder / CODEBOOK)
    assert {"transcript", "acts"} <= set(book["table"])
    assert {"transcript", "acts"} <= set(again.manifest.content)


def test_joined_results_keep_both_logs() -> None:
    one, more = sim.run("london", runs=2), sim.run("london", first=2, runs=2)
    whole = sim.run("london", runs=4)
    joint = sim.join(one, more)
    assert whole.transcript is not None and whole.acts is not None
    pd.testing.assert_frame_equal(joint.transcript, whole.transcript)
    pd.testing.assert_frame_equal(joint.acts, whole.acts)


def test_a_run_of_the_table_is_a_script(results: sim.Results, tmp_path: Path) -> None:
    assert results.transcript is not None
    own = results.transcript.query("run == 2")
    usual = results.runs.query("run == 2").reset_index(drop=True)
    again = sim.run("london", runs=1, first=2, seed=3, transcript=own, weeks="all")
    pd.testing.assert_frame_equal(again.runs, usual)
    path = tmp_path / "run_2.parquet"
    own.to_parquet(path)
    read = sim.run("london", runs=1, first=2, seed=3, transcript=path, weeks="none")
    pd.testing.assert_frame_equal(read.runs, usual)
    both = {f"{side}.strategy.kind": "transcript" for side in ("us", "cn")}
    kinds = sim.load("scenario=london").change(both | {"transcript": str(path)})
    pd.testing.assert_frame_equal(sim.run(kinds, runs=1, first=2, seed=3).runs, usual)


def test_one_answer_of_a_transcript_is_taken() -> None:
    usual = sim.run("london", runs=1, first=5).transcript
    assert usual is not None
    first = usual[usual["decision"] == "renew"].iloc[0]
    other = "no" if first["choice"] == "yes" else "yes"
    row = f"{first['week']} {first['ask']} {first['side']} renew {other}"
    forced = sim.run("london", runs=1, first=5, transcript=[row]).transcript
    assert forced is not None
    at = usual.index[usual["decision"] == "renew"][0]
    assert forced.loc[at, "choice"] == other
    pd.testing.assert_frame_equal(forced.loc[: at - 1], usual.loc[: at - 1])


def test_an_answer_that_nobody_asks_for_is_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"1 of 1 answers.*Beijing's go_back in week 2, ask 70"):
        sim.run("london", runs=2, transcript=["2 70 cn go_back yes"])


@pytest.mark.parametrize("engine", ["ensemble", "mesa"])
def test_both_engines_keep_the_same_logs(engine: str) -> None:
    found = sim.run("london", runs=2, engine=engine, weeks="all")
    usual = sim.run("london", runs=2, weeks="all")
    pd.testing.assert_frame_equal(found.transcript, usual.transcript)
    pd.testing.assert_frame_equal(found.acts, usual.acts)
