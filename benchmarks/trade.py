"""What duties cost and whom, beside the record, the literature and the prototype: ``python -m
benchmarks.trade [RUNS] [SEED]`` prints the tables of docs/trade.md, *Measured*.

Static readings at the short-run elasticities: the duties of a day for a year, against those of
January 2025 with the same duties on third countries, by the rules themselves
(:mod:`benchmarks.groups`). The intervals are the middle 90 % of RUNS draws over the ranges of
``trade_groups.csv``. Then the months of January to August 2025 (:mod:`benchmarks.months`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from benchmarks.groups import BEFORE, Economy, draw
from benchmarks.months import month_lines
from sim.rules.codes import CN, FENTANYL, RECIPROCAL, US
from sim.rules.trade_groups import group_market
from sim.vocabulary import TRADE_GROUPS

__all__ = ["GDP", "TARGETS", "Target", "lines", "readings", "simulated"]

# 2024, bn USD: BEA 29,180; National Bureau of Statistics, 134.9 trillion yuan at 7.12 (recalled)
GDP = {US: 29_180.0, CN: 18_950.0}
TEN = 0.1
BEFORE_EXEMPTION, EXEMPTION = date(2025, 4, 10), date(2025, 4, 11)
PEAK, TRUCE, PROLONGED = date(2025, 4, 12), date(2025, 6, 11), date(2025, 8, 12)
WEIGHTS = {US: (1.25, 0.213), CN: (1.15, 0.124)}  # of revenue and protection: revealed (docs)
# label, field of all groups, whether a factor, low and high
MOVED = (
    ("slope of third countries' supply", "third_slope", False, (0.0, 0.2)),
    ("elasticity between origins", "between", True, (0.75, 1.3)),
    ("elasticity in all", "in_all", True, (0.5, 1.5)),
    ("pass-through", "pass_through", False, (0.8, 1.0)),
    ("margin of exporters", "margin", True, (0.6, 1.4)),
)
_STEP = 1e-4  # of a duty, for a slope
# Fajgelbaum, Goldberg, Kennedy, Khandelwal 2020: 303 bn USD of imports from 2.6 to 16.6 %, that is
# 12.7 % of all; China sold a fifth of what the US bought abroad in 2017
FGKK_IMPORTS, FGKK_DUTIES, FGKK_SHARE = 303.0, (0.026, 0.166), 0.2


class Target(NamedTuple):
    """What a reading should be: the interval it is held to, where there is one, and in words."""

    label: str
    words: str
    low: float = -math.inf
    high: float = math.inf
    digits: int = 2

    @property
    def held(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.low) or math.isfinite(self.high)


TARGETS: dict[str, Target] = {
    "ten_us": Target("ten points both ways from January 2025: US, bn", "design 16.2", digits=1),
    "ten_cn": Target("– China, bn", "design 22.0", digits=1),
    "ten_ratio": Target("– China over US in % of GDP", "1.8–2.8 (design 2.09)", 1.8, 2.8),
    "ten_ratio_truce": Target("the same from the truce", "design 1.2", 0.9, 1.5),
    "us": Target("truce of June 2025, US, bn", "20–45 (design 38.7)", 20, 45, 1),
    "us_buyers": Target("– its buyers lose", "design 113.4", digits=1),
    "us_revenue": Target("– its revenue rises", "design 81.0", digits=1),
    "us_exporters": Target("– its exporters lose", "design 6.3", digits=1),
    "cn": Target("truce, China, bn", "Budget Lab −.3 % of GDP: 57 (design 53.3)", digits=1),
    "cn_gdp": Target("– in % of GDP", "Budget Lab .3 (design .28)", 0.2, 0.4),
    "april": Target("April's rates for a year, US, bn", "design 166", digits=0),
    "april_gdp": Target("– beyond the truce, % of GDP", ".3–.7 (design .44)", 0.3, 0.7),
    "april_cn": Target("– China, bn", "design 115", digits=0),
    "fgkk_net": Target("2018, net of buyers and revenue, bn", "FGKK −14.4 to .8", -14.4, 0.8, 1),
    "fgkk_buyers": Target("– buyers", "FGKK −51 (design −36)", digits=1),
    "fgkk_revenue": Target("– revenue", "FGKK 34 (design 30)", digits=1),
    "fgkk_imports": Target("– targeted imports", "FGKK −.32 (design −.24)"),
    "third_wins": Target("of what China loses third countries win", "design .66"),
    "routed_share": Target("– and is routed", "design .04"),
    "third_wins_cn": Target("of what the US loses third countries win", "design .81"),
    "routed": Target("routed in the truce, bn", "design 13.5; 15.5 through Vietnam 2021", digits=1),
    "routed_2": Target("– enforcement × 2", "falls (design 4.6)", digits=1),
    "routed_4": Target("– enforcement × 4", "falls (design .8)", digits=1),
    "welfare_duty": Target(
        "US duty, the same on all goods, best for real income", "design 11 %: without slope"
    ),
    "best_duty": Target("– best with revenue at 1.25, protection at .213", "the truce's .407"),
    "best_duty_cn": Target("China's with 1.15 and .124", "the truce's .200"),
    "protection_us": Target("protection at which the truce is best: US", "design .213", digits=3),
    "protection_cn": Target("– China", "design .124", digits=3),
    "flow_truce": Target("US imports in the truce, of those at the base", "design .70"),
    "flow_void": Target("– of August, IEEPA void, third countries' too", "design 1.00"),
    "flow_void_alone": Target("– with third countries' left standing", "1.12, wrong"),
    "phones_before": Target("phones on 10 April, flow of the base", "design .10"),
    "phones_after": Target("– on 11 April", "design .76"),
    "all_before": Target("all goods on 10 April", "design .18"),
    "all_after": Target("– on 11 April", "design .32"),
    "buyers_before": Target(
        "buyers' loss on 10 April, with third countries' duties, bn", "design 550", digits=0
    ),
    "buyers_after": Target("– on 11 April", "design 471", digits=0),
}
"""Readings by name, in the order of the table; ``design`` is the prototype's number."""


class _Losses(NamedTuple):
    """Both sides' loss at duties of a day, bn USD/yr: as importer, and as exporter."""

    us: float
    cn: float


def _losses(economy: Economy, us: np.ndarray, cn: np.ndarray, day: date) -> _Losses:
    bought = economy.loss(US, us, economy.third_duties(US, day))
    sold = economy.loss(CN, cn, economy.third_duties(CN, day))
    return _Losses(bought.importer + sold.exporters.sum(), sold.importer + bought.exporters.sum())


def _in_force(economy: Economy, day: date) -> _Losses:
    return _losses(economy, economy.duties(US, day), economy.duties(CN, day), day)


def _ten_points(economy: Economy, day: date) -> _Losses:
    us, cn = economy.duties(US, day), economy.duties(CN, day)
    more, now = _losses(economy, us + TEN, cn + TEN, day), _losses(economy, us, cn, day)
    return _Losses(more.us - now.us, more.cn - now.cn)


def _ratio(losses: _Losses) -> float:
    return (losses.cn / GDP[CN]) / (losses.us / GDP[US])


def readings(economy: Economy) -> dict[str, float]:
    """All readings of an economy, by name."""
    ten = _ten_points(economy, BEFORE)
    truce, april = _in_force(economy, TRUCE), _in_force(economy, PEAK)
    return {
        "ten_us": ten.us,
        "ten_cn": ten.cn,
        "ten_ratio": _ratio(ten),
        "ten_ratio_truce": _ratio(_ten_points(economy, TRUCE)),
        "us": truce.us,
        "cn": truce.cn,
        "cn_gdp": 100.0 * truce.cn / GDP[CN],
        "april": april.us,
        "april_gdp": 100.0 * (april.us - truce.us) / GDP[US],
        "april_cn": april.cn,
        **_truce(economy),
        **_fgkk(economy),
        **_best(economy),
        **_law(economy),
    }


def _truce(economy: Economy) -> dict[str, float]:
    """Who pays for the truce, and who wins of it."""
    us, cn = economy.duties(US, TRUCE), economy.duties(CN, TRUCE)
    third = economy.third_duties(US, TRUCE)
    bought = economy.loss(US, us, third)
    sold = economy.loss(CN, cn, economy.third_duties(CN, TRUCE))
    routed = {f: economy.watched(f).market(US, us, third).routed.sum() for f in (1.0, 2.0, 4.0)}
    return {
        "us_buyers": float(bought.buyers.sum()),
        "us_revenue": float(bought.revenue.sum()),
        "us_exporters": float(sold.exporters.sum()),
        "third_wins": float(-bought.third.sum() / bought.direct.sum()),
        "routed_share": float(-bought.routed.sum() / bought.direct.sum()),
        "third_wins_cn": float(-sold.third.sum() / sold.direct.sum()),
        "routed": float(routed[1.0]),
        "routed_2": float(routed[2.0]),
        "routed_4": float(routed[4.0]),
        "flow_truce": economy.flow(US, us, third),
    }


def _fgkk(economy: Economy) -> dict[str, float]:
    """The duties of 2018 as one group, with the mean parameters of US imports."""
    of = {
        name: economy.average(US, economy[name][US])
        for name in ("pass_through", "between", "in_all", "third_slope")
    }
    base, duty = FGKK_DUTIES
    third = FGKK_IMPORTS * (1.0 - FGKK_SHARE) / FGKK_SHARE
    direct, _, _, _, buyers, revenue = group_market(
        FGKK_IMPORTS, third, duty, base, 0.0, 0.0, *of.values(), 0.0, 1.0, 0.0, 1.0
    )
    return {
        "fgkk_net": revenue - buyers,
        "fgkk_buyers": -buyers,
        "fgkk_revenue": revenue,
        "fgkk_imports": direct / FGKK_IMPORTS - 1.0,
    }


def _cost(economy: Economy, side: int, duty: float, weights: tuple[float, float]) -> float:
    """The government's cost of one duty on all groups in the truce, up to a constant."""
    bought = economy.market(
        side, np.full(len(TRADE_GROUPS), duty), economy.third_duties(side, TRUCE)
    )
    revenue, protection = weights
    return float((bought.buyers - revenue * bought.revenue + protection * bought.direct).sum())


def _best_duty(economy: Economy, side: int, weights: tuple[float, float]) -> float:
    found = minimize_scalar(
        lambda duty: _cost(economy, side, duty, weights),
        bounds=(0.0, 2.0),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(found.x)


def _revealed(economy: Economy, side: int) -> float:
    """Protection's weight at which no other uniform duty is better than the truce's average: the
    slope of the cost without it over that of lost direct imports.
    """
    revenue, _ = WEIGHTS[side]
    average = economy.average(side, economy.duties(side, TRUCE))
    low, high = (
        np.array([_cost(economy, side, average + h, (revenue, w)) for w in (0.0, 1.0)])
        for h in (-_STEP, _STEP)
    )
    without, with_one = high - low
    return float(without / (without - with_one))


def _best(economy: Economy) -> dict[str, float]:
    """Duties that serve governments best, and what their weights would have to be."""
    return {
        "welfare_duty": _best_duty(economy, US, (1.0, 0.0)),
        "best_duty": _best_duty(economy, US, WEIGHTS[US]),
        "best_duty_cn": _best_duty(economy, CN, WEIGHTS[CN]),
        "protection_us": _revealed(economy, US),
        "protection_cn": _revealed(economy, CN),
    }


def _law(economy: Economy) -> dict[str, float]:
    """A ruling on emergency powers, and the exemption of 11 April."""
    stack = economy.stack(PROLONGED)
    effective, third = np.array(stack["effective"][US]), np.array(stack["third"])
    void = effective.sum(axis=0) - effective[FENTANYL] - effective[RECIPROCAL]
    found = {
        "flow_void": economy.flow(US, void, third - np.array(stack["third_void"])),
        "flow_void_alone": economy.flow(US, void, third),
    }
    phones = TRADE_GROUPS["phones_computers"].code
    base = economy.market(US, economy.base[US], economy.base_third[US])
    for name, day in (("before", BEFORE_EXEMPTION), ("after", EXEMPTION)):
        now = economy.market(US, economy.duties(US, day), economy.third_duties(US, day))
        found |= {
            f"phones_{name}": float(now.direct[phones] / base.direct[phones]),
            f"all_{name}": float(now.direct.sum() / base.direct.sum()),
            f"buyers_{name}": float(now.buyers.sum()),
        }
    return found


def simulated(runs: int, seed: int) -> dict[str, np.ndarray]:
    """Readings of ``runs`` draws over the ranges."""
    rng = np.random.default_rng(seed)
    drawn = [readings(draw(rng)) for _ in range(runs)]
    return {name: np.array([reading[name] for reading in drawn]) for name in TARGETS}


def _with(changes: Mapping[str, float], *, factor: bool) -> Economy:
    """Facts but for fields of all groups and sides: times a factor, or set."""
    economy = Economy()
    for name, value in changes.items():
        economy[name][:] = value * economy[name] if factor else value
    return economy


def moved_lines() -> Iterator[str]:
    """What moves the costs of the truce, and the ratio of ten points: one quantity at a time."""
    yield "| quantity | low; high | truce, US, bn | truce, China, bn | ten points, ratio |"
    yield "|---|---|---|---|---|"
    for label, name, factor, ends in MOVED:
        found = []
        for end in ends:
            economy = _with({name: end}, factor=factor)
            truce = _in_force(economy, TRUCE)
            found.append((truce.us, truce.cn, _ratio(_ten_points(economy, BEFORE))))
        shown = [f"{end:g}" for end in ends]
        times = "× " if factor else ""
        us, cn, ratio = zip(*found, strict=True)
        yield (
            f"| {label} | {times}{'; '.join(shown)} | {'; '.join(f'{v:.1f}' for v in us)} "
            f"| {'; '.join(f'{v:.1f}' for v in cn)} | {'; '.join(f'{v:.2f}' for v in ratio)} |"
        )


def lines(runs: int = 1000, seed: int = 1) -> Iterator[str]:
    """The table of readings beside their targets, what moves them, then the months."""
    ours, drawn = readings(Economy()), simulated(runs, seed)
    yield "| what | target | measured (5–95 %) | |"
    yield "|---|---|---|---|"
    for name, target in TARGETS.items():
        yield _row(target, ours[name], drawn[name])
    yield ""
    yield from moved_lines()
    yield ""
    yield from month_lines(runs, seed)


def _row(target: Target, ours: float, drawn: np.ndarray) -> str:
    low, high = np.quantile(drawn, [0.05, 0.95])
    shown = (f"{value:.{target.digits}f}" for value in (ours, low, high))
    met = "" if not target.held else "met" if target.low <= ours <= target.high else "missed"
    value, *interval = (text.replace("-", "−") for text in shown)
    return f"| {target.label} | {target.words} | **{value}** ({' to '.join(interval)}) | {met} |"


def _main(arguments: Mapping[int, str]) -> None:
    runs, seed = int(arguments.get(1, "1000")), int(arguments.get(2, "1"))
    sys.stdout.writelines(f"{line}\n" for line in lines(runs, seed))


if __name__ == "__main__":
    _main(dict(enumerate(sys.argv)))
