"""The report of a validation: ``report.html``, one file that asks nothing of any other place, and ``report.json`` with the same content.

What fails is shown as failing, what was not checked as not checked.
"""

from __future__ import annotations

import base64
import io
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from sim.results.folder import cleared_on_failure, prepare_folder, whole_file
from sim.validation.finding import Finding
from sim.validation.patterns import PATTERNS, Lab
from sim.validation.verification import KNOWN, Check

__all__ = ["Validated", "page", "validate"]

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1.5rem;color:#222}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "img{width:100%;max-width:42rem}.no{color:#a00;font-weight:bold}.note{color:#555}"
)
_WORDS = {True: "met", False: "not met", None: "not checked here"}


@dataclass(frozen=True)
class Validated:
    """Where the report is, and what it says."""

    folder: Path
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def failed(self) -> tuple[str, ...]:
        """What is not met, by its code."""
        known = tuple(f"13.{check.number}" for check in self.checks if check.met is False)
        return known + tuple(finding.code for finding in self.findings if not finding.met)

    @property
    def answer(self) -> str:
        """The count in a line."""
        met = sum(finding.met for finding in self.findings)
        done = [check.met for check in self.checks if check.met is not None]
        tail = f"; not met: {', '.join(self.failed)}" if self.failed else ""
        return (
            f"{met} of {len(self.findings)} patterns met, {sum(done)} of {len(done)} known answers met, "
            f"{len(self.checks) - len(done)} not checked here{tail}; {self.seconds:.0f} s"
        )


def validate(out: Path | str = "outputs", runs: int = 1000, seed: int = 1, threads: int = 0) -> Validated:
    """Check everything and write the report into a new folder below ``out``.

    Parameters
    ----------
    out
        Where the folder ``validate/...`` is made.
    runs, seed
        Runs a setting, and the seed of all draws.
    threads
        Threads; 0 takes every processor.
    """
    begun, lab = time.monotonic(), Lab(runs, seed, threads)
    folder = prepare_folder(out, "validate", "report")
    with cleared_on_failure(folder):
        checks = tuple(KNOWN(lab))
        findings = tuple(pattern(lab) for pattern in PATTERNS)
        result = Validated(folder, checks, findings, time.monotonic() - begun)
        with whole_file(folder / "report.json") as part:
            part.write_text(
                json.dumps(_plain(content(result, lab)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
        with whole_file(folder / "report.html") as part:
            part.write_text(page(result, lab), encoding="utf-8")
    return result


def content(result: Validated, lab: Lab) -> dict[str, Any]:
    """Everything the report says, as plain values."""
    return {
        "answer": result.answer, "runs": lab.runs, "seed": lab.seed, "failed": list(result.failed),
        "known_answers": [asdict(check) for check in result.checks],
        "patterns": [{**asdict(finding), "met": finding.met} for finding in result.findings],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def page(result: Validated, lab: Lab) -> str:
    """The report as one HTML page."""
    known = [
        (f"13.{c.number}", c.claim, c.against, _number(c.error), _number(c.tolerance), _WORDS[c.met])
        for c in result.checks
    ]
    parts = [
        "<h1>Validation</h1>", f"<p>{escape(result.answer)}. {lab.runs:,} runs a setting, seed {lab.seed}.</p>",
        "<h2>Known answers</h2>", _table(("", "What", "Against", "Largest error", "Tolerance", "Result"), known),
        "<h2>Patterns</h2>", "<p>A test is met where its whole 95 % interval is on the side asked for.</p>",
        *map(_section, result.findings),
    ]  # fmt: skip
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Validation</title>'
        f"<style>{_STYLE}</style></head><body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _section(finding: Finding) -> str:
    rows = [
        (
            test.what,
            test.asked,
            f"{_number(test.value)} ({_number(test.low)} to {_number(test.high)})",
            _WORDS[test.met],
        )
        for test in finding.tests
    ]
    verdict = _WORDS[finding.met]
    picture = base64.b64encode(draw(finding)).decode("ascii")
    return (
        f'<h3 id="{finding.code}">{finding.code}: <span class="{"" if finding.met else "no"}">{verdict}</span></h3>'
        f"<p>{escape(finding.claim)}</p><p>Evidence: {escape(finding.evidence)} <i>{escape(finding.source)}</i></p>"
        + _table(("Test", "Asked", "Model (95 %)", "Result"), rows)
        + (f'<p class="note">{escape(finding.note)}</p>' if finding.note else "")
        + f'<img alt="{escape(finding.code)}: {escape(finding.y)}" src="data:image/png;base64,{picture}">'
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def row(tag: str, cells: Sequence[str]) -> str:
        marked = ((' class="no"' if cell == _WORDS[False] else "", escape(cell)) for cell in cells)
        return "<tr>" + "".join(f"<{tag}{mark}>{text}</{tag}>" for mark, text in marked) + "</tr>"

    return f"<table>{row('th', head)}{''.join(row('td', cells) for cells in rows)}</table>"


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "no value"


def draw(finding: Finding) -> bytes:
    """A pattern's figure as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    for line in finding.lines:
        (drawn,) = ax.plot(line.x, line.y, marker="o" if len(line.x) < 12 else "", label=line.name.replace("_", " "))
        if line.low is not None and line.high is not None:
            ax.fill_between(line.x, line.low, line.high, color=drawn.get_color(), alpha=0.2, linewidth=0)
    ax.set_xlabel(finding.x)
    ax.set_ylabel(finding.y)
    ax.legend(frameon=False)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=110, metadata={"Software": None})
    return target.getvalue()
