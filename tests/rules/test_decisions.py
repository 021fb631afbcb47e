"""What decisions are worth: the sign of every argument, bounds, and numbers worked out by hand
(docs/truces.md, *Decisions*).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import decisions
from sim.rules.decisions import (
    answer_chance,
    backing,
    carrying,
    chance_of_option,
    choose,
    claim_chance,
    climb_chance,
    date_lever,
    ending_worth,
    full_effort_chance,
    lapse_chance,
    lasting_years,
    measure_worth,
    renewal_cost,
    renewal_worth,
    rest_chance,
    restore_chance,
    waiting_cost,
    years_within,
)
from sim.rules.mathematics import logistic

BN, SHARE, YEARS, WEEKS, COUNT = (0.0, 60.0), (0.0, 1.0), (0.2, 8.0), (0.0, 104.0), (0.0, 9.0)
RANGES = {
    "discount_rate": (0.01, 1.0), "hazard": (0.0, 6.0), "trust": SHARE, "years": YEARS, "weeks": (1.0, 104.0), "cost": BN,
    "growth": SHARE, "extensions": COUNT, "hawks": BN, "bias": BN, "stake": BN, "lock": (0.0, 2.0), "lack": BN, "tied": BN,
    "grievance": BN, "within": (0.0, 0.2), "hold_out": SHARE, "ask": BN, "noise": (0.5, 10.0), "haste": (0.0, 3.0),
    "weeks_left": WEEKS, "blame": BN, "audience": BN, "ending": (-60.0, 60.0), "limbo": BN, "fear": SHARE, "harm_in": BN,
    "saved": BN, "dread": SHARE, "asked": BN, "pride": BN, "late_gain": SHARE, "own_cost": BN, "bite": (0.01, 2.0),
    "worth": (-60.0, 60.0), "backed": (-60.0, 0.0), "credible": SHARE, "give": BN, "behind": COUNT, "ahead": COUNT,
    "answer": BN, "rung": COUNT,
}  # fmt: skip
# formula -> what raises it, what lowers it; of what stands in neither the sign depends on others
SIGNS: dict[Callable[..., Any], tuple[str, str]] = {
    lasting_years: ("trust", "discount_rate hazard"),
    years_within: ("years weeks", ""),
    renewal_cost: ("cost growth extensions trust hawks", "weeks bias"),
    renewal_worth: ("stake trust", "cost lock lack tied grievance"),
    waiting_cost: ("hold_out ask years noise haste weeks_left", ""),
    ending_worth: ("hawks", "stake trust years blame audience"),
    lapse_chance: ("ending limbo", ""),
    full_effort_chance: ("fear harm_in stake", "saved hawks"),
    claim_chance: ("grievance years hawks", "cost"),
    restore_chance: ("dread stake", "asked pride hawks"),
    measure_worth: ("late_gain ask hawks", "own_cost harm_in bite dread stake"),
    backing: ("", "audience"),
    carrying: ("worth", "backed"),
    answer_chance: ("credible harm_in bite dread stake", "give pride hawks"),
    date_lever: ("hold_out ask years", "weeks_left"),
    rest_chance: ("", "harm_in bite hawks grievance years"),
    climb_chance: ("hawks behind answer", "ahead cost rung"),
}
CASES = [
    (formula, name, sign)
    for formula, (up, down) in SIGNS.items()
    for sign, names in ((1.0, up), (-1.0, down))
    for name in names.split()
]
ROUNDING = 1e-9


def arguments_of(formula: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(getattr(formula, "py_func", formula)).parameters)


def named(formula: Callable[..., Any]) -> str:
    return getattr(formula, "__name__", "")


@pytest.mark.parametrize(
    ("formula", "name", "sign"), CASES, ids=lambda part: named(part) or str(part)
)
@given(st.data())
def test_every_argument_has_its_sign(
    formula: Callable[..., Any], name: str, sign: float, data: st.DataObject
) -> None:
    given_ = {one: data.draw(st.floats(*RANGES[one])) for one in arguments_of(formula)}
    less, more = sorted((given_[name], data.draw(st.floats(*RANGES[name]))))
    low, high = (formula(*(given_ | {name: value}).values()) for value in (less, more))
    assert sign * (high - low) >= -ROUNDING * max(1.0, abs(low), abs(high))


@pytest.mark.parametrize(
    "formula", [formula for formula in SIGNS if named(formula).endswith("chance")], ids=named
)
@given(st.data())
def test_a_chance_lies_between_nought_and_one(
    formula: Callable[..., Any], data: st.DataObject
) -> None:
    chance = formula(*(data.draw(st.floats(*RANGES[one])) for one in arguments_of(formula)))
    assert 0.0 <= chance <= 1.0


def test_every_decision_has_a_row_of_signs() -> None:
    assert {named(one) for one in SIGNS} == set(decisions.__all__) - {"choose", "chance_of_option"}


@pytest.mark.parametrize("trust", [0.0, 0.5, 1.0])
def test_a_year_of_trust_lasts_as_long_as_its_discount_allows(trust: float) -> None:
    """1/(.1 + 2 (1 - trust)): ten years in full trust."""
    assert lasting_years(0.1, 2.0, trust) == pytest.approx(1.0 / (0.1 + 2.0 * (1.0 - trust)))


@given(st.floats(*YEARS), st.floats(0.0, 5200.0))
def test_what_falls_within_some_weeks_is_no_more_than_all_of_it_nor_than_the_weeks(
    years: float, weeks: float
) -> None:
    within = years_within(years, weeks)
    assert 0.0 <= within <= years * (1.0 + ROUNDING)
    assert within <= weeks / 52.0 * (1.0 + ROUNDING) + ROUNDING


def test_a_short_extension_costs_more_for_it_must_soon_be_made_again() -> None:
    """2 (1 + .5 x 2)(1 + 6.5 x .5/13) + 3/2 - 1 = 5.5."""
    assert renewal_cost(2.0, 0.5, 2.0, 0.5, 13.0, 3.0, 1.0) == pytest.approx(5.5)


def test_a_renewal_is_worth_what_it_keeps_less_what_it_locks_in() -> None:
    """20 (.25 + .5 x .75) - 3 - (1 x (.4 x 10 + 2) + 4) x .25 - .3 x 2 x 1 = 6.4."""
    assert renewal_worth(20.0, 0.5, 1.0, 0.25, 3.0, 1.0, 10.0, 4.0, 2.0) == pytest.approx(6.4)


def test_waiting_is_free_until_the_last_two_weeks() -> None:
    at = [waiting_cost(0.5, 10.0, 1.0, 4.0, 1.0, left) for left in (0.0, 1.0, 2.0, 30.0)]
    assert at == pytest.approx([0.0, 4.5, 9.0, 9.0])


def test_a_date_is_a_lever_the_more_the_nearer_it_is() -> None:
    assert date_lever(0.35, 10.0, 1.0, 0.0) == pytest.approx(7.0)
    assert date_lever(0.35, 10.0, 1.0, 13.0) == pytest.approx(7.0 / math.e)


def test_a_threat_worth_as_much_as_backing_down_is_carried_out_half_the_time() -> None:
    assert carrying(backing(6.0), -6.0, 4.0) == pytest.approx(0.5)
    assert carrying(-2.0, backing(6.0), 4.0) == pytest.approx(logistic(1.0))


def test_who_is_even_climbs_by_hawks_alone() -> None:
    """8 of hawks less 4 (1 + 1/2) over 2; ahead by one a further 24/7."""
    assert climb_chance(8.0, 0.0, 0.0, 6.0, 4.0, 1.0, 2.0) == pytest.approx(logistic(1.0))
    ahead = climb_chance(8.0, 0.0, 1.0, 6.0, 4.0, 1.0, 2.0)
    assert ahead == pytest.approx(logistic(1.0 - 12.0 / 7.0))


WORTHS = st.tuples(*[st.floats(-50.0, 50.0) | st.just(-math.inf)] * 3, st.floats(-50.0, 50.0))


def _chances(noise: float, worths: tuple[float, ...]) -> list[float]:
    return [
        chance_of_option(noise, worths[k], *(worths[j] for j in range(4) if j != k))
        for k in range(4)
    ]


@given(WORTHS, st.floats(0.5, 10.0))
def test_chances_of_options_add_up_and_go_with_their_worths(
    worths: tuple[float, ...], noise: float
) -> None:
    chances = _chances(noise, worths)
    assert sum(chances) == pytest.approx(1.0)
    order = sorted(range(4), key=lambda k: worths[k])
    assert all(chances[a] <= chances[b] + ROUNDING for a, b in pairwise(order))
    for k in range(4):
        if worths[k] == -math.inf:
            assert chances[k] == pytest.approx(0.0, abs=1e-200)


@given(WORTHS, st.floats(0.5, 10.0), st.floats(0.001, 0.999))
def test_a_draw_takes_the_option_in_whose_share_it_falls(
    worths: tuple[float, ...], noise: float, draw: float
) -> None:
    chances = _chances(noise, worths)
    option, chance = choose(draw, noise, *worths)
    assert chance == pytest.approx(chances[option])
    before = sum(chances[:option])
    assert before - ROUNDING <= draw <= before + chances[option] + ROUNDING
