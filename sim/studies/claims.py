"""Claims about the model, each held against what must not matter (``docs/claims.md``).

Every claim is a share, a mean or a difference of two, run as it is written and again under each
variation (:mod:`sim.studies.invariance`) on the same run numbers. Verdicts go by intervals that all
hold at once (:mod:`sim.analysis.claims`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.claims import (
    FAILS,
    HOLDS,
    OPEN,
    SHIFTS,
    contributions,
    edges_of,
    interval,
    judge,
    runs_to_settle,
    tail_of,
    together,
)
from sim.batch import Run
from sim.batch.work import LARGEST, Work, check_work, work_of_runs
from sim.config.check import build
from sim.config.errors import SimError
from sim.config.scenario import Scenario
from sim.results.manifest import Manifest
from sim.studies.claim_file import Stated, build_claims, claims_path, read_claims, values_of
from sim.studies.invariance import AS_WRITTEN, Variation, run_variation, same_bits, variations_of

__all__ = [
    "RUNS",
    "TABLES",
    "WRITTEN",
    "Claims",
    "hold_claims",
    "said",
    "tables_again",
    "work_again",
    "work_of_claims",
]

TABLES = ("claims", "checks")
RUNS = 1_000
WRITTEN = AS_WRITTEN.name
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Claims:
    """What came of it.

    Attributes
    ----------
    claims
        A row a claim: its ``text``, ``page``, ``measure``, what was ``said`` of it, its ``value``
        as written with the ends of its interval, its ``verdict`` over all variations, the
        variations that do not hold, and the ``runs`` that would settle the least certain of them.
    checks
        A row a claim and variation: ``value``, how far it ``moved`` from the claim as written, both
        with ends of their intervals, ``verdict``, and the ``runs`` that would settle it.
    plain
        The file's mapping, as it was read.
    stated
        The claims with their scenarios.
    only, against
        Names of the claims and variations asked for; empty for all.
    tests
        Verdicts that rest on an interval: each leaves 5 % over as many.
    runs, seed
        Runs of each scenario, and the seed.
    """

    claims: pd.DataFrame
    checks: pd.DataFrame
    plain: Mapping[str, Any]
    stated: tuple[Stated, ...]
    only: tuple[str, ...]
    against: tuple[str, ...]
    tests: int
    runs: int
    seed: int

    def count(self, verdict: str) -> int:
        """Claims with a verdict."""
        return int((self.claims["verdict"] == verdict).sum())

    @property
    def answer(self) -> str:
        """How many claims hold, in a line."""
        held, total = self.count(HOLDS), len(self.claims)
        text = (
            f"{held} of {total} claim{'' if total == 1 else 's'} hold under all variations ({self.runs:,} runs a scenario; over all "
            f"{self.tests:,} verdicts the chance that any is wrong is at most 5 %)"
        )
        for verdict, words in (
            (FAILS, "false as written"),
            (SHIFTS, "true only as written"),
            (OPEN, "not settled by so many runs"),
        ):
            names = list(self.claims.loc[self.claims["verdict"] == verdict, "claim"])
            text += f"; {words}: {', '.join(names)}" if names else ""
        return text


def hold_claims(
    plain: Mapping[str, Any] | None = None,
    *,
    only: Sequence[str] = (),
    against: Sequence[str] = (),
    runs: int = RUNS,
    seed: int = 1,
    threads: int = 0,
    largest: float = LARGEST,
    progress: Progress | None = None,
) -> Claims:
    """Hold claims against what must not matter.

    Parameters
    ----------
    plain
        A file of claims as :func:`sim.studies.claim_file.read_claims` reads it; None takes the
        shipped one.
    only, against
        Names of the claims, and of the variations; empty for all.
    runs, seed, threads
        Runs of each scenario (two at least), the seed of all draws, threads (0 takes every
        processor).
    largest
        Hours of one processor that it may take.
    progress
        Called with (runs done, runs in all) for each variation.

    Raises
    ------
    SimError
        A claim, a name or a number is refused.
    """
    build(Run, {"runs": runs, "seed": seed, "threads": threads})
    if runs < 2:
        raise SimError("too few to hold a claim", key="runs", given=runs, allowed="2 and more")
    plain = read_claims(claims_path()) if plain is None else plain
    check_work(work_of_claims(plain, only, against, runs), largest)
    claims, variations = build_claims(plain, tuple(only)), variations_of(against)
    asked = {
        stated.name: [AS_WRITTEN, *(one for one in variations if _is_asked(one, stated))]
        for stated in claims
    }
    tests = sum(variation.how != "bits" for own in asked.values() for variation in own)
    found = {
        variation.name: _measure(
            variation, _wanted(claims, asked, variation), runs, seed, threads, progress
        )
        for variation in (AS_WRITTEN, *variations)
        if variation.how != "bits"
    }
    bench = _Bench(found, tail_of(tests), runs, seed, {})
    rows = [row for stated in claims for row in bench.rows(stated, asked[stated.name])]
    checks = pd.DataFrame(rows)
    return Claims(
        pd.DataFrame([_claim(stated, checks) for stated in claims]),
        checks,
        plain,
        claims,
        tuple(only),
        tuple(against),
        tests,
        runs,
        seed,
    )


def work_of_claims(
    plain: Mapping[str, Any], only: Sequence[str], against: Sequence[str], runs: int
) -> Work:
    """What holding the claims takes: each scenario of each under every variation that is asked of
    it, and as it is written; all at the cost of the scenario as it is.
    """
    claims, work = build_claims(plain, tuple(only)), Work(0, 0.0)
    asked = dict.fromkeys(scenario for stated in claims for scenario in stated.scenarios)
    for scenario in asked:
        work += work_of_runs(scenario, runs)
    return work.times(1 + len(variations_of(against)))


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What it takes to make the tables again."""
    asked = manifest.asked
    given = asked.get("claims")
    plain = dict(given) if isinstance(given, Mapping) else {}
    return work_of_claims(plain, _names(asked, "only"), _names(asked, "against"), settings.runs)


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a result, made from what its manifest records.

    Raises
    ------
    SimError
        A manifest without its claims, or claims that this version refuses.
    """
    asked = manifest.asked
    given = asked.get("claims")
    if not isinstance(given, Mapping):
        raise SimError("no claims", key="manifest: asked")
    found = hold_claims(
        dict(given),
        only=_names(asked, "only"),
        against=_names(asked, "against"),
        runs=settings.runs,
        seed=settings.seed,
        threads=settings.threads,
        largest=math.inf,
        progress=progress,
    )
    return {name: getattr(found, name) for name in TABLES}


def _names(asked: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = asked.get(key, [])
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        raise SimError("not a list of names", key=f"manifest: asked.{key}", given=given)
    return tuple(given)


def _is_asked(variation: Variation, stated: Stated) -> bool:
    return any(variation.asked(scenario, stated.words) for scenario in stated.scenarios)


def _wanted(
    claims: Sequence[Stated], asked: Mapping[str, Sequence[Variation]], variation: Variation
) -> dict[Scenario, list[str]]:
    """The scenarios to run under a variation, each with the measures that are wanted of it."""
    wanted: dict[Scenario, list[str]] = {}
    for stated in claims:
        for scenario in stated.scenarios if variation in asked[stated.name] else ():
            wanted.setdefault(scenario, []).append(stated.claim.measure)
    return wanted


def _measure(
    variation: Variation,
    wanted: Mapping[Scenario, Sequence[str]],
    runs: int,
    seed: int,
    threads: int,
    progress: Progress | None,
) -> dict[tuple[Scenario, str], np.ndarray]:
    """Values of each measure of each scenario under a variation, (runs,)."""
    scenarios, found = list(wanted), {}
    if not scenarios:
        return {}
    outs = run_variation(variation, scenarios, runs, seed, threads, progress)
    for scenario, own in zip(scenarios, outs, strict=True):
        for measure in dict.fromkeys(wanted[scenario]):
            found[scenario, measure] = values_of(measure, own, scenario)
    return found


@dataclass(frozen=True)
class _Bench:
    """What was measured under each variation, against which claims are checked; ``bits`` keeps what
    was found of scenarios whose bits were compared.
    """

    found: Mapping[str, Mapping[tuple[Scenario, str], np.ndarray]]
    tail: float
    runs: int
    seed: int
    bits: dict[tuple[str, Scenario], bool]

    def rows(self, stated: Stated, variations: Sequence[Variation]) -> list[dict[str, Any]]:
        """The checks of a claim; the first variation is the claim as written."""
        written = self._parts(stated, variations[0])
        rows: list[dict[str, Any]] = []
        for variation in variations:
            if variation.how == "bits":
                same = all(self._same(variation, scenario) for scenario in stated.scenarios)
                rows.append(_exact(rows[0], variation, same))
            else:
                before = rows[0]["verdict"] if rows else ""
                rows.append(self._row(stated, variation, written, before))
        return rows

    def _parts(self, stated: Stated, variation: Variation) -> np.ndarray:
        measured = self.found[variation.name]
        values = [measured[scenario, stated.claim.measure] for scenario in stated.scenarios]
        return contributions(values[-1], values[0] if len(values) > 1 else None)

    def _row(
        self, stated: Stated, variation: Variation, written: np.ndarray, before: str
    ) -> dict[str, Any]:
        claim, parts = stated.claim, self._parts(stated, variation)
        edges = edges_of(claim.sign, claim.bound, claim.within)
        ends = interval(parts, stated.kind, self.tail)
        gap = (0.0, 0.0, 0.0)
        if variation is not AS_WRITTEN:
            gap = together(written, parts, stated.kind, self.tail, paired=not variation.seeds)
        verdict = judge(ends[1], ends[2], edges, before)
        row: dict[str, Any] = {"claim": stated.name, "variation": variation.name}
        for name, three in (("value", ends), ("moved", gap)):
            row |= dict(zip((name, f"{name}.low", f"{name}.high"), three, strict=True))
        more = runs_to_settle(ends, edges, self.runs) if verdict == OPEN else math.nan
        return row | {"verdict": verdict, "runs": more}

    def _same(self, variation: Variation, scenario: Scenario) -> bool:
        key = (variation.name, scenario)
        if key not in self.bits:
            self.bits[key] = same_bits(variation, scenario, self.seed)
        return self.bits[key]


def _exact(written: Mapping[str, Any], variation: Variation, same: bool) -> dict[str, Any]:
    """The check of a variation that must give the same bits: the claim is then what it was."""
    row = {**written, "variation": variation.name}
    row |= dict.fromkeys(("moved", "moved.low", "moved.high"), 0.0 if same else math.nan)
    return row if same else row | {"verdict": SHIFTS, "runs": math.nan}


def _claim(stated: Stated, checks: pd.DataFrame) -> dict[str, Any]:
    """The row of a claim over all its checks."""
    own, claim = checks[checks["claim"] == stated.name], stated.claim
    written = own.iloc[0]
    verdicts = list(own["verdict"])
    verdict = next((word for word in (FAILS, SHIFTS, OPEN) if word in verdicts), HOLDS)
    if verdict == FAILS and written["verdict"] != FAILS:
        verdict = SHIFTS
    return {
        "claim": stated.name,
        "text": claim.text,
        "page": claim.page,
        "measure": claim.measure,
        "said": said(stated),
        **{name: written[name] for name in ("value", "value.low", "value.high")},
        "verdict": verdict,
        "not_holding": "; ".join(own.loc[own["verdict"] != HOLDS, "variation"]),
        "runs": own["runs"].max() if verdict == OPEN else math.nan,
    }


def said(stated: Stated) -> str:
    """What a claim says of its measure, in words."""
    claim = stated.claim
    of = f"{claim.measure} of {claim.right}"
    if stated.left is not None:
        of += f", less that of {claim.left},"
    near = f"within {claim.within:g} of {claim.bound:g}"
    return f"{of} {near if claim.sign == 'near' else f'{claim.sign} {claim.bound:g}'}"
