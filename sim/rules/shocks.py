"""Shocks: scheduled and random events land at the start of a week.

See docs/model.md, *Process overview and scheduling*.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is the side an event happens to.
What an event moves is its kind (:data:`sim.vocabulary.SHOCK_KINDS`); a ``size`` is a share, of hawk
pressure that pressure itself, of section 122 its rate.
"""

from __future__ import annotations

from sim.rules.codes import DELIVERY, GOODWILL, HAWK, SUPPLY
from sim.rules.compiled import formula, rule
from sim.rules.events import SHOCKED, mark
from sim.rules.mathematics import exps
from sim.rules.politics import happens
from sim.rules.randomness import SHOCK, draw_listed
from sim.rules.relations import good_used_by
from sim.rules.rulings import take_ruling
from sim.rules.surprises import record_shock

__all__ = ["land", "shock_lands", "shocks"]


@formula
def shock_lands(start, rate, week, draw):
    """Whether an event lands this week.

    Once in week ``start``, or from then on at ``rate`` a year; ``draw`` in (0, 1).
    """
    if rate <= 0.0:
        return week == start
    return week >= start and happens(draw, rate / 52.0)


@rule
def land(s, p, kind, i, size):
    """Put one event of a kind into effect on side ``i``.

    ``size`` is a pressure for hawks, a rate for section 122, else a share in [0, 1].

    It is added to hawk pressure, or 1 - size multiplies delivery of all that ``i`` owes, other
    supply of the good that its firms use, its grievance; a ruling strikes duties down
    (docs/model.md, *Shocks*).
    """
    w = s.world
    if kind == HAWK:
        s.sides[i].hawk += size
    elif kind == DELIVERY:
        for k in range(p.issues.count):
            if p.issues.owner[k] == i:
                s.issues.kept[k] *= max(0.0, 1.0 - size)
    elif kind == SUPPLY:
        good = good_used_by(i)
        w.other_supply[good] *= max(0.0, 1.0 - size)
    elif kind == GOODWILL:
        s.sides[i].grievance *= max(0.0, 1.0 - size)
    else:
        take_ruling(s, p, kind, size)


@rule
def shocks(s, p):
    """The week's events."""
    w = s.world
    for e in range(p.shocks.events.count):
        s.entities[e] = p.shocks.events.entity[e]
        s.scratch[e] = -(p.shocks.events.rate[e] / 52.0)
    draw_listed(s, SHOCK, p.shocks.events.count)
    exps(s.scratch, p.shocks.events.count)
    for e in range(p.shocks.events.count):
        start, rate = p.shocks.events.start[e], p.shocks.events.rate[e]
        lands = shock_lands(start, rate, w.week, s.draws[e])
        if rate > 0.0 and w.week >= start:
            record_shock(s, p.shocks.events.kind[e], lands, 1.0 - s.scratch[e])
        if lands:
            land(s, p, p.shocks.events.kind[e], p.shocks.events.side[e], p.shocks.events.size[e])
            mark(w, SHOCKED)
