"""Mesa's SolaraViz takes the model with settings by dotted name: by its own check of parameters, and
in a browser; and the newest Mesa takes the model unchanged.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from sim.model import TruceModel

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "extending.md"


def test_settings_come_by_the_name_that_mesa_looks_for() -> None:
    assert (
        inspect.signature(TruceModel.__init__).parameters["kwargs"].kind
        is inspect.Parameter.VAR_KEYWORD
    )
    assert TruceModel(seed=1, **{"linkage.cn": 0.9}).scenario.linkage.cn == 0.9


def _mesas_check():
    """``_check_model_params`` of Mesa's SolaraViz, taken from its file: the module itself needs
    solara.
    """
    (place,) = find_spec("mesa").submodule_search_locations
    tree = ast.parse((Path(place) / "visualization" / "solara_viz.py").read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "_check_model_params"
    ]
    names = {"inspect": inspect}
    exec(compile(tree, "solara_viz.py", "exec"), names)
    return names["_check_model_params"]


def test_mesas_own_check_passes() -> None:
    check = _mesas_check()
    check(TruceModel.__init__, {"seed": 1, "linkage.cn": 0.5, "truce.length_weeks": 26})
    with pytest.raises(ValueError, match="Invalid model parameter"):
        check(lambda self, seed=1: None, {"linkage.cn": 0.5})


@pytest.fixture(scope="module")
def solara_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the pins of the page, and all that stands here, in an environment of its
    own.
    """
    folder = tmp_path_factory.mktemp("solara")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    here = sysconfig.get_path("purelib")
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "here.pth").write_text(here, encoding="utf-8")
    (line,) = re.findall(r"^pip install (.*solara.*)$", PAGE.read_text(encoding="utf-8"), re.M)
    # the scripts that its pages fetch from elsewhere otherwise
    words = [*shlex.split(line.partition("#")[0]), "solara-assets==1.58.*"]
    subprocess.run([python, "-m", "pip", "install", "-q", *words], check=True)
    return python


@pytest.fixture
def served(solara_python: Path, tmp_path: Path) -> Iterator[str]:
    """The example of the page as Solara serves it; its address."""
    (text,) = re.findall(
        r"^```python\n(import sim\nfrom mesa.visualization.*?)^```",
        PAGE.read_text(encoding="utf-8"),
        re.M | re.S,
    )
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["run", "app.py", f"--port={port}", "--host=127.0.0.1", "--no-open", "--production"]
    with (tmp_path / "log.txt").open("w") as log:
        server = subprocess.Popen(
            [solara_python, "-m", "solara", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(30)


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")
def test_a_browser_steps_the_model_and_starts_it_anew_with_a_slider_moved(served: str) -> None:
    from playwright.sync_api import expect, sync_playwright

    _wait_for(served)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(120_000)
        expect.set_options(timeout=120_000)
        page.goto(served)
        step = page.get_by_role("button", name="Step")
        for week in (1, 2):
            step.click()
            expect(page.get_by_text(f"Step: {week}")).to_be_visible()
        drawn = page.locator("img, svg").count()
        slider = page.get_by_role("slider", name="Linkage by Beijing")
        slider.focus()
        slider.press("ArrowRight")
        page.get_by_role("button", name="Reset").click()
        expect(page.get_by_text("Step: 0")).to_be_visible()
        expect(slider).to_have_attribute("aria-valuenow", "0.6")
        step.click()
        expect(page.get_by_text("Step: 1")).to_be_visible()
        assert drawn and "Traceback" not in page.inner_text("body")
        browser.close()


def _wait_for(address: str) -> None:
    """Until a server answers."""
    end = time.monotonic() + 120.0
    while True:
        try:
            urllib.request.urlopen(address, timeout=5)
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.5)
        else:
            return


@pytest.mark.nightly
def test_the_newest_mesa_before_its_release_runs_the_model_unchanged(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "-q", "--pre", "--no-deps", "--upgrade"]
    subprocess.run([*pip, "--target", tmp_path / "mesa", "mesa"], check=True)
    (found,) = (tmp_path / "mesa").glob("*.dist-info")
    newest = found.name.split("-")[1]
    if newest == version("mesa"):
        pytest.skip(f"{newest}, installed, is the newest Mesa for this Python")
    path = os.pathsep.join([str(tmp_path / "mesa"), str(ROOT)])
    tests = [
        "tests/test_model.py",
        "tests/agents/test_copies.py",
        "tests/agents/test_strategies.py",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"Mesa {newest}: {done.stdout[-3000:]}"
