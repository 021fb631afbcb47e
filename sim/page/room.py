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
from sim.vocabulary import CALENDAR_KINDS, EVENT_KINDS, EVENTS, GOODS, OUTCOMES, SIDES

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
        "London prolonged by four weeks at a time, or by what is bargained at each date.",
        "breakdown",
        ("scenario=london", "truce.lengths=fixed", "truce.length_weeks=4"),
        ("scenario=london",),
    ),
    Comparison(
        "Breakdown",
        "What breaks a truce?",
        "London, and London where each side's hawks have an incident a month to feed on.",
        "breakdown",
        ("scenario=london",),
        ("scenario=london", "politics.us.incident_rate=12", "politics.cn.incident_rate=12"),
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
    """An event on the line of a typical run: the names of its events, its sign, its words for one and
    for more.

    ``of`` and ``colour`` are those of its side, '' where it is of both or of nobody; ``crisis`` puts
    it in the upper row, of what happens inside a truce.
    """

    events: tuple[str, ...]
    sign: str
    words: str
    many: str
    of: str = ""
    colour: str = ""
    crisis: bool = False


def room_contents() -> dict[str, Any]:
    """What the page's contents hold of this."""
    return {
        "comparisons": [_comparison(one) for one in COMPARISONS],
        "series": [asdict(one) for one in shown_series()],
        "marks": [asdict(one) for one in marks()],
        # kind of a scheduled event by name
        "scheduled": CALENDAR_KINDS.labels,
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


# sign, one and more of the turns of a truce, in the order in which they are said
_TURNS = {
    "swap": ("■", "interim package", "interim packages"),
    "extension": ("▾", "extension", "extensions"),
    "limbo": ("◇", "date passed", "dates passed"),
    "lapse": ("✕", "lapse", "lapses"),
    "ending": ("✕", "end from inside", "ends from inside"),
    "reentry": ("↺", "return", "returns"),
    "ratification_failure": ("⊘", "deal voted down", "deals voted down"),
}
# the same of what a side does alone
_OWN = {
    "threat": ("△", "threat", "threats"),
    "measure": ("▲", "measure", "measures"),
    "rung": ("↑", "rung climbed", "rungs climbed"),
}
_CRISES = ("threat", "measure")


def marks() -> list[Mark]:
    """What happens inside a truce; what prolongs it, what ends it, what settles it.

    Shocks, lapses in delivery and claims of breach have no mark: none of them changes by itself
    what is in force.
    """
    own = {kind: _of_each_side(kind) for kind in _OWN}
    over = Mark(EVENT_KINDS["crisis_over"].events, "○", "crisis over", "crises over", crisis=True)
    turns = [Mark(EVENT_KINDS[kind].events, *said) for kind, said in _TURNS.items()]
    deals = [
        Mark((name,), "●", f"{EVENTS[name].of} deal", f"{EVENTS[name].of} deals")
        for name in EVENT_KINDS["deal"].events
    ]
    crises = [mark for kind in _CRISES for mark in own[kind]]
    return [*crises, over, *turns, *own["rung"], *deals]


def _of_each_side(kind: str) -> list[Mark]:
    return [
        Mark((name,), *_OWN[kind], of=side.label, colour=side.colour, crisis=kind in _CRISES)
        for name, side in zip(EVENT_KINDS[kind].events, SIDES.values(), strict=True)
    ]
