"""The package as others install it: what the wheel and the sdist carry, and a run from the wheel
alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from sim.browser.build import CODE, DESCRIPTION
from sim.browser.module import is_current
from sim.page.build import PAGE
from sim.page.decoder import decoder_path

ROOT = Path(__file__).parents[2]


def call(*words: str | Path, cwd: Path) -> str:
    """Run a command with nothing of the checkout on its path; its standard output."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV"}
    }
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


def test_the_wheel_carries_code_configs_and_data_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("sim", "sim"), ("configs", "sim/configs")):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {
                ".py",
                ".js",
                ".yaml",
                ".csv",
                ".md",
                ".html",
                ".css",
                ".woff2",
                ".zig",
                ".txt",
            }:
                assert f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"sim"}
    assert not [
        name for name in names if "__pycache__" in name or name.endswith((".pyc", ".nbi", ".nbc"))
    ]


def test_the_sdist_carries_what_a_checkout_holds(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml",
        "Makefile",
        "LICENSE",
        "CITATION.cff",
        "requirements/run.txt",
        "configs/schema.json",
    } <= names
    assert not [
        name
        for name in names
        if "__pycache__" in name or name.startswith((".venv", "outputs/run", "outputs/sweep"))
    ]


@pytest.mark.parametrize("made", [True, False])
def test_the_wheel_carries_the_module_and_the_page_where_they_were_built_and_is_built_without_it_too(
    made: bool, tmp_path: Path
) -> None:
    for name in (".gitignore", "pyproject.toml", "README.md", "LICENSE", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("sim", "configs"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "built")
        )
    files = [f"sim/browser/built/{name}" for name in (CODE, DESCRIPTION)]
    files += [f"sim/page/built/{name}" for name in (PAGE, decoder_path().name)]
    for name in files if made else []:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("built before")
    call(sys.executable, "-m", "hatchling", "build", "-d", tmp_path / "dist", cwd=tmp_path)
    names = zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))).namelist()
    assert [name in names for name in files] == [made] * len(files)
    with tarfile.open(next((tmp_path / "dist").glob("*.tar.gz"))) as archive:
        assert [name for name in archive.getnames() if name.endswith(CODE)] != [] or not made


@pytest.mark.nightly
def test_the_wheel_runs_in_an_empty_environment_outside_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    call(sys.executable, "-m", "venv", tmp_path / "env", cwd=tmp_path)
    python, command = tmp_path / "env" / "bin" / "python", tmp_path / "env" / "bin" / "tariffsim"
    # to bytecode Python compiles what it imports, which is less than all
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    install = (*pip, "install", "-q", "--no-deps", "--no-compile")
    call(*install, "--require-hashes", "-r", ROOT / "requirements" / "run.txt", cwd=tmp_path)
    call(*install, wheel, cwd=tmp_path)
    call(python, "-m", "pip", "check", cwd=tmp_path)
    assert "sweep" in call(command, "--help", cwd=tmp_path)
    call(
        command, "run", "runs=8", f"out={tmp_path / 'outputs'}", "figures.format=png", cwd=tmp_path
    )
    manifest = next((tmp_path / "outputs").glob("run/*/manifest.json"))
    assert json.loads(manifest.read_text(encoding="utf-8"))
    (tmp_path / "alone").mkdir()
    shutil.copy(manifest.parent / "report.html", tmp_path / "alone")
    assert "answer: same" in call(command, "reproduce", "report.html", cwd=tmp_path / "alone")
    assert str(tmp_path) in call(python, "-c", "import sim; print(sim.__file__)", cwd=tmp_path)
    carried = f"sim/browser/built/{CODE}" in zipfile.ZipFile(wheel).namelist()
    usable = call(
        python, "-c", "from sim.browser.module import is_current; print(is_current())", cwd=tmp_path
    )
    assert usable.strip() == str(carried and is_current())
