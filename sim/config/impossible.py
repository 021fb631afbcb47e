"""Outcomes that a scenario's own terms rule out: a share of 0 that no number of runs can change, so
it has no interval.

Each rule is a sufficient reason, read from the settings (docs/model.md, *Outcomes*); an outcome
that is not named may still be very rare.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.config.dated import ChronologyEvent, outside, path_of, stages
from sim.config.groups.shocks import Shock
from sim.config.scenario import Scenario
from sim.vocabulary import DRIVERS, RULINGS, SIDES, TRACKS

__all__ = ["every_reason", "highest_tariff", "ruled_out"]

_THRESHOLDS = {"military_magnets": "military magnets", "ai_chips": "AI chips"}
_DEALS = ("breakthrough", "narrow_deal")


def ruled_out(scenario: Scenario) -> dict[str, str]:
    """The outcomes that cannot happen, each with its first reason, as :func:`every_reason` has
    them.
    """
    return {name: reasons[0] for name, reasons in every_reason(scenario).items()}


def every_reason(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The outcomes that cannot happen, each with every reason in words, the widest first.

    Parameters
    ----------
    scenario
        A checked scenario.

    Returns
    -------
    dict
        From names of :data:`sim.vocabulary.OUTCOMES` to reasons; empty if every outcome can happen.
    """
    among = _stages_of(scenario)
    truce = scenario.truce
    if not truce.in_force and all(one.truce.reentry.rate == 0 for one in among):
        reason = "no truce is in force and talks never reopen (truce.reentry.rate is 0)"
        return dict.fromkeys((*_DEALS, "tactical_pause"), (reason,))
    found = {}
    no_deal = tuple(_no_deal(among))
    if no_deal:
        found = dict.fromkeys(_DEALS, no_deal)
    if reasons := (*no_deal, *_no_breakthrough(among)):
        found["breakthrough"] = reasons
    first_break = min(_first_break(one) for one in among)
    if truce.in_force and scenario.calendar.horizon_weeks <= first_break:
        found["breakdown"] = ("the run ends before the truce could break",)
    return found


def highest_tariff(scenario: Scenario, side: str) -> tuple[float, str]:
    """The highest tariff of a side that a run can see, ad valorem, and what bounds it, in words."""
    rates = _given_rates(scenario, side)
    if rates and _is_given_throughout(scenario):
        return max(rates), "the highest tariff on the path is {} (economy.tariff_path)"
    ceilings = [getattr(one.economy, side).ceiling_tariff for one in _stages_of(scenario)]
    words = f"the ceiling of the tariff is {{}} (economy.{side}.ceiling_tariff)"
    return max(*ceilings, *rates, 0.0), words


def _stages_of(scenario: Scenario) -> tuple[Scenario, ...]:
    return tuple(stages(scenario)) if scenario.changes else (scenario,)


def _given_rates(scenario: Scenario, side: str) -> list[float]:
    """The tariffs of a side that its path gives at some time of the run."""
    start, rows = scenario.calendar.start, path_of(scenario)
    days = [day for day, *_ in rows]
    _, late = outside(days, start, scenario.calendar.horizon_weeks)
    # the last day before the first is in force on it
    first = max(sum(day <= start for day in days) - 1, 0)
    return [rates[SIDES[side].code] for _, *rates in rows[first : len(rows) - late]]


def _is_given_throughout(scenario: Scenario) -> bool:
    """Whether tariffs are given from the first day on."""
    return any(day <= scenario.calendar.start for day, *_ in path_of(scenario))


def _no_deal(among: tuple[Scenario, ...]) -> Iterator[str]:
    """Why no deal can be made under any of the settings that are in force one after another."""
    if all(
        one.truce.talks.meetings_per_week == 0 and one.truce.talks.sprint_weeks == 0
        for one in among
    ):
        yield "the delegations never meet (truce.talks)"
    package = any(one.linkage.tracks == "package" for one in among)
    given = _is_given_throughout(among[0])
    bargained = [
        issue
        for one in among
        for issue in one.issues.values()
        if (package or issue.track == "trade") and not (given and DRIVERS[issue.driver].tariff)
    ]
    # a truce that comes back may promise less than the first
    returns = any(one.truce.reentry.rate > 0.0 for one in among)
    if not any(issue.red_line > (0.0 if returns else issue.terms) for issue in bargained):
        where = "" if package else " on the trade track"
        yield f"nothing{where} can be conceded beyond the truce's terms (red lines)"


def _no_breakthrough(among: tuple[Scenario, ...]) -> Iterator[str]:
    rules = {one.outcomes.breakthrough for one in among}
    # with both rules in force one after another only what neither allows is ruled out
    by_substance, by_thresholds = list(_no_substance(among)), list(_under_thresholds(among))
    if rules == {"substance"}:
        yield from by_substance
    elif rules == {"thresholds"}:
        yield from by_thresholds
    elif by_substance and by_thresholds:
        yield from by_substance + by_thresholds


def _no_substance(among: tuple[Scenario, ...]) -> Iterator[str]:
    """Tracks on which nothing can be conceded beyond the truce's first terms."""
    given = _is_given_throughout(among[0])
    for track in TRACKS.values():
        rooms = [
            issue.red_line - issue.terms
            for one in among
            for issue in one.issues.values()
            if issue.track == track.name and not (given and DRIVERS[issue.driver].tariff)
        ]
        if not rooms:
            yield f"no issue is bargained on the {track.name} track"
        elif max(rooms) <= 0.0:
            yield f"nothing on the {track.name} track can be conceded beyond the truce's terms (red lines)"


def _under_thresholds(among: tuple[Scenario, ...]) -> Iterator[str]:
    first = among[0]
    names = {issue.driver: name for name, issue in first.issues.items()}
    for driver, words in _THRESHOLDS.items():
        least = getattr(first.outcomes, driver)
        if driver not in names:
            yield f"no issue is about {words}"
            continue
        most = max(one.issues[names[driver]].red_line for one in among)
        if most < least:
            yield f"the red line on {words}, {most:g}, is below the level that counts, {least:g}"
    for side in SIDES:
        lowest, most = (
            _lowest_tariff(among, side, names.get(f"{side}_tariff", "")),
            getattr(first.outcomes, f"{side}_tariff"),
        )
        if lowest > most:
            whose = "US" if side == "us" else "Chinese"
            given = _is_given_throughout(first)
            words = (
                f"the {whose} tariff is given, at {lowest:.3g} or more"
                if given
                else f"no agreement brings the {whose} tariff below {lowest:.3g}"
            )
            yield f"{words}; {most:g} counts"


def _lowest_tariff(among: tuple[Scenario, ...], side: str, issue: str) -> float:
    """The tariff at the owner's red line; 0 where a court may strike it down; that of its path where
    one is given.
    """
    first, rates = among[0], _given_rates(among[0], side)
    events: tuple[Shock | ChronologyEvent, ...] = (
        *first.shocks.events.values(),
        *first.shocks.chronology,
    )
    if any(event.kind in RULINGS and event.side == side for event in events):
        return 0.0
    if _is_given_throughout(first):
        return min(rates)
    economies = [getattr(one.economy, side) for one in among]
    low = min(economy.floor_tariff for economy in economies)
    if not issue:
        return float(min(low, *rates, math.inf))
    high = min(economy.ceiling_tariff for economy in economies)
    red_line = max(one.issues[issue].red_line for one in among)
    return float(min(high - red_line * (high - low), *rates, math.inf))


def _first_break(scenario: Scenario) -> float:
    """The first week, from 0, in which a truce in force may break; inf where it never does.

    A measure may be taken and answered by an end in any week with occasions; without them only a
    date ends a truce.
    """
    truce = scenario.truce
    if truce.disputes.occasion_rate > 0.0:
        return 0
    return (truce.first_deadline_weeks or truce.length_weeks) - 1 if truce.dated else math.inf
