"""What became of threats and crises: every one is counted once, as the log of acts has it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.crises import Clusters, answers, crisis_ends, measures, threats
from sim.results.results import Results
from sim.vocabulary import SIDES

THREATENED = ("threatened", "demanded")
MEASURE = ("acted", "answered", "escalated", "carried_out")


@pytest.fixture(scope="module")
def london() -> Results:
    return sim.run("london", runs=60)


@pytest.fixture(scope="module")
def acts(london: Results) -> pd.DataFrame:
    assert london.acts is not None and london.acts["run"].nunique() == 60
    return london.acts


def clusters(results: Results) -> Clusters:
    return Clusters(results.table(["run"])["run"].to_numpy())


def test_every_crisis_ends_once_or_is_open(london: Results) -> None:
    found = crisis_ends(london.table(), clusters(london))
    assert found["count"].sum() == london.table(["crises"])["crises"].sum() > 100
    assert found["share"].sum() == pytest.approx(1.0)
    assert (found["count"] >= 0).all()
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()


@pytest.mark.parametrize("side", SIDES)
def test_threats_measures_and_answers_are_those_of_the_log(
    london: Results, acts: pd.DataFrame, side: str
) -> None:
    def count(*names: str) -> int:
        return int(((acts["side"] == side) & acts["act"].isin(names)).sum())

    def of(table: pd.DataFrame) -> list[int]:
        return table.loc[table["side"] == side, "count"].tolist()

    ends = of(threats(london.table(), clusters(london)))
    assert sum(ends) == count(*THREATENED) and ends[2] == count("carried_out") > 0
    assert ends[1] == count("backed_down")
    came = of(measures(london.table(), clusters(london)))
    assert sum(came) == count(*MEASURE) and came[0] == count("carried_out")
    assert london.transcript is not None
    borne, in_kind, _ = of(answers(london.transcript))
    assert borne == count("absorbed") and in_kind == count("answered")


def test_crises_of_a_run_are_one_cluster() -> None:
    """Ten runs of a hundred crises each that all end alike say no more than ten crises."""
    broke = np.tile([0, 100], 5)
    runs = pd.DataFrame(
        {
            "crises": 100, "crises_repaired": 100 - broke, "crises_better": 0, "crises_rested": 0,
            "crises_broken": broke,
        }
    )  # fmt: skip
    found = crisis_ends(runs, Clusters(np.arange(10))).set_index("share")
    assert found.loc[0.5, "low"].max() < 0.26 and found.loc[0.5, "high"].min() > 0.74
