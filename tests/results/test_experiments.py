"""A sweep in the form that tools of scenario discovery take, and one of them, EMA Workbench's, that
takes it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.batch.sweep import Factor, Sweep
from sim.config.errors import SimError

FACTORS = {
    "linkage.cn": Factor("linkage.cn", distribution="uniform", low=0.0, high=1.0),
    "truce.length_weeks": Factor("truce.length_weeks", distribution="integers", low=6, high=26),
    "linkage.tracks": Factor("linkage.tracks", ("separate", "package")),
    "truce.in_force": Factor("truce.in_force", (True, False)),
    "us.resolve.trade": Factor("us.resolve.trade", distribution="uniform", low=0.0, high=32.0),
}


def test_settings_are_wide_numbers_or_categories_whatever_was_stored(tmp_path) -> None:
    sweep = Sweep(name="s", kind="latin_hypercube", points=6, factors=FACTORS, runs=2)
    results = sim.sweep(sweep, out=tmp_path)
    experiments, outcomes = results.experiments()
    kinds = {name: str(dtype) for name, dtype in experiments.dtypes.items()}
    assert kinds == dict(
        zip(FACTORS, ("float64", "float64", "category", "category", "float64"), strict=True)
    )
    assert sum(outcomes.values()).tolist() == [1.0] * 12
    _, measured = results.experiments(["welfare_loss.us", "breakdown"])
    assert [str(values.dtype) for values in measured.values()] == ["float64"] * 2
    with pytest.raises(SimError, match="no such column"):
        results.experiments(["welfare"])


@pytest.fixture(scope="module")
def discovered(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, np.ndarray]:
    """Settings of a stored sweep, and whether each run ended in a narrow deal. Prices of
    settling are set or low, and runs have draws of their own: what a price was drawn to be would
    else decide more than the settings.
    """
    sweep = Sweep(
        name="s", kind="latin_hypercube", points=200, factors=FACTORS, runs=2,
        common_random_numbers=False,
    )  # fmt: skip
    london = sim.load("us.resolve.spread=0", "cn.resolve.trade=1")
    result = sim.sweep(sweep, london, out=tmp_path_factory.mktemp("sweep"))
    assert result.folder is not None
    experiments, outcomes = sim.load_results(result.folder).experiments(["narrow_deal"])
    return experiments, outcomes["narrow_deal"]


def inside(experiments: pd.DataFrame, box: pd.DataFrame) -> np.ndarray:
    """Which runs lie in a box: numbers between its ends, words in its set."""
    found = np.ones(len(experiments), bool)
    for name, values in experiments.items():
        low, high = box[name]
        found &= values.isin(low) if isinstance(low, set) else values.between(low, high)
    return found


@pytest.mark.filterwarnings("ignore")
def test_prim_of_the_ema_workbench_finds_the_box_that_its_counts_say(discovered) -> None:
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    experiments, deals = discovered
    box = prim.Prim(experiments, deals, threshold=0.8).find_box()
    last, within = box.peeling_trajectory.iloc[-1], inside(experiments, box.box_lims[-1])
    assert within.sum() == last["n"] < len(deals)
    assert deals[within].mean() == pytest.approx(last["density"])
    assert last["density"] > 0.8 > deals.mean() + 0.2
    # a Washington that needs little to show at home settles
    assert box.box_lims[-1].loc[1, "us.resolve.trade"] < 26.0


@pytest.mark.filterwarnings("ignore")
def test_cart_of_the_ema_workbench_shares_all_deals_among_its_boxes(discovered) -> None:
    cart = pytest.importorskip("ema_workbench.analysis.cart")
    experiments, deals = discovered
    # of categories it splits below the first its boxes overlap (EMA Workbench 2.5)
    numbers = experiments.select_dtypes("number")
    tree = cart.CART(numbers, deals.astype(bool), mass_min=0.1)
    tree.build_tree()
    parts = [stats["coverage"] for stats in tree.stats]
    assert len(parts) > 2 and sum(parts) == pytest.approx(1.0)


def test_a_run_has_no_experiments() -> None:
    with pytest.raises(SimError, match="moved no setting"):
        sim.run(runs=1, weeks="none").experiments()
