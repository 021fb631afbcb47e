"""Interim packages inside a truce, the mending of a crisis, and terms bargained anew on the way
back (``docs/truces.md``, *Decisions*).

Values are bn USD/yr.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from benchmarks.plain.disputes import end_crisis, lift_measures, restore
from benchmarks.plain.frontier import Frontier, Stake
from benchmarks.plain.outlook import hawks_of, logistic
from benchmarks.plain.prices import possible_prices, price

if TYPE_CHECKING:
    from benchmarks.plain.government import Government, Issue
    from benchmarks.plain.model import PlainTruce

__all__ = ["agree_on_return", "hold_interim_talks"]

_NEAR = 3.0  # talks near the date, in those of calm
_HOLD_WEEKS = 26.0
_LAST_WEEKS = 2


def hold_interim_talks(model: PlainTruce) -> None:
    """Talks about an interim package, where they are held this week."""
    crisis = model.crisis_since is not None
    if model.status != "truce" and not (model.status == "deal" and crisis):
        return
    if model.draw("talks") >= _talk_rate(model):
        return
    bundle = _draw_bundle(model)
    if not (bundle and _swap(model, bundle)) and crisis:
        _mend(model)


def _claims(model: PlainTruce) -> bool:
    """Whether a claim of breach stands."""
    return any(side.protest_since is not None for side in model.governments)


def _talk_rate(model: PlainTruce) -> float:
    """Chance of talks this week."""
    rules, talks = model.scenario.truce, model.scenario.truce.talks
    if any(side.measure > 0.0 for side in model.governments):
        return model.talks_rate(talks.measure_rate)
    if _claims(model):
        return model.talks_rate(talks.protest_rate)
    if model.crisis_since is not None:
        return model.talks_rate(talks.threat_rate)
    if model.deadline is not None and model.weeks_left <= rules.window_weeks:
        return min(1.0, _NEAR * talks.interim_rate)
    return model.talks_rate(talks.interim_rate)


# ---- the bundle


def _stake(issue: Issue, least: float | None = None) -> Stake:
    """An issue of the bundle at its true values; nothing goes below what is agreed."""
    red_line = issue.settings.red_line
    low = min(issue.agreed, red_line) if least is None else least
    return Stake(issue.owner == "us", issue.benefit, issue.linear, issue.convex, red_line, low)


def _joint_gain(issue: Issue, base: float) -> float:
    """What the best level of an issue adds to both sides' worth together, from ``base``."""

    def joint(level: float) -> float:
        return issue.benefit * level - (issue.linear + issue.convex * level) * level

    return joint(_stake(issue).level(1.0)) - joint(base)


def _menu(model: PlainTruce) -> list[Issue]:
    return [issue for issue in model.issues.values() if issue.track == "trade"]


def _grieved(model: PlainTruce, issue: Issue) -> bool:
    """Whether an issue is what the side that wants it has reason to grieve about."""
    wanting = getattr(model, issue.owner).other
    floor = model.scenario.compliance.claim_floor * wanting.owed
    return wanting.grieved is issue and wanting.grievance >= floor > 0.0


def _draw_bundle(model: PlainTruce) -> list[Issue]:
    """An issue of each side and at most one more, the grieved one among them, drawn by joint gain.

    Of bundles seen one after the other each is kept with the share it has of those so far.
    """
    menu = _menu(model)
    gains = {issue.name: _joint_gain(issue, issue.level) for issue in menu}
    must = [issue for issue in menu if _grieved(model, issue)][-1:]
    draw, total = model.draw("bundle"), 0.0
    chosen: list[Issue] = []
    for bundle in _bundles(menu):
        weight = sum(gains[issue.name] for issue in bundle)
        if weight <= 0.0 or any(issue not in bundle for issue in must):
            continue
        total += weight
        share = weight / total
        if draw < share:
            chosen, draw = bundle, draw / share
        elif share < 1.0:
            draw = (draw - share) / (1.0 - share)
    return chosen


def _bundles(menu: list[Issue]) -> list[list[Issue]]:
    """All bundles, ordered by Washington's first issue, Beijing's first, and the third."""
    sets = [[*two] for two in combinations(menu, 2)] + [[*three] for three in combinations(menu, 3)]
    mixed = [one for one in sets if len({issue.owner for issue in one}) == 2]

    def place(bundle: list[Issue]) -> tuple[int, int, int]:
        us, cn = (
            [menu.index(issue) for issue in bundle if issue.owner == side] for side in ("us", "cn")
        )
        return us[0], cn[0], (us[1:] + cn[1:] + [-1])[0]

    return sorted(mixed, key=place)


# ---- what both take


def _relief(side: Government) -> float:
    """What lifting all measures brings a side."""
    gain = side.harm_in if side.other.measure > 0.0 else 0.0
    return gain + (side.own_cost if side.measure > 0.0 else 0.0)


def _wait(model: PlainTruce) -> float:
    """By what waiting until the date raises what must be shown; 1 where something presses."""
    left = math.inf if model.deadline is None else model.weeks_left
    pressed = model.crisis_since is not None or _claims(model) or left <= _LAST_WEEKS
    hoped = 0.0 if pressed else model.scenario.truce.hold_out * min(1.0, left / _HOLD_WEEKS)
    return 1.0 / max(0.05, 1.0 - hoped)


def _part_of_track(model: PlainTruce, bundle: list[Issue]) -> float:
    """Joint gain of the bundle over that of the trade track, both beyond what is agreed."""
    part = sum(_joint_gain(issue, issue.agreed) for issue in bundle)
    whole = sum(_joint_gain(issue, issue.agreed) for issue in _menu(model))
    return min(part / whole, 1.0) if whole > 0.0 and part > 0.0 else 0.0


def _needed(side: Government, share: float) -> float:
    """What a side must gain by an interim package: more where it gives under pressure."""
    pressed = side.other.measure > 0.0 or side.other.threat is not None
    face = 0.25 * side.politics.pride / side.years if pressed else 0.0
    return share * price(side, "trade", side.resolve) + face


def _believed(side: Government, share: float) -> float:
    """What a side believes that the other must gain."""
    soft, tough = possible_prices(side, "trade")
    return share * 0.5 * (max(soft, side.talks["trade"].screen.low) + tough)


def _swap(model: PlainTruce, bundle: list[Issue]) -> bool:
    """A proposal about a bundle, split by Nash above both floors; whether both take it."""
    sides = model.governments
    share = model.scenario.truce.interim_share * _part_of_track(model, bundle) * _wait(model)
    floors = [
        sum(issue.value_to(side.name, issue.level) for issue in bundle) - _relief(side)
        for side in sides
    ]
    needed = [_needed(side, share) for side in sides]
    proposer = model.us if model.draw("proposer") < 0.5 else model.cn
    seen = [
        floor + (need if side is proposer else _believed(proposer, share))
        for side, floor, need in zip(sides, floors, needed, strict=True)
    ]
    frontier = Frontier([_stake(issue) for issue in bundle])
    if frontier.best_sum() <= sum(seen):
        return False
    package = frontier.nash_package(*seen)
    if package is None:
        return False
    gains = zip(frontier.utilities(package), floors, needed, strict=True)
    if any(worth - floor - need < 0.0 for worth, floor, need in gains):
        return False
    for issue, level in zip(bundle, package, strict=True):
        issue.agreed = min(max(level, issue.agreed), 1.0)
    lay_to_rest(model)
    model.record.counts["swaps"] += 1
    model.record.note_first("swap")
    model.mark("swap")
    end_crisis(model, "better")
    model.forget_offers("trade")
    return True


def lay_to_rest(model: PlainTruce) -> None:
    """Measures are lifted, threats withdrawn, and both deliver in full again."""
    lift_measures(model)
    for side in model.governments:
        restore(side)


def _mend(model: PlainTruce) -> None:
    """In a crisis both may lift all measures and deliver again, with nothing new."""
    rules, willing = model.scenario.truce, True
    for side in model.governments:
        unmet = side.measure > 0.0 or side.threat is not None
        face = 0.5 * side.politics.audience if unmet else 0.0
        gain = _relief(side) * rules.disputes.bite_years - face - 0.5 * hawks_of(side)
        draw = model.draw("mend", side)
        willing = willing and draw < logistic(gain / rules.temperature)
    if willing:
        lay_to_rest(model)
        end_crisis(model, "repaired")


# ---- the way back


def agree_on_return(model: PlainTruce) -> bool:
    """Terms of trade at the Nash point over what is left at war; whether there are any.

    Controls come back to the truce's first terms.
    """
    menu, rules = _menu(model), model.scenario.truce
    floors = []
    for side in model.governments:
        prices = side.settings.resolve
        shown = rules.interim_share * prices.trade * (1.0 + prices.spread * side.resolve)
        floor = shown * math.exp(-side.break_loss / rules.reentry.ripe)
        floors.append(floor + sum(issue.value_to(side.name, issue.level) for issue in menu))
    package = Frontier([_stake(issue, 0.0) for issue in menu]).nash_package(*floors)
    if package is None:
        return False
    for issue in model.issues.values():
        issue.agreed = issue.settings.terms
    for issue, level in zip(menu, package, strict=True):
        issue.agreed = min(max(level, 0.0), 1.0)
    return True
