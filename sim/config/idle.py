"""Settings that the scenario's own choices leave without use: a concession exponent of a side that
does not concede by the clock, the threshold of a vote that is not held, an order of tracks in a
package, which has one, a length that renewals bargain, what a 0 leaves unread.

A scenario carries a value of every setting, so a value alone is no fault. Who *sets* one of them,
or varies it in a sweep, asks for something that would not come: that is refused, with the choice
that would use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.config.errors import SimError
from sim.vocabulary import SIDES

__all__ = ["idle", "refuse_idle"]

_BY_STRATEGY = {
    "strategy.exponent": ("time_dependent",),
    "strategy.reciprocity": ("tit_for_tat",),
    "strategy.steps": ("micro",),
    "strategy.hold": ("hardliner",),
    "strategy.bluff": ("screening", "committed"),
    "strategy.insist": ("committed",),
    "deadline_firmness": ("time_dependent", "hardliner"),
}
_BY_VOTE = ("threshold", "scale", "noise", "hawk_opposition", "failure_cost")
_VOTE = "politics.ratification"
_ABOVE_0 = ("above 0",)  # of a number: at 0 nothing reads the setting
_FIRST_CLOCK = "truce.first_deadline_weeks"
_USED: dict[str, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    **{
        f"{side}.{name}": ((f"{side}.strategy.kind", kinds),)
        for side in SIDES
        for name, kinds in _BY_STRATEGY.items()
    },
    **{f"{_VOTE}.{name}": ((f"{_VOTE}.by", ("vote",)),) for name in _BY_VOTE},
    "linkage.security_first": (("linkage.tracks", ("separate",)),),
    "outcomes.nash_share": (("outcomes.breakthrough", ("substance",)),),
    "branch.run": (("branch.week", _ABOVE_0),),
    "economy.route_cost": (("economy.enforcement", _ABOVE_0),),
    _FIRST_CLOCK: (("truce.dated", (True,)),),
    "truce.dated": (("truce.in_force", (True,)),),
    "truce.reentry.undated_share": (("truce.lengths", ("bargained",)),),
    "truce.extension_cost_growth": (("truce.max_extensions", _ABOVE_0),),
    "truce.talks.sprint_meetings": (("truce.talks.sprint_weeks", _ABOVE_0),),
    "us.resolve.known": (("cn.resolve.spread", _ABOVE_0),),
    "cn.resolve.known": (("us.resolve.spread", _ABOVE_0),),
}
"""A setting -> the choices of others, any of which makes the rules read it."""


def refuse_idle(
    plain: Mapping[str, Any],
    given: Iterable[str],
    varied: Iterable[str] = (),
    key: str = "",
) -> None:
    """Refuse settings that nothing in the scenario reads.

    Parameters
    ----------
    plain
        All settings of the scenario as nested mappings.
    given
        Names of settings that somebody sets or varies.
    varied
        Names of settings that a sweep varies: a choice among them may be any.
    key
        What stands before a name in the message.

    Raises
    ------
    SimError
        All of them together.
    """
    found = [_error(name, plain, key) for name in idle(plain, given, varied)]
    if found:
        raise SimError.together(found)


def idle(
    plain: Mapping[str, Any], given: Iterable[str], varied: Iterable[str] = ()
) -> Iterator[str]:
    """Those of the given settings that nothing in the scenario reads."""
    free = set(varied)
    for name in given:
        if name not in _USED:
            continue
        if not any(
            choice in free or _is_chosen(plain, choice, used_by) for choice, used_by in _USED[name]
        ):
            yield name


def _is_chosen(plain: Mapping[str, Any], choice: str, used_by: tuple[Any, ...]) -> bool:
    """Whether a setting has, or comes to have, one of these values."""
    chosen = {_value(plain, choice), *_later(plain, choice)}
    return any(value > 0 for value in chosen) if used_by is _ABOVE_0 else bool(chosen & {*used_by})


def _error(name: str, plain: Mapping[str, Any], key: str) -> SimError:
    """What is not used, and the choices that would use it."""
    where = " and ".join(
        f"{choice} is {_shown(_value(plain, choice))}" for choice, _ in _USED[name]
    )
    cure = " or ".join(
        f"{choice} above 0" if by is _ABOVE_0 else f"{choice}={_shown(one)}"
        for choice, by in _USED[name]
        for one in by
    )
    return SimError(f"not used where {where}", key=f"{key}{name}", cure=cure)


def _shown(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _value(plain: Mapping[str, Any], name: str) -> Any:
    found: Any = plain
    for part in name.split("."):
        found = found[part]
    return found


def _later(plain: Mapping[str, Any], name: str) -> Iterator[Any]:
    """What a setting changes to on later days."""
    for changes in (plain.get("changes") or {}).values():
        if name in changes:
            yield changes[name]
