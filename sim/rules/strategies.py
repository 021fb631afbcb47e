"""Strategies: the aspiration of a side's next offer.

All else of bargaining is the same for all of them.

``time_dependent`` and ``tit_for_tat`` after Faratin, Sierra, Jennings (1998), ``micro`` after de
Jonge (2022), ``hardliner`` holds out until late, ``equilibrium`` asks what it would in Rubinstein's
(1982) game of alternating offers (docs/strategies.md; docs/model.md, *Bargaining*).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side (0 Washington, 1
Beijing), ``k`` an issue, ``track`` a code of :data:`sim.vocabulary.TRACKS`. Values are bn USD/yr to the side
itself, against conceding nothing.
"""

from __future__ import annotations

from sim.rules.codes import COMMITTED, EQUILIBRIUM, HARDLINER, MICRO, SCREENING, TIT_FOR_TAT, US
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp, power
from sim.rules.packages import prepare, values, worth
from sim.rules.relations import other
from sim.rules.screening import committed_target, screening_target
from sim.rules.state import NO_DATE
from sim.rules.tracks import TRUE_PROBLEM, TRUTH, fill_problem, meetings

__all__ = [
    "answers_offers",
    "aspiration",
    "clock_share",
    "deadline_feeling",
    "equilibrium_target",
    "patience",
    "stationary_demand",
    "strategy_target",
]

_HALVINGS = 44  # 0.5**44 of a pie of 1,000 bn USD/yr is below a tenth of a dollar


@formula
def deadline_feeling(q, firmness):
    """kappa = 1 - q (1 - phi), in [0, 1]: how binding the deadline feels.

    ``q`` is the belief that the truce goes on, ``firmness`` phi what is felt even when extension is
    certain, both in [0, 1] (docs/model.md, *Bargaining*).
    """
    return 1.0 - q * (1.0 - firmness)


@rule
def clock_share(w):
    """Elapsed share of the clock, in [0, 1].

    Weeks gone, this one included, over weeks from start to deadline; without a date over the usual
    length.
    """
    length = w.deadline - w.clock_start if w.deadline < NO_DATE else w.length
    return clip((w.week + 1 - w.clock_start) / length, 0.0, 1.0) if length > 0 else 1.0


@rule
def aspiration(kind, reservation, best, share, feeling, exponent):
    """Aspiration, bn USD/yr, of the strategies that read only the clock.

    time_dependent: R + (M - R) (1 - (kappa s)**(1/beta)) (Faratin, Sierra, Jennings 1998), R the
    reservation value, M the ``best`` package's worth, s the elapsed ``share`` of the clock, kappa
    the ``feeling``, both in [0, 1], beta the ``exponent`` above 0. hardliner: M until ``exponent``,
    here a share of the clock, then down to R in proportion. Never below the reservation value.
    """
    if best <= reservation:
        return reservation
    if kind == HARDLINER:
        left = 1.0 - exponent
        given = (share - exponent) / left if share > exponent and left > 0.0 else 0.0
        return best - (best - reservation) * feeling * given
    return _by_clock(reservation, best, power(feeling * share, 1.0 / exponent))


@formula
def _by_clock(reservation, best, conceded):
    """Aspiration of a side that has conceded a share of the way from its best to its floor."""
    return reservation + (best - reservation) * (1.0 - conceded)


@formula
def _conceded(side, clock, exponent):
    """clock**(1/beta), the share that time_dependent has conceded.

    The same on all tracks, so it is remembered.
    """
    if clock != side.clock:
        side.clock, side.conceded = clock, power(clock, 1.0 / exponent)
    return side.conceded


@rule
def patience(s, p, i):
    """Discount factor of side ``i`` for a gain at the next meeting, in (0, 1].

    exp(-rate / (52 meetings)); ``rate`` is its discount rate a year, ``meetings`` those of a week,
    at least one (Rubinstein 1982).
    """
    return exp(-p.sides.discount_rate[i] / (52.0 * max(1, meetings(s, p))))


@rule
def equilibrium_target(s, p, i, track):
    """What side ``i`` asks in the stationary equilibrium of alternating offers, bn USD/yr."""
    problem, j = s.problems[TRUE_PROBLEM], other(i)
    fill_problem(s, p, problem, track, TRUTH)
    prepare(problem, s.package)
    own, its = s.sides[i].reservation[track], s.sides[j].reservation[track]
    return stationary_demand(problem, i, own, its, patience(s, p, i), patience(s, p, j), s.package)


@rule
def stationary_demand(problem, i, own, its, own_patience, its_patience, package):
    """Worth to side ``i`` of its own proposal where both offer in turn forever, bn USD/yr.

    Its proposal x and the other's y lie on the frontier and each leaves its receiver as well off as
    waiting for its own: u_j(x) = R_j + d_j (u_j(y) - R_j). The one unknown is what x is worth to
    ``i``; it is found by halving. ``own`` and ``its`` are the reservation values R; ``package`` is
    work space.
    """
    j, low, high = other(i), own, _value_at(problem, i, other(i), its, package)
    if high <= low:
        return low
    for _ in range(_HALVINGS):
        asked = 0.5 * (low + high)
        waiting = _value_at(problem, j, i, own + own_patience * (asked - own), package)
        if _value_at(problem, j, i, asked, package) > its + its_patience * (waiting - its):
            low = asked
        else:
            high = asked
    return 0.5 * (low + high)


@rule
def _value_at(problem, receiver, side, target, package):
    """Worth to ``receiver`` of the efficient package worth ``target`` to ``side``."""
    worth(problem, side, target, package)
    us, cn = values(problem, package)
    return us if receiver == US else cn


@formula
def answers_offers(kind):
    """Whether a strategy's aspiration reacts to offers at a meeting.

    The others keep one for the week.
    """
    return kind == TIT_FOR_TAT or kind == MICRO or kind == SCREENING


@rule
def strategy_target(s, p, i, track):
    """The aspiration, bn USD/yr, of side ``i``'s built-in strategy on a track.

    It lies between its reservation value and its best. tit_for_tat gives back, ``reciprocity`` for
    one, the improvement of the other's last offer over the one before; micro makes the next of
    ``steps`` equal concessions once the other has made as many offers; the rest:
    :func:`aspiration`, :func:`equilibrium_target` (docs/strategies.md).
    """
    side = s.sides[i]
    low, best, kind = side.reservation[track], side.best[track], p.sides.strategy.kind[i]
    if kind == SCREENING:
        return screening_target(s, p, i, track)
    if kind == COMMITTED:
        return committed_target(s, p, i, track)
    if best <= low:
        return low
    if kind == TIT_FOR_TAT:
        if side.standing[track] == 0:
            return best
        conceded = side.heard[track] - side.heard_before[track]
        return clip(
            side.aspiration[track] - p.sides.strategy.reciprocity[i] * max(0.0, conceded), low, best
        )
    if kind == MICRO:
        steps = p.sides.strategy.steps[i]
        made = side.made_count[track]
        if made <= steps and side.heard_count[track] >= made:
            made += 1
        # at the last step the difference may round to a digit below the reservation value
        return max(low, best - (best - low) * clip((made - 1) / steps, 0.0, 1.0))
    if kind == EQUILIBRIUM:
        return equilibrium_target(s, p, i, track)
    share = clock_share(s.world)
    feeling = deadline_feeling(side.goes_on, p.sides.deadline_firmness[i])
    if kind == HARDLINER:
        return aspiration(kind, low, best, share, feeling, p.sides.strategy.hold[i])
    return _by_clock(low, best, _conceded(side, feeling * share, p.sides.strategy.exponent[i]))
