"""Outcomes are read over a closing period, states in a week; breaks are counted, and whether they
healed; payoffs hold what issues are worth.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from benchmarks.closing import codes, steps
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.model import TruceModel
from sim.rules.codes import BROKEN, DEAL, TACTICAL_PAUSE
from sim.rules.measures import FIRST, MEAN, ONCE, RUN_MEASURES, SUM, Measure
from sim.rules.outcomes import clear_measures, observe, settle_measures, state_now
from sim.rules.state import allocate
from sim.vocabulary import CONTROLS, OUTCOMES, SIDES, TRACKS, happened

LINKED = ("scenario=london", "linkage.cn=0.9")


def lived(*settings: str, runs: int = 60, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Measures and weeks of many runs."""
    values = flatten(sim.load(*settings)).values
    return simulate(values, np.zeros(runs, np.int64), np.arange(runs), seed, weekly=runs)


@pytest.mark.parametrize("closing", [1, 7, 52, 104])
def test_the_outcome_of_every_week_is_the_state_of_one_week_of_the_closing_period(
    closing: int,
) -> None:
    outs, weeks = lived(*LINKED, f"outcomes.closing_weeks={closing}")
    for out, run in zip(outs, weeks, strict=True):
        fits = [
            back
            for back in range(closing)
            if all(
                run["outcome"][t] == run["state"][t - back] for t in range(closing - 1, len(run))
            )
        ]
        assert fits
        assert out["outcome"] == run["outcome"][-1]
        assert out["final_state"] == run["state"][-1]
        assert run["outcome"][0] == run["state"][0]


def test_an_outcomes_share_is_its_share_of_the_closing_period() -> None:
    outs, weeks = lived(*LINKED, runs=800)
    for code in range(len(OUTCOMES)):
        expected = (weeks["state"][:, -52:] == code).mean()
        error = np.sqrt(max(expected * (1 - expected), 1e-3) / len(outs))
        assert abs((outs["outcome"] == code).mean() - expected) < 4 * error


def test_a_closing_period_of_one_week_gives_the_state_in_the_last_week() -> None:
    outs, _ = lived(*LINKED, "outcomes.closing_weeks=1")
    assert (outs["outcome"] == outs["final_state"]).all()
    assert len(set(outs["outcome"])) > 1


def test_a_run_shorter_than_the_closing_period_is_read_over_all_of_it() -> None:
    outs, weeks = lived(*LINKED, "calendar.horizon_weeks=26", runs=400)
    broken = OUTCOMES["breakdown"].code
    assert (outs["outcome"] == broken).mean() == pytest.approx(
        (weeks["state"] == broken).mean(), abs=0.08
    )


@pytest.mark.parametrize(
    "moved",
    [{"truce.length_weeks": np.arange(20, 26)}, {"calendar.horizon_weeks": np.arange(100, 106)}],
)
def test_shares_do_not_swing_with_where_the_last_deadline_falls(
    moved: dict[str, np.ndarray],
) -> None:
    found = codes(moved, 500)
    step, error = steps(found["outcome"])
    assert (np.abs(step) < 0.03 + 2.5 * error).all()
    if "truce.length_weeks" in moved:
        assert np.abs(steps(found["final_state"])[0]).max() > np.abs(step).max()


@pytest.mark.nightly
@pytest.mark.parametrize(
    "moved",
    [{"truce.length_weeks": np.arange(6, 40)}, {"calendar.horizon_weeks": np.arange(92, 118)}],
)
def test_no_two_neighbours_are_further_apart_than_noise_and_three_points(
    moved: dict[str, np.ndarray],
) -> None:
    step, error = steps(codes(moved, 4_000)["outcome"])
    assert (np.abs(step) < 0.03 + 2.0 * error).all()


@pytest.mark.parametrize(
    "settings", [LINKED, ("scenario=escalation", "linkage.cn=0.9"), ("scenario=london",)], ids=str
)
def test_breaks_are_counted_from_the_weeks_themselves(settings: tuple[str, ...]) -> None:
    outs, weeks = lived(*settings)
    for out, run in zip(outs, weeks, strict=True):
        broken = run["status"] == BROKEN
        first = np.flatnonzero(~broken)[
            0
        ]  # what is broken before the first truce is no break of one
        edges = np.flatnonzero(np.diff(np.concatenate(([0], broken[first:], [0])).astype(int)))
        lengths = edges[1::2] - edges[::2]
        assert out["breaks"] == out["lapses"] + out["endings"] == len(lengths)
        assert out["weeks_broken"] == lengths.sum()
        assert out["longest_break"] == (lengths.max() if len(lengths) else 0)
        healed = np.nan if len(lengths) == 0 else float(not broken[-1])
        assert out["healed"] == pytest.approx(healed, nan_ok=True)
    assert (
        outs["breaks"].max() > 0 and np.isnan(outs["healed"]).any() == (outs["breaks"] == 0).any()
    )


def test_a_pause_may_hide_a_break_that_healed() -> None:
    outs, _ = lived(*LINKED, runs=200)
    paused = outs[outs["final_state"] == OUTCOMES["tactical_pause"].code]
    assert (paused["breaks"] > 0).mean() > 0.15
    assert (paused["healed"][paused["breaks"] > 0] == 1.0).all()


def test_measures_asked_before_the_first_week_say_what_is_in_force() -> None:
    out = TruceModel(sim.load(), 1, 0, collect="none").measures()[0]
    assert OUTCOMES.names[out["outcome"]] == OUTCOMES.names[out["final_state"]] == "tactical_pause"


def hollowed(delivered: list[float], **settings: object) -> list[bool]:
    """Whether a deal that promised .8 of magnets counts as hollow, week by week."""
    scenario = sim.load().change({name.replace("__", "."): x for name, x in settings.items()})
    model = TruceModel(scenario, 1, 0, collect="none")
    s, p, found = model.state.whole[0], model.params.record, []
    s["world"]["status"], s["world"]["deal_since"] = DEAL, 0
    issues, k = s["issues"], model.params.issues.index("civil_magnets")
    issues["promised"][:], issues["level"][:] = 0.0, 0.0
    for share in delivered:
        issues["promised"][k], issues["level"][k] = 0.8, 0.8 * share
        observe(s, p)
        hollow = bool(s["world"]["hollow"])
        assert (state_now(s, p) == TACTICAL_PAUSE) == hollow
        found.append(hollow)
    return found


def test_a_deal_is_hollow_once_half_of_it_has_been_missing_for_a_quarter() -> None:
    weeks = hollowed([0.4] * 15)
    assert weeks == [False] * 12 + [True] * 3
    assert not any(hollowed([0.6] * 15))


def test_a_hollow_deal_that_delivers_again_counts_again() -> None:
    found = hollowed([0.1, 0.1, 0.9, 0.1, 0.1], outcomes__hollow_weeks=2)
    assert found == [False, True, False, False, True]


ISSUE = "{owner: us, track: trade, driver: constant, benefit: 30, linear_cost: 2, convex_cost: 10, phase_in_weeks: 1, terms: 0.5, in_force: 0.5, lapse: 0.5}"
QUIET = (
    "shocks=none",
    "truce.talks.meetings_per_week=0",
    "truce.talks.sprint_weeks=0",
    "truce.talks.interim_rate=0",
    "truce.talks.protest_rate=0",
    "truce.disputes.occasion_rate=0",
    "compliance.us.drift_rate=0",
    "compliance.review_rate=0",
)


def test_a_payoff_is_what_concessions_are_worth_less_their_cost_and_the_welfare_loss() -> None:
    bare, _ = lived(*QUIET, "~issues.us_counter_controls", runs=1)
    with_one, weeks = lived(
        *QUIET, "~issues.us_counter_controls", f"+issues.spectrum={ISSUE}", runs=1
    )
    place = flatten(
        sim.load("~issues.us_counter_controls", f"+issues.spectrum={ISSUE}")
    ).issues.index("spectrum")
    level = weeks["level"][0, :, place]
    gain = (
        with_one["payoff"][0]
        + with_one["welfare_loss"][0]
        - bare["payoff"][0]
        - bare["welfare_loss"][0]
    )
    assert gain == pytest.approx([-(2 * level + 10 * level**2).mean(), (30 * level).mean()])


def test_what_a_tariffs_curve_says_is_not_counted_twice() -> None:
    only = [f"~issues.{name}" for name in sim.load().issues if not name.endswith("tariff")]
    outs, _ = lived(*only, runs=5)
    assert outs["payoff"] == pytest.approx(-outs["welfare_loss"])
    dearer, weeks = lived(
        *only, "issues.us_tariff.linear_cost=3", "issues.us_tariff.benefit=5", runs=5
    )
    level = weeks["level"][:, :, flatten(sim.load(*only)).issues.index("us_tariff")].mean(axis=1)
    assert dearer["payoff"] + dearer["welfare_loss"] == pytest.approx(
        np.column_stack([-3 * level, 5 * level])
    )


_BEGINS = {SUM: 0.0, MEAN: 0.0, FIRST: np.inf, ONCE: np.nan}


@pytest.mark.parametrize(
    "measure", [each for each in RUN_MEASURES if each.over in _BEGINS], ids=lambda each: each.name
)
def test_a_measure_begins_as_it_is_declared_and_is_settled_so(measure: Measure) -> None:
    """Cleared of what the run before left; after four weeks means are quarters, and what never came
    has no value.
    """
    state, p = allocate(3), flatten(sim.load()).values[0]
    s = state.whole[0]
    s["out"][measure.name] = 7
    clear_measures(s)
    assert np.array_equal(
        np.ravel(s["out"][measure.name]),
        np.full(s["out"][measure.name].size, _BEGINS[measure.over]),
        equal_nan=True,
    )
    s["world"]["week"] = 4
    settle_measures(s, p)
    first = np.ravel(s["out"][measure.name])[0]
    assert np.isnan(first) if measure.over in (FIRST, ONCE) else first == 0.0
    s["out"][measure.name] = 8
    settle_measures(s, p)
    assert np.ravel(s["out"][measure.name])[0] == (2.0 if measure.over == MEAN else 8.0)


APART = (
    "scenario=breakthrough",
    "linkage.tracks=separate",
    "linkage.security_first=true",
    *(f"{side}.resolve.{track}=0.5" for side in SIDES for track in CONTROLS),
)


def both_controls() -> tuple[int, dict[str, int]]:
    """A run whose truce holds and whose tracks all settle, and the week of each."""
    outs, weeks = lived(*APART, runs=400)
    for run in np.flatnonzero(outs["breaks"] == 0):
        bits = weeks[run]["events"]
        settled = {t: np.flatnonzero(happened(bits, f"deal_{t}")) for t in TRACKS}
        if all(len(when) == 1 for when in settled.values()):
            return int(run), {track: int(when[0]) for track, when in settled.items()}
    raise AssertionError("no run settles all tracks")


def test_offers_on_each_controls_track_are_recorded_beside_those_on_the_first_open_one() -> None:
    names = [f"{name}.{side}" for name in ("reservation", "offer_us", "offer_cn") for side in SIDES]
    run, settled = both_controls()
    weeks = _weeks(*APART, run=run)
    first = weeks[names]
    values = [name for name in names if name.startswith("reservation")]
    for track in CONTROLS:
        own = weeks[[f"{track}_{name}" for name in names]].set_axis(names, axis=1)
        assert own[values].iloc[: settled[track]].notna().all(axis=None)
        assert own.iloc[settled[track]].isna().all()
    # once the others are settled the last one is the first open one
    *_, before, last = sorted(settled.values())
    track = next(name for name, week in settled.items() if week == last)
    if track in CONTROLS:
        own = weeks[[f"{track}_{name}" for name in names]].set_axis(names, axis=1)
        assert own.iloc[before:last].equals(first.iloc[before:last])
    weeks = _weeks("scenario=breakthrough", run=0)
    own = [f"{track}_{name}" for track in CONTROLS for name in names]
    assert weeks[own].isna().all(axis=None) and weeks[names].notna().any(axis=None)


def _weeks(*settings: str, run: int) -> pd.DataFrame:
    model = TruceModel(sim.load(*settings), 1, run, collect="model")
    model.run_model()
    return model.datacollector.get_model_vars_dataframe()


@pytest.mark.nightly
def test_the_wave_that_docs_decisions_records_of_0_2_0_is_gone() -> None:
    """Truces no longer end at one date: of the lengths of that wave a longer one has no more
    breakdowns in the last week.
    """
    text = (Path(__file__).parents[2] / "docs" / "decisions.md").read_text(encoding="utf-8")
    told = re.search(r"truces of ([\d, and]+) weeks breakdown was", " ".join(text.split()))
    assert told is not None
    lengths = np.asarray([int(word) for word in re.findall(r"\d+", told.group(1))])
    found = codes({"truce.length_weeks": lengths}, 2_000)["final_state"]
    shares = (found == OUTCOMES["breakdown"].code).mean(axis=1)
    assert (np.diff(shares) < 0.03).all() and np.ptp(shares) < 0.2
