"""The words of the model, each declared once.

A term has a name, a code, a label, and what belongs to it. A *name* is what settings, columns and
files write (``us``), a *code* the integer that rules and records hold (0), a *label* what pages and
figures say (Washington). A list of terms is a mapping from names in the order of their codes, so
that ``for side in SIDES`` gives names, ``SIDES["cn"].code`` a code, ``SIDES.names[1]`` a name and
``SIDES["cn"].label`` a label. Everything imports this module; it imports nothing of ours, and
neither numpy nor matplotlib, so that a command line can complete names at once.

To add a term is to add a line here. What follows for rules is written where rules are:
:mod:`sim.rules.codes` makes the numbers that compiled rules compare with.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

__all__ = [
    "ACTS",
    "ACT_ROW",
    "ASK_ROW",
    "BASIS_FAMILIES",
    "BREAKTHROUGH_RULES",
    "CALENDAR_KINDS",
    "CONTROLS",
    "DATED",
    "DECISIONS",
    "DRIVERS",
    "ENFORCEMENT_SCOPES",
    "EVENTS",
    "EVENT_KINDS",
    "FIRST_SPEAKERS",
    "GAME",
    "GOODS",
    "GRADES",
    "KINDS",
    "LENGTH_RULES",
    "OUTCOMES",
    "PURCHASES",
    "RATIFIERS",
    "REGIMES",
    "REGIME_RULES",
    "RULINGS",
    "SENTENCES",
    "SHOCK_KINDS",
    "SIDES",
    "STATUSES",
    "STRATEGIES",
    "TRACKS",
    "TRACK_RULES",
    "TRADE_GROUPS",
    "TRANSCRIPT",
    "VARIATIONS",
    "Act",
    "Decision",
    "Driver",
    "Event",
    "EventKind",
    "Family",
    "Good",
    "Outcome",
    "ShockKind",
    "Side",
    "Term",
    "Terms",
    "Track",
    "codes_in_words",
    "good_used_by",
    "happened",
    "other_side",
]


@dataclass(frozen=True)
class Term:
    """A word of the model; ``code`` is set by its place in the list.

    ``colour`` is that of figures, '' for none.
    """

    name: str
    label: str
    colour: str = ""
    code: int = -1


@dataclass(frozen=True)
class Side(Term):
    """A government.

    ``label`` is its capital; ``country`` and ``adjective`` are for its economy: US imports, Chinese
    tariff.     ``dashes`` are the lengths of dash and gap of its lines in figures, in line widths;
    none for a whole line.
    """

    country: str = ""
    adjective: str = ""
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Track(Term):
    """Where issues are bargained together: trade, or what one side asks of the other's controls.

    ``controller`` is the side whose controls are asked for, '' of trade.
    """

    controller: str = ""

    @property
    def asker(self) -> str:
        """The side that asks, and may pay from trade; '' of trade."""
        return other_side(self.controller) if self.controller else ""


@dataclass(frozen=True)
class Good(Term):
    """A controlled good: the side whose authority licenses it, and the side whose firms use it."""

    controller: str = ""
    user: str = ""
    users: str = ""


@dataclass(frozen=True)
class Driver(Term):
    """What sets the value of an issue each week.

    ``owner`` is the side that alone can concede such an issue, '' for either. A driver is a tariff,
    or the ``good`` that the issue opens, or the kind of ``purchases`` that it pledges; ``grade`` is
    the grade of the good, '' where the issue is about all of it.
    """

    owner: str = ""
    tariff: bool = False
    good: str = ""
    grade: str = ""
    purchases: str = ""


@dataclass(frozen=True)
class Family(Term):
    """Duties of one side that rest on the same law, and are conceded and fall together.

    ``bases`` are those of ``sim/data/tariff_bases.csv``, of duties on third countries too.
    """

    bases: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShockKind(Term):
    """What an event moves; ``voids`` are the bases of ``sim/data/tariff_bases.csv`` that a ruling
    strikes down.
    """

    voids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome(Term):
    """A state of a week, and what a run ends as. ``hatch`` tells it apart where colour does not;
    ``meaning`` is its definition for readers, of which :func:`sim.rules.outcomes.state_now` is the
    rule.
    """

    hatch: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Event(Term):
    """A mark of a week, a bit of ``events``.

    It is of a kind and, where its kind has one each, of a side or a track (``of``, else '').
    """

    kind: str = ""
    of: str = ""

    @property
    def bit(self) -> int:
        """The number whose one bit stands for the event in the week's set of events."""
        return 1 << self.code


@dataclass(frozen=True)
class EventKind(Term):
    """Events of one meaning; ``each`` lists the sides or tracks that have one each, if any."""

    each: tuple[str, ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        """Names of its events."""
        return tuple(f"{self.name}_{of}" for of in self.each) or (self.name,)


@dataclass(frozen=True)
class Decision(Term):
    """What a government is asked: one of ``choices``, by their codes, or a worth in a ``unit``."""

    choices: tuple[str, ...] = ("no", "yes")
    unit: str = ""

    @property
    def is_worth(self) -> bool:
        """Whether the answer is a number."""
        return bool(self.unit)

    @property
    def is_yes_no(self) -> bool:
        """Whether the answer is yes or no."""
        return not self.unit and self.choices == ("no", "yes")


@dataclass(frozen=True)
class Act(Term):
    """What a side did, or both; a line of the log has two whole numbers beside it.

    ``sentence`` says it; what stands in braces is ``who`` and the details, whose kinds are ``first``
    and ``second`` ('' for none), of :data:`SENTENCES`.
    """

    sentence: str = ""
    first: str = ""
    second: str = ""


T = TypeVar("T", bound=Term)


class Terms(Mapping[str, T], Generic[T]):
    """Terms by name, in the order of their codes 0, 1, 2, ...; it cannot be changed."""

    def __init__(self, *terms: T) -> None:
        self._terms = {term.name: replace(term, code=code) for code, term in enumerate(terms)}
        if len(self._terms) < len(terms):
            raise ValueError("a name is given twice")
        self.names = tuple(self._terms)

    def __getitem__(self, name: str) -> T:
        return self._terms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    @property
    def labels(self) -> dict[str, str]:
        """Name to label."""
        return {name: term.label for name, term in self._terms.items()}

    @property
    def colours(self) -> dict[str, str]:
        """Name to colour."""
        return {name: term.colour for name, term in self._terms.items()}


SIDES = Terms(
    Side("us", "Washington", "#0072B2", country="US", adjective="US"),
    Side("cn", "Beijing", "#D55E00", country="China", adjective="Chinese", dashes=(4.0, 1.2)),
)
TRACKS = Terms(
    Track("trade", "trade"),
    Track("minerals", "minerals", controller="cn"),
    Track("semiconductors", "semiconductors", controller="us"),
)
CONTROLS = tuple(track.name for track in TRACKS.values() if track.controller)
"""The tracks on which controls are asked for."""
GOODS = Terms(
    Good("magnets", "magnets", "#CC79A7", controller="cn", user="us", users="US users of magnets"),
    Good(
        "chips",
        "AI chips",
        "#E69F00",
        controller="us",
        user="cn",
        users="Chinese users of AI chips",
    ),
)
GRADES = Terms(Term("civil", "civil"), Term("military", "military"))
KINDS = Terms(
    Term("uncontrolled", "uncontrolled"),
    Term("controlled", "controlled"),
    Term("military", "military"),
)
"""What a firm buys of a good that stands in one customs code: lots that need no licence but wait for
tests, controlled ones for civil use, and those of military grade or for a military end user."""
REGIMES = Terms(
    Term("suspended", "suspended"),
    Term("shipment", "shipment by shipment"),
    Term("six_months", "licences for six months"),
    Term("general", "general licences"),
    Term("free", "free"),
)
"""Regimes of licences by how freely goods leave; a regime's code is its rank."""
REGIME_RULES = Terms(Term("chosen", "chosen"), *(Term(r.name, r.label) for r in REGIMES.values()))
"""What sets a regime: its owner's choice, or the scenario."""
PURCHASES = Terms(
    Term("farm", "farm goods", "#009E73"),
    Term("energy", "energy", "#D55E00"),
    Term("goods", "manufactures", "#0072B2"),
)
"""What Beijing pledges to buy of the United States beyond what it would buy anyway."""
DRIVERS = Terms(
    Driver("constant", "constant"),
    Driver("us_tariff", "US tariff", owner="us", tariff=True),
    Driver("cn_tariff", "Chinese tariff", owner="cn", tariff=True),
    Driver("civil_magnets", "civil magnets", owner="cn", good="magnets", grade="civil"),
    Driver("military_magnets", "military magnets", owner="cn", good="magnets", grade="military"),
    Driver("ai_chips", "AI chips", owner="us", good="chips"),
    Driver("other_minerals", "other minerals", owner="cn"),
    Driver("farm_purchases", "farm purchases", owner="cn", purchases="farm"),
    Driver("energy_purchases", "energy purchases", owner="cn", purchases="energy"),
    Driver("goods_purchases", "purchases of manufactures", owner="cn", purchases="goods"),
)
TRADE_GROUPS = Terms(
    Term("soybeans", "soybeans"),
    Term("other_farm", "other farm goods"),
    Term("energy", "fuels"),
    Term("critical_minerals", "critical minerals"),
    Term("chemicals_plastics", "chemicals and plastics"),
    Term("pharma", "medicines"),
    Term("textiles_footwear", "textiles and footwear"),
    Term("metals", "metals"),
    Term("machinery", "machinery"),
    Term("electrical_batteries", "electrical goods and batteries"),
    Term("phones_computers", "phones and computers"),
    Term("semiconductors", "semiconductors"),
    Term("autos_parts", "cars and parts"),
    Term("aircraft_parts", "aircraft and parts"),
    Term("toys_sports", "toys and sports"),
    Term("furniture_home", "furniture and home"),
    Term("instruments_medical", "instruments and medical goods"),
    Term("other", "other goods"),
)
"""Groups of goods, in the order of the scope columns of ``sim/data/tariff_bases.csv``."""
_US_FAMILIES = Terms(
    Family("fixed", "MFN and section 201", bases=("us_mfn", "us_201", "us3_mfn")),
    Family(
        "section_232",
        "section 232",
        bases=("us_232_metals", "us_232_autos", "us_232_copper", "us3_232"),
    ),
    Family(
        "section_301",
        "section 301",
        bases=("us_301_list1", "us_301_list2", "us_301_list3", "us_301_list4a", "us_301_review"),
    ),
    Family("fentanyl", "fentanyl (IEEPA)", bases=("us_ieepa_fentanyl",)),
    Family(
        "reciprocal",
        "reciprocal (IEEPA)",
        bases=("us_ieepa_reciprocal", "us_122", "us3_ieepa"),
    ),
)
_CN_FAMILIES = Terms(
    Family("fixed", "MFN", bases=("cn_mfn",)),
    Family("lists_2018", "lists of 2018 to 2020", bases=("cn_lists",)),
    Family("lists_2025", "lists of 2025", bases=("cn_feb2025", "cn_mar2025")),
    Family("counter", "counter-duty", bases=("cn_counter",)),
)
BASIS_FAMILIES = {"us": _US_FAMILIES, "cn": _CN_FAMILIES}
"""Of each side: what stays first, then in the reverse order of concession. Section 122 stands with
the duty whose place it would take."""
STATUSES = Terms(
    Term("none", "no truce"),
    Term("truce", "truce", "#EFEFEF"),
    Term("deal", "trade deal", "#DDF1E8"),
)
OUTCOMES = Terms(
    Outcome(
        "breakthrough",
        "breakthrough",
        "#009E73",
        meaning="a deal has been in force for long enough and holds, on trade, minerals and semiconductors "
        "alike, a good share of what the best joint deal (the Nash point) would concede",
    ),
    Outcome(
        "narrow_deal",
        "narrow deal",
        "#56B4E9",
        hatch="//",
        meaning="trade is settled, but not all of that holds",
    ),
    Outcome(
        "tactical_pause",
        "tactical pause",
        "#F0E442",
        hatch="..",
        meaning="the truce is alive, trade is not settled",
    ),
    Outcome("breakdown", "breakdown", "#000000", hatch="xx", meaning="no truce is in force"),
)
STRATEGIES = Terms(
    Term("time_dependent", "time dependent"),
    Term("tit_for_tat", "tit for tat"),
    Term("micro", "micro"),
    Term("hardliner", "hardliner"),
    Term("equilibrium", "equilibrium"),
    Term("screening", "screening"),
    Term("committed", "committed"),
)
TRANSCRIPT = "transcript"
"""The strategy of a side whose decisions are given; no rule of its own has this name."""
SHOCK_KINDS = Terms(
    ShockKind("hawk", "hawk pressure"),
    ShockKind("delivery", "delivery"),
    ShockKind("supply", "other supply"),
    ShockKind("goodwill", "goodwill"),
    ShockKind("void_fentanyl", "fentanyl duties void", voids=("us_ieepa_fentanyl",)),
    ShockKind("void_reciprocal", "reciprocal duties void", voids=("us_ieepa_reciprocal",)),
    ShockKind(
        "void_ieepa",
        "emergency duties void",
        voids=("us_ieepa_fentanyl", "us_ieepa_reciprocal", "us3_ieepa"),
    ),
    ShockKind("section_122", "section 122"),
)
RULINGS = tuple(kind.name for kind in SHOCK_KINDS.values() if kind.voids)
"""The kinds of shock in which a court strikes duties down."""
DATED = Terms(
    Term("setting", "setting that changes"),
    Term("tariff", "tariff given"),
    Term("event", "event of the chronology"),
)
TRACK_RULES = Terms(Term("separate", "separate tracks"), Term("package", "one package"))
CALENDAR_KINDS = Terms(
    Term("summit", "summit"),
    Term("call", "leaders' call"),
    Term("election", "US election", SIDES["us"].colour),
    Term("party_meeting", "party meeting", SIDES["cn"].colour),
    Term("statutory", "date of law"),
)
"""Scheduled events; party meetings and dates of law are shown and move nothing."""
RATIFIERS = Terms(Term("executive", "an executive agreement"), Term("vote", "a vote"))
ENFORCEMENT_SCOPES = Terms(
    Term("issue", "the own tariff"), Term("track", "one issue of trade"), Term("all", "all issues")
)
BREAKTHROUGH_RULES = Terms(Term("substance", "substance"), Term("thresholds", "thresholds"))
LENGTH_RULES = Terms(Term("bargained", "bargained"), Term("fixed", "fixed"))
FIRST_SPEAKERS = Terms(
    Term("alternate", "in turn"),
    Term("us", "Washington"),
    Term("cn", "Beijing"),
    Term("drawn", "drawn"),
)
DECISIONS = Terms(
    Decision("offer", "what the next offer is worth", unit="bn USD/yr"),
    Decision("accept", "accept the standing offer"),
    Decision("ratify", "pass a deal at home"),
    Decision("swap", "take an interim package"),
    Decision("mend", "lift all measures on both sides"),
    Decision("renew", "renew the truce"),
    Decision("sweeten", "what a concession for renewal is worth", unit="bn USD"),
    Decision("lapse", "let a truce past its date lapse"),
    Decision("deliver", "deliver what is promised", choices=("full", "slack")),
    Decision("protest", "claim a breach"),
    Decision("restore", "restore delivery"),
    Decision("threaten", "threaten or act", choices=("nothing", "threat", "act")),
    Decision("answer", "yield to a threat"),
    Decision("carry_out", "carry out a threat"),
    Decision("respond", "respond to a measure", choices=("absorb", "in_kind", "end")),
    Decision("move", "reconsider a measure", choices=("hold", "climb_down", "escalate", "end")),
    Decision("rest", "let a measure rest"),
    Decision("climb", "climb a rung"),
    Decision("go_back", "go back to a truce"),
    Decision("regime", "choose the regime of licences", choices=REGIMES.names),
)
"""What a government decides, each by one rule and one method of a strategy (docs/strategies.md)."""
ACTS = Terms(
    Act(
        "protested",
        "claims a breach",
        sentence="{who} claims a breach over {issue}.",
        first="issue",
    ),
    Act(
        "restored",
        "restores delivery",
        sentence="{who} restores delivery of {issue}.",
        first="issue",
    ),
    Act("slacked", "delivers less", sentence="{who} delivers less than it promised."),
    Act("delivered", "delivers in full again", sentence="{who} delivers in full again."),
    Act(
        "threatened",
        "threatens, for what was promised",
        sentence="{who} threatens a measure on {issue} within {weeks}, for what was promised.",
        first="issue",
        second="weeks",
    ),
    Act(
        "demanded",
        "threatens, for something new",
        sentence="{who} threatens a measure on {issue} within {weeks}, for something new.",
        first="issue",
        second="weeks",
    ),
    Act("yielded", "yields", sentence="{who} yields to the threat on {issue}.", first="issue"),
    Act(
        "refused",
        "refuses to yield",
        sentence="{who} refuses to yield to the threat on {issue}.",
        first="issue",
    ),
    Act(
        "backed_down",
        "backs down",
        sentence="{who} backs down from its threat on {issue}.",
        first="issue",
    ),
    Act(
        "carried_out",
        "carries out its threat",
        sentence="{who} carries out its threat on {issue}.",
        first="issue",
    ),
    Act(
        "acted",
        "acts at once",
        sentence="{who} acts at once on {issue}, {reason}.",
        first="issue",
        second="reason",
    ),
    Act("answered", "answers in kind", sentence="{who} answers in kind on {issue}.", first="issue"),
    Act("absorbed", "bears it", sentence="{who} bears the measure on {issue}.", first="issue"),
    Act(
        "climbed_down",
        "lifts its measure",
        sentence="{who} lifts its measure on {issue}.",
        first="issue",
    ),
    Act("escalated", "goes further", sentence="{who} goes further on {issue}.", first="issue"),
    Act(
        "rested",
        "lets it rest",
        sentence="{who} lets the measure on {issue} become normal.",
        first="issue",
    ),
    Act(
        "swapped",
        "agree on an interim package",
        sentence="{who} agree on an interim package of {issues}{lifted}.",
        first="issues",
        second="lifted",
    ),
    Act("mended", "lift their measures", sentence="{who} lift their measures and deliver again."),
    Act(
        "renewed",
        "renew the truce",
        sentence="{who} renew the truce for {weeks}, {when}.",
        first="weeks",
        second="when",
    ),
    Act(
        "sweetened",
        "adds a concession",
        sentence="{who} adds a concession on {issue}, for a renewal.",
        first="issue",
    ),
    Act("passed", "the date passes", sentence="The date passes, and nothing snaps back."),
    Act("ended", "ends the truce", sentence="{who} ends the truce {when}.", first="when"),
    Act(
        "lapsed",
        "lets the truce lapse",
        sentence="The truce lapses at its date, by the word of {who}.",
    ),
    Act("climbed", "climbs a rung", sentence="{who} climbs to rung {count}.", first="count"),
    Act(
        "returned",
        "return to a truce",
        sentence="{who} return to a truce {length}.",
        first="length",
    ),
    Act("settled", "settle", sentence="{who} settle {track}.", first="track"),
    Act(
        "hollowed",
        "the deal is hollow",
        sentence="The deal is hollow: too little of it is delivered.",
    ),
    Act(
        "filled",
        "the deal is filled again",
        sentence="The deal is filled again: enough is delivered.",
    ),
    Act(
        "tightened",
        "tightens licences",
        sentence="{who} tightens licences of {issue}: {regime}.",
        first="issue",
        second="regime",
    ),
    Act(
        "loosened",
        "loosens licences",
        sentence="{who} loosens licences of {issue}: {regime}.",
        first="issue",
        second="regime",
    ),
    Act(
        "scheduled",
        "is on the calendar",
        sentence="On the calendar: {scheduled}.",
        first="scheduled",
    ),
)
"""What happens, a line each in the log of a run (:mod:`sim.rules.asks`)."""
SENTENCES: dict[str, dict[str, str]] = {
    "who": {**{name: side.label for name, side in SIDES.items()}, "both": "Both sides"},
    "issue": {"none": "nothing", "every": "everything"},
    "name": {**{name: side.adjective for name, side in SIDES.items()}, "ai": "AI"},
    "weeks": {"one": "1 week", "more": "{n} weeks"},
    "reason": {"old": "for what was promised", "new": "for something new"},
    "when": {
        "before": "{weeks} before its date",
        "at": "at its date",
        "past": "{weeks} past its date",
        "undated": "without a date",
    },
    "length": {"dated": "of {weeks}", "undated": "without a date"},
    "lifted": {
        "none": "",
        "some": "; {who} lifts its measure",
        "both": "; both lift their measures",
    },
    "list": {"last": " and ", "other": ", "},
    # by rank
    "regime": {str(regime.code): regime.label for regime in REGIMES.values()},
    # by code
    "scheduled": {str(kind.code): kind.label for kind in CALENDAR_KINDS.values()},
    "week": {"line": "Week {n}, {day}: {text}"},
    "end": {outcome.name: f"The run counts as a {outcome.label}." for outcome in OUTCOMES.values()},
}
"""What the details of acts are in words; a page makes its sentences of these and of ``ACTS`` too."""
GAME: dict[str, dict[str, str]] = {
    # of each decision; ``it`` is the other capital, ``what`` what it is about
    "questions": {
        "offer": "What do you offer on {track}?",
        "accept": "Take {it}'s standing offer on {track}?",
        "mediated": "Take the mediator's proposal on {track}?",
        "ratify": "Pass the deal on {track} at home?",
        "swap": "Take an interim package of {what}?",
        "mend": "Lift all measures on both sides?",
        "renew": "Renew the truce for {weeks}?",
        "sweeten": "Add a concession, so that the truce is renewed for {weeks}?",
        "lapse": "The date has passed. Let the truce lapse?",
        "deliver": "Deliver what you promised?",
        "protest": "Claim a breach over {what}?",
        "restore": "{it} claims a breach over {what}. Restore delivery?",
        "threaten": "Threaten a measure on {what}?",
        "answer": "{it} threatens a measure on {what}. Yield?",
        "carry_out": "Your threat on {what} is due. Carry it out?",
        "respond": "{it} has taken a measure on {what}. How do you respond?",
        "move": "Your measure on {what} is in force. What now?",
        "rest": "Let the measure on {what} become normal?",
        "climb": "There is no truce. Climb to rung {rung}?",
        "go_back": "Go back to a truce?",
        "regime": "Which licences do you give for {what}?",
        "other": "What do you decide: {label}?",
    },
    # of a decision's choice, where its own name in words does not say enough
    "answers": {
        "threaten.nothing": "Do nothing",
        "threaten.threat": "Threaten, with a date",
        "threaten.act": "Act at once",
        "respond.absorb": "Bear it",
        "respond.in_kind": "Answer in kind",
        "respond.end": "End the truce",
        "move.hold": "Hold it",
        "move.climb_down": "Lift it",
        "move.escalate": "Go further",
        "move.end": "End the truce",
        "deliver.full": "In full",
        "deliver.slack": "Less than promised",
        "answer.yes": "Yield",
        "answer.no": "Refuse",
        "carry_out.yes": "Carry it out",
        "carry_out.no": "Back down",
        "lapse.yes": "Let it lapse",
        "lapse.no": "Keep to it for now",
        "regime.suspended": "None",
        "regime.shipment": "Shipment by shipment",
        "regime.six_months": "For six months",
        "regime.general": "For a year, to all who ask",
        "regime.free": "No licence is needed",
    },
    # of a worth: an offer, or what is added for a renewal
    "worths": {
        "amount": "{n} bn USD",
        "offer": "Ask for {worth} a year",
        "other": "Give {worth}",
        "rule": ": as your advisers would",
        "nearer": ": nearer to them",
        "harder": ": harder",
        "hold": ": your last again",
        "least": ": the least you would take",
        "own": ": an offer of your own",
        "none": ": nothing",
        "half": ": half of that",
        "double": ": twice that",
    },
    # which facts a government has before it, by decision; a fact that there is not is left out
    "facts_of": {
        "offer": "heard range",
        "accept": "above",
        "threaten": "measure harm record",
        "carry_out": "measure harm record",
        "answer": "yes harm record",
        "respond": "yes harm record",
        "move": "yes harm record",
        "swap": "yes_a_year",
        "ratify": "yes_a_year",
        "mend": "yes_a_year",
        "renew": "yes date",
        "regime": "now",
        "other": "yes",
    },
    "facts": {
        "heard": "{it}'s last offer is worth {heard} a year to you.",
        "unheard": "{it} has offered nothing yet.",
        "range": "The least you take is {least}; more than {most} you do not believe you can have.",
        "above": "It is worth {gain} a year to you above the least you take.",
        "measure": "A measure in force is worth {gain} to you.",
        "yes": "By your own reckoning yes is worth {gain}.",
        "yes_a_year": "By your own reckoning yes is worth {gain} a year.",
        "date": "The date is {left} away.",
        "now": "In force now: {now}. What is looser comes a step at a time, what is tighter at once.",
        "harm": "A measure of yours would take {harm_out} a year from {it}, and cost you {own_cost}; its measure takes {harm_in} from you.",
        "record": "Your record: {carried} of {threats} threats carried out.",
        "no_record": "Your record: no threat yet.",
        "stake": "The truce is worth {stake} a year to you above its lapse.",
    },
    # why the model would answer as it would, by decision
    "reason_of": {
        "offer": "offer",
        "renew": "renew",
        "threaten": "threat",
        "carry_out": "threat",
        "move": "threat",
        "answer": "harm",
        "respond": "harm",
        "restore": "harm",
        "regime": "regime",
        "other": "yes",
    },
    "reasons": {
        "offer": "Its rule moves between the {least} it must have and what it believes it can have, as waiting costs it more.",
        "renew": "Renewing is worth something to it, but one that still hopes to win by waiting often holds out until the date.",
        "renew_not": "Renewing costs it more at home than the truce is worth to it.",
        "threat": "It weighs what it could win, {ask} a year, against its own loss of {own_cost}, and its standing if it backs down.",
        "harm": "It weighs the harm of a measure, {harm_in} a year, and what the truce is worth, {stake}, against pride and hawks at home.",
        "regime": "It weighs what a control wins it against what its own firms lose by it, and what it has promised.",
        "yes": "By its reckoning yes is worth {gain}.",
        "stake": "The truce is worth {stake} a year to it above a lapse.",
    },
    # the levels of a package, by who concedes them
    "terms": {"they": "{it} gives {levels}.", "you": "You give {levels}.", "nothing": "nothing"},
    "hints": {
        "hint": "The model would answer: {answer}{likely}. {reason}",
        "likely": " (as in {n} of 100 such moments)",
    },
}
"""What a government that a person holds is asked, what it knows and may answer, in plain words; the
page and :mod:`sim.results.questions` make the same sentences of these."""
ASK_ROW = (
    ("week", "i4"),
    ("ask", "i4"),
    ("side", "i4"),
    ("decision", "i4"),
    ("choice", "i8"),
    ("worth", "f8"),
)
"""A row of a transcript: the ask, by its number in its week from 0, and its answer."""
ACT_ROW = (("week", "i4"), ("side", "i4"), ("act", "i4"), ("first", "i4"), ("second", "i4"))
"""A row of the log of acts: who did what, and two details."""
EVENT_KINDS = Terms(
    EventKind("shock", "shocks"),
    EventKind("drift", "breaches", each=SIDES.names),
    EventKind("protest", "claims of breach", each=SIDES.names),
    EventKind("threat", "threats", each=SIDES.names),
    EventKind("measure", "measures", each=SIDES.names),
    EventKind("crisis_over", "crises ended"),
    EventKind("swap", "interim packages"),
    EventKind("extension", "truce extended"),
    EventKind("limbo", "date passed"),
    EventKind("lapse", "truce lapses"),
    EventKind("ending", "truce ended from inside"),
    EventKind("rung", "rungs climbed", each=SIDES.names),
    EventKind("reentry", "talks reopen"),
    EventKind("deal", f"deals ({', '.join(TRACKS.labels.values())})", each=TRACKS.names),
    EventKind("ratification_failure", "deal not ratified"),
)
EVENTS = Terms(
    *(
        Event(name, kind.label, kind=kind.name, of=of)
        for kind in EVENT_KINDS.values()
        for name, of in zip(kind.events, kind.each or ("",), strict=True)
    )
)


def other_side(side: str) -> str:
    """The opposite side."""
    return next(name for name in SIDES if name != side)


def good_used_by(side: str) -> str:
    """The good that firms of a side use, and that the other side licenses."""
    return next(good.name for good in GOODS.values() if good.user == side)


def happened(marks: Any, name: str) -> Any:
    """Whether an event, or any event of a kind, stands in a week's set of events.

    ``marks`` is a whole number or an array of them, which is answered element by element.
    """
    names = EVENT_KINDS[name].events if name in EVENT_KINDS else (name,)
    return marks & sum(EVENTS[each].bit for each in names) != 0


_LISTS: dict[str, Terms] = {
    name: terms for name, terms in list(globals().items()) if isinstance(terms, Terms)
}
# of a study and of no rule, so not among the lists that are part of the hash of the rules
VARIATIONS = Terms(
    Term("other_seed", "another seed"),
    Term("third_seed", "a third seed"),
    Term("half_the_firms", "half as many firms"),
    Term("twice_the_firms", "twice as many firms"),
    Term("four_times_the_firms", "four times as many firms"),
    Term("firms_reversed", "firms apply in the reverse order"),
    Term("file_reversed", "the file written backwards"),
    *(Term(f"speaks_{n}", f"first to speak: {t.label}") for n, t in FIRST_SPEAKERS.items()),
    Term("threads", "two threads, other chunks"),
)
_SHOWN = (
    "label",
    "colour",
    "hatch",
    "meaning",
    "country",
    "adjective",
    "users",
    "dashes",
    "sentence",
    "first",
    "second",
)


def codes_in_words() -> str:
    """Every list of terms with all that rules may depend on, so without labels and colours.

    It is part of the hash of the rules.
    """
    lines = []
    for kind, terms in _LISTS.items():
        for term in terms.values():
            facts = {
                name: value
                for name, value in dataclasses.asdict(term).items()
                if name not in _SHOWN
            }
            lines.append(f"{kind} {facts}")
    return "\n".join(lines)
