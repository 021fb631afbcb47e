"""Tracks by who asks: what lies on which, what pays, and that no control is paid with a control."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.config.errors import SimError
from sim.config.fields import Named
from sim.config.params import flatten
from sim.config.scenario import Scenario
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules import steps
from sim.rules.bargaining import close
from sim.rules.codes import N_SIDES, N_TRACKS, TRADE, US
from sim.rules.packages import efficient, prepare, values, worth
from sim.rules.state import PROBLEM, ROOM
from sim.rules.tracks import EVERY, TRUTH, bargained_on, fill_problem, pays
from sim.vocabulary import CONTROLS, SIDES, TRACKS

ISSUES = flatten(Scenario()).issues
NAMED = Scenario().issues
PLACES = {name: TRACKS[name].code for name in CONTROLS}
FIRST = {"linkage.security_first": True}


def at_first(**settings: object) -> TruceModel:
    """London after a week."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    model = TruceModel(Scenario().change(named), 1, 0, collect="none")
    model.step()
    return model


def problem_of(model: TruceModel, track: int) -> np.ndarray:
    problem = np.zeros(1, PROBLEM)
    fill_problem(model.state.whole[0], model.params.record, problem[0], np.int64(track), TRUTH)
    return problem


def test_a_controls_track_has_its_controls_and_the_askers_own_trade() -> None:
    model = at_first()
    s, p = model.state.whole[0], model.params.record
    for name, track in PLACES.items():
        lying = {issue for k, issue in enumerate(ISSUES) if bargained_on(s, p, k, track)}
        asked = {issue for issue in lying if NAMED[issue].track == name}
        paying = {issue for k, issue in enumerate(ISSUES) if pays(p, k, track)}
        assert lying == asked | paying and asked and not asked & paying
        assert {NAMED[issue].owner for issue in asked} == {TRACKS[name].controller}
        assert {NAMED[issue].owner for issue in paying} == {TRACKS[name].asker}
        assert {NAMED[issue].track for issue in paying} == {"trade"}
    on_trade = {issue for k, issue in enumerate(ISSUES) if bargained_on(s, p, k, TRADE)}
    assert on_trade == {name for name, issue in NAMED.items() if issue.track == "trade"}


def test_controls_of_both_sides_meet_only_in_a_package() -> None:
    for tracks, swapped in (("separate", False), ("package", True)):
        model = at_first(linkage__tracks=tracks)
        s, p = model.state.whole[0], model.params.record
        together = [
            {NAMED[issue].track for k, issue in enumerate(ISSUES) if bargained_on(s, p, k, track)}
            >= set(CONTROLS)
            for track in range(N_TRACKS)
        ]
        assert together[TRADE] == swapped and (swapped or not any(together))
        assert all(bargained_on(s, p, k, EVERY) for k in range(len(ISSUES)))


def test_what_pays_counts_from_what_is_agreed() -> None:
    model = at_first()
    issues = model.state.whole[0]["issues"]
    for track in PLACES.values():
        problem = problem_of(model, track)[0]
        for j in range(int(problem["count"])):
            k = int(problem["issue"][j])
            least = issues["agreed"][k] if pays(model.params.record, k, track) else 0.0
            assert problem["least"][j] == least


numbers = st.floats(0.5, 40.0)
levels = st.floats(0.0, 1.0)


@given(
    st.lists(st.tuples(st.integers(0, 1), numbers, st.floats(-8, 8), numbers, levels, levels), min_size=1, max_size=24),
    st.floats(-100, 100),
    st.integers(0, 1),
)  # fmt: skip
def test_an_efficient_package_stays_between_least_and_red_line(
    rows: list[tuple[int, float, float, float, float, float]], target: float, side: int
) -> None:
    """And is worth what was asked, wherever that lies on the frontier; of up to 24 issues."""
    problem, package = np.zeros(1, PROBLEM)[0], np.zeros(ROOM)
    problem["count"] = len(rows)
    for j, (owner, benefit, linear, convex, one, other) in enumerate(rows):
        problem["owner"][j], problem["benefit"][j] = owner, benefit
        problem["linear"][j], problem["convex"][j] = linear, convex
        problem["least"][j], problem["red_line"][j] = min(one, other), max(one, other)
    prepare(problem, package)
    worth(problem, side, target, package)
    count = slice(len(rows))
    assert (problem["least"][count] <= package[count]).all()
    assert (package[count] <= problem["red_line"][count]).all()
    found = values(problem, package)[side]
    ends = []
    for weight in (1e-12, 1e12):
        efficient(problem, weight, package)
        ends.append(values(problem, package)[side])
    assert found == pytest.approx(min(max(target, min(ends)), max(ends)), abs=1e-6)


def test_no_deal_on_controls_takes_back_what_is_agreed_or_moves_the_other_controls() -> None:
    """Every week of runs in which controls may come first: levels of trade only rise where a
    controls track alone is settled, and never does a deal on one touch the other's controls.
    """
    seen = dict.fromkeys(CONTROLS, 0)
    soft = [f"{side}.resolve.{track}=0.5" for side in SIDES for track in CONTROLS]
    # nothing else that changes terms: no interim packages, threats or sweeteners
    calm = [f"truce.talks.{when}_rate=0" for when in ("interim", "protest", "measure", "threat")]
    calm += ["truce.disputes.occasion_rate=0", "truce.dated=false"]
    scenario = sim.load("linkage.security_first=true", *soft, *calm)
    for run in range(60):
        model = TruceModel(scenario, 1, run, collect="none")
        while model.running:
            state = model.state.whole[0]
            before, was = state["issues"]["agreed"].copy(), state["world"]["settled"].copy()
            model.step()
            new = [
                t for t in TRACKS if state["world"]["settled"][TRACKS[t].code] > was[TRACKS[t].code]
            ]
            if len(new) != 1 or new[0] not in CONTROLS:
                continue
            (track,) = new
            seen[track] += 1
            for k, issue in enumerate(ISSUES):
                change = state["issues"]["agreed"][k] - before[k]
                if NAMED[issue].track == track:
                    continue
                if pays(model.params.record, k, TRACKS[track].code):
                    assert change >= 0.0
                else:
                    assert change == 0.0
    assert min(seen.values()) > 3


def test_a_deal_makes_offers_on_tracks_that_share_an_issue_stale() -> None:
    model = at_first(**{name.replace(".", "__"): value for name, value in FIRST.items()})
    s, p = model.state.whole[0], model.params.record
    for track in (*PLACES.values(), TRADE):
        s["world"]["settled"][:] = 0
        s["sides"]["standing"][:] = 1
        s["offers"][track, US, : len(ISSUES)] = np.maximum(
            s["issues"]["agreed"][: len(ISSUES)], 0.5
        )
        close(s, p, np.int64(track), US)
        assert s["world"]["settled"][track] == 1
        stale = [t for t in range(N_TRACKS) if t != track and TRADE in (t, track)]
        for other in range(N_TRACKS):
            if other != track:
                assert (s["sides"]["standing"][:, other] == (other not in stale)).all()


def test_what_has_paid_for_controls_is_not_taken_back_by_trade() -> None:
    model = at_first(**{name.replace(".", "__"): value for name, value in FIRST.items()})
    s, p = model.state.whole[0], model.params.record
    track, k = TRACKS["semiconductors"].code, ISSUES.index("fentanyl")
    s["offers"][track, US, : len(ISSUES)] = s["issues"]["agreed"][: len(ISSUES)]
    s["offers"][track, US, k] = 0.6
    close(s, p, np.int64(track), US)
    problem = problem_of(model, TRADE)[0]
    least = dict(zip(problem["issue"].tolist(), problem["least"].tolist(), strict=True))
    assert least[k] == 0.6 == s["issues"]["agreed"][k]
    assert s["out"]["deal_paid"][k] == 0.6 and np.isnan(s["out"]["deal_level"][k])
    assert sum(value > 0.0 for value in problem["least"][: int(problem["count"])]) == 1


def played(settings: dict[str, object], runs: int = 400) -> np.ndarray:
    values = flatten(Scenario().change(settings)).values
    return simulate(values, np.zeros(runs, np.int64), np.arange(runs), 1)[0]


def test_participation_linkage_lowers_deals_on_trade_and_a_package_has_no_weight_of_it() -> None:
    """More is demanded, so fewer settle: on tracks apart, and in a package, where a weight on the
    other's controls once raised them.
    """
    for tracks in ("separate", "package"):
        shares = [
            np.isfinite(played({"linkage.tracks": tracks, "linkage.cn": cn})["weeks_to_deal"][:, TRADE]).mean()
            for cn in (0.0, 0.4, 1.0)
        ]  # fmt: skip
        assert shares[0] > shares[1] > shares[2]


def test_drift_of_one_promise_is_not_moved_by_an_issue_that_is_left_out() -> None:
    """The lowest draw lapses: without an issue that did not lapse, the same one does."""
    settings = {f"compliance.{side}.drift_rate": 52.0 for side in SIDES} | {
        f"compliance.{side}.hawk_drift": 0.0 for side in SIDES
    }
    whole = Scenario().change(settings)
    kept = {name: issue for name, issue in whole.issues.items() if name != "cn_tariff"}
    less = replace(whole, issues=Named(kept))
    same = 0
    for run in range(40):
        lapsed = []
        for scenario in (whole, less):
            model = TruceModel(scenario, 1, run, collect="none")
            steps.comply(*model.all_sides)
            shares = dict(
                zip(model.params.issues, model.state.whole[0]["issues"]["kept"], strict=False)
            )
            lapsed.append(
                {n for n, value in shares.items() if value < scenario.issues[n].deliverable}
            )
        if "cn_tariff" not in lapsed[0]:
            assert lapsed[0] == lapsed[1]
            same += len(lapsed[0])
    assert same > 10


@pytest.mark.parametrize("track", CONTROLS)
def test_a_controls_track_takes_only_its_controllers_issues(track: str) -> None:
    wrong = TRACKS[track].asker
    with pytest.raises(SimError, match="the other side's controls are asked for there"):
        sim.load(f"+issues.soy={{owner: {wrong}, track: {track}, benefit: 3}}")
    assert len({TRACKS[name].controller for name in CONTROLS}) == N_SIDES
