"""Licences as policy: known values of the rules (docs/licences.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules.codes import (
    CIVIL,
    FREE,
    GENERAL,
    MAGNETS,
    MILITARY,
    N_REGIMES,
    SHIPMENT,
    SIX_MONTHS,
    SUSPENDED,
    UNCONTROLLED,
    US,
)
from sim.rules.compliance import flow_short, licences_short, perceive
from sim.rules.regimes import licences_promised, rank_of, regime_worth, regimes, willing
from sim.rules.supply import conditions, firm_step, price_scarce

WEEKS = 60


def first_day(**settings: object) -> tuple[TruceModel, Any, Any]:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    model = TruceModel(Scenario().change(named), 1, 0, collect="none")
    return model, model.state.whole[0], model.params.record


@pytest.mark.parametrize("hold", [4.0, 9.5])
def test_a_lot_leaves_two_stages_of_tests_after_twice_their_mean(hold: float) -> None:
    """(n - 1) r**2 (1 - r)**(n - 2) of it in week n, r = 2/hold; in the mean after hold weeks."""
    model, s, p = first_day()
    f, r = model.state.firms[0], 2.0 / hold
    f["kind"][0], f["other_share"][0], f["cover"][0] = UNCONTROLLED, 0.0, 500.0
    f["stock"][0], f["held_new"][0], f["held"][0] = 100.0, 0.0, 0.0
    usual = conditions(s, p, MAGNETS)._replace(release=r, hold=hold, tested=1.0, go_ahead=1.0)
    left = []
    for week in range(400):
        firm_step(f, 0, usual._replace(week=week, supplier_most=1.0 if week == 0 else 0.0))
        left.append(float(f["left"][0]))
    n = np.arange(2, 400)
    assert left[:2] == [0.0, 0.0]
    np.testing.assert_allclose(left[2:], (n - 1) * r**2 * (1 - r) ** (n - 2), atol=1e-12)
    assert np.dot(np.arange(400), left) == pytest.approx(hold)


def test_where_nothing_is_controlled_goods_flow_as_usual_and_nothing_is_lost() -> None:
    """Flow 1, price 1, no loss and no shortfall, to 1e-12."""
    settings: dict[str, object] = {
        f"issues.{name}.{level}": 1.0
        for name in ("civil_magnets", "military_magnets")
        for level in ("terms", "in_force")
    }
    settings |= {"licensing.magnets.regime": "free", "licensing.magnets.regime_start": "free"}
    settings |= {
        f"firms.magnets.{name}": value
        for name, value in (
            ("stock_share", 1.0),
            ("pipeline_share", 1.0),
            ("supply_growth", 0.0),
            ("demand_growth", 0.0),
            ("scarce_price", 1.0),
            ("flies_below", 0.0),
        )
    }
    settings["licensing.magnets.held_weeks"] = 0.0
    settings["truce.disputes.occasion_rate"] = 0.0
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    s, sectors = model.state.whole[0], len(model.scenario.firms.magnets.sectors)
    k = model.params.issues.index("civil_magnets")
    for _ in range(12):
        model.step()
        assert s["world"]["flow"][MAGNETS] == pytest.approx(1.0, abs=1e-12)
        assert s["world"]["price"][MAGNETS] == pytest.approx(1.0, abs=1e-12)
        assert abs(s["world"]["lost_output"][:sectors]).max() < 1e-12
        assert s["issues"]["shortfall"][k] == pytest.approx(0.0, abs=1e-12)


def test_a_control_of_the_military_grade_alone_sends_nothing_off_in_advance() -> None:
    """Goods declared before a control leave in its first weeks, not beside what is free."""
    model, s, p = first_day(
        licensing__magnets__regime="free", licensing__magnets__regime_start="free"
    )
    assert s["world"]["regime"][MAGNETS, MILITARY] == SUSPENDED
    s["authorities"]["age"][MAGNETS] = 1
    assert conditions(s, p, MAGNETS).declared == 0.0
    s["world"]["regime"][MAGNETS, CIVIL] = SUSPENDED
    assert conditions(s, p, MAGNETS).declared == pytest.approx(0.6)


def test_an_office_that_examines_nothing_lets_nothing_controlled_leave() -> None:
    """But what was declared before the control, in the first three weeks."""
    settings = {
        "licensing.magnets.regime": "shipment",
        "licensing.magnets.control_weeks": 0,
        "licensing.magnets.capacity": 0.0,
        "licensing.magnets.capacity_start": 0.0,
        "licensing.magnets.licensed_share": 0.0,
    }
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    bound = model.state.column("kind")[:120] != UNCONTROLLED
    for week in range(30):
        model.step()
        left = model.state.column("left")[:120]
        assert left[bound].any() == (week < 3)
        assert (model.state.column("until")[:120] <= 0).all()


@pytest.mark.parametrize(("z", "price"), [(0.5, 2.905), (1.0, 1.0), (1.5, 1.0)])
def test_the_price_of_what_is_scarce_is_a_power_of_what_there_is(z: float, price: float) -> None:
    """z**(-1/0.65), to which it moves by two fifths of the gap a week."""
    _, s, p = first_day()
    w = s["world"]
    w["regime"][MAGNETS, CIVIL] = SUSPENDED
    quarter = (
        13.0 * w["demand"][MAGNETS, CIVIL] * (1.0 - p["firms"]["goods"]["other_share"][MAGNETS])
    )
    w["pipeline"][MAGNETS] = z * (w["pipeline_usual"][MAGNETS] + quarter)
    before = float(w["price"][MAGNETS])
    price_scarce(s, p, MAGNETS)
    assert w["price"][MAGNETS] == pytest.approx(before + 0.4 * (price - before), abs=1e-3)
    for _ in range(WEEKS):
        price_scarce(s, p, MAGNETS)
    assert w["price"][MAGNETS] == pytest.approx(price, abs=1e-3)


def wanted(exposed: float, promised: int, truce: float, counter: float, age: int) -> int:
    """The regime worth most, the freer of equals; ``truce`` what the truce is worth, bn USD/yr."""
    _, _, p = first_day()
    worths = [
        regime_worth(p, MAGNETS, rank, exposed, counter, promised, truce, age)
        for rank in range(N_REGIMES)
    ]
    return max(range(N_REGIMES), key=lambda rank: (worths[rank], rank))


@pytest.mark.parametrize(
    ("given", "rank"),
    [
        *(((60.0, promised, 0.0, 0.0, 0), SUSPENDED) for promised in range(N_REGIMES)),
        ((60.0, GENERAL, 25.0, 0.0, 10), GENERAL),
        ((40.0, SIX_MONTHS, 25.0, 1.0, 10), SIX_MONTHS),
        ((90.0, SIX_MONTHS, 25.0, 1.0, 10), SHIPMENT),
        ((90.0, SIX_MONTHS, 100.0, 1.0, 10), SIX_MONTHS),
        ((0.0, SUSPENDED, 0.0, 0.0, 0), FREE),
        ((0.0, SUSPENDED, 0.0, 0.0, 260), GENERAL),
    ],
)
def test_the_regime_that_is_worth_most(given: tuple[Any, ...], rank: int) -> None:
    """By exposure, promise, worth of the truce, counter-controls and weeks since the control."""
    assert wanted(*given) == rank


def test_what_a_level_promises() -> None:
    """Bands end at .05, .35, .8, .97; chances hold at .35, .75 and .97, linear between."""
    ranks = {0.0: 0, 0.05: 0, 0.06: 1, 0.35: 1, 0.36: 2, 0.8: 2, 0.81: 3, 0.97: 3, 0.98: 4, 1.0: 4}
    assert {level: rank_of(level) for level in ranks} == ranks
    levels = (0.0, 0.05, 0.2, 0.35, 0.55, 0.75, 0.86, 0.97, 1.0)
    chances = (0.0, 0.0, 0.075, 0.15, 0.185, 0.22, 0.31, 0.4, 0.4)
    for level, chance in zip(levels, chances, strict=True):
        assert willing(level, 0.15, 0.22, 0.4) == pytest.approx(chance)


def test_licences_and_flow_fall_short_of_a_promise_as_time_passes() -> None:
    """Of six months: half of .6 after two of four weeks, none of it there; flow of .05 after three
    of six on its way to .9.
    """
    promised = licences_promised(SIX_MONTHS)
    assert licences_short(promised, 0.0, 2, 4.0) == pytest.approx(0.5)
    assert licences_short(promised, 0.3, 40, 4.0) == pytest.approx(0.5)
    assert licences_short(promised, 0.6, 40, 4.0) == 0.0
    assert licences_short(licences_promised(SUSPENDED), 0.0, 40, 4.0) == 0.0
    assert flow_short(0.05, 0.05, 0.9, 3, 6.0) == pytest.approx(0.425)
    assert flow_short(0.05, 0.9, 0.9, 40, 6.0) == 0.0
    # who flowed more than usual when it was promised is owed that
    assert flow_short(1.0, 0.9, 0.9, 0, 6.0) == pytest.approx(0.1)


def test_a_grievance_remembers_what_is_beyond_tolerance() -> None:
    """Shortfalls 0, .19, .38, .55 at weight .6 give 0, .054, .216, .460 of what is owed, times one
    less the memory.
    """
    model, s, p = first_day(
        compliance__habit=0.0, compliance__memory=0.88, compliance__tolerance=0.06,
        compliance__monitoring_noise=0.0,
    )  # fmt: skip
    issues, us = s["issues"], s["sides"][US]
    issues["agreed"][:], issues["given"][:], us["grievance"] = 0.0, 0.0, 0.0
    magnets, rest = (model.params.issues.index(n) for n in ("civil_magnets", "fentanyl"))
    for k, weight in ((magnets, 0.6), (rest, 0.4)):
        issues["benefit"][k] = weight
        for level in ("agreed", "promised", "delivered", "level"):
            issues[level][k] = 1.0
    found = []
    for shortfall in (0.0, 0.19, 0.38, 0.55):
        issues["delivered"][magnets] = 1.0 - shortfall
        perceive(s, p, US)
        found.append(float(us["grievance"]) / 0.12)
    assert found == pytest.approx([0.0, 0.054, 0.2155, 0.4597], abs=1e-4)


def test_a_regime_tightens_at_once_and_loosens_a_step_at_a_time() -> None:
    """A measure on all that was conceded suspends licences from the coming week; lifted, they come
    back rank by rank.
    """
    model, s, p = first_day(licensing__magnets__relax_named=2)
    w, k = s["world"], model.params.issues.index("civil_magnets")
    w["regime"][MAGNETS, CIVIL] = SIX_MONTHS
    s["issues"]["withheld"][k] = 1.0
    regimes(s, p)
    assert w["regime"][MAGNETS, CIVIL] == SUSPENDED
    s["issues"]["withheld"][k], s["issues"]["agreed"][k] = 0.0, 0.75
    # nothing is exposed to be held, so that it wants no less than it promised
    w["exposure"][:] = 60.0
    ranks = []
    for week in range(1, 7):
        w["week"] = week
        regimes(s, p)
        ranks.append(int(w["regime"][MAGNETS, CIVIL]))
    assert ranks[0] == SUSPENDED and ranks[-1] == SIX_MONTHS
    assert np.diff([SUSPENDED, *ranks]).max() == 1 and SHIPMENT in ranks


def test_military_magnets_are_freed_by_an_agreement_alone() -> None:
    """Even with nothing exposed, which frees the civil grade where no office has grown in."""
    model, s, p = first_day()
    w = s["world"]
    w["exposure"][:], s["authorities"]["age"][MAGNETS] = 0.0, 0
    s["issues"]["agreed"][model.params.issues.index("military_magnets")] = 0.0
    w["regime"][MAGNETS, MILITARY] = SUSPENDED
    for week in range(30):
        w["week"] = week
        regimes(s, p)
    assert w["regime"][MAGNETS, MILITARY] == SUSPENDED
    assert w["regime"][MAGNETS, CIVIL] == FREE
