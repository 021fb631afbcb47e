"""What another version of the model gives otherwise: ``python -m benchmarks.versions OLD [RUNS]``.

OLD is a tree, a wheel, or a git revision of this repository. Both versions run the extremes of
every lever from London, and the shipped scenarios, on common draws: each in a process of its own,
from its own tree, with this environment; only files go between. Every measure that moves by more
than three standard errors is listed, on a page and in a table under ``outputs/bench``; the page
ends with the lines for the changelog. Settings and measures that only one version knows are named.

The extremes are this version's: the ends of a setting's plausible range, every other value of a
choice or a flag, and half and twice the value of a number without a plausible range. Items (an
issue, a sector, an event) move only where their settings have such a range.

Each case has a seed of its own, so that the mean over all of them, the last case, knows a move to
a fraction of what one case does.

How many moves chance would give is not 0.0027 of all comparisons: measures of a run go together,
and many do not differ at all. If the versions were alike, the two results of a run number could be
exchanged; the moves are counted again with a random half of the runs exchanged.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import numpy as np
import pandas as pd

import sim
from sim.config.errors import SimError
from sim.config.fields import leaves
from sim.ensemble.execute import available_threads
from sim.vocabulary import OUTCOMES

__all__ = [
    "ALL",
    "MEASURES",
    "Case",
    "Side",
    "Versions",
    "cases",
    "compare_values",
    "compare_versions",
    "together",
    "tree_of",
]

MEASURES = (
    *OUTCOMES,
    "weeks_to_first_deal",
    "extensions",
    "breaks",
    "truce_share",
    "welfare_loss.us",
    "welfare_loss.cn",
    "shortage_weeks.magnets",
    "shortage_weeks.chips",
)
BASE = "london_2025"
SCENARIOS = (BASE, "geneva_2025", "escalation_2025", "tactical_pause", "breakthrough")
ALL = "all of these together"
LIMIT = 3.0  # standard errors
_RUNS = 128  # with some 350 cases half a minute of one processor a version
_EXCHANGES = 400  # the mean count of chance is then known to a tenth of its spread
_SIDE = Path(__file__).with_name("versions_side.py")
_ROOT = Path(__file__).resolve().parents[1]
_WORDS = ("name", "title", "about")
_NAMED = (
    "issues.",
    "firms.magnets.sectors.",
    "firms.chips.sectors.",
    "shocks.events.",
    "calendar.events.",
)


class Case(NamedTuple):
    """A scenario and one setting moved to an extreme; ``change`` is empty for the scenario as it
    is.
    """

    name: str
    scenario: str
    change: dict[str, Any]


class Side(NamedTuple):
    """What one version gives: measures, (cases, runs, measures), the run numbers behind them (-1
    where it does not say), London's settings, and the cases that it refused, with its words.
    """

    values: np.ndarray
    numbers: np.ndarray
    settings: dict[str, str]
    refused: dict[str, str]


@dataclass(frozen=True)
class Versions:
    """Two versions over the same cases.

    Attributes
    ----------
    table
        A row a case and measure that both versions have: ``old`` and ``new`` means over runs,
        ``move`` and its standard error ``se``, and ``z``, the one over the other.
    chance, chance_high
        Moves that chance would give: the mean over exchanges, and what 95 % of them do not exceed.
    only_old, only_new
        Settings of London that one version alone knows; ``defaults`` those whose value differs,
        with both.
    refused
        Cases that one version refused, with its words.
    lacking
        Measures that one version lacks.
    cases, runs, paired
        Cases asked, runs of each, and whether run numbers matched.
    """

    table: pd.DataFrame
    chance: float
    chance_high: int
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    defaults: dict[str, tuple[str, str]]
    refused: dict[str, str]
    lacking: tuple[str, ...]
    cases: int
    runs: int
    paired: bool

    @property
    def moves(self) -> pd.DataFrame:
        """The rows that move by more than ``LIMIT`` standard errors, the furthest first."""
        own = self.table[self.table["z"].abs() > LIMIT]
        return own.iloc[np.argsort(-own["z"].abs().to_numpy(), kind="stable")]

    @property
    def answer(self) -> str:
        """The count in a sentence, with that of chance."""
        return (
            f"{len(self.moves):,} of {len(self.table):,} comparisons move by more than {LIMIT:g} standard errors; chance would "
            f"give {self.chance:.1f}, and in 95 of 100 cases at most {self.chance_high}"
        )

    def lines(self) -> Iterator[str]:
        """For the changelog: a line a measure that moves."""
        for measure, own in self.moves.groupby("measure", sort=False):
            low, high = own["move"].min(), own["move"].max()
            most = own.iloc[0]
            span = f"{low:+.3g}" if low == high else f"{low:+.3g} to {high:+.3g}"
            yield (
                f"`{measure}` moves at {len(own)} of {self.cases} extremes, by {span}; surest at {most['case']}: "
                f"{most['old']:.3g} to {most['new']:.3g}"
            )


def cases() -> list[Case]:
    """The shipped scenarios, and London with each lever at its extremes."""
    found = [Case(name, name, {}) for name in SCENARIOS]
    for path, meta, value in leaves(sim.load(f"scenario={BASE}")):
        for extreme in _extremes(path, meta, value):
            if extreme != value:
                found.append(Case(f"{path}={extreme}", BASE, {path: extreme}))
    return found


def _extremes(path: str, meta: Any, value: Any) -> tuple[Any, ...]:
    if meta.plausible is not None:
        whole = int if meta.kind == "count" else float
        return tuple(whole(end) for end in meta.plausible)
    if path.startswith(_NAMED) or path in _WORDS:
        return ()
    if meta.kind == "flag":
        return (not value,)
    if meta.kind == "choice":
        return tuple(meta.choices)
    if meta.kind not in ("number", "count"):
        return ()
    halved = value // 2 if meta.kind == "count" else value / 2
    return max(halved, meta.low), min(2 * value, meta.high)


def tree_of(old: str, room: Path) -> Path:
    """The folder that holds ``sim``: a tree itself, or a wheel or revision unpacked into ``room``.

    Raises
    ------
    SimError
        It is none of these.
    """
    path = Path(old).expanduser()
    if path.is_dir() and (path / "sim" / "__init__.py").is_file():
        return path.resolve()
    if path.suffix == ".whl" and path.is_file():
        with zipfile.ZipFile(path) as wheel:
            wheel.extractall(room)
        return room
    # unpacked, not a worktree: that would be listed in .git if this process were killed
    ball = room.with_suffix(".tar")
    made = subprocess.run(
        ["git", "-C", _ROOT, "archive", "--output", ball, f"{old}^{{commit}}", "sim", "configs"],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise SimError(
            "neither a tree, a wheel nor a revision of this repository",
            key="OLD",
            given=old,
            cure="a folder that holds sim/, a .whl, or a commit: python -m benchmarks.versions HEAD~1",
        )
    with tarfile.open(ball) as packed:
        packed.extractall(room, filter="data")
    return room


def compare_versions(
    old: Path, new: Path = _ROOT, *, asked: list[Case] | None = None, runs: int = _RUNS
) -> Versions:
    """Run two trees over the same cases, at once, each with its share of the processors."""
    asked = cases() if asked is None else asked
    with tempfile.TemporaryDirectory(prefix="tariffsim-") as scratch:
        room = Path(scratch)
        plan = {
            "cases": [case._asdict() for case in asked],
            "measures": MEASURES,
            "outcomes": list(OUTCOMES),
            "runs": runs,
            "threads": max(1, available_threads() // 2),
        }
        (room / "cases.json").write_text(json.dumps(plan), encoding="utf-8")
        started = {name: _start(tree, room, name) for name, tree in (("old", old), ("new", new))}
        sides = {name: _read(child, room, name) for name, child in started.items()}
    return together(sides["old"], sides["new"], asked)


def together(old: Side, new: Side, asked: list[Case]) -> Versions:
    """What two versions found, compared."""
    numbered = (old.numbers >= 0).all(axis=1) & (new.numbers >= 0).all(axis=1)
    paired = bool(numbered.any()) and bool((old.numbers == new.numbers)[numbered].all())
    rows, chance, high = compare_values(
        old.values, new.values, [case.name for case in asked], paired=paired
    )
    refused = {name: f"the old version: {text}" for name, text in old.refused.items()}
    refused |= {name: f"this version: {text}" for name, text in new.refused.items()}
    without = [np.isnan(side.values).all(axis=(0, 1)) for side in (old, new)]
    both = [name for name in old.settings if name in new.settings]
    return Versions(
        rows,
        chance,
        high,
        tuple(name for name in old.settings if name not in new.settings),
        tuple(name for name in new.settings if name not in old.settings),
        {
            name: (old.settings[name], new.settings[name])
            for name in both
            if old.settings[name] != new.settings[name]
        },
        refused,
        tuple(name for name, *gone in zip(MEASURES, *without, strict=True) if gone[0] != gone[1]),
        len(asked),
        old.values.shape[1],
        paired,
    )


def _start(tree: Path, room: Path, name: str) -> subprocess.Popen[bytes]:
    """One version's process; -P, so that no ``sim`` beside the script or the caller is taken."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    with (room / f"{name}.err").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-P", _SIDE, room / "cases.json", room / f"{name}.npz"],
            cwd=room,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )


def _read(child: subprocess.Popen[bytes], room: Path, name: str) -> Side:
    if child.wait():
        last = (room / f"{name}.err").read_text(encoding="utf-8", errors="replace").strip()
        raise SimError(f"the {name} version failed", given=last.rpartition("\n")[2])
    about = json.loads((room / f"{name}.json").read_text(encoding="utf-8"))
    with np.load(room / f"{name}.npz") as arrays:
        return Side(arrays["values"], arrays["numbers"], about["settings"], about["refused"])


def compare_values(
    old: np.ndarray, new: np.ndarray, names: list[str], *, paired: bool = True, seed: int = 0
) -> tuple[pd.DataFrame, float, int]:
    """The table of comparisons, and the moves that chance would give: their mean and 95 % bound.

    Parameters
    ----------
    old, new
        Measures, shape (cases, runs, measures); NaN where a run has no value.
    names
        Names of the cases; a last one, ``ALL``, stands for all their runs together.
    paired
        Whether run j of a case has the same draws in both; else standard errors are those of two
        samples.
    seed
        Of the exchanges.
    """
    if paired:
        missing = np.isnan(old) | np.isnan(new)
        old, new = (np.where(missing, np.nan, part) for part in (old, new))
    one, other = _sums(old), _sums(new)
    error = _sums(new - old).error if paired else np.hypot(one.error, other.error)
    move = other.mean - one.mean
    kept = np.minimum(one.runs, other.runs) > 1
    case, measure = np.nonzero(kept)
    found = pd.DataFrame(
        {
            "case": np.asarray([*names, ALL])[case],
            "measure": np.asarray(MEASURES)[measure],
            "old": one.mean[kept],
            "new": other.mean[kept],
            "move": move[kept],
            "se": error[kept],
            "z": _over(move[kept], error[kept]),
            "runs": np.minimum(one.runs, other.runs)[kept].astype(int),
        }
    )
    counts = _exchanged(new - old, seed) if paired else _independent(len(found))
    return found, float(np.mean(counts)), int(np.quantile(counts, 0.95, method="higher"))


class _Sums(NamedTuple):
    """Sums over the runs of each case and, last, of all cases; of shape (cases + 1, measures)."""

    runs: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return np.divide(self.first, self.runs, out=np.zeros_like(self.first), where=self.runs > 0)

    @property
    def error(self) -> np.ndarray:
        """Standard error of the mean."""
        spread = self.second - self.runs * np.square(self.mean)
        below = np.maximum(self.runs * (self.runs - 1.0), 1.0)
        return np.asarray(np.sqrt(np.maximum(spread, 0.0) / below))


def _sums(values: np.ndarray) -> _Sums:
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    parts = (known.astype(float), filled, np.square(filled))
    return _Sums(*(_with_all(part.sum(axis=1)) for part in parts))


def _with_all(sums: np.ndarray) -> np.ndarray:
    return np.concatenate([sums, sums.sum(axis=0, keepdims=True)])


def _over(move: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Moves in standard errors; 0 where nothing moves, infinite where every run moves alike."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(move == 0.0, 0.0, move / error)


def _exchanged(gap: np.ndarray, seed: int) -> np.ndarray:
    """Moves beyond the limit in each exchange, which turns the sign of half the runs."""
    rng, whole = np.random.default_rng(seed), _sums(gap)
    filled = np.where(np.isnan(gap), 0.0, gap)
    first = np.stack(
        [own.T @ rng.choice((-1.0, 1.0), size=(gap.shape[1], _EXCHANGES)) for own in filled]
    )
    turned = np.moveaxis(_with_all(first), 2, 0)
    found = _Sums(*(np.broadcast_to(part, turned.shape) for part in whole))._replace(first=turned)
    return np.asarray((np.abs(_over(found.mean, found.error)) > LIMIT).sum(axis=(1, 2)))


def _independent(comparisons: int) -> np.ndarray:
    """The same where runs have no partner: comparisons as if independent, with normal tails."""
    from scipy.stats import binom, norm

    at = (np.arange(_EXCHANGES) + 0.5) / _EXCHANGES
    return np.asarray(binom.ppf(at, comparisons, 2.0 * norm.sf(LIMIT)))


def write(found: Versions, old: str, folder: Path) -> None:
    """The page and the table."""
    folder.mkdir(parents=True)
    found.table.to_csv(folder / "versions.csv", index=False, lineterminator="\n")
    listed = {
        "Settings that only the old version knows": found.only_old,
        "Settings that only this version knows": found.only_new,
        "Settings of London whose value differs": [
            f"{name}: {one} to {other}" for name, (one, other) in found.defaults.items()
        ],
        "Cases that a version refuses": [f"{name}: {text}" for name, text in found.refused.items()],
        "Measures that one version lacks": found.lacking,
    }
    page = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    text = page.from_string(_PAGE).render(
        found=found, old=old, measures=MEASURES, rows=found.moves.to_dict("records"), listed=listed
    )
    (folder / "report.html").write_text(text, encoding="utf-8")


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>What moves between {{ old }} and this version</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.5rem; color: #222 }
table { border-collapse: collapse } caption { text-align: left } th, td { border-bottom: 1px solid #ddd;
padding: .2rem .8rem .2rem 0; text-align: left } .n { text-align: right } pre { background: #f4f4f4; padding: .8rem }</style>
</head><body>
<h1>What moves between {{ old }} and this version</h1>
<p><strong>{{ found.answer }}.</strong></p>
<p>{{ found.cases }} extremes of levers, {{ measures | length }} measures, {{ found.runs }} runs each,
{{ "paired by run number" if found.paired else "two samples: run numbers do not match" }}. Shares are of runs; other units are those
of the tables of runs. All comparisons: <a href="versions.csv">versions.csv</a>.</p>
{% if rows %}
<table><caption>Moves, the surest first.</caption>
<tr><th>Case</th><th>measure</th>{% for name in ("old", "new", "move", "standard error", "in standard errors") %}<th class="n">{{ name }}</th>{% endfor %}</tr>
{% for row in rows %}
<tr><td>{{ row.case }}</td><td>{{ row.measure }}</td><td class="n">{{ "%.4g" | format(row.old) }}</td>
<td class="n">{{ "%.4g" | format(row.new) }}</td><td class="n">{{ "%+.4g" | format(row.move) }}</td>
<td class="n">{{ "%.2g" | format(row.se) }}</td><td class="n">{{ "%+.1f" | format(row.z) }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% for words, names in listed.items() if names %}
<h2>{{ words }}</h2>
<ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>
{% endfor %}
{% if rows %}
<h2>For the changelog</h2>
<pre>{% for line in found.lines() %}- {{ line }}
{% endfor %}</pre>
{% endif %}
</body></html>
"""


def main(words: list[str]) -> int:
    """Compare, write, print."""
    if not 1 <= len(words) <= 2 or not all(word.isdigit() for word in words[1:]):
        print("usage: python -m benchmarks.versions OLD [RUNS]", file=sys.stderr)
        return 2
    folder = Path("outputs") / "bench" / f"versions-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    try:
        with tempfile.TemporaryDirectory(prefix="tariffsim-") as room:
            old = tree_of(words[0], Path(room) / "old")
            found = compare_versions(old, runs=int(words[1]) if len(words) > 1 else _RUNS)
    except SimError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    write(found, words[0], folder)
    print("\n".join(found.lines()))
    print(f"results: {folder}\nanswer: {found.answer}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
