"""What decisions of a government are worth, as pure functions of numbers (docs/truces.md).

Worths are bn USD, flows bn USD/yr, times weeks or years; chances lie in (0, 1). ``noise`` is the
temperature of decisions, bn USD: a choice between two whose worths differ by it is made the better
way in 73 of 100 cases. ``hawks`` is what hawk pressure weighs, bn USD.
"""

from __future__ import annotations

from sim.rules.compiled import formula, rule
from sim.rules.mathematics import clip, exp, logistic

__all__ = [
    "answer_chance",
    "backing",
    "carrying",
    "chance_of_option",
    "choose",
    "claim_chance",
    "climb_chance",
    "date_lever",
    "ending_worth",
    "full_effort_chance",
    "lapse_chance",
    "lasting_years",
    "measure_worth",
    "renewal_cost",
    "renewal_worth",
    "rest_chance",
    "restore_chance",
    "waiting_cost",
    "years_within",
]


@formula
def lasting_years(discount_rate, hazard, trust):
    """Y: years for which a side reckons a flow under the truce, 1 / (r + h (1 - trust)).

    ``discount_rate`` and ``hazard`` a year, ``trust`` a share.
    """
    return 1.0 / max(1e-3, discount_rate + hazard * (1.0 - trust))


@formula
def years_within(years, weeks):
    """y(L): the part of Y that falls within ``weeks``, Y (1 - exp(-L / (52 Y)))."""
    return years * (1.0 - exp(-weeks / (52.0 * years)))


@formula
def renewal_cost(cost, growth, extensions, trust, weeks, hawks, bias):
    """C(L): what one more extension of ``weeks`` costs at home, bn USD.

    cost (1 + growth extensions) (1 + 6.5 trust / L) + hawks / 2 - bias: a short extension must soon
    be made again (Tomz 2007).
    """
    return cost * (1.0 + growth * extensions) * (1.0 + 6.5 * trust / weeks) + 0.5 * hawks - bias


@formula
def renewal_worth(stake, trust, years, within, cost, lock, lack, tied, grievance):
    """W(L): what renewing for L weeks is worth, bn USD.

    stake (y + trust (Y - y)) - C(L) - (lock (.4 lack + grievance) + tied) y - .3 grievance Y, y the
    ``within``; ``tied`` is what participation linkage asks of the other's controls.
    """
    return (
        stake * (within + trust * (years - within))
        - cost
        - (lock * (0.4 * lack + grievance) + tied) * within
        - 0.3 * grievance * years
    )


@formula
def waiting_cost(hold_out, ask, years, noise, haste, weeks_left):
    """What renewing before the date gives away, bn USD: waiting is free until the last weeks.

    (hold_out ask Y + haste noise) min(1, weeks left / 2).
    """
    return (hold_out * ask * years + haste * noise) * min(1.0, 0.5 * weeks_left)


@formula
def ending_worth(stake, trust, years, blame, hawks, audience):
    """E: what ending the truce is worth, bn USD: -stake trust Y - blame + hawks - audience / 2."""
    return -stake * trust * years - blame + hawks - 0.5 * audience


@formula
def lapse_chance(ending, limbo, noise):
    """Chance that a side lets a truce past its date lapse: logistic((E + limbo) / noise)."""
    return logistic((ending + limbo) / noise)


@formula
def full_effort_chance(fear, harm_in, stake, saved, years, hawks, noise):
    """Chance that a side delivers in full.

    logistic((fear (harm + .3 stake) Y - saved Y - hawks / 2) / noise); ``saved`` is what slack
    delivery saves, bn USD/yr.
    """
    gain = fear * (harm_in + 0.3 * max(0.0, stake)) * years - saved * years - 0.5 * hawks
    return logistic(gain / noise)


@formula
def claim_chance(grievance, years, cost, hawks, noise):
    """Chance that a side claims a breach: logistic((grievance Y / 2 - cost + .3 hawks) / (noise / 2))."""
    return logistic((0.5 * grievance * years - cost + 0.3 * hawks) / (0.5 * noise))


@formula
def restore_chance(dread, stake, years, asked, pride, hawks, noise):
    """Chance that the accused restores delivery of ``asked``, bn USD/yr, at once.

    logistic((dread stake Y - asked Y / 2 - pride - hawks / 2) / noise).
    """
    return logistic((dread * stake * years - 0.5 * asked * years - pride - 0.5 * hawks) / noise)


@formula
def measure_worth(late_gain, ask, years, hawks, own_cost, harm_in, bite, dread, stake):
    """C: what a measure in force is worth, bn USD.

    late_gain ask Y + hawks - (own cost + harm / 2) m - dread stake Y.
    """
    return (
        late_gain * ask * years + hawks - (own_cost + 0.5 * harm_in) * bite - dread * stake * years
    )


@formula
def backing(audience):
    """B: what backing down is worth, bn USD: minus the audience cost (Fearon 1994)."""
    return -audience


@formula
def carrying(worth, backed, noise):
    """Chance that a threat is carried out at its date: logistic((C - B) / noise)."""
    return logistic((worth - backed) / noise)


@formula
def answer_chance(credible, harm_in, bite, dread, stake, years, give, pride, hawks, noise):
    """Chance that the threatened side yields.

    logistic((credible (harm m + dread stake Y) - give Y / 2 - pride - hawks / 2) / noise).
    """
    fear = credible * (harm_in * bite + dread * stake * years)
    return logistic((fear - 0.5 * give * years - pride - 0.5 * hawks) / noise)


@formula
def date_lever(hold_out, ask, years, weeks_left):
    """What a side hopes to win at the date without a threat, bn USD.

    2 hold_out ask Y exp(-weeks left / 13).
    """
    return 2.0 * hold_out * ask * years * exp(-weeks_left / 13.0)


@formula
def rest_chance(harm_in, bite, hawks, grievance, years, noise):
    """Chance that a measure that was borne becomes the new normal."""
    return logistic((-0.5 * harm_in * bite - hawks - 0.3 * grievance * years) / noise)


@formula
def climb_chance(hawks, behind, ahead, answer, cost, rung, noise):
    """Chance that a side decides on another rung.

    logistic((hawks + answer behind - cost (1 + rung / 2) - 6/7 cost ahead) / noise).
    """
    gain = hawks + answer * behind - cost * (1.0 + 0.5 * rung) - 6.0 / 7.0 * cost * ahead
    return logistic(gain / noise)


@rule
def choose(draw, noise, first, second, third, fourth):
    """Which of up to four options is chosen, with chances in proportion to exp(worth / noise).

    The number of the option, 0 to 3, and the chance that it had; an option that is not open is
    worth -inf. ``draw`` in (0, 1).
    """
    most = max(max(first, second), max(third, fourth))
    a, b = (
        exp(clip((first - most) / noise, -700.0, 0.0)),
        exp(clip((second - most) / noise, -700.0, 0.0)),
    )
    c, d = (
        exp(clip((third - most) / noise, -700.0, 0.0)),
        exp(clip((fourth - most) / noise, -700.0, 0.0)),
    )
    total = a + b + c + d
    at = draw * total
    if at < a:
        return 0, a / total
    if at < a + b:
        return 1, b / total
    return (2, c / total) if at < a + b + c else (3, d / total)


@rule
def chance_of_option(noise, option, second, third, fourth):
    """Chance that :func:`choose` takes ``option`` among it and three others."""
    most = max(max(option, second), max(third, fourth))
    total, own = 0.0, exp(clip((option - most) / noise, -700.0, 0.0))
    total += own + exp(clip((second - most) / noise, -700.0, 0.0))
    total += exp(clip((third - most) / noise, -700.0, 0.0))
    total += exp(clip((fourth - most) / noise, -700.0, 0.0))
    return own / total
