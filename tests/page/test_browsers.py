"""In Chromium and in Firefox the page computes what ``tariffsim run`` computes of the file that it saves,
byte for byte, and takes a bundle to pieces.
"""

from __future__ import annotations

import base64
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.check import to_plain
from sim.config.compose import load, read_scenario
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.page.build import SOURCE, page_html
from sim.page.contents import Contents

RUNS, SEED = 12, 2**63 + 5
# a page whose script hands out the page's modules instead of drawing anything
PROBE = """import { changeScenario } from "./check.js";
import { openContents } from "./contents.js";
import { readFiles } from "./drop.js";
import { fromLink, toLink } from "./link.js";
import { csv, fileName, pngOf, svgText } from "./save.js";
import { Schema } from "./settings.js";
import { scenarioYaml } from "./yaml.js";

globalThis.probe = openContents().then((contents) => {
  const schema = new Schema(contents), engine = document.getElementById("engine").textContent;
  const workers = new globalThis.Workers(engine, contents.module, contents.description, 2);
  return { contents, schema, workers, changeScenario, readFiles, fromLink, toLink, csv, fileName, pngOf, svgText, scenarioYaml };
});
"""
RECORDS = """async ({ scenarios, seed, runs }) => {
  const page = await (window.wrappedJSObject ?? window).probe, found = [];
  for (const scenario of scenarios) {
    const { fragment } = page.toLink(page.schema, { a: scenario, b: scenario, seed: BigInt(seed), runs });
    const { shared } = page.fromLink(page.schema, fragment);
    const done = await page.workers.simulate({ params: page.schema.record(shared.a), seed: shared.seed, runs: shared.runs });
    found.push([page.scenarioYaml(shared.a), btoa(String.fromCharCode(...done.runs))]);
  }
  return found;
}"""
FILES = """async (given) => {
  const page = await (window.wrappedJSObject ?? window).probe, found = [];
  for (const files of given) {
    const read = await page.readFiles(page.schema, new Map(Object.entries(files).map(([name, text]) =>
      [name, Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))])));
    found.push(read.problem ?? (read.verify ? (await read.verify()).words : read.scenario.name));
  }
  return found;
}"""
SAVED = """async () => {
  const page = await (window.wrappedJSObject ?? window).probe;
  document.body.innerHTML = '<svg width="200" height="100"><rect width="200" height="100" fill="#009E73"/><text y="50">a & b</text></svg>';
  const svg = document.querySelector("svg");
  const png = await page.pngOf(svg, { title: "Title <1>", note: "note" });
  const bytes = new Uint8Array(await png.arrayBuffer());
  const pixels = await createImageBitmap(png);
  return [page.svgText(svg, { title: "Title <1>" }), Array.from(bytes.slice(0, 8)), pixels.width, pixels.height,
    page.csv(["a", "b"], [[1.5, 'say "x"'], [null, "=1+1"]]), page.fileName("../é b", "c?")];
}"""


@pytest.fixture(scope="module")
def probe(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probe")
    shutil.copytree(SOURCE, folder / "source")
    (folder / "source" / "main.js").write_text(PROBE, encoding="utf-8")
    (folder / "page.html").write_text(page_html(contents, folder / "source"), encoding="utf-8")
    return folder / "page.html"


def moved(count: int) -> list[Scenario]:
    """Scenarios with some levers of their own, at random within their plausible ranges."""
    rng, found = random.Random(4), list[Scenario]()
    bases = [load(f"scenario={name}") for name in ("tactical_pause", "breakthrough", "escalation")]
    while len(found) < count:
        base = bases[len(found) % len(bases)]
        levers = [(path, meta) for path, meta, _ in leaves(base) if meta.plausible]
        changes: dict[str, object] = {}
        for path, meta in rng.sample(levers, 5):
            assert meta.plausible is not None
            drawn = rng.uniform(*meta.plausible)
            changes[path] = round(drawn) if meta.kind == "count" else drawn
        try:
            found.append(base.change(changes))
        except SimError:
            continue
    return found


@pytest.mark.parametrize("count", [2, pytest.param(50, marks=pytest.mark.nightly)])
def test_the_pages_records_are_those_of_the_file_that_it_saves(
    asked: Callable[..., Any], probe: Path, tmp_path: Path, count: int
) -> None:
    scenarios = moved(count)
    given = {"scenarios": [to_plain(one) for one in scenarios], "seed": str(SEED), "runs": RUNS}
    for scenario, (text, records) in zip(scenarios, asked(probe, RECORDS, given), strict=True):
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        read = read_scenario(tmp_path / "s.yaml")
        assert read == scenario
        point = np.zeros(RUNS, np.int64)
        outs, _ = simulate(flatten(read).values, point, np.arange(RUNS), SEED, weekly=0, threads=1)
        assert base64.b64decode(records) == outs.tobytes()


def test_files_are_taken_and_verified_in_the_browser(
    asked: Callable[..., Any], probe: Path, small_result: Path
) -> None:
    def encoded(path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()

    folder = {f"r/{path.name}": encoded(path) for path in small_result.iterdir() if path.is_file()}
    changed = {**folder, "r/runs.parquet": encoded(small_result / "runs.parquet")[:-8] + "AAAAAAA="}
    alone = {"s.yaml": folder["r/scenario.yaml"]}
    bad = {"s.yaml": base64.b64encode(b"truce: {lenght_weeks: 26}\n").decode()}
    right, wrong, name, refused = asked(probe, FILES, [folder, changed, alone, bad])
    assert right.startswith("Equal: 20 of 20 runs computed again")
    assert wrong.startswith("Different: runs.parquet is not the file")
    assert name == "breakthrough"
    assert "did you mean: truce.length_weeks" in refused


def test_pictures_and_tables_are_saved(asked: Callable[..., Any], probe: Path) -> None:
    svg, signature, width, height, table, name = asked(probe, SAVED)
    assert svg.startswith("<svg") and "Title &lt;1&gt;" in svg and "a &amp; b" in svg
    assert "font/woff2" in svg  # the typeface goes with it
    assert bytes(signature) == b"\x89PNG\r\n\x1a\n" and (width, height) > (399, 199)
    assert table == 'a,b\r\n1.5,"say ""x"""\r\n,\'=1+1\r\n'
    assert name == "e_b-c"
