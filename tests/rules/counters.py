"""The counters of a run's draws, recorded where the rules are interpreted: compiled ones keep no
record of them.

A script, run with ``NUMBA_DISABLE_JIT=1`` and a JSON list of lists of overrides. It prints a JSON
list: for each run the draws it made of every stream, and the counters that it drew more than once.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import sim
from sim import model as mesa_model
from sim.model import TruceModel
from sim.rules import randomness


class Fields:
    """A structured array or record whose fields are attributes, as compiled rules see it."""

    def __init__(self, numbers: Any) -> None:
        object.__setattr__(self, "_numbers", numbers)

    def __getattr__(self, name: str) -> Any:
        numbers = self._numbers
        return _fields(numbers[name]) if name in numbers.dtype.fields else getattr(numbers, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._numbers[name] = value

    def __getitem__(self, index: Any) -> Any:
        return _fields(self._numbers[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._numbers[index] = value

    def __len__(self) -> int:
        return len(self._numbers)


def _fields(value: Any) -> Any:
    names = getattr(getattr(value, "dtype", None), "names", None)
    return Fields(value) if names else value


def counters_of(overrides: list[str]) -> Counter[tuple[str, int, int]]:
    """How often a run of a scenario drew each counter: stream, week, entity."""
    found: Counter[tuple[str, int, int]] = Counter()
    draw = randomness._uniform

    def recorded(seed: Any, run: Any, stream: Any, week: Any, entity: Any) -> Any:
        found[randomness.STREAMS[stream], int(week), int(entity)] += 1
        return draw(seed, run, stream, week, entity)

    randomness._uniform = recorded
    try:
        model = TruceModel(sim.load(*overrides), 1, 0, collect="none")
        model._week = Fields(model._week)
        model.run_model()
    finally:
        randomness._uniform = draw
    return found


def main() -> None:
    """Print what the runs of ``sys.argv[1]`` drew."""
    # rows of draws are filled up to whole vectors: what is beyond their count is used by nobody
    randomness.round_up_to_lanes = lambda count: count
    allocate, flatten = mesa_model.allocate, mesa_model.flatten
    mesa_model.allocate = lambda count: allocate(count)._replace(
        **{name: Fields(part) for name, part in allocate(count)._asdict().items()}
    )
    mesa_model.flatten = lambda scenario: _Interpreted(flatten(scenario))
    said = []
    for overrides in json.loads(sys.argv[1]):
        found = counters_of(overrides)
        streams = Counter(stream for stream, _, _ in found.elements())
        said.append({"draws": streams, "twice": [key for key, n in found.items() if n > 1]})
    print(json.dumps(said))


class _Interpreted:
    """A scenario as numbers for rules that are interpreted."""

    def __init__(self, params: Any) -> None:
        self.values, self.record = Fields(params.values), params.record
        self.dated, self.script = Fields(params.dated), Fields(params.script)


if __name__ == "__main__":
    main()
