"""What happened in a run, in sentences: a line a week, from the log of acts alone.

An act is five whole numbers (:data:`sim.vocabulary.ACT_ROW`); its template and the words of its
details stand in the vocabulary (:data:`sim.vocabulary.ACTS`, :data:`sim.vocabulary.SENTENCES`), so
that a page says the same. Nothing here knows a rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from sim.vocabulary import ACTS, SENTENCES, SIDES, TRACKS

__all__ = [
    "Done",
    "WeekLine",
    "closing_line",
    "issue_words",
    "issues_words",
    "lines",
    "sentence",
    "week_lines",
    "weeks_words",
]

_EVERY, _NONE = -2, -1  # of issues: all at once, and none (sim.rules.outlook)
_UNDATED = 10**5  # weeks to a date that is not set are more than any run has


class Done(NamedTuple):
    """An act: the ``week``, the first 1; the ``side``, us, cn or both; the ``act``; two details."""

    week: int
    side: str
    act: str
    first: int
    second: int


class WeekLine(NamedTuple):
    """What happened in a ``week``, the first 1, as a line of ``text``."""

    week: int
    text: str


def week_lines(acts: Iterable[Done], issues: Sequence[str], start: str) -> list[WeekLine]:
    """A line a week in which something happened, with its week.

    Parameters
    ----------
    acts
        The acts of a run, in their order.
    issues
        Names of the scenario's issues, in the order of their places.
    start
        The first day, an ISO date; a week is called by its last day.

    Examples
    --------
    >>> acts = [Done(12, "us", "threatened", 0, 3)]
    >>> week_lines(acts, ["counter_controls"], "2025-06-11")[0].week
    12
    """
    return [
        _line(week, start, " ".join(sentence(act, issues) for act in done))
        for week, done in groupby(acts, key=lambda act: act.week)
    ]


def closing_line(outcome: str, weeks: int, start: str) -> WeekLine:
    """What a run of so many ``weeks`` counts as, after its last: its state in a drawn closing week.

    Examples
    --------
    >>> closing_line("narrow_deal", 104, "2025-06-11").text
    'Week 104, 9 June 2027: The run counts as a narrow deal.'
    """
    return _line(weeks, start, SENTENCES["end"][outcome])


def _line(week: int, start: str, text: str) -> WeekLine:
    day = _day(dt.date.fromisoformat(start) + dt.timedelta(weeks=week))
    return WeekLine(week, SENTENCES["week"]["line"].format(n=week, day=day, text=text))


def lines(acts: Iterable[Done], issues: Sequence[str], start: str) -> list[str]:
    """The same as text alone.

    Examples
    --------
    >>> acts = [Done(12, "us", "threatened", 0, 3)]
    >>> lines(acts, ["counter_controls"], "2025-06-11")[0][:36]
    'Week 12, 3 September 2025: Washingto'
    """
    return [line.text for line in week_lines(acts, issues, start)]


def sentence(act: Done, issues: Sequence[str]) -> str:
    """An act in words.

    Examples
    --------
    >>> sentence(Done(3, "both", "renewed", 26, 1), [])
    'Both sides renew the truce for 26 weeks, 1 week before its date.'
    """
    term = ACTS[act.act]
    words = {"who": SENTENCES["who"][act.side]}
    for kind, detail in ((term.first, act.first), (term.second, act.second)):
        if kind:
            words[kind] = _WORDS[kind](detail, issues)
    return term.sentence.format(**words)


def issue_words(k: int, issues: Sequence[str]) -> str:
    """An issue in words: nothing, everything, or its name."""
    if k in (_NONE, _EVERY):
        return SENTENCES["issue"]["none" if k == _NONE else "every"]
    known = SENTENCES["name"]
    return " ".join(known.get(word, word) for word in issues[k].split("_"))


def issues_words(bundle: int, issues: Sequence[str]) -> str:
    """The issues of a set, a bit each."""
    return _listed([issue_words(k, issues) for k in range(len(issues)) if bundle >> k & 1])


def _listed(names: Sequence[str]) -> str:
    joins = SENTENCES["list"]
    head = joins["other"].join(names[:-1])
    return f"{head}{joins['last']}{names[-1]}" if head else "".join(names)


def weeks_words(count: int, issues: Sequence[str] = ()) -> str:
    """So many weeks, in words."""
    return SENTENCES["weeks"]["one" if count == 1 else "more"].format(n=count)


def _when(left: int, issues: Sequence[str]) -> str:
    """Where the date stands, ``left`` weeks away."""
    words = SENTENCES["when"]
    if left >= _UNDATED:
        return words["undated"]
    place = "before" if left > 0 else "past" if left < 0 else "at"
    return words[place].format(weeks=weeks_words(abs(left)))


def _reason(fresh: int, issues: Sequence[str]) -> str:
    return SENTENCES["reason"]["new" if fresh else "old"]


def _length(weeks: int, issues: Sequence[str]) -> str:
    return SENTENCES["length"]["dated" if weeks else "undated"].format(weeks=weeks_words(weeks))


def _lifted(sides: int, issues: Sequence[str]) -> str:
    """Whose measures an interim package lifts, a bit a side."""
    who = [side.label for side in SIDES.values() if sides >> side.code & 1]
    kind = ("none", "some", "both")[len(who)]
    return SENTENCES["lifted"][kind].format(who="".join(who[:1]))


_WORDS: dict[str, Callable[[int, Sequence[str]], str]] = {
    "issue": issue_words,
    "issues": issues_words,
    "weeks": weeks_words,
    "when": _when,
    "reason": _reason,
    "length": _length,
    "lifted": _lifted,
    "regime": lambda rank, issues: SENTENCES["regime"][str(rank)],
    "scheduled": lambda kind, issues: SENTENCES["scheduled"][str(kind)],
    "count": lambda count, issues: str(count),
    "track": lambda track, issues: TRACKS[TRACKS.names[track]].label,
}
"""A kind of detail -> its words."""


def _day(day: dt.date) -> str:
    """A day in words, ``3 September 2025``, whatever the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
