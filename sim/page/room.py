"""What the room is shown first: comparisons on the keys 1 to 5, the series that are drawn week by
week, the marks of a typical run.

Sides, goods, events and outcomes are named by the vocabulary, scenarios by their files; here stands
only the choice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sim.config.check import to_plain
from sim.config.compose import load
from sim.rules.measures import WEEK_SERIES
from sim.vocabulary import EVENT_KINDS, EVENTS, GOODS, OUTCOMES, SIDES

__all__ = ["COMPARISONS", "Comparison", "Mark", "Shown", "marks", "room_contents", "shown_series"]


@dataclass(frozen=True)
class Comparison:
    """Two futures and the question they answer: ``name`` on its key, ``outcome`` that the question
    is about, ``left`` and ``right`` as words of the command line.
    """

    name: str
    question: str
    why: str
    outcome: str
    left: tuple[str, ...]
    right: tuple[str, ...]


COMPARISONS = (
    Comparison(
        "Pause v breakthrough",
        "Pause or breakthrough?",
        "One truce twice: where pausing is easy, and where both capitals need little to settle.",
        "breakthrough",
        ("scenario=tactical_pause",),
        ("scenario=breakthrough",),
    ),
    Comparison(
        "Last deadline",
        "What does a last deadline do?",
        "The pause, and the same pause where the rules allow no extension.",
        "narrow_deal",
        ("scenario=tactical_pause",),
        ("scenario=tactical_pause", "truce.max_extensions=0"),
    ),
    Comparison(
        "No linkage",
        "What if nobody links?",
        "London as it was, and London where neither side ties trade to controls.",
        "breakdown",
        ("scenario=london",),
        ("scenario=london", "linkage=none"),
    ),
    Comparison(
        "Long truces",
        "Do longer truces help?",
        "London with lengths as they are bargained, or with half a year at a time.",
        "breakdown",
        ("scenario=london",),
        ("scenario=london", "truce=long"),
    ),
    Comparison(
        "Breakdown",
        "What breaks a truce?",
        "London, and London with truces of six weeks that are dear to extend.",
        "breakdown",
        ("scenario=london",),
        ("scenario=london", "truce=short", "truce.extension_cost=9"),
    ),
)


@dataclass(frozen=True)
class Shown:
    """A weekly series that is drawn as median and bands: its name, unit and colour, and its offset
    in the record of a week, bytes.
    """

    label: str
    unit: str
    colour: str
    offset: int


@dataclass(frozen=True)
class Mark:
    """An event on the line of a typical run: the names of its events, its sign and its words."""

    events: tuple[str, ...]
    sign: str
    words: str
    counted: bool = False  # how often it comes says more than when


def room_contents() -> dict[str, Any]:
    """What the page's contents hold of this."""
    return {
        "comparisons": [_comparison(one) for one in COMPARISONS],
        "series": [asdict(one) for one in shown_series()],
        "marks": [asdict(one) for one in marks()],
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    sides = {"a": _side(one.left), "b": _side(one.right)}
    said = {"name": one.name, "question": one.question, "why": one.why}
    return {**said, **sides, "outcome": OUTCOMES[one.outcome].code}


def _side(words: tuple[str, ...]) -> dict[str, Any]:
    """The shipped scenario and what differs from it, by dotted name."""
    first, own = to_plain(load(words[0])), to_plain(load(*words))
    return {"scenario": first["name"], "changes": dict(_differing(first, own))}


def _differing(one: dict[str, Any], other: dict[str, Any], path: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in other.items():
        if isinstance(value, dict):
            found += _differing(one[name], value, f"{path}{name}.")
        elif one[name] != value:
            found.append((f"{path}{name}", value))
    return found


def shown_series() -> list[Shown]:
    """Tariffs of both sides, imports of both goods as a share of need."""
    places = {measure.name: measure for measure in WEEK_SERIES}
    tariffs = [
        Shown(
            f"{side.adjective} tariff", places["tariff"].unit, side.colour, _offset("tariff", code)
        )
        for code, side in enumerate(SIDES.values())
    ]
    flows = [
        Shown(f"Imports of {good.label}", places["flow"].unit, good.colour, _offset("flow", code))
        for code, good in enumerate(GOODS.values())
    ]
    return tariffs + flows


def _offset(series: str, index: int) -> int:
    from sim.rules.measures import WEEK

    assert WEEK.fields is not None
    kind, offset = WEEK.fields[series][:2]
    return int(offset) + index * kind.base.itemsize


def marks() -> list[Mark]:
    """The turns of a truce: what prolongs it, what ends it, what settles it."""
    signs = {"extension": "▾", "swap": "⇄", "lapse": "✕", "ending": "✕", "reentry": "↺"}
    words = {
        "extension": "extended",
        "lapse": "lapsed",
        "swap": "swapped",
        "ending": "ended",
        "reentry": "reopened",
    }
    turns = [
        Mark(
            EVENT_KINDS[kind].events,
            sign,
            words.get(kind, EVENT_KINDS[kind].label),
            kind == "extension",
        )
        for kind, sign in signs.items()
    ]
    deals = [Mark((name,), "●", f"{EVENTS[name].of} deal") for name in EVENT_KINDS["deal"].events]
    return turns + deals
