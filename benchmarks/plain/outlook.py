"""What a government reckons with when it decides: its view of the week, the lengths on offer, and
the chances of decisions that both foresee (``docs/truces.md``, *The view*).

Flows are bn USD/yr, worths bn USD.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.plain.government import Government, Issue
    from benchmarks.plain.model import PlainTruce

__all__ = [
    "aim_at",
    "ask_of",
    "cost_of_renewal",
    "credible",
    "drawn_aim",
    "drawn_length",
    "ending_worth",
    "foreseen",
    "hawks_of",
    "lapse_chance",
    "lengths",
    "logistic",
    "look",
    "measure_aim",
    "measure_worth",
    "odds",
    "usual_length",
    "vote_chance",
]

_OF_THE_USUAL = (4.0 / 13.0, 1.0, 2.0, 4.0, 8.0)


def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), for any x."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def odds(worths: Sequence[float], noise: float) -> list[float]:
    """Chances of options, in proportion to exp(worth / noise)."""
    most = max(worths)
    weights = [math.exp(max((worth - most) / noise, -700.0)) for worth in worths]
    return [weight / sum(weights) for weight in weights]


def hawks_of(side: Government) -> float:
    """H: what hawk pressure weighs in decisions, more before an election."""
    return side.politics.hawk_push * side.hawk * side.campaign


def credible(side: Government) -> float:
    """How far the other believes a threat of this side."""
    return (2.0 + side.carried) / (4.0 + side.threats_due)


# ---- the view


def look(model: PlainTruce) -> None:
    """Fill both sides' views."""
    rules = model.scenario.truce
    for side in model.governments:
        side.stake = 0.5 * (side.value_now + side.value_terms) - side.value_lapse
        hazard = rules.hazard * (1.0 - side.trust)
        side.years = 1.0 / max(1e-3, side.settings.discount_rate + hazard)
        side.lack_trade = sum(
            issue.benefit * max(0.0, issue.settings.red_line - issue.agreed)
            for issue in side.wanted
            if issue.track == "trade"
        )
        # what it threatens or does, else what hurts most
        stands = side.threat.aim if side.threat else measure_aim(side)
        aim_at(side, side.measure_aim if side.measure > 0.0 else stands)
    for side in model.governments:
        side.ask, side.fresh = ask_of(side)
    weigh_lengths(model)


def measure_aim(side: Government) -> list[Issue]:
    """The issues that a measure of a side would be taken on, by the enforcement linkage."""
    scope = side.model.scenario.linkage.enforcement
    if scope == "all":
        return side.own
    if scope == "issue" and side.tariff_issue is not None:
        return [side.tariff_issue]
    return _hardest(side, side.own)


def _hardest(side: Government, among: list[Issue]) -> list[Issue]:
    """The issue of trade whose withdrawal hurts the other most."""
    trade = [issue for issue in among if issue.track == "trade"]
    hardest = max(trade, key=lambda issue: issue.harm(alone=True), default=None)
    return [hardest] if hardest is not None and hardest.harm(alone=True) > 0.0 else []


def drawn_aim(side: Government, draw: float) -> list[Issue]:
    """What a measure of a side is taken on: what hurts most of what was promised, or a boycott, drawn
    by harm less own cost where the side has the choice.
    """
    usual = measure_aim(side)
    if side.model.scenario.linkage.enforcement != "track" or not usual:
        return usual
    rules = side.model.scenario.truce.disputes
    usual = _hardest(side, [issue for issue in side.own if issue.purchases is None])
    ways = [usual, *([kind.issue] for kind in side.model.purchases.values() if kind.issue)]
    worths = [_worth_of_aim(side, way) for way in ways]
    if max(worths) == -math.inf:
        return []
    return ways[pick(odds(worths, rules.measure_spread), draw)]


def _worth_of_aim(side: Government, way: list[Issue]) -> float:
    """Harm less own cost of a whole measure on one issue of trade, if it is the side's and hurts."""
    cost = side.model.scenario.truce.disputes.own_cost
    for issue in way:
        if issue in side.own and issue.track == "trade" and issue.harm(alone=True) > 0.0:
            return issue.harm(alone=True) - issue.harm_at_home(True, cost)
    return -math.inf


def aim_at(side: Government, aim: list[Issue]) -> None:
    """What a measure on some issues takes from the other and costs the side, into both views."""
    rules, alone = side.model.scenario.truce.disputes, len(aim) == 1
    side.harm_out = rules.depth * sum(issue.harm(alone) for issue in aim)
    side.own_cost = rules.depth * sum(issue.harm_at_home(alone, rules.own_cost) for issue in aim)
    side.other.harm_in = side.harm_out


def ask_of(side: Government) -> tuple[float, bool]:
    """What a side asks for with a threat, and whether that is more than its grievance."""
    both = side.harm_out + side.harm_in
    power = side.harm_out / both if both > 0.0 else 0.5
    wanted = 2.0 * power * side.model.scenario.truce.disputes.ask_share * side.lack_trade
    return max(side.grievance, wanted), side.grievance < wanted


# ---- lengths


def usual_length(model: PlainTruce) -> int:
    """The place of ``length_weeks`` among the lengths on offer."""
    return 1 if model.scenario.truce.lengths == "bargained" else 0


def lengths(model: PlainTruce) -> list[int]:
    """The lengths on offer, weeks."""
    rules = model.scenario.truce
    if rules.lengths != "bargained":
        return [rules.length_weeks]
    return [max(1, int(share * rules.length_weeks + 0.5)) for share in _OF_THE_USUAL]


def cost_of_renewal(side: Government, weeks: int, extensions: int) -> float:
    """C(L): what one more extension costs at home."""
    rules = side.model.scenario.truce
    cost = rules.extension_cost * (1.0 + rules.extension_cost_growth * extensions)
    short = 1.0 + 6.5 * side.trust / weeks
    return float(cost * short + 0.5 * hawks_of(side) - side.settings.extension_bias)


def weigh_lengths(model: PlainTruce) -> None:
    """What renewing for each length is worth to both, and the length worth most together."""
    offered = lengths(model)
    for side in model.governments:
        side.worth_of_length = [_worth_of(side, weeks) for weeks in offered]
    joint = _joint_worths(model)
    model.next_option = joint.index(max(joint))
    model.next_length = offered[model.next_option]


def _worth_of(side: Government, weeks: int) -> float:
    """W(L): what renewing for a length is worth to a side."""
    within = side.years * (1.0 - math.exp(-weeks / (52.0 * side.years)))
    lock = side.model.scenario.truce.lock * (0.4 * side.lack_trade + side.grievance)
    return float(
        side.stake * (within + side.trust * (side.years - within))
        - cost_of_renewal(side, weeks, side.model.extensions)
        - (lock + side.linkage * side.lack) * within
        - 0.3 * side.grievance * side.years
    )


def _joint_worths(model: PlainTruce) -> list[float]:
    both = zip(model.us.worth_of_length, model.cn.worth_of_length, strict=True)
    return [us + cn for us, cn in both]


def drawn_length(model: PlainTruce, draw: float) -> int:
    """The place of a length drawn by what it is worth to both."""
    chances = odds(_joint_worths(model), model.scenario.truce.temperature)
    return pick(chances, draw)


def pick(chances: Sequence[float], draw: float) -> int:
    """The option that a draw in (0, 1) falls on."""
    for option, chance in enumerate(chances[:-1]):
        if draw < chance:
            return option
        draw -= chance
    return len(chances) - 1


# ---- chances


def vote_chance(side: Government, option: int, later: int = 0) -> float:
    """Chance that a side renews for a length at this date, or at a later one."""
    rules = side.model.scenario.truce
    short = 1.0 + 6.5 * side.trust / lengths(side.model)[option]
    dearer = rules.extension_cost * rules.extension_cost_growth * later * short
    gain = side.worth_of_length[option] - dearer - hawks_of(side) + rules.blame
    return logistic(gain / rules.temperature)


def lapse_chance(side: Government) -> float:
    """Chance that a side lets a truce past its date lapse, once it is put to the vote."""
    rules = side.model.scenario.truce
    return logistic((ending_worth(side) + rules.limbo) / rules.temperature)


def foreseen(model: PlainTruce, later: int) -> float:
    """e: chance that the truce goes on past this date, or a later one, by the rules in force."""
    rules, sides = model.scenario.truce, model.governments
    if model.extensions + later >= rules.max_extensions:
        return 0.0
    likeliest = math.prod(vote_chance(side, model.next_option, later) for side in sides)
    usual = math.prod(vote_chance(side, usual_length(model), later) for side in sides)
    stays = math.prod(1.0 - rules.limbo_rate * lapse_chance(side) for side in sides)
    renewed, lapses = 1.0 - (1.0 - likeliest) * (1.0 - usual), 1.0 - stays
    return float(renewed / max(1e-12, renewed + lapses - renewed * lapses))


def ending_worth(side: Government) -> float:
    """E: what ending the truce is worth to a side."""
    rest = -side.model.scenario.truce.blame + hawks_of(side) - 0.5 * side.politics.audience
    return float(-side.stake * side.trust * side.years + rest)


def measure_worth(side: Government) -> float:
    """C: what a measure in force is worth to a side."""
    rules = side.model.scenario.truce.disputes
    gain = rules.late_gain * side.ask * side.years + hawks_of(side)
    cost = (side.own_cost + 0.5 * side.harm_in) * rules.bite_years
    return float(gain - cost - rules.dread * side.stake * side.years)
