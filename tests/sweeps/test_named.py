"""Each named sweep moves the outcome that its question asks about; reduced, and checked against the
extremes of its levers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import sim
from sim.config.locate import configs_folder
from sim.sweeps.named import load_sweep
from sim.sweeps.sweep import prepare
from sim.vocabulary import OUTCOMES

NAMES = sorted(path.stem for path in (configs_folder() / "sweep").glob("*.yaml"))


def shares(
    name: str,
    lever: str,
    ends: tuple[float, float],
    outcome: str,
    scenario: str | sim.Scenario | None = None,
    **others,
) -> tuple[float, ...]:
    """Share of ``outcome`` at both ends of a lever."""
    sweep, base = load_sweep(name)
    assert lever in sweep.factors
    design = {lever: list(ends), **{other: [value] * 2 for other, value in others.items()}}
    table = sim.evaluate(scenario or base, design, runs=400, measures=[outcome])
    return tuple(table.groupby("row")[outcome].mean())


def test_there_is_a_sweep_for_each_question():
    assert {
        "linkage_by_deadline",
        "extension_cost",
        "leverage_race",
        "red_lines",
        "compliance_noise",
        "all_levers_sobol",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_named_sweep_says_what_it_asks_and_can_be_run(name):
    sweep, scenario = load_sweep(name)
    assert sweep.name == name
    assert sweep.title
    assert sweep.question.endswith("?") or "?" in sweep.question
    assert sweep.figure != "auto"
    assert sweep.focus
    assert set(sweep.measures) & set(OUTCOMES)
    assert prepare(sweep, scenario).rows == sweep.rows


@pytest.mark.parametrize(
    ("name", "focus", "contrast", "around"),
    [
        ("packages", ("breakthrough",), "linkage.tracks", "london_2025"),
        ("leverage_race", ("leverage.us", "leverage.cn"), "", "london_2025"),
        ("red_lines", ("past_thresholds",), "", "breakthrough"),
        ("extension_cost", ("narrow_deal", "breakdown"), "truce.length_weeks", "london_2025"),
    ],
)
def test_a_named_sweep_looks_at_what_its_question_is_about(name, focus, contrast, around):
    sweep, scenario = load_sweep(name)
    assert (sweep.focus, sweep.contrast, scenario.name) == (focus, contrast, around)


def test_all_levers_hold_strategies_tables_and_a_mediator():
    sweep, _ = load_sweep("all_levers_sobol")
    assert {
        "us.strategy.kind",
        "cn.strategy.kind",
        "linkage.tracks",
        "truce.talks.mediator_rate",
    } <= set(sweep.factors)


def test_a_scenario_that_is_chosen_takes_the_place_of_the_sweeps_own():
    assert load_sweep("red_lines", overrides=["scenario=geneva"])[1].name == "geneva_2025"


def test_a_dearer_extension_turns_pauses_into_deals():
    cheap, dear = shares("extension_cost", "truce.extension_cost", (0.0, 48.0), "tactical_pause")
    assert dear < cheap - 0.3
    cheap, dear = shares("extension_cost", "truce.extension_cost", (0.0, 48.0), "narrow_deal")
    assert dear > cheap + 0.3


@pytest.mark.parametrize("length", [6, 13, 39])
def test_the_more_beijing_links_the_fewer_the_narrow_deals(length: int) -> None:
    """Evenly, at every length of the truce; and the more truces break, though most of these breaks
    heal before the closing year.
    """
    lever, clock = "linkage.cn", {"truce.length_weeks": length}
    for ends in ((0.0, 0.3), (0.3, 0.6), (0.6, 1.0)):
        less, more = shares("linkage_by_deadline", lever, ends, "narrow_deal", **clock)
        assert more < less + 0.02
    less, more = shares("linkage_by_deadline", lever, (0.0, 1.0), "breaks", **clock)
    assert more > less


def test_chips_of_ones_own_end_breakthroughs():
    together = sim.load("linkage.tracks=package", "linkage.cn=0")
    lever, ends = "firms.chips.supply_growth", (0.0, 1.0)
    slow, fast = shares("leverage_race", lever, ends, "breakthrough", together)
    assert fast < slow


def test_red_lines_decide_whether_both_controls_are_opened():
    """Past the thresholds: what is conceded of what red lines leave counts as a breakthrough, too."""
    lever, red = "issues.ai_chips.red_line", {"issues.military_magnets.red_line": 0.8}
    tight, wide = shares("red_lines", lever, (0.2, 0.6), "past_thresholds", **red)
    assert tight == 0.0
    assert wide > 0.2


def test_blurred_sight_breaks_truces():
    """Since tariffs are no grievance truces bear more: of 1,500 runs .035 break down at 0, .044 at 0.3,
    .073 at 0.6, .098 at 1.
    """
    clear, blurred = shares(
        "compliance_noise", "compliance.monitoring_noise", (0.0, 1.0), "breakdown"
    )
    assert blurred > clear + 0.02


def test_all_levers_reach_every_outcome(tmp_path):
    sweep, scenario = load_sweep("all_levers_sobol")
    assert len(sweep.factors) >= 20
    result = sim.sweep(replace(sweep, points=1024), scenario, out=tmp_path)
    told = result.runs["outcome"].value_counts(normalize=True)
    assert (told > 0.002).sum() == 4
    ended = result.runs["outcome"]
    cheap = result.runs["us.resolve.trade"] < 20.0  # of 16 to 24
    assert (ended == "narrow_deal")[cheap].mean() > (ended == "narrow_deal")[~cheap].mean()


def test_levers_of_the_sobol_sweep_stay_within_what_the_schema_allows():
    from sim.config.fields import leaves

    sweep, scenario = load_sweep("all_levers_sobol")
    known = {path: meta for path, meta, _ in leaves(scenario)}
    for name, factor in sweep.factors.items():
        spread = known[name].plausible
        if spread and factor.low is not None:
            assert spread[0] <= factor.low < factor.high <= spread[1], name


@pytest.mark.parametrize("head", ["", 'name: ""\n'])
def test_a_sweep_file_without_a_name_is_called_after_its_file(tmp_path: Path, head: str) -> None:
    (tmp_path / "My sweep 2.yaml").write_text(
        f"{head}kind: grid\nfactors:\n  linkage.cn: {{values: [0.0, 0.5]}}\n"
    )
    assert load_sweep(tmp_path / "My sweep 2.yaml")[0].name == "my_sweep_2"
