"""The package as others install it: what the wheel and the sdist carry, and a run from the wheel
alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.browser.build import CODE, DESCRIPTION
from sim.browser.module import is_current
from sim.page.build import PAGE
from sim.page.decoder import decoder_path
from tests.packaging.test_platforms import POSIX_ONLY

ROOT = Path(__file__).parents[2]
LINKERS = ("ziglang", "wasmtime")  # of the development environment alone


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


def test_the_wheel_carries_a_bill_of_what_the_lock_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if ".dist-info/sboms/" in name)
        bill = json.loads(archive.read(name))
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    assert bill["bomFormat"] == "CycloneDX"
    purls = {part["purl"] for part in bill["components"] if "purl" in part}
    locked = re.findall(r"^([\w.-]+)==(\S+)", lock, re.M)
    assert purls == {f"pkg:pypi/{name.lower()}@{version}" for name, version in locked}


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
    for name in ("sim", "configs", "requirements"):
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


def pythons() -> dict[str, str]:
    """The interpreters to be had here, by version: the one that runs the tests, those on the path,
    and pyenv's, whose names on the path do not always start one.
    """
    places = [place for place in os.environ["PATH"].split(os.pathsep) if "shims" not in place]
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    path = os.pathsep.join([*places, *map(str, root.glob("versions/*/bin"))])
    found = {f"3.{minor}": shutil.which(f"python3.{minor}", path=path) for minor in range(11, 16)}
    here = ".".join(map(str, sys.version_info[:2]))
    return {version: path for version, path in found.items() if path} | {here: sys.executable}


def by_pip(python: str, wheel: Path, tools: Path, folder: Path) -> list[str | Path]:
    call(python, "-m", "venv", "env", cwd=folder)
    call(folder / "env/bin/python", "-m", "pip", "install", "-q", wheel, cwd=folder)
    return [folder / "env/bin/tariffsim"]


def by_uvx(python: str, wheel: Path, tools: Path, folder: Path) -> list[str | Path]:
    return [tools / "uvx", "--python", python, "--from", wheel, "tariffsim"]


def by_pipx(python: str, wheel: Path, tools: Path, folder: Path) -> list[str | Path]:
    return [tools / "pipx", "run", "--python", python, "--spec", wheel, "tariffsim"]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of uvx and pipx, in an environment of their own."""
    folder = tmp_path_factory.mktemp("tools")
    call(sys.executable, "-m", "venv", folder, cwd=folder)
    call(folder / "bin/python", "-m", "pip", "install", "-q", "uv", "pipx", cwd=folder)
    return folder / "bin"


@pytest.mark.nightly
@pytest.mark.parametrize("installed", [by_pip, by_uvx, by_pipx])
@pytest.mark.parametrize("version", pythons())
def test_the_first_command_of_the_readme_runs_without_make(
    version: str,
    installed: Callable[[str, Path, Path, Path], list[str | Path]],
    wheel: Path,
    tools: Path,
    tmp_path: Path,
) -> None:
    command = installed(pythons()[version], wheel, tools, tmp_path)
    call(*command, "run", cwd=tmp_path)
    (folder,) = (tmp_path / "outputs" / "run").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["versions"]["python"].startswith(version)
    assert (folder / "report.html").is_file()


@pytest.mark.nightly
def test_a_wheel_without_the_browser_module_says_so_and_runs_the_rest(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(
            tmp_path / "bare", [name for name in archive.namelist() if "/built/" not in name]
        )
    (tmp_path / "work").mkdir()
    code = (
        "import sys\n"
        f"sys.path.insert(0, {str(tmp_path / 'bare')!r})\n"
        f"sys.modules.update(dict.fromkeys({[*LINKERS, *POSIX_ONLY]}))\n"
        "from sim.cli import main\n"
        "assert main(['run', 'runs=3', 'draw=false']) == 0\n"
        "raise SystemExit(main(['page']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path / "work",
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr[-2000:]
    assert "lacks the WebAssembly module" in done.stderr
    assert list((tmp_path / "work/outputs/run").glob("*/report.html"))
