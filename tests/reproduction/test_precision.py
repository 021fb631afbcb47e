"""What stopped on width is reproduced by its number of runs, without looking again."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli import main
from sim.results.manifest import NAME, read_manifest


@pytest.mark.parametrize(
    "words",
    [
        ["run", "scenario=london"],
        ["compare", "left=london", "right=geneva", "outcome=tactical_pause"],
    ],
    ids=["run", "compare"],
)
def test_a_result_that_stopped_on_width_is_reproduced(words, tmp_path: Path) -> None:
    short = ["weeks=12", "outcomes.weeks_in_force=1", "draw=false", "figures.report=false"]
    folder = tmp_path / "out"
    assert main([*words, *short, "precision=0.05", f"out={folder}"]) == 0
    (made,) = (folder / words[0]).iterdir()
    manifest = read_manifest(made / NAME)
    assert manifest.run is not None
    assert manifest.run.precision == 0.05 and 256 <= manifest.run.runs < 50_000
    assert sim.reproduce(made).same


def test_estimates_stand_in_the_manifest_and_come_back_with_the_folder(tmp_path: Path) -> None:
    from sim.results.results import save

    found = sim.run("london", runs=600, weeks="none")
    folder = tmp_path / "kept"
    folder.mkdir()
    save(found, folder)
    back = sim.load_results(folder)
    assert back.manifest.estimates == found.manifest.estimates != {}
    assert back.answer == found.answer
    assert not {"surprises", "closing"} & {name.partition(".")[0] for name in back.columns}
