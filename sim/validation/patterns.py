"""The ten patterns of the record, each from fresh runs under common random numbers.

A pattern is met if the 95 % interval of each test lies entirely on the side that the claim states.
Differences between two settings are paired by run, and a share of what can happen several times in
a run counts the runs as clusters. Nothing here feeds back into a rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.pooled import clustered_share
from sim.analysis.shares import mean_interval
from sim.api import evaluate
from sim.config.compose import load
from sim.config.params import flatten
from sim.ensemble.execute import simulate
from sim.history import magnet_exports
from sim.rules.codes import BROKEN, MAGNETS, TRUCE
from sim.validation.finding import Finding, Line, Test
from sim.vocabulary import GOODS, OUTCOMES, SIDES, good_used_by, happened

__all__ = ["PATTERNS", "Lab"]


@dataclass(frozen=True)
class Lab:
    """Number of runs, seed and threads; and the two ways of running that the patterns need."""

    runs: int = 1000
    seed: int = 1
    threads: int = 0
    settings: tuple[tuple[str, Any], ...] = ()

    def scenario(self, name: str) -> Any:
        """A scenario with the settings of this lab, to try how far a pattern holds."""
        loaded = load(f"scenario={name}")
        return loaded.change(dict(self.settings)) if self.settings else loaded

    def weekly(self, name: str) -> tuple[np.ndarray, np.ndarray, Any]:
        """Measures (runs,), weeks (runs, weeks) and parameters of a scenario."""
        params = flatten(self.scenario(name))
        numbers = np.arange(self.runs)
        outs, series = simulate(
            params,
            np.zeros(self.runs, np.int64),
            numbers,
            self.seed,
            weekly=self.runs,
            threads=self.threads,
        )
        return outs, series, params

    def table(
        self,
        design: Mapping[str, list[Any]],
        scenario: str = "london_2025",
        settings: Mapping[str, Any] | None = None,
    ) -> list[pd.DataFrame]:
        """A table of runs for each row of a design, the outcomes as indicators; ``settings`` hold
        in every row.
        """
        rows = evaluate(
            self.scenario(scenario).change(dict(settings or {})),
            design,
            runs=self.runs,
            seed=self.seed,
            threads=self.threads,
            largest=math.inf,
        )
        ended = {name: (rows["outcome"] == name).astype(float) for name in OUTCOMES}
        rows = pd.concat([rows, pd.DataFrame(ended)], axis=1)
        return [part.reset_index(drop=True) for _, part in rows.groupby("row")]


def _share(
    what: str,
    hits: Any,
    run: np.ndarray | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
) -> Test:
    """A share of runs; or, with the ``run`` of each, of events of which a run may have several."""
    given = np.asarray(hits, float)
    known = ~np.isnan(given)
    cluster = np.arange(len(given)) if run is None else run
    return _judged(what, *clustered_share(given[known], cluster[known]), above, below)


def _difference(
    what: str, after: Any, before: Any, *, above: float | None = None, below: float | None = None
) -> Test:
    value, low, high = mean_interval(np.asarray(after, float) - np.asarray(before, float))
    return _judged(what, value, low, high, above, below)


def _judged(
    what: str, value: float, low: float, high: float, above: float | None, below: float | None
) -> Test:
    met = (above is None or low > above) and (below is None or high < below)
    asked = f"above {above:g}" if above is not None else f"below {below:g}"
    return Test(what, asked, value, low, high, bool(met))


def _mean_line(name: str, x: list[float], parts: list[Any]) -> Line:
    found = [mean_interval(np.asarray(part, float)) for part in parts]
    return Line(name, x, [f[0] for f in found], [f[1] for f in found], [f[2] for f in found])


def _weeks_line(name: str, values: np.ndarray) -> Line:
    weeks = [float(k) for k in range(1, values.shape[1] + 1)]
    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    return Line(name, weeks, values.mean(axis=0).tolist(), low.tolist(), high.tolist())


def _exports(month: str) -> float:
    table = magnet_exports().set_index("month")["to_us_t"]
    return float(table.loc[month])


def p1(lab: Lab) -> Finding:
    """The squeeze of April 2025."""
    outs, weeks, params = lab.weekly("escalation_2025")
    sectors = params.names("sector")
    car, plane = sectors.index("automotive"), sectors.index("aerospace")
    normal = float(params.record["firms"]["goods"]["flow"][MAGNETS])
    share = weeks["imports"][:, 4:8, MAGNETS].mean(axis=1) / normal
    stops = outs["weeks_to_first_stop"]
    both = ~np.isnan(stops[:, car]) & ~np.isnan(stops[:, plane])
    lost = _exports("2025-05-01") / magnet_exports().query("month < '2025-01-01'")["to_us_t"].mean()
    return Finding(
        "P1",
        "After April 2025 US magnet imports fall by more than half within two months; car makers stop lines before aircraft makers.",
        f"May 2025 shipments were {100 * lost:.0f} % of the mean month of 2024.",
        "sim/data/magnet_exports.csv, May 2025: reported; 2024: part imputed",
        (
            _judged("imports in weeks 5 to 8, share of normal", *mean_interval(share), None, 0.5),
            _share(
                "runs in which the first car line stops before the first aircraft line",
                (stops[both, car] < stops[both, plane]),
                above=0.5,
            ),
        ),
        "The model stops shipments at once; the record's April still carried goods licensed before. Stopping order follows from weeks of cover.",
        "week from 2 April 2025",
        "magnet imports, share of normal",
        (_weeks_line("magnets", weeks["imports"][:, :26, MAGNETS] / normal),),
    )


def p2(lab: Lab) -> Finding:
    """Recovery after London."""
    _, weeks, params = lab.weekly("london_2025")
    defence = params.names("sector").index("defence")
    normal = float(params.record["firms"]["goods"]["flow"][MAGNETS])
    flow, licensed_share = (
        weeks["imports"][:, :, MAGNETS] / normal,
        weeks["licensed"][:, :, defence],
    )
    july = _exports("2025-07-01")
    return Finding(
        "P2", "After London civil flows recover within a quarter; military ones do not.",
        f"July 2025: {july:.0f} t, {july / _exports('2024-07-01'):.2f} of July 2024; no samarium approvals seen in June 2025.",
        "sim/data/magnet_exports.csv; sim/data/parameters.csv A4",
        (
            _share("runs whose imports in weeks 11 to 13 are above three quarters of normal", flow[:, 10:13].mean(axis=1) > 0.75, above=0.5),
            _judged("defence firms with a licence in week 13, share", *mean_interval(licensed_share[:, 12]), None, 0.25),
        ),
        "", "week from 11 June 2025", "share of normal, or of firms", (_weeks_line("imports", flow[:, :26]), _weeks_line("defence firms licensed", licensed_share[:, :26])),
    )  # fmt: skip


_PACKAGE = {"linkage.tracks": "package"}
_NOT_TOLD = 0.02  # a difference of shares below it is not told from none with 1,000 runs


def p3(lab: Lab) -> Finding:
    """The deadline effect."""
    outs, weeks, params = lab.weekly("london_2025")
    first = float(params.record["truce"]["first_deadline_weeks"])
    length = float(params.record["truce"]["length_weeks"])
    left, so_far = weeks["weeks_to_deadline"], weeks["extensions"]
    run, week = np.nonzero(happened(weeks["events"][:, 1:], "extension"))
    fresh = (so_far[run, week] == 0) & (week < first)
    clock = 1.0 - (left[run, week] - 1.0) / np.where(fresh, first, length)
    deals = outs["clock_at_first_deal"]
    deals = deals[~np.isnan(deals)]
    last, before = _by_the_deadline(lab.table({"truce.max_extensions": [0]})[0], int(first))
    edges = np.linspace(0.0, 1.0, 11)
    lines = []
    for name, values in (("first deals", deals), ("extensions", np.clip(clock, 0.0, 1.0))):
        counts, _ = np.histogram(values, edges)
        lines.append(
            Line(name, (edges[:-1] + 0.05).tolist(), (counts / max(1, len(values))).tolist())
        )
    return Finding(
        "P3",
        "Most deals and extensions come in the last fifth of the clock.",
        "Truces that were extended or upgraded were so 1 to 5 days before the deadline (T03, T06, T08, N02).",
        "sim/data/truces.csv",
        (
            _share("first deals in the last fifth", deals >= 0.8, above=0.5),
            _share("extensions in the last fifth", clock >= 0.8, run, above=0.5),
        ),
        "Extensions can come only in the last weeks that truce.window_weeks allows, so the second test holds by that setting; the first is the evidence. "
        "Deals bunch at both ends of a clock: at its first offers, which the softest types take, and at its last. So the deadline shows in the chance of a deal of those who "
        "have not settled (a hazard; Roth, Murnighan, Schoumaker 1988), not in its share of all deals.",
        "elapsed share of the clock",
        "share",
        tuple(lines),
        "A deadline would have to be the last: where another extension is likely waiting costs little, and what is not settled in this clock may be in the next. "
        "Where the rules allow no extension those who have not settled do so sooner at the end than before:",
        (
            _judged(
                "no extension possible: chance of a deal in a week of the last fifth less that in one before",
                last[0] - before[0],
                last[1] - before[2],
                last[2] - before[1],
                0.0,
                None,
            ),
        ),
    )


def _by_the_deadline(runs: pd.DataFrame, first: int) -> tuple[tuple[float, float, float], ...]:
    """Chance of a deal in an open week of the first clock, with its interval: in its last fifth,
    and before.
    """
    week, run = np.arange(1, first + 1)[None, :], np.arange(len(runs))[:, None]
    dealt, broke = (
        runs[name].fillna(math.inf).to_numpy()[:, None]
        for name in ("weeks_to_first_deal", "weeks_to_first_break")
    )
    open_weeks, at_the_end = (week <= dealt) & (week < broke), week >= 0.8 * first
    made, runs_of = week == dealt, np.broadcast_to(run, open_weeks.shape)
    parts = (open_weeks & at_the_end, open_weeks & ~at_the_end)
    last, before = (clustered_share(made[p].astype(float), runs_of[p]) for p in parts)
    return last, before


def p4(lab: Lab) -> Finding:
    """Cheap extensions."""
    costs = [0.0, 1.0, 3.0, 6.0, 10.0]
    parts = lab.table({"truce.extension_cost": costs})
    one, other = lab.table({"truce.extension_cost": [costs[0], costs[-1]]}, "breakthrough")
    dealt = [part["weeks_to_first_deal"].notna().astype(float) for part in (parts[0], parts[-1])]
    return Finding(
        "P4",
        "The cheaper an extension, the more tactical pauses, the fewer deals and, where breakthroughs are common, the fewer of them.",
        "A mechanism, no count: all three 90-day truces in the record were extended.",
        "sim/data/truces.csv T03, T08, N02",
        (
            _difference(
                "tactical pauses, cost 0 less cost 10",
                parts[0]["tactical_pause"],
                parts[-1]["tactical_pause"],
                above=0.0,
            ),
            _difference("runs with a deal, cost 0 less cost 10", *dealt, below=0.0),
            _difference(
                "scenario breakthrough: breakthroughs, cost 0 less cost 10",
                one["breakthrough"],
                other["breakthrough"],
                below=0.0,
            ),
        ),
        "In London no control is paid for with a control, so that breakthroughs are too rare to compare.",
        "audience cost of an extension, bn USD/yr",
        "share of runs",
        tuple(_mean_line(o, costs, [p[o] for p in parts]) for o in OUTCOMES),
    )


def p5(lab: Lab) -> Finding:
    """Linkage, both ways."""
    tracks = {"linkage.tracks": ["separate", "package"]}
    room = lab.table(tracks, settings={"linkage.cn": 0.0, "issues.ai_chips.red_line": 0.8})
    shares = [0.0, 0.15, 0.3, 0.6, 1.0]
    hard = lab.table({"linkage.cn": shares}, settings={"issues.ai_chips.red_line": 0.1})
    linked = lab.table({"linkage.cn": [0.0, 0.6]})
    dealt = [
        part["weeks_to_first_deal"].notna().astype(float) for part in (*linked, hard[0], hard[3])
    ]
    return Finding(
        "P5", "Where the controls of both sides leave room for a deal, packages raise breakthroughs and make deals rarer; participation linkage takes deals and adds lapses, but no breakdowns, and takes fewer deals behind a hard red line on chips.",
        "Beijing ties military magnets to chips; Washington says no quid pro quo (June 2025).", "sim/data/events.csv; Maggi 2016",
        (
            _difference("breakthroughs, package less separate", room[1]["breakthrough"], room[0]["breakthrough"], above=0.0),
            _difference("runs with a deal, package less separate", *(part["weeks_to_first_deal"].notna().astype(float) for part in room[::-1]), below=0.0),
            _difference("runs with a deal, linkage 0.6 less 0", dealt[1], dealt[0], below=0.0),
            _difference("lapses at a deadline, linkage 0.6 less 0", linked[1]["lapses"], linked[0]["lapses"], above=0.0),
            _difference("breakdowns, linkage 0.6 less 0", linked[1]["breakdown"], linked[0]["breakdown"], below=_NOT_TOLD),
            _difference("runs with a deal, linkage 0.6 less 0: what a hard red line takes away", dealt[1] - dealt[0], dealt[3] - dealt[2], below=0.0),
            _difference("hard red line: breakdowns, linkage 0.6 less 0", hard[3]["breakdown"], hard[0]["breakdown"], below=_NOT_TOLD),
        ),
        "A control is paid for with a control only in a package (Tollison, Willett 1979; Sebenius 1983), which has more to settle at once. Linkage demands a share of what the other's red line leaves to gain, "
        "so behind a hard red line it demands little. It is asked of a deal: a truce that pays both stands without one, so that it adds no breakdowns.",
        "participation linkage of Beijing, hard red line", "share of runs", tuple(_mean_line(o, shares, [p[o] for p in hard]) for o in OUTCOMES),
    )  # fmt: skip


def p6(lab: Lab) -> Finding:
    """Wasting assets: leverage that declines with time."""
    rates, growth = [0.0, 0.24, 0.5, 0.8], [0.2, 0.44, 0.7, 1.0]
    us, cn = (
        lab.table({"firms.magnets.supply_growth": rates}),
        lab.table({"firms.chips.supply_growth": growth}),
    )
    together = [
        lab.table(
            {f"firms.{good}.supply_growth": [values[0], values[-1]]},
            settings=_PACKAGE | {"linkage.cn": 0.0},
        )
        for good, values in (("magnets", rates), ("chips", growth))
    ]
    deals = [part["weeks_to_first_deal"].notna().astype(float) for part in us]
    share, weeks = "us_surplus_share", "weeks_to_first_deal"
    return Finding(
        "P6", "The faster a side becomes independent, the smaller the other's share; a closing window can speed up or prevent a deal.",
        "Dependence on Chinese magnets 0.85 in 2025, 0.5 expected in 2030; China's own accelerators grow.", "sim/data/parameters.csv A1, A6",
        (
            _difference("US share of the surplus (deals in both), other magnets 0.8 less 0 a year", us[-1][share], us[0][share], above=0.0),
            _difference("US share of the surplus (deals in both), own chips 1.0 less 0.2 a year", cn[-1][share], cn[0][share], below=0.0),
            _changed("weeks to the first deal (deals in both), other magnets 0.8 less 0 a year", *_both(us[-1][weeks], us[0][weeks])),
        ),
        f"Shares compare runs with a deal under both settings. {_percent_with_deal(cn[0])} of runs have one where China's own chips grow by 0.2 a year, "
        f"{_percent_with_deal(cn[-1])} where by 1.0. The less Beijing lacks in chips, the less it asks for entry to trade: it settles for less, and more often.",
        "growth of other magnet supply, per year", "share", (_mean_line("US share of surplus", rates, [p[share] for p in us]), _mean_line("runs with a deal", rates, deals)),
        "Chips would have to be part of the deal whose terms are compared. On separate tracks they are in a deal on trade only as Beijing's price of entry. "
        "In one package, without that price, both halves hold:",
        (
            _difference("package: US share of the surplus, other magnets 0.8 less 0 a year", together[0][-1][share], together[0][0][share], above=0.0),
            _difference("package: US share of the surplus, own chips 1.0 less 0.2 a year", together[1][-1][share], together[1][0][share], below=0.0),
        ),
    )  # fmt: skip


def _both(after: pd.Series, before: pd.Series) -> tuple[pd.Series, pd.Series]:
    """What runs have that have a value in both."""
    known = after.notna() & before.notna()
    return after[known], before[known]


def _percent_with_deal(runs: pd.DataFrame) -> str:
    return f"{100.0 * runs['weeks_to_first_deal'].notna().mean():.0f} %"


def _changed(what: str, after: Any, before: Any, chosen_from: int = 1) -> Test:
    """Whether a paired difference is not 0; its interval is widened where it was chosen from
    several (Bonferroni).
    """
    level = 1.0 - 0.05 / chosen_from
    value, low, high = mean_interval(np.asarray(after, float) - np.asarray(before, float), level)
    return Test(what, "not 0", value, low, high, bool(low > 0.0 or high < 0.0))


def p7(lab: Lab) -> Finding:
    """Noisy monitoring."""
    noise, horizon = [0.0, 0.05, 0.1, 0.2, 0.3], load("scenario=london_2025").calendar.horizon_weeks
    parts = lab.table({"compliance.monitoring_noise": noise})
    lives = [part["weeks_to_first_break"].fillna(horizon) for part in parts]
    return Finding(
        "P7",
        "Noisier monitoring shortens truces.",
        "A mechanism: price wars under imperfect monitoring.",
        "Green and Porter 1984",
        (
            _difference(
                "weeks to the first break (at most the horizon), noise 0.3 less 0",
                lives[-1],
                lives[0],
                below=0.0,
            ),
        ),
        "",
        "standard deviation of what a side sees",
        "weeks to the first break",
        (_mean_line("weeks", noise, lives),),
    )


def p8(lab: Lab) -> Finding:
    """Geneva's crisis, London's August, no comprehensive deal by November."""
    geneva, _, _ = lab.weekly("geneva_2025")
    _, weeks, _ = lab.weekly("london_2025")
    crisis = geneva["weeks_to_first_protest"]
    extended = happened(weeks["events"][:, :11], "extension").any(axis=1)
    # in force in the last week itself, however young
    by_november = {
        "calendar.horizon_weeks": [24],
        "outcomes.weeks_in_force": [0],
        "outcomes.closing_weeks": [1],
    }
    deal = lab.table(by_november)[0]["breakthrough"]
    ends = np.arange(1, 15)
    return Finding(
        "P8",
        "From 12 May 2025 a compliance crisis within six weeks is likely; from 11 June the August deadline is extended far more often than not; a comprehensive deal by November is rare.",
        "Both sides claimed breach in week 3 of Geneva; extended on 11 August; no comprehensive deal up to August 2025, where the record ends.",
        "sim/data/truces.csv T08; sim/data/events.csv",
        (
            _share("Geneva: a claim of breach within six weeks", crisis <= 6, above=0.5),
            _share("London: the August deadline extended", extended, above=0.5),
            _share("London: half of the Nash concession in force in week 24", deal, below=0.1),
        ),
        "How soon licences are looked for (compliance.licences_weeks, flow_weeks) and what a claim costs (truce.disputes.claim_cost) were set with this crisis in view: the first test is calibrated, not predicted.",
        "week from 12 May 2025",
        "share of runs with a claim of breach",
        (Line("Geneva", ends.astype(float).tolist(), [float((crisis <= k).mean()) for k in ends]),),
    )


def p9(lab: Lab) -> Finding:
    """A lapse hurts both, deeper rungs more."""
    _, weeks, params = lab.weekly("london_2025")
    tests, lines = [], []
    ends = params.record["firms"]["goods"]["sectors"]
    of_good = {good: range(ends["first"][k], ends["end"][k]) for k, good in enumerate(GOODS)}
    for side, term in enumerate(SIDES.values()):
        name, users = term.country, list(of_good[good_used_by(term.name)])
        loss = weeks["welfare_loss"][:, :, side] + weeks["lost_output"][:, :, users].sum(axis=2)
        none, rung = weeks["status"] == BROKEN, weeks["rung"][:, :, side]
        calm = _run_means(loss, weeks["status"] == TRUCE)
        by_rung = [_run_means(loss, none & (rung == k)) for k in range(int(rung.max()) + 1)]
        tests.append(
            _difference(
                f"{name}: weeks without a truce less weeks of truce, bn USD/yr",
                _run_means(loss, none),
                calm,
                above=0.0,
            )
        )
        known = [k for k, values in enumerate(by_rung) if (~np.isnan(values)).sum() > 5]
        if len(known) > 1:
            tests.append(
                _difference(
                    f"{name}: rung {known[-1]} less rung {known[0]}, bn USD/yr",
                    by_rung[known[-1]],
                    by_rung[known[0]],
                    above=0.0,
                )
            )
        lines.append(
            _mean_line(name, [float(k) for k in known], [by_rung[k] - calm for k in known])
        )
    return Finding(
        "P9",
        "Both sides lose from a lapse; the deeper the rung the more.",
        "Rates of April 2025 were left after five weeks by both.",
        "sim/data/tariffs.csv",
        tuple(tests),
        "Compared within runs, welfare loss and lost output together; rungs follow one another, so time since the lapse is in the comparison.",
        "rung of the ladder",
        "loss beyond the truce, bn USD/yr",
        tuple(lines),
    )


def _run_means(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    count = where.sum(axis=1)
    return np.where(count > 0, (values * where).sum(axis=1) / np.maximum(count, 1), np.nan)


_LEVERS: tuple[tuple[str, Any, Any], ...] = (
    ("linkage.cn", 0.0, 0.6), ("politics.cn.incident_rate", 1.0, 6.0), ("truce.extension_cost", 0.0, 10.0), ("firms.magnets.supply_growth", 0.0, 0.8),
    ("firms.chips.supply_growth", 0.2, 1.0), ("compliance.monitoring_noise", 0.0, 0.3), ("issues.ai_chips.red_line", 0.1, 0.8),
)  # fmt: skip


def p10(lab: Lab) -> Finding:
    """No outcome dominates, and levers move the borders between outcomes."""
    default = lab.table({"truce.length_weeks": [13]})[0]
    grid = [(link, length) for link in (0.0, 0.3, 0.6, 1.0) for length in (6, 13, 26, 52)]
    points: dict[str, list[Any]] = {
        "linkage.cn": [g[0] for g in grid],
        "truce.length_weeks": [g[1] for g in grid],
    }
    swept, together = lab.table(points), lab.table(points, settings=_PACKAGE)
    tests = [_share(f"default: {name}", default[name], below=0.8) for name in OUTCOMES]
    tests += [
        _share(
            f"{name} at the grid point where it is most frequent",
            max((p[name] for p in (together if name == "breakthrough" else swept)), key=np.mean),
            above=0.0,
        )
        for name in OUTCOMES
    ]
    for name, low, high in _LEVERS:
        ends = lab.table({name: [low, high]})
        moved = max(OUTCOMES, key=lambda o: abs(ends[1][o].mean() - ends[0][o].mean()))
        tests.append(
            _changed(
                f"{name} {low} to {high}: {moved}",
                ends[1][moved],
                ends[0][moved],
                len(_LEVERS) * len(OUTCOMES),
            )
        )
    links = [0.0, 0.3, 0.6, 1.0]
    lines = tuple(
        _mean_line(o, links, [p[o] for p, g in zip(swept, grid, strict=True) if g[1] == 13])
        for o in OUTCOMES
    )
    return Finding(
        "P10",
        "With defaults no outcome has more than 80 % of runs; every outcome occurs in the default sweep, a breakthrough where all is one package; the main levers move the borders between outcomes.",
        "A required property of the model, not a fact of the record.",
        "docs/validation.md",
        tuple(tests),
        "For each lever the outcome that moves most is tested; its interval is corrected for the choice among four outcomes and seven levers (Bonferroni).",
        "participation linkage of Beijing (truces of 13 weeks)",
        "share of runs",
        lines,
    )


PATTERNS = (p1, p2, p3, p4, p5, p6, p7, p8, p9, p10)
