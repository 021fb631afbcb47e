"""Outcomes that a scenario's own terms rule out: a share of 0 that no number of runs can change, so
it has no interval.

Each rule is a sufficient reason, read from the settings (docs/model.md, *Outcomes*); an outcome
that is not named may still be very rare.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.config.groups.issues import Issue
from sim.config.scenario import Scenario
from sim.vocabulary import SIDES

__all__ = ["every_reason", "ruled_out"]

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
    truce = scenario.truce
    if not truce.in_force and truce.reentry.rate == 0:
        reason = "no truce is in force and talks never reopen (truce.reentry.rate is 0)"
        return dict.fromkeys((*_DEALS, "tactical_pause"), (reason,))
    found = {}
    no_deal = tuple(_no_deal(scenario))
    if no_deal:
        found = dict.fromkeys(_DEALS, no_deal)
    if reasons := (*no_deal, *_no_breakthrough(scenario)):
        found["breakthrough"] = reasons
    if truce.in_force and scenario.calendar.horizon_weeks <= _first_break(scenario):
        found["breakdown"] = ("the run ends before the truce could lapse or be suspended",)
    return found


def _no_deal(scenario: Scenario) -> Iterator[str]:
    talks, package = scenario.truce.talks, scenario.linkage.tracks == "package"
    if talks.meetings_per_week == 0 and talks.sprint_weeks == 0:
        yield "the delegations never meet (truce.talks)"
    bargained = [issue for issue in scenario.issues.values() if package or issue.track == "trade"]
    if not any(issue.red_line > issue.terms for issue in bargained):
        where = "" if package else " on the trade track"
        yield f"nothing{where} can be conceded beyond the truce's terms (red lines)"


def _no_breakthrough(scenario: Scenario) -> Iterator[str]:
    by_driver = {issue.driver: issue for issue in scenario.issues.values()}
    for driver, words in _THRESHOLDS.items():
        issue, least = by_driver.get(driver), getattr(scenario.outcomes, driver)
        if issue is None:
            yield f"no issue is about {words}"
        elif issue.red_line < least:
            yield f"the red line on {words}, {issue.red_line:g}, is below the level that counts, {least:g}"
    for side in SIDES:
        lowest, most = (
            _lowest_tariff(scenario, side, by_driver.get(f"{side}_tariff")),
            getattr(scenario.outcomes, f"{side}_tariff"),
        )
        if lowest > most:
            yield f"no agreement brings the {'US' if side == 'us' else 'Chinese'} tariff below {lowest:.3g}; {most:g} counts"


def _lowest_tariff(scenario: Scenario, side: str, issue: Issue | None) -> float:
    """The tariff at the owner's red line; the floor where an event may cut the ceiling."""
    economy = getattr(scenario.economy, side)
    if issue is None:
        return float(economy.base_tariff)
    cut = any(
        event.kind == "tariff_ceiling" and event.side == side
        for event in scenario.shocks.events.values()
    )
    low, high = economy.floor_tariff, economy.ceiling_tariff
    return float(low if cut else high - issue.red_line * (high - low))


def _first_break(scenario: Scenario) -> int:
    """The first week, from 0, in which a truce in force may lapse or be suspended."""
    truce, disputes = scenario.truce, scenario.compliance
    deadline = truce.first_deadline_weeks or truce.length_weeks
    return int(
        min(deadline - 1, max(1, disputes.protest_weeks) + max(1, disputes.retaliation_weeks))
    )
