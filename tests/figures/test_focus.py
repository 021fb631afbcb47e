"""The first figure of a sweep with a focus: its title is the answer, and it shows the focus and
nothing else.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.analysis.answer import answer
from sim.analysis.target import Effect, Found
from sim.batch import Figures
from sim.figures.focus import focus_lines
from sim.figures.gallery import figure_of, figures_of
from sim.figures.style import Caption
from sim.results import Results
from sim.sweeps.named import load_sweep

_STYLE = Figures(dpi=50, format="png", report=False)
_SMALL = {
    "linkage_by_deadline": {"runs": 6},
    "extension_cost": {"runs": 6},
    "leverage_race": {"runs": 3},
    "red_lines": {"runs": 4},
    "compliance_noise": {"runs": 4},
    "packages": {"points": 512},
    "all_levers_sobol": {"points": 512},
}
_HEADINGS = {
    "linkage_by_deadline": ["Narrow deal (% of runs)", "Breakdown (% of runs)"],
    "extension_cost": ["Narrow deal (% of runs)", "Breakdown (% of runs)"],
    "leverage_race": [
        "Washington's leverage left at the end (bn USD/yr)",
        "Beijing's leverage left at the end (bn USD/yr)",
    ],
    "red_lines": ["Share of the closing period past the thresholds (share)"],
    "compliance_noise": ["Breakdown (% of runs)"],
    "packages": ["Breakthrough (% of runs)"],
    "all_levers_sobol": ["Breakthrough (% of runs)"],
}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A named sweep with few points or runs; kept."""
    made: dict[str, Results] = {}

    def get(name: str) -> Results:
        if name not in made:
            sweep, scenario = load_sweep(name)
            made[name] = sim.sweep(
                replace(sweep, **_SMALL[name]), scenario, out=tmp_path_factory.mktemp(name)
            )
        return made[name]

    return get


@pytest.mark.parametrize("name", _SMALL)
def test_the_first_figure_answers_the_question_in_its_title(few, name: str) -> None:
    first, figure = next(iter(figures_of(few(name), _STYLE)))
    assert first == "answer"
    title = figure.get_suptitle().replace("\n", " ").replace("\u00a0", " ")
    assert f"{title}." == answer(few(name))
    assert title.startswith(load_sweep(name)[0].title)


@pytest.mark.parametrize("name", _SMALL)
def test_the_first_figure_shows_the_focus(few, name: str) -> None:
    _, figure = next(iter(figures_of(few(name), _STYLE)))
    headings = [ax.get_title(loc="left").replace("\n", " ") for ax in figure.axes]
    assert set(_HEADINGS[name]) <= set(headings)


def test_cells_that_are_ruled_out_say_so_with_the_reasons(tmp_path) -> None:
    sweep, scenario = load_sweep("red_lines")
    asked = replace(sweep, focus=("breakthrough",), **_SMALL["red_lines"])
    by_thresholds = scenario.change({"outcomes.breakthrough": "thresholds"})
    results = sim.sweep(asked, by_thresholds, out=tmp_path)
    _, figure = next(iter(figures_of(results, _STYLE)))
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said.count("cannot\nhappen") == 12 and len(said) == 42
    footnote = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert "breakthrough cannot happen there, the red line on military magnets, 0.3" in footnote
    assert "the red line on AI chips, 0.2, is below the level that counts" in footnote


def test_packages_are_compared_with_separate_tracks(few) -> None:
    _, figure = next(iter(figures_of(few("packages"), _STYLE)))
    bars, gaps = figure.axes[:2]
    assert {label.get_text() for label in bars.get_xticklabels()} == {"package", "separate"}
    assert " less " in gaps.get_title(loc="left")


def test_panels_of_shares_have_scales_of_their_own(few) -> None:
    _, figure = next(iter(figures_of(few("linkage_by_deadline"), _STYLE)))
    images = [ax.images[0] for ax in figure.axes if ax.images and ax.get_xlabel()]
    assert [image.get_clim()[1] for image in images] == [
        image.get_array().max() for image in images
    ]
    assert len(images) == 2


def test_indices_are_of_the_focus_alone(few) -> None:
    indices = figure_of(few("all_levers_sobol"), "indices", _STYLE)
    assert [ax.get_title(loc="left") for ax in indices.axes] == ["breakthrough"]


def test_ticks_along_a_setting_stand_at_the_values_that_were_run() -> None:
    values = (0.0, 0.0625, 26.25, 31.125, 40.0)
    effect = Effect(
        "a.x", "cost", "bn USD/yr", values, True, False, *(np.full(5, share) for share in (0.5, 0.4, 0.6)), np.full((3, 5), 0.5), 2.0
    )  # fmt: skip
    found = Found("breakthrough", "breakthrough", "", True, 0.5, (effect,))
    ax = focus_lines([found], "A title", Caption("London", "london_2025", 4, 1)).axes[0]
    ticks = dict(
        zip(ax.get_xticks(), (label.get_text() for label in ax.get_xticklabels()), strict=True)
    )
    assert set(ticks) <= set(values)
    assert len(ticks) >= 3
    assert all(float(words) == value for value, words in ticks.items())
