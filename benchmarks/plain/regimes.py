"""Regimes of licences: what a level promises, who changes the regime, and how far licences fall short of
a promise (``docs/licences.md``, *The regime* and *Promise and delivery*).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.plain.firms import Market
    from benchmarks.plain.government import Issue
    from benchmarks.plain.model import PlainTruce

__all__ = [
    "FREE",
    "GENERAL",
    "REGIMES",
    "SHIPMENT",
    "SIX_MONTHS",
    "SUSPENDED",
    "approval",
    "begin_promise",
    "choose_regimes",
    "fall_short",
    "rank_of",
    "start_regimes",
]

REGIMES = ("suspended", "shipment", "six_months", "general", "free")
SUSPENDED, SHIPMENT, SIX_MONTHS, GENERAL, FREE = range(len(REGIMES))
_PROMISED_TO = (0.05, 0.35, 0.8, 0.97)  # the levels up to which a regime is promised
_LEAST_LEVEL = (0.0, 0.35, 0.75, 0.97, 0.97)
_AT_MERCY = (1.0, 0.8, 0.4, 0.15, 0.0)
_LICENSED = (0.0, 0.3, 0.6, 0.8, 0.9)
_NEVER = None


def rank_of(level: float) -> int:
    """The regime that a level promises."""
    return sum(level > end for end in _PROMISED_TO)


def approval(market: Market, military: bool, issue: Issue | None) -> float:
    """The mean chance of approval of firms not trusted."""
    rank, rules = market.regime[military], market.licensing
    if rank == SUSPENDED:
        return market.withheld_military if military else 0.0
    level = _LEAST_LEVEL[rank]
    if issue is not None and rank <= rank_of(_kept(issue)):
        level = _kept(issue)
    if level <= 0.35:
        return float(rules.approve_shipment * min(max((level - 0.05) / 0.3, 0.0), 1.0))
    if level <= 0.75:
        low, high, part = rules.approve_shipment, rules.approve_six_months, (level - 0.35) / 0.4
    else:
        low, high = rules.approve_six_months, rules.approve_general
        part = min(1.0, (level - 0.75) / 0.22)
    return min(max(float(low + (high - low) * part), 0.0), 1.0)


def _kept(issue: Issue) -> float:
    """What its owner's policy concedes: agreed, less what a measure withdraws."""
    return issue.agreed * (1.0 - issue.withheld)


def _grades(market: Market) -> tuple[bool, ...]:
    """Whether military: the grades that a regime is chosen for."""
    return (False, True) if market.name == "magnets" else (False,)


def _wanted(model: PlainTruce, market: Market, military: bool, issue: Issue) -> int:
    """In a truce what is promised; above it, and without one, what is worth most, the looser of equals."""
    least = 0
    if model.status != "broken":
        least = rank_of(_kept(issue))
        if issue.withheld > 0.0:
            return least
    if military:
        return least
    rules, age = model.scenario.licensing, market.authority.age
    counter = _counter_controls(model, issue.owner)
    exposed = market.exposure[False]

    def worth(rank: int) -> float:
        left = _AT_MERCY[rank]
        total = (rules.leverage + rules.counter * counter - rules.erosion) * exposed * left
        total -= market.licensing.sales * left
        if rank == FREE and age > 0:
            total -= rules.permanence * age / (age + rules.permanence_weeks)
        return total

    return max(range(least, FREE + 1), key=lambda rank: (worth(rank), rank))


def _counter_controls(model: PlainTruce, owner: str) -> float:
    """The share, by worth, of what the other withholds on trade of its controls."""
    total = held = 0.0
    for issue in model.issues.values():
        if issue.owner == owner or issue.track != "trade" or issue.is_tariff:
            continue
        total += issue.benefit
        held += issue.benefit * (1.0 - issue.level if model.status == "broken" else issue.withheld)
    return held / total if total > 0.0 else 0.0


def choose_regimes(model: PlainTruce) -> None:
    """The regimes of the coming week."""
    for market in model.markets.values():
        for military in _grades(market):
            issue = model.issue_for(market.name, military)
            if issue is None:
                market.regime[military] = FREE
            elif market.licensing.regime != "chosen" and not military:
                _change(model, market, military, REGIMES.index(market.licensing.regime))
            else:
                wanted = _wanted(model, market, military, issue)
                _change(model, market, military, _next_rank(model, market, military, wanted))
        if market.name == "chips":
            market.regime[True] = market.regime[False]


def _next_rank(model: PlainTruce, market: Market, military: bool, wanted: int) -> int:
    """Tightened at once, loosened by a step when it has been wanted for some weeks."""
    rank, rules = market.regime[military], market.licensing
    if wanted <= rank:
        market.asked[military] = _NEVER
        return wanted
    since = market.asked[military]
    if since is None:
        since = market.asked[military] = model.week
    named = wanted >= SIX_MONTHS and model.status != "broken"
    weeks = rules.relax_named if named else rules.relax_weeks
    return rank + 1 if model.week + 1 - since >= weeks else rank


def _change(model: PlainTruce, market: Market, military: bool, rank: int) -> None:
    before = market.regime[military]
    if rank == before:
        return
    market.fast_track = market.fast_track or (rank > before and not military)
    if rank < FREE:
        market.authority.begin_control()
    market.regime[military], market.asked[military] = rank, model.week + 1


def start_regimes(model: PlainTruce) -> None:
    """A control that is wanted on the first day is in force from the first week."""
    for market in model.markets.values():
        for military in _grades(market):
            issue = model.issue_for(market.name, military)
            if issue is None:
                continue
            if market.licensing.regime != "chosen" and not military:
                rank = REGIMES.index(market.licensing.regime)
            else:
                rank = min(market.regime[military], _wanted(model, market, military, issue))
            market.regime[military] = rank
            if rank < FREE:
                market.authority.begin_control()


def begin_promise(model: PlainTruce, issue: Issue, week: int) -> None:
    """A regime is promised from a week on: what flows then is remembered."""
    market = model.market_behind(issue)
    assert market is not None
    issue.promise_week, issue.promise_rank = week, rank_of(issue.agreed)
    issue.promise_flow, issue.shortfall = market.mean_flow, 0.0


def fall_short(model: PlainTruce, issue: Issue) -> None:
    """What a promise of licences lacks: half by licences, half by flow; of military magnets and chips
    licences alone.
    """
    market, rules = model.market_behind(issue), model.scenario.compliance
    assert market is not None
    rank, military = rank_of(issue.agreed), issue.driver == "military_magnets"
    if issue.withheld > 0.0 or rank > issue.promise_rank:
        begin_promise(model, issue, model.week)
        return
    issue.promise_rank = rank
    weeks, promised = model.week + 1 - issue.promise_week, _LICENSED[rank]
    if market.name == "chips":
        weeks = max(0, weeks - market.licensing.relax_weeks)
    short = 0.0
    if promised > 0.0:
        due = promised * min(1.0, weeks / rules.licences_weeks)
        short = max(0.0, due - market.licensed_demand[military]) / promised
    if market.name == "magnets" and not military and promised > 0.0:
        before = issue.promise_flow
        due = (max(rules.usual_flow, before) - before) * min(1.0, weeks / rules.flow_weeks)
        short = 0.5 * short + 0.5 * max(0.0, before + due - market.mean_flow)
    issue.shortfall = short
