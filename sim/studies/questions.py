"""Questions by a day: a condition, when it must hold, what must go before it, and whether it came
true. Read from words or from ``questions.yaml``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.config.check import check_value
from sim.config.errors import SimError, nearest
from sim.config.fields import Setting
from sim.config.locate import configs_folder
from sim.config.params import Params, flatten
from sim.config.scenario import Scenario
from sim.config.yaml import read_yaml
from sim.studies.conditions import Condition, condition_of

__all__ = ["MOST_QUESTIONS", "Found", "Question", "question_of", "questions_in"]

MOST_QUESTIONS = 100
_WITHIN = re.compile(r"(\d{1,3})\s*(?:w|weeks?)?")
_KEYS = (
    *("that", "then", "given", "on", "by", "until", "within", "for_at_least", "ever"),
    *("text", "resolved", "base_rate"),
)
_WHEN = ("on", "by", "until")


@dataclass(frozen=True)
class Found:
    """What a question finds in runs: which count, in which it came true, and in which week first
    (-1 where in none).
    """

    counted: np.ndarray
    true: np.ndarray
    week: np.ndarray


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    name, text
        What tables call it, and how a reader asks it.
    that
        The condition.
    then
        What must follow, in a later week; the runs in which ``that`` came true are those that
        count.
    given
        Which runs count: those in which it came true in the same weeks.
    on, last
        The week in which it must hold, or the last that counts, from 0; ``on`` is -1 where any
        week up to ``last`` will do.
    within
        Weeks after ``that`` in which ``then`` must come; 0 for any later week.
    at_least
        For how many weeks on end it must hold.
    day
        The day that was asked about; empty for the whole run.
    resolved, base_rate
        Whether it came true in the world, and a forecast to hold ours against.
    """

    name: str
    text: str
    that: Condition
    last: int
    then: Condition | None = None
    given: Condition | None = None
    on: int = -1
    within: int = 0
    at_least: int = 1
    day: str = ""
    resolved: bool | None = None
    base_rate: float | None = None

    @property
    def ruled_out(self) -> str:
        """Why it cannot happen; empty where it may."""
        parts = (self.then, self.that, self.given)
        return next((one.ruled_out for one in parts if one and one.ruled_out), "")

    def find(self, weeks: np.ndarray) -> Found:
        """Look it up in the weekly series of runs, shape (runs, weeks)."""
        counted = np.ones(len(weeks), bool)
        if self.given is not None:
            counted &= self._came(self.given, weeks)[0]
        true, week = self._came(self.that, weeks)
        if self.then is not None:
            counted &= true
            true, week = self._followed(weeks, week)
        true = true & counted
        return Found(counted, true, np.where(true, week, -1))

    def _came(self, condition: Condition, weeks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether a condition came true in the weeks that count, and in which first."""
        holds = _lasting(condition.holds(weeks), self.at_least)
        if self.on >= 0:
            on = np.asarray(holds[:, self.on] ^ condition.negated)
            return on, np.where(on, self.on, -1)
        holds = holds[:, : self.last + 1]
        came = np.asarray(holds.any(axis=1))
        if condition.negated:
            return ~came, np.full(len(came), -1)
        return came, np.where(came, holds.argmax(axis=1), -1)

    def _followed(self, weeks: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether ``then`` came true after the week ``first``, and in which week."""
        assert self.then is not None
        number = np.arange(weeks.shape[1])
        last = np.minimum(self.last, first + self.within) if self.within else self.last
        after = (number > first[:, None]) & (number <= np.broadcast_to(last, first.shape)[:, None])
        holds = self.then.holds(weeks) & after & (first >= 0)[:, None]
        came = np.asarray(holds.any(axis=1))
        if self.then.negated:
            return ~came, np.full(len(came), -1)
        return came, np.where(came, holds.argmax(axis=1), -1)


def _lasting(holds: np.ndarray, least: int) -> np.ndarray:
    """Weeks in which a condition has held for ``least`` weeks on end."""
    if least <= 1:
        return holds
    count = np.cumsum(holds, axis=1)
    before = np.pad(count, ((0, 0), (least, 0)))[:, : holds.shape[1]]
    full = (count - before) == least
    full[:, : least - 1] = False
    return full


def question_of(
    name: str, plain: Mapping[str, Any], scenario: Scenario, params: Params | None = None
) -> Question:
    """The question that plain data ask of a scenario.

    Raises
    ------
    SimError
        A key or value that is refused, named; a day before the first or after the last week.
    """
    params = params or flatten(scenario)
    for key in plain:
        if key not in _KEYS:
            near = nearest(str(key), _KEYS)
            raise SimError("no such key", key=f"{name}.{key}", allowed=_KEYS, suggestion=near)
    plain = dict(plain)
    if "ever" in plain and "that" in plain:
        raise SimError("given twice", key=f"{name}.ever", cure="give either that or ever")
    that = plain.pop("ever", None) or plain.pop("that", None)
    days = [key for key in _WHEN if key in plain]
    if len(days) > 1:
        raise SimError(
            "given twice", key=f"{name}.{days[1]}", cure=f"give one of {', '.join(_WHEN)}"
        )
    last, day = scenario.calendar.horizon_weeks - 1, ""
    if days:
        day = str(plain[days[0]])
        last = _week_of(day, scenario, f"{name}.{days[0]}")
    one = {
        key: condition_of(plain[key], scenario, params, f"{name}.{key}")
        for key in ("then", "given")
        if key in plain
    }
    if "within" in plain and "then" not in one:
        raise SimError("nothing follows", key=f"{name}.within", cure="add then: what must follow")
    on = last if "on" in plain else -1
    if on >= 0 and "then" in one:
        raise SimError("on one day nothing can follow", key=f"{name}.on", cure="by instead of on")
    return Question(
        name,
        str(plain.get("text") or _words(that, plain)),
        condition_of(that, scenario, params, f"{name}.that"),
        last,
        one.get("then"),
        one.get("given"),
        on,
        _weeks(plain.get("within"), f"{name}.within", 0),
        _weeks(plain.get("for_at_least"), f"{name}.for_at_least", 1),
        day,
        _flag(plain.get("resolved"), f"{name}.resolved"),
        _chance(plain.get("base_rate"), f"{name}.base_rate"),
    )


def _week_of(day: str, scenario: Scenario, key: str) -> int:
    """The week, from 0, at whose end a day lies or has passed."""
    start = dt.date.fromisoformat(scenario.calendar.start)
    found = dt.date.fromisoformat(check_value(Setting("date"), day, key))
    week = (found - start).days // 7
    horizon = scenario.calendar.horizon_weeks
    if week < 0:
        allowed = f"from {start} (calendar.start)"
        raise SimError("before the first day", key=key, given=day, allowed=allowed)
    if week >= horizon:
        end = start + dt.timedelta(weeks=horizon, days=-1)
        cure = f"weeks={week + 1} (calendar.horizon_weeks) runs until then"
        problem = "after the last week of the run"
        raise SimError(problem, key=key, given=day, allowed=f"up to {end}", cure=cure)
    return week


def _words(that: object, plain: Mapping[str, Any]) -> str:
    """A question in words, where nobody wrote it."""
    parts = [str(that)]
    if "then" in plain:
        parts = [f"after {that}: {plain['then']}"]
    names = {
        "within": "within {} weeks",
        "for_at_least": "for at least {} weeks",
        "on": "on {}",
        "by": "by {}",
        "until": "until {}",
        "given": "given {}",
    }
    parts += [
        words.format(str(plain[key]).removesuffix("w") if "{} w" in words else plain[key])
        for key, words in names.items()
        if key in plain
    ]
    return ", ".join(parts)


def _weeks(given: object, key: str, usual: int) -> int:
    if given is None:
        return usual
    found = _WITHIN.fullmatch(str(given).strip())
    if found is None or isinstance(given, bool) or not 0 < int(found[1]) <= 520:
        raise SimError("not a number of weeks", key=key, given=given, allowed="26 or 26w")
    return int(found[1])


def _flag(given: object, key: str) -> bool | None:
    if given is not None and not isinstance(given, bool):
        raise SimError("not yes or no", key=key, given=given, allowed="true or false")
    return given


def _chance(given: object, key: str) -> float | None:
    if given is None:
        return None
    return float(check_value(Setting("number", "probability", low=0.0, high=1.0), given, key))


def _path_of(text: str) -> Path:
    path = Path(text)
    if path.suffix or path.name != text:
        return path
    folder = configs_folder() / "questions"
    names = sorted(file.stem for file in folder.glob("*.yaml"))
    if text not in names:
        cure = "a name of configs/questions, or the path of a file that ends in .yaml"
        near = nearest(text, names)
        raise SimError("no such questions", key=text, allowed=names, suggestion=near, cure=cure)
    return folder / f"{text}.yaml"


def questions_in(path: Path | str) -> tuple[str, dict[str, Mapping[str, Any]]]:
    """The questions of a file by name, as plain data, and the scenario that it names with ``from``.
    A bare name is that of a file in ``configs/questions``.

    Raises
    ------
    SimError
        Not a file of questions.
    """
    plain = dict(read_yaml(_path_of(str(path))).values)
    source, questions = plain.pop("from", ""), plain.pop("questions", None)
    if plain:
        key = next(iter(plain))
        raise SimError("no such key", key=f"{path}: {key}", allowed=("from", "questions"))
    if not isinstance(source, str):
        raise SimError("not the name of a scenario", key=f"{path}: from", given=source)
    if not isinstance(questions, Mapping) or not questions:
        allowed = "a mapping of names to questions"
        raise SimError("no questions", key=f"{path}: questions", given=questions, allowed=allowed)
    if len(questions) > MOST_QUESTIONS:
        allowed = f"at most {MOST_QUESTIONS}"
        raise SimError("too many questions", key=str(path), given=len(questions), allowed=allowed)
    for name, own in questions.items():
        if not isinstance(own, Mapping) or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(name)):
            raise SimError("not a question", key=f"{path}: questions.{name}", given=own)
    return source, dict(questions)
