"""What may be asked of a week: a phrase of the vocabulary or a comparison with a weekly series.

``truce in force``, ``extended twice``, ``a narrow deal``, ``a claim of breach by Beijing``,
``tariff.us > 100 %``, ``status == truce and extensions >= 1``; ``no`` before it turns it round.
A phrase is parsed, never evaluated as code.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.config.dated import values_in_force
from sim.config.errors import SimError, nearest
from sim.config.impossible import highest_tariff, ruled_out
from sim.config.params import Params
from sim.config.scenario import Scenario
from sim.rules.measures import WEEK_SERIES
from sim.vocabulary import EVENTS, OUTCOMES, SIDES, STATUSES, Terms

__all__ = ["PHRASES", "Condition", "Part", "condition_of"]

_MOST_LETTERS = 300
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_COMPARISON = re.compile(r"([a-z_]+(?:\.[a-z0-9_]+)?)\s*(<=|>=|==|!=|<|>)\s*(\S+(?:\s*%)?)")
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(%?)")
_TIMES = {"": 1, "once": 1, "twice": 2, "three times": 3, "four times": 4}
_EXTENDED = re.compile(r"(?:truce )?(?:is )?(?:extended|prolonged)(?: (.+))?")
_NAMED: dict[str, Terms[Any]] = {"outcome": OUTCOMES, "state": OUTCOMES, "status": STATUSES}
_EVENT_WORDS = {
    "shock": ("shock", "shocks"),
    "drift": ("breach", "lapse in delivery"),
    "protest": ("protest", "claim of breach"),
    "threat": ("threat",),
    "measure": ("measure", "retaliation"),
    "crisis_over": ("crisis ends", "end of a crisis"),
    "swap": ("swap", "interim package"),
    "extension": ("extension", "renewal"),
    "limbo": ("date passed", "date passes"),
    "lapse": ("lapse", "truce lapses"),
    "ending": ("end from inside", "truce ended", "suspension"),
    "rung": ("escalation", "rung climbed"),
    "reentry": ("return to talks", "talks reopen", "return"),
    "deal": ("deal", "settlement"),
    "ratification_failure": ("ratification failure", "deal not ratified", "deal fails"),
}
PHRASES = (
    "truce in force",
    "no truce",
    *(f"a {outcome.label}" for outcome in OUTCOMES.values()),
    "trade deal in force",
    "extended",
    "extended twice",
    "a break",
    *(f"a {words[0]}" for words in _EVENT_WORDS.values()),
    "a protest by Beijing",
    "tariff.us > 60 %",
)
"""Examples of what a condition may say, for messages and help."""


@dataclass(frozen=True)
class Part:
    """One comparison of a week: a series, by its name and place, with a value.

    ``bits`` are those of ``events`` of which one must be set, 0 for another series. ``event``
    says whether it happens in a week rather than lasts.
    """

    series: str
    index: int
    relation: str
    value: float
    bits: int = 0

    @property
    def event(self) -> bool:
        """Whether it happens in a week; else it is a state that lasts."""
        return self.bits > 0

    def holds(self, weeks: np.ndarray) -> np.ndarray:
        """Whether it holds in each week of each run, shape (runs, weeks)."""
        values = weeks[self.series]
        if self.bits:
            return (values.astype(np.int64) & self.bits) != 0
        if self.index >= 0:
            values = values[..., self.index]
        return np.asarray(_OPERATORS[self.relation](values, self.value))


@dataclass(frozen=True)
class Condition:
    """Comparisons that must all hold in a week, or, ``negated``, must not."""

    text: str
    parts: tuple[Part, ...]
    negated: bool = False
    ruled_out: str = ""

    def holds(self, weeks: np.ndarray) -> np.ndarray:
        """Whether all of it holds in each week, before it is negated; shape (runs, weeks)."""
        found = np.ones(weeks.shape, bool)
        for part in self.parts:
            found &= part.holds(weeks)
        return found

    @property
    def event(self) -> bool:
        """Whether it happens in a week; else it lasts."""
        return any(part.event for part in self.parts)


def condition_of(text: str, scenario: Scenario, params: Params, key: str = "that") -> Condition:
    """The condition that a text says of a week.

    Parameters
    ----------
    text
        Phrases and comparisons, joined by ``and``; ``no`` or ``not`` in front.
    scenario, params
        What it is asked of, and its numbers with the names behind indices.
    key
        What messages call it.

    Raises
    ------
    SimError
        No phrase, no series, no value that can be compared.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > _MOST_LETTERS:
        allowed = f"up to {_MOST_LETTERS} letters, such as {', '.join(PHRASES[:4])}"
        raise SimError("not a condition", key=key, given=text, allowed=allowed)
    words = " ".join(text.split())
    lower = words.lower()
    negated, bare = False, lower
    if lower not in ("no truce",) and lower.startswith(("no ", "not ")):
        negated, bare = True, lower.split(" ", 1)[1]
    parts = tuple(_part(piece, params, key) for piece in re.split(r"\s+and\s+", bare))
    why = (
        "" if negated else next(filter(None, (_never(one, scenario, params) for one in parts)), "")
    )
    return Condition(words, parts, negated, why)


def _part(text: str, params: Params, key: str) -> Part:
    text = re.sub(r"^(a|an|the) ", "", text.strip())
    if found := _COMPARISON.fullmatch(text):
        return _compared(found[1], found[2], found[3], params, key)
    if found := _EXTENDED.fullmatch(text):
        return Part("extensions", -1, ">=", _times(found[1] or "", key))
    if text in ("truce in force", "truce holds", "truce", "pause in force"):
        return Part("status", -1, "!=", STATUSES["none"].code)
    if text in ("no truce", "truce has ended"):
        return Part("status", -1, "==", STATUSES["none"].code)
    if text in ("trade deal in force", "deal in force"):
        return Part("status", -1, "==", STATUSES["deal"].code)
    for outcome in OUTCOMES.values():
        if text in (outcome.name, outcome.label):
            return Part("state", -1, "==", outcome.code)
    if text in ("break", "truce breaks"):
        return Part("events", -1, "any", 0.0, EVENTS["lapse"].bit | EVENTS["ending"].bit)
    if event := _event(text):
        return event
    if text.startswith(("no ", "not ")):
        cure = "no stands in front of the whole condition; given='no break' asks among runs without one"
        raise SimError("a part that is turned round", key=key, given=text, cure=cure)
    phrases = [*PHRASES, *EVENTS, *(word for words in _EVENT_WORDS.values() for word in words)]
    raise SimError(
        "not a phrase that can be asked",
        key=key,
        given=text,
        suggestion=nearest(text, phrases),
        allowed="a phrase or a comparison; tariffsim ask --help lists them, docs/ask.md explains",
    )


def _event(text: str) -> Part | None:
    if text in EVENTS:
        return _events([EVENTS[text].kind], EVENTS[text].of)
    of = ""
    for side in SIDES.values():
        for name in (side.label, side.country, side.name):
            if text.endswith(f" by {name.lower()}"):
                text, of = text[: -len(f" by {name}")], side.name
    for kind, words in _EVENT_WORDS.items():
        if text in words or text == kind:
            return _events([kind], of)
    return None


def _events(kinds: list[str], of: str = "") -> Part | None:
    """One of several kinds of events; None where none is of that side."""
    bits = 0
    for event in EVENTS.values():
        if event.kind in kinds and of in ("", event.of):
            bits |= event.bit
    return Part("events", -1, "any", 0.0, bits) if bits else None


def _times(words: str, key: str) -> int:
    if words in _TIMES:
        return _TIMES[words]
    found = re.fullmatch(r"(\d{1,3}) times?", words)
    if found is None:
        raise SimError("how many times?", key=key, given=words, allowed="once, twice, 3 times")
    return int(found[1])


def _compared(name: str, relation: str, said: str, params: Params, key: str) -> Part:
    stem, _, of = name.partition(".")
    series = {measure.name: measure for measure in WEEK_SERIES if measure.name != "events"}
    names = list(_series_names(params))
    if name not in names:
        raise SimError(
            "no such weekly series", key=key, given=name, suggestion=nearest(name, names)
        )
    index = list(params.names(series[stem].axis)).index(of) if of else -1
    if stem in _NAMED:
        terms = _NAMED[stem]
        if said not in terms or relation not in ("==", "!="):
            allowed = f"== or != one of {', '.join(terms)}"
            raise SimError(
                "not a state", key=key, given=said, allowed=allowed, suggestion=nearest(said, terms)
            )
        return Part(stem, index, relation, terms[said].code)
    found = _NUMBER.fullmatch(said)
    if found is None:
        raise SimError("not a number", key=key, given=said, allowed="0.55 or 55 %")
    value = float(found[1]) / (100.0 if found[2] else 1.0)
    if stem == "tariff" and value > 10.0:
        cure = f"write {name} {relation} {found[1]} %, or {value / 100:g}"
        raise SimError("a rate is a fraction", key=key, given=said, cure=cure)
    return Part(stem, index, relation, value)


def _series_names(params: Params) -> Iterator[str]:
    for measure in WEEK_SERIES:
        if measure.name == "events":
            continue
        if not measure.axis:
            yield measure.name
        else:
            yield from (f"{measure.name}.{of}" for of in params.names(measure.axis))


def _never(part: Part, scenario: Scenario, params: Params) -> str:
    """Why a comparison cannot hold under these settings; empty where it may."""
    if part.series in ("state", "outcome") and part.relation == "==":
        return ruled_out(scenario).get(OUTCOMES.names[int(part.value)], "")
    most_extensions = max(values_in_force(scenario, "truce.max_extensions"))
    least = part.value + (part.relation in (">", "!="))
    counted = part.series == "extensions" and part.relation in (">=", ">", "==")
    counted |= part.series == "extensions" and part.relation == "!=" and part.value == 0
    if counted and least > most_extensions:
        allowed = (
            f"at most {most_extensions} extensions are" if most_extensions else "no extension is"
        )
        return f"{allowed} allowed (truce.max_extensions)"
    if part.series == "tariff" and part.relation in (">", ">="):
        side = SIDES.names[part.index]
        highest, words = highest_tariff(scenario, side)
        if part.value > highest or (part.relation == ">" and part.value >= highest):
            return words.format(f"{100 * highest:.1f} %")
    if part.bits and part.bits == EVENTS["extension"].bit and most_extensions == 0:
        return "no extension is allowed (truce.max_extensions)"
    return ""
