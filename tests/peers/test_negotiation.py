"""Negotiations of NegMAS's negotiators over a list of packages, and ours over the same list: same
package, same step, same proposer.

Which of NegMAS's time-based negotiators is ours: its aspiration is least + top (most - least) (1 -
t**e), ours R + (M - R) (1 - (kappa s)**(1 / beta)), so e = 1 / beta, kappa = 1, its least is R, its
``max_aspiration`` (M - R) / (most - R), and s its clock, (step + 1) / (steps + 1) at both turns of
a step. It offers the worst package above its aspiration, down to 1e-6 below it.
``AspirationNegotiator`` accepts what lies above its aspiration; its offers with NegMAS's ``ACNext``
are called ``aspiring`` here. ``component`` is NegMAS's ``TimeBasedOfferingPolicy`` with ``ACNext``:
it concedes to its worst rational package, not to R, offers down to 1e-5 below, and takes utilities
to lie between 0 and 1.

Our rules offer the efficient package worth the aspiration. On a list of Pareto outcomes the worst
package above it is that one up to a gap in the list. Three kinds of list: ``all`` packages of a
grid, its ``efficient`` ones, and all packages with each side offering only those that it
``believed`` efficient with errors about the other, as in the model.

Between one turn's own offer and its aspiration no package of the own list lies, so where both speak
from one list AC_next and plain acceptance at the aspiration are one rule; only ``believed`` tells
them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.exercises.play import Offers, Table
from sim.rules.bargaining import speak
from sim.rules.codes import MICRO, TIME_DEPENDENT
from sim.rules.state import allocate
from sim.rules.strategies import aspiration, strategy_target
from sim.theory import ideal

pytestmark = pytest.mark.nightly

SIDES = ("us", "cn")
LEVELS = {2: 31, 3: 11, 4: 7}
ERROR = 0.4
SLACK = 1e-6


class Deal(NamedTuple):
    """What was agreed (a place in the list), in which step, and who had proposed it."""

    place: int
    step: int
    proposer: str


@dataclass(frozen=True)
class Case:
    """Packages with their utilities in Genius's scale, those that each side offers (None for any),
    and the negotiators' settings.
    """

    folder: str
    packages: list
    listed: bool
    utilities: np.ndarray
    floors: np.ndarray
    offers: tuple[np.ndarray | None, np.ndarray | None]
    powers: list[float]
    steps: int
    first: int

    def own(self, i: int) -> np.ndarray:
        """Places of the packages that side ``i`` offers."""
        return np.arange(len(self.packages)) if self.offers[i] is None else self.offers[i]

    def least(self, i: int) -> float:
        """Where side ``i`` concedes to: its reservation value, or its worst package where that is
        better.
        """
        return max(self.floors[i], float(self.utilities[:, i].min()))

    def best(self, i: int) -> float:
        """What side ``i`` asks for first: its best package that leaves the other no worse off than
        without a deal.
        """
        return float(self.utilities[self.utilities[:, 1 - i] >= self.floors[1 - i], i].max())

    def task(self, kind: str, least: list[float] | None = None) -> dict[str, Any]:
        """The case as NegMAS's side takes it."""
        lows = least or [self.least(i) for i in range(2)]
        spans = [float(self.utilities[:, i].max()) - lows[i] for i in range(2)]
        return {
            "do": "play",
            "kind": kind,
            "folder": self.folder,
            "listed": self.packages if self.listed else None,
            "offers": [None if places is None else places.tolist() for places in self.offers],
            "exponents": self.powers,
            "tops": [
                (self.best(i) - lows[i]) / spans[i] if spans[i] > 0.0 else 1.0 for i in range(2)
            ],
            "steps": self.steps,
            "first": self.first,
        }

    def deal(self, answer: dict[str, Any]) -> Deal | None:
        """NegMAS's answer in our words."""
        if answer["agreement"] is None:
            return None
        agreed = answer["agreement"]
        place = agreed[0] if self.listed else self.packages.index(tuple(agreed))
        return Deal(place, answer["step"], answer["proposer"])

    def alternate(self, offer: Callable[[int, int], int]) -> Deal | None:
        """Alternating offers with the acceptance of :func:`sim.rules.bargaining.speak`: AC_next,
        and never below the reservation value.
        """
        standing: list[int | None] = [None, None]
        for step in range(self.steps):
            for i in (self.first, 1 - self.first):
                place, heard = offer(i, step), standing[1 - i]
                if heard is not None and self.utilities[heard, i] >= max(
                    self.utilities[place, i], self.floors[i]
                ):
                    return Deal(heard, step, SIDES[1 - i])
                standing[i] = place
        return None

    def time_based(self, slack: float = 0.0, least: list[float] | None = None) -> Deal | None:
        """The deal of two sides with our aspiration, each offering its worst package above it as
        NegMAS finds it.
        """
        lows = least or [self.least(i) for i in range(2)]

        def offer(i: int, step: int) -> int:
            share = (step + 1) / (self.steps + 1)
            level = (
                aspiration(TIME_DEPENDENT, lows[i], self.best(i), share, 1.0, 1.0 / self.powers[i])
                - slack
            )
            places = self.own(i)
            return int(places[worst_above(self.utilities[places, i], level)])

        return self.alternate(offer)


def worst_above(worths: np.ndarray, level: float) -> int:
    """The least worth at or above ``level``, one up to 1e-6 below it that is nearer, or the best
    where all are lower.
    """
    above, below = worths >= level, (worths < level) & (worths >= level - SLACK)
    if not above.any():
        return int(worths.argmax())
    first = int(np.where(above, worths, np.inf).argmin())
    second = int(np.where(below, worths, -np.inf).argmax())
    return second if below.any() and level - worths[second] < worths[first] - level else first


def efficient(utilities: np.ndarray) -> np.ndarray:
    """Places of the packages that no other is better than for one side and as good for the
    other.
    """
    best, kept = -np.inf, []
    for n in np.lexsort((-utilities[:, 1], -utilities[:, 0])):
        if utilities[n, 1] > best:
            best = utilities[n, 1]
            kept.append(int(n))
    return np.asarray(kept)


def believed(one, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Places of the packages efficient in each side's eyes: own utilities, and the other's with an
    error an issue.
    """
    chosen, found = np.asarray(one.outcomes), []
    for i in range(2):
        errors = np.exp(generator.normal(0.0, ERROR, chosen.shape[1]))
        its = sum(errors[k] * one.worths[1 - i][k][chosen[:, k]] for k in range(chosen.shape[1]))
        seen = efficient(np.stack([one.utilities[:, i], its], axis=1))
        found.append(seen[one.utilities[seen, i] >= one.problem.disagreement[i]])
    return found[0], found[1]


def case(kind: str, one, folder: str, seed: int) -> Case:
    """A negotiation over a grid, with exponents from 0.5 to 5 and 10 to 60 steps."""
    generator = np.random.default_rng([7, seed])
    powers, steps = (1.0 / generator.uniform(0.2, 2.0, 2)).tolist(), int(generator.integers(10, 61))
    utilities, packages = one.scaled(one.utilities), one.outcomes
    floors, offers = one.scaled(np.asarray([one.problem.disagreement]))[0], (None, None)
    if kind == "efficient":
        rational = np.flatnonzero((one.utilities >= one.problem.disagreement).all(axis=1))
        kept = rational[efficient(one.utilities[rational])]
        ends = utilities.argmin(
            axis=0
        )  # never offered: they give both sides their whole range, down to reservation
        offers = (np.arange(len(kept)), np.arange(len(kept)))
        utilities, packages = utilities[[*kept, *ends]], [packages[n] for n in (*kept, *ends)]
    if kind == "believed":
        offers = believed(one, generator)
    return Case(folder, packages, kind != "all", utilities, floors, offers, powers, steps, seed % 2)


@pytest.fixture(scope="module")
def cases(grid, random_problem, tmp_path_factory) -> Callable[[str], list[Case]]:
    """100 negotiations over grids of 2 to 4 issues, of a kind of list."""
    folder = tmp_path_factory.mktemp("domains")
    grids = [grid(random_problem(n, 2 + n % 3), LEVELS[2 + n % 3]) for n in range(100)]
    folders = [one.write(folder / str(n)) for n, one in enumerate(grids)]
    return lambda kind: [case(kind, one, folders[n], n) for n, one in enumerate(grids)]


def played(
    ask, given: list[Case], kind: str, least: list[list[float]] | None = None
) -> list[Deal | None]:
    tasks = [one.task(kind, least[n] if least else None) for n, one in enumerate(given)]
    return [
        one.deal(answer) for one, answer in zip(given, ask("negmas_side.py", tasks), strict=True)
    ]


@pytest.mark.parametrize("kind", ["all", "efficient", "believed"])
def test_time_based_negotiators_of_negmas_reach_our_deal(ask, cases, kind) -> None:
    """100 of 100, over lists of 1 to 2,401 packages."""
    given = cases(kind)
    ours, theirs = [one.time_based() for one in given], played(ask, given, "aspiring")
    assert theirs == ours
    assert sum(deal is not None for deal in ours) >= 95


def test_components_of_negmas_reach_our_deal_with_their_own_floor_and_tolerance(ask, cases) -> None:
    given = cases("all")
    least = [
        [float(u[u >= floor].min()) for u, floor in zip(c.utilities.T, c.floors, strict=True)]
        for c in given
    ]
    ours = [one.time_based(1e-5, low) for one, low in zip(given, least, strict=True)]
    theirs = played(ask, given, "component", least)
    assert theirs == ours


def test_another_clock_or_exponent_would_show(cases) -> None:
    """Our own clock, which reaches 1 at the last step, and exponents 2 % higher: how sharp the
    comparison above is.
    """
    for kind, least in (("all", 80), ("efficient", 20), ("believed", 20)):
        given = cases(kind)
        ours = [one.time_based() for one in given]
        clock = [replace(one, steps=one.steps - 1).time_based() for one in given]
        shape = [
            replace(one, powers=[1.02 * power for power in one.powers]).time_based()
            for one in given
        ]
        other = [
            sum(a != b for a, b in zip(ours, changed, strict=True)) for changed in (clock, shape)
        ]
        print(f"{kind}: {other[0]} other deals by another clock, {other[1]} by another exponent")
        assert min(other) >= least


def test_accepting_at_the_aspiration_is_another_rule_where_lists_differ_and_the_same_where_they_do_not(
    ask, cases
) -> None:
    """NegMAS's AspirationNegotiator as it accepts of its own: the negative control of what is
    above.
    """
    for kind, least, most in (("all", 0, 0), ("efficient", 0, 0), ("believed", 5, 40)):
        given = cases(kind)
        plain, ours = played(ask, given, "aspiration"), [one.time_based() for one in given]
        other = sum(a != b for a, b in zip(plain, ours, strict=True))
        print(f"{kind}: {other} other deals by plain acceptance")
        assert least <= other <= most


def ranked(one: Case) -> Deal | None:
    """The deal of two sides with our ``micro`` over ranks among their rational packages, best 1 and
    worst 0.

    Our rule cuts what lies between best and reservation value into equal steps and takes another
    where it has heard at least as many new offers as it has made. With a rank as utility and a step
    a rank that is MiCRO (de Jonge 2022): one more package a turn, in order.
    """
    record, state = flatten(Scenario()).record.copy(), allocate(1).whole[0]
    orders = [np.flatnonzero(one.utilities[:, i] >= one.floors[i]) for i in range(2)]
    orders = [places[np.argsort(-one.utilities[places, i])] for i, places in enumerate(orders)]
    record["sides"]["strategy"]["kind"], record["sides"]["strategy"]["steps"] = (
        MICRO,
        [max(1, len(places) - 1) for places in orders],
    )
    sides, made = state["sides"], [-1, -1]
    sides["reservation"], sides["best"] = 0.0, 1.0

    def offer(i: int, step: int) -> int:
        asked = strategy_target(state, record, i, 0)
        place = int(orders[i][round((1.0 - asked) * (len(orders[i]) - 1))])
        if place != made[i]:
            made[i] = place
            sides["made_count"][i, 0] += 1
            sides["heard_count"][1 - i, 0] += 1
        return place

    return one.alternate(offer)


@pytest.mark.parametrize("kind", ["all", "efficient"])
def test_micro_of_negmas_reaches_our_deal(ask, cases, kind) -> None:
    """100 of 100, no deal among them where a side runs out of packages before the other comes
    within its reach.
    """
    given = [replace(one, steps=min(len(one.packages) + 5, 1000)) for one in cases(kind)]
    ours, theirs = [ranked(one) for one in given], played(ask, given, "micro")
    print(f"{kind}: {sum(deal is not None for deal in ours)} deals of micro")
    assert theirs == ours
    assert sum(deal is not None for deal in ours) >= 80


def continuous(
    problem, steps: int, first: int, target: Callable
) -> tuple[np.ndarray, int, str] | None:
    """Utilities, step and proposer of the deal that :func:`sim.rules.bargaining.speak` itself makes
    on the continuous frontier.

    ``target`` gives the aspiration from the state, the parameters, the side and the step. Both know
    the other's values.
    """
    params, state = flatten(Scenario()).record.copy(), allocate(1).whole[0]
    params["sides"]["learning_rate"] = 0.0
    for i in range(2):
        state["problems"][i] = problem.row
        state["problems"][i]["issue"] = np.arange(len(state["problems"][i]["issue"]))
    state["sides"]["reservation"][:, 0], state["sides"]["best"][:, 0] = (
        problem.disagreement,
        ideal(problem),
    )
    for step in range(steps):
        for i in (first, 1 - first):
            if speak(state, params, i, 0, target(state, params, i, step)) == 1:
                agreed = problem.value(state["offers"][0, 1 - i, : len(problem.owner)])
                return np.asarray(agreed[1:]), step, SIDES[1 - i]
    return None


def by_the_clock(problem, one: Case) -> Callable:
    """The aspiration of our time-based rule at a step."""
    floors, bests = problem.disagreement, ideal(problem)

    def target(state: Any, params: Any, i: int, step: int) -> float:
        share = (step + 1) / (one.steps + 1)
        return aspiration(TIME_DEPENDENT, floors[i], bests[i], share, 1.0, 1.0 / one.powers[i])

    return target


def apart(one, listed: Case, deal: Deal, exact: np.ndarray) -> float:
    """Distance of two deals in utility, as a share of the ideal gain, of the side for which it is
    larger.
    """
    (least, most), floors = one.extremes, np.asarray(one.problem.disagreement)
    theirs = least + listed.utilities[deal.place] * (most - least)
    return float((np.abs(theirs - exact) / (ideal(one.problem) - floors)).max())


def widest(one, listed: Case) -> float:
    """The widest gap between neighbours in the list of efficient packages and the ideal gain, as a
    share of it, of either side.
    """
    (least, most), floors = one.extremes, np.asarray(one.problem.disagreement)
    gains = (least + listed.utilities[listed.own(0)] * (most - least) - floors) / (
        ideal(one.problem) - floors
    )
    return float(np.diff(np.vstack([np.sort(gains, axis=0), np.ones((1, 2))]), axis=0).max())


@pytest.mark.parametrize(("count", "refined"), [(2, (11, 21, 41, 81)), (3, (6, 11, 21, 41))])
def test_deals_of_negmas_over_efficient_packages_tend_to_those_of_our_continuous_rule(
    ask, grid, random_problem, tmp_path, count, refined
) -> None:
    """50 problems. No deal lies further off than the list's widest gap; halving the grid's step
    takes a quarter or more from the mean.
    """
    problems, means = [random_problem(n, count) for n in range(50)], []
    for levels in refined:
        grids = [grid(problem, levels) for problem in problems]
        given = [
            case("efficient", one, one.write(tmp_path / f"{levels}-{n}"), n)
            for n, one in enumerate(grids)
        ]
        exact = [
            continuous(one.problem, c.steps, c.first, by_the_clock(one.problem, c))
            for one, c in zip(grids, given, strict=True)
        ]
        theirs = played(ask, given, "aspiring")
        away = [
            apart(one, c, a, b[0]) for one, c, a, b in zip(grids, given, theirs, exact, strict=True)
        ]
        gaps = [widest(one, c) for one, c in zip(grids, given, strict=True)]
        same = sum(a[1:] == b[1:] for a, b in zip(theirs, exact, strict=True))
        assert (np.asarray(away) <= gaps).all()
        means.append(float(np.mean(away)))
        same = sum(a[1:] == b[1:] for a, b in zip(theirs, exact, strict=True))
        print(
            f"{count} issues, {levels} levels: {means[-1]:.4f} apart, {max(away):.4f} at most; same turn in {same} of 50"
        )
    assert all(fine < 0.75 * coarse for coarse, fine in pairwise(means))


def test_equal_steps_of_worth_are_another_rule_than_equal_steps_of_rank(
    ask, cases, grid, random_problem
) -> None:
    """Our ``micro`` itself, which has no list to go through, against MiCRO over the efficient
    packages of a grid.
    """
    given, away = [replace(one, steps=200) for one in cases("efficient")], []
    for n, (one, deal) in enumerate(zip(given, played(ask, given, "micro"), strict=True)):
        space = grid(random_problem(n, 2 + n % 3), LEVELS[2 + n % 3])
        exact = continuous(space.problem, one.steps, one.first, micro_target)
        away.append(apart(space, one, deal, exact[0]))
    print(f"micro by worth and by rank: {np.mean(away):.3f} apart, {max(away):.3f} at most")
    assert 0.02 < np.mean(away) < 0.2


def micro_target(state: Any, params: Any, i: int, step: int) -> float:
    """What our ``micro`` asks, with the scenario's number of steps."""
    params["sides"]["strategy"]["kind"] = MICRO
    return strategy_target(state, params, i, 0)


def offered(one: Case, i: int, places: np.ndarray) -> Offers:
    """What side ``i`` offers of these places, best for itself first, down to its reservation
    value.
    """
    ordered = places[np.argsort(-one.utilities[places, i])]
    return Offers(ordered[one.utilities[ordered, i] >= one.floors[i]], one.best(i))


def at_a_table(one: Case, strategy: str, offers: list[Offers]) -> Deal | None:
    """The deal that an exercise's table makes of the case, with the clock, the exponents and the
    tolerance of NegMAS.
    """
    table = Table(one.utilities, [one.least(i) for i in range(2)], one.steps, clock=one.steps + 1)
    table.settings["sides"]["strategy"]["exponent"] = [1.0 / power for power in one.powers]
    table.slack[:] = SLACK
    table.seat((offers[0], offers[1]))
    found = table.play((strategy, strategy), one.first)
    return None if found is None else Deal(found.place, found.round - 1, SIDES[found.proposer])


@pytest.mark.parametrize("kind", ["all", "efficient", "believed"])
def test_exercises_played_by_the_clock_reach_the_deals_of_negmas(ask, cases, kind) -> None:
    """The compiled table of :mod:`sim.exercises`: 100 of 100."""
    given = cases(kind)
    seated = [[offered(one, i, one.own(i)) for i in range(2)] for one in given]
    ours = [at_a_table(one, "time_dependent", x) for one, x in zip(given, seated, strict=True)]
    assert played(ask, given, "aspiring") == ours


@pytest.mark.parametrize("kind", ["all", "efficient"])
def test_exercises_played_by_micro_reach_the_deals_of_negmas(ask, cases, kind) -> None:
    """NegMAS's MiCRO goes through all packages, whatever we would offer of them: 100 of 100."""
    given = [replace(one, steps=min(len(one.packages) + 5, 1000)) for one in cases(kind)]
    every = [np.arange(len(one.packages)) for one in given]
    ours = [
        at_a_table(one, "micro", [offered(one, i, places) for i in range(2)])
        for one, places in zip(given, every, strict=True)
    ]
    assert played(ask, given, "micro") == ours
