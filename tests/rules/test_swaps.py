"""Interim packages: what they may hold, what nobody gives, and what they lay to rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from sim.config.scenario import Scenario
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.asks import SWAPPED
from sim.rules.codes import CN, US
from sim.rules.compliance import SLACK
from sim.rules.disputes import impose
from sim.rules.packages import level_value
from sim.rules.swaps import interim_talks
from sim.vocabulary import SIDES, TRACKS

Lives = Callable[..., Any]

# talks every week, and no price of settling to show
TALKS: dict[str, object] = {
    "truce.talks.interim_rate": 1.0,
    "truce.talks.protest_rate": 1.0,
    "truce.talks.measure_rate": 1.0,
    "truce.talks.threat_rate": 1.0,
    "truce.interim_share": 0.0,
}
PACKAGE = TALKS | {"linkage.tracks": "package", "linkage.cn": 0.0}


def talks(settings: dict[str, object], runs: int) -> Iterator[tuple[TruceModel, Any, Any]]:
    """First days on which talks about a package have just been held, and the issues before them."""
    model = TruceModel(Scenario().change(settings), 1, 0, collect="none")
    for run in range(runs):
        steps.begin(*model.all_firms, model.params.script, np.uint64(1), run)
        s = model.state.whole[0]
        before = s["issues"].copy()
        interim_talks(s, model.params.record)
        yield model, before, s


def bundle_of(model: TruceModel, s: Any) -> list[str]:
    """The issues of the package that was agreed; none where there is none."""
    rows = s["acts"][: s["world"]["acts"]]
    found = rows[rows["act"] == SWAPPED]
    bits = int(found["first"][0]) if len(found) else 0
    return [name for k, name in enumerate(model.params.issues) if bits >> k & 1]


def test_a_package_holds_an_issue_of_each_side_and_at_most_one_more() -> None:
    swapped = 0
    for model, before, s in talks(TALKS, 100):
        names = bundle_of(model, s)
        if names:
            owners = [model.scenario.issues[name].owner for name in names]
            assert set(owners) == set(SIDES) and len(names) in (2, 3)
            rest = [k for k, n in enumerate(model.params.issues) if n not in names]
            assert (s["issues"]["agreed"][rest] == before["agreed"][rest]).all()
            swapped += 1
    assert swapped > 20


@pytest.mark.parametrize("settings", [TALKS, PACKAGE], ids=["apart", "package"])
def test_nobody_goes_below_what_is_agreed_nor_below_what_it_has(
    settings: dict[str, object],
) -> None:
    swapped = 0
    for model, before, s in talks(settings, 100):
        assert (s["issues"]["agreed"] >= before["agreed"] - 1e-12).all()
        if not (names := bundle_of(model, s)):
            continue
        swapped += 1
        for i, side in zip((US, CN), SIDES, strict=True):
            gain = 0.0
            for k, name in enumerate(model.params.issues):
                if name in names:
                    owned, issues = model.scenario.issues[name].owner == side, s["issues"]
                    gain += level_value(issues, k, owned, issues["agreed"][k])
                    gain -= level_value(issues, k, owned, before["level"][k])
            assert gain >= -1e-9, i
    assert swapped > 20


def test_controls_apart_are_never_swapped_for_each_other_and_in_a_package_they_are() -> None:
    """No quid pro quo: chips against military magnets."""
    apart, together = set[str](), 0
    for model, _, s in talks(TALKS, 200):
        apart |= {TRACKS[model.scenario.issues[name].track].name for name in bundle_of(model, s)}
    assert apart == {"trade"}
    for model, _, s in talks(PACKAGE, 200):
        together += {"ai_chips", "military_magnets"} <= set(bundle_of(model, s))
    assert together > 0


@pytest.mark.nightly
def test_so_it_is_in_the_whole_of_200_runs(lived: Lives) -> None:
    names = list(Scenario().issues)
    chips, magnets = (1 << names.index(name) for name in ("ai_chips", "military_magnets"))

    def both(settings: dict[str, object]) -> int:
        bundles = lived(settings, 200).of("swapped")["first"]
        assert len(bundles) > 50
        return int(((bundles & chips > 0) & (bundles & magnets > 0)).sum())

    assert both({}) == both(TALKS) == 0
    assert both(PACKAGE) > 0


def test_a_price_that_no_package_can_show_lets_none_come() -> None:
    dear = TALKS | {"truce.interim_share": 2.0}
    dear |= {f"{side}.resolve.trade": 200.0 for side in SIDES}
    dear |= {f"{side}.resolve.spread": 0.0 for side in SIDES}
    assert not any(bundle_of(model, s) for model, _, s in talks(dear, 60))


def test_what_grieves_is_in_the_package() -> None:
    model = TruceModel(Scenario().change(TALKS), 1, 0, collect="none")
    k, swapped = model.params.issues.index("civil_magnets"), 0
    for run in range(60):
        steps.begin(*model.all_firms, model.params.script, np.uint64(1), run)
        s = model.state.whole[0]
        us = s["sides"][US]
        us["grieved"], us["grievance"], us["owed"] = k, 8.0, 20.0
        us["protest_since"] = 0
        s["issues"]["level"][k] = 0.2
        interim_talks(s, model.params.record)
        names = bundle_of(model, s)
        swapped += bool(names)
        assert not names or "civil_magnets" in names
    assert swapped > 5


def test_a_package_in_a_crisis_lifts_all_measures_and_ends_it() -> None:
    model, better = TruceModel(Scenario().change(TALKS), 1, 0, collect="none"), 0
    p, k = model.params.record, model.params.issues.index("civil_magnets")
    for run in range(60):
        steps.begin(*model.all_firms, model.params.script, np.uint64(1), run)
        s = model.state.whole[0]
        impose(s, p, CN, k, 0.6, 0)
        s["sides"]["effort"][CN] = SLACK
        interim_talks(s, p)
        if bundle_of(model, s):
            better += 1
            assert s["out"]["crises_better"] == 1
            assert not s["issues"]["withheld"].any() and not s["sides"]["measure"].any()
            assert not s["sides"]["effort"].any()
        elif s["out"]["crises_repaired"]:
            assert not s["sides"]["measure"].any()
        else:
            assert s["sides"]["measure"][CN] > 0.0
    assert better > 5


def test_a_swap_leaves_the_truce_and_its_date_as_they_are() -> None:
    for model, _, s in talks(TALKS, 30):
        first = model.scenario.truce.first_deadline_weeks
        assert s["world"]["deadline"] == first and s["world"]["extensions"] == 0
