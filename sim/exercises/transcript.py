"""Offers that people made, scored against the frontier of their exercise: points of both, what was
left on the table, and how far the agreement lies from the solutions.

A transcript is a table: who offered, an option of each issue, and whether the offer was accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.config.errors import Faults, SimError, nearest
from sim.exercises.exercise import Exercise
from sim.exercises.values import CONCEPTS, Measures, points_text, solutions_of
from sim.sheets import Sheet, read_sheet

__all__ = [
    "TABLES",
    "Offer",
    "Transcript",
    "offers_from_plain",
    "offers_to_plain",
    "read_offers",
    "score_offers",
]

TABLES = ("offers", "solutions")
_MOST = 1_000  # offers: a person listed them
_PARTY, _ACCEPTED = "party", "accepted"


@dataclass(frozen=True)
class Offer:
    """An offer: who made it (0 or 1), the place of the package, and whether it was accepted."""

    party: int
    place: int
    accepted: bool = False


@dataclass(frozen=True)
class Transcript:
    """The offers of an exercise, scored.

    Attributes
    ----------
    exercise, given
        What was played, and the offers as they were listed.
    offers
        One row per offer: who, the options, points of both, whether it is efficient, what either
        party could have had more with the other no worse off (``left``), the ratio to the Nash
        product and the distances to both solutions, as in the table of pairs.
    solutions
        The Nash and the Kalai-Smorodinsky package, and the best of each party.
    """

    exercise: Exercise
    given: tuple[Offer, ...]
    offers: pd.DataFrame
    solutions: pd.DataFrame

    @property
    def answer(self) -> str:
        """What was agreed and what was left on the table; or the walk-away points."""
        parties, last = self.exercise.parties, self.given[-1]
        count = f"{len(self.given)} offer{'' if len(self.given) == 1 else 's'}"
        if not last.accepted:
            floors = self._points(self.exercise.walk_away)
            return f"no agreement after {count}: the parties walk away with {floors}"
        row = self.offers.iloc[-1]
        head = f"agreed after {count}: {self.exercise.words(last.place)}"
        head += f"; {self._points([row[f'points.{party}'] for party in parties])}"
        below = [
            p
            for p, floor in zip(parties, self.exercise.walk_away, strict=True)
            if row[f"points.{p}"] < floor
        ]
        if below:
            head += f"; below the walk-away points of {' and '.join(below)}"
        if row["efficient"]:
            return f"{head}; efficient: nobody can have more without the other having less"
        left = [
            f"{party} could have {points_text(row[f'left.{party}'])} more"
            for party in parties
            if row[f"left.{party}"] > 0.0
        ]
        return f"{head}; not efficient: {' or '.join(left)} with the other no worse off"

    def _points(self, pair: Sequence[float]) -> str:
        return " and ".join(
            f"{points_text(float(value))} points ({party})"
            for party, value in zip(self.exercise.parties, pair, strict=True)
        )


def score_offers(exercise: Exercise, offers: Path | str | Sequence[Offer]) -> Transcript:
    """Score the offers in a table, or those given.

    Raises
    ------
    SimError
        A table that is no transcript of the exercise, with row and column; no offer.
    """
    listed = (
        read_offers(exercise, Path(offers)) if isinstance(offers, (str, Path)) else tuple(offers)
    )
    if not listed:
        raise SimError("no offer", key="offers", cure="one row for each offer")
    measures, points = Measures(exercise), exercise.utilities
    places = [one.place for one in listed]
    left = [measures.left(party, places) for party in (0, 1)]
    ratio = measures.nash_ratio
    away = {name: measures.distance(name) for name in CONCEPTS}
    rows = [
        {
            "offer": n + 1,
            "party": exercise.parties[one.party],
            **{f"option.{issue}": option for issue, option in exercise.package(one.place).items()},
            **{f"points.{p}": points[one.place, i] for i, p in enumerate(exercise.parties)},
            "efficient": bool(measures.efficient[one.place]),
            **{f"left.{p}": left[i][n] for i, p in enumerate(exercise.parties)},
            "nash_ratio": ratio[one.place],
            **{f"distance.{name}": distances[one.place] for name, distances in away.items()},
            "accepted": one.accepted,
        }
        for n, one in enumerate(listed)
    ]
    return Transcript(exercise, listed, pd.DataFrame(rows), solutions_of(exercise))


def read_offers(exercise: Exercise, path: Path) -> tuple[Offer, ...]:
    """The offers in a table: ``party``, a column for each issue, and ``accepted`` (yes or no),
    which may be left out where nothing was agreed.

    Raises
    ------
    SimError
        With row and column as the sheet counts them.
    """
    sheet = read_sheet(path, _MOST)
    known = (_PARTY, *(topic.name for topic in exercise.issues), _ACCEPTED)
    for name in sheet.columns:
        if name not in known:
            near = nearest(name, known)
            key = f"{path}: {name}"
            raise SimError("no such column", key=key, allowed=known, suggestion=near)
    for name in known[:-1]:
        if name not in sheet.columns:
            raise SimError("a column is missing", key=f"{path}: {name}", allowed=known)
    found, faults = list[Offer](), Faults()
    for row in range(len(sheet.rows)):
        with faults.catching():
            found.append(_offer(exercise, sheet, row))
    faults.refuse()
    for row, offer in enumerate(found[:-1]):
        if offer.accepted:
            key = sheet.where(_ACCEPTED, row)
            cure = "the accepted offer stands in the last row: leave out what follows"
            raise SimError("offers after an agreement", key=key, cure=cure)
    return tuple(found)


def _offer(exercise: Exercise, sheet: Sheet, row: int) -> Offer:
    party, package, accepted, faults = "", dict[str, str](), False, Faults()
    with faults.catching():
        party = _choice(sheet, _PARTY, row, exercise.parties)
    for topic in exercise.issues:
        with faults.catching():
            package[topic.name] = _choice(sheet, topic.name, row, topic.options)
    if _ACCEPTED in sheet.columns and sheet.texts(_ACCEPTED)[row] != "":
        said = sheet.flag(_ACCEPTED, row)
        if not isinstance(said, bool):
            key = sheet.where(_ACCEPTED, row)
            wrong = SimError("not yes or no", key=key, given=said, allowed="yes, no, or empty")
            faults.found.append(wrong)
        accepted = said is True
    faults.refuse()
    return Offer(exercise.parties.index(party), exercise.place(package), accepted)


def _choice(sheet: Sheet, column: str, row: int, allowed: Sequence[str]) -> str:
    """A cell that must be one of some texts."""
    cell = sheet.columns[column].cells[row]
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if text not in allowed:
        near = nearest(text, allowed)
        problem = "an empty cell" if text == "" else f"no such {column}"
        key = sheet.where(column, row)
        given = text or None
        raise SimError(problem, key=key, given=given, allowed=allowed, suggestion=near)
    return text


def offers_to_plain(offers: Sequence[Offer]) -> list[list[int]]:
    """Offers as a manifest records them."""
    return [[one.party, one.place, int(one.accepted)] for one in offers]


def offers_from_plain(exercise: Exercise, plain: object) -> tuple[Offer, ...]:
    """Offers from a manifest.

    Raises
    ------
    SimError
        Anything that is no such list.
    """
    key, found = "manifest: asked.offers", []
    if not isinstance(plain, (list, tuple)) or not 1 <= len(plain) <= _MOST:
        raise SimError("not offers", key=key, given=plain)
    for one in plain:
        whole = isinstance(one, (list, tuple)) and len(one) == 3
        if not whole or not all(type(number) is int for number in one):
            raise SimError("not an offer", key=key, given=one, allowed="[party, package, accepted]")
        party, place, accepted = one
        if party not in (0, 1) or not 0 <= place < exercise.count or accepted not in (0, 1):
            raise SimError("not an offer of this exercise", key=key, given=one)
        found.append(Offer(party, place, bool(accepted)))
    return tuple(found)
