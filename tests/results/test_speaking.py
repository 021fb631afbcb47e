"""What a result can be asked, and what a notebook shows of it."""

from __future__ import annotations

import builtins
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim
from sim.agents.strategies import Strategy
from sim.analysis.answer import answer
from sim.analysis.shares import outcome_shares
from sim.batch import Figures
from sim.batch.sweep import Factor, Sweep
from sim.figures.gallery import GALLERY
from sim.results import Results
from sim.vocabulary import OUTCOMES

SMALL = Figures(dpi=50)


@pytest.fixture(scope="module")
def london() -> Results:
    return sim.run("london", runs=12)


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Results:
    factors = {"linkage.cn": Factor("linkage.cn", (0.0, 0.6))}
    two = Sweep(name="two", title="Linkage", kind="grid", factors=factors, runs=6)
    return sim.sweep(two, out=tmp_path_factory.mktemp("sweep"))


def test_the_answer_is_that_of_the_command_line(london, swept) -> None:
    assert london.answer == answer(london) and swept.answer == answer(swept)


def test_shares_are_counted_and_marked(london) -> None:
    shares = london.shares().set_index("outcome")
    counted = london.runs["outcome"].astype(str).value_counts(normalize=True)
    for name in OUTCOMES:
        assert shares.loc[name, "share"] == pytest.approx(counted.get(name, 0.0))
        assert shares.loc[name, "low"] <= shares.loc[name, "share"] <= shares.loc[name, "high"]
    no_chips = sim.run(sim.load("~issues.ai_chips"), runs=3, weeks="none")
    assert no_chips.shares().set_index("outcome").loc["breakthrough", "ruled_out"]


def test_shares_by_a_setting_of_a_sweep_and_a_column_of_a_run(london, swept) -> None:
    by = swept.shares(by="linkage.cn")
    runs = swept.table(["linkage.cn", "outcome"])
    expected = outcome_shares(runs, ["linkage.cn"])
    assert by["share"].tolist() == expected["share"].tolist()
    groups = london.shares(by=["breaks"])
    assert groups.groupby("breaks")["share"].sum().tolist() == pytest.approx(
        [1.0] * london.runs["breaks"].nunique()
    )
    with pytest.raises(sim.SimError, match=r"linkage\.cn"):
        swept.shares(by="linkage.us")
    with pytest.raises(sim.SimError, match="did you mean: breaks"):
        london.shares(by="braeks")


@pytest.mark.parametrize("name", [row.name for row in GALLERY if not row.needs.of_sweep])
def test_every_figure_of_a_run_is_had_by_its_name_and_shown_by_a_notebook(london, name) -> None:
    figure = london.plot(name, style=SMALL)
    assert isinstance(figure, Figure) and figure.get_suptitle()
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_the_figures_of_a_sweep_too_and_what_it_lacks_is_said(swept) -> None:
    assert isinstance(swept.plot("lines", style=SMALL), Figure)
    with pytest.raises(sim.SimError, match="nothing of it to show"):
        swept.plot("answer")
    with pytest.raises(sim.SimError, match="no single run"):
        swept.plot("outcomes", run=1)


def test_a_run_is_shown_by_its_number_as_the_table_has_it(london) -> None:
    number = int(london.runs["run"].iloc[-1])
    outcome = london.runs["outcome"].iloc[-1]
    figure = london.plot("timeline", run=number, style=SMALL)
    assert f"Run {number}, which ends in {OUTCOMES[outcome].label}." in figure.get_supxlabel()
    weeks = sim.run("london", runs=12, weeks="all").weeks
    own = weeks[weeks["run"] == number].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        london._run_in_full(number).weeks, own, check_exact=True, check_dtype=False
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "timelin"}, "did you mean: timeline"),
        ({"name": "timeline", "run": 99}, "0 to 11"),
        ({"name": "fans", "run": 1}, "leave run out"),
        ({"name": "outcomes-7"}, "no such figure"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(london, given, words) -> None:
    with pytest.raises(sim.SimError, match=words):
        london.plot(**given)


def test_without_weeks_and_with_strategies_in_python_it_says_what_is_missing() -> None:
    class Best(Strategy):
        def target(self, view):
            return view.best

    own = sim.run("london", runs=1, weeks="none", strategies={"us": Best()})
    with pytest.raises(sim.SimError, match="weekly series"):
        own.plot("fans")
    with pytest.raises(sim.SimError, match="strategies in Python"):
        own.plot("timeline", run=0)


def test_a_report_alone_reproduces_a_result_that_was_never_saved(london, tmp_path) -> None:
    page = london.report(tmp_path / "mine.html", style=SMALL)
    text = page.read_text(encoding="utf-8")
    assert "tariffsim reproduce ." not in text and "tariffsim reproduce report.html" in text
    assert text.count("<img") > 3 and sim.reproduce(page).same


def test_save_writes_what_the_command_line_writes_and_never_over_a_result(tmp_path) -> None:
    # without weeks: of the six figures the two that take longest are not drawn
    results = sim.run("london", runs=3, weeks="none")
    style = replace(SMALL, format="png")
    saved = results.save(tmp_path / "mine", style=style)
    assert {"runs.parquet", "report.html", "scenario.yaml", "figures/outcomes.png"} <= set(
        saved.manifest.files
    )
    assert sim.reproduce(saved.folder).same and saved.answer == results.answer
    with pytest.raises(sim.SimError, match="saved already"):
        saved.save(tmp_path / "again")
    with pytest.raises(sim.SimError, match="not empty"):
        results.save(tmp_path / "mine")
    named = results.save(out=tmp_path, name="n", style=replace(style, draw=False, report=False))
    assert named.folder.parent == tmp_path / "run" and named.folder.name.startswith("n-")
    assert not (named.folder / "report.html").exists()


def test_arrays_hold_the_tables_with_labels_and_units(london) -> None:
    data = london.to_xarray()
    assert data["payoff.us"].dims == ("run",) and data["payoff.us"].attrs["units"] == "bn USD/yr"
    assert data["payoff.us"].values.tolist() == london.runs["payoff.us"].tolist()
    weekly = data["weekly.belief_alive.us"].sel(band="q50").values
    weeks = london.weeks
    assert weekly.tolist() == weeks.loc[weeks["series"] == "belief_alive.us", "q50"].tolist()
    every = sim.run("london", runs=2, weeks="all")
    tariff = every.to_xarray()["weekly.tariff.us"]
    assert tariff.dims == ("run", "week")
    assert tariff.values.ravel().tolist() == every.weeks["tariff.us"].tolist()


def test_arrays_of_a_sweep_have_its_settings_along_its_points(swept) -> None:
    data = swept.to_xarray()
    assert data["payoff.us"].dims == ("point", "run") and data.sizes == {"point": 2, "run": 6}
    assert data["linkage.cn"].values.tolist() == [0.0, 0.6]
    assert np.isfinite(data["payoff.us"]).all()


def test_without_xarray_the_cure_is_said(london, monkeypatch) -> None:
    real = builtins.__import__

    def missing(name, *rest):
        if name == "xarray":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(sim.SimError, match=r"tariffsim\[xarray\]"):
        london.to_xarray()


HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_notebook_shows_a_result_with_its_intervals_and_no_markup_of_strangers(swept) -> None:
    results = sim.run(sim.load(f"title='{HOSTILE}'"), runs=7, first=3, weeks="none")
    shown = results._repr_html_()
    assert "&lt;img" in shown and HOSTILE not in shown and len(shown) < 3000
    assert "first run: 3" in shown and "runs: 7" in shown
    first = results.shares().iloc[0]
    assert f'<td style="text-align:left">{100 * first["share"]:.1f} %</td>' in shown
    assert f"{100 * first['low']:.1f} % to {100 * first['high']:.1f} %" in shown
    assert "moved: linkage.cn" in swept._repr_html_()
    never = sim.run(sim.load("~issues.ai_chips"), runs=2, weeks="none")._repr_html_()
    assert "cannot happen" in never


def test_a_notebook_shows_a_scenario_by_its_differences() -> None:
    shown = sim.load(f"title='{HOSTILE}'", "truce.length_weeks=26")._repr_html_()
    assert "truce.length_weeks" in shown and HOSTILE not in shown and "1 differ" in shown
    far = sim.load("scenario=escalation_2025")._repr_html_()
    assert re.search(r"and \d+ more: sim\.settings", far) and len(far) < 5000
    assert "London" in sim.load()._repr_html_()


def test_a_notebook_shows_a_model_as_it_stands() -> None:
    model = sim.TruceModel(sim.load(f"title='{HOSTILE}'"), seed=1, run=4)
    model.step()
    shown = model._repr_html_()
    assert "week: 1 of 104" in shown and "seed and run: 1, 4" in shown and HOSTILE not in shown
    assert f"{model.negotiators[0].belief_alive:.2f}" in shown and "Washington" in shown
