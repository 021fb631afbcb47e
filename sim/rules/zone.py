"""The zone of agreement of a track: what is left in it without a deal, and which issue closes it.

A package lies in the zone where it is worth at least both sides' reservation values, at their true
values. An issue *blocks* where the zone is empty and would open if that issue were no issue between
the sides: it leaves the package, and what it adds to both reservation values goes too, as terms and
lapse, as leverage, and as what a side demands for want of controls. Nothing here decides
anything: it is a record of the week (docs/model.md, *Measures*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue, ``track`` a code of :data:`sim.vocabulary.TRACKS`. Values are bn USD/yr.
"""

from __future__ import annotations

from sim.rules.codes import CN, N_TRACKS, TRADE, US
from sim.rules.compiled import formula, rule
from sim.rules.events import REOPENED, marked
from sim.rules.packages import best_sum, level_value, prepare, values, worth
from sim.rules.relations import is_controls
from sim.rules.tracks import (
    TRUE_PROBLEM,
    TRUTH,
    bargained_on,
    fill_problem,
    lapse_level,
    open_track,
    pays,
)
from sim.rules.valuation import lacked, leverage_fall

__all__ = ["NOTHING", "first_open_track", "look_for_zone"]

NOTHING = -1  # no issue, no track
_ROUNDING = 1e-9  # bn USD/yr: a dollar


@formula
def first_open_track(s, p):
    """The track that is bargained first; NOTHING where none is, or where talks reopened only now,
    so that nobody has weighed them yet.
    """
    if marked(s.world, REOPENED):
        return NOTHING
    for track in range(N_TRACKS):
        if open_track(s, p, track):
            return track
    return NOTHING


@rule
def look_for_zone(s, p, track):
    """(joint gain in the zone of a track, the issue that blocks it).

    The gain is the largest sum of both sides' gains over their reservation values, bn USD/yr: 0
    where the zone is empty. The issue is the one whose removal leaves the largest gain; NOTHING
    where the zone is open, or where no single issue opens it.
    """
    gain = _zone(s, p, track, NOTHING, 0.0)
    if gain > 0.0:
        return gain, NOTHING
    blocking, most = int(NOTHING), 0.0
    for k in range(p.issues.count):
        if bargained_on(s, p, k, track) or (track == TRADE and is_controls(p.issues.track[k])):
            left = _zone(s, p, track, k, most)
            if left > most:
                blocking, most = k, left
    return 0.0, blocking


@rule
def _zone(s, p, track, without, more_than):
    """The largest joint gain over both reservation values on a track, ``without`` an issue or
    NOTHING; 0 where no package gives both as much, or nothing is left to bargain over.

    0 also where it is clearly not above ``more_than``: then the package with the largest sum says
    so, and no package that is fairer is sought.
    """
    problem = s.problems[TRUE_PROBLEM]
    fill_problem(s, p, problem, track, TRUTH)
    us_floor, cn_floor = s.sides[US].reservation[track], s.sides[CN].reservation[track]
    if without != NOTHING:
        us_floor -= _adds(s, p, US, track, without)
        cn_floor -= _adds(s, p, CN, track, without)
        _leave_out(problem, without)
    if problem.count == 0:
        return 0.0
    most = best_sum(problem, s.package)
    if most - us_floor - cn_floor < more_than - _ROUNDING:
        return 0.0
    us, cn = values(problem, s.package)
    if us < us_floor or cn < cn_floor:
        side, floor = (US, us_floor) if us < us_floor else (CN, cn_floor)
        prepare(problem, s.package)
        worth(problem, side, floor, s.package)
        us, cn = values(problem, s.package)
        most = us + cn
    if us < us_floor - _ROUNDING or cn < cn_floor - _ROUNDING:
        return 0.0
    return max(0.0, most - us_floor - cn_floor)


@formula
def _adds(s, p, i, track, k):
    """What issue k adds to side ``i``'s reservation value on a track.

    On the track q v(terms) + (1 - q) v(lapse) and its part of the expected change of leverage (of
    what pays there, v(terms)); on
    the trade track also what participation linkage demands for want of it.
    """
    total = 0.0
    if bargained_on(s, p, k, track):
        owned, q = p.issues.owner[k] == i, s.sides[i].goes_on
        total += q * level_value(s.issues, k, owned, s.issues.agreed[k])
        total += (1.0 - q) * level_value(s.issues, k, owned, lapse_level(s, p, k, track))
        if not pays(p, k, track):
            fall = leverage_fall(s, p, i, k)
            total += -fall if owned else fall
    if track == TRADE:
        total += p.linkage.sides[i] * lacked(s, p, i, k)
    return total


@formula
def _leave_out(problem, k):
    """Take issue k out of a problem that may have it."""
    n = 0
    for j in range(problem.count):
        if problem.issue[j] != k:
            problem.issue[n], problem.owner[n] = problem.issue[j], problem.owner[j]
            problem.benefit[n], problem.linear[n] = problem.benefit[j], problem.linear[j]
            problem.convex[n], problem.red_line[n] = problem.convex[j], problem.red_line[j]
            problem.least[n] = problem.least[j]
            n += 1
    problem.count = n
