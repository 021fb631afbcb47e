"""Politics: losses become lobbying, security concessions raise hawks, deals face ratification (MODEL.md section 11; Putnam 1988)."""

from __future__ import annotations

from sim.rules.codes import N_SIDES, SECURITY
from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, logistic
from sim.rules.relations import good_used_by

__all__ = ["drift_hazard", "politics", "security_cost_factor", "support", "value_factor"]


@formula
def value_factor(lobby_weight, lobby):
    """What lobbying multiplies the value of relief by."""
    return 1.0 + lobby_weight * lobby


@formula
def security_cost_factor(hawk_cost, hawk):
    """What hawk pressure multiplies the cost of a security concession by."""
    return 1.0 + hawk_cost * hawk


@formula
def drift_hazard(rate, hawk_drift, hawk):
    """Rate a year of lapses in delivery under hawk pressure."""
    return rate * (1.0 + hawk_drift * hawk)


@formula
def support(gain, opposition, scale, noise):
    """Support for a deal: logistic in its gain less what hawks hold against it (bn USD/yr), plus noise in logits."""
    return logistic((gain - opposition) / scale + noise)


@rule
def politics(s, p):
    """The week's pressures of both sides."""
    w = s.world
    for i in range(N_SIDES):
        side = s.sides[i]
        lost, sectors, good = side.export_loss, p.firms.goods.sectors, good_used_by(i)
        for k in range(sectors.first[good], sectors.end[good]):
            lost += w.lost_output[k]
        felt = clip(lost / p.politics.sides.lobby_scale[i], 0.0, 1.0)
        side.lobby = p.politics.sides.lobby_memory[i] * side.lobby + (1.0 - p.politics.sides.lobby_memory[i]) * felt
        conceded = 0.0
        for k in range(p.issues.count):
            if p.issues.owner[k] == i and p.issues.table[k] == SECURITY:
                conceded += max(0.0, s.issues.promised[k] - s.issues.promised_before[k])
        side.hawk = side.hawk * (1.0 - p.politics.sides.hawk_decay[i]) + p.politics.sides.hawk_response[i] * conceded
    for k in range(p.issues.count):
        s.issues.promised_before[k] = s.issues.promised[k]
