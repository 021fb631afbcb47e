"""What is scheduled: how near a meeting of the leaders or an election is.

A summit or call of both leaders acts through meetings and through what waiting is worth
(docs/calendar.md), never on whether an offer is accepted: the weeks before it are a sprint of the
delegations with a chance that is its weight, talks of every kind are likelier in them, and what a
side expects of waiting past it is worth less by its weight. An election makes hawks in Washington
weigh more, rising evenly to its eve. All of it is in proportion to the part of a week that lies
before the day, so that a day moved a little moves a little.

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``e`` is a scheduled event. Times are
weeks from the first day.
"""

from __future__ import annotations

from sim.rules.asks import SCHEDULED, act
from sim.rules.codes import CALL, ELECTION, SUMMIT, US, code
from sim.rules.compiled import formula, rule
from sim.rules.randomness import TALK, uniform
from sim.rules.relations import turn_of
from sim.rules.state import NOBODY_ACTS, WEEKS_AHEAD

__all__ = [
    "NEAR",
    "campaign_share",
    "keep_calendar",
    "look_across",
    "sprint_share",
    "sprints",
    "talks_rate",
]

_SPRINT = code(4)  # after the draws of sim.rules.swaps
NEAR = 3.0  # talks near a date, in those of calm


@formula
def sprint_share(week, when, weeks):
    """Share of a week that lies in the ``weeks`` before an event at ``when``, in [0, 1]."""
    return max(0.0, min(week + 1.0, when) - max(float(week), when - weeks))


@formula
def campaign_share(week, when, weeks):
    """Mean over a week of how near an election at ``when`` is, in [0, 1].

    It rises evenly from 0, ``weeks`` before, to 1 on its eve, and is 0 after it.
    """
    first, last = max(float(week), when - weeks), min(week + 1.0, when)
    if last <= first:
        return 0.0
    return (last - first) * (1.0 - (when - 0.5 * (first + last)) / weeks)


@formula
def _leaders_meet(p, e):
    """Whether both leaders meet or talk at a scheduled event."""
    return p.calendar.events.kind[e] == SUMMIT or p.calendar.events.kind[e] == CALL


@rule
def keep_calendar(s, p):
    """How near the leaders' next meeting and the next election are this week.

    ``w.summit`` is the chance that the week is a sprint for a meeting's sake, 1 less the product of
    1 - weight x share over all; ``w.sprint`` whether it is, by a draw. ``campaign`` of Washington is
    what its hawks weigh more, 1 without an election. What falls into the week is noted in the log.
    """
    w, events, none = s.world, p.calendar.events, 1.0
    campaign, weeks = 1.0, float(p.calendar.campaign_weeks)
    for e in range(events.count):
        if w.week <= events.when[e] < w.week + 1.0:
            act(s, NOBODY_ACTS, SCHEDULED, events.kind[e], 0)
        if _leaders_meet(p, e):
            share = sprint_share(w.week, events.when[e], float(p.truce.talks.sprint_weeks))
            none *= 1.0 - events.weight[e] * share
        elif events.kind[e] == ELECTION:
            campaign += events.weight[e] * campaign_share(w.week, events.when[e], weeks)
    w.summit, w.sprint = 1.0 - none, 0
    s.sides[US].campaign = campaign
    if w.summit > 0.0:
        draw = uniform(w.seed, w.run, TALK, w.week, turn_of(_SPRINT, 0))
        w.sprint = 1 if draw < w.summit else 0


@formula
def sprints(w, sprint_weeks):
    """Whether delegations meet more often this week: the date is near, or past, or a meeting of the
    leaders is.
    """
    return max(1, w.deadline - w.week) <= sprint_weeks or w.sprint == 1


@formula
def talks_rate(w, rate):
    """Chance of talks this week, of a usual ``rate``: near a meeting of the leaders up to three times
    that, as near a date.
    """
    return min(1.0, rate * (1.0 + (NEAR - 1.0) * w.summit))


@rule
def look_across(s, p):
    """What is left of waiting across each of the weeks to come, in [0, 1]: ``s.across``.

    Number v is the step from week v to week v + 1, from this one. Of a meeting of the leaders in a
    week the loss is spread over the steps into and out of it by how near its day is to either.
    """
    for v in range(WEEKS_AHEAD):
        s.across[v] = 1.0
    events = p.calendar.events
    for e in range(events.count):
        ahead = events.when[e] - (s.world.week + 1.0)
        if not _leaders_meet(p, e) or ahead <= -1.0 or ahead >= WEEKS_AHEAD:
            continue
        before = int(ahead + 1.0) - 1  # rounded down, for what is above -1
        later = ahead - before
        if before >= 0:
            s.across[before] *= 1.0 - events.weight[e] * (1.0 - later)
        if before + 1 < WEEKS_AHEAD:
            s.across[before + 1] *= 1.0 - events.weight[e] * later
