"""Politics: losses become lobbying, concessions of controls raise hawks, deals face ratification.

docs/model.md, *Values, leverage, politics* and *Bargaining*; two-level games after Putnam (1988).

In rules ``s`` is the state of the run (:mod:`sim.rules.state`), ``p`` its settings by their paths
(:mod:`sim.config.params`) and ``w`` the world, ``s.world``. ``i`` is a side. Lobbying pressure lies
in [0, 1], hawk pressure is 0 or more, both without a unit.
"""

from __future__ import annotations

from sim.rules.codes import N_SIDES, code
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp, logistic
from sim.rules.randomness import HOME, uniform
from sim.rules.relations import good_used_by, is_controls, turn_of, uses_minerals

__all__ = ["drift_hazard", "politics", "security_cost_factor", "support", "value_factor"]


_INCIDENT = code(2)  # after the draws of sim.rules.compliance


@formula
def happens(draw, hazard):
    """Whether something of hazard ``hazard`` a week happens.

    With chance 1 - exp(-hazard), which is below it, so that most draws need no exp.
    """
    return draw < hazard and draw < chance_of(hazard)


@formula
def chance_of(hazard):
    """Chance that something of hazard ``hazard`` a week happens in a week: 1 - exp(-hazard)."""
    return 1.0 - exp(-hazard)


@formula
def value_factor(lobby_weight, lobby):
    """What lobbying multiplies the value of relief by: 1 + weight lobby; ``lobby`` in [0, 1]."""
    return 1.0 + lobby_weight * lobby


@formula
def security_cost_factor(hawk_cost, hawk):
    """What hawk pressure multiplies the cost of conceding controls by: 1 + cost hawk."""
    return 1.0 + hawk_cost * hawk


@formula
def drift_hazard(rate, hawk_drift, hawk):
    """Lapses in delivery a year under hawk pressure: rate (1 + hawk_drift hawk); ``rate`` a
    year.
    """
    return rate * (1.0 + hawk_drift * hawk)


@formula
def support(gain, opposition, scale, noise):
    """Support for a deal, in (0, 1): logistic((gain - opposition) / scale + noise).

    ``gain`` over no deal and what hawks hold against it, ``opposition``, are bn USD/yr as is
    ``scale``; ``noise`` is in logits (Putnam 1988; docs/model.md, *Bargaining*).
    """
    return logistic((gain - opposition) / scale + noise)


@rule
def politics(s, p):
    """The week's pressures of both sides.

    Lobbying, in [0, 1]: memory times the last, plus the rest times what importers, exporters and
    firms lose, by the voice of each group of goods, over ``lobby_scale``, bn USD/yr, at most 1. Hawks, 0 or more: (1 - decay) times the last, plus
    response times what was newly promised of controls (docs/model.md, *Values, leverage,
    politics*).
    """
    w = s.world
    for i in range(N_SIDES):
        side = s.sides[i]
        lost, sectors, good = side.pressed, p.firms.goods.sectors, good_used_by(i)
        for k in range(sectors.first[good], sectors.end[good]):
            lost += w.lost_output[k]
        if uses_minerals(i):
            lost += w.mineral_loss
        felt = clip(lost / p.politics.sides.lobby_scale[i], 0.0, 1.0)
        side.lobby = (
            p.politics.sides.lobby_memory[i] * side.lobby
            + (1.0 - p.politics.sides.lobby_memory[i]) * felt
        )
        conceded = 0.0
        for k in range(p.issues.count):
            if p.issues.owner[k] == i and is_controls(p.issues.track[k]):
                conceded += max(0.0, s.issues.promised[k] - s.issues.promised_before[k])
        side.hawk = (
            side.hawk * (1.0 - p.politics.sides.hawk_decay[i])
            + p.politics.sides.hawk_response[i] * conceded
        )
        hazard = p.politics.sides.incident_rate[i] / 52.0
        if happens(uniform(w.seed, w.run, HOME, w.week, turn_of(_INCIDENT, i)), hazard):
            side.hawk += p.politics.sides.incident_size[i]
    # only now: both sides react to the same change of promises
    for k in range(p.issues.count):
        s.issues.promised_before[k] = s.issues.promised[k]
