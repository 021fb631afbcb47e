"""The plain Mesa model of the benchmarks is the same model: number by number where nothing is
drawn, in distribution where it is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

import sim
from benchmarks.plain import PlainTruce
from benchmarks.plain.record import EVENTS
from sim.config.fields import leaves
from sim.validation.symmetry import BY_THE_CLOCK
from sim.vocabulary import CONTROLS, GOODS, SIDES, TRACKS

# every draw of London settled beforehand: no spread, no noise, and every chance so near 0 or 1 that
# it decides nothing
_CERTAIN = (
    *(
        f"firms.{good}.{name}=0"
        for good in GOODS
        for name in ("size_spread", "cover_spread", "trusted_share")
    ),
    *(
        f"licensing.{good}.{name}=1"
        for good in GOODS
        for name in ("approve_withheld", "approve_permitted")
    ),
    *(f"licensing.{good}.licensed_share=0" for good in GOODS),
    *(f"{side}.belief_error=0" for side in SIDES),
    *(f"compliance.{side}.drift_rate=0" for side in SIDES),
    "firms.magnets.sectors.aerospace.military_share=0",
    "licensing.approve_withheld_military=1",
    "compliance.monitoring_noise=0",
    "compliance.back_down_scale=0.1",
    # prices are drawn once, and handed on
    *(f"{side}.resolve.turnover=0" for side in SIDES),
    *(f"{name}={value}" for name, value in BY_THE_CLOCK.items()),
    "shocks=none",
    "truce.early_rate=0",
    "truce.temperature=0.05",
    "truce.escalation.answer_rate=1",
    "truce.reentry.rate=1",
    "truce.reentry.width=0.01",
    "outcomes.closing_weeks=1",
)
_DATED = (
    "+shocks.events.listing={kind: delivery, side: cn, size: 0.7, start: '2025-08-20'}",
    "+shocks.events.hearing={kind: hawk, side: us, size: 0.7, start: '2025-10-20'}",
    "+shocks.events.court={kind: tariff_ceiling, side: cn, size: 0.3, start: '2025-10-20'}",
    "+shocks.events.accident={kind: supply, side: us, size: 0.3, start: '2025-12-20'}",
)
_NAMED = ("outcome", "final_state", "blocking_issue")
_LONDON = {path: value for path, _, value in leaves(sim.load("scenario=london"))}
# both sides screen, at London's prices; what is by the clock in the other cases is theirs alone
_PRICED = tuple(f"{name}={_LONDON[name]}" for name in BY_THE_CLOCK)
_SOFT = tuple(f"{side}.resolve.{track}=2" for side in SIDES for track in TRACKS)
# controls need nothing to show at home
_FREE = tuple(
    f"{side}.resolve.{track}={2 * (track not in CONTROLS)}" for side in SIDES for track in TRACKS
)
_SLACK = (
    "compliance.us.start=0.3",
    "compliance.recovery=0",
)  # Washington delivers little, and does not mend it


def _override(settings: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    names = {setting.split("=")[0] for setting in others}
    return (*(one for one in settings if one.split("=")[0] not in names), *others)


# what happens -> settings, and the events that must have happened for the case to be worth its name
_CASES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "extended to the end": ((), {"extension"}),
    "extended before the deadline": (("truce.early_rate=1",), {"extension"}),
    "lapsed, climbed the ladder, came back": (
        ("truce.extension_cost=30", "truce.reentry.threshold=2"),
        {"lapse", "rung", "reentry"},
    ),
    "priced": (_PRICED, {"extension"}),
    "priced, dealt on trade and chips": (
        (*_override(_PRICED, _SOFT), "linkage.cn=0"),
        {"deal_trade", "deal_semiconductors"},
    ),
    "priced, dealt on all tracks": (
        (*_override(_PRICED, _FREE), "linkage.cn=0", "linkage.security_first=true"),
        {"deal_trade", "deal_minerals", "deal_semiconductors"},
    ),
    "priced, known in part": (
        (*_PRICED, "us.resolve.known=0.5", "cn.belief_error=0.0", "cn.strategy.bluff=0"),
        {"extension"},
    ),
    "priced, one committed": (
        (*_override(_PRICED, ("us.strategy.kind=committed",)), "linkage.cn=0"),
        {"extension"},
    ),
    "priced, the last extension near": (
        (
            *_override(_PRICED, ("us.resolve.trade=60", "cn.resolve.trade=28")),
            "truce.max_extensions=1",
            "truce.reentry.threshold=2",
        ),
        {"extension", "lapse"},
    ),
    "dealt, but not at home": (
        (
            "us.strategy.exponent=1.5",
            "cn.strategy.exponent=1.5",
            "linkage.cn=0",
            "politics.ratification.by=vote",
            "politics.ratification.threshold=0.9",
            "politics.ratification.noise=0",
        ),
        {"ratification_failure"},
    ),
    "protested, retaliated, backed down": (
        (*_SLACK, "compliance.back_down_stakes=0"),
        {"protest_cn", "retaliation_cn", "back_down"},
    ),
    "suspended": ((*_SLACK, "compliance.back_down_stakes=200"), {"retaliation_cn", "suspension"}),
    "retaliated by one issue": ((*_SLACK, "linkage.enforcement=issue"), {"retaliation_cn"}),
    "hit by dated events": (_DATED, {"shock", "protest_us"}),
    "licensed shipment by shipment": (
        (
            "licensing.magnets.per_shipment=true",
            "licensing.magnets.capacity=11.5",
            "linkage.us=0.3",
        ),
        set(),
    ),
    "blocked by chips": (("linkage.cn=2",), set()),
    "begun without a truce": (("scenario=escalation_2025",), {"rung", "reentry"}),
    "begun in Geneva": (("scenario=geneva_2025",), {"protest_us"}),
}


@pytest.mark.parametrize("name", _CASES)
def test_where_nothing_is_drawn_every_weekly_series_is_the_ensembles(name: str) -> None:
    settings, happened = _CASES[name]
    own = {setting.split("=")[0] for setting in settings}
    scenario = sim.load(
        *settings, *(setting for setting in _CERTAIN if setting.split("=")[0] not in own)
    )
    model = sim.TruceModel(scenario, seed=1, collect="model")
    model.run_model()
    theirs = _in_numbers(model).drop(columns=["seed", "run"])
    marks = int(np.bitwise_or.reduce(theirs["events"].astype(int)))
    assert happened <= {event for bit, event in enumerate(EVENTS) if marks >> bit & 1}
    if not name.startswith("priced"):
        assert (theirs["blocking.trade"] >= 0.0).any() == name.startswith("blocked")
    measures = sim.run(scenario, runs=1, seed=1, weeks="none").runs.iloc[0].drop("run")
    # who complains first in a week is drawn and cannot be settled beforehand; a few seeds draw it
    # as the ensemble did
    prices = model.state.whole[0]["sides"]["resolve"].tolist()
    assert any(_same(theirs, measures, seed, scenario, prices) for seed in range(12))


def _in_numbers(model: sim.TruceModel) -> pd.DataFrame:
    """What the model collected, names as the codes they stand for, -1 for none."""
    table = model.datacollector.get_model_vars_dataframe()
    for name in table:
        if codes := model.params.code_names(name.partition(".")[0]):
            table[name] = [codes.index(value) if value in codes else -1 for value in table[name]]
    return table.astype(float)


def _same(
    weeks: pd.DataFrame,
    measures: pd.Series,
    seed: int,
    scenario: sim.Scenario,
    prices: list[float],
) -> bool:
    model = PlainTruce(scenario, seed, collect=True)
    model.us.resolve, model.cn.resolve = prices
    model.run_model()
    ours = model.datacollector.get_model_vars_dataframe().astype(float)
    assert set(ours.columns) == set(weeks.columns)
    if not _close(weeks, ours[weeks.columns]):
        return False
    found = model.measures()
    numbers = [name for name in measures.index if name not in _NAMED]
    assert set(found) == set(measures.index)
    return all(
        pd.isna(measures[n]) if found[n] is None else found[n] == measures[n] for n in _NAMED
    ) and _close(measures[numbers].astype(float), [found[name] for name in numbers])


def _close(a: object, b: object) -> bool:
    return bool(np.isclose(a, b, rtol=1e-8, atol=1e-8, equal_nan=True).all())


def test_short_runs_measure_the_same_on_average() -> None:
    scenario = sim.load(
        "scenario=london", "calendar.horizon_weeks=26", "outcomes.weeks_in_force=13"
    )
    plain, ensemble = _plain_runs(scenario, 60), sim.run(scenario, runs=4_000, weeks="none").runs
    for name in (
        "mean_tariff.us",
        "welfare_loss.cn",
        "flow.magnets",
        "licence_queue.chips",
        "licence_wait.magnets",
        "hawk.us",
    ):
        assert abs(_distance(plain, ensemble, name)) < 4, (
            name
        )  # of six numbers, one in 3,000 tries is beyond


@pytest.mark.nightly
def test_london_ends_and_measures_the_same_in_distribution() -> None:
    scenario = sim.load("scenario=london")
    plain, ensemble = _plain_runs(scenario, 400), sim.run(scenario, runs=20_000, weeks="none").runs
    for column in ("outcome", "final_state", "blocking_issue"):
        both = [
            table[column].astype(object).fillna("none").value_counts()
            for table in (plain, ensemble)
        ]
        assert chi2_contingency(pd.DataFrame(both).fillna(0).to_numpy()).pvalue > 0.01, column
    for name in (
        "truce_share",
        "extensions",
        "offers.us",
        "weeks_to_first_deal",
        "mean_tariff.us",
        "welfare_loss.us",
        "lost_output.automotive",
        "shortage_weeks.magnets",
        "licence_wait.magnets",
        "licence_queue.magnets",
        "other_share.chips",
        "hawk.cn",
        "belief_error.us",
        "belief_alive.cn",
        "efficiency",
        "protests.us",
        "breaks",
        "weeks_broken",
        "longest_break",
        "healed",
        "payoff.cn",
    ):
        assert abs(_distance(plain, ensemble, name)) < 3, name


def _plain_runs(scenario: sim.Scenario, runs: int) -> pd.DataFrame:
    rows = []
    for run in range(runs):
        model = PlainTruce(scenario, run)
        model.run_model()
        rows.append(model.measures())
    return pd.DataFrame(rows)


def _distance(a: pd.DataFrame, b: pd.DataFrame, name: str) -> float:
    """Difference of means in standard errors."""
    x, y = a[name].dropna(), b[name].dropna()
    return float((x.mean() - y.mean()) / np.sqrt(x.var() / len(x) + y.var() / len(y)))


@pytest.mark.parametrize(
    "setting",
    [
        "us.strategy.kind=micro",
        "linkage.tracks=package",
        "truce.talks.mediator_rate=0.5",
        "truce.talks.first_speaker=us",
    ],
)
def test_a_scenario_that_asks_for_what_is_left_out_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match=setting.split("=")[0]):
        PlainTruce(sim.load("scenario=london", setting))
