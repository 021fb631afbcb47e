"""Indices of levers kept apart from the noise between runs, from rows that are run under two draws.

A base row has two points, A and B, and for each lever the point A with that lever from B. A and
the mixed points are run under the same two draws u and w, B under a third, v. Then, with f an
outcome as 0 and 1 or a measure (Saltelli et al. 2010, with draws as in Owen 2013 and Hart,
Alexanderian, Gremaud 2017):

* variance between points, without the noise: the covariance of f(A, u) and f(A, w), and of the
  same at the mixed points, which lie as A does;
* first order: the mean of f(B, v) (f(mixed) - f(A)); were B run under u, interplay of levers and
  draws would count as theirs;
* total order: half the mean of (f(A, u) - f(mixed, u)) (f(A, w) - f(mixed, w)); the square under
  one draw would count noise as the lever's.

Several features of one run are taken together as the sum of their variances (Lamboni et al. 2011).
With indicators of all outcomes, or of lying below each of many thresholds, the first order is an
index of the whole distribution, without moments: the Cramer-von Mises index (Gamboa, Klein, Lagnoux
2018). Means of absolute distances between distributions (PAWN, Borgonovo's delta) are not taken:
noise between runs alone makes them positive.

Intervals are jackknives over replicates of the design, each a Sobol net scrambled on its own, so
that the evenness of a net makes them narrow and not wrong (Owen 1998).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from sim.analysis.indices import (
    LEAST,
    RANDOM,
    Index,
    Parts,
    Sample,
    add,
    product_parts,
    ratio,
)
from sim.analysis.sensitivity import FIRST, TOTAL, Estimate

__all__ = [
    "CLEAR",
    "REPLICATES",
    "WHOLE",
    "Rows",
    "Split",
    "apart_from_noise",
    "elementary_effects",
    "thresholds",
]

WHOLE = "whole distribution"
REPLICATES = 16  # of the design: 15 degrees of freedom, and powers of two divide by it
CLEAR = 5.0  # standard errors of the levers' variance from 0, below which nothing is divided by it
_THRESHOLDS = 15  # of a measure: the index changes by less than its interval beyond (judgement)
_LEVEL = 0.95


class Rows(NamedTuple):
    """What came of base rows: ``a`` (rows, 2) at A under u and w, ``mixed`` (rows, levers, 2) with
    each lever from B, ``b`` (rows,) at B under v; ``replicate`` (rows,) of the design.
    """

    a: np.ndarray
    mixed: np.ndarray
    b: np.ndarray
    replicate: np.ndarray

    def feature(self, of: Feature) -> Rows:
        """The rows with a feature in the place of each value."""
        return Rows(of.of(self.a), of.of(self.mixed), of.of(self.b), self.replicate)


class Feature(NamedTuple):
    """A number made of a value: the value itself, whether it is a code, or whether it is at most a
    threshold.
    """

    kind: str
    at: float = 0.0

    def of(self, values: np.ndarray) -> np.ndarray:
        """The feature of each value."""
        if self.kind == "value":
            return values.astype(float)
        return (values == self.at if self.kind == "code" else values <= self.at).astype(float)


class Split(NamedTuple):
    """Where the variance between runs comes from, as shares of all of it: ``levers``, of these the
    ``additive`` part (the sum of first orders), and ``all``, the variance itself.
    """

    all: float
    levers: Index
    additive: Index

    @property
    def clear(self) -> bool:
        """Whether the levers' part is known well enough to be divided by."""
        return self.levers.value > CLEAR * self.levers.error()[0]


class Found(NamedTuple):
    """Indices of every lever and kind, as shares of all variance, noise included; and how the
    variance splits.
    """

    indices: list[Estimate]
    split: Split


def thresholds(rows: Rows, codes: int) -> list[Feature]:
    """The indicators that make up the whole distribution: every code of an outcome, or thresholds
    at even ranks of a measure.

    Examples
    --------
    >>> zeros = np.zeros((2, 2))
    >>> [feature.at for feature in thresholds(Rows(zeros, zeros[:, None], zeros[0], zeros[0]), 3)]
    [0.0, 1.0, 2.0]
    """
    if codes:
        return [Feature("code", float(code)) for code in range(codes)]
    ranks = np.arange(1, _THRESHOLDS + 1) / (_THRESHOLDS + 1)
    return [Feature("below", float(edge)) for edge in np.unique(np.quantile(rows.a, ranks))]


def apart_from_noise(
    rows: Rows, names: Sequence[str], value: Feature, whole: Sequence[Feature], level: float
) -> Found:
    """First and total order of every lever for ``value``, and the first order for the ``whole``
    distribution.

    Parameters
    ----------
    rows
        Values of the runs.
    names
        What the levers are called, in the order of ``rows.mixed``.
    value, whole
        What is explained: one feature, and those of the whole distribution.
    level
        Chance that any total order is said to stand out where none does (Bonferroni).

    Examples
    --------
    Where the value is the first lever of two and no run differs from another, that lever explains
    all of it:

    >>> x = np.random.default_rng(1).random((512, 4))
    >>> twice = lambda values: np.stack([values, values], axis=-1)
    >>> mixed = np.stack([x[:, 2], x[:, 0]], axis=1)
    >>> rows = Rows(twice(x[:, 0]), twice(mixed), x[:, 2], np.arange(512) % 16)
    >>> found = apart_from_noise(rows, ["one", "other"], Feature("value"), [Feature("below", 0.5)], 0.05)
    >>> round(found.split.levers.value, 2), [estimate.setting for estimate in found.indices if estimate.stands]
    (1.0, ['one'])
    """
    forms = _forms_of(rows, [value])
    whole_forms = _forms_of(rows, whole, total=False)
    # as if one row more had changed: of a rare outcome a few rows show too little (Agresti, Min 2005)
    unseen = 0.0 if value.kind == "value" else 1.0 / len(rows.b)
    levers = _share(forms.levers, forms.all, unseen)
    split = Split(forms.all.whole, levers, _share(reduce(add, forms.first), forms.all, unseen))
    found = list[Estimate]()
    for kind, parts, under in (
        (FIRST, forms.first, forms.all),
        (TOTAL, forms.total, forms.all),
        (WHOLE, whole_forms.first, whole_forms.all),
    ):
        for name, part in zip(names, parts, strict=True):
            index = _share(part, under, unseen / 2.0 if kind == TOTAL else unseen)
            half = index.half_width(1.0 - level / len(names))
            stands = kind == TOTAL and index.value > half
            found.append(Estimate(name, kind, index, half, stands))
    return Found(found, split)


class _Forms(NamedTuple):
    """Variances of several features together: all, that between points, and by lever."""

    all: Parts
    levers: Parts
    first: list[Parts]
    total: list[Parts]


def _forms_of(rows: Rows, features: Sequence[Feature], *, total: bool = True) -> _Forms:
    found = [_forms_of_one(rows.feature(feature), total=total) for feature in features]
    return _Forms(
        reduce(add, (one.all for one in found)),
        reduce(add, (one.levers for one in found)),
        [reduce(add, parts) for parts in zip(*(one.first for one in found), strict=True)],
        [reduce(add, parts) for parts in zip(*(one.total for one in found), strict=True)],
    )


def _forms_of_one(rows: Rows, *, total: bool) -> _Forms:
    twice = np.concatenate([rows.a[:, None], rows.mixed], axis=1)
    twice = twice - twice.mean()
    b, mean = rows.b[:, None] - rows.b.mean(), rows.a.mean(axis=1, keepdims=True)

    def form(one: np.ndarray, two: np.ndarray, *, same_runs: bool = False) -> Parts:
        return product_parts(one, two, rows.replicate, same_runs=same_runs, groups=REPLICATES)

    points = [twice[:, k] for k in range(twice.shape[1])]
    between = _mean_of([form(one, one) for one in points])
    own = [form(one[:, [k]], one[:, [k]]) for one in points for k in (0, 1)]
    first, totals = list[Parts](), list[Parts]()
    for j in range(rows.mixed.shape[1]):
        moved = rows.a - rows.mixed[:, j]
        first.append(form(b, rows.mixed[:, j].mean(axis=1, keepdims=True) - mean, same_runs=True))
        if total:
            totals.append(_over(2.0, form(moved, moved)))
    return _Forms(_mean_of(own), between, first, totals)


def _mean_of(forms: Sequence[Parts]) -> Parts:
    return _over(float(len(forms)), reduce(add, (form._replace(run=np.zeros(1)) for form in forms)))


def _over(number: float, parts: Parts) -> Parts:
    return Parts(parts.whole / number, parts.left / number, parts.run / number)


def _share(over: Parts, under: Parts, unseen: float) -> Index:
    """A share of variance with its replicates; ``unseen`` is the standard error of ``over`` that
    its rows do not show.
    """
    # the draws of one row are those of no other: what runs add is within the replicates
    bare = Parts(over.whole, over.left, np.zeros(1)), Parts(under.whole, under.left, np.zeros(1))
    index = ratio(*bare, Sample(np.zeros((1, 1)), np.zeros(1, int), RANDOM, False), 1.0)
    return index._replace(unseen=unseen / max(under.whole, LEAST))


def elementary_effects(
    effects: np.ndarray, bound: float, level: float
) -> Iterator[tuple[float, float, float, bool]]:
    """The root mean square effect of moving each lever, apart from noise: the root of the mean
    product of effects under two draws (Morris 1991, Campolongo et al. 2007).

    Parameters
    ----------
    effects
        What moving a lever does in a trajectory under each of two draws, shape (trajectories,
        levers, 2).
    bound
        The largest effect where it is bounded (1 of an outcome), else 0.
    level
        Chance that any lever is said to stand out where none does.

    Yields
    ------
    value, low, high, stands
        The effect, the ends of its 95 % interval, whether its square stands out from 0.

    Examples
    --------
    >>> twice = np.full((20, 1, 2), 0.5)
    >>> [[round(float(end), 2) for end in found] for found in elementary_effects(twice, 0.0, 0.05)]
    [[0.5, 0.5, 0.5, 1.0]]
    """
    from scipy.special import stdtrit

    from sim.analysis.jackknife import known_freedom

    products = effects[..., 0] * effects[..., 1]
    count, levers = products.shape
    off = (products - products.mean(axis=0)) / np.sqrt(count * max(count - 1.0, 1.0))
    # as if one trajectory more had moved: where none of a few does, it is not known that none would
    square = (off**2).sum(axis=0) + bound**4 / count**2
    freedom = known_freedom(square, (off**4).sum(axis=0), np.asarray(count))
    for mean, error, free in zip(products.mean(axis=0), np.sqrt(square), freedom, strict=True):
        half = float(stdtrit(free, (1.0 + _LEVEL) / 2.0)) * error
        far = float(stdtrit(free, 1.0 - level / levers)) * error
        ends = np.sqrt(np.maximum(0.0, [mean, mean - half, mean + half]))
        yield float(ends[0]), float(ends[1]), float(ends[2]), bool(mean - far > 0.0)
