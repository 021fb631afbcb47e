"""A case sheet as plain data, read strictly: every name known, every number checked, and each fault
said with its key, what was given, what is allowed and the cure.

The way back, :func:`to_plain`, gives what :func:`exercise_of` reads as an equal exercise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sim.config.errors import SimError, nearest
from sim.exercises.exercise import MOST_OUTCOMES, Combination, Exercise, Topic

__all__ = ["KEYS", "exercise_of", "to_plain"]

KEYS = {
    "name": "what the exercise is called in files",
    "title": "its heading",
    "about": "what it is about, in a sentence",
    "parties": "the names of both parties",
    "walk_away": "the points that each has without agreement",
    "rounds": "how often each party may speak",
    "discount": "what a point in the last round is worth in the first, of each party; 1 if left out",
    "issues": "options of each issue, and the points of each party for each",
    "together": "extra points of packages that hold several options",
}
_NEEDED = ("parties", "walk_away", "issues")
_MOST_ISSUES, _MOST_OPTIONS, _MOST_ROUNDS, _MOST_EXTRA = 20, 200, 10_000, 200
_MOST_NAME, _MOST_WORDS = 60, 1_000  # letters
_LARGEST, _LEAST = 1e9, 1e-9  # points: beyond, sums of ten digits would not tell packages apart
_RESERVED = ("options", "when")
_NTH = "\ue000"  # before a place in a list; no name has it, since it cannot be printed
_IN_PATHS = "./\\:"  # marks that the name of a folder may not have
_SHAPE = "price: {options: [40, 50], buyer: [100, 0], owner: [0, 100]}"

Where = Callable[[str], str | None]


def exercise_of(
    values: object, name: str = "exercise", where: Where | None = None, rounds: int | None = None
) -> Exercise:
    """The exercise that plain data describes.

    Parameters
    ----------
    values
        A mapping with the keys of :data:`KEYS`.
    name
        What it is called where it gives no name.
    where
        The file and line of a dotted name, for messages.
    rounds
        Instead of those of the sheet.

    Raises
    ------
    SimError
        Everything that is wrong with it, at once.
    """
    reader = _Reader(where or (lambda path: None))
    found = reader.exercise(values, name, rounds)
    if reader.problems or found is None:
        raise SimError.together(reader.problems)
    return found


def to_plain(exercise: Exercise) -> dict[str, Any]:
    """The exercise as plain data, for a file or a manifest."""

    def of_each(pair: Sequence[float]) -> dict[str, float]:
        return dict(zip(exercise.parties, pair, strict=True))

    plain: dict[str, Any] = {
        "name": exercise.name,
        **{key: text for key in ("title", "about") if (text := getattr(exercise, key))},
        "parties": list(exercise.parties),
        "walk_away": of_each(exercise.walk_away),
        "rounds": exercise.rounds,
    }
    if exercise.discount != (1.0, 1.0):
        plain["discount"] = of_each(exercise.discount)
    plain["issues"] = {
        topic.name: {
            "options": list(topic.options),
            **{
                party: list(points)
                for party, points in zip(exercise.parties, topic.points, strict=True)
            },
        }
        for topic in exercise.issues
    }
    if exercise.together:
        plain["together"] = [
            {"when": dict(one.options), **of_each(one.points)} for one in exercise.together
        ]
    return plain


class _Given(NamedTuple):
    """A value and its dotted name."""

    value: Any
    path: str


@dataclass
class _Reader:
    """Reads an exercise and collects what is wrong with it."""

    where: Where
    problems: list[SimError] = field(default_factory=list)

    def wrong(self, path: str, problem: str, **parts: Any) -> None:
        """Note a fault at a dotted name."""
        place, said = self.where(path.replace(_NTH, "")), _counted_from_one(path)
        key = f"{place}: {said}" if place and said else place or said or "case sheet"
        self.problems.append(SimError(problem, key=key, **parts))

    def exercise(self, values: object, name: str, rounds: int | None) -> Exercise | None:
        """The whole sheet; None where something is wrong."""
        if not isinstance(values, Mapping):
            self.wrong("", "not a case sheet", given=values, allowed=f"a mapping of {_list(KEYS)}")
            return None
        self._names(values, KEYS, "", _NEEDED)
        parties = self._parties(values.get("parties"))
        issues = self._issues(values.get("issues"), parties)
        walk_away = self._of_each("walk_away", values.get("walk_away"), parties)
        discount = (1.0, 1.0)
        if "discount" in values:
            discount = self._of_each("discount", values["discount"], parties, 0.0, 1.0)
        played = self._rounds(values.get("rounds"), rounds)
        together = self._together(values.get("together", []), parties, issues)
        title, about = (self._text(values.get(key, ""), key) for key in ("title", "about"))
        called = self._name(values["name"], "name", _IN_PATHS) if "name" in values else name
        if self.problems:
            return None
        return Exercise(
            name=called,
            parties=parties,
            issues=issues,
            walk_away=walk_away,
            rounds=played,
            discount=discount,
            together=together,
            title=title,
            about=about,
        )

    def _names(
        self, given: Mapping[str, Any], known: Sequence[str] | Mapping[str, Any], path: str,
        needed: Sequence[str],
    ) -> None:  # fmt: skip
        """Refuse names that mean nothing here, and miss those that are needed."""
        for name in given:
            if name not in known:
                here = f"{path}.{name}" if path else str(name)
                near = nearest(str(name), known)
                self.wrong(here, "no such key", allowed=_list(known), suggestion=near)
        for name in needed:
            if given.get(name) is None:  # an empty value says as little as none
                here = f"{path}.{name}" if path else name
                self.wrong(here, "is missing", cure=_cure(name, known))

    def _name(self, given: object, path: str, refused: str = "") -> str:
        text = given if isinstance(given, str) else ""
        plain = text.isprintable() and text == text.strip() and 1 <= len(text) <= _MOST_NAME
        if not plain or any(mark in text for mark in refused):
            without = f", without {' '.join(refused)}" if refused else ""
            allowed = f"1 to {_MOST_NAME} letters{without}"
            self.wrong(path, "not a name", given=given, allowed=allowed)
        return text

    def _text(self, given: object, path: str) -> str:
        if not isinstance(given, str) or len(given) > _MOST_WORDS:
            self.wrong(path, "not text", given=given, allowed=f"at most {_MOST_WORDS:,} letters")
            return ""
        return " ".join(given.split())

    def _parties(self, given: object) -> tuple[str, str]:
        if given is None:
            return "", ""
        if not isinstance(given, list) or len(given) != 2:
            cure = "parties: [buyer, owner]"
            self.wrong("parties", "not two parties", given=given, allowed="two names", cure=cure)
            return "", ""
        names = [self._name(one, f"parties.{_NTH}{n}") for n, one in enumerate(given)]
        if names[0] == names[1] or any(name in _RESERVED for name in names):
            allowed = f"two different names, neither of them {' or '.join(_RESERVED)}"
            self.wrong("parties", "not two parties", given=", ".join(names), allowed=allowed)
        return names[0], names[1]

    def _number(
        self, given: object, path: str, low: float = -_LARGEST, high: float = _LARGEST
    ) -> float:
        number = isinstance(given, (int, float)) and not isinstance(given, bool)
        if not number or not math.isfinite(given):  # type: ignore[arg-type]
            said = "an empty value" if given is None else given
            self.wrong(path, "not a number", given=said, allowed="a finite number")
            return 0.0
        value = float(given)  # type: ignore[arg-type]
        if not low <= value <= high:
            self.wrong(path, "out of bounds", given=given, allowed=f"{low:g} to {high:g}")
        elif 0.0 < abs(value) < _LEAST:
            cure = "write points in a larger unit, or 0"
            self.wrong(path, "too small to tell from 0", given=given, cure=cure)
        return value + 0.0  # minus nought is nought

    def _of_each(
        self, key: str, given: object, parties: tuple[str, str],
        low: float = -_LARGEST, high: float = _LARGEST,
    ) -> tuple[float, float]:  # fmt: skip
        """A number of each party."""
        if given is None or not all(parties):
            return 0.0, 0.0
        if not isinstance(given, Mapping):
            cure = f"{key}: {{{parties[0]}: 0, {parties[1]}: 0}}"
            self.wrong(key, "not a number for each party", given=given, cure=cure)
            return 0.0, 0.0
        self._names(given, parties, key, parties)
        found = [self._number(given.get(name, 0), f"{key}.{name}", low, high) for name in parties]
        return found[0], found[1]

    def _rounds(self, given: object, instead: int | None) -> int:
        value = given if instead is None else instead
        if value is None:
            self.wrong("rounds", "is missing", cure="rounds: 6, or rounds=6 on the command line")
            return 1
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not 1 <= value <= _MOST_ROUNDS:  # type: ignore[operator]
            allowed = f"a whole number from 1 to {_MOST_ROUNDS:,}"
            self.wrong("rounds", "not a number of rounds", given=value, allowed=allowed)
            return 1
        return int(value)  # type: ignore[call-overload]

    def _issues(self, given: object, parties: tuple[str, str]) -> tuple[Topic, ...]:
        if given is None:
            return ()
        if not isinstance(given, Mapping) or not 1 <= len(given) <= _MOST_ISSUES:
            allowed = f"1 to {_MOST_ISSUES} issues by name"
            self.wrong("issues", "not issues", given=given, allowed=allowed, cure=_SHAPE)
            return ()
        found = [self._issue(name, one, parties) for name, one in given.items()]
        count = math.prod(max(1, len(topic.options)) for topic in found)
        if count > MOST_OUTCOMES:
            cure = "fewer options or fewer issues; an export takes levels="
            allowed = f"at most {MOST_OUTCOMES:,}"
            self.wrong(
                "issues", "too many packages", given=f"{count:,}", allowed=allowed, cure=cure
            )
        return tuple(found)

    def _issue(self, name: object, given: object, parties: tuple[str, str]) -> Topic:
        path = f"issues.{name}"
        called = self._name(name, path)
        if not isinstance(given, Mapping):
            self.wrong(path, "not an issue", given=given, cure=_SHAPE)
            return Topic(called, (), ((), ()))
        if all(parties):
            self._names(given, ("options", *parties), path, ("options", *parties))
        options = self._options(given.get("options"), f"{path}.options")
        points = [
            self._points(given.get(party), f"{path}.{party}", options) if party else ()
            for party in parties
        ]
        return Topic(called, options, (points[0], points[1]))

    def _options(self, given: object, path: str) -> tuple[str, ...]:
        if given is None:
            return ()
        if not isinstance(given, list) or not 2 <= len(given) <= _MOST_OPTIONS:
            allowed = f"a list of 2 to {_MOST_OPTIONS}"
            self.wrong(path, "not options", given=given, allowed=allowed, cure="options: [40, 50]")
            return ()
        found = []
        for n, one in enumerate(given):
            text = one if isinstance(one, str) else f"{one}"
            plain = isinstance(one, (str, int, float)) and not isinstance(one, bool)
            if not plain or not text.strip() or not text.isprintable() or len(text) > _MOST_NAME:
                allowed = f"a number, or text of 1 to {_MOST_NAME} letters"
                self.wrong(f"{path}.{_NTH}{n}", "not an option", given=one, allowed=allowed)
            elif text.strip() in found:
                self.wrong(f"{path}.{_NTH}{n}", "an option given twice", given=one)
            found.append(text.strip())
        return tuple(found)

    def _points(self, given: object, path: str, options: tuple[str, ...]) -> tuple[float, ...]:
        """Points in the order of the options, from a list or from names of options."""
        if given is None or not options:
            return tuple(0.0 for _ in options)
        if isinstance(given, Mapping):
            given = {str(option): points for option, points in given.items()}
            self._names(given, options, path, options)
            return tuple(self._number(given.get(one, 0), f"{path}.{one}") for one in options)
        if not isinstance(given, list) or len(given) != len(options):
            said = f"{len(given)} points" if isinstance(given, list) else given
            allowed = f"{len(options)} numbers, one for each of {', '.join(options)}"
            self.wrong(path, "not points for each option", given=said, allowed=allowed)
            return tuple(0.0 for _ in options)
        return tuple(self._number(one, f"{path}.{_NTH}{n}") for n, one in enumerate(given))

    def _together(
        self, given: object, parties: tuple[str, str], issues: tuple[Topic, ...]
    ) -> tuple[Combination, ...]:
        if not isinstance(given, list) or len(given) > _MOST_EXTRA:
            allowed = f"a list of at most {_MOST_EXTRA}"
            self.wrong("together", "not combinations", given=given, allowed=allowed)
            return ()
        found = [
            self._combination(one, f"together.{_NTH}{n}", parties, issues)
            for n, one in enumerate(given)
        ]
        return tuple(one for one in found if one is not None)

    def _combination(
        self, given: object, path: str, parties: tuple[str, str], issues: tuple[Topic, ...]
    ) -> Combination | None:
        cure = "{when: {staff: all kept, old_name: kept}, owner: 10}"
        if not isinstance(given, Mapping) or not isinstance(given.get("when"), Mapping):
            self.wrong(path, "not a combination", given=given, cure=cure)
            return None
        self._names(given, ("when", *parties), path, ())
        known = {topic.name: topic.options for topic in issues}
        self._names(given["when"], known, f"{path}.when", ())
        chosen = []
        for issue, option in given["when"].items():
            text = str(option).strip()
            if issue in known and text not in known[issue]:
                near = nearest(text, known[issue])
                here = f"{path}.when.{issue}"
                self.wrong(
                    here, "no such option", given=option, allowed=known[issue], suggestion=near
                )
            chosen.append((str(issue), text))
        points = [self._number(given.get(party, 0), f"{path}.{party}") for party in parties]
        if len(chosen) < 2:
            self.wrong(f"{path}.when", "needs options of two issues or more", given=given["when"])
        return Combination(tuple(sorted(chosen)), (points[0], points[1]))


def _counted_from_one(path: str) -> str:
    """A dotted name as people read it: ``together, no. 1, when.price``."""
    said = re.sub(rf"\.{_NTH}(\d+)", lambda at: f", no. {int(at[1]) + 1},", path)
    return said.replace(",.", ", ").removesuffix(",")


def _list(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(str(name) for name in names)


def _cure(name: str, known: Sequence[str] | Mapping[str, Any]) -> str | None:
    """What to write where a key is missing."""
    shapes = {
        "parties": "parties: [buyer, owner]",
        "walk_away": "walk_away: {buyer: 0, owner: 0}, the points of each without agreement",
        "issues": f"issues: {{{_SHAPE}}}",
        "options": "options: [40, 50]",
    }
    return shapes.get(name) if isinstance(known, Mapping) or name == "options" else f"{name}: …"
