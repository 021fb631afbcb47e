"""An option does what its line says: each moves the settings that the line speaks of, in its
direction, from the default of its group; of licences also what firms feel.
"""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.config.options import SCENARIOS, SWEEPS, groups
from sim.config.scenario import Scenario

MORE, LESS = "more", "less"
SIDES = ("us", "cn")


def _both(path: str, said: Any) -> dict[str, Any]:
    return {path.replace("*", side): said for side in SIDES}


SAYS: dict[tuple[str, str], dict[str, Any]] = {
    ("calendar", "five_years"): {"calendar.horizon_weeks": 5 * 52},
    ("calendar", "no_events"): {},
    ("calendar", "one_year"): {"calendar.horizon_weeks": 52},
    ("compliance", "drifting"): _both("compliance.*.drift_rate", (2.0,)),
    ("compliance", "opaque"): {"compliance.monitoring_noise": MORE},
    ("compliance", "verified"): {"compliance.monitoring_noise": LESS, "compliance.tolerance": LESS},
    ("economy", "flexible_trade"): {
        **_both("economy.*.between", MORE),
        **_both("economy.*.in_all", MORE),
        **_both("economy.*.long_run", MORE),
    },
    ("economy", "textbook"): {
        **_both("economy.*.revenue_weight", 1.0),
        **_both("economy.*.protection_weight", 0.0),
    },
    ("firms", "fast_diversification"): {
        "firms.magnets.supply_growth": (2.0,),
        "firms.magnets.qualify_weeks": LESS,
        "firms.magnets.urgency": MORE,
    },
    ("firms", "fast_domestic_chips"): {
        "firms.chips.supply_growth": MORE,
        "firms.chips.urgency": MORE,
    },
    ("firms", "thin_stocks"): {
        f"firms.magnets.sectors.{sector}.cover_weeks": (0.5,)
        for sector in ("automotive", "electronics", "aerospace", "defence")
    },
    ("issues", "hard_red_line"): {"issues.ai_chips.red_line": LESS},
    ("issues", "soft_red_line"): {"issues.ai_chips.red_line": MORE},
    ("licensing", "general_licence"): {
        "licensing.magnets.regime": "general",
        "licensing.magnets.capacity": (1.0,),
    },
    ("licensing", "slow_walk"): {
        "licensing.magnets.slow_walk": MORE,
        "licensing.chips.slow_walk": MORE,
    },
    ("licensing", "strict"): {"licensing.magnets.regime": "shipment"},
    ("linkage", "cross_retaliation"): {"linkage.enforcement": "all"},
    ("linkage", "mutual"): {"linkage.us": MORE, "linkage.cn": MORE},
    ("linkage", "none"): {
        "linkage.tracks": "separate",
        "linkage.enforcement": "issue",
        **_both("linkage.*", 0.0),
    },
    ("linkage", "package"): {"linkage.tracks": "package", **_both("linkage.*", 0.0)},
    ("linkage", "participation"): {"linkage.cn": MORE},
    ("outcomes", "lenient"): {
        "outcomes.military_magnets": LESS,
        "outcomes.ai_chips": LESS,
        "outcomes.weeks_in_force": 13,
    },
    ("outcomes", "strict"): {
        "outcomes.military_magnets": MORE,
        "outcomes.ai_chips": MORE,
        "outcomes.weeks_in_force": 52,
    },
    ("politics", "business_first"): {
        **_both("politics.*.lobby_weight", MORE),
        **_both("politics.*.lobby_scale", LESS),
    },
    ("politics", "hawkish"): {
        **_both("politics.*.hawk_start", MORE),
        **_both("politics.*.hawk_decay", LESS),
    },
    ("purchases", "second_year"): {
        f"purchases.{kind}.extra": MORE for kind in ("farm", "energy", "goods")
    },
    ("law", "no_answer"): {"law.reinstates": False, "law.rebuild_weeks": 0},
    ("shocks", "frequent"): {
        f"shocks.events.{name}.rate": (2.0,) for name in ("us_hawks", "cn_hawks", "us_listing")
    },
    ("shocks", "ieepa_void"): {
        "shocks.events.court_ruling.start": "2025-10-14",
        "shocks.events.court_ruling.rate": LESS,
    },
    ("shocks", "none"): {},
    ("shocks", "record_2025"): {},
    ("shocks", "section_122"): {
        "shocks.events.court_ruling.start": "2025-10-14",
        "shocks.events.washington_answers.size": 0.1,
    },
    ("truce", "cheap_extension"): {
        "truce.extension_cost": LESS,
        "truce.extension_cost_growth": LESS,
    },
    ("truce", "costly_extension"): {
        "truce.extension_cost": MORE,
        "truce.extension_cost_growth": MORE,
    },
    ("truce", "last_chance"): {"truce.max_extensions": 1},
    ("truce", "long"): {"truce.length_weeks": 26, "truce.lengths": "fixed"},
    ("truce", "none"): {"truce.in_force": False},
    ("truce", "short"): {"truce.length_weeks": 6, "truce.lengths": "fixed"},
    ("truce", "undated"): {"truce.dated": False},
    **{
        (side, option): {f"{side}.{name}": said for name, said in says.items()}
        for side in SIDES
        for option, says in {
            "complacent": {"belief_alive": MORE, "belief_weight": MORE, "foresight": 0.0},
            "deadline_driven": {"belief_alive": LESS, "foresight": 0.0, "deadline_firmness": MORE},
            "impatient": {"discount_rate": MORE, "planning_weeks": LESS},
            "misinformed": {"belief_error": MORE, "learning_rate": LESS},
            "patient": {"discount_rate": LESS, "planning_weeks": MORE},
        }.items()
    },
    **{
        (f"{side}/strategy", option): {f"{side}.strategy.kind": kind}
        for side in SIDES
        for option, kind in {
            "conceder": "time_dependent",
            "equilibrium": "equilibrium",
            "committed": "committed",
            "hardliner": "hardliner",
            "micro": "micro",
            "screening": "screening",
            "time_dependent": "time_dependent",
            "tit_for_tat": "tit_for_tat",
        }.items()
    },
}


def test_every_option_has_its_line_held() -> None:
    options = {
        (group, option)
        for group, names in groups(Scenario).items()
        if group not in (SCENARIOS, SWEEPS)
        for option in names
        if option != "default"
    }
    assert options == set(SAYS)


@pytest.mark.parametrize("which", SAYS, ids="=".join)
def test_an_option_moves_what_its_line_speaks_of_in_its_direction(which: tuple[str, str]) -> None:
    changed, usual = sim.load("=".join(which)), Scenario()
    for name, said in SAYS[which].items():
        value, before = (_at(one, name) for one in (changed, usual))
        if said == MORE:
            assert value > before, name
        elif said == LESS:
            assert value < before, name
        elif isinstance(said, tuple):
            assert value == pytest.approx(said[0] * before, rel=0.15), name
        else:
            assert value == said, name


def _at(scenario: Scenario, path: str) -> Any:
    node: Any = scenario
    for part in path.split("."):
        node = node[part] if hasattr(node, "keys") else getattr(node, part)
    return node


def test_no_events_are_none_and_the_clock_stays() -> None:
    bare = sim.load("calendar=no_events").calendar
    assert not bare.events and bare.start == Scenario().calendar.start


def test_no_shocks_are_none_and_those_of_the_record_are_dated() -> None:
    assert not sim.load("shocks=none").shocks.events
    own = sim.load("shocks=record_2025").shocks.events
    assert {name for name in own if own[name].rate == 0} >= {"us_h20_licensed", "cn_summons"}


def test_firms_wait_as_the_line_of_a_licence_says() -> None:
    """A licence for each shipment is waited for longest; a year's needs the shorter line."""
    usual, general, strict = (
        sim.run(scenario, runs=60, weeks="none").runs[
            ["licence_wait.magnets", "licence_queue.magnets"]
        ]
        for scenario in (
            Scenario(),
            *(sim.load(f"licensing={option}") for option in ("general_licence", "strict")),
        )
    )
    assert strict["licence_wait.magnets"].mean() > usual["licence_wait.magnets"].mean()
    assert general["licence_queue.magnets"].mean() < 0.8 * usual["licence_queue.magnets"].mean()


@pytest.mark.parametrize(
    "option, more",
    [("deadline_driven", True), ("complacent", False)],
    ids=["deadline driven", "complacent"],
)
def test_deals_by_the_deadline_follow_what_a_side_thinks_of_it(option: str, more: bool) -> None:
    usual, changed = (
        sim.run(scenario, runs=400, weeks="none").runs["weeks_to_first_deal"] <= 9
        for scenario in (Scenario(), sim.load(*(f"{side}={option}" for side in SIDES)))
    )
    assert changed.mean() > usual.mean() + 0.2 if more else changed.mean() < usual.mean()
