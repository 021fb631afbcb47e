"""Disputes inside a truce: claims of breach, threats with a date, measures, and what ends them
(``docs/truces.md``, *Decisions*).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.plain.outlook import (
    aim_at,
    credible,
    drawn_aim,
    ending_worth,
    hawks_of,
    logistic,
    measure_aim,
    measure_worth,
    odds,
    pick,
)
from benchmarks.plain.purchases import forgive

if TYPE_CHECKING:
    from benchmarks.plain.government import Government, Issue
    from benchmarks.plain.model import PlainTruce

__all__ = ["Threat", "concede", "end_crisis", "lift_measures", "pursue_disputes", "restore"]

_CLAIM_WEEKS = 4


@dataclass
class Threat:
    """What a side asks for, and will do in the week of the date unless it is given."""

    date: int
    ask: float
    fresh: bool
    aim: list[Issue]
    answered: bool = False


def pursue_disputes(model: PlainTruce) -> None:
    """The week's disputes; who moves first is drawn."""
    if model.status == "broken":
        return
    first = model.us if model.draw("order") < 0.5 else model.cn
    for side in (first, first.other):
        for step in (_protest, _respond, _answer, _carry_out, _take_occasion, _reconsider, _rest):
            if model.status != "broken":
                step(side)


# ---- crises


def begin_crisis(model: PlainTruce) -> None:
    """A threat or a measure begins a crisis, where there is none."""
    if model.crisis_since is None:
        model.crisis_since = model.week
        model.record.counts["crises"] += 1
        model.record.note_first("crisis")


def end_crisis(model: PlainTruce, how: str) -> None:
    """A crisis ends where no threat is out and no measure in force."""
    stands = any(side.threat or side.measure > 0.0 for side in model.governments)
    if model.crisis_since is None or stands:
        return
    model.crisis_since = None
    model.mark("crisis_over")
    model.record.counts[f"crises_{how}"] += 1


def restore(side: Government) -> None:
    """A side delivers in full again at once, and the other's grievance is laid to rest."""
    side.slacks = False
    for issue in side.own:
        issue.kept = max(issue.kept, issue.settings.deliverable)
    forgive(side)
    side.other.grievance, side.other.protest_since = 0.0, None


def lift(side: Government) -> None:
    """A side lifts its measure."""
    for issue in side.own:
        issue.withheld = issue.boycott = 0.0
    side.measure, side.measure_aim, side.other.responds = 0.0, [], False


def lift_measures(model: PlainTruce) -> None:
    """Both sides take back threats and measures."""
    for side in model.governments:
        lift(side)
        side.threat = None


def impose(side: Government, aim: list[Issue], depth: float) -> None:
    """A side takes a measure, in force at once; the other will respond."""
    for issue in aim:
        issue.withheld = depth
        # of purchases alone a measure is a boycott; with all else it takes back what was promised
        if issue.purchases is not None and len(aim) == 1:
            issue.boycott = depth
    side.measure, side.measure_aim, side.measure_since = depth, aim, side.model.week
    side.other.responds = True
    side.counts["measures_taken"] += 1
    side.model.mark(f"measure_{side.name}")
    begin_crisis(side.model)


def end_from_inside(side: Government) -> None:
    """A side ends the truce before its date."""
    side.model.mark("ending")
    side.model.record.counts["endings"] += 1
    side.model.break_truce()


def concede(side: Government, asked: float) -> None:
    """A side concedes ``asked`` on the issue of trade where it costs least for what it brings."""

    def price(issue: Issue) -> float:
        return (issue.linear + 2.0 * issue.convex * issue.agreed) / issue.benefit

    open_issues = [
        issue
        for issue in side.own
        if issue.track == "trade"
        and issue.benefit > 0.0
        and issue.agreed <= issue.settings.red_line - 1e-6
    ]
    if open_issues:
        issue = min(open_issues, key=price)
        issue.agreed = min(issue.agreed + asked / issue.benefit, issue.settings.red_line)


# ---- decisions, in the order of the week


def _protest(side: Government) -> None:
    """A side may claim a breach; the accused may restore delivery at once."""
    model, rules = side.model, side.model.scenario.truce
    floor = model.scenario.compliance.claim_floor * side.owed
    if side.grievance < floor or side.grievance <= 0.0:
        side.protest_since = None
        return
    if side.protest_since is not None and model.week - side.protest_since < _CLAIM_WEEKS:
        return
    gain = 0.5 * side.grievance * side.years - rules.disputes.claim_cost + 0.3 * hawks_of(side)
    if model.draw("claim", side) >= logistic(gain / (0.5 * rules.temperature)):
        return
    side.protest_since = model.week
    side.counts["protests"] += 1
    model.mark(f"protest_{side.name}")
    accused = side.other
    gain = rules.disputes.dread * accused.stake * accused.years
    gain -= 0.5 * side.grievance * accused.years + accused.politics.pride + 0.5 * hawks_of(accused)
    if model.draw("restore", accused) < logistic(gain / rules.temperature):
        restore(accused)


def _respond(side: Government) -> None:
    """A side bears the other's measure, answers in kind, or ends the truce."""
    model, rules = side.model, side.model.scenario.truce
    if not side.responds:
        return
    side.responds = False
    aim, dispute = side.measure_aim, rules.disputes
    if side.measure <= 0.0:
        aim = drawn_aim(side, model.draw("aim_back", side))
        aim_at(side, aim)
    kind = (0.3 * side.harm_in - side.own_cost) * dispute.bite_years
    kind -= dispute.dread * side.stake * side.years
    if side.measure > 0.0 or not aim:
        kind = -math.inf
    worths = (-0.4 * side.politics.pride - hawks_of(side), kind, ending_worth(side))
    option = pick(odds(worths, rules.temperature), model.draw("respond", side))
    if option == 1:
        impose(side, aim, dispute.depth)
        side.other.responds = False
    elif option == 2:
        end_from_inside(side)
    else:
        aim_at(side, side.measure_aim if side.measure > 0.0 else measure_aim(side))


def _yield_chance(side: Government) -> float:
    """Chance that a side yields to the other's threat, or to the one that it may make."""
    its, rules = side.other, side.model.scenario.truce
    give = its.threat.ask if its.threat else its.ask
    harm = side.harm_in * rules.disputes.bite_years
    fear = credible(its) * (harm + rules.disputes.dread * side.stake * side.years)
    gain = fear - 0.5 * give * side.years - side.politics.pride - 0.5 * hawks_of(side)
    return logistic(gain / rules.temperature)


def _answer(side: Government) -> None:
    """A side answers the other's threat, once, at the latest in the week before its date."""
    model, threat = side.model, side.other.threat
    if threat is None or threat.answered:
        return
    if threat.date > model.week + 1 and model.draw("answer_now", side) >= 0.5:
        return
    threat.answered = True
    if model.draw("answer", side) >= _yield_chance(side):
        return
    side.other.counts["threats_yielded"] += 1
    if threat.fresh:
        concede(side, threat.ask)
    restore(side)
    side.other.threat = None
    end_crisis(model, "repaired")


def _carry_chance(side: Government) -> float:
    """Chance that a side carries out its threat at the date."""
    worth = measure_worth(side) + side.politics.audience
    return logistic(worth / side.model.scenario.truce.temperature)


def _carry_out(side: Government) -> None:
    """At the date of its threat a side carries it out or backs down."""
    model, threat = side.model, side.threat
    if threat is None or threat.date > model.week:
        return
    side.threat = None
    side.threats_due += 1
    if model.draw("carry_out", side) < _carry_chance(side):
        side.carried += 1
        side.counts["threats_carried"] += 1
        impose(side, threat.aim, model.scenario.truce.disputes.depth)
    else:
        side.counts["threats_dropped"] += 1
        end_crisis(model, "repaired")


def _take_occasion(side: Government) -> None:
    """On an occasion a side does nothing, threatens with a date, or acts at once."""
    model, rules, dispute = (
        side.model,
        side.model.scenario.truce,
        side.model.scenario.truce.disputes,
    )
    rate = dispute.occasion_rate * (1.0 + dispute.grieved * side.grievance / rules.unit)
    taken = model.draw("occasion", side) < rate
    if not taken or side.threat or side.measure > 0.0:
        return
    aim = drawn_aim(side, model.draw("aim", side))
    if not aim:
        return
    aim_at(side, aim)
    worths = _worths_of_occasion(side)
    option = pick(odds(worths, rules.temperature), model.draw("option", side))
    if option == 1:
        notice = 1 + int(-dispute.notice_weeks * math.log(model.draw("notice", side)))
        side.threat = Threat(model.week + 1 + notice, side.ask, side.fresh, aim)
        side.counts["threats"] += 1
        model.mark(f"threat_{side.name}")
        begin_crisis(model)
    elif option == 2:
        impose(side, aim, dispute.depth)
    else:
        aim_at(side, measure_aim(side))


def _worths_of_occasion(side: Government) -> tuple[float, float, float]:
    """What doing nothing, a threat and a measure at once are worth."""
    model, rules, dispute = (
        side.model,
        side.model.scenario.truce,
        side.model.scenario.truce.disputes,
    )
    nothing = -0.5 * side.grievance * side.years
    if model.deadline is not None:
        near = math.exp(-max(0, model.weeks_left) / 13.0)
        nothing += 2.0 * rules.hold_out * side.ask * side.years * near
    in_force, backed = measure_worth(side), -side.politics.audience
    kept, yields = _carry_chance(side), _yield_chance(side.other)
    refused = kept * in_force + (1.0 - kept) * backed
    threat = yields * side.ask * side.years + (1.0 - yields) * refused
    threat += 0.5 * hawks_of(side) - dispute.threat_cost
    now = in_force + 0.6 * side.grievance * side.years - dispute.threat_cost
    return nothing, threat, now - rules.blame * side.fresh


def _reconsider(side: Government) -> None:
    """Now and then a cabinet reconsiders its measure: hold, climb down, escalate, or end."""
    model, rules, dispute = (
        side.model,
        side.model.scenario.truce,
        side.model.scenario.truce.disputes,
    )
    if side.measure <= 0.0 or side.measure_since == model.week:
        return
    if model.draw("reconsider", side) >= dispute.reconsider:
        return
    hawks, years = hawks_of(side), dispute.bite_years
    relief = side.own_cost + (0.4 * side.harm_in if side.other.measure > 0.0 else 0.0)
    down = relief * years - 0.7 * side.politics.audience - 0.5 * hawks
    further = hawks + (0.2 * side.harm_out - side.own_cost) * years - dispute.threat_cost
    further -= dispute.dread * side.stake * side.years
    if side.measure >= 1.0:
        further = -math.inf
    worths = (0.0, down, further, ending_worth(side))
    option = pick(odds(worths, rules.temperature), model.draw("move", side))
    if option == 1:
        lift(side)
        end_crisis(model, "repaired")
    elif option == 2:
        impose(side, side.measure_aim, min(1.0, side.measure + 0.5 * dispute.depth))
    elif option == 3:
        end_from_inside(side)


def _rest(side: Government) -> None:
    """A side may let the other's measure, borne for weeks, become the new normal."""
    model, its, rules = side.model, side.other, side.model.scenario.truce
    if its.measure <= 0.0 or side.measure > 0.0:
        return
    if model.week - its.measure_since < rules.disputes.rest_weeks:
        return
    gain = -0.5 * side.harm_in * rules.disputes.bite_years - hawks_of(side)
    gain -= 0.3 * side.grievance * side.years
    if model.draw("rest", side) >= logistic(gain / rules.temperature):
        return
    for issue in its.own:
        if issue.withheld > 0.0:
            issue.agreed = max(0.0, issue.agreed - issue.withheld * issue.room)
            issue.promised = issue.delivered = issue.level
    lift(its)
    end_crisis(model, "rested")
