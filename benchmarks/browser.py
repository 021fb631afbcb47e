"""The rules as a WebAssembly module beside the ensemble: one thread each, CPU time, every engine in
turn in every repeat.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.clock import Row
from benchmarks.engines import LONDON
from sim.browser.build import CODE, DESCRIPTION, assemble, lowered
from sim.browser.description import describe
from sim.browser.execute import Engine
from sim.browser.module import engine_source
from sim.browser.retarget import SCALAR_FEATURES
from sim.config.params import flatten
from sim.ensemble.execute import simulate

__all__ = ["browser"]

_REPEATS = 5
_CHUNK = 50
_PARAMS = "params.bin"
# Node's compilers warm up on a tenth of the runs, as the other engines do
_NODE = f"""
const fs = require("fs");
require("vm").runInThisContext(fs.readFileSync("engine.js", "utf8"));
(async () => {{
  const read = (name) => fs.readFileSync(name);
  const engine = await Engine.open(read("{CODE}"), JSON.parse(read("{DESCRIPTION}"))), params = read("{_PARAMS}");
  const work = (runs) => {{
    for (let first = 0; first < runs; first += {_CHUNK})
      engine.simulate({{ params, seed: 1n, run: Array.from({{ length: {_CHUNK} }}, (_, j) => first + j) }});
  }};
  const runs = Number(process.argv[1]);
  work(runs / 10);
  const before = process.cpuUsage();
  work(runs);
  const used = process.cpuUsage(before);
  console.log((used.user + used.system) / 1e6);
}})();
"""


def browser(runs: int) -> Iterator[Row]:
    """Runs per CPU-second of London in full: native, and the module in wasmtime and in Node,
    without and with vectors of 128 bits.
    """
    count = max(_CHUNK * 10, runs // 4 // _CHUNK * _CHUNK)
    ir = lowered()
    codes = {"": assemble(ir), ", no simd128": assemble(ir, SCALAR_FEATURES)}
    for name, code in codes.items():
        note = f"{len(gzip.compress(code)) / 1000:.0f} kB gzipped"
        yield Row("browser", f"module{name}", len(code) / 1000, "kB", 0.0, note)
    with tempfile.TemporaryDirectory() as folder:
        engines = dict(_engines(codes, count, Path(folder)))
        rates = _in_turn(engines, count)
    for name, measured in rates.items():
        middle = statistics.median(measured)
        yield Row("browser", name, middle, "runs/CPU-s", (max(measured) - min(measured)) / middle)
    for name, measured in rates.items():
        shares = [mine / native for mine, native in zip(measured, rates["native"], strict=True)]
        middle = statistics.median(shares)
        if name != "native":
            yield Row(
                "browser",
                f"{name} over native",
                middle,
                "share",
                (max(shares) - min(shares)) / middle,
            )


def _in_turn(engines: dict[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """Runs per CPU-second of every engine in every repeat; the engines take turns, so that a busy
    machine slows all of them.
    """
    rates: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(_REPEATS):
        for name, work in engines.items():
            rates[name].append(count / work())
    return rates


def _engines(
    codes: dict[str, bytes], count: int, folder: Path
) -> Iterator[tuple[str, Callable[[], float]]]:
    """Name of an engine, and a function that makes it compute ``count`` runs and gives the CPU
    seconds taken.
    """
    params, description = flatten(LONDON).values, describe()
    point, run = np.zeros(count, np.int64), np.arange(count)

    def native(some: int) -> object:
        return simulate(params, point[:some], run[:some], 1, threads=1)

    native(count // 10)
    yield "native", lambda: _cpu(lambda: native(count))
    for name, code in codes.items():
        engine = Engine(code)

        def in_wasmtime(some: int, engine: Engine = engine) -> object:
            return engine.simulate(params, point[:some], run[:some], 1, 0, description)

        in_wasmtime(count // 10)
        yield f"wasmtime{name}", lambda work=in_wasmtime: _cpu(lambda: work(count))
    node = shutil.which("node")
    for name, code in codes.items() if node else ():
        place = folder / f"node{name.replace(', ', '_')}"
        place.mkdir()
        contents = {
            CODE: code,
            DESCRIPTION: json.dumps(description).encode(),
            _PARAMS: params.tobytes(),
        }
        for file, content in {**contents, "engine.js": engine_source().encode()}.items():
            (place / file).write_bytes(content)
        yield f"Node{name}", lambda place=place: _node(str(node), place, count)


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _node(node: str, place: Path, count: int) -> float:
    done = subprocess.run(
        [node, "-e", _NODE, str(count)], cwd=place, capture_output=True, text=True, check=True
    )
    return float(done.stdout)
