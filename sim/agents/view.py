"""What a government knows when it is asked: the view of both sides' rules, in plain numbers.

The record of an open ask (:data:`sim.rules.state.OPEN`) and both sides as they were at that moment
become one frozen object; a rule, a person and a strategy in Python decide by the same facts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.agents.host import Host
from sim.rules import steps
from sim.rules.codes import BROKEN, CALL, SUMMIT
from sim.rules.outlook import EVERYTHING, NO_ISSUE
from sim.rules.state import NO_DATE
from sim.vocabulary import DECISIONS, DRIVERS, GOODS, GRADES, REGIMES, SIDES, TRACKS, Driver

__all__ = ["EVERY_ISSUE", "View", "view_of"]

EVERY_ISSUE = "everything"
_ABOUT_A_TRACK = ("offer", "accept", "ratify")
_ABOUT_AN_ISSUE = (
    "protest",
    "restore",
    "threaten",
    "answer",
    "carry_out",
    "respond",
    "move",
    "rest",
    "regime",
)


@dataclass(frozen=True, slots=True)
class View:
    """What one side knows when it is asked; flows are bn USD/yr to itself, worths bn USD.

    Attributes
    ----------
    side, week
        us or cn; weeks since the start, the first 0.
    decision
        What it is asked, a name of :data:`sim.vocabulary.DECISIONS`.
    would, chance
        What its rule would answer: True or False, one of the decision's choices, or a worth; and
        how likely the rule is to say yes, or what it would say where there are more answers. NaN
        where the rule draws nothing.
    gain
        What saying yes is worth by its rule: bn USD/yr of packages, bn USD of the rest; NaN where
        the rule reckons with more than one number.
    issue, issues, weeks
        The issue that a claim, threat or measure is about (``everything`` for all at once, '' for
        none); those of an interim package; weeks of a renewal, or to the date of the other's threat.
    track
        trade, minerals or semiconductors; '' where it is asked about none, and then the fields of a
        track are NaN or 0.
    reservation, best
        Of a track: the least it takes; the most it believes it can have.
    aspiration, built_in
        Of a track: its last target, and what its rule would ask.
    heard, heard_before, offers_made, offers_heard
        Of a track: worth of the other's last two offers, NaN before the first; distinct offers since
        talks began.
    standing
        Of a track: whether its own offer stands.
    waits, keeps, claim, floor, low, tough
        Of a track, where the side screens (docs/bargaining.md): what waiting is worth and what a
        marginal type keeps, shares of the surplus; the least it says it takes; what the other has
        without a deal, its price left out; the lowest and highest such price that it holds possible.
    elapsed, urgency, belief_alive
        Elapsed share of the clock; how binding the deadline feels; mean of its belief in the record.
    foreseen, foreseen_next
        The chance that it foresees that the truce goes on past its date, and past the one after.
    stake, lack, lack_security
        What the truce is worth above a lapse; what the other has not conceded, on trade and of
        controls.
    grievance, hawk, trust, years
        What it is owed and lacks, remembered; hawk pressure, without a unit; how far it counts on
        delivery, a share; years for which it reckons a flow.
    harm_out, harm_in, own_cost
        What its measure would take from the other, the other's from it, and its own measure from
        itself.
    credible, my_record
        The other's record of carrying out threats, and its own, shares.
    weeks_left, length, extensions
        Weeks to the date (inf without one, 0 or less past it), of the clock, extensions so far.
    weeks_to_summit
        Weeks from the start of this one to the next scheduled meeting or call of both leaders; inf
        without one.
    ask, give, fresh
        What it asks of the other, what the other asks of it, and whether what it asks is new.
    mine, its
        Depth of its own measure and of the other's, 0 for none.
    rung, behind
        Its rung without a truce, and how many the other is ahead.
    own_tariff, its_tariff
        Both average tariffs, ad valorem.
    purchases, purchases_due
        What China buys this week of what it pledges to buy, all kinds, and what is due, bn USD/yr.
    good, grade
        What a regime of licences is chosen for; '' where another decision is asked.
    magnets, military_magnets, chips
        Regimes in force of civil and military magnets and of AI chips, names of
        :data:`sim.vocabulary.REGIMES`.
    delivery_seen
        Of the licences that the other promised, the share that this side sees delivered this week,
        weighted by worth and with the error of monitoring; NaN where none is promised.
    """

    side: str
    track: str
    week: int
    elapsed: float
    urgency: float
    belief_alive: float
    reservation: float
    best: float
    aspiration: float
    heard: float
    heard_before: float
    offers_made: int
    offers_heard: int
    built_in: float
    foreseen: float = math.nan
    waits: float = math.nan
    claim: float = math.nan
    low: float = math.nan
    tough: float = math.nan
    decision: str = "offer"
    would: bool | str | float = math.nan
    chance: float = math.nan
    gain: float = math.nan
    issue: str = ""
    issues: tuple[str, ...] = ()
    weeks: int = 0
    standing: bool = False
    keeps: float = math.nan
    floor: float = math.nan
    foreseen_next: float = math.nan
    stake: float = math.nan
    lack: float = math.nan
    lack_security: float = math.nan
    grievance: float = 0.0
    hawk: float = 0.0
    trust: float = math.nan
    years: float = math.nan
    harm_out: float = 0.0
    harm_in: float = 0.0
    own_cost: float = 0.0
    credible: float = math.nan
    my_record: float = math.nan
    weeks_left: float = math.inf
    length: int = 0
    extensions: int = 0
    weeks_to_summit: float = math.inf
    ask: float = 0.0
    give: float = 0.0
    fresh: bool = False
    mine: float = 0.0
    its: float = 0.0
    rung: int = 0
    behind: int = 0
    own_tariff: float = math.nan
    its_tariff: float = math.nan
    purchases: float = math.nan
    purchases_due: float = math.nan
    good: str = ""
    grade: str = ""
    magnets: str = ""
    military_magnets: str = ""
    chips: str = ""
    delivery_seen: float = math.nan


def view_of(model: Host) -> View:
    """The view of the side whose ask is open.

    Both sides and the world stand in the state as they were at that moment.
    """
    asked = model.state.whole[0]["open"]
    i, decision = int(asked["side"]), DECISIONS.names[int(asked["decision"])]
    row, its = (model.state.whole[0]["sides"][side] for side in (i, 1 - i))
    about = decision in _ABOUT_A_TRACK
    return View(
        **_about(model, asked, decision),
        **_situation(model, i),
        **_beliefs(row, its),
        **_licences(model, i),
        **(_track(model, row, i, int(asked["first"])) if about else _NO_TRACK),
        built_in=float(asked["worth"]),
    )


def _about(model: Host, asked: Any, decision: str) -> dict[str, Any]:
    """What is asked."""
    first, second = int(asked["first"]), int(asked["second"])
    weeks = {"renew": first, "sweeten": first, "answer": second}
    names = model.params.issues
    bundle = first if decision == "swap" else 0
    return {
        "side": SIDES.names[int(asked["side"])],
        "week": int(asked["week"]),
        "decision": decision,
        "would": _would(asked, decision),
        "chance": float(asked["chance"]),
        "gain": float(asked["gain"]),
        "issue": _issue(names, first) if decision in _ABOUT_AN_ISSUE else "",
        "issues": tuple(name for k, name in enumerate(names) if bundle >> k & 1),
        "weeks": weeks.get(decision, 0),
        **(_chosen_for(model, first) if decision == "regime" else {}),
    }


def _driver(model: Host, k: int) -> Driver:
    """What sets the value of an issue."""
    return DRIVERS[DRIVERS.names[int(model.params.record["issues"]["driver"][k])]]


def _chosen_for(model: Host, k: int) -> dict[str, str]:
    """The good and grade of an issue of licences; chips have one grade."""
    driver = _driver(model, k)
    return {"good": driver.good, "grade": driver.grade or GRADES["civil"].name}


def _would(asked: Any, decision: str) -> bool | str | float:
    term = DECISIONS[decision]
    if term.is_worth:
        return float(asked["worth"])
    return bool(asked["choice"]) if term.is_yes_no else term.choices[int(asked["choice"])]


def _issue(names: tuple[str, ...], k: int) -> str:
    return {NO_ISSUE: "", EVERYTHING: EVERY_ISSUE}.get(k) or names[k] if k != NO_ISSUE else ""


def _situation(model: Host, i: int) -> dict[str, Any]:
    """The clock, the ladder and the tariffs."""
    world = model.state.whole[0]["world"]
    elapsed, urgency, belief, own, its = steps.outlook(*model.all_sides, i)
    dated = world["deadline"] < NO_DATE
    rungs, tariffs = world["rung"].tolist(), world["tariff"].tolist()
    return {
        "elapsed": float(elapsed),
        "urgency": float(urgency),
        "belief_alive": float(belief),
        "my_record": float(own),
        "credible": float(its),
        "weeks_left": float(world["deadline"] - world["week"] - 1) if dated else math.inf,
        "length": int(world["length"]),
        "extensions": int(world["extensions"]),
        "weeks_to_summit": _weeks_to_summit(model, int(world["week"])),
        "rung": rungs[i],
        "behind": rungs[1 - i] - rungs[i],
        "own_tariff": tariffs[i],
        "its_tariff": tariffs[1 - i],
        "purchases": float(world["bought"].sum()),
        "purchases_due": float(world["due"].sum()),
    }


def _weeks_to_summit(model: Host, week: int) -> float:
    """Weeks from the start of a week to the next meeting of the leaders, inf without one."""
    events = model.params.record["calendar"]["events"]
    count = int(events["count"])
    meets = np.isin(events["kind"][:count], (SUMMIT, CALL)) & (events["weight"][:count] > 0.0)
    ahead = events["when"][:count][meets] - week
    return float(min(ahead[ahead >= 0.0], default=math.inf))


_AS_NAMED = (
    "stake",
    "grievance",
    "hawk",
    "trust",
    "years",
    "harm_out",
    "harm_in",
    "own_cost",
    "ask",
)


def _beliefs(row: Any, its: Any) -> dict[str, Any]:
    """What a side reckons with, whatever it is asked."""
    threatened = bool(its["threat_date"] >= 0)
    return {
        **{name: float(row[name]) for name in _AS_NAMED},
        "foreseen": float(row["goes_on"]),
        "foreseen_next": float(row["goes_on_next"]),
        "lack": float(row["lack_trade"]),
        "lack_security": float(row["lack"]),
        "give": float(its["threat_ask"] if threatened else its["ask"]),
        "fresh": bool(row["fresh"]),
        "mine": float(row["measure"]),
        "its": float(its["measure"]),
    }


def _licences(model: Host, i: int) -> dict[str, Any]:
    """Regimes in force, and what the side sees of the licences that it was promised."""
    ranks = model.state.whole[0]["world"]["regime"]
    civil, military = (GRADES[name].code for name in ("civil", "military"))
    magnets, chips = (GOODS[name].code for name in ("magnets", "chips"))
    return {
        "magnets": REGIMES.names[ranks[magnets, civil]],
        "military_magnets": REGIMES.names[ranks[magnets, military]],
        "chips": REGIMES.names[ranks[chips, civil]],
        "delivery_seen": _delivery_seen(model, i),
    }


def _delivery_seen(model: Host, i: int) -> float:
    """The share of promised licences that side ``i`` sees delivered, in [0, 1]."""
    s, p = model.state.whole[0], model.params.record
    if s["world"]["status"] == BROKEN:
        return math.nan
    issues, owed, seen = s["issues"], 0.0, 0.0
    for k in range(len(model.params.issues)):
        theirs = _driver(model, k).good and p["issues"]["owner"][k] != i
        if theirs and issues["promised"][k] > 0.0:
            error = float(p["compliance"]["monitoring_noise"]) * s["normals"][k]
            owed += issues["benefit"][k] * issues["promised"][k]
            seen += issues["benefit"][k] * (issues["delivered"][k] + error)
    return min(1.0, max(0.0, seen / owed)) if owed > 0.0 else math.nan


_NO_TRACK = {
    "track": "",
    **dict.fromkeys(("reservation", "best", "aspiration", "heard", "heard_before"), math.nan),
    "offers_made": 0,
    "offers_heard": 0,
}


def _track(model: Host, row: Any, i: int, track: int) -> dict[str, Any]:
    """What a side knows of the talks on a track."""
    heard = bool(row["heard_count"][track])
    waits, keeps, claim, low, tough = steps.screen(*model.all_sides, i, track)
    return {
        "track": TRACKS.names[track],
        "reservation": float(row["reservation"][track]),
        "best": float(steps.best(*model.all_sides, i, track)),
        "aspiration": float(row["aspiration"][track]),
        "heard": float(row["heard"][track]) if heard else math.nan,
        "heard_before": float(row["heard_before"][track]) if heard else math.nan,
        "offers_made": int(row["made_count"][track]),
        "offers_heard": int(row["heard_count"][track]),
        "standing": bool(row["standing"][track]),
        "waits": float(waits),
        "keeps": float(keeps),
        "floor": math.nan if math.isnan(claim) else float(row["its_floor"][track]),
        "claim": float(claim),
        "low": float(low),
        "tough": float(tough),
    }
