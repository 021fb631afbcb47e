"""``engine.js`` in Node and in a real browser gives the ensemble's records."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.browser.build import CODE, DESCRIPTION
from sim.browser.module import Module, engine_source
from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.rules.measures import BRIEF, RUN, WEEK

NODE = shutil.which("node")
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# headless, and no word with the network
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
)
needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js on this machine")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def node(folder: Path, code: str) -> str:
    """Standard output of Node that has read ``engine.js``, ``description`` and ``code`` (the
    module), then runs ``code``.
    """
    (folder / "engine.js").write_text(engine_source(), encoding="utf-8")
    head = (
        "const fs = require('fs'); require('vm').runInThisContext(fs.readFileSync('engine.js', 'utf8'));"
        f"const code = fs.readFileSync('{CODE}'), description = JSON.parse(fs.readFileSync('{DESCRIPTION}', 'utf8'));"
    )
    script = f"{head} (async () => {{ {code} }})().catch((error) => {{ console.error(error); process.exit(1); }})"
    assert NODE is not None
    done = subprocess.run(
        [NODE, "-e", script], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(module: Module, tmp_path: Path) -> Path:
    (tmp_path / CODE).write_bytes(module.code)
    (tmp_path / DESCRIPTION).write_text(json.dumps(module.description), encoding="utf-8")
    return tmp_path


def reference(params: np.ndarray, point: np.ndarray, runs: int, seed: int) -> tuple[bytes, bytes]:
    """Records and weeks of the ensemble."""
    tables = simulate(params, point, np.arange(runs), seed, weekly=runs, threads=1)
    return tables[0].tobytes(), tables[1].tobytes()


@needs_node
def test_brief_weeks_in_node_are_the_ensembles_in_what_they_have(folder: Path) -> None:
    params = flatten(load("scenario=london")).values
    (folder / "params").write_bytes(params.tobytes())
    code = """
      const engine = await Engine.open(code, description), run = [0, 1, 2];
      const { weeks } = engine.simulate({ params: fs.readFileSync('params'), seed: 1n, run, weeks: 104, whole: false });
      console.log(JSON.stringify([Buffer.from(weeks).toString('base64'), description.brief]));
    """
    sent, brief = json.loads(node(folder, code))
    weeks = np.frombuffer(base64.b64decode(sent), WEEK).reshape(3, 104)
    _, whole = simulate(params, np.zeros(3, np.int64), np.arange(3), 1, weekly=3, threads=1)
    assert tuple(brief) == BRIEF
    for name in WEEK.names:
        expected = whole[name] if name in BRIEF else np.zeros_like(whole[name])
        np.testing.assert_array_equal(weeks[name], expected, err_msg=name)


@needs_node
def test_records_and_weeks_in_node_are_the_ensembles(folder: Path) -> None:
    params = np.concatenate(
        [flatten(load(f"scenario={name}")).values for name in ("london", "escalation")]
    )
    (folder / "params").write_bytes(params.tobytes())
    point, seed, weeks = (
        np.arange(50) % 2,
        2**64 - 1,
        int(params["calendar"]["horizon_weeks"].max()),
    )
    node(
        folder,
        "const engine = await Engine.open(code, description), params = fs.readFileSync('params');"
        f"const run = Array.from({{ length: 50 }}, (_, j) => j), seed = {seed}n;"
        # a first call of another size, which leaves its numbers in the memory
        f"engine.simulate({{ params, run: [...run, 50, 51, 52], seed: 3n, weeks: {weeks} }});"
        f"const out = engine.simulate({{ params, run, seed, point: run.map((j) => j % 2), weeks: {weeks} }});"
        "fs.writeFileSync('runs', out.runs); fs.writeFileSync('weeks', out.weeks);",
    )
    runs, series = reference(params, point, 50, seed)
    assert (folder / "runs").read_bytes() == runs
    assert (folder / "weeks").read_bytes() == series


@needs_node
def test_settings_of_another_size_are_refused_in_node(folder: Path) -> None:
    said = node(
        folder,
        "const engine = await Engine.open(code, description);"
        "for (const size of [0, 1, description.sizes.params + 8]) try {"
        " engine.simulate({ params: new Uint8Array(size), run: [0], seed: 1n }); } catch (error) { console.log(error.name); }",
    )
    assert said.split() == ["RangeError"] * 3


PAGE = """<!doctype html><meta charset="utf-8"><title>records</title><script id="source">{source}</script><script>
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const first = (mine, other) => mine.length === other.length ? mine.findIndex((byte, k) => byte !== other[k]) : -2;
(async () => {{
  const workers = new Workers(document.getElementById("source").textContent, bytes("{code}"), {description}, 2);
  const out = await workers.simulate({{ params: bytes("{params}"), seed: {seed}n, runs: {runs}, weeks: {weeks} }});
  console.log("RESULT " + JSON.stringify([first(out.runs, bytes("{reference}")), first(out.weeks, bytes("{series}"))]));
}})().catch((error) => console.log("RESULT " + JSON.stringify(String(error))));
</script>"""


def in_browser(page: Path, profile: Path) -> Any:
    """What the page at ``file://`` logs as its result."""
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", page.as_uri()]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, errors="replace"
    ) as process:
        hangs = threading.Timer(120, process.kill)
        hangs.start()
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "RESULT " in line:
                    return json.JSONDecoder().raw_decode(line.partition("RESULT ")[2])[0]
        finally:
            hangs.cancel()
            process.terminate()
    return "the browser ended without a result"


@pytest.mark.nightly
@needs_browser
def test_records_and_weeks_in_a_page_without_a_server_are_the_ensembles(
    module: Module, tmp_path: Path
) -> None:
    params, runs = flatten(load("scenario=breakthrough")).values, 300
    weeks = int(params["calendar"]["horizon_weeks"].max())
    ours = reference(params, np.zeros(runs, np.int64), runs, 1)
    text = [
        base64.b64encode(content).decode() for content in (module.code, params.tobytes(), *ours)
    ]
    page = tmp_path / "page.html"
    page.write_text(
        PAGE.format(
            source=engine_source(),
            code=text[0],
            description=json.dumps(module.description),
            params=text[1],
            seed=1,
            runs=runs,
            weeks=weeks,
            reference=text[2],
            series=text[3],
        ),
        encoding="utf-8",
    )
    assert (len(ours[0]), len(ours[1])) == (runs * RUN.itemsize, runs * weeks * WEEK.itemsize)
    assert in_browser(page, tmp_path / "profile") == [-1, -1]
