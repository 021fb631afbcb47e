"""The compiled loop over runs: one state, reused, no allocation inside."""

from __future__ import annotations

from sim.rules.codes import CHIPS
from sim.rules.compiled import formula, rule
from sim.rules.state import tiles_of
from sim.rules.week import run_weeks

__all__ = ["run_block"]

_OWN = 0  # place of the one record of a run's own


@rule
def run_block(
    s, firms, params, dated, script, own, cells, point, seed, run, outs, series, acts, asks, whole
):
    """Run ``outs.shape[0]`` runs one after the other.

    Run j takes its settings from ``params[point[j]]`` and its draws from (``seed``, ``run[j]``);
    its measures go to ``outs[j]``, its weeks to ``series[j]`` where ``series`` (runs, weeks) is not
    empty, of which they fill all where ``whole`` is not 0, else
    :data:`sim.rules.measures.BRIEF`; what was done goes to ``acts[j]`` and what was asked to
    ``asks[j]``, whose rows after the last have week -1. ``firms`` has tiles for the largest
    population. ``dated`` and ``script`` are the rows of all points. ``own`` is room for one record
    of settings, which a run with dated rows takes and changes, and ``cells`` the same memory as
    integers of 64 bits.
    """
    for j in range(outs.shape[0]):
        p = params[point[j]]
        if p.dated.end > p.dated.first:
            own[_OWN] = p
            p = own[_OWN]
        _, end = tiles_of(p, CHIPS)
        run_weeks(s[0], firms[:end], p, dated, script, cells, seed, run[j], series[j], whole)
        outs[j] = s[0].out
        _copy(s[0].acts, s[0].world.acts, acts[j])
        _copy(s[0].transcript, s[0].world.asked, asks[j])


@formula
def _copy(rows, done, kept):
    """Keep the first ``done`` rows; the one after them has week -1."""
    for n in range(min(done, kept.shape[0])):
        kept[n] = rows[n]
    if done < kept.shape[0]:
        kept[done].week = -1
