"""One version's side of ``python -m benchmarks.versions``: reads cases, runs them, writes measures.

Run as a script with that version's tree on the path, so it uses only what ``import sim`` has had
since its first days (``load`` and ``evaluate``) and nothing of this repository:

    python versions_side.py cases.json found.npz
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import sim


def settings(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting of a scenario by dotted name, with its value."""
    if dataclasses.is_dataclass(node):
        pairs = [(field.name, getattr(node, field.name)) for field in dataclasses.fields(node)]
    elif isinstance(node, Mapping):
        pairs = list(node.items())
    else:
        yield path, node
        return
    for name, value in pairs:
        yield from settings(value, f"{path}.{name}" if path else str(name))


def measured(table: Any, name: str, outcomes: list[str]) -> np.ndarray:
    """A measure of every run; NaN where its event never came, or the version lacks the measure."""
    if name in outcomes:
        return (table["outcome"].astype(str) == name).to_numpy(float)
    if name not in table:
        return np.full(len(table), np.nan)
    values = table[name].to_numpy(float)
    return np.where(np.isfinite(values), values, np.nan)


def main(asked: Path, found: Path) -> None:
    """Run every case; of a case that the version refuses the message is kept."""
    given = json.loads(asked.read_text(encoding="utf-8"))
    measures, runs = given["measures"], given["runs"]
    values = np.full((len(given["cases"]), runs, len(measures)), np.nan)
    numbers = np.full((len(given["cases"]), runs), -1)
    refused, loaded = dict[str, str](), dict[str, Any]()
    for k, case in enumerate(given["cases"]):
        base = case["scenario"]
        try:
            if base not in loaded:
                loaded[base] = sim.load(f"scenario={base}")
            table = sim.evaluate(
                loaded[base],
                {name: [value] for name, value in case["change"].items()},
                runs=runs,
                seed=k + 1,  # of its own, so that cases are independent
                threads=given["threads"],
            )
        except sim.SimError as error:
            refused[case["name"]] = str(error).splitlines()[0]
            continue
        values[k] = np.column_stack([measured(table, m, given["outcomes"]) for m in measures])
        if "run" in table:
            numbers[k] = table["run"]
    np.savez(found, values=values, numbers=numbers)
    known = {name: str(value) for name, value in settings(sim.load())}
    about = {"settings": known, "refused": refused}
    found.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
