"""What a sweep found about its target, in one sentence: the printed answer and the title of its
first figure use it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.labels import percent, value_words
from sim.analysis.target import Effect, Found

__all__ = ["describe_target"]

_MOST_NAMED = 3
_SAME = 0.05  # share of the span: a step too small to see in the figure
_ORDINALS = ("lowest", "second", "third", "fourth", "highest")


def describe_target(found: Sequence[Found], *, brief: bool = False) -> str:
    """The answer, without the sweep's title and without a full stop; ``brief`` names only the
    strongest settings.
    """
    clauses = "; ".join(
        _part(part, _MOST_NAMED if not brief else 1 if len(found) > 1 else 2, brief)
        for part in found
    )
    return clauses[:1].upper() + clauses[1:]


def _part(found: Found, most_named: int, brief: bool) -> str:
    if found.ruled_out:
        return f"{found.label} cannot happen here: {found.ruled_out}"
    if found.within:
        return _by_contrast(found)
    if found.across is not None and found.apart:
        return _contrast(found, found.across)
    moving = [effect for effect in found.effects if effect.beyond_chance]
    if not moving:
        what = (
            "the setting does not move"
            if len(found.effects) == 1
            else f"none of the {len(found.effects)} settings moves"
        )
        return f"{found.label} {_at(found, found.mean)} over all, and {what} it beyond chance"
    clauses = [f"with {effect.label} ({_path(found, effect)})" for effect in moving[:most_named]]
    most = " most" if len(moving) > 1 and _separated(moving[0], moving[1]) else ""
    head = f"{found.label} moves{most} {clauses[0]}"
    parts = [
        head,
        *(
            f"{'then ' if n == 0 and most else 'and ' if not most else ''}{words}"
            for n, words in enumerate(clauses[1:])
        ),
    ]
    return ", ".join([*parts, *([] if brief else _rest(found, moving))])


def _rest(found: Found, moving: Sequence[Effect]) -> list[str]:
    """The settings that are not named one by one."""
    less, still = (
        len(moving) - _MOST_NAMED,
        [effect for effect in found.effects if not effect.beyond_chance],
    )
    rest = [f"less with {less} more"] if less > 0 else []
    if len(still) == 1:
        return [*rest, f"not beyond chance with {still[0].label}"]
    return [*rest, f"not beyond chance with {len(still)}"] if still else rest


def _contrast(found: Found, across: Effect) -> str:
    """The contrast over all, then where the difference is largest and smallest."""
    small, large = across.ends
    ends = f"{_seen(found, across, large)} with {across.label} {value_words(across.values[large])}"
    against = f"{_seen(found, across, small)} with {value_words(across.values[small])}"
    if not across.beyond_chance:
        return f"{found.label} {ends}, {against}: no difference beyond chance"
    error = across.apart(small, large).half_width()
    gap = f"{_gap(found, across.span)} apart ({_gap(found, across.span - error, bare=True)} to {_gap(found, across.span + error, bare=True)})"
    where = next((effect for effect in found.apart if effect.beyond_chance), None)
    tail = ""
    if where is not None:
        least, most = where.ends
        tail = f"; the gap depends most on {where.label}: {_gap(found, where.mean[least])} {_place(where, least)}, {_gap(found, where.mean[most], bare=True)} {_place(where, most)}"
    return f"{found.label} {ends}, {against}: {gap}{tail}"


def _by_contrast(found: Found) -> str:
    """The path along the other setting over all, the largest difference between the contrast's two
    ends, and where it is.
    """
    assert found.across is not None
    values = list(found.within)
    ends = [0, len(values) - 1] if found.across.ordered else sorted(found.across.ends)
    one, two = (found.within[values[k]] for k in ends)
    over_all = next(effect for effect in found.effects if effect.setting == one.setting)
    between = f"{found.across.label} {value_words(values[ends[0]])} and {value_words(values[ends[1]])}{_unit(found.across)}"
    k = int(np.nanargmax(np.abs(two.mean - one.mean)))
    gap = float(two.mean[k] - one.mean[k])
    known = abs(gap) > two.doubt.at(k).less(one.doubt.at(k)).half_width(one.pairs)
    apart = f"at most {_gap(found, abs(gap))} apart between {between} ({_place(one, k)})"
    path = f"{found.label} by {one.label}: {_path(found, over_all)}"
    return f"{path}, {apart if known else f'no difference beyond chance between {between}'}"


def _separated(one: Effect, two: Effect) -> bool:
    """Whether the first setting's span is larger than the second's beyond chance."""
    (a, b), (c, d) = one.ends, two.ends
    return one.span - two.span > one.apart(a, b).less(two.apart(c, d)).half_width(one.pairs)


def _path(found: Found, effect: Effect) -> str:
    """The focus at the setting's ends and at turning points between them; for names, where it is
    smallest and largest.
    """
    if not effect.ordered:
        places = list(effect.ends)
    else:
        last = len(effect.mean) - 1
        turns = [
            k
            for k in effect.ends
            if k not in (0, last) and effect.differ(k, 0) and effect.differ(k, last)
        ]
        places = sorted({0, last, *turns})
    clauses = [
        f"{_seen(found, effect, k, bare=k != places[0])} {_places(effect, k)}" for k in places
    ]
    return ", ".join(clauses) + _unit(effect)


def _places(effect: Effect, k: int) -> str:
    """A value, or the range from an end over which the focus stays the same: ``at 0.2 to 0.3``."""
    last = len(effect.mean) - 1
    if not effect.ordered or effect.classed or k not in (0, last) or not effect.beyond_chance:
        return _place(effect, k)
    step, end = (1, k) if k == 0 else (-1, k)
    while 0 < end + step < last and _alike(effect, k, end + step):
        end += step
    low, high = sorted((k, end))
    return (
        _place(effect, k)
        if low == high
        else f"at {value_words(effect.values[low])} to {value_words(effect.values[high])}"
    )


def _alike(effect: Effect, one: int, two: int) -> bool:
    near = abs(effect.mean[one] - effect.mean[two]) <= _SAME * effect.span
    near &= (one in effect.never) == (two in effect.never)
    return bool(near and not effect.differ(one, two))


def _place(effect: Effect, k: int) -> str:
    if effect.classed:
        word = _ORDINALS[-1] if k == len(effect.values) - 1 else _ORDINALS[k]
        return f"in its {word} fifth"
    return (
        f"at {value_words(effect.values[k])}"
        if effect.ordered
        else f"with {value_words(effect.values[k])}"
    )


def _unit(effect: Effect) -> str:
    return f" {effect.unit}" if effect.unit and effect.ordered and not effect.classed else ""


def _seen(found: Found, effect: Effect, k: int, *, bare: bool = False) -> str:
    """The focus at a value of a setting, or that it cannot happen there."""
    return "cannot happen" if k in effect.never else _at(found, effect.mean[k], bare=bare)


def _at(found: Found, value: float, *, bare: bool = False) -> str:
    if np.isnan(value):
        return "no value"
    return (
        percent(value)
        if found.share
        else f"{value:.3g}"
        if bare
        else f"{value:.3g} {found.unit}".strip()
    )


def _gap(found: Found, value: float, *, bare: bool = False) -> str:
    if not found.share:
        return f"{value:.3g}" if bare else f"{value:.3g} {found.unit}".strip()
    points = f"{100.0 * value + 0.0:.0f}"
    return points if bare else f"{points} point{'' if points in ('1', '-1') else 's'}"
