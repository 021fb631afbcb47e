"""The signs of bargaining and of truces: what theory says a change does, and what the model does
(docs/bargaining.md, *Signs*; docs/truces.md, *Signs*).

Each row is a change of London, run on common draws. *Deals* are runs that settle trade: by the
first deadline, or ever within the horizon. Terms are the US share of the surplus where both settle,
with controls shut by prices that nobody pays, so that no later deal overwrites them. Beside each
stands what the prototype of the rule gave, from 1,000 runs of seed 1 of an older model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.analysis.shares import mean_interval
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.logs import Logs
from sim.validation.finding import Test
from sim.validation.patterns import Lab
from sim.vocabulary import ACTS, CONTROLS, PURCHASES, SIDES, TRACKS, happened

__all__ = ["SIGNS", "Sign", "SignRow", "Truces", "acts_of", "play", "runs_of_signs", "signs"]

_NOT_TOLD = 0.02  # a difference of shares below it is not told from none with 1,000 runs
_NOT_TOLD_TERMS = 0.02
_NOBODY_PAYS = 400.0  # bn USD/yr: a price of settling controls far above their pie
_MANY = 0.2
_DEAL = f"deal_{TRACKS.names[0]}"
_UNSETTLED = 10**6
_QUARTER, _HALF_YEAR = 13, 26  # weeks


def _both(name: str, value: object) -> dict[str, object]:
    return {f"{side}.{name}": value for side in SIDES}


def _of(side: str, values: Mapping[str, object]) -> dict[str, object]:
    return {f"{side}.{name}": value for name, value in values.items()}


_PATIENT = {"discount_rate": 0.03, "planning_weeks": 104.0}  # as us=patient
_IMPATIENT = {"discount_rate": 0.3, "planning_weeks": 26.0}  # as us=impatient
_SHUT = {
    name: value
    for track in CONTROLS
    for name, value in _both(f"resolve.{track}", _NOBODY_PAYS).items()
}
_INFORMED = {**_both("belief_error", 0.0), **_both("resolve.known", 1.0)}


def _dearer(side: str) -> dict[str, object]:
    """A side's prices of all tracks a quarter above London's."""
    resolve = getattr(Scenario(), side).resolve
    return {f"{side}.resolve.{track}": 1.25 * getattr(resolve, track) for track in TRACKS}


class Truces(NamedTuple):
    """Of each run, from renewals, crises and breaks.

    ``crisis`` in the first 13 weeks, ``breaks``, ``lapses``, ``crises``, ``claims`` of breach,
    ``threats``, ``yields``, threats ``dropped`` and measures lifted by those who took them
    (``retreats``), mean ``length`` of renewals (weeks; none where nothing was renewed), what each
    side promised of its trade issues in the first half year (``promised``, mean level).
    """

    crisis: np.ndarray
    breaks: np.ndarray
    lapses: np.ndarray
    crises: np.ndarray
    claims: np.ndarray
    threats: np.ndarray
    yields: np.ndarray
    retreats: np.ndarray
    length: np.ndarray
    promised_us: np.ndarray
    promised_cn: np.ndarray


class Deals(NamedTuple):
    """Of each run: whether trade was settled by the first deadline and ever, in which week, the US
    share of the surplus, and what became of its truces.
    """

    first: np.ndarray
    ever: np.ndarray
    week: np.ndarray
    share: np.ndarray
    truces: Truces


Judge = Callable[[Deals, Deals], tuple[float, float, float]]


def _first(after: Deals, before: Deals) -> tuple[float, float, float]:
    return mean_interval(after.first.astype(float) - before.first)


def _ever(after: Deals, before: Deals) -> tuple[float, float, float]:
    return mean_interval(after.ever.astype(float) - before.ever)


def _weeks(after: Deals, before: Deals) -> tuple[float, float, float]:
    both = after.ever & before.ever
    return mean_interval((after.week - before.week)[both].astype(float))


def _terms(after: Deals, before: Deals) -> tuple[float, float, float]:
    both = after.ever & before.ever
    gap = (after.share - before.share)[both]
    return mean_interval(gap[~np.isnan(gap)])


def _more(name: str) -> Judge:
    """Judges how much more of one of the numbers of :class:`Truces` a run has."""

    def judge(after: Deals, before: Deals) -> tuple[float, float, float]:
        gap = np.asarray(getattr(after.truces, name), float) - getattr(before.truces, name)
        return mean_interval(gap[~np.isnan(gap)])

    return judge


@dataclass(frozen=True)
class Sign:
    """A question: what changes, what is compared, where its interval must lie, and what the
    prototype gave.

    ``above`` and ``below`` are bounds of the 95 % interval of the difference ``after`` less
    ``before``; ``shut`` closes the controls tracks in both.
    """

    number: int
    what: str
    after: Mapping[str, object]
    judge: Judge = _first
    before: Mapping[str, object] | None = None
    above: float | None = None
    below: float | None = None
    shut: bool = False
    prototype: str = ""


class SignRow(NamedTuple):
    """A question answered: its number, the prototype's answer, and the test."""

    number: int
    prototype: str
    test: Test


def _linkage_steps() -> tuple[Sign, ...]:
    steps = (0.0, 0.3, 0.5, 0.75, 1.0)
    told = (".66 .45 .36 .26 .17", "", "", "")
    return tuple(
        Sign(
            12,
            f"ever: Beijing's linkage {high:g} instead of {low:g}",
            {"linkage.cn": high},
            _ever,
            {"linkage.cn": low},
            below=_NOT_TOLD,
            prototype=said,
        )
        for low, high, said in zip(steps, steps[1:], told, strict=False)
    )


def _scaled(name: str, factor: float) -> dict[str, object]:
    """A setting of politics of both sides, times a factor."""
    arena = Scenario().politics
    return {
        f"politics.{side}.{name}": factor * getattr(getattr(arena, side), name) for side in SIDES
    }


def _stronger(issue: str) -> dict[str, object]:
    """What a side may withhold of an issue is worth half as much again to the other."""
    return {f"issues.{issue}.benefit": 1.5 * Scenario().issues[issue].benefit}


def _dear_purchases(times: float) -> dict[str, object]:
    """Fentanyl and the gain of US exporters by extra purchases are worth so many times as much."""
    base = Scenario()
    found: dict[str, object] = {"issues.fentanyl.benefit": times * base.issues["fentanyl"].benefit}
    for kind in PURCHASES:
        found[f"purchases.{kind}.voice"] = times * getattr(base.purchases, kind).voice
    return found


_BRAVE, _ANGRY = _scaled("audience", 3.0), _scaled("incident_rate", 3.0)
_NOISY, _CLEAR = {"compliance.monitoring_noise": 0.2}, {"compliance.monitoring_noise": 0.02}
_NARROW, _WIDE = {"linkage.enforcement": "issue"}, {"linkage.enforcement": "all"}
_HURRIED = _both("discount_rate", 0.6)
_CALM = _both("discount_rate", 0.05)

SIGNS: tuple[Sign, ...] = (
    Sign(1, "no error in beliefs about issues", _both("belief_error", 0.0), prototype="+.005 to +.029", above=-_NOT_TOLD),
    Sign(1, "no error, and the other's price known", _INFORMED, above=0.0, prototype="+.093 to +.133"),
    Sign(1, "weeks to a deal: no error, and the other's price known", _INFORMED, _weeks, below=0.0, prototype="-12"),
    Sign(2, "no extension possible", {"truce.max_extensions": 0}, above=_MANY, prototype="+.593 to +.653"),
    Sign(3, "fentanyl and purchases worth 3.3 times as much to Washington", _dear_purchases(60.0 / 18.0), prototype="+.075 to +.111", above=-_NOT_TOLD),
    Sign(4, "Washington's linkage 0.5", {"linkage.us": 0.5}, prototype="-.09", below=_NOT_TOLD),
    Sign(4, "Washington's linkage 1", {"linkage.us": 1.0}, prototype="-.13", below=_NOT_TOLD),
    Sign(4, "Washington's price a quarter higher", _dearer("us"), prototype="-.042", below=_NOT_TOLD),
    Sign(4, "Beijing's price a quarter higher", _dearer("cn"), prototype="-.033", below=_NOT_TOLD),
    Sign(5, "Washington a hardliner", {"us.strategy.kind": "committed"}, prototype="-.026", below=_NOT_TOLD),
    Sign(5, "Beijing a hardliner", {"cn.strategy.kind": "committed"}, prototype="-.027", below=_NOT_TOLD),
    Sign(5, "both hardliners", _both("strategy.kind", "committed"), prototype="-.081", below=_NOT_TOLD),
    Sign(5, "ever: both hardliners", _both("strategy.kind", "committed"), _ever, prototype="-.254", below=_NOT_TOLD),
    Sign(5, "US share: Washington a hardliner", {"us.strategy.kind": "committed"}, _terms, shut=True, above=0.0, prototype="+.033 (.020 to .046)"),
    Sign(5, "US share: Beijing a hardliner", {"cn.strategy.kind": "committed"}, _terms, shut=True, below=_NOT_TOLD_TERMS, prototype="-.002 (-.012 to .009)"),
    Sign(6, "hawks at 1 on both sides", {f"politics.{side}.hawk_start": 1.0 for side in SIDES}, prototype="-.045", below=_NOT_TOLD),
    Sign(6, "hawks at 5 on both sides", {f"politics.{side}.hawk_start": 5.0 for side in SIDES}, prototype="-.133", below=_NOT_TOLD),
    Sign(6, "ever: hawks at 5 on both sides", {f"politics.{side}.hawk_start": 5.0 for side in SIDES}, _ever, prototype="-.208", below=_NOT_TOLD),
    Sign(7, "US share: Washington patient", _of("us", _PATIENT), _terms, shut=True, above=0.0, prototype="+.029 (.024 to .033)"),
    Sign(7, "US share: Washington impatient", _of("us", _IMPATIENT), _terms, shut=True, below=0.0, prototype="-.026 (-.031 to -.021)"),
    Sign(7, "US share: Beijing patient", _of("cn", _PATIENT), _terms, shut=True, below=0.0, prototype="-.010 (-.015 to -.006)"),
    Sign(7, "US share: Beijing impatient", _of("cn", _IMPATIENT), _terms, shut=True, above=0.0, prototype="+.045 (.040 to .051)"),
    *_linkage_steps(),
    Sign(13, "a mediator at every meeting", {"truce.talks.mediator_rate": 1.0}, above=0.0, below=0.5, prototype="+.110; ever +.136"),
    Sign(14, "threats dropped and measures lifted, a run: audience cost trebled", _BRAVE, _more("retreats"), prototype="-1 a year", below=0.0),
    Sign(15, "threats, a run: incidents trebled", _ANGRY, _more("threats"), prototype="+1.5", above=0.0),
    Sign(15, "ever: incidents trebled", _ANGRY, _ever, prototype="-.01", below=_NOT_TOLD),
    Sign(15, "breaks, a run: incidents trebled", _ANGRY, _more("breaks"), prototype="+.30", above=0.0),
    Sign(16, "what Beijing promises on trade: counter-controls worth half as much again", _stronger("us_counter_controls"), _more("promised_cn"), prototype="+16 to +34 bn", above=0.0),
    Sign(16, "what Washington promises on trade: fentanyl and purchases worth half as much again", _dear_purchases(1.5), _more("promised_us"), prototype="+20 bn", above=0.0),
    Sign(17, "crises, a run: delivery seen clearly instead of dimly", _CLEAR, _more("crises"), _NOISY, prototype="-.88", below=0.0),
    Sign(17, "claims of breach, a run: the same", _CLEAR, _more("claims"), _NOISY, below=0.0),
    Sign(18, "breaks, a run: both patient instead of impatient", _CALM, _more("breaks"), _HURRIED, prototype="-.43", below=0.0),
    Sign(19, "crisis in 13 weeks: no date", {"truce.dated": False}, _more("crisis"), prototype="+.14", above=-_NOT_TOLD),
    Sign(20, "lapses, a run: Beijing ties trade to chips in full", {"linkage.cn": 1.0}, _more("lapses"), prototype="+.03", above=-_NOT_TOLD),
    Sign(20, "weeks of a renewal: the same", {"linkage.cn": 1.0}, _more("length"), prototype="-9.5", below=0.0),
    Sign(21, "yields, a run: measures on everything instead of the own tariff", _WIDE, _more("yields"), _NARROW, prototype="+.11 of threats", above=0.0),
)  # fmt: skip
"""The questions, numbered as in the designs of the rules; 8 to 11 are no differences, and from 14
on they are of truces (docs/truces.md, *Signs*)."""


def runs_of_signs() -> int:
    """Runs of all questions for each run asked for: each case is run once."""
    return len(
        {_case(changes, sign.shut) for sign in SIGNS for changes in (sign.after, sign.before or {})}
    )


def _case(changes: Mapping[str, object], shut: bool) -> tuple[tuple[str, object], ...]:
    return tuple(sorted({**changes, **(_SHUT if shut else {})}.items()))


def signs(lab: Lab) -> tuple[SignRow, ...]:
    """Every question, answered by runs of London on common draws; each case is run once."""
    played: dict[tuple[tuple[str, object], ...], Deals] = {}

    def found(changes: Mapping[str, object], shut: bool) -> Deals:
        case = _case(changes, shut)
        if case not in played:
            played[case] = play(lab, dict(case))
        return played[case]

    return tuple(
        SignRow(
            sign.number,
            sign.prototype,
            _test(sign, found(sign.after, sign.shut), found(sign.before or {}, sign.shut)),
        )
        for sign in SIGNS
    )


def _test(sign: Sign, after: Deals, before: Deals) -> Test:
    value, low, high = sign.judge(after, before)
    met = (sign.above is None or low > sign.above) and (sign.below is None or high < sign.below)
    bounds = (("above", sign.above), ("below", sign.below))
    asked = ", ".join(f"{word} {bound:+g}" for word, bound in bounds if bound is not None)
    return Test(sign.what, asked, value, low, high, bool(met))


def play(lab: Lab, changes: Mapping[str, object]) -> Deals:
    """Deals of London with settings replaced."""
    scenario = lab.scenario("london_2025").change(dict(changes))
    numbers = np.arange(lab.runs)
    params = flatten(scenario)
    logs = Logs()
    outs, weeks = simulate(
        params,
        np.zeros(lab.runs, np.int64),
        numbers,
        lab.seed,
        weekly=lab.runs,
        threads=lab.threads,
        logs=logs,
    )
    settled = happened(weeks["events"], _DEAL)
    ever = settled.any(axis=1)
    week = np.where(ever, settled.argmax(axis=1), _UNSETTLED)
    clock = scenario.truce.first_deadline_weeks or scenario.truce.length_weeks
    share = outs["us_surplus_share"].astype(float)
    truces = _truces(scenario, params.issues, outs, weeks, acts_of(logs, lab.runs))
    return Deals(week < clock, ever, week, share, truces)


def acts_of(logs: Logs, runs: int) -> np.ndarray:
    """What was done in the runs of one point, a row a run; beyond a run's acts the week is -1."""
    rows = [logs.acts[0, run] for run in range(runs)]
    acts = np.full((runs, max(map(len, rows))), -1, rows[0].dtype)
    for run, row in enumerate(rows):
        acts[run, : len(row)] = row
    return acts


def _truces(
    scenario: Scenario,
    issues: Sequence[str],
    outs: np.ndarray,
    weeks: np.ndarray,
    acts: np.ndarray,
) -> Truces:
    """What became of the truces of each run."""

    def did(name: str) -> np.ndarray:
        return np.asarray((acts["week"] >= 0) & (acts["act"] == ACTS[name].code))

    def promised(side: str) -> np.ndarray:
        own = [
            k
            for k, name in enumerate(issues)
            if scenario.issues[name].owner == side
            and scenario.issues[name].track == TRACKS.names[0]
        ]
        return np.asarray(weeks["promised"][:, :_HALF_YEAR, own].mean(axis=(1, 2)))

    renewed = did("renewed")
    count = renewed.sum(axis=1)
    length = (renewed * acts["first"]).sum(axis=1) / np.where(count > 0, count, np.nan)
    return Truces(
        crisis=outs["weeks_to_first_crisis"] <= _QUARTER,
        breaks=outs["breaks"],
        lapses=outs["lapses"],
        crises=outs["crises"],
        claims=outs["protests"].sum(axis=1),
        threats=outs["threats"].sum(axis=1),
        yields=outs["threats_yielded"].sum(axis=1),
        retreats=outs["threats_dropped"].sum(axis=1) + did("climbed_down").sum(axis=1),
        length=length,
        promised_us=promised("us"),
        promised_cn=promised("cn"),
    )
