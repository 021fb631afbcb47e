"""``observed=``: months beside a run, from the command line to its folder, page and reproduction."""

from __future__ import annotations

from html import unescape

import pandas as pd
import pytest

import sim
from sim.batch import Figures
from sim.cli import main

MONTHS = """month,us_imports_from_cn_usd_bn,magnets_to_us_t
2025-06,18.899,353
2025-07,26.384,619
2025-08,25.371,
"""
FEW = ("runs=6", "seed=4", "draw=false")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("observed")
    (place / "observed_months.csv").write_text(MONTHS, encoding="utf-8")
    # the command line leaves the same: tests/reproduction/test_from_the_report.py, by night
    results = sim.run("london", runs=6, seed=4, observed=place / "observed_months.csv")
    return results.save(place / "made", style=Figures(draw=False)).folder


def test_the_folder_holds_what_was_observed_and_its_scores(folder) -> None:
    table, scores = (pd.read_csv(folder / f"{name}.csv") for name in ("observed", "scores"))
    assert table["left_out"].fillna("").tolist() == [
        "the run has 20 of its 30 days",
        "",
        "",
        "the run has 20 of its 30 days",
        "",
    ]
    assert scores["series"].tolist() == ["recorded_trade.us", "imports.magnets"]
    assert scores["scored"].tolist() == [2, 1]
    assert scores["crps.persistence"].tolist() == pytest.approx([83.742, 266.0])
    codebook = pd.read_csv(folder / "codebook.csv")
    named = codebook.groupby("table")["column"].agg(list)
    assert named["observed"] == list(table) and named["scores"] == list(scores)


def test_the_page_says_the_scores_what_was_converted_and_what_was_left_out(folder) -> None:
    page = unescape((folder / "report.html").read_text(encoding="utf-8"))
    for words in (
        "Beside what was observed",
        "us_imports_from_cn_usd_bn (bn USD/month) times 12 is recorded_trade.us",
        "imports.magnets, 2025-06-01 to 2025-06-30: the run has 20 of its 30 days",
        "Beside observed_months.csv: recorded_trade.us: CRPS",
    ):
        assert words in page


def test_it_is_reproduced_and_the_runs_are_those_without(folder, tmp_path) -> None:
    found = sim.reproduce(folder)
    assert found.same and {table.name for table in found.tables} >= {"observed", "scores"}
    results = sim.load_results(folder)
    assert results.runs.equals(sim.run("london", runs=6, seed=4, weeks="none").runs)
    assert results.scored.answer in results.answer
    # a table that was touched is found
    table = (folder / "observed.csv").read_text(encoding="utf-8")
    (folder / "observed.csv").write_text(table.replace("619.0", "620.0"), encoding="utf-8")
    assert not sim.reproduce(folder).same
    (folder / "observed.csv").write_text(table, encoding="utf-8")


def test_points_stand_in_the_fans_over_their_time(folder) -> None:
    figure = sim.load_results(folder).plot("fans")
    panels = {ax.get_title(loc="left") or ax.get_title(): ax for ax in figure.axes}
    for title, values in (
        ("Magnets from China", [353.0, 619.0]),
        (
            "Imports as recorded, with the month's season and noise (US)",
            [226.788, 316.608, 304.452],
        ),
    ):
        dots = [line for line in panels[title].lines if line.get_marker() == "o"]
        assert [float(line.get_ydata()[0]) for line in dots] == pytest.approx(values)
        assert all(len(line.get_xdata()) == 1 for line in dots)
    assert "customs record" not in str(
        [text.get_text() for text in panels["Magnets from China"].get_legend().get_texts()]
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["observed=nowhere.csv"], "nowhere.csv: no such file"),
        (["observed=months.csv", "run.weeks=none"], "run.weeks=quantiles, which keeps them"),
        (["observed=months.csv", "-m", "linkage.cn=0,1"], "leave out -m"),
        (["observed=months.csv", "calendar.start=2030-01-01"], "wholly within the run"),
        (["observed="], "needs a value"),
    ],
)
def test_bad_input_costs_nothing(words, message, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "months.csv").write_text(MONTHS, encoding="utf-8")
    assert main(["run", *FEW, *words]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "outputs" / "run").exists()


@pytest.mark.parametrize("line", ["sweep", "compare left=london", "ask truce", "tournament"])
def test_other_verbs_do_not_take_it(line, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*line.split(), "observed=months.csv"]) == 2
    assert "observed" in capsys.readouterr().err
