"""The folder and the report of answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.report import Items, Picture, Report, Section, Table, Words
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.answers import TABLES, Answers, sentence
from sim.studies.answers_figure import ask_figures
from sim.studies.folder import Order, Study, write_study

__all__ = ["write_answers"]

_NOTES: Notes = {
    "question": {"label": "name of the question", "unit": "name"},
    "text": {"label": "the question in words", "unit": "words"},
    "day": {"label": "day asked about; empty for the whole run", "unit": "day"},
    "probability": {"label": "share of the runs that count in which it came true", "unit": "share"},
    "runs": {"label": "runs", "unit": "count"},
    "counted": {"label": "runs that count: those that met the condition", "unit": "count"},
    "true": {"label": "of these, runs in which it came true", "unit": "count"},
    "settings": {"label": "mean over the plausible settings", "unit": "share"},
    "ruled_out": {"label": "why it cannot happen; empty where it can", "unit": "words"},
    "first_quarter": {
        "label": "day by which a quarter of those that come true have",
        "unit": "day",
    },
    "median": {"label": "day by which half of those that come true have", "unit": "day"},
    "third_quarter": {
        "label": "day by which three quarters of those that come true have",
        "unit": "day",
    },
    "lever": {"label": "setting, over its plausible range", "unit": "name"},
    "correlation": {"label": "rank correlation of setting and chance over points", "unit": "none"},
    "stands_out": {
        "label": "whether the correlation is beyond chance, as the largest of all settings",
        "unit": "true/false",
    },
    "resolved": {"label": "whether it came true in the world", "unit": "yes/no"},
    "brier": {"label": "Brier score: squared error of the probability", "unit": "none"},
    "log_score": {"label": "log score: minus the log of the chance of what came", "unit": "nats"},
    "base_rate": {"label": "forecast to hold it against", "unit": "share"},
    "base_brier": {"label": "its Brier score", "unit": "none"},
    "base_log_score": {"label": "its log score", "unit": "nats"},
    "week": {"label": "weeks since the first day", "unit": "weeks"},
    "date": {"label": "last day of the week", "unit": "day"},
    "share": {"label": "share of the runs that count in which it has come true", "unit": "share"},
}


def write_answers(found: Answers, order: Order | None = None) -> Path:
    """Write answers as a folder: tables, figures, scenario, report, manifest; the folder.

    Raises
    ------
    SimError
        The machine refuses to write.
    """
    study = Study(
        verb="ask",
        answer=found.answer,
        tables={name: getattr(found, name) for name in TABLES},
        notes=_NOTES,
        scenarios={found.scenario.name: found.scenario},
        runs=found.runs,
        seed=found.seed,
        recorded={
            "asked": {
                "questions": {name: dict(own) for name, own in found.asked.items()},
                "over_settings": found.over_settings,
            }
        },
    )
    return write_study(
        study,
        order or Order(),
        lambda manifest, pictures: _report(found, manifest, pictures),
        lambda style: ask_figures(found, style).items(),
    )


def _report(found: Answers, manifest: Manifest, pictures: Sequence[Picture]) -> Report:
    rows = found.answers.to_dict("records")
    files = {"answers": ["answers.csv"], "when": ["when.csv"]}
    shown = [
        picture.described(found.answer, files=files.get(picture.name, ())) for picture in pictures
    ]
    title = found.scenario.title or found.scenario.name
    sections = [Section("Answers", [Items([sentence(row) for row in rows]), *shown])]
    sections.append(Section("Which setting moves it", [*_levers(found)]))
    scored = [row for row in rows if row["resolved"]]
    if scored:
        sections.append(Section("Scores", [_scores(scored)]))
    return Report(
        title=f"What is the chance? {title}",
        question=" ".join(str(row["text"]) for row in rows[:3]),
        answer=found.answer,
        manifest=manifest,
        sections=sections,
        scenarios={title: found.scenario},
        meanings={
            "of the runs": "what other draws would give at these settings",
            "of the settings": "where the chance lies at 95 % of the plausible values of the settings that the record leaves open",
            "by a day": "in or before the week of that day, as the state at the week's end",
        },
        limits=["It is the chance in the model, not in the world: scores say how good it was."],
    )


def _levers(found: Answers) -> Iterator[Table | Words]:
    rows = [
        (
            str(row["text"]),
            str(row["lever"]),
            f"{row['correlation']:+.2f}",
            "more makes it likelier" if row["correlation"] > 0 else "more makes it rarer",
        )
        for row in found.answers.to_dict("records")
        if row["lever"]
    ]
    if rows:
        caption = "The setting of the largest rank correlation with the chance over the plausible ranges, where it stands out from chance among all."
        yield Table(
            caption, ("Question", "setting", "correlation", ""), rows, (2,), file="levers.csv"
        )
    else:
        yield Words("No setting stands out from chance over the plausible ranges.")


def _scores(rows: Sequence[dict[str, object]]) -> Table:
    head = ("Question", "came true", "probability", "Brier", "log", "base rate", "Brier", "log")
    names = ("probability", "brier", "log_score", "base_rate", "base_brier", "base_log_score")
    cells = [
        (str(row["text"]), str(row["resolved"]), *(_number(row[name]) for name in names))
        for row in rows
    ]
    means = [_mean(rows, name) for name in names]
    return Table(
        "Lower is better. The base rate is the forecast that the file gave.",
        head,
        [*cells, ("mean", "", "", *means[1:3], "", *means[4:])],
        range(2, 8),
        file="answers.csv",
    )


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) and value == value else ""


def _mean(rows: Sequence[dict[str, object]], name: str) -> str:
    values = [value for row in rows if isinstance(value := row[name], float) and value == value]
    return f"{sum(values) / len(values):.3f}" if values else ""
