"""The least change of a scenario that lifts the share of an outcome to a target, under caps on
others.

The size of a change is the sum over its levers of how far each moves, in units of its plausible
range (:mod:`sim.studies.movable`). The search (:mod:`sim.studies.search`) has its own draws and
chooses on others; every share here comes from a third seed, on which nothing was chosen. Which
change is called the least was still chosen by chance among near ones. Definitions:
``docs/reach.md``. Intervals are at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.labels import percent
from sim.analysis.shares import Z
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work, work_of_runs
from sim.config.check import build
from sim.config.errors import SimError, nearest
from sim.config.impossible import ruled_out
from sim.config.scenario import Scenario
from sim.results.manifest import Manifest, recorded_scenarios
from sim.results.reader import record_of
from sim.studies.comparison import Source, scenario_of
from sim.studies.draws import Draws, other_settings
from sim.studies.lever_words import TOGETHER, Given, written_words
from sim.studies.movable import movable_levers
from sim.studies.objectives import OVER
from sim.studies.search import Goal, Search, Spot, bounds, change_of, size_of
from sim.vocabulary import OUTCOMES

__all__ = [
    "LEAST",
    "MOST_LEVERS",
    "TABLES",
    "Reach",
    "check_target",
    "fresh_seed",
    "reach",
    "tables_again",
    "work_again",
    "work_of_reach",
]

TABLES = ("outcomes", "front", "changes", "moves")
RUNS = 4_000
MOST_LEVERS = 4  # moved at a time: more is no least change, and sets of five would be thousands
_MOST_DEFAULT = 3
_SCREEN, _FIRST = (
    128,
    256,
)  # runs a change in screens and for surfaces, or `runs` where that is less
# changes that are looked at for each lever: in the screen, then for each number of levers on the runs
# of surfaces and on all; counted from London with 62 levers, an estimate
_SCREENED, _SETTLED_FIRST, _SETTLED = 6, 30, 6
_START, LEAST = "start", "least"
_NEAR = 1.25  # a change up to a quarter larger than the least is about as small
_ROLES = (LEAST, "alternative", "larger", "one lever more")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a least change was asked for, as its manifest has it."""

    share: float | None = None
    caps: Mapping[str, float] = field(default_factory=dict)
    levers: tuple[str, ...] = ()
    most: int = _MOST_DEFAULT
    over: str = OVER[0]
    sides: str = TOGETHER


@dataclass(frozen=True)
class Reach:
    """What came of it, as tables; ``low`` and ``high`` are ends of 95 % intervals, on fresh draws.

    Attributes
    ----------
    outcomes
        A row a change and outcome: shares in the scenario as it is (``start``) and after each
        change that reaches the target.
    front
        A row for each number of ``levers`` and level: the least change found there. ``size``,
        ``change`` in words, ``share`` of the outcome and of capped ones.
    changes
        A row a change that reaches the target: ``least``, its alternatives of about the same size,
        and what one lever more would save.
    moves
        A row a setting moved by one of these: from which value to which.
    scenarios
        The scenario as it is, and after each of these changes, by name.
    outcome, share, caps
        The target; ``share`` is None where only the front was asked for.
    levers
        Labels of the levers that could be moved.
    asked
        Their names as they were given; empty for those of the two governments.
    over, most, runs, seed
        What was asked for.
    """

    outcomes: pd.DataFrame
    front: pd.DataFrame
    changes: pd.DataFrame
    moves: pd.DataFrame
    scenarios: dict[str, Scenario]
    outcome: str
    share: float | None
    caps: dict[str, float]
    levers: tuple[str, ...]
    asked: tuple[str, ...]
    sides: str
    over: str
    most: int
    runs: int
    seed: int

    @property
    def fresh(self) -> int:
        """The seed of the draws behind every share."""
        return fresh_seed(self.seed)

    @property
    def met(self) -> bool:
        """Whether the scenario as it is reaches the target already."""
        return self.share is not None and self.front.empty

    @property
    def start(self) -> Scenario:
        """The scenario as it is."""
        return self.scenarios[_START]

    def shares_of(self, change: str, outcome: str) -> tuple[float, float, float]:
        """Share of an outcome after a change, with the ends of its interval."""
        table = self.outcomes.set_index(["change", "outcome"])
        row = table.loc[(change, outcome)]
        return float(row["share"]), float(row["low"]), float(row["high"])

    @cached_property
    def answer(self) -> str:
        """The least change in a sentence, and what share it gives."""
        label, start = OUTCOMES[self.outcome].label, self.start.title or self.start.name
        now = _interval(*self.shares_of(_START, self.outcome))
        if self.share is None:
            return f"{self._highest(label)}; {start} as it is has {now}{self._over}"
        caps = "".join(
            f" with {OUTCOMES[name].label} at most {percent(most)}"
            for name, most in self.caps.items()
        )
        target = f"{percent(self.share)} {label}{caps}"
        if self.met:
            own, *_ = self.shares_of(_START, self.outcome)
            # decided on the draws of the choice; the shares are of fresh ones
            where = "" if own >= self.share else " in the draws of the choice"
            return f"{start} has {target} already{where}, without a change: {now}{self._over}"
        row = self.changes.iloc[0]
        found = _interval(*self.shares_of(LEAST, self.outcome))
        text = (
            f"The least change found from {start} to {target}: {row['change']} (size {row['size']:.2f}); "
            f"on fresh draws {label} is then {found}, before {percent(self.shares_of(_START, self.outcome)[0])}"
        )
        for name in self.caps:
            text += f", {OUTCOMES[name].label} {_interval(*self.shares_of(LEAST, name))}"
        others = self.changes[self.changes["role"] == _ROLES[1]]
        if len(others):
            text += f"; about as small: {'; or '.join(others['change'])}"
        more = self.changes[self.changes["role"] == _ROLES[3]]
        if len(more):
            text += f"; with one lever more a size of {more['size'].iloc[0]:.2f} would do"
        if row["verdict"] != _REACHES:
            text += f"; {row['verdict']}"
        return text + self._over

    def _highest(self, label: str) -> str:
        best = self.front.loc[self.front["share"].idxmax()]
        found = _interval(best["share"], best["low"], best["high"])
        return (
            f"The highest share of {label} found with at most {self.most} lever{'s' if self.most > 1 else ''} "
            f"is {found}, by {best['change']} (size {best['size']:.2f})"
        )

    @property
    def _over(self) -> str:
        if self.over == OVER[1]:
            return "; over the plausible values of the other settings"
        return "; at the scenario's other settings"


_REACHES, _WITHIN, _SHORT = (
    "reaches it",
    "within the interval of the target",
    "falls short on fresh draws",
)


def _interval(share: float, low: float, high: float) -> str:
    return f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def fresh_seed(seed: int, which: int = 2) -> int:
    """The seed of the draws of the choice (1) and of the printed shares (2)."""
    return (seed + which) % 2**64


def reach(
    source: Source | None = None,
    outcome: str = "breakthrough",
    share: float | None = None,
    *,
    caps: Mapping[str, float] | None = None,
    levers: Given | None = None,
    sides: str = TOGETHER,
    most: int = _MOST_DEFAULT,
    over: str = "scenario",
    runs: int = RUNS,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | None = None,
) -> Reach:
    """The smallest change that lifts the share of an outcome to a target, and the front of size
    against share.

    Parameters
    ----------
    source
        From where: a scenario, its name, a result of one or its folder; None for the default.
    outcome, share
        The target: at least this share of runs; None for the front alone.
    caps
        The largest share of other outcomes by name.
    levers
        Settings, groups, last parts of names, ``all``, or a mapping with ranges
        (:mod:`sim.studies.lever_words`); None takes what the two governments settle
        (:mod:`sim.studies.movable`).
    sides
        ``together``, or ``apart`` for both sides' same setting as two levers where words bring in
        both.
    most
        How many levers may be moved at once.
    over
        ``scenario``: at its other settings; ``settings``: over their plausible values.
    runs, seed
        Runs behind every share, and the seed of the search; the shares have seed + 2.
    largest
        Hours of one processor that it may take.
    threads, progress
        Threads (0 takes every processor), and what is called with (runs done, runs in all) of each
        batch.

    Raises
    ------
    SimError
        A target that is no share, cannot be reached, or is not met by as many levers; an unknown
        outcome or lever; a number that is refused.
    """
    start = scenario_of(source, key="from") if source is not None else Scenario()
    limits = check_target(outcome, share, dict(caps or {}), most, over)
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    check_work(work_of_reach(start, levers, most, runs, sides), largest)
    movable = movable_levers(start, levers, sides)
    paths = [path for lever in movable for path in lever.settings]

    def draws(count: int, which: int) -> Draws:
        points = other_settings(start, paths, which) if over == OVER[1] else {}
        return Draws(start, min(count, runs), fresh_seed(seed, which), threads, points, progress)

    study = _Study(Goal(outcome, 1.0 if share is None else share, limits), draws(runs, 2), share)
    plain = Reach(
        study.outcomes([(_START, ())]),
        *study.tables([], []),
        {_START: start},
        outcome,
        share,
        limits,
        tuple(lever.label for lever in movable),
        () if levers is None else tuple(written_words(levers)),
        sides,
        over,
        most,
        runs,
        seed,
    )
    wider = draws(runs, 1)
    if share is not None and study.met(wider):
        return plain
    search = Search(movable, study.goal, draws(_SCREEN, 0), draws(_FIRST, 0), wider)
    chosen, counts = _choices(search, most, share)
    spots = _front(search, counts, [spot for _, spot in chosen])
    if share is not None and not chosen:
        raise study.unreached(start, spots, most)
    if not spots:
        raise study.unreached(start, [], most)
    front, changes, moves = study.tables(spots, chosen)
    named = [
        (str(row["name"]), spot)
        for (_, spot), row in zip(chosen, changes.to_dict("records"), strict=True)
    ]
    return replace(
        plain,
        outcomes=study.outcomes([(_START, ()), *named]),
        front=front,
        changes=changes,
        moves=moves,
        scenarios={_START: start, **{name: _changed(start, spot, name) for name, spot in named}},
    )


def work_of_reach(
    scenario: Scenario, levers: Given | None, most: int, runs: int, sides: str = TOGETHER
) -> Work:
    """What a search takes: its screening of every lever, and its later steps on the runs behind each
    share. From London with 62 levers and 4,000 runs it comes to 150,000 runs.
    """
    screened = len(movable_levers(scenario, levers, sides)) * _SCREENED * min(_SCREEN, runs)
    settled = most * (_SETTLED_FIRST * min(_FIRST, runs) + _SETTLED * runs)
    return work_of_runs(scenario, screened + settled)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What it takes to make the tables again."""
    asked = record_of(Asked, manifest.asked, "what a least change was asked", "manifest: asked")
    start = recorded_scenarios(manifest)[0]
    return work_of_reach(start, asked.levers or None, asked.most, settings.runs, asked.sides)


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a least change, made again from its manifest.

    Raises
    ------
    SimError
        A scenario, target or lever that this version refuses.
    """
    asked = record_of(Asked, manifest.asked, "what a least change was asked", "manifest: asked")
    found = reach(
        recorded_scenarios(manifest)[0],
        manifest.outcome,
        asked.share,
        caps=asked.caps,
        levers=asked.levers or None,
        sides=asked.sides,
        most=asked.most,
        over=asked.over,
        runs=settings.runs,
        seed=settings.seed,
        threads=settings.threads,
        largest=math.inf,
        progress=progress,
    )
    return {name: getattr(found, name) for name in TABLES}


def _changed(start: Scenario, spot: Spot, name: str) -> Scenario:
    title = f"{start.title or start.name}, {'least change' if name == LEAST else name.replace('-', ' ')}"
    return start.change({**change_of(spot), "title": title[:100]})


def check_target(
    outcome: str, share: object, caps: dict[str, Any], most: object, over: str
) -> dict[str, float]:
    """The caps, once target, caps and numbers are checked.

    Raises
    ------
    SimError
        An unknown outcome or uncertainty, or a share or number that is none.
    """
    for key, name in (("outcome", outcome), *((f"cap.{name}", name) for name in caps)):
        if name not in OUTCOMES:
            raise SimError(
                "no such outcome",
                key=key,
                given=name,
                allowed=tuple(OUTCOMES),
                suggestion=nearest(str(name), OUTCOMES),
            )
    if share is not None and (not _is_share(share) or not share):
        raise SimError("not a share", key="share", given=share, allowed="a number above 0, up to 1")
    for name, cap in caps.items():
        if not _is_share(cap):
            raise SimError(
                "not a share", key=f"cap.{name}", given=cap, allowed="a number from 0 to 1"
            )
    if outcome in caps:
        cure = "give a cap on another outcome, or leave it out"
        raise SimError("a cap on the outcome to be reached", key=f"cap.{outcome}", cure=cure)
    left = 1.0 - (float(share) if isinstance(share, int | float) else 0.0)
    rest = set(OUTCOMES) - {outcome} - set(caps)
    if not rest and sum(caps.values()) < left:
        raise SimError(
            "the outcomes cannot add to one", key="share", given=share,
            cure="raise the share or a cap: the caps leave more runs than they take",
        )  # fmt: skip
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_LEVERS:
        allowed = f"a whole number from 1 to {MOST_LEVERS}"
        raise SimError("not a number of levers", key="most", given=most, allowed=allowed)
    if over not in OVER:
        raise SimError("no such uncertainty", key="over", given=over, allowed=OVER)
    return {name: float(cap) for name, cap in caps.items()}


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= 1.0


def _choices(
    search: Search, most: int, share: float | None
) -> tuple[list[tuple[str, Spot]], list[int]]:
    """Changes that reach the target, with their roles, fewest levers first; and the numbers of
    levers that were tried.

    One lever more than is needed is tried, to see what it would save.
    """
    chosen: list[tuple[str, Spot]] = []
    counts: list[int] = []
    for count in range(1, most + 1):
        search.extend(count)
        if not search.sets[count]:
            break
        counts.append(count)
        if chosen:
            found = search.choices(count, size_of(chosen[0][1]))
            return [*chosen, *((_ROLES[3], spot) for spot in found[:1])], counts
        found = search.choices(count) if share is not None else []
        near = _NEAR * size_of(found[0]) if found else 0.0
        chosen = [
            (_ROLES[0 if not k else 1 if size_of(spot) <= near else 2], spot)
            for k, spot in enumerate(found)
        ]
    return chosen, counts


def _front(search: Search, counts: Sequence[int], chosen: Sequence[Spot]) -> list[Spot]:
    """Least changes at each level for each number of levers, and those that were chosen; none that one with fewer levers beats
    in size and share as the search has it, and none that breaks a rule between settings (NaN).
    """
    levels = search.levels(counts)
    kept: list[tuple[Spot, float]] = []
    for count in counts:
        spots = dict.fromkeys([*search.front(count, levels), *chosen])
        own = [(spot, search.reached(spot)) for spot in spots]
        kept += [
            (spot, got)
            for spot, got in own
            if len(spot) == count
            and got == got
            and (
                spot in chosen[:1]
                or not any(
                    size_of(other) <= size_of(spot) and has >= got
                    for other, has in [*kept, *own]
                    if other != spot
                )
            )
        ]
    return [spot for spot, _ in sorted(kept, key=lambda one: (len(one[0]), size_of(one[0])))]


@dataclass(frozen=True)
class _Study:
    """The printed shares: on draws on which nothing was chosen."""

    goal: Goal
    fresh: Draws
    share: float | None

    def met(self, wider: Draws) -> bool:
        """Whether the scenario as it is reaches the target, on draws of the choice."""
        codes = wider.outcomes([{}])[0]
        shares = np.bincount(codes, minlength=len(OUTCOMES)) / len(codes)
        return not float(self.goal.lacks(shares)) > 0.0

    def outcomes(self, named: Sequence[tuple[str, Spot]]) -> pd.DataFrame:
        """Shares of every outcome after changes."""
        rows = []
        for (name, _), codes in zip(named, self._codes([spot for _, spot in named]), strict=True):
            for outcome in OUTCOMES:
                found = self._share(codes, outcome)
                rows.append((name, outcome, *found))
        return pd.DataFrame(rows, columns=["change", "outcome", "share", "low", "high"])

    def tables(
        self, spots: Sequence[Spot], chosen: Sequence[tuple[str, Spot]]
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """The front, the changes that reach the target, and what they move."""
        front = self._measured(spots)
        changes = self._measured([spot for _, spot in chosen])
        roles = [role for role, _ in chosen]
        changes.insert(0, "role", roles)
        changes.insert(0, "name", _names(roles))
        changes["verdict"] = [self._verdict(row) for row in changes.to_dict("records")]
        moves = [
            (name, move.lever.label, path, str(own), str(value), move.lever.size(value))
            for name, (_, spot) in zip(changes["name"], chosen, strict=True)
            for move, value in spot
            for path, own in zip(move.lever.settings, move.lever.own, strict=True)
        ]
        columns = ["name", "lever", "setting", "from", "to", "size"]
        return front, changes, pd.DataFrame(moves, columns=columns)

    def _measured(self, spots: Sequence[Spot]) -> pd.DataFrame:
        """A row a change: its levers, size, words, and shares of the goal's outcome and of capped
        ones.
        """
        capped = [f"{name}{end}" for name in self.goal.caps for end in ("", ".low", ".high")]
        rows = []
        for spot, codes in zip(spots, self._codes(spots), strict=True):
            own = self._share(codes, self.goal.outcome)
            others = [end for name in self.goal.caps for end in self._share(codes, name)]
            rows.append((len(spot), size_of(spot), words_of(spot), *own, *others))
        return pd.DataFrame(
            rows, columns=["levers", "size", "change", "share", "low", "high", *capped]
        )

    def _codes(self, spots: Sequence[Spot]) -> Sequence[np.ndarray]:
        return list(self.fresh.outcomes([change_of(spot) for spot in spots])) if spots else []

    def _share(self, codes: np.ndarray, outcome: str) -> tuple[float, float, float]:
        return bounds(codes == OUTCOMES[outcome].code, self.fresh.cluster, Z)

    def _verdict(self, row: Mapping[str, Any]) -> str:
        """Whether fresh draws bear out that a change reaches the target."""
        assert self.share is not None
        over = [(row[name], row[f"{name}.low"], most) for name, most in self.goal.caps.items()]
        if row["high"] < self.share or any(low > most for _, low, most in over):
            return _SHORT
        reached = row["share"] >= self.share and all(value <= most for value, _, most in over)
        return _REACHES if reached else _WITHIN

    def unreached(self, start: Scenario, spots: Sequence[Spot], most: int) -> SimError:
        """The error of a target that no change found reaches: with the best that was found."""
        label, reason = OUTCOMES[self.goal.outcome].label, ruled_out(start).get(self.goal.outcome)
        why = f": it cannot happen, {reason}" if reason else ""
        if not spots:
            cure = "a looser cap, or more levers: levers=all"
            return SimError(f"no lever raises {label}{why}", key="levers", cure=cure)
        table = self._measured(spots)
        best = table.loc[table["share"].idxmax()]
        cure = "a smaller share, a looser cap, more levers (levers=all), or no share= for the front alone"
        return SimError(
            f"{label} is not reached by moving up to {most} lever{'s' if most > 1 else ''}{why}",
            key="share",
            given=self.share,
            allowed=f"{_interval(best['share'], best['low'], best['high'])} at most, by {best['change']}",
            cure=cure,
        )


def words_of(spot: Spot) -> str:
    """A change in words: ``price of settling trade, both sides 30 and 14 to 13``."""
    parts = []
    for move, value in spot:
        own = " and ".join(dict.fromkeys(_plain(one) for one in move.lever.own))
        parts.append(f"{move.lever.label} from {own} to {_plain(value)}")
    return ", and ".join(parts)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace("_", " ")


def _names(roles: Sequence[str]) -> list[str]:
    """A name for each change, which its scenario file has: ``least``, ``larger-2``."""
    return [
        role.replace(" ", "-") + (f"-{roles[: k + 1].count(role)}" if role in _ROLES[1:3] else "")
        for k, role in enumerate(roles)
    ]
