"""An exercise as a folder: tables with their codebook, the case sheet, figures, report and manifest;
of a tournament of strategies, or of a transcript that was scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.exercises import study as tournament
from sim.exercises import transcript
from sim.exercises.exercise import Exercise
from sim.exercises.figure import exercise_figures, transcript_figures
from sim.exercises.read import sheet_text
from sim.exercises.sheet import to_plain
from sim.exercises.study import ExerciseStudy, asked_of
from sim.exercises.transcript import Transcript, offers_to_plain
from sim.exercises.values import CONCEPTS, label_of, points_text
from sim.report import Block, Picture, Report, Section, Table, Words
from sim.results.columns import Notes
from sim.results.manifest import Manifest
from sim.studies.folder import Order, Study, write_study

__all__ = ["SHEET", "write_exercise_study", "write_transcript"]

SHEET = "exercise.yaml"
_POINTS = "points of the party"
_NOTES: Notes = {
    "party": {"label": "party", "unit": "name"},
    "strategy": {"label": "strategy", "unit": "name"},
    "points": {"label": "mean points, walk-away points where nothing is agreed", "unit": _POINTS},
    "advantage": {"label": "points above the party's mean strategy", "unit": _POINTS},
    "better_than": {"label": "strategies beaten at 5 % after Holm's correction", "unit": "count"},
    "agreement": {"label": "negotiations that end in an agreement", "unit": "share"},
    "walk_away": {"label": "negotiations that end without agreement", "unit": "share"},
    "negotiations": {"label": "negotiations of the pair", "unit": "count"},
    "efficient": {
        "label": "whether the package is efficient; of a pair, share of its agreements",
        "unit": "share",
    },
    "nash_ratio": {
        "label": "product of gains over walk-away, as a share of the largest",
        "unit": "share",
    },
    "distance.nash": {
        "label": "distance to the Nash package, gains as shares of the ideal ones",
        "unit": "share",
    },
    "distance.kalai_smorodinsky": {
        "label": "distance to the Kalai-Smorodinsky package, gains as shares of the ideal ones",
        "unit": "share",
    },
    "round": {"label": "mean round of the agreements", "unit": "rounds"},
    "one": {"label": "strategy", "unit": "name"},
    "other": {"label": "strategy compared with", "unit": "name"},
    "difference": {"label": "points of the one less those of the other", "unit": _POINTS},
    "p": {
        "label": "p-value of the paired t test; 0 or 1 where nothing is drawn",
        "unit": "probability",
    },
    "p_holm": {"label": "p-value after Holm's correction", "unit": "probability"},
    "agreed": {"label": "negotiations that end in this package", "unit": "share"},
    "solution": {"label": "solution", "unit": "name"},
    "package": {"label": "its options", "unit": "words"},
    "offer": {"label": "number of the offer", "unit": "count"},
    "accepted": {"label": "whether it was accepted", "unit": "flag"},
}
_MEANINGS = {
    "points": "what the case sheet gives a party for the options agreed; of one party, never compared with the other's",
    "walk-away points": "what a party has without agreement; no strategy accepts less",
    "efficient": "no package is better for one party and as good for the other",
    "Nash": "the efficient package with the largest product of both gains over the walk-away points (Nash 1950)",
    "Kalai and Smorodinsky": "the package in which the smaller of both shares of the ideal gain is largest (Kalai, Smorodinsky 1975)",
    "beats beyond chance": "how many others it is ahead of at 5 %, by paired t tests after Holm's correction",
}
_LIMITS = (
    "What people will do. The strategies are rules that hold to their walk-away points; people misread a sheet, bluff, and learn.",
    "What a party learns. Each keeps its first belief of what the other's points are: nothing heard corrects it.",
)


def write_exercise_study(result: ExerciseStudy, order: Order | None = None) -> Path:
    """Write the folder of an exercise that strategies played; ``order`` says where and how."""
    plain = to_plain(result.exercise)
    return write_study(
        _study(result.exercise, result.answer, _tables(result, tournament.TABLES),
               asked_of(result, plain), result.runs, result.seed),
        order or Order(),
        lambda manifest, pictures: _report(result, manifest, pictures),
        lambda style: exercise_figures(result, style).items(),
    )  # fmt: skip


def write_transcript(result: Transcript, order: Order | None = None) -> Path:
    """Write the folder of offers that were scored; ``order`` says where and how."""
    asked: dict[str, object] = {
        "exercise": to_plain(result.exercise),
        "offers": offers_to_plain(result.given),
    }
    return write_study(
        _study(result.exercise, result.answer, _tables(result, transcript.TABLES), asked, 1, 1),
        order or Order(),
        lambda manifest, pictures: _transcript_report(result, manifest, pictures),
        lambda style: transcript_figures(result, style).items(),
    )


def _tables(result: ExerciseStudy | Transcript, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    return {name: getattr(result, name) for name in names}


def _study(
    exercise: Exercise,
    answer: str,
    tables: dict[str, pd.DataFrame],
    asked: dict[str, object],
    runs: int,
    seed: int,
) -> Study:
    return Study(
        verb="exercise",
        answer=answer,
        tables=tables,
        notes=_notes(exercise),
        name=exercise.name,
        title=exercise.title or exercise.name,
        runs=runs,
        seed=seed,
        recorded={"asked": asked},
        files={SHEET: sheet_text(exercise, SHEET).encode()},
    )


def _notes(exercise: Exercise) -> Notes:
    """The labels of columns, those named after parties and issues too."""
    found = dict(_NOTES)
    for party in exercise.parties:
        found[f"strategy.{party}"] = {"label": f"strategy of {party}", "unit": "name"}
        found[f"points.{party}"] = {"label": f"points of {party}", "unit": f"points of {party}"}
        found[f"left.{party}"] = {
            "label": f"what {party} could have more with the other no worse off",
            "unit": f"points of {party}",
        }
    for topic in exercise.issues:
        found[f"option.{topic.name}"] = {"label": topic.name, "unit": "option"}
    return found


def _report(result: ExerciseStudy, manifest: Manifest, pictures: Sequence[Picture]) -> Report:
    exercise = result.exercise
    files = {"outcomes": ("packages.csv", "solutions.csv"), "ranking": ("ranking.csv", "tests.csv")}
    shown = {one.name: one.described(files=files[one.name]) for one in pictures}
    ranks = [_rank_table(result, party) for party in exercise.parties]
    return Report(
        title=exercise.title or exercise.name,
        question="Which strategy pays in this exercise, and what do they agree on?",
        answer=f"{_capital(result.answer)}.",
        manifest=manifest,
        sections=[
            Section("Ranking", [*ranks, *_picture(shown, "ranking")]),
            Section("What is agreed", [*_picture(shown, "outcomes"), _pair_table(result)]),
            Section("Frontier and solutions", [_solution_table(result)]),
            _sheet_section(exercise),
        ],
        meanings=_MEANINGS | {"belief error": f"{result.error:g}: standard deviation of the logarithm by which each errs in the other's points"},
        limits=_LIMITS,
        of_model=False,
    )  # fmt: skip


def _transcript_report(
    result: Transcript, manifest: Manifest, pictures: Sequence[Picture]
) -> Report:
    exercise = result.exercise
    rows = [
        (
            str(row["offer"]),
            row["party"],
            ", ".join(str(row[f"option.{topic.name}"]) for topic in exercise.issues),
            *(points_text(row[f"points.{party}"]) for party in exercise.parties),
            *(points_text(row[f"left.{party}"]) for party in exercise.parties),
            "yes" if row["efficient"] else "no",
            "yes" if row["accepted"] else "",
        )
        for row in result.offers.to_dict("records")
    ]
    head = (
        "Offer", "by", "package", *(f"points of {party}" for party in exercise.parties),
        *(f"left for {party}" for party in exercise.parties), "efficient", "accepted",
    )  # fmt: skip
    caption = "Left: what the party could have more with the other no worse off."
    table = Table(caption, head, rows, (0, 3, 4, 5, 6), file="offers.csv")
    shown = [one.described(files=("offers.csv", "solutions.csv")) for one in pictures]
    return Report(
        title=exercise.title or exercise.name,
        question="What did the offers leave on the table?",
        answer=f"{_capital(result.answer)}.",
        manifest=manifest,
        sections=[
            Section("Offers", [table, *shown]),
            Section("Frontier and solutions", [_solution_table(result)]),
            _sheet_section(exercise),
        ],
        meanings=_MEANINGS,
        of_model=False,
    )


def _picture(shown: dict[str, Picture], name: str) -> list[Block]:
    return [shown[name]] if name in shown else []


def _rank_table(result: ExerciseStudy, party: str) -> Table:
    ends = () if result.exact else ("from", "to")
    rows = [
        (
            label_of(row["strategy"]),
            points_text(row["points"]),
            *(points_text(row[end]) for end in ("low", "high")[: len(ends)]),
            f"{row['advantage']:+.4g}",
            str(row["better_than"]),
            f"{100.0 * row['agreement']:.0f}",
        )
        for row in result.of(party).to_dict("records")
    ]
    head = ("Strategy", "Points", *ends, "above the mean", "beats beyond chance", "agrees (%)")
    caption = f"As {party}: {result.lead(party)}. "
    caption += (
        "Nothing is drawn: the numbers are exact, each pair once with either speaking first."
        if result.exact
        else f"{result.runs:,} runs of each pair, seed {result.seed}; 95 % intervals of the runs, paired by common draws."
    )
    return Table(caption, head, rows, range(1, len(head)), file="ranking.csv")


def _pair_table(result: ExerciseStudy) -> Table:
    first, second = result.exercise.parties
    rows = [
        (
            label_of(row[f"strategy.{first}"]),
            label_of(row[f"strategy.{second}"]),
            points_text(row[f"points.{first}"]),
            points_text(row[f"points.{second}"]),
            f"{100.0 * row['agreement']:.0f}",
            *(
                "" if row[name] != row[name] else f"{row[name]:.2f}"
                for name in ("efficient", *(f"distance.{concept}" for concept in CONCEPTS))
            ),
            "" if row["round"] != row["round"] else f"{row['round']:.1f}",
        )
        for row in result.pairs.to_dict("records")
    ]
    head = (
        f"As {first}", f"as {second}", f"points of {first}", f"points of {second}", "agree (%)",
        "efficient", "from Nash", "from Kalai and Smorodinsky", "round",
    )  # fmt: skip
    caption = "Of agreements: the share that is efficient, the mean distance to both solutions (gains as shares of the ideal ones), the round."
    return Table(caption, head, rows, range(2, 9), file="pairs.csv")


def _solution_table(result: ExerciseStudy | Transcript) -> Table:
    parties = result.exercise.parties
    rows = [
        (
            CONCEPTS.get(row["solution"], row["solution"]),
            row["package"],
            *(points_text(row[f"points.{party}"]) for party in parties),
        )
        for row in result.solutions.to_dict("records")
    ]
    outcomes = result.exercise.outcomes
    caption = (
        f"{result.exercise.count:,} packages, of which {len(outcomes.frontier)} efficient, "
        f"{len(outcomes.rational)} of them at or above both walk-away points."
    )
    head = ("Solution", "package", *(f"points of {party}" for party in parties))
    return Table(caption, head, rows, (2, 3), file="solutions.csv")


def _sheet_section(exercise: Exercise) -> Section:
    rows = [
        (topic.name, option, *(points_text(points[n]) for points in topic.points))
        for topic in exercise.issues
        for n, option in enumerate(topic.options)
    ]
    rows.append(("walk away", "", *(points_text(floor) for floor in exercise.walk_away)))
    rows += [
        (
            "together",
            ", ".join(f"{issue} {option}" for issue, option in one.options),
            *(points_text(points) for points in one.points),
        )
        for one in exercise.together
    ]
    head = ("Issue", "option", *exercise.parties)
    caption = f"Points of each option; {exercise.rounds} rounds, in each of which both may speak."
    blocks: list[Block] = [Table(caption, head, rows, (2, 3), file=SHEET)]
    if exercise.about:
        blocks.insert(0, Words(exercise.about, "aside"))
    blocks += [Words(f"Taken for granted: {note}.", "aside") for note in exercise.notes]
    return Section("The case sheet", blocks)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
