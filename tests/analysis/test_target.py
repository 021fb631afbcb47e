"""The target of a sweep: effects of known size, intervals by cluster, and what is said of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis import target
from sim.analysis.answer import answer
from sim.analysis.impossible import find_ruled_out
from sim.analysis.pooled import pooled_shares
from sim.analysis.target_sentence import describe_target
from sim.batch import Run
from sim.batch.sweep import Factor, Sweep
from sim.config.scenario import Scenario
from sim.results import Results
from sim.results.manifest import make_manifest
from sim.vocabulary import OUTCOMES

NOTES = {
    "a.x": {"label": "cost", "unit": "bn USD/yr"},
    "a.y": {"label": "Beijing's noise", "unit": "share"},
    "a.kind": {"label": "tracks", "unit": "name"},
    "leverage.us": {"label": "leverage left at the end (US)", "unit": "bn USD/yr"},
}


# where red lines rule out what is read by the levels of the two controls
BY_THRESHOLDS = Scenario().change({"outcomes.breakthrough": "thresholds"})


def result_of(
    design: list[str], sweep: Sweep | None, of: Scenario | None = None, **parts
) -> Results:
    """A result with given tables, of a scenario called ``A title``."""
    scenario = replace(of or Scenario(), name="x", title="A title")
    manifest = make_manifest(
        verb="sweep",
        scenario={"name": "x"},
        run=Run(),
        overrides=(),
        engine="ensemble",
        started=dt.datetime.now(dt.UTC),
    )
    return Results(scenario, replace(manifest, design=tuple(design)), sweep=sweep, **parts)


def made(
    frame: pd.DataFrame, focus: tuple[str, ...], contrast: str = "", common: bool = True, **factors
) -> Results:
    """A result of a given table with the columns point, run and outcome or the focus."""
    if "outcome" in frame:
        frame = frame.assign(outcome=pd.Categorical(frame["outcome"], categories=list(OUTCOMES)))
    else:
        frame = frame.assign(
            outcome=pd.Categorical(["breakdown"] * len(frame), categories=list(OUTCOMES))
        )
    sweep = Sweep(
        title="Why?",
        focus=focus,
        contrast=contrast,
        common_random_numbers=common,
        kind="list",
        factors={name: Factor(name, **parts) for name, parts in factors.items()},
    )
    design = [name for name in frame.columns if name.startswith("a.")]
    return result_of(design, sweep, runs=frame, notes=NOTES)


def grid(runs: int, chance, **values) -> pd.DataFrame:
    """Every pair of values, ``runs`` runs each with shared draws: a breakthrough where the run's
    draw is below ``chance`` of the row.
    """
    names = [f"a.{name}" for name in values]
    points = (
        pd.MultiIndex.from_product(values.values(), names=names)
        .to_frame(index=False)
        .assign(point=lambda f: np.arange(len(f)))
    )
    table = points.merge(pd.DataFrame({"run": np.arange(runs)}), how="cross")
    draw = np.random.default_rng(1).random(runs)
    hit = draw[table["run"]] < table[names].apply(lambda row: chance(*row), axis=1).to_numpy()
    return table.assign(outcome=np.where(hit, "breakthrough", "breakdown"))


def test_effects_are_the_means_at_each_value() -> None:
    table = grid(40, lambda x, y: 0.2 + 0.6 * x, x=[0.0, 0.5, 1.0], y=[1.0, 2.0])
    (found,) = target.find(made(table, ("breakthrough",)))
    (effect,) = (effect for effect in found.effects if effect.setting == "a.x")
    expected = (table["outcome"] == "breakthrough").groupby(table["a.x"]).mean()
    assert effect.mean == pytest.approx(expected.to_numpy())
    assert effect.span == pytest.approx(expected.iloc[-1] - expected.iloc[0])
    assert found.effects[0] is effect


def test_an_interval_counts_runs_that_share_their_luck_once() -> None:
    """Forty runs at one point or at twenty points alike are forty draws, not eight hundred."""
    few, many = (
        grid(40, lambda x, y: 0.4, x=[0.0, 1.0], y=list(np.arange(n, dtype=float))) for n in (2, 10)
    )
    widths = [
        np.ptp([effect.low[0], effect.high[0]])
        for table in (few, many)
        for effect in target.find(made(table, ("breakthrough",)))[0].effects
        if effect.setting == "a.x"
    ]
    assert widths[1] == pytest.approx(widths[0])


def test_intervals_of_independent_points_cover_the_truth() -> None:
    hits, rng = 0, np.random.default_rng(5)
    for _ in range(200):
        x = rng.choice([0.0, 1.0], 600)
        outcome = np.where(rng.random(600) < 0.3 + 0.2 * x, "breakthrough", "breakdown")
        table = pd.DataFrame({"a.x": x, "point": np.arange(600), "run": 0, "outcome": outcome})
        effect = target.find(made(table, ("breakthrough",), common=False))[0].effects[0]
        hits += int(effect.low[1] <= 0.5 <= effect.high[1])
    assert 182 <= hits <= 198  # 95 % of 200, three standard errors either way


def test_noise_moves_nothing_beyond_chance() -> None:
    rng, hits = np.random.default_rng(2), 0
    for _ in range(40):
        frame = pd.DataFrame({f"a.{k}": rng.random(500) for k in "uvwz"})
        frame = frame.assign(point=np.arange(500), run=0, outcome=rng.choice(OUTCOMES.names, 500))
        hits += "none of the 4 settings moves it beyond chance" in answer(
            made(frame, ("breakthrough",), common=False)
        )
    assert hits >= 37


def test_the_answer_names_the_strongest_where_it_is_parted_and_the_turn_between() -> None:
    table = grid(200, lambda x, y: [0.1, 0.7, 0.05][int(x)], x=[0.0, 1.0, 2.0], y=[0.0, 1.0])
    line = answer(made(table, ("breakthrough",)))
    shares = (table["outcome"] == "breakthrough").groupby(table["a.x"]).mean()
    words = ", ".join(f"{100 * shares[x]:.0f} % at {x:g}" for x in shares.index)
    assert (
        line
        == f"Why? Breakthrough moves with cost ({words} bn USD/yr), not beyond chance with Beijing's noise."
    )


def test_stretches_without_a_change_are_told_as_one() -> None:
    table = grid(100, lambda x, y: 0.0 if x < 2 else 0.6, x=[0.0, 1.0, 2.0, 3.0], y=[0.0, 1.0])
    line = answer(made(table, ("breakthrough",)))
    assert "(0 % at 0 to 1, " in line and " at 2 to 3 bn USD/yr)" in line


def test_a_setting_that_moves_for_both_sides_is_told_so() -> None:
    table = grid(100, lambda x, y: 0.2 + 0.5 * y, x=[0.0, 1.0], y=[0.0, 1.0])
    line = answer(
        made(table, ("breakthrough",), **{"a.y": {"values": [0.0, 1.0]}, "b.y": {"same_as": "a.y"}})
    )
    assert "with noise, both sides (" in line


def test_a_contrast_is_answered_with_its_difference() -> None:
    rng = np.random.default_rng(3)
    n = 6_000
    frame = pd.DataFrame(
        {
            "a.kind": rng.choice(["package", "separate"], n),
            "a.x": rng.random(n),
            "a.y": rng.random(n),
        }
    )
    chance = 0.2 + 0.4 * (frame["a.kind"] == "separate") * frame["a.x"]
    frame = frame.assign(
        point=np.arange(n),
        run=0,
        outcome=np.where(rng.random(n) < chance, "breakthrough", "breakdown"),
    )
    results = made(frame, ("breakthrough",), "a.kind", common=False)
    (found,) = target.find(results)
    assert target.shape(found) == target.CONTRAST
    assert found.across is not None and found.across.span == pytest.approx(0.2, abs=0.05)
    strongest = found.apart[0]
    assert strongest.setting == "a.x" and strongest.beyond_chance
    assert strongest.mean == pytest.approx([0.04, 0.12, 0.2, 0.28, 0.36], abs=0.09)
    line = describe_target([found])
    assert (
        line.startswith("Breakthrough ")
        and "with tracks separate" in line
        and "the gap depends most on cost" in line
    )


def test_a_contrast_along_one_other_setting_is_lines() -> None:
    table = grid(200, lambda x, y: 0.1 + 0.3 * x * y, x=[0.0, 1.0, 2.0], y=[0.0, 1.0])
    (found,) = target.find(made(table, ("breakthrough",), "a.y"))
    assert target.shape(found) == target.LINES
    assert list(found.within) == [0.0, 1.0]
    assert "at most" in describe_target(
        [found]
    ) and "apart between Beijing's noise 0 and 1 (at 2)" in describe_target([found])


def test_a_measure_is_told_in_its_unit_and_by_its_side() -> None:
    table = grid(30, lambda x, y: 0.5, x=[0.0, 1.0], y=[0.0, 1.0]).drop(columns="outcome")
    table["leverage.us"] = (
        95.0 - 60.0 * table["a.x"] + np.random.default_rng(0).normal(size=len(table))
    )
    (found,) = target.find(made(table, ("leverage.us",)))
    assert target.shape(found) == target.CELLS
    means = table["leverage.us"].groupby(table["a.x"]).mean()
    assert (
        f"Washington's leverage left at the end moves with cost ({means[0.0]:.3g} bn USD/yr at 0, {means[1.0]:.3g} at 1"
        in describe_target([found])
    )


def test_cells_are_means_in_the_order_of_values() -> None:
    table = grid(20, lambda x, y: 0.1 * x + 0.4 * y, x=[2.0, 10.0, 1.0], y=[0.0, 1.0])
    cells = target.cells(made(table, ("breakthrough",)), "breakthrough", ["a.x", "a.y"])
    assert list(cells.columns) == [1.0, 2.0, 10.0] and list(cells.index) == [0.0, 1.0]
    some = table[(table["a.x"] == 2.0) & (table["a.y"] == 1.0)]
    assert cells.loc[1.0, 2.0] == (some["outcome"] == "breakthrough").mean()


def test_cells_and_answer_say_where_the_target_cannot_happen() -> None:
    chips, magnets = "issues.ai_chips.red_line", "issues.military_magnets.red_line"
    table = grid(
        30, lambda x, y: 0.9 * (x >= 0.3) * (y >= 0.5), x=[0.2, 0.3, 0.6], y=[0.3, 0.4, 0.5]
    )
    table = table.rename(columns={"a.x": chips, "a.y": magnets})
    sweep = Sweep(focus=("breakthrough",), kind="list")
    notes = {chips: {"label": "chips", "unit": ""}, magnets: {"label": "magnets", "unit": ""}}
    table["outcome"] = pd.Categorical(table["outcome"], categories=list(OUTCOMES))
    result = result_of([chips, magnets], sweep, BY_THRESHOLDS, runs=table, notes=notes)
    why = target.reasons(result, "breakthrough", [chips, magnets])
    means = target.cells(result, "breakthrough", [chips, magnets])
    assert why.index.equals(means.index) and why.columns.equals(means.columns)
    assert (why != "").to_numpy().tolist() == [
        [True] * 3,
        [True, False, False],
        [True, False, False],
    ]
    assert "magnets, 0.3," in why.loc[0.3, 0.6] and "chips, 0.2," in why.loc[0.5, 0.2]
    words = describe_target(target.find(result))
    assert "cannot happen at 0.2, " in words and "cannot happen at 0.3" in words
    assert "0 % at 0.2" not in words


def test_points_told_together_have_the_reason_that_holds_in_all_of_them() -> None:
    """Where chips are below their level the magnets are too, in half the points, for reasons that
    differ from point to point.
    """
    chips, magnets = "issues.ai_chips.red_line", "issues.military_magnets.red_line"
    table = grid(2, lambda x, y: 0.0, x=[0.2, 0.6], y=[0.3, 0.35, 0.38, 0.6])
    table = table.rename(columns={"a.x": chips, "a.y": magnets})
    table["outcome"] = pd.Categorical(table["outcome"], categories=list(OUTCOMES))
    result = result_of([chips, magnets], None, BY_THRESHOLDS, runs=table, notes=NOTES)
    shares = find_ruled_out(result).mark(pooled_shares(table, [chips]), table, [chips])
    (low,) = shares.loc[(shares["outcome"] == "breakthrough") & (shares[chips] == 0.2), "ruled_out"]
    assert low == "the red line on AI chips, 0.2, is below the level that counts, 0.3"


def test_where_the_target_cannot_happen_no_interval_is_left_to_chance() -> None:
    scenario = replace(
        Scenario(), issues={k: v for k, v in Scenario().issues.items() if k != "ai_chips"}
    )
    table = grid(30, lambda x, y: 0.0, x=[0.0, 1.0], y=[0.0, 1.0])
    can = made(table, ("breakthrough",))
    cannot = Results(scenario, can.manifest, sweep=can.sweep, runs=can.runs, notes=NOTES)
    (possible,), (never,) = target.find(can), target.find(cannot)
    assert possible.effects[0].high.min() > 0.05
    assert (never.effects[0].high == 0.0).all()
    assert (
        describe_target([never])
        == "Breakthrough cannot happen here: no issue is bargained on the semiconductors track"
    )
    assert "0 % over all" in describe_target([possible])
