"""What a government is asked, what it knows then, and what its rule would answer, in plain words.

The words stand in the vocabulary (:data:`sim.vocabulary.GAME`); the page says the same of a person's
seat. Nothing here knows a rule: an ask and its seat are read as they were recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sim.results.sentences import issue_words, issues_words, weeks_words
from sim.vocabulary import DECISIONS, GAME, SIDES, TRACKS

__all__ = ["amount", "answer_words", "facts", "hint", "question"]

_DIGITS = 3  # of a number that a room reads
_PLACES = 4  # after the point, at most
_OTHER = "other"  # of a decision that has no words of its own
_NO = 0
_MEDIATED = 0  # the meeting of a mediator's proposal (sim.rules.bargaining)


def question(asked: Any, issues: Sequence[str]) -> str:
    """What is asked.

    Parameters
    ----------
    asked
        The open ask, a record of :data:`sim.rules.state.OPEN` or a mapping of its names.
    issues
        Names of the scenario's issues, in the order of their places.

    Examples
    --------
    >>> asked = {"side": 0, "decision": DECISIONS["renew"].code, "first": 13, "second": 2}
    >>> question(asked, [])
    'Renew the truce for 13 weeks?'
    """
    name = _decision(asked)
    if name == "accept" and asked["second"] == _MEDIATED:
        name = "mediated"
    return _of("questions", name).format(**_about(asked, issues))


def facts(asked: Any, own: Any) -> str:
    """What the side that is asked knows: recorded facts of the moment.

    ``own`` is the record of the side (:data:`sim.rules.state.SIDE`) as it was then.
    """
    name, words = _decision(asked), GAME["facts"]
    told = {"it": _other(asked), **_amounts(asked, own)}
    found = [_fact(fact, asked, own) for fact in _of("facts_of", name).split()]
    shown = list(filter(None, found)) or ["stake"]
    return " ".join(words[fact].format(**told) for fact in shown)


def answer_words(decision: str, choice: int, worth: float, kind: str = "") -> str:
    """An answer in words; ``kind`` says what a worth stands for ('' for nothing).

    Examples
    --------
    >>> answer_words("offer", 0, 31.52, "nearer")
    'Ask for 31.5 bn USD a year: nearer to them'
    >>> answer_words("respond", 1, math.nan)
    'Answer in kind'
    """
    term = DECISIONS[decision]
    if term.is_worth:
        return _of("worths", decision).format(worth=amount(worth)) + (
            GAME["worths"][kind] if kind else ""
        )
    name = term.choices[choice]
    words = name[0].upper() + name[1:].replace("_", " ")
    return GAME["answers"].get(f"{decision}.{name}", words)


def hint(asked: Any, own: Any) -> str:
    """What the model would answer, how likely, and what its rule reckons with."""
    name, chance = _decision(asked), float(asked["chance"])
    choice = int(asked["choice"])
    words = answer_words(name, choice, float(asked["worth"])).lower().replace("usd", "USD")
    likely = ""
    if math.isfinite(chance):
        said = 1.0 - chance if DECISIONS[name].is_yes_no and choice == _NO else chance
        likely = GAME["hints"]["likely"].format(n=_whole(100.0 * said))
    return GAME["hints"]["hint"].format(answer=words, likely=likely, reason=_reason(asked, own))


def amount(worth: float) -> str:
    """Bn USD with at most three digits that say something.

    Examples
    --------
    >>> amount(-1234.5)
    '\u22121,230 bn USD'
    """
    return GAME["worths"]["amount"].format(n=_short(worth))


def _decision(asked: Any) -> str:
    return DECISIONS.names[int(asked["decision"])]


def _of(group: str, name: str) -> str:
    return GAME[group].get(name, GAME[group][_OTHER])


def _other(asked: Any) -> str:
    """The other capital."""
    return SIDES[SIDES.names[1 - int(asked["side"])]].label


def _about(asked: Any, issues: Sequence[str]) -> Mapping[str, Any]:
    name, first = _decision(asked), int(asked["first"])
    what = ""
    if name == "swap":
        what = issues_words(first, issues)
    elif first < len(issues):
        what = issue_words(first, issues)
    track = TRACKS.names[first] if 0 <= first < len(TRACKS) else ""
    about = {"it": _other(asked), "track": track, "what": what, "rung": first}
    return {**about, "weeks": weeks_words(first), "label": DECISIONS[name].label}


def _now(asked: Any) -> str:
    """The regime in force where another may be chosen; '' of other decisions."""
    name = _decision(asked)
    return answer_words(name, int(asked["second"]), math.nan).lower() if name == "regime" else ""


def _fact(fact: str, asked: Any, own: Any) -> str:
    """The fact as it is there: itself, its opposite, or '' for none."""
    if fact == "heard":
        return "heard" if own["heard_count"][int(asked["first"])] else "unheard"
    if fact == "record":
        return "record" if own["threats"] >= 1 else "no_record"
    if fact == "date":
        return "date" if asked["second"] > 0 else ""
    return fact if fact in ("range", "harm", "now") or math.isfinite(asked["gain"]) else ""


_FLOWS = ("harm_out", "harm_in", "own_cost", "stake", "ask")


def _amounts(asked: Any, own: Any) -> dict[str, str]:
    """All numbers that a fact or a reason may have."""
    found = {name: amount(float(own[name])) for name in _FLOWS}
    found |= {name: _short(float(own[name])) for name in ("carried", "threats")}
    found["now"] = _now(asked)
    found |= {"gain": amount(float(asked["gain"])), "left": weeks_words(int(asked["second"]))}
    if _decision(asked) == "offer":
        track, worth = int(asked["first"]), float(asked["worth"])
        found["least"] = amount(float(own["reservation"][track]))
        found["most"] = amount(max(float(own["best"][track]), worth))
        found["heard"] = amount(float(own["heard"][track]))
    return found


def _reason(asked: Any, own: Any) -> str:
    reason = _of("reason_of", _decision(asked))
    if reason == "renew" and not asked["gain"] > 0:
        reason = "renew_not"
    if reason == "yes" and not math.isfinite(asked["gain"]):
        reason = "stake"
    return GAME["reasons"][reason].format(**_amounts(asked, own))


def _whole(number: float) -> int:
    """The nearest whole number, halves up, as a page rounds."""
    return math.floor(number + 0.5)


def _short(number: float) -> str:
    """A number with at most three digits that say something, as a page writes it."""
    if not math.isfinite(number) or number == 0.0:
        return "0" if number == 0.0 else str(number)
    exact = Decimal(abs(number))
    places = _DIGITS - 1 - exact.adjusted()
    # rounded twice, as the page does: to three digits, then to four places
    shown = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    shown = shown.quantize(Decimal(1).scaleb(-_PLACES), ROUND_HALF_UP)
    text = f"{shown:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"\u2212{text}" if number < 0 and text != "0" else text
