"""Counter-based randomness: a draw is a pure function of (seed, run, stream, week, entity).

The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011). The 64-bit key is the seed; the
four 32-bit counter words are run, stream, week and entity. Nothing is kept between draws, so a
result cannot depend on their order; no run draws a counter twice; two scenarios with the same seed
and run share their draws (common random numbers). The entity of a firm is its number, that of an
issue or event comes from its name (:func:`sim.config.params.entities`), so that no draw depends on
what else is listed, and that of a meeting from its place in the week
(:func:`sim.rules.relations.entity_at`). Where several entities draw in one week, their draws are
computed in a row, several at once: the same numbers in less time. ``s`` is the state of the run
(:mod:`sim.rules.state`).
"""

from __future__ import annotations

import numpy as np

from sim.rules.codes import code, codes
from sim.rules.compiled import formula, rule, small_rule
from sim.rules.mathematics import normal_quantile, normal_quantiles
from sim.rules.state import round_up_to_lanes

__all__ = [
    "STREAMS",
    "draw_listed",
    "draw_row",
    "normal",
    "normal_row",
    "normals_listed",
    "philox",
    "uniform",
]

STREAMS = (
    "size",
    "cover",
    "trusted",
    "grade",
    "licensed",
    "belief",
    "approval",
    "drift",
    "drift_issue",
    "drift_depth",
    "seen",
    "back_down",
    "extend",
    "early",
    "answer",
    "reentry",
    "shock",
    "ratification",
    "speaker",
    "order",
    "mediator",
    "census",
    # laid down in this order before the rules that draw from them (sim.rules.surprises.RESERVED)
    "resolve",
    "resolve_turn",
    "home",
    "claim",
    "measure",
    "crisis",
    "talk",
    "renew",
    "ending",
    "war",
    "back",
    "kind",
    "ease",
    "file",
    "lead",
    "term",
    "chip",
    "imports",
    "exports",
    "purchases",
    "law",
)
(
    SIZE,
    COVER,
    TRUSTED,
    GRADE,
    LICENSED,
    BELIEF,
    APPROVAL,
    DRIFT,
    DRIFT_ISSUE,
    DRIFT_DEPTH,
    SEEN,
    BACK_DOWN,
    EXTEND,
    EARLY,
    ANSWER,
    REENTRY,
    SHOCK,
    RATIFICATION,
    SPEAKER,
    ORDER,
    MEDIATOR,
    CENSUS,
    RESOLVE,
    RESOLVE_TURN,
    HOME,
    CLAIM,
    MEASURES,
    CRISIS,
    TALK,
    RENEW,
    ENDING,
    WAR,
    BACK,
    KIND,
    EASE,
    FILE,
    LEAD,
    TERM,
    CHIP,
    IMPORTS,
    EXPORTS,
    PURCHASES,
    *_,
) = codes(len(STREAMS))
NOBODY = code(0)

_MASK = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(32)
_MULTIPLY_0 = np.uint64(0xD2511F53)
_MULTIPLY_1 = np.uint64(0xCD9E8D57)
_BUMP_0 = np.uint64(0x9E3779B9)
_BUMP_1 = np.uint64(0xBB67AE85)


@rule
def philox(key, c0, c1, c2, c3):
    """Ten rounds of Philox4x32: four 32-bit words of a 64-bit key and four 32-bit counters."""
    return _philox(key, c0, c1, c2, c3)


@formula
def _philox(key, c0, c1, c2, c3):
    """As :func:`philox`, inlined."""
    k0 = key & _MASK
    k1 = key >> _WORD
    for _ in range(10):
        high_low_0 = _MULTIPLY_0 * c0
        high_low_1 = _MULTIPLY_1 * c2
        c0 = ((high_low_1 >> _WORD) ^ c1 ^ k0) & _MASK
        c1 = high_low_1 & _MASK
        c2 = ((high_low_0 >> _WORD) ^ c3 ^ k1) & _MASK
        c3 = high_low_0 & _MASK
        k0 = (k0 + _BUMP_0) & _MASK
        k1 = (k1 + _BUMP_1) & _MASK
    return c0, c1, c2, c3


@small_rule
def uniform(seed, run, stream, week, entity):
    """A uniform draw strictly between 0 and 1, with 52 random bits."""
    return _uniform(seed, run, stream, week, entity)


@formula
def _uniform(seed, run, stream, week, entity):
    """As :func:`uniform`, inlined: (bits + 1/2) / 2**52, which is neither 0 nor 1."""
    c0, c1, _, _ = _philox(
        np.uint64(seed),
        np.uint64(run) & _MASK,
        np.uint64(stream) & _MASK,
        np.uint64(week) & _MASK,
        np.uint64(entity) & _MASK,
    )
    bits = ((c0 << _WORD) | c1) >> np.uint64(12)
    return (np.float64(bits) + 0.5) / 4503599627370496.0


@small_rule
def draw_row(s, stream, first, count):
    """Fill ``s.draws`` with this week's uniform draws of ``count`` entities from ``first``.

    They are at most TILE.
    """
    seed, run, week = s.world.seed, s.world.run, s.world.week
    for j in range(round_up_to_lanes(count)):
        s.draws[j] = _uniform(seed, run, stream, week, first + j)


@small_rule
def draw_listed(s, stream, count):
    """Fill ``s.draws`` with this week's uniform draws of the first ``count`` of ``s.entities``."""
    seed, run, week = s.world.seed, s.world.run, s.world.week
    for j in range(round_up_to_lanes(count)):
        s.draws[j] = _uniform(seed, run, stream, week, s.entities[j])


@rule
def normals_listed(s, stream, count):
    """Fill ``s.normals`` with standard normal draws of the first ``count`` of ``s.entities``."""
    draw_listed(s, stream, count)
    normal_quantiles(s.draws, count, s.normals)


@rule
def normal_row(s, stream, first, count):
    """Fill ``s.normals`` with standard normal draws of ``count`` entities from ``first``."""
    draw_row(s, stream, first, count)
    normal_quantiles(s.draws, count, s.normals)


@rule
def normal(seed, run, stream, week, entity):
    """A standard normal draw, by inversion."""
    return normal_quantile(uniform(seed, run, stream, week, entity))
