"""Claims held against what must not matter, as a folder, a report and a table for a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sim.analysis.claims import FAILS, HOLDS, OPEN, SHIFTS
from sim.config.compose import load
from sim.report import Definitions, Picture, Report, Section, Table
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.claims import TABLES, Claims
from sim.studies.claims_figure import claims_figure
from sim.studies.folder import Order, Study, write_study
from sim.studies.invariance import AS_WRITTEN, VARIATIONS

__all__ = ["claims_report", "markdown", "write_claims"]

_NOTES: Notes = {
    "claim": {"label": "claim", "unit": "name"},
    "text": {"label": "the sentence, as it stands in the page", "unit": "words"},
    "page": {"label": "the file in which it stands", "unit": "name"},
    "measure": {"label": "measure", "unit": "name"},
    "said": {"label": "what is said of the measure", "unit": "words"},
    "value": {
        "label": "mean, or difference of means; ends of intervals hold for all checks at once",
        "unit": "that of the measure",
    },
    "verdict": {"label": "holds, fails, shifts or not settled", "unit": "name"},
    "not_holding": {"label": "variations under which it is not shown to hold", "unit": "names"},
    "runs": {"label": "runs a scenario that would settle it, about", "unit": "count"},
    "variation": {"label": "what was changed that must not matter", "unit": "name"},
    "moved": {
        "label": "how far the value lies from that of the claim as written",
        "unit": "that of the measure",
    },
}
_LABELS = {one.name: one.label for one in (AS_WRITTEN, *VARIATIONS)}
_MEANINGS = {
    HOLDS: "the interval lies where the claim says, as it is written and under every variation",
    FAILS: "as it is written, the interval lies elsewhere",
    SHIFTS: "under some variation the interval lies elsewhere, though not as it is written",
    OPEN: "under some variation the interval does not decide; so many runs would, were the estimate the truth",
    "interval": "of the runs, wide enough that over all checks the chance of any wrong verdict is at most 5 %",
}


def write_claims(result: Claims, order: Order | None = None) -> Path:
    """Write tables, figure, report, the table for a page (``claims.md``) and manifest; returns the
    folder.
    """
    study = Study(
        verb="claims",
        answer=result.answer,
        tables={name: getattr(result, name) for name in TABLES},
        notes=_NOTES,
        scenarios={"london_2025": load()},
        runs=result.runs,
        seed=result.seed,
        recorded={
            "asked": {
                "claims": dict(result.plain),
                "only": list(result.only),
                "against": list(result.against),
            }
        },
        files={"claims.md": markdown(result).encode()},
    )
    order = order or Order()
    return write_study(
        study,
        replace(order, name=order.name or "all"),
        lambda manifest, pictures: claims_report(result, manifest, pictures),
        lambda style: [("claims", claims_figure(result, style))],
    )


def claims_report(result: Claims, manifest: Manifest, pictures: Sequence[Picture] = ()) -> Report:
    """What the report says."""
    shown = [
        picture.described(
            f"{result.answer}. The tables below hold its verdicts.", files=("checks.csv",)
        )
        for picture in pictures
    ]
    return Report(
        title="What should not matter does not",
        question="Does what is said of the model hold under other seeds, other numbers of firms and other orders?",
        answer=result.answer,
        manifest=manifest,
        sections=[
            *([Section("In a picture", shown)] if shown else []),
            Section("Claims", [_claims_table(result)]),
            Section("Where a claim does not hold", [_open_table(result)]),
            Section("What was changed", [Definitions(_changes(result))]),
            *_others(result),
        ],
        meanings=_MEANINGS,
    )


def _changes(result: Claims) -> dict[str, str]:
    used = set(result.checks["variation"])
    return {name: words for name, words in _LABELS.items() if name in used}


def _others(result: Claims) -> list[Section]:
    """Sentences that are not held here, and why."""
    given = result.plain.get("others", {})
    if not given or result.only:
        return []
    rows = [(other["text"], other["page"], other["why"]) for other in given.values()]
    table = Table(
        "Sentences about the model that are not held here.", ("Sentence", "Page", "Why"), rows
    )
    return [Section("Held elsewhere, or not at all", [table])]


def _claims_table(result: Claims) -> Table:
    rows = [
        (row["text"], row["page"], row["said"], *_ends(row, "value"), row["verdict"], _runs(row["runs"]))
        for row in result.claims.to_dict("records")
    ]  # fmt: skip
    head = ("Sentence", "Page", "held as", "value", "interval", "verdict", "runs that would settle")
    caption = f"{result.runs:,} runs a scenario, seed {result.seed}, as written; the verdict is over all variations."
    return Table(caption, head, rows, (3, 4, 6), alarming=(FAILS, SHIFTS), file="claims.csv")


def _open_table(result: Claims) -> Table:
    own = result.checks[result.checks["verdict"] != HOLDS]
    rows = [
        (
            row["claim"],
            _LABELS[row["variation"]],
            *_ends(row, "value"),
            *_ends(row, "moved"),
            row["verdict"],
            _runs(row["runs"]),
        )
        for row in own.to_dict("records")
    ]
    head = ("Claim", "changed", "value", "interval", "moved by", "interval", "verdict", "runs that would settle")  # fmt: skip
    return Table(
        "Every check that is not settled in favour of its claim.",
        head,
        rows,
        (2, 3, 4, 5, 7),
        alarming=(FAILS, SHIFTS),
        file="checks.csv",
    )


def _ends(row: dict[str, float], name: str) -> tuple[str, str]:
    value, low, high = (row[end] for end in (name, f"{name}.low", f"{name}.high"))
    if math.isnan(value):
        return "", ""
    return f"{value:.3g}", f"{low:.3g} to {high:.3g}"


def _runs(runs: float) -> str:
    if math.isnan(runs):
        return ""
    return f"{runs:,.0f}" if math.isfinite(runs) else "more than could be run"


def markdown(result: Claims) -> str:
    """The table that stands in ``docs/validation.md``."""
    lines = [
        f"| claim | as written (95 % over all {result.tests:,} checks) | verdict | does not hold, or is not settled, under |",
        "|---|---|---|---|",
    ]
    for row in result.claims.to_dict("records"):
        value, ends = _ends(row, "value")
        verdict = row["verdict"]
        if not math.isnan(row["runs"]):
            verdict += f" (about {_runs(row['runs'])} runs)"
        names = [_LABELS[name] for name in filter(None, row["not_holding"].split("; "))]
        asked = (result.checks["claim"] == row["claim"]).sum()
        where = "all" if len(names) == asked else ", ".join(names)
        sentence = row["text"].replace("|", "\\|")
        lines.append(
            f"| `{row['claim']}`: {sentence} (`{row['page']}`) | {value} ({ends}) | {verdict} | {where} |"
        )
    return "\n".join(lines) + "\n"
