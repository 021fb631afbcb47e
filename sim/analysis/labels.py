"""Settings, values and shares as text, for answers and titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.fields import rows_in_words
from sim.vocabulary import SIDES

if TYPE_CHECKING:
    from sim.config.scenario import Scenario

__all__ = [
    "closing_words",
    "dated_words",
    "label_of",
    "measure_words",
    "percent",
    "percents",
    "range_words",
    "shared_words",
    "unit_words",
    "value_words",
]

_WITHOUT_UNIT = ("share", "name", "flag")
_YEAR = 52  # weeks
_MOST_CHANGES = 4  # that a footnote lists; of more it names the days
_SINGLE = 1e-7  # relative: rounding of single precision, in which sweeps store their settings
_FOUR_DIGITS, _LONG = 1e4, 1e9  # between them whole numbers are shorter than powers of ten
_ROUNDING = 1e-9  # of a unit: an integer but for rounding
_OWNERS = tuple(f"{side.label}'s " for side in SIDES.values())
Notes = Mapping[str, Mapping[str, str]]


def dated_words(scenario: Scenario) -> str:
    """What a scenario dates, in a sentence or two for the foot of a figure; empty where nothing.

    Examples
    --------
    >>> from sim.config.scenario import Scenario
    >>> dated_words(Scenario().change({"changes.2025-12-01.linkage.cn": 0.5}))
    'Dotted line: on 2025-12-01 linkage.cn becomes 0.5.'
    """
    days = scenario.changes
    parts = [
        f"on {day} {', '.join(f'{name} becomes {_short(value)}' for name, value in changes.items())}"
        for day, changes in days.items()
    ]
    words = []
    if parts and sum(map(len, days.values())) <= _MOST_CHANGES:
        words.append(f"Dotted line{'s' if len(days) > 1 else ''}: {'; '.join(parts)}.")
    elif parts:
        words.append(f"Dotted lines: settings change on {', '.join(days)}.")
    if scenario.economy.tariff_path:
        words.append("Tariffs are given, not bargained.")
    return " ".join(words)


def shared_words(scenario: Scenario) -> str:
    """The past that futures of one run share, in a sentence; empty where each run is its own.

    Examples
    --------
    >>> from sim.config.scenario import Scenario
    >>> shared_words(Scenario().change({"branch.week": 40, "branch.run": 17}))
    'Shaded: the 40 weeks of run 17 that all runs share.'
    """
    week, run = scenario.branch.week, scenario.branch.run
    weeks = "week" if week == 1 else f"{week} weeks"
    return f"Shaded: the {weeks} of run {run} that all runs share." if week else ""


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def label_of(name: str, notes: Notes, linked: bool = False, *, unit: bool = True) -> str:
    """The label of a setting, with its unit unless that is a share; ``linked`` says that it moves
    for both sides.

    Examples
    --------
    >>> notes = {"truce.length_weeks": {"label": "truce length", "unit": "weeks"}}
    >>> label_of("truce.length_weeks", notes)
    'truce length (weeks)'
    """
    note = notes.get(name, {})
    label, measured = note.get("label") or name, unit_words(name, notes)
    if linked:
        for owner in _OWNERS:
            if label.startswith(owner):
                label = f"{label.removeprefix(owner)}, both sides"
    return f"{label} ({measured})" if unit and measured else label


def unit_words(name: str, notes: Notes) -> str:
    """The unit of a setting; empty for shares and counts.

    Examples
    --------
    >>> unit_words("linkage.cn", {"linkage.cn": {"label": "linkage", "unit": "share"}})
    ''
    """
    unit = notes.get(name, {}).get("unit", "")
    return "" if unit in _WITHOUT_UNIT else unit


def measure_words(name: str, notes: Notes) -> str:
    """The label of a measure; a side's measure is named by its government: ``Washington's leverage
    left at the end``.

    Examples
    --------
    >>> measure_words("leverage.cn", {"leverage.cn": {"label": "leverage left at the end (China)", "unit": "bn USD/yr"}})
    "Beijing's leverage left at the end"
    """
    label = label_of(name, notes, unit=False)
    side = SIDES.get(name.rpartition(".")[2])
    return f"{side.label}'s {label.rpartition(' (')[0]}" if side and label.endswith(")") else label


def value_words(value: Any) -> str:
    """A value of a setting: ``26.25``, ``time dependent``, ``on``; in full where six digits suffice
    (single precision has seven), else to four digits.

    Examples
    --------
    >>> [value_words(value) for value in (26.25, 1 / 3, 0.0, 1234567, 12345.678, "time_dependent")]
    ['26.25', '0.3333', '0', '1234567', '12346', 'time dependent']
    """
    if isinstance(value, (bool, np.bool_)):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return rows_in_words(value)
    if not isinstance(value, (int, float, np.number)):
        return str(value).replace("_", " ")
    number = float(value)
    if number.is_integer() and abs(number) < _LONG:
        return f"{number:.0f}"
    plain = f"{number:.6g}"
    if abs(float(plain) - number) <= _SINGLE * abs(number):
        return plain
    return f"{number:.0f}" if _FOUR_DIGITS <= abs(number) < _LONG else f"{number:.4g}"


def range_words(low: Any, high: Any) -> str:
    """A range of values: ``0.45 to 0.8``.

    Examples
    --------
    >>> range_words(0.45, 26)
    '0.45 to 26'
    """
    return f"{value_words(low)} to {value_words(high)}"


def percent(share: float) -> str:
    """A share in per cent, without decimals unless it would read as 0 or 100.

    Examples
    --------
    >>> [percent(share) for share in (0.123, 0.004, 0.0, 0.996)]
    ['12 %', '0.4 %', '0 %', '99.6 %']
    """
    points = 100.0 * float(share)
    return f"{points:.1f} %" if 0.0 < points < 0.95 or 99.05 < points < 100.0 else f"{points:.0f} %"


def percents(shares: Sequence[float]) -> list[str]:
    """Shares in per cent that add to 100 as printed (largest remainder); to a tenth where one would
    read as 0 or 100.

    A share above 0 and below 0.05 % prints as ``<0.1 %`` and counts as 0; one just below 100 %
    prints as ``>99.9 %``.

    Examples
    --------
    >>> percents([0.335, 0.335, 0.33])
    ['34 %', '33 %', '33 %']
    >>> percents([0.9923, 0.0077, 0.0])
    ['99.2 %', '0.8 %', '0 %']
    """
    points = 100.0 * np.asarray(shares, float)
    if np.isnan(points).any():
        return [percent(share) for share in shares]
    fine = bool(((points > 0.0) & (points < 1.0)).any())
    units = points * (10.0 if fine else 1.0)
    # where the shares do not add to 1, such as three of four, the sum is kept to the nearest unit
    down = np.floor(units + _ROUNDING)
    # of equal remainders the larger share is rounded up: titles name it
    for place in np.lexsort((-points, np.round(down - units, 9)))[
        : round(units.sum()) - int(down.sum())
    ]:
        down[place] += 1.0
    if not fine:
        return [f"{unit:.0f} %" for unit in down]
    return [
        "0 %"
        if point == 0.0
        else "<0.1 %"
        if unit == 0.0
        else ">99.9 %"
        if unit == 1000.0 and point < 100.0
        else f"{unit / 10.0:.1f} %"
        for unit, point in zip(down, points, strict=True)
    ]


def closing_words(scenario: Scenario) -> str:
    """When outcomes are read: ``in a week of the closing year``.

    Examples
    --------
    >>> import sim
    >>> closing_words(sim.Scenario()), closing_words(sim.load("outcomes.closing_weeks=4"))
    ('in a week of the closing year', 'in a week of the closing 4 weeks')
    """
    weeks = min(scenario.outcomes.closing_weeks, scenario.calendar.horizon_weeks)
    if weeks == 1:
        return "in the last week"
    return f"in a week of the closing {'year' if weeks == _YEAR else f'{weeks} weeks'}"
