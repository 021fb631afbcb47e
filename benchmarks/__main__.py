"""Measure everything, print a table, write it with a figure to ``outputs/bench``.

``python -m benchmarks [quick] [group ...]``: ``quick`` takes a tenth of the runs; groups are the names below.
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
from benchmarks.draw import draw
from benchmarks.engines import engines, scaling
from benchmarks.floor import floor, phases
from benchmarks.starting import serving, starting, storing

GROUPS: dict[str, Callable[[int], Iterator[Row]]] = {
    "engines": engines,
    "scaling": scaling,
    "phases": lambda runs: phases(max(5, runs // 100)),
    "floor": floor,
    "browser": browser,
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
    rows: list[Row] = []
    for group in chosen:
        for row in GROUPS[group](runs):
            rows.append(row)
            print(
                f"{row.group:10} {row.name:40} {row.value:12,.2f} {row.unit:8} ±{row.spread:5.0%}  {row.note}",
                flush=True,
            )
    folder = Path("outputs") / "bench" / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    with open(folder / "table.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(asdict(rows[0])))
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    draw(rows, machine, folder / "speed.png")
    print(f"results: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
