"""The figure of indices: a panel a measure, the strongest first, what is left out is counted;
sweeps with sampled points have one.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.analysis.ranking import Ranking
from sim.analysis.sensitivity import FIRST, TOTAL, Size
from sim.batch import Figures
from sim.cli import main
from sim.figures.gallery import figures_of
from sim.figures.indices import indices
from sim.figures.style import Caption

CAPTION = Caption("t", "n", 10, 1)


def table(settings: int, kinds: tuple[str, ...] = (FIRST,)) -> pd.DataFrame:
    rows = [
        (measure, f"s{n}", kind, 0.01 * n, 0.009 * n - 0.01, 0.012 * n, 0.02)
        for measure in ("breakthrough", "breakdown")
        for n in range(settings)
        for kind in kinds
    ]
    return pd.DataFrame(
        rows, columns=["measure", "setting", "index", "value", "low", "high", "floor"]
    )


def ranking(settings: int) -> Ranking:
    order = tuple(f"s{n}" for n in reversed(range(settings)))
    return Ranking(order, order[:1], 0.16, FIRST, Size(64, "points"))


def test_the_strongest_come_first_and_the_rest_is_counted() -> None:
    found = table(17)
    figure = indices(found, ranking(17), {"s16": {"label": "red line", "unit": "share"}}, CAPTION)
    assert len(figure.axes) == 2
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()][:2] == [
        "Red line",
        "S15",
    ]
    assert "red line moves the outcomes most (16" in figure.get_suptitle().replace("\n", " ")
    assert "3 weaker settings are left out" in figure.get_supxlabel().replace("\n", " ")
    assert all("%" in ax.get_xlabel() for ax in figure.axes)


def test_first_and_total_order_are_told_apart_in_a_key() -> None:
    figure = indices(table(3, (FIRST, TOTAL)), ranking(3), {}, CAPTION)
    legend = figure.axes[-1].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == [FIRST, TOTAL]


@pytest.mark.parametrize("kind", ["sobol", "saltelli", "morris"])
def test_a_sweep_with_sampled_points_draws_its_indices_and_takes_the_strongest_as_axes(
    kind, tmp_path: Path
) -> None:
    (tmp_path / "s.yaml").write_text(
        f"name: s\nkind: {kind}\npoints: 16\nruns: 2\nfactors:\n"
        "  truce.length_weeks: {low: 6, high: 39}\n  linkage.cn: {low: 0.0, high: 1.0}\n"
        "  linkage.tracks: {choices: [separate, package]}\n",
        encoding="utf-8",
    )
    words = [
        f"sweep_file={tmp_path / 's.yaml'}",
        "draw=false",
        "figures.report=false",
        f"out={tmp_path}",
    ]
    assert main(["sweep", *words]) == 0
    (folder,) = (tmp_path / "sweep").iterdir()
    drawn = dict(figures_of(sim.load_results(folder), Figures()))
    assert list(drawn) == ["indices", "phase", "outcomes"]
    assert len(drawn["indices"].axes) == 4
