"""Figures as files: a person's own matplotlib settings and signs without a typeface change nothing
and warn nobody.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl

from sim.batch import Figures
from sim.figures.draw import draw_all
from sim.figures.encode import house_style
from sim.results import Results

_STYLE = Figures(dpi=50, format="svg", report=False)


def test_a_persons_own_settings_change_no_byte(results_of, tmp_path: Path) -> None:
    results = without_weeks(results_of("four_weeks"))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    plain = [path.read_bytes() for path in draw_all(results, tmp_path / "a", _STYLE)]
    own = {
        "font.size": 20.0,
        "font.family": ["serif"],
        "axes.facecolor": "red",
        "savefig.bbox": "tight",
        "lines.linewidth": 9.0,
    }
    with mpl.rc_context(own):
        changed = [path.read_bytes() for path in draw_all(results, tmp_path / "b", _STYLE)]
        assert mpl.rcParams["font.size"] == 20.0
    assert changed == plain


def test_a_chinese_title_is_drawn_without_a_word(results_of, tmp_path: Path) -> None:
    results = without_weeks(results_of("four_weeks"))
    titled = Results(
        replace(results.scenario, title="伦敦框架, 2025"), results.manifest, runs=results.runs
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw_all(titled, tmp_path, _STYLE)


def test_settings_come_back_after_an_error() -> None:
    before = dict(mpl.rcParams)
    try:
        with house_style():
            assert mpl.rcParams["svg.hashsalt"]
            raise KeyError
    except KeyError:
        pass
    assert dict(mpl.rcParams) == before


def without_weeks(results: Results) -> Results:
    """The result without its weeks: fewer figures to draw."""
    return Results(results.scenario, results.manifest, runs=results.runs)
