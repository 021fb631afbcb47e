"""Measure everything, print a table, write it with figures to ``outputs/bench``.

``python -m benchmarks [quick] [group ...]``: ``quick`` takes a tenth of the runs; groups are the
names below. What each measures: ``docs/benchmarks.md``.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.browser import browser
from benchmarks.clock import Row
from benchmarks.draw import draw, draw_growth
from benchmarks.engines import engines, scaling
from benchmarks.fair import fair
from benchmarks.floor import floor
from benchmarks.growth import growth
from benchmarks.page import page
from benchmarks.phases import phases
from benchmarks.small import kernel
from benchmarks.starting import serving, starting, storing

GROUPS: dict[str, Callable[[int], Iterator[Row]]] = {
    "engines": engines,
    "fair": fair,
    "kernel": kernel,
    "growth": lambda runs: growth(max(24, runs // 12)),
    "scaling": scaling,
    "phases": lambda runs: phases(max(100, runs // 4)),
    "floor": floor,
    "browser": browser,
    "page": lambda runs: page(),
    "start": lambda runs: starting(),
    "serve": lambda runs: serving(),
    "store": lambda runs: storing(runs * 8),
}


def main(words: list[str]) -> int:
    """Measure the groups named, or all."""
    quick = "quick" in words
    chosen = [word for word in words if word != "quick"] or list(GROUPS)
    unknown = [word for word in chosen if word not in GROUPS]
    if unknown:
        print(f"no such group: {', '.join(unknown)}; groups: {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    runs = 400 if quick else 4_000
    machine = _machine()
    rows: list[Row] = []
    for group in chosen:
        for row in GROUPS[group](runs):
            rows.append(row)
            print(
                f"{row.group:16} {row.name:48} {row.value:14,.2f} {row.unit:12} ±{row.spread:5.0%}  {row.note}",
                flush=True,
            )
    folder = Path("outputs") / "bench" / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    with open(folder / "table.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    draw(rows, machine, folder / "speed.png")
    draw_growth(rows, machine, folder / "growth.png")
    print(f"results: {folder}")
    return 0


def _machine() -> str:
    busy = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}{busy}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
