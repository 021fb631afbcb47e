"""What taking surprises out is worth: ``python -m benchmarks.precision [runs] [against=TREE]``
prints the tables of ``docs/precision.md``.

All in one go on the same runs: the runs that a share of each scenario takes to half a point or one,
the pairs that a difference takes for each of four levers, counted and with surprises taken out, and
where the rule of stopping stops. ``against`` is a tree without surprises (an older one): its kernel
and this one take turns on one thread, in CPU seconds.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import sim
from sim.analysis.controls import Luck, controlled_mean, luck_of
from sim.analysis.shares import Z
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.vocabulary import OUTCOMES

__all__ = ["LEVERS", "differences", "needed", "shares"]

_RUNS, _HALF_WIDTH = 4_000, 0.01
SCENARIOS = ("london_2025", "escalation_2025", "tactical_pause", "breakthrough")
LEVERS = {
    "`us.resolve.trade` 20": {"us.resolve.trade": 20.0},
    "`truce.length_weeks` 26": {"truce.length_weeks": 26},
    "no linkage": {"linkage.us": 0.0, "linkage.cn": 0.0},
    "`truce.extension_cost` 8": {"truce.extension_cost": 8.0},
}
# the kernel alone, so that an older tree runs it too
_KERNEL = """
import time, numpy as np
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
given = (flatten(Scenario()).values, np.zeros(300, np.int64), np.arange(300), 1)
simulate(*given, threads=1)
taken = []
for _ in range(5):
    start = time.process_time()
    simulate(*given, threads=1)
    taken.append(time.process_time() - start)
print(min(taken))
"""


def needed(variance: np.ndarray) -> np.ndarray:
    """Runs that a mean of that variance takes to one point, at 95 %."""
    return variance * (Z / _HALF_WIDTH) ** 2


def _luck(scenario: Scenario, runs: int) -> Luck:
    params = flatten(scenario).values
    return luck_of(simulate(params, np.zeros(runs, np.int64), np.arange(runs), 1)[0])


def _hits(luck: Luck) -> np.ndarray:
    """Whether each run has each outcome, as 0 and 1, (runs, outcomes)."""
    return (luck.outcome[:, None] == np.arange(len(OUTCOMES))).astype(float)


def shares(luck: Luck) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Variances of the outcomes of one run: counted, as shares of the closing weeks, and with
    surprises taken out of these; each (outcomes,).
    """
    variance = controlled_mean(luck.closing, luck.surprises).variance
    return _hits(luck).var(axis=0), luck.closing.astype(float).var(axis=0), variance


def differences(left: Luck, right: Luck) -> tuple[np.ndarray, np.ndarray]:
    """Variances of the outcomes' differences over pairs: counted, and with surprises taken out."""
    gap = right.closing.astype(float) - left.closing
    variance = controlled_mean(gap, left.surprises, right.surprises).variance
    return (_hits(right) - _hits(left)).var(axis=0), variance


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _gains(found: dict[str, Luck]) -> Iterator[str]:
    """Variance counted over that with surprises taken out; in brackets the part of the closing
    weeks alone.
    """
    rows = []
    for name, luck in found.items():
        counted, closing, controlled = shares(luck)
        share = luck.closing.mean(axis=0)
        rows.append([
            name,
            *(
                "–" if share[k] < 0.005 else f"{counted[k] / controlled[k]:.1f} ({counted[k] / closing[k]:.1f})"
                for k in range(len(OUTCOMES))
            ),
        ])  # fmt: skip
    yield from _table(["share", *OUTCOMES.labels.values()], rows)


def _pairs(base: Luck, others: dict[str, Luck]) -> Iterator[str]:
    """Pairs to one point, counted and with surprises taken out, and the worst lever's ratio."""
    each = {name: [needed(v) for v in differences(base, luck)] for name, luck in others.items()}
    rows = [
        [name, *(_arrow(plain, better) for plain, better in zip(*pair, strict=True))]
        for name, pair in each.items()
    ]
    worst = [np.max([pair[k] for pair in each.values()], axis=0) for k in (0, 1)]
    rows.append(
        ["worst, ratio", *(_ratio(plain, better) for plain, better in zip(*worst, strict=True))]
    )
    yield from _table(["London against", *OUTCOMES.labels.values()], rows)


def _arrow(plain: float, better: float) -> str:
    """Pairs counted and estimated; a dash where no pair differs."""
    return f"{plain:,.0f} → {better:,.0f}" if plain else "–"


def _ratio(plain: float, better: float) -> str:
    return f"**{better / plain:.2f}**" if plain else "–"


def _stops() -> Iterator[str]:
    """Where ``run`` and ``compare`` stop."""
    rows = []
    for precision in (0.02, 0.01):
        run = sim.run("london", precision=precision, weeks="none")
        rows.append([f"`run scenario=london precision={precision:g}`", f"{len(run.runs):,}"])
    yield from _table(["", "stops at"], rows)


def _cost(tree: Path) -> str:
    """CPU time of the kernel here over that of another tree, on one thread, taking turns."""
    here = Path(__file__).resolve().parents[1]
    ratios = []
    for turn in range(6):
        order = (here, tree) if turn % 2 else (tree, here)
        taken = {place: _seconds(place) for place in order}
        ratios.append(taken[here] / taken[tree])
    low, high = min(ratios), max(ratios)
    return f"recording: {statistics.median(ratios):.3f} of the kernel without ({low:.3f} to {high:.3f})"


def _seconds(tree: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _KERNEL],
        env={**os.environ, "PYTHONPATH": str(tree)},
        cwd=tree,
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _estimator(luck: Luck) -> str:
    start = time.process_time()
    for _ in range(10):
        controlled_mean(luck.closing, luck.surprises)
    spent = 100.0 * (time.process_time() - start)
    return f"estimator: {spent:.0f} ms of CPU for {len(luck.outcome):,} runs"


def main(words: Sequence[str]) -> None:
    """Print the tables."""
    against = [word.partition("=")[2] for word in words if word.startswith("against=")]
    runs = next((int(word) for word in words if word.isdigit()), _RUNS)
    found = {name: _luck(sim.load(f"scenario={name}"), runs) for name in SCENARIOS}
    base = found["london_2025"]
    others = {name: _luck(sim.load().change(moved), runs) for name, moved in LEVERS.items()}
    for part in (_gains({**found, **others}), _pairs(base, others), _stops()):
        print("\n".join(part), flush=True)
    print(_estimator(base))
    for tree in against:
        print(_cost(Path(tree).resolve()))


if __name__ == "__main__":
    main(sys.argv[1:])
