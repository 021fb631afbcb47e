"""The search for the least change: which levers, fewest first, and how far.

1. *Screen*: each lever alone, halfway and at each end of its range; then each pair that begins with
   a lever that did well, and so on up to as many levers as are needed (forward selection with a
   beam).
2. *Surfaces*: of each set of levers that did well a grid of positions is run and a response surface
   fitted (:mod:`sim.analysis.surface`); SLSQP gives the least change at each level of the share.
   What it proposes is run, and the surface fitted again.
3. *Choice*: on more draws, none of which the search has seen, the position of each set is moved
   until the share passes the target, and other outcomes keep their caps, beyond chance.

A set of levers is taken by what it lacks: how far the share is below the target, and others above
their caps, in sum. A lever whose effect shows only together with two others is not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any, Protocol

import numpy as np

from sim.analysis.shares import wilson
from sim.analysis.surface import Surface, least_position, most_position
from sim.studies.movable import Movable
from sim.vocabulary import OUTCOMES

__all__ = ["Goal", "Move", "Runs", "Search", "Spot", "bounds", "change_of", "moves_of", "size_of"]

ONE_SIDED = 1.6448536269514722  # the normal quantile that leaves 5 % above
_LEADERS, _SETS = 2, 3  # by what they gain, and as many by what they gain for their size
_GRIDS = {1: 6, 2: 3}  # parts of the range of a lever at which sets of one and two are run
_REFINED = 2  # times that surfaces are fitted to what they proposed
_STEPS = 8  # levels of the front, some
_NICE = (0.01, 0.02, 0.05, 0.1, 0.2)
# a lever that alone changes the end of fewer runs is not tried with others
_LIVELY = 0.05
_WORTH = 0.02  # share: what a second or third lever must add to be kept, at the least
_PART, _CLEARLY = 8, 3.0  # a share that is short by three errors on an eighth of the runs is short
_WIDEN = 0.25  # a change that falls short is made larger by this, then by twice as much
_SLACK = 0.02  # size to which the least change is found; a share is known to two points there
_MOST = 4  # sets settled on the draws of the choice, for each number of levers


class Runs(Protocol):
    """What a search asks of a model; :class:`sim.studies.draws.Draws` is one."""

    runs: int

    @property
    def cluster(self) -> np.ndarray | None:
        """The points that runs stand at where these are drawn too, else None."""

    def fewer(self, runs: int) -> Runs:
        """The first of the same runs."""

    def possible(self, changes: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Which changes break no rule."""

    def outcomes(self, changes: Sequence[Mapping[str, Any]]) -> np.ndarray:
        """Codes of outcomes, shape (changes, runs)."""


@dataclass(frozen=True)
class Move:
    """A lever in one direction: from ``near``, where it begins, to ``far``, the end of its range;
    of a choice both are the value that it takes.
    """

    lever: Movable
    near: Any
    far: Any

    @property
    def numeric(self) -> bool:
        """Whether it can stop on the way."""
        return self.lever.numeric

    def value(self, at: float) -> Any:
        """Its value at a position of 0 to 1, rounded to the lever's step."""
        return (
            self.lever.rounded(self.near + at * (self.far - self.near))
            if self.numeric
            else self.far
        )

    def at(self, value: Any) -> float:
        """The position of a value."""
        return (value - self.near) / (self.far - self.near) if self.numeric else 1.0

    @cached_property
    def length(self) -> float:
        """Size of the whole way."""
        return self.lever.size(self.far) - (self.lever.size(self.near) if self.numeric else 0.0)


Spot = tuple[tuple[Move, Any], ...]
"""A change: moves of different levers, each with the value it takes."""
Moves = tuple[Move, ...]


@dataclass(frozen=True)
class Goal:
    """``share`` of the ``outcome`` that is to be reached (1: as much as can be), and the largest
    share of others.
    """

    outcome: str
    share: float
    caps: Mapping[str, float] = field(default_factory=dict)

    def lacks(self, shares: np.ndarray) -> np.ndarray:
        """How far shares, (..., outcomes), are from it, in sum."""
        lack = np.maximum(0.0, self.share - shares[..., OUTCOMES[self.outcome].code])
        for name, most in self.caps.items():
            lack = lack + np.maximum(0.0, shares[..., OUTCOMES[name].code] - most)
        return np.asarray(lack)


def moves_of(lever: Movable) -> list[Move]:
    """The directions in which a lever can move; of a choice its other values.

    Both sides' begin at the value of the side that is ahead, so that one size has one value.
    """
    if not lever.numeric:
        return [Move(lever, value, value) for value in lever.values if lever.size(value) > 0.0]
    top, bottom = max(lever.own), min(lever.own)
    up = [Move(lever, top, lever.high)] if lever.high > top else []
    return up + ([Move(lever, bottom, lever.low)] if lever.low < bottom else [])


def change_of(spot: Spot) -> dict[str, Any]:
    """The settings of a change by dotted name."""
    return {
        path: value for move, value in spot for path, value in move.lever.columns(value).items()
    }


def size_of(spot: Spot) -> float:
    """Sum of the sizes of its moves."""
    return sum(move.lever.size(value) for move, value in spot)


def bounds(
    hits: np.ndarray, cluster: np.ndarray | None, quantile: float
) -> tuple[float, float, float]:
    """Share of runs, and the ends of its score interval, whose width ``quantile`` of the normal law
    gives; where runs of one cluster are not independent, for the number of independent runs that
    would vary as much, with Student's quantile of as many degrees of freedom as clusters allow.
    """
    from scipy.special import ndtr, stdtrit

    share, count = float(np.mean(hits)), float(len(hits))
    if cluster is not None and 0.0 < share < 1.0:
        units = int(cluster.max()) + 1
        added = np.bincount(cluster, np.asarray(hits, float) - share, units) / count
        variance = float((added**2).sum()) * units / (units - 1)
        count = share * (1.0 - share) / variance if variance > 0.0 else count
        quantile = float(stdtrit(units - 1, ndtr(quantile)))
    low, high = wilson(np.asarray(share * count), np.asarray(count), quantile)
    return share, float(low), float(high)


class Search:
    """A search among levers.

    Parameters
    ----------
    levers
        What may be moved.
    goal
        What is to be reached.
    screen, first, wider
        The model on the draws of the screens, of the surfaces, and of the choice.
    """

    def __init__(
        self, levers: Sequence[Movable], goal: Goal, screen: Runs, first: Runs, wider: Runs
    ) -> None:
        self.goal, self.wider = goal, wider
        self.moves = [move for lever in levers for move in moves_of(lever)]
        self.sets: dict[int, list[Moves]] = {}
        self._screen, self._first = _Seen(screen), _Seen(first)
        self.base = self._first.shares([()])[0]

    def reached(self, spot: Spot) -> float:
        """Share of the goal's outcome on the draws of the surfaces; NaN of what breaks a rule."""
        return float(self._first.shares([spot])[0, OUTCOMES[self.goal.outcome].code])

    def extend(self, count: int) -> None:
        """Find the sets of ``count`` levers that do well, from those with one fewer."""
        leaders: list[Moves] = [()] if count == 1 else self._leaders(self.sets[count - 1])
        spots, sets, without = list[Spot](), list[Moves](), list[Spot]()
        for leader in leaders:
            taken = {move.lever.name for move in leader}
            held = tuple((move, move.value(0.5)) for move in leader)
            for move in self.moves if count == 1 else self._lively:
                if move.lever.name not in taken:
                    halves = (0.5, 1.0) if count == 1 and move.numeric else (1.0,)
                    spots += [(*held, (move, move.value(at))) for at in halves]
                    sets += [(*leader, move)] * len(halves)
                    without += [held] * len(halves)
        self.sets[count] = self._best(sets, spots, _SETS, without)
        self._first.shares([spot for moves in self.sets[count] for spot in _grid(moves)])

    @cached_property
    def _aim(self) -> Goal:
        """What sets are screened by: the goal, or as much of its outcome as can be where a screen's few
        draws happen to put the start at the goal, from where nothing would gain.
        """
        lacks = float(self.goal.lacks(self._screen.shares([()])[0]))
        return self.goal if lacks > 0.0 else replace(self.goal, share=1.0)

    @cached_property
    def _lively(self) -> list[Move]:
        """Moves that alone change how a run ends often enough to be tried with others."""
        return [
            move
            for move in self.moves
            if self._screen.changed(((move, move.value(1.0)),)) >= _LIVELY
        ]

    def _leaders(self, sets: Sequence[Moves]) -> list[Moves]:
        spots = [
            tuple((move, move.value(at)) for move in moves) for moves in sets for at in (0.5, 1.0)
        ]
        return self._best([moves for moves in sets for _ in range(2)], spots, _LEADERS)

    def _best(
        self,
        sets: Sequence[Moves],
        spots: Sequence[Spot],
        most: int,
        without: Sequence[Spot] | None = None,
    ) -> list[Moves]:
        """Sets by what they gain at their best spot, and by what they gain for its size; only those
        that gain something over the spots ``without`` their last lever.
        """
        if not spots:
            return []
        lacks = self._aim.lacks(self._screen.shares(spots))
        gain = float(self._aim.lacks(self._screen.shares([()])[0])) - lacks
        added = self._aim.lacks(self._screen.shares(without)) - lacks if without else gain
        least = _WORTH if without and without[0] else 0.0
        gain = np.where(added >= least, gain, -np.inf)  # what breaks a rule has NaN: no gain
        rate = gain / [max(size_of(spot), 1e-9) for spot in spots]
        found: dict[frozenset[Move], Moves] = {}
        for order in (np.argsort(-gain, kind="stable"), np.argsort(-rate, kind="stable")):
            taken = 0
            for k in order:
                if taken == most or not gain[k] > 0.0:
                    break
                known = frozenset(sets[k])
                taken += known not in found
                found.setdefault(known, sets[k])
        return list(found.values())

    def surfaces(self, moves: Moves) -> tuple[Surface, list[tuple[Surface, float]]] | None:
        """Surfaces of the goal's outcome and of the capped ones over a set's numbers; None where it
        has none.
        """
        numbers = [move for move in moves if move.numeric]
        if not numbers:
            return None
        choices = {move for move in moves if not move.numeric}
        positions, shares = [], []
        for values, share in self._first.known():
            if choices <= values.keys() <= set(moves):
                positions.append(
                    [move.at(values[move]) if move in values else 0.0 for move in numbers]
                )
                shares.append(share)
        at, of = np.asarray(positions), np.full(len(shares), float(self._first.runs))

        def surface(outcome: str) -> Surface:
            hits = np.asarray(shares)[:, OUTCOMES[outcome].code] * self._first.runs
            return Surface(at, hits, of)

        return surface(self.goal.outcome), [
            (surface(name), most) for name, most in self.goal.caps.items()
        ]

    def front(self, count: int, levels: Sequence[float]) -> list[Spot]:
        """The least change of ``count`` levers at each level of the share, and the one of the
        highest, as the surfaces have it after what they proposed was run.
        """
        for _ in range(_REFINED):
            self._first.shares(self._proposed(count, levels, 2))
        return list(dict.fromkeys(self._proposed(count, levels, 1)))

    def _proposed(self, count: int, levels: Sequence[float], most: int) -> list[Spot]:
        """For each level, and the highest that can be had, the smallest changes that reach it, of
        no fewer levers.
        """
        found: list[Spot] = []
        fits = [(moves, self.surfaces(moves)) for moves in self.sets[count]]
        for level in levels:
            options = [self._least(moves, fit, level) for moves, fit in fits]
            real = [spot for spot in options if spot and len(spot) == count]
            found += sorted(real, key=size_of)[:most]
        highest = [top for moves, fit in fits if (top := self._most(moves, fit))]
        highest.sort(key=lambda top: -top[0])
        return found + [spot for _, spot in highest[:most] if len(spot) == count]

    def _least(self, moves: Moves, fit: Any, level: float) -> Spot | None:
        if fit is None:
            spot = tuple((move, move.far) for move in moves)
            share = self._first.shares([spot])[0]
            reached = share[OUTCOMES[self.goal.outcome].code] >= level and not self._over(share)
            return spot if reached else None
        return _spot(moves, least_position(fit[0], level, fit[1], _lengths(moves)))

    def _most(self, moves: Moves, fit: Any) -> tuple[float, Spot] | None:
        if fit is None:
            far = tuple((move, move.far) for move in moves)
            over = self._over(self._first.shares([far])[0])
            return None if over else (self.reached(far), far)
        top = most_position(*fit)
        spot = _spot(moves, top[0]) if top else None
        return (top[1], spot) if top and spot else None

    def _over(self, share: np.ndarray) -> bool:
        """Whether shares exceed a cap, or are those of a change that breaks a rule."""
        return bool(np.isnan(share).any()) or any(
            not share[OUTCOMES[name].code] <= most for name, most in self.goal.caps.items()
        )

    def levels(self, counts: Sequence[int]) -> list[float]:
        """Levels of the share for a front: round numbers between that of the scenario and the
        highest found, and the goal's.
        """
        tops = [
            top[0]
            for count in counts
            for moves in self.sets[count]
            if (top := self._most(moves, self.surfaces(moves)))
        ]
        base, highest = float(self.base[OUTCOMES[self.goal.outcome].code]), max(tops, default=0.0)
        wide = max(highest - base, 0.0) / _STEPS
        step = next((nice for nice in _NICE if nice >= wide), _NICE[-1])
        grid = np.arange(np.floor(base / step) + 1.0, np.floor(highest / step) + 1.0) * step
        asked = [self.goal.share] if self.goal.share < highest else []
        return sorted({*(round(float(level), 4) for level in grid), *asked})

    def choices(self, count: int, below: float = float("inf")) -> list[Spot]:
        """Changes of ``count`` levers, each of another set, that reach the goal on the draws of the
        choice, the smallest first; only those of a size ``below`` one.
        """
        options = []
        for moves in self.sets[count]:
            spot = self._option(moves)
            if spot:
                options.append((size_of(spot), moves))
        options.sort(key=lambda option: option[0])
        settled = [self._settled(moves, below) for size, moves in options[:_MOST] if size < below]
        return sorted((spot for spot in settled if spot and len(spot) == count), key=size_of)

    def _option(self, moves: Moves) -> Spot | None:
        """The first spot that moves a whole set: the least at the goal, the least that passes it by what
        chance may take back, or the best of those that come near.

        The least at the goal may leave a lever out that is needed to pass it beyond chance.
        """
        fit = self.surfaces(moves)
        for level in (self.goal.share, self._beyond_chance()):
            spot = self._least(moves, fit, level)
            if spot and len(spot) == len(moves):
                return spot
        near = self._nearly(moves)
        return near if near and len(near) == len(moves) else None

    def _beyond_chance(self) -> float:
        """The share that a surface has to show for a change to pass the goal beyond chance."""
        goal = self.goal.share
        return min(goal + self._margin(goal), (1.0 + goal) / 2.0)

    def _nearly(self, moves: Moves) -> Spot | None:
        """The best spot of a set, where the first draws put it short of the goal within chance."""
        fit = self.surfaces(moves)
        top = self._most(moves, fit)
        error = 3.0 * np.sqrt(0.25 / self._first.runs)
        return top[1] if top and top[0] >= self.goal.share - error else None

    def _settled(self, moves: Moves, most: float) -> Spot | None:
        """The least change of a set, of a size up to ``most``, that reaches the goal beyond chance
        on the draws of the choice.

        It lies on the ray through the position that the surface gives: between a change that falls
        short and one that reaches the goal the way is halved until it is known to ``_SLACK``.
        """
        position = self._aimed(moves)
        if position is None:
            far = tuple((move, move.far) for move in moves)
            return far if size_of(far) <= most and self._reaches(far) else None
        if not position.any():  # the choices alone do it: a set of fewer levers
            return None
        best, low, high = self._bracket(moves, position, most)
        near = _SLACK / max(float(_lengths(moves) @ position), _SLACK)
        while best and high - low > near:
            middle = (low + high) / 2.0
            spot = _spot(moves, middle * position)
            if spot and self._reaches(spot):
                high, best = middle, spot
            else:
                low = middle
        return best

    def _bracket(
        self, moves: Moves, position: np.ndarray, most: float
    ) -> tuple[Spot | None, float, float]:
        """Going out on the ray in growing steps: the first change that reaches the goal, or None,
        and the parts of the position between which the least lies.
        """
        low, at, step, end = 0.0, 1.0, _WIDEN, 1.0 / float(position.max())
        while True:
            spot = _spot(moves, at * position)
            if spot and size_of(spot) > most:
                return None, low, at
            if spot and self._reaches(spot):
                return spot, low, at
            if at >= end:
                return None, low, at
            low, at, step = at, min(end, at + step), 2.0 * step

    def _aimed(self, moves: Moves) -> np.ndarray | None:
        """The position of the least change whose share, as the surface has it, passes the goal by
        what chance may take back; that of the highest where none does, and None without numbers.
        """
        fit = self.surfaces(moves)
        if fit is None:
            return None
        caps = [(one, max(most - self._margin(most), most / 2.0)) for one, most in fit[1]]
        position = least_position(fit[0], self._beyond_chance(), caps, _lengths(moves))
        if position is None:
            top = most_position(fit[0], caps) or most_position(fit[0], [])
            assert top is not None  # without caps every position will do
            position = top[0]
        return position

    def _margin(self, share: float) -> float:
        return ONE_SIDED * float(np.sqrt(share * (1.0 - share) / self.wider.runs))

    def _reaches(self, spot: Spot) -> bool:
        """Whether a change reaches the goal beyond chance, and keeps the caps, on the draws of the
        choice.
        """
        change = change_of(spot)
        if not self.wider.possible([change])[0]:
            return False
        few = self.wider.fewer(max(1, self.wider.runs // _PART))
        if self._short(few, change, _CLEARLY):
            return False
        return not self._short(self.wider, change, -ONE_SIDED)

    def _short(self, model: Runs, change: Mapping[str, Any], quantile: float) -> bool:
        """Whether a share falls short of the target or passes a cap: with a positive quantile even
        at the better end of its interval, with a negative one at the worse.
        """
        codes, cluster, width = model.outcomes([change])[0], model.cluster, abs(quantile)
        hits = codes == OUTCOMES[self.goal.outcome].code
        _, low, high = bounds(hits, cluster, width)
        if (high if quantile > 0 else low) < self.goal.share and not hits.all():
            return True
        for name, most in self.goal.caps.items():
            hits = codes == OUTCOMES[name].code
            _, low, high = bounds(hits, cluster, width)
            if (low if quantile > 0 else high) > most and hits.any():
                return True
        return False


class _Seen:
    """Shares of outcomes on some draws, each change run once."""

    def __init__(self, model: Runs) -> None:
        self.model, self.runs = model, model.runs
        self._codes: dict[frozenset[tuple[Move, Any]], np.ndarray | None] = {}

    def shares(self, spots: Sequence[Spot]) -> np.ndarray:
        """Shares of outcomes, (spots, outcomes); NaN of what breaks a rule."""
        new = {frozenset(spot): spot for spot in spots if frozenset(spot) not in self._codes}
        if new:
            changes = [change_of(spot) for spot in new.values()]
            can = self.model.possible(changes)
            made = iter(
                self.model.outcomes([one for one, may in zip(changes, can, strict=True) if may])
                if can.any()
                else ()
            )
            for known, may in zip(new, can, strict=True):
                self._codes[known] = next(made).astype(np.int8) if may else None
        shares = [self._share(self._codes[frozenset(spot)]) for spot in spots]
        return np.reshape(shares, (len(spots), len(OUTCOMES)))

    def changed(self, spot: Spot) -> float:
        """Share of runs that end otherwise than without the change."""
        self.shares([spot, ()])
        codes, base = self._codes[frozenset(spot)], self._codes[frozenset()]
        return 0.0 if codes is None or base is None else float((codes != base).mean())

    def known(self) -> list[tuple[dict[Move, Any], np.ndarray]]:
        """Every change that was run, its values by move, with its shares."""
        return [
            (dict(spot), self._share(codes))
            for spot, codes in self._codes.items()
            if codes is not None
        ]

    @staticmethod
    def _share(codes: np.ndarray | None) -> np.ndarray:
        if codes is None:
            return np.full(len(OUTCOMES), np.nan)
        return np.bincount(codes, minlength=len(OUTCOMES)) / len(codes)


def _grid(moves: Moves) -> list[Spot]:
    """Positions at which a set is run for its surface."""
    parts = _GRIDS.get(sum(move.numeric for move in moves), 2)
    line = np.arange(1, parts + 1) / parts
    places = [line if move.numeric else (1.0,) for move in moves]
    return [
        tuple((move, move.value(at)) for move, at in zip(moves, chosen, strict=True))
        for chosen in product(*places)
    ]


def _lengths(moves: Moves) -> np.ndarray:
    return np.asarray([move.length for move in moves if move.numeric])


def _spot(moves: Moves, position: np.ndarray | None) -> Spot | None:
    """A position as a change."""
    if position is None:
        return None
    places = iter(position.tolist())
    values = [move.value(next(places)) if move.numeric else move.far for move in moves]
    return tuple(
        (move, value)
        for move, value in zip(moves, values, strict=True)
        if move.lever.size(value) > 0.0
    )
