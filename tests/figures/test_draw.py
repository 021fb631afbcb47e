"""sim.figures.draw: what is drawn of a result, whether axes and titles are labelled, and that bytes
repeat.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import warnings
from dataclasses import replace

import pytest

import sim
from sim.analysis.shares import outcome_shares
from sim.batch import Figures
from sim.batch.sweep import Factor, Sweep
from sim.figures.draw import draw_all
from sim.figures.encode import figure_bytes, settle
from sim.figures.gallery import GALLERY, WEEKS, figure_of, figures_of, not_drawn
from sim.figures.labels import percents
from sim.figures.style import NAMES
from sim.results import save

_QUICK = Figures(dpi=50, format="png", report=False)
_CASES = ("london", "breakthrough", "one_run", "never_a_truce", "four_weeks", "no_room")
_SLOW = ("breakthrough", "four_weeks")


def _drawn(results, style=_QUICK):
    return dict(figures_of(results, style))


def _text_of(figure) -> str:
    return figure.get_suptitle().replace("\n", " ")


@pytest.fixture(scope="module")
def laid_out(results_of):
    """Figures of a case and style, laid out without a warning; kept."""
    made = {}

    def get(case, style=_QUICK):
        if (case, style) not in made:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                made[case, style] = _drawn(results_of(case), style)
                for figure in made[case, style].values():
                    settle(figure)
        return made[case, style]

    return get


OF_RUNS = [row for row in GALLERY if not row.needs.of_sweep]


def test_a_run_gives_every_figure_of_runs(laid_out):
    assert list(laid_out("london")) == [row.name for row in OF_RUNS]


def test_without_weeks_a_run_gives_those_that_need_none():
    results = sim.run("london_2025", runs=3, weeks="none")
    assert list(_drawn(results)) == [row.name for row in OF_RUNS if row.needs is not WEEKS]


def test_with_every_week_kept_the_figures_are_those_of_quantiles():
    few, all_weeks = (
        _drawn(sim.run("london_2025", runs=6, weeks=keep)) for keep in ("quantiles", "all")
    )
    assert {name: _text_of(figure) for name, figure in few.items()} == {
        name: _text_of(figure) for name, figure in all_weeks.items()
    }


def test_figures_of_weeks_count_the_runs_that_kept_theirs():
    """Weeks are kept of the first 1,000 runs: a fan over them must not claim more."""
    scenario = sim.load("calendar.horizon_weeks=4", "outcomes.weeks_in_force=2")
    results = sim.run(scenario, runs=1001)
    for name, count in {
        "outcomes": "1,001 runs",
        "fans": "1,000 runs",
        "licensing": "1,000 runs",
    }.items():
        texts = figure_of(results, name, _QUICK).texts
        assert any(count in text.get_text() for text in texts), name


def test_a_run_that_never_talks_has_no_bargaining_space(results_of):
    with pytest.raises(sim.SimError, match="not drawn"):
        figure_of(results_of("never_a_truce"), "bargaining", _QUICK)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[pytest.mark.nightly] if case in _SLOW else []) for case in _CASES],
)
def test_every_axis_is_labelled_with_a_unit(laid_out, case):
    for name, figure in laid_out(case).items():
        for ax in [ax for ax in figure.axes if ax.axison]:
            across = [other.get_xlabel() for other in ax.get_shared_x_axes().get_siblings(ax)]
            assert any("(" in label for label in across), name
            assert "(" in ax.get_ylabel() or ax.get_ylabel().startswith("Outcome"), (
                name,
                ax.get_ylabel(),
            )


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[pytest.mark.nightly] if case in _SLOW else []) for case in _CASES],
)
def test_titles_and_footnotes_stay_inside_the_figure_at_the_extremes(laid_out, case):
    for name, figure in laid_out(case).items():
        _inside(figure, name)


@pytest.mark.parametrize("size", [(4.0, 40.0), (6.5, 9.0), (13.0, 18.0)])
def test_titles_and_footnotes_stay_inside_the_figure_at_any_size(laid_out, size):
    for name, figure in laid_out(
        "one_run", replace(_QUICK, width=size[0], text_size=size[1])
    ).items():
        _inside(figure, name)


def _inside(figure, name):
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0, name
        assert box.x1 <= figure.bbox.x1, (name, text.get_text())


def test_titles_hold_the_leading_share(results_of, laid_out):
    shares = outcome_shares(results_of("london").runs).sort_values("share")
    words, best = percents(shares["share"])[-1], shares.iloc[-1]
    for name in ("outcomes", "fans"):
        text = _text_of(laid_out("london")[name])
        assert words in text  # rounded together, so that the shares of all add up
        assert NAMES[best["outcome"]] in text


def test_the_footnote_names_scenario_runs_and_seed(laid_out):
    for figure in laid_out("london").values():
        assert "Scenario london_2025; 30 runs; seed 1." in figure.get_supxlabel()


def test_a_sweep_gives_a_phase_diagram_of_two_levers_and_says_what_it_averaged(swept):
    drawn = _drawn(swept)
    assert list(drawn) == ["phase", "outcomes"]
    assert "Averaged over tracks." in drawn["phase"].get_supxlabel()
    assert "sweep small" in drawn["phase"].get_supxlabel()
    labels = {ax.get_xlabel() for ax in drawn["phase"].axes} | {
        ax.get_ylabel() for ax in drawn["phase"].axes
    }
    assert {
        "Participation linkage of Beijing (share)",
        "Truce length (weeks)",
        "Share of the panel's largest (%)",
    } <= labels


def test_one_lever_gives_lines_and_random_levers_give_classes(tmp_path):
    one = Sweep(
        name="one",
        kind="grid",
        factors={"linkage.enforcement": Factor("linkage.enforcement", ("issue", "all"))},
        runs=5,
    )
    assert list(_drawn(sim.sweep(one, out=tmp_path))) == ["lines", "outcomes"]
    drawn_at_random = {
        "linkage.cn": Factor("linkage.cn", (), "uniform", 0.0, 1.0),
        "truce.temperature": Factor("truce.temperature", (), "uniform", 3.0, 12.0),
    }
    many = Sweep(name="many", kind="latin_hypercube", factors=drawn_at_random, points=64, runs=3)
    phase = _drawn(sim.sweep(many, out=tmp_path))["phase"]
    assert "In classes of equally many runs" in phase.get_supxlabel().replace("\n", " ")


def test_the_same_result_gives_the_same_bytes(results_of, tmp_path):
    def hashes(folder):
        folder.mkdir()
        files = draw_all(results_of("four_weeks"), folder, replace(_QUICK, format="both"))
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    first = hashes(tmp_path / "a")
    assert len(first) == 2 * len(OF_RUNS)
    assert first == hashes(tmp_path / "b")


@pytest.mark.nightly
def test_the_layout_is_the_same_whatever_was_drawn_before(results_of):
    def drawn(before):
        kept = [object() for _ in range(before)]
        figure = dict(figures_of(results_of("four_weeks"), _QUICK))["timeline"]
        return len(kept), hashlib.sha256(figure_bytes(figure, "svg")).hexdigest()

    assert len({drawn(1000 * k)[1] for k in range(8)}) == 1


def test_formats_are_those_asked_for(results_of, tmp_path):
    files = draw_all(results_of("four_weeks"), tmp_path, replace(_QUICK, format="svg"))
    assert {path.suffix for path in files} == {".svg"}
    nothing = draw_all(results_of("four_weeks"), tmp_path / "none", replace(_QUICK, draw=False))
    assert nothing == []
    assert not (tmp_path / "none").exists()


def test_the_manifest_lists_what_was_drawn(tmp_path):
    from sim.jobs import compose_job, run_job

    # without weeks: of the six figures of a run the two that take longest are not drawn
    few = ["runs=2", "run.weeks=none", "figures.dpi=50", "figures.format=png"]
    job = compose_job("run", [*few, f"out={tmp_path}"])
    folder = run_job(job).folder
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name in ("figures/outcomes.png", "figures/timeline.png", "report.html", "runs.parquet"):
        assert listed[name]["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()


def test_drawing_a_result_of_before_steps_nothing_and_says_what_is_missing(tmp_path):
    """What an example needs is in the result: without it two figures fewer are drawn, and the page
    says why.
    """
    folder = save(sim.run("london_2025", runs=4, weeks="none"), tmp_path).folder
    for name in ("example.json", "example.parquet"):
        (folder / name).unlink()
    old = sim.load_results(folder)
    assert list(_drawn(old)) == ["outcomes", "survival"]
    assert not_drawn(old)[0].startswith("one run, week by week: the result has no complete run")
    draw_all(old, tmp_path, replace(_QUICK, report=True))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        "all runs over time: the result has no weekly series (run.weeks=quantiles keeps them)"
        in page
    )


def test_nothing_is_missing_where_sides_never_talk(results_of):
    assert not_drawn(results_of("never_a_truce")) == []


def test_figures_are_drawn_without_a_rule_or_an_engine_in_memory(tmp_path):
    """The contract of imports, lived: neither Numba nor Mesa is imported to draw what a folder
    holds.
    """
    save(sim.run("london_2025", runs=4), tmp_path)
    code = (
        "import sys; from pathlib import Path\n"
        "import sim; from sim.batch import Figures; from sim.figures.draw import draw_all\n"
        "folder = Path(sys.argv[1])\n"
        "files = draw_all(sim.load_results(folder), folder, Figures(dpi=50, format='png'))\n"
        "print(len(files), {'numba', 'mesa', 'sim.model', 'sim.ensemble', 'sim.example'} & set(sys.modules))"
    )
    text = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert text.stdout.split(maxsplit=1) == [str(len(OF_RUNS) + 1), "set()\n"], (
        text
    )  # and the report


def test_every_figure_has_a_row_of_its_own_and_a_file_that_says_what_it_needs():
    for kind in (False, True):
        names = [row.name for row in GALLERY if row.needs.of_sweep is kind]
        assert len(names) == len(set(names))
    for row in GALLERY:
        assert "Needs: " in (sys.modules[row.draw.__module__].__doc__ or ""), row.name
