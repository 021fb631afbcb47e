"""The report of a validation: ``report.html``, a single file that loads nothing from elsewhere, and
``report.json`` with the same content.

Failures are shown, with the condition under which the claim would hold where that is known.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.observed_scores import SCORE_NOTES, Scored
from sim.api import run, score_results
from sim.batch import Figures, Run
from sim.batch.work import Work, work_of_runs
from sim.config.scenario import Scenario
from sim.figures.encode import figure_bytes, house_style
from sim.figures.labels import percent
from sim.figures.report import observed_blocks
from sim.figures.style import COLOURS, NAMES, canvas, headline, legend, outlined, style_axes
from sim.report import Block, Picture, Report, Section, Table, Words
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.results.observed import OBSERVED, Observed, observed_in
from sim.studies.folder import Order, Study, write_study
from sim.validation.calibration import BY_HAND, TESTED, Trial, calibration
from sim.validation.finding import Finding, Line, Test
from sim.validation.known_answers import KNOWN, Check, limit_lines
from sim.validation.patterns import PATTERNS, Lab
from sim.validation.signs import SignRow, runs_of_signs, signs

__all__ = [
    "Validated",
    "examine",
    "report_of",
    "tables_again",
    "tables_of",
    "validate",
    "work_again",
    "work_of_validation",
]

Progress = Callable[[int, int], None]
TRIALS = sum(len(setting.tried) for setting in BY_HAND)
# runs of the patterns and of a value tried, for each run asked for; runs of the known answers: counted
_OF_PATTERNS, _OF_A_TRIAL, _OF_KNOWN = 75, 18, 1_744
_FEW = 12
_SLIDE = Figures(
    width=13.333, height=7.5, text_size=18.0, dpi=96
)  # as figures=projector, of fewer dots: ten of them are in one page
_LIMIT = "Alternating offers of equally patient sides tend to the Nash point as patience grows"
_WORDS = {True: "met", False: "not met"}
_BAD = (_WORDS[False],)
_NOTES: Notes = {
    "number": {"label": "number of the known answer", "unit": "count"},
    "claim": {"label": "what is claimed", "unit": "text"},
    "against": {"label": "what it is compared with", "unit": "text"},
    "error": {"label": "largest error", "unit": "that of the claim"},
    "tolerance": {"label": "largest error allowed", "unit": "that of the claim"},
    "met": {"label": "whether it is met", "unit": "true/false"},
    "pattern": {"label": "pattern", "unit": "name"},
    "what": {"label": "what is compared", "unit": "text"},
    "asked": {"label": "required range of the interval", "unit": "text"},
    "value": {"label": "value found or tried", "unit": "that of what is compared"},
    "low": {"label": "lower end of the 95 % interval", "unit": "that of the value"},
    "high": {"label": "upper end of the 95 % interval", "unit": "that of the value"},
    "names": {"label": "settings moved together", "unit": "name"},
    "scenario": {"label": "scenario whose value was chosen", "unit": "name"},
    "default": {"label": "value chosen by hand", "unit": "that of the setting"},
    "chosen_for": {"label": "patterns it was calibrated to", "unit": "name"},
    "fails": {"label": "patterns that fail with the value tried", "unit": "name"},
    "largest": {"label": "London's most frequent outcome with that value", "unit": "name"},
    "share": {"label": "share of runs in it", "unit": "share"},
    "prototype": {"label": "what the prototype of the rule gave", "unit": "text"},
}


@dataclass(frozen=True)
class Validated:
    """The result of a validation, and where its report is."""

    folder: Path
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    limit: tuple[Line, ...]
    seconds: float
    trials: tuple[Trial, ...] = ()
    scored: Scored | None = None
    signs: tuple[SignRow, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of what is not met."""
        known = tuple(dict.fromkeys(f"13.{check.number}" for check in self.checks if not check.met))
        wrong = tuple(f"sign {row.number}" for row in self.signs if not row.test.met)
        return known + wrong + tuple(finding.code for finding in self.findings if not finding.met)

    @property
    def answer(self) -> str:
        """The counts in one line."""
        met = sum(finding.met for finding in self.findings)
        kept = sum(check.met for check in self.checks)
        explained = [
            finding.code for finding in self.findings if finding.explained and not finding.met
        ]
        tail = f"; not met: {', '.join(self.failed)}" if self.failed else ""
        tail += (
            f" (of these {', '.join(explained)} with a condition under which the claim holds)"
            if explained
            else ""
        )
        return (
            f"{met} of {len(self.findings)} patterns met, {kept} of {len(self.checks)} known answers met, "
            f"{sum(row.test.met for row in self.signs)} of {len(self.signs)} signs of bargaining right{tail}; "
            f"{self.seconds:.0f} s"
            + (f"; beside {self.scored.source.name}: {self.scored.answer}" if self.scored else "")
        )


def validate(
    out: Path | str = "outputs",
    runs: int = 1000,
    seed: int = 1,
    threads: int = 0,
    *,
    name: str = "",
    calibrated: bool = False,
    words: Sequence[str] = (),
    progress: Progress | None = None,
    folder: Path | None = None,
    observed: Observed | None = None,
) -> Validated:
    """Check everything and write the report into a new folder below ``out``.

    Parameters
    ----------
    out
        Where the folder ``validate/...`` is created.
    runs, seed
        Runs per setting, and the seed of all draws.
    threads
        Threads; 0 takes every processor.
    name
        Name of the folder; default: ``report``.
    calibrated
        Whether to also try other values of the settings chosen by hand, with half the runs.
    words
        The command line after the verb, for the manifest.
    progress
        Called with (parts done, parts in all).
    folder
        An empty folder to write into instead of a new one below ``out``.
    observed
        Observed months or days that London's runs are held against; scored, neither met nor failed.
    """
    started, lab = dt.datetime.now(dt.UTC), Lab(runs, seed, threads)
    result = examine(lab, calibrated=calibrated, progress=progress, observed=observed)
    asked = {"asked": {OBSERVED: observed.plain()}} if observed is not None else {}
    text = json.dumps(_plain(content(result, lab)), indent=1, ensure_ascii=False) + "\n"
    study = Study(
        verb="validate",
        answer=result.answer,
        tables=tables_of(result),
        notes={**SCORE_NOTES, **_NOTES},
        scenarios={"report": Scenario()},
        runs=runs,
        seed=seed,
        recorded={"calibration": calibrated, **asked},
        files={"report.json": text.encode()},
    )
    order = Order(out=out, folder=folder, name=name, words=words, threads=threads, started=started)
    made = write_study(study, order, lambda manifest, _: report_of(result, lab, manifest))
    return replace(result, folder=made)


def work_of_validation(runs: int, *, calibrated: bool = False) -> Work:
    """What a validation takes: scenarios of London's size, the weeks of one at a time held."""
    total = _OF_KNOWN + (_OF_PATTERNS + runs_of_signs()) * runs
    total += TRIALS * _OF_A_TRIAL * _halved(runs) if calibrated else 0
    held = work_of_runs(Scenario(), runs, weekly=runs).memory
    return replace(work_of_runs(Scenario(), total), memory=held, disk=0.0)


def work_again(manifest: Manifest, settings: Run) -> Work:
    """What :func:`tables_again` takes."""
    return work_of_validation(settings.runs, calibrated=manifest.calibration)


def _halved(runs: int) -> int:
    """Runs with which values are tried."""
    return max(20, runs // 2)


def examine(
    lab: Lab,
    *,
    calibrated: bool = False,
    progress: Progress | None = None,
    observed: Observed | None = None,
) -> Validated:
    """Check everything without writing; its ``folder`` is the current one."""
    began = time.monotonic()
    annotate = _Steps(2 + len(PATTERNS) + (TRIALS if calibrated else 0), progress)
    checks = tuple(KNOWN(lab))
    annotate()
    findings = tuple(annotate(pattern(lab)) for pattern in PATTERNS)
    answered = annotate(signs(lab))
    halved = replace(lab, runs=_halved(lab.runs))
    trials = tuple(annotate(trial) for trial in calibration(halved)) if calibrated else ()
    scored = None if observed is None else _beside(lab, observed)
    seconds = time.monotonic() - began
    return Validated(Path("."), checks, findings, limit_lines(), seconds, trials, scored, answered)


def _beside(lab: Lab, observed: Observed) -> Scored:
    """What London's runs make of observed series."""
    results = run(
        Scenario(),
        runs=lab.runs,
        seed=lab.seed,
        threads=lab.threads,
        weeks="none",
        largest=math.inf,
    )
    return score_results(results, observed)


def tables_of(result: Validated) -> dict[str, pd.DataFrame]:
    """The results as tables: known answers, tests of the patterns, and values tried instead of
    those chosen by hand.
    """
    checks = [asdict(check) for check in result.checks]
    tests = [
        {"pattern": finding.code, **asdict(test)}
        for finding in result.findings
        for test in finding.tests
    ]
    tables = {"known_answers": pd.DataFrame(checks), "tests": pd.DataFrame(tests)}
    if result.signs:
        signs_of = [
            {"number": row.number, **asdict(row.test), "prototype": row.prototype}
            for row in result.signs
        ]
        tables["signs"] = pd.DataFrame(signs_of)
    if result.trials:
        trials = [
            {**asdict(t), "names": " ".join(t.names), "fails": " ".join(t.fails)}
            for t in result.trials
        ]
        tables["by_hand"] = pd.DataFrame(trials)
    if result.scored:
        tables |= {"observed": result.scored.observed, "scores": result.scored.scores}
    return tables


def tables_again(
    manifest: Manifest, settings: Run, progress: Progress | None
) -> dict[str, pd.DataFrame]:
    """The tables of a validation, made again from its manifest."""
    lab = Lab(settings.runs, settings.seed, settings.threads)
    observed = observed_in(manifest.asked)
    return tables_of(
        examine(lab, calibrated=manifest.calibration, progress=progress, observed=observed)
    )


class _Steps:
    """Counts the parts that are done, and passes each on."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def __call__(self, part: Any = None) -> Any:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._total)
        return part


def content(result: Validated, lab: Lab) -> dict[str, Any]:
    """Everything the report says, as plain values."""
    return {
        "answer": result.answer,
        "runs": lab.runs,
        "seed": lab.seed,
        "failed": list(result.failed),
        "known_answers": [asdict(check) for check in result.checks],
        "limit_to_nash": [asdict(line) for line in result.limit],
        "patterns": [
            {**asdict(finding), "met": finding.met, "explained": finding.explained}
            for finding in result.findings
        ],
        "signs": [
            {"number": row.number, **asdict(row.test), "prototype": row.prototype}
            for row in result.signs
        ],
        "by_hand": [asdict(trial) for trial in result.trials],
    }


def _plain(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def report_of(result: Validated, lab: Lab, manifest: Manifest) -> Report:
    """What the report of a validation says."""
    known = [
        (
            f"13.{c.number}",
            c.claim,
            c.against,
            _number(c.error),
            _number(c.tolerance),
            _WORDS[c.met],
        )
        for c in result.checks
    ]
    head = ("", "What", "Against", "Largest error", "Tolerance", "Result")
    limit = draw(
        result.limit,
        _LIMIT,
        "impatience (1 less the discount factor of a round)",
        "distance to Nash point, share of surplus",
        logarithmic=True,
    )
    asked = f"{lab.runs:,} runs per setting, seed {lab.seed}."
    return Report(
        title="Validation",
        question="What has the model been held to, and what does it fail?",
        answer=f"{result.answer}. {asked}",
        manifest=manifest,
        sections=[
            Section(
                "Known answers",
                [
                    Table(
                        "The largest error of each.",
                        head,
                        known,
                        alarming=_BAD,
                        file="known_answers.csv",
                    ),
                    Words(
                        "The equilibrium of alternating offers tends to the Nash point as both sides become patient (number 3):"
                    ),
                    Picture("number-3", _LIMIT, limit, _data(result.limit)),
                ],
            ),
            Section(
                "Patterns",
                [
                    Words("A test is met if its 95 % interval lies entirely on the required side."),
                    *(_section(finding) for finding in result.findings),
                ],
            ),
            *([_signs(result.signs)] if result.signs else []),
            *([_by_hand(result.trials)] if result.trials else []),
            *(
                [Section("London beside what was observed", observed_blocks(result.scored))]
                if result.scored
                else []
            ),
        ],
        scenarios={"London, June 2025": Scenario()},
    )


def _section(finding: Finding) -> Section:
    verdict = f"{finding.code}, {_WORDS[finding.met]}: {finding.claim}"
    blocks: list[Block] = [
        Words(finding.claim, "" if finding.met else "alarm"),
        Words(f"Evidence: {finding.evidence} {finding.source}", "aside"),
        _tests(finding.tests, "The tests of the pattern."),
    ]
    if finding.note:
        blocks.append(Words(finding.note, "aside"))
    if finding.condition:
        blocks.append(Words(f"What would have to be true: {finding.condition}"))
        blocks.append(_tests(finding.beside, "The same under that condition."))
    picture = draw(finding.lines, verdict, finding.x, finding.y)
    words = f"{verdict}; {finding.y} over {finding.x}"
    blocks.append(Picture(finding.code, words, picture, _data(finding.lines, finding.x)))
    return Section(f"{finding.code}: {_WORDS[finding.met]}", blocks)


def _data(lines: Sequence[Line], x: str = "x") -> Table:
    """The points of a figure's lines, with the ends of their intervals where they have any."""
    rows = [
        (NAMES.get(line.name, line.name), *(_number(value) for value in point))
        for line in lines
        for point in zip(
            line.x,
            line.y,
            line.low if line.low is not None else [math.nan] * len(line.x),
            line.high if line.high is not None else [math.nan] * len(line.x),
            strict=True,
        )
    ]
    head = ("Line", x, "value", "from", "to")
    return Table("Points of the lines, and their 95 % intervals.", head, rows, range(1, 5))


def _signs(rows: Sequence[SignRow]) -> Section:
    cells = [
        (
            str(row.number),
            row.test.what,
            row.test.asked,
            f"{row.test.value:+.3f} ({row.test.low:+.3f} to {row.test.high:+.3f})",
            row.prototype or "–",
            _WORDS[row.test.met],
        )
        for row in rows
    ]
    head = ("", "Change of London", "Required", "Model (95 %)", "Prototype", "Result")
    caption = (
        "What a change does to deals on trade by the first deadline, where nothing else is said: "
        "paired differences of shares of runs."
    )
    return Section(
        "Signs of bargaining", [Table(caption, head, cells, alarming=_BAD, file="signs.csv")]
    )


def _by_hand(trials: Sequence[Trial]) -> Section:
    rows = [
        (
            ", ".join(t.names),
            f"{t.default:g} ({t.scenario})",
            t.chosen_for,
            f"{t.value:g}",
            ", ".join(t.fails) or "none",
            f"{NAMES[t.largest]} {percent(t.share)}",
        )
        for t in trials
    ]
    head = (
        "Setting",
        "Default",
        "Calibrated to",
        "Tried",
        f"Fails with it, of {_tested()}",
        "London's most frequent outcome",
    )
    caption = "Each value alone, in every scenario, with half the runs."
    return Section("Chosen by hand", [Table(caption, head, rows, file="by_hand.csv")])


def _tested() -> str:
    return ", ".join(pattern.__name__.upper() for pattern in TESTED)


def _tests(tests: Sequence[Test], caption: str) -> Table:
    rows = [
        (
            t.what,
            t.asked,
            f"{_number(t.value)} ({_number(t.low)} to {_number(t.high)})",
            _WORDS[t.met],
        )
        for t in tests
    ]
    return Table(caption, ("Test", "Required", "Model (95 %)", "Result"), rows, alarming=_BAD)


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "no value"


def draw(lines: Sequence[Line], title: str, x: str, y: str, *, logarithmic: bool = False) -> bytes:
    """Lines with their intervals as PNG, of a slide's size."""
    with house_style():
        figure, axes = canvas(_SLIDE, 1, 1, 5.6)
        ax = axes[0, 0]
        for line, colour in zip(lines, _colours(lines), strict=True):
            mark = "o" if len(line.x) < _FEW else ""
            ax.plot(
                line.x,
                line.y,
                color=colour,
                marker=mark,
                label=NAMES.get(line.name, line.name),
                path_effects=outlined(colour),
            )
            if line.low is not None and line.high is not None:
                ax.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, linewidth=0)
        if logarithmic:
            ax.set_xscale("log")
            ax.set_yscale("log")
        style_axes(ax, _SLIDE, x, y)
        legend(ax, _SLIDE)
        headline(figure, _SLIDE, title)
    return figure_bytes(figure, "png")


def _colours(lines: Sequence[Line]) -> list[str]:
    """The colour of the concept if it has one, else the next free colour."""
    spare = iter((COLOURS["us"], COLOURS["cn"], COLOURS["breakthrough"], COLOURS["magnets"]))
    return [COLOURS[line.name] if line.name in COLOURS else next(spare) for line in lines]
