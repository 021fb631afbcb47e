"""One bit of a finished part flips: what is read is what was written, or is refused; a resumed
sweep ends in the same content.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from sim.batch import Run
from sim.batch.read import build_sweep
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.results.files import content_hash
from sim.results.results import load_results
from sim.sweeps.sweep import prepare, resume, run_sweep

SHORT = {"calendar.horizon_weeks": 20, "outcomes.weeks_in_force": 4, "firms.magnets.firms": 20}
DESIGN = {
    "kind": "sobol",
    "points": 32,
    "runs": 16,
    "factors": {"linkage.cn": {"low": 0, "high": 1}},
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished sweep of two parts."""
    folder = tmp_path_factory.mktemp("sweep")
    scenario = Scenario().change(SHORT)
    run_sweep(prepare(build_sweep(DESIGN, scenario), scenario), scenario, Run(threads=1), folder)
    assert len(list((folder / "runs").iterdir())) == 2
    return folder


def flip(path: Path, chance: random.Random) -> None:
    """Turn one bit of a file."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def check_reading(whole: Path, folder: Path, flips: int, seed: int) -> int:
    """How many of so many flips were refused; the others changed nothing that is read."""
    chance, refused = random.Random(seed), 0
    content, path = (
        load_results(whole).manifest.content["runs"],
        folder / "runs" / "part-000000.parquet",
    )
    shutil.copytree(whole, folder)
    good = path.read_bytes()
    for _ in range(flips):
        flip(path, chance)
        try:
            assert content_hash([load_results(folder).runs]) == content
        except SimError as error:
            assert "part-00000" in str(error)
            refused += 1
        path.write_bytes(good)
    return refused


def check_resuming(whole: Path, folder: Path, flips: int, seed: int) -> None:
    """After each of so many flips a resumed sweep has the same content, on disk too, or the part is
    refused by its name.
    """
    chance, content = random.Random(seed), load_results(whole).manifest.content
    for _ in range(flips):
        shutil.copytree(whole, folder)
        (folder / "manifest.json").unlink()
        flip(folder / "runs" / "part-000000.parquet", chance)
        try:
            assert resume(folder).manifest.content == content
            assert content_hash([load_results(folder, check=True).runs]) == content["runs"]
        except SimError as error:
            assert "part 0" in str(error) or "part-000000" in str(error)
        shutil.rmtree(folder)


def test_a_few_flipped_bits_are_not_read_as_other_numbers(whole: Path, tmp_path: Path) -> None:
    assert check_reading(whole, tmp_path / "flipped", flips=40, seed=1) > 20


def test_a_sweep_with_a_flipped_bit_goes_on_to_the_same_content(
    whole: Path, tmp_path: Path
) -> None:
    check_resuming(whole, tmp_path / "flipped", flips=8, seed=2)


@pytest.mark.nightly
def test_four_hundred_flipped_bits_are_not_read_as_other_numbers(
    whole: Path, tmp_path: Path
) -> None:
    assert check_reading(whole, tmp_path / "flipped", flips=400, seed=3) > 200


@pytest.mark.nightly
def test_a_sweep_goes_on_after_each_of_two_hundred_flips(whole: Path, tmp_path: Path) -> None:
    check_resuming(whole, tmp_path / "flipped", flips=200, seed=4)
