"""The layout of figures: no text lies on another and none leaves the page, whatever the scenario,
the width or the length of names.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import sim
from sim.batch import Figures
from sim.batch.sweep import Factor, Sweep
from sim.figures.encode import settle
from sim.figures.gallery import figures_of
from sim.jobs import compose_job
from sim.results import Results
from sim.sweeps.named import load_sweep

_STYLE = Figures(dpi=50, format="png", report=False)
_SIZES = {
    "paper": replace(_STYLE, width=6.5, text_size=9.0),
    "projector": replace(
        compose_job("run", ["figures=projector"]).figures, dpi=50, format="png", report=False
    ),
}
_SLIDE, _LEAST = (1280.0, 720.0), 18.0  # pixels
_SLACK = 1.0  # pixels that boxes may share: they hold a little air
_SECTORS = ("heavy_electrical_equipment", "precision_instruments")


@pytest.fixture(scope="module")
def renamed() -> Results:
    """London with long names where a person may choose them."""
    london = sim.load()
    old = list(london.firms.magnets.sectors.values())
    magnets = replace(london.firms.magnets, sectors=dict(zip(_SECTORS, old, strict=False)))
    issues = {
        f"{name}_under_the_licence_regime_of_october"[:32]: issue
        for name, issue in london.issues.items()
    }
    firms = replace(london.firms, magnets=magnets)
    title = "A scenario whose title somebody in a workshop wrote out in full, 中文"
    return sim.run(replace(london, title=title[:60], firms=firms, issues=issues), runs=5)


@pytest.fixture(scope="module", params=["numbers first", "names first"])
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A sweep with as many values as a phase diagram prints, and names beside numbers."""
    factors = {
        "truce.extension_cost": Factor(
            "truce.extension_cost", tuple(round(0.55 * k, 2) for k in range(12))
        ),
        "cn.strategy.kind": Factor(
            "cn.strategy.kind", ("time_dependent", "tit_for_tat", "micro", "hardliner")
        ),
    }
    if request.param == "names first":
        factors = dict(reversed(factors.items()))
    sweep = Sweep(name="crowded", title="Crowded", kind="grid", factors=factors, runs=2)
    return sim.sweep(sweep, out=tmp_path_factory.mktemp("sweep"))


@pytest.fixture(scope="module", params=["uneven", "names"])
def along(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A sweep of one lever: values that stand close together, or names."""
    lever = {
        "uneven": Factor(
            "truce.extension_cost", (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 3.1, 12.5)
        ),
        "names": Factor(
            "cn.strategy.kind", ("time_dependent", "tit_for_tat", "micro", "hardliner")
        ),
    }[request.param]
    sweep = Sweep(name="along", title="Along", kind="grid", factors={lever.name: lever}, runs=2)
    return sim.sweep(sweep, out=tmp_path_factory.mktemp("sweep"))


def _ticks(ax: Axes, which: str) -> list[Bbox]:
    axis = getattr(ax, f"{which}axis")
    low, high = sorted(axis.get_view_interval())
    shown = [
        tick.label1
        for tick in axis.get_major_ticks()
        if low - 1e-9 <= tick.get_loc() <= high + 1e-9 and tick.label1.get_visible()
    ]
    return [label.get_window_extent() for label in shown if label.get_text()]


def _words(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every title, axis label, key and footnote that shows, with its box."""
    texts: list[Text] = list(figure.texts)
    for ax in figure.axes:
        if ax.axison:
            texts += [ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title, ax._right_title]
    texts += [text for legend in figure.findobj(Legend) for text in legend.get_texts()]
    return [
        (text.get_text(), text.get_window_extent())
        for text in texts
        if text.get_text() and text.get_visible()
    ]


def _apart(one: Bbox, two: Bbox) -> bool:
    shared = Bbox.intersection(one, two)
    return shared is None or shared.width <= _SLACK or shared.height <= _SLACK


def _check_slide(name: str, figure: Figure) -> None:
    """16:9, and nothing on it smaller than a slide's least text."""
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(_SLIDE[0] / _SLIDE[1], rel=1e-3), name
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible():
            assert text.get_fontsize() / 72.0 * _SLIDE[0] / width >= _LEAST, (name, text.get_text())


def _check(results: Results, style: Figures) -> None:
    for name, figure in figures_of(results, style):
        settle(figure)
        figure.draw_without_rendering()
        if style.height:
            _check_slide(name, figure)
        for ax in [ax for ax in figure.axes if ax.axison]:
            for which in "xy":
                boxes = _ticks(ax, which)
                assert all(_apart(one, two) for one, two in pairwise(boxes)), (
                    name,
                    which,
                    ax.get_ylabel(),
                )
        for (one, first), (two, second) in combinations(_words(figure), 2):
            assert _apart(first, second), (name, one, two)
        for text, box in _words(figure):
            assert box.x0 >= -_SLACK, (name, text)
            assert box.y0 >= -_SLACK, (name, text)
            assert box.x1 <= figure.bbox.x1 + _SLACK, (name, text)
            assert box.y1 <= figure.bbox.y1 + _SLACK, (name, text)


@pytest.mark.parametrize("size", [pytest.param("paper", marks=pytest.mark.nightly), "projector"])
@pytest.mark.parametrize("case", ["london", "one_run"])
def test_no_text_lies_on_another(results_of, case: str, size: str) -> None:
    _check(results_of(case), _SIZES[size])


@pytest.mark.parametrize("size", [pytest.param("paper", marks=pytest.mark.nightly), "projector"])
def test_long_names_find_room(renamed: Results, size: str) -> None:
    _check(renamed, _SIZES[size])


@pytest.mark.parametrize("size", [pytest.param("paper", marks=pytest.mark.nightly), "projector"])
def test_a_lever_of_any_values_finds_room(along: Results, size: str) -> None:
    _check(along, _SIZES[size])


@pytest.mark.parametrize("size", [pytest.param("paper", marks=pytest.mark.nightly), "projector"])
def test_a_crowded_sweep_finds_room(crowded: Results, size: str) -> None:
    _check(crowded, _SIZES[size])


@pytest.mark.parametrize("size", [pytest.param("paper", marks=pytest.mark.nightly), "projector"])
@pytest.mark.parametrize(
    "name", ["extension_cost", "leverage_race", "packages", "all_levers_sobol"]
)
def test_named_sweeps_find_room(
    name: str, size: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sweep, scenario = load_sweep(name)
    few = replace(sweep, runs=2) if sweep.kind == "grid" else replace(sweep, points=256)
    _check(sim.sweep(few, scenario, out=tmp_path_factory.mktemp("named")), _SIZES[size])
