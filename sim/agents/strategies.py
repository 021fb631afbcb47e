"""Strategies of one's own: an answer to any ask of a government, in the place of its rule.

The rules of all decisions are compiled (:mod:`sim.rules.decisions`, :mod:`sim.rules.strategies`). A
custom strategy overrides those it has a method for; the Mesa engine asks it at the moment when its
side is asked, and the other decisions stay the rules'.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from sim.agents.view import View
from sim.config.errors import SimError, nearest
from sim.vocabulary import DECISIONS, SIDES, Decision

__all__ = ["Strategy", "View", "check_strategies", "clip", "coded", "decisions_of", "method_of"]

TARGET = "target"
"""The method for offers as a strategy of offers alone calls it."""


class Strategy:
    """A government's decisions, a method each; each returns what its rule would answer.

    Override any. ``view`` is what the side knows (:class:`View`); yes is True, and other choices are
    words. ``target(view)`` is another name of ``offer`` for a strategy that only makes offers.
    """

    def offer(self, view: View, track: str) -> float:
        """What the next offer on a track is worth to its side, bn USD/yr; clipped to
        ``view.reservation`` and ``view.best``.
        """
        return view.built_in

    def accept(self, view: View, track: str) -> bool:
        """Whether it accepts the other's standing offer, worth ``view.heard``."""
        return bool(view.would)

    def ratify(self, view: View, track: str) -> bool:
        """Whether a deal passes at home, where a vote is held."""
        return bool(view.would)

    def swap(self, view: View, issues: tuple[str, ...], gain: float) -> bool:
        """Whether it takes an interim package; ``gain`` beyond what it needs, bn USD/yr."""
        return bool(view.would)

    def mend(self, view: View, gain: float) -> bool:
        """Whether it lifts its measures if the other does; ``gain`` in bn USD."""
        return bool(view.would)

    def renew(self, view: View, weeks: int) -> bool:
        """Whether it renews the truce for ``weeks``."""
        return bool(view.would)

    def sweeten(self, view: View, worth: float) -> float:
        """What it adds for a renewal, bn USD; its rule would add ``worth``."""
        return worth

    def lapse(self, view: View) -> bool:
        """Whether it lets a truce past its date lapse."""
        return bool(view.would)

    def deliver(self, view: View) -> str:
        """Whether it delivers what it promised: ``full`` or ``slack``."""
        return str(view.would)

    def protest(self, view: View) -> bool:
        """Whether it claims a breach about ``view.issue``."""
        return bool(view.would)

    def restore(self, view: View) -> bool:
        """Whether it restores delivery, the other having claimed a breach."""
        return bool(view.would)

    def threaten(self, view: View) -> str:
        """On an occasion: ``nothing``, a ``threat`` with a date, or ``act`` at once."""
        return str(view.would)

    def answer(self, view: View) -> bool:
        """Whether it yields to the other's threat, ``view.weeks`` from its date."""
        return bool(view.would)

    def carry_out(self, view: View) -> bool:
        """Whether it carries out its threat at its date; it backs down else."""
        return bool(view.would)

    def respond(self, view: View) -> str:
        """To the other's measure: ``absorb``, answer ``in_kind``, or ``end`` the truce."""
        return str(view.would)

    def move(self, view: View) -> str:
        """With its own measure: ``hold``, ``climb_down``, ``escalate``, or ``end`` the truce."""
        return str(view.would)

    def rest(self, view: View) -> bool:
        """Whether the other's measure, borne for weeks, becomes the new normal."""
        return bool(view.would)

    def climb(self, view: View) -> bool:
        """Whether it climbs another rung, without a truce."""
        return bool(view.would)

    def go_back(self, view: View, gain: float) -> bool:
        """Whether it goes back to a truce; ``gain`` over what is in force, bn USD/yr."""
        return bool(view.would)

    def regime(self, view: View, good: str, grade: str) -> str:
        """The regime of licences for a good and grade that it controls, a name of
        :data:`sim.vocabulary.REGIMES`; in force with the coming week.
        """
        return str(view.would)


_ARGUMENTS: dict[str, Callable[[View], tuple[Any, ...]]] = {
    "offer": lambda view: (view.track,),
    "accept": lambda view: (view.track,),
    "ratify": lambda view: (view.track,),
    "swap": lambda view: (view.issues, view.gain),
    "mend": lambda view: (view.gain,),
    "renew": lambda view: (view.weeks,),
    "sweeten": lambda view: (view.built_in,),
    "go_back": lambda view: (view.gain,),
    "regime": lambda view: (view.good, view.grade),
}
"""What a method takes beside the view."""


def decisions_of(strategy: object) -> tuple[str, ...]:
    """The decisions that a strategy overrides, in the order of the vocabulary."""
    return tuple(name for name in DECISIONS if method_of(strategy, name) is not None)


def method_of(strategy: object, decision: str) -> Callable[..., Any] | None:
    """A strategy's own method for a decision, which takes the view and what is asked."""
    if decision == "offer" and callable(target := getattr(strategy, TARGET, None)):
        return lambda view, _: target(view)
    method = getattr(strategy, decision, None)
    own = getattr(type(strategy), decision, None)
    return method if callable(method) and own is not getattr(Strategy, decision) else None


def coded(view: View, strategy: object) -> tuple[int, float]:
    """A strategy's answer to an ask, as rules hold it: choice and worth.

    Raises
    ------
    SimError
        An answer of another kind, or a choice that the decision has not.
    """
    method = method_of(strategy, view.decision)
    assert method is not None, view.decision
    given = method(view, *_ARGUMENTS.get(view.decision, lambda view: ())(view))
    name, term = f"{type(strategy).__name__}.{view.decision}", DECISIONS[view.decision]
    if view.decision == "offer" and hasattr(strategy, TARGET):
        name = f"{type(strategy).__name__}.{TARGET}"
    if view.decision == "offer":
        return 0, clip(given, view, name)
    return (0, _number(given, name)) if term.is_worth else (_choice(term, given, name), math.nan)


def _choice(term: Decision, given: object, name: str) -> int:
    """The code of a choice."""
    if term.is_yes_no and isinstance(given, (bool, np.bool_)):
        return int(given)
    if isinstance(given, str) and given in term.choices:
        return term.choices.index(given)
    allowed = ("True", "False", *term.choices) if term.is_yes_no else term.choices
    near = nearest(given, term.choices) if isinstance(given, str) else None
    problem = "not an answer of this decision"
    raise SimError(problem, key=name, given=given, allowed=allowed, suggestion=near)


def _number(given: object, name: str) -> float:
    plain = isinstance(given, (int, float, np.integer, np.floating)) and not isinstance(given, bool)
    if not plain or not math.isfinite(number := float(given)):  # type: ignore[arg-type]
        raise SimError("a strategy must return a number", key=name, given=given, allowed="bn USD")
    return number


def clip(target: object, view: View, name: str) -> float:
    """A strategy's target, clipped to the reservation value and the worth of the best believed
    package.
    """
    return min(max(_number(target, name), view.reservation), max(view.best, view.reservation))


def check_strategies(strategies: Mapping[str, object] | None) -> dict[str, Any]:
    """The same mapping of strategies by side.

    Raises
    ------
    SimError
        What is no side, has no method of a decision, or has one that is nearly the name of one.
    """
    given = dict(strategies or {})
    for side, strategy in given.items():
        if side not in SIDES:
            raise SimError("unknown side", key="strategies", given=side, allowed=SIDES.names)
        key = f"strategies.{side}"
        if isinstance(strategy, type):
            cure = f"an object: {strategy.__name__}()"
            raise SimError("a class and no strategy", key=key, given=strategy.__name__, cure=cure)
        _refuse_misspelt(strategy, key)
        if not decisions_of(strategy):
            raise SimError(
                "not a strategy: it decides nothing",
                key=key,
                given=type(strategy).__name__,
                allowed=f"methods {', '.join(DECISIONS)}, or target(view)",
                cure="see docs/strategies.md",
            )
    return given


def _refuse_misspelt(strategy: object, key: str) -> None:
    """Refuse a method that no rule would ever ask, its name being nearly that of a decision."""
    known = [*DECISIONS, TARGET]
    if hasattr(strategy, TARGET) and method_of(type("", (), {})(), "offer") is None:
        own = getattr(type(strategy), "offer", Strategy.offer)
        if own is not Strategy.offer:
            raise SimError(
                "two names of one decision", key=key, given="offer, target", cure="leave one out"
            )
    for name in _methods(strategy):
        near = get_close_matches(name, known, 1, 0.8)
        if name not in known and near:
            raise SimError(
                "no decision has this name",
                key=f"{key}.{name}",
                allowed=", ".join(known),
                suggestion=near[0],
                cure=f"a method of your own begins with _: _{name}",
            )


def _methods(strategy: object) -> Iterable[str]:
    """Public methods of a strategy's own class."""
    return (
        name
        for name in dir(type(strategy))
        if not name.startswith("_")
        and not hasattr(Strategy, name)
        and callable(getattr(strategy, name, None))
    )
