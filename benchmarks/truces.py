"""What truces, crises and breaks do, beside the record and the prototype: ``python -m
benchmarks.truces [RUNS] [SEED]`` prints the table of docs/truces.md, *Measured*.

London, Geneva, and a truce of 13 weeks in which all is delivered. Shares are a sum over a sum of
runs, with 95 % intervals that take a run as the unit; times are medians with quartiles. The
prototype's numbers are those of its own rules and settings, from 4,000 runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

import sim
from benchmarks.robust import NO_TALKS
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.rules.logs import Logs
from sim.validation.signs import acts_of
from sim.vocabulary import ACTS, OUTCOMES, SIDES, STATUSES, TRACKS, happened

__all__ = [
    "TOLD",
    "Case",
    "Played",
    "Share",
    "Times",
    "break_weeks",
    "case",
    "cases",
    "escalation",
    "found",
    "lines",
    "paired",
    "play",
    "share",
    "survival",
]

_RUNS, _SEED = 2_000, 2
_NORMAL = 1.96
_QUARTER = 13  # weeks
_SWAP_WEEKS, _CLAIM_WEEKS = 8, 6
_APRIL = 3  # rungs: the tariffs of April 2025
_LENGTHS = {4: "30 days", 13: "90 days", 26: "180 days", 52: "365 days", 104: "two years"}
_DEAL = f"deal_{TRACKS.names[0]}"
_US = 1 << SIDES.names.index("us")
_ENDS = ("broken", "repaired", "better", "rested")
_FIVE_YEARS = 260  # weeks
# of each number its target and the prototype's, London, Geneva and a delivered truce
TOLD: dict[str, tuple[str, str]] = {
    "date met": (".75-.93", ".88 .83 .91"),
    "renewed in the week of the date": ("> .5", ".75 .73 .76"),
    "length 30 days": ("", ".21 .21 .21"),
    "length 90 days": ("mode", ".22 .21 .24"),
    "length 180 days": ("", ".25 .23 .25"),
    "length 365 days": ("> 0", ".28 .30 .26"),
    "length two years": ("", ".04 .06 .04"),
    "crisis in 13 weeks": (".2-.6", ".52 .82 .34"),
    "threats carried": (".35-.55", ".43 .46 .42"),
    "threats yielded": ("", ".29 .28 .30"),
    "threats dropped": ("", ".17 .16 .18"),
    "crisis broken": ("> .1", ".13 .19 .11"),
    "crisis repaired": ("> .1", ".61 .59 .63"),
    "crisis better": ("> .1", ".23 .20 .23"),
    "crisis rested": ("", ".03 .02 .03"),
    "weeks to repair": ("3-8", "3 3 3"),
    "claim of breach in 6 weeks": ("", "- .91 .001"),
    "London's swap in 8 weeks": (">= .25", "- .32 -"),
    "breaks inside": (">= .5", ".71 .70 .73"),
    "break in two years": (".15-.45", ".30 .41 .25"),
    "weeks to return": ("3-8", "8 8 8"),
    "April's rates, of broken weeks": ("< .3", ".06 .07 .07"),
    "worst week": ("< .05", ".022 .035 .011"),
    "breaks a week: multiples of 13": ("", ".0062 - -"),
    "- five weeks about them": ("", ".0061 - -"),
    "deal in the first clock": (".08-.3", ""),
    "deal ever": (".3-.65", ".26 .27 .25"),
    "extended": (".6-.9", ""),
    "later clocks over the first, open weeks": (">= .3", ""),
    "security before trade": ("< .05", ""),
    "rung 1, before the truce": ("", ".60"),
    "rung 2, before the truce": ("", ".15"),
    "rung 3, before the truce": ("", ".03"),
    "rung 1, week": ("", "2"),
    "rung 2, week": ("", "5"),
    "rung 3, week": ("", "8"),
    "a deal after 0.5 years": ("", ".89"),
    "a deal after 1 years": ("", ".80"),
    "a deal after 2 years": ("", ".67"),
    "a deal after 3 years": ("", ".56"),
    "a deal after 4 years": ("", ".46"),
}


@dataclass(frozen=True)
class Played:
    """Runs of a scenario: measures, weeks and acts, one row per run."""

    scenario: Scenario
    runs: np.ndarray
    weeks: np.ndarray
    acts: np.ndarray
    issues: tuple[str, ...]

    def did(self, name: str) -> np.ndarray:
        """Which acts are of a kind, bool (runs, acts)."""
        return (self.acts["week"] >= 0) & (self.acts["act"] == ACTS[name].code)

    @cached_property
    def broken(self) -> np.ndarray:
        """Weeks without a truce, bool (runs, weeks)."""
        return np.asarray(self.weeks["status"] == STATUSES["none"].code)

    @cached_property
    def breaks(self) -> np.ndarray:
        """Breaks a week, bool (runs, weeks): ends from inside and lapses."""
        events = self.weeks["events"]
        return np.asarray(happened(events, "ending") | happened(events, "lapse"))

    @property
    def clock(self) -> int:
        """Weeks of the first clock."""
        truce = self.scenario.truce
        return truce.first_deadline_weeks or truce.length_weeks


class Share(NamedTuple):
    """A share, a rate or a mean: a sum over runs over another, and half its 95 % interval."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.error:.3f})"


class Times(NamedTuple):
    """Median and quartiles of times, weeks."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.0f} ({self.low:.0f}-{self.high:.0f})"


class Case(NamedTuple):
    """A table's column: its title and its scenario."""

    title: str
    scenario: Scenario


def case(name: str, changes: Mapping[str, object] | None = None) -> Scenario:
    """A shipped scenario with settings replaced."""
    return sim.load(f"scenario={name}").change(dict(changes or {}))


def _delivered() -> Scenario:
    """London where all promised is in force and magnets flow as usual, without licences; nothing
    drifts, trust is high, and 13 weeks run.
    """
    london = case("london_2025")
    changes: dict[str, object] = {
        f"issues.{name}.in_force": issue.terms for name, issue in london.issues.items()
    }
    for side in SIDES:
        changes[f"compliance.{side}.drift_rate"] = 0.0
        changes[f"compliance.{side}.trust"] = 0.9
    flowing = {
        "licensing.magnets.regime": "free",
        "licensing.magnets.regime_start": "free",
        "firms.magnets.stock_share": 1.0,
        "firms.magnets.pipeline_share": 1.0,
        "firms.magnets.scarce_price": 1.0,
    }
    return london.change({**changes, **flowing, "truce.first_deadline_weeks": _QUARTER})


def cases() -> tuple[Case, ...]:
    """The columns of the table."""
    return (
        Case("London", case("london_2025")),
        Case("Geneva", case("geneva_2025")),
        Case("delivered", _delivered()),
    )


def play(scenario: Scenario, runs: int, seed: int) -> Played:
    """Runs of a scenario, with their weeks and acts."""
    params = flatten(scenario)
    logs = Logs()
    outs, weeks = simulate(
        params, np.zeros(runs, np.int64), np.arange(runs), seed, weekly=runs, logs=logs
    )
    return Played(scenario, outs, weeks, acts_of(logs, runs), tuple(params.issues))


def share(part: np.ndarray, whole: np.ndarray | float = 1.0) -> Share:
    """Sum of ``part`` over that of ``whole``, a number a run, with runs as the unit."""
    part = np.asarray(part, float)
    whole = np.broadcast_to(np.asarray(whole, float), part.shape)
    total = whole.sum()
    if total <= 0.0:
        return Share(np.nan, np.nan)
    value = part.sum() / total
    return Share(
        float(value), float(_NORMAL * np.sqrt(((part - value * whole) ** 2).sum()) / total)
    )


def times(values: np.ndarray) -> Times:
    """Median and quartiles."""
    if len(values) == 0:
        return Times(np.nan, np.nan, np.nan)
    low, median, high = np.percentile(values, [25, 50, 75])
    return Times(float(median), float(low), float(high))


def _renewals(p: Played) -> Iterator[tuple[str, object]]:
    renewed = p.did("renewed")
    count = renewed.sum(axis=1)
    yield "date met", share(p.runs["dates_met"], p.runs["dates"])
    yield (
        "renewed in the week of the date",
        share((renewed & (p.acts["second"] <= 1)).sum(axis=1), count),
    )
    for weeks, label in _LENGTHS.items():
        yield f"length {label}", share((renewed & (p.acts["first"] == weeks)).sum(axis=1), count)


def _threats(p: Played) -> Iterator[tuple[str, object]]:
    how = {
        name: p.runs[f"threats_{name}"].sum(axis=1) for name in ("carried", "yielded", "dropped")
    }
    resolved = sum(how.values())
    yield "threats a run", share(p.runs["threats"].sum(axis=1))
    for name, number in how.items():
        yield f"threats {name}", share(number, resolved)


def crisis_weeks(p: Played) -> np.ndarray:
    """How long each crisis that did not end in a break lasted, weeks."""
    events = p.weeks["events"]
    begins = happened(events, "threat") | happened(events, "measure")
    over = happened(events, "crisis_over")
    since = np.full(len(events), -1)
    found = []
    for week in range(events.shape[1]):
        since = np.where((since < 0) & begins[:, week], week, since)
        ended = over[:, week] & (since >= 0)
        found.append(week - since[ended])
        since = np.where(ended | p.broken[:, week], -1, since)
    return np.concatenate(found)


def break_weeks(p: Played) -> np.ndarray:
    """How long each break that healed lasted, weeks."""
    edge = np.diff(p.broken.astype(np.int8), axis=1, prepend=0)
    found = []
    for row in edge:
        starts, ends = np.flatnonzero(row == 1), np.flatnonzero(row == -1)
        ends = ends[ends > starts[0]] if len(starts) else ends
        found.append(ends[: len(starts)] - starts[: len(ends)])
    return np.concatenate(found)


def _crises(p: Played) -> Iterator[tuple[str, object]]:
    yield "crisis in 13 weeks", share(p.runs["weeks_to_first_crisis"] <= _QUARTER)
    yield from _threats(p)
    ends = [p.runs[f"crises_{how}"] for how in _ENDS]
    for how, number in zip(_ENDS, ends, strict=True):
        yield f"crisis {how}", share(number, sum(ends))
    yield "weeks to repair", times(crisis_weeks(p))
    yield "claim of breach in 6 weeks", share(p.runs["weeks_to_first_protest"] <= _CLAIM_WEEKS)


def _swapped(p: Played, *issues: str, lifted: int = 0) -> np.ndarray:
    """Runs with an early package that holds each issue, the last or a lifted measure of a side."""
    rows = p.did("swapped") & (p.acts["week"] < _SWAP_WEEKS)
    for k, name in enumerate(issues):
        held = (p.acts["first"] >> p.issues.index(name)) & 1 == 1
        if lifted and k == len(issues) - 1:
            held |= p.acts["second"] & lifted != 0
        rows &= held
    return np.asarray(rows.any(axis=1))


def _swaps(p: Played) -> Iterator[tuple[str, object]]:
    london = _swapped(p, "civil_magnets", "us_counter_controls", lifted=_US)
    yield "London's swap in 8 weeks", share(london)
    yield "any swap with magnets in 8 weeks", share(_swapped(p, "civil_magnets"))
    yield "any swap in 8 weeks", share(_swapped(p))


def _breaks(p: Played) -> Iterator[tuple[str, object]]:
    out, by_week = p.runs, p.breaks.mean(axis=0)
    yield "breaks inside", share(out["endings"], out["breaks"])
    yield "break in two years", share(out["breaks"] > 0)
    yield "weeks to return", times(break_weeks(p))
    april = p.broken & (p.weeks["rung"].max(axis=2) >= _APRIL)
    yield "April's rates, of broken weeks", share(april.sum(axis=1), p.broken.sum(axis=1))
    worst = int(by_week.argmax())
    yield "worst week", share(p.breaks[:, worst])
    yield "- which", float(worst + 1)
    yield "breaks a week: multiples of 13", share(p.breaks[:, _at_multiples(p)].mean(axis=1))
    yield "- five weeks about them", share(p.breaks[:, _about_multiples(p)].mean(axis=1))


def _at_multiples(p: Played) -> np.ndarray:
    """Weeks 13, 26 and so on after the first date."""
    return np.arange(p.clock - 1, p.breaks.shape[1] - 2, _QUARTER)


def _about_multiples(p: Played) -> np.ndarray:
    at = _at_multiples(p)
    about = (at[:, None] + np.array([-4, -3, 3, 4, 5])[None, :]).ravel()
    return about[(about >= 0) & (about < p.breaks.shape[1])]


def clocks(p: Played) -> tuple[Share, Share]:
    """Trade deals a week in which one could be made: in the first clock, and later before a break."""
    made = np.asarray(happened(p.weeks["events"], _DEAL))
    before = np.cumsum(made, axis=1) - made == 0
    unbroken = np.cumsum(p.broken, axis=1) == 0
    week = np.arange(made.shape[1])[None, :]
    open_weeks = before & unbroken & ((p.weeks["status"] == STATUSES["truce"].code) | made)
    first, later = (
        share((made & open_weeks & part).sum(axis=1), (open_weeks & part).sum(axis=1))
        for part in (week < p.clock, week >= p.clock)
    )
    return first, later


def _over(first: Share, later: Share) -> Share:
    """The ratio of two shares; its interval takes them as independent."""
    ratio = later.value / first.value if first.value > 0.0 else np.nan
    error = (
        np.hypot(later.error, ratio * first.error) / first.value if first.value > 0.0 else np.nan
    )
    return Share(float(ratio), float(error))


def _deals(p: Played) -> Iterator[tuple[str, object]]:
    made, out = p.runs["weeks_to_deal"][:, 0], p.runs
    yield "deal in the first clock", share(made <= p.clock)
    yield "deal ever", share(~np.isnan(made))
    yield "extended", share(out["extensions"] > 0)
    yield "later clocks over the first, open weeks", _over(*clocks(p))
    controls = np.nanmin(
        np.where(np.isnan(out["weeks_to_deal"]), np.inf, out["weeks_to_deal"])[:, 1:], axis=1
    )
    yield "security before trade", share(controls < np.where(np.isnan(made), np.inf, made))
    for name in OUTCOMES:
        yield f"outcome {name}", share(out["outcome"] == OUTCOMES[name].code)


def found(p: Played) -> dict[str, Any]:
    """The table's numbers of the runs of one case, by name."""
    return dict([*_renewals(p), *_crises(p), *_swaps(p), *_breaks(p), *_deals(p)])


def escalation(p: Played) -> dict[str, Any]:
    """The rungs of a war that begins without a truce: how many runs reach each, and when."""
    rung, back = p.weeks["rung"].max(axis=2), ~p.broken
    first = np.where(back.any(axis=1), back.argmax(axis=1), back.shape[1])
    at_war = np.arange(rung.shape[1])[None, :] < first[:, None]
    rows: dict[str, Any] = {"weeks to a truce": times(first[back.any(axis=1)] + 1)}
    for number in range(1, _APRIL + 1):
        reached = at_war & (rung >= number)
        some = reached.any(axis=1)
        rows[f"rung {number}, before the truce"] = share(some)
        rows[f"rung {number}, week"] = times(reached[some].argmax(axis=1) + 1)
    april = at_war & (rung >= _APRIL)
    rows["April's rates, of weeks before the truce"] = share(april.sum(axis=1), at_war.sum(axis=1))
    return rows


def survival(p: Played, years: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0, 4.0)) -> dict[str, Any]:
    """Share of trade deals still in force, and not hollow, so many years after they were made.

    Of deals made early enough to be seen so long.
    """
    made = np.asarray(happened(p.weeks["events"], _DEAL))
    some = made.any(axis=1)
    start, alive = made.argmax(axis=1), p.weeks["status"] == STATUSES["deal"].code
    alive &= p.weeks["state"] != OUTCOMES["tactical_pause"].code
    weeks = made.shape[1]
    week = np.arange(weeks)[None, :]
    failed = (week > start[:, None]) & ~alive
    end = np.where(failed.any(axis=1), failed.argmax(axis=1), weeks)
    rows: dict[str, Any] = {}
    for year in years:
        seen = some & (start + 52.0 * year < weeks)
        rows[f"a deal after {year:g} years"] = share(seen & (end > start + 52.0 * year), seen)
    return rows


def paired(scenario: Scenario, runs: int, seed: int) -> Share:
    """How many more runs break a truce with interim talks than without any, on common draws."""
    without = scenario.change(NO_TALKS)
    some, none = (play(one, runs, seed).runs["breaks"] > 0 for one in (scenario, without))
    return share(some.astype(float) - none)


def _row(name: str, target: str, prototype: str, values: list[object]) -> str:
    return f"{name:42} {target:9} {prototype:22}" + "".join(f" {value!s:>15}" for value in values)


def lines(runs: int = _RUNS, seed: int = _SEED) -> Iterator[str]:
    """The table: target, the prototype's numbers and ours."""
    columns = cases()
    tables = [found(play(one.scenario, runs, seed)) for one in columns]
    yield f"{runs:,} runs of seed {seed}, 95 % intervals of the runs"
    yield _row("", "target", "prototype", [one.title for one in columns])
    for name in tables[0]:
        values = [table[name] for table in tables]
        yield _row(name, *TOLD.get(name, ("", "")), values)
    war = escalation(play(case("escalation_2025"), runs, seed))
    lasting = survival(
        play(case("london_2025", {"calendar.horizon_weeks": _FIVE_YEARS}), runs, seed)
    )
    for name, value in {**war, **lasting}.items():
        yield _row(name, *TOLD.get(name, ("", "")), [value])
    yield _row(
        "breaks with interim talks less without",
        "<= 0",
        "",
        [paired(one.scenario, runs, seed) for one in columns[:2]],
    )


def main(words: list[str]) -> int:
    """Compute and print."""
    runs, seed = (*map(int, words), *(_RUNS, _SEED)[len(words) :])
    for line in lines(runs, seed):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
