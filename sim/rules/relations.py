"""Who has what: the identities between sides, goods, grades, drivers and tracks that rules rely on.

They are those of :mod:`sim.vocabulary`, made into formulas, so that no rule writes a side where it
means a good, or a good where it means a side. There are two sides by design: the model is bilateral
(docs/model.md).
"""

from __future__ import annotations

from sim import vocabulary as words
from sim.rules.codes import MAGNETS, N_GRADES, N_SIDES, TRADE, US, code, codes_of
from sim.rules.compiled import formula

__all__ = [
    "NO_GOOD",
    "NO_GRADE",
    "NO_PURCHASES",
    "asker_of",
    "driver_good",
    "driver_grade",
    "driver_is_tariff",
    "driver_purchases",
    "entity_at",
    "entity_of",
    "good_used_by",
    "is_controls",
    "is_minerals",
    "licence_driver",
    "minerals_driver",
    "other",
    "paid_on",
    "purchases_driver",
    "seat",
    "tariff_driver",
    "turn_of",
    "user_of",
    "uses_minerals",
]

NO_GOOD, NO_GRADE, NO_PURCHASES = code(-1), code(-1), code(-1)
# what is voted on at a meeting was agreed there or proposed by a mediator
_PROPOSALS = code(2)
# numbers of the draws of a meeting in a stream: room for 16 tracks, so that one more moves no draw
_AT_A_MEETING = code(64)
_US_GOOD, _CN_GOOD = codes_of(words.GOODS, *(words.good_used_by(side) for side in words.SIDES))
_MAGNET_USER, _CHIP_USER = codes_of(words.SIDES, *(good.user for good in words.GOODS.values()))
# of every track; the entry after the last is that of all tracks at once, where nobody asks
_NO_SIDE = code(-1)
_ASKERS = (
    *(
        code(words.SIDES[track.asker].code) if track.asker else _NO_SIDE
        for track in words.TRACKS.values()
    ),
    _NO_SIDE,
)
_US_PAYS_ON, _CN_PAYS_ON = codes_of(
    words.TRACKS,
    *(
        next(track.name for track in words.TRACKS.values() if track.asker == side)
        for side in words.SIDES
    ),
)
_DRIVERS = tuple(words.DRIVERS.values())
_GOOD_OF = tuple(
    code(words.GOODS[driver.good].code) if driver.good else NO_GOOD for driver in _DRIVERS
)
_GRADE_OF = tuple(
    code(words.GRADES[driver.grade].code) if driver.grade else NO_GRADE for driver in _DRIVERS
)
_IS_TARIFF = tuple(driver.tariff for driver in _DRIVERS)
_PURCHASES_OF = tuple(
    code(words.PURCHASES[driver.purchases].code) if driver.purchases else NO_PURCHASES
    for driver in _DRIVERS
)
_PURCHASES_DRIVERS = codes_of(
    words.DRIVERS,
    *(
        next(driver.name for driver in _DRIVERS if driver.purchases == kind)
        for kind in words.PURCHASES
    ),
)
_US_TARIFF, _CN_TARIFF = codes_of(
    words.DRIVERS,
    *(
        next(driver.name for driver in _DRIVERS if driver.tariff and driver.owner == side)
        for side in words.SIDES
    ),
)
(_OTHER_MINERALS,) = codes_of(words.DRIVERS, "other_minerals")
(_MINERALS_USER,) = codes_of(words.SIDES, words.other_side(words.DRIVERS["other_minerals"].owner))
_LICENCE_DRIVERS = codes_of(
    words.DRIVERS,
    *(
        next(
            driver.name
            for driver in _DRIVERS
            if driver.good == good and driver.grade in ("", grade)
        )
        for good in words.GOODS
        for grade in words.GRADES
    ),
)


@formula
def other(side):
    """The opposite side."""
    return 1 - side


@formula
def is_controls(track):
    """Whether one side's controls are asked for on a track."""
    return track != TRADE


@formula
def asker_of(track):
    """The side that asks for the other's controls on a track; none, -1, on trade or on all."""
    return _ASKERS[track]


@formula
def paid_on(side):
    """The track on which a side asks, and pays from trade."""
    return _US_PAYS_ON if side == US else _CN_PAYS_ON


@formula
def good_used_by(side):
    """The good that firms of a side use, and that the other side licenses."""
    return _US_GOOD if side == US else _CN_GOOD


@formula
def user_of(good):
    """The side whose firms use a good."""
    return _MAGNET_USER if good == MAGNETS else _CHIP_USER


@formula
def tariff_driver(side):
    """The driver of the issue that is a side's own tariff."""
    return _US_TARIFF if side == US else _CN_TARIFF


@formula
def driver_is_tariff(driver):
    """Whether a driver is a tariff, whose issue takes its value from the curves of trade."""
    return _IS_TARIFF[driver]


@formula
def driver_good(driver):
    """The good that an issue with this driver opens; NO_GOOD of the others."""
    return _GOOD_OF[driver]


@formula
def driver_grade(driver):
    """The grade of that good that the issue is about; NO_GRADE where it is about all of it."""
    return _GRADE_OF[driver]


@formula
def driver_purchases(driver):
    """The kind of purchases that an issue with this driver pledges; NO_PURCHASES of the others."""
    return _PURCHASES_OF[driver]


@formula
def purchases_driver(kind):
    """The driver of the issue that pledges purchases of a kind."""
    return _PURCHASES_DRIVERS[kind]


@formula
def licence_driver(good, grade):
    """The driver of the issue that rules licences of a good and grade."""
    return _LICENCE_DRIVERS[N_GRADES * good + grade]


@formula
def is_minerals(driver):
    """Whether an issue with this driver opens the minerals that are rows."""
    return driver == _OTHER_MINERALS


@formula
def minerals_driver():
    """The driver of the issue that opens them."""
    return _OTHER_MINERALS


@formula
def uses_minerals(side):
    """Whether a side's firms use the minerals that the other licenses."""
    return side == _MINERALS_USER


@formula
def seat(track, side):
    """The number of a side's seat on a track, from 0.

    It numbers the bargaining problems.
    """
    return N_SIDES * track + side


@formula
def entity_of(number, side):
    """The number that identifies a side's view of an issue in draws.

    ``number`` is the issue's own, of 31 bits, so that the two fill a word of the counter.
    """
    return N_SIDES * number + side


@formula
def entity_at(meeting, track, side, mediated):
    """The number that identifies a draw of a meeting of the week on a track.

    ``meeting`` counts those of the week on that track; ``mediated`` is 1 of what a mediator brings,
    else 0: both may be voted on at one meeting. How many meetings were held in earlier weeks, or on
    another track, does not count, so that a deal there moves no draw here.
    """
    return _AT_A_MEETING * meeting + N_SIDES * (_PROPOSALS * track + mediated) + side


@formula
def turn_of(number, side):
    """The number that identifies one of several draws of a side in a week from one stream."""
    return N_SIDES * number + side
