"""An exercise from a file, whatever its owner keeps it in: a case sheet (YAML, JSON), a table of
points (CSV, Excel), or a domain of Genius (XML) or GeniusWeb (JSON) with two profiles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.config.compose import is_case_sheet
from sim.config.errors import Faults, SimError
from sim.config.yaml import read_yaml, to_yaml, write_text
from sim.exercises.exercise import Exercise
from sim.exercises.genius import exercise_of_domain
from sim.exercises.geniusweb import exercise_of_web, is_web, web_file_in
from sim.exercises.sheet import exercise_of, to_plain
from sim.sheets import Sheet, read_sheet

__all__ = ["holds_exercise", "read_exercise", "sheet_text", "write_exercise"]

_PLAIN, _TABLES = (".yaml", ".yml", ".json"), (".csv", ".tsv", ".txt", ".xlsx")
_HEAD = "issue, option, and a column of points for each party"
_MOST_ROWS = 10_000  # more than the options of as many issues as a sheet may have
_WALK_AWAY, _ROUNDS_ROW = ("walk away", "walk_away", "walk-away"), ("rounds",)


def read_exercise(
    path: Path | str, profiles: Sequence[Path | str] = (), rounds: int | None = None
) -> Exercise:
    """The exercise in a file.

    Parameters
    ----------
    path
        ``.yaml`` or ``.json``: a case sheet. ``.csv``, ``.tsv`` or ``.xlsx``: a table of points.
        ``.xml`` or a folder: a Genius domain. ``.json`` of GeniusWeb: a domain or a profile.
    profiles
        Of a domain: the profiles of both parties; those beside it unless given. Of a profile: the
        other one.
    rounds
        Instead of those of the sheet; of a domain, which has none, 20 unless given.

    Raises
    ------
    SimError
        What is wrong, with file and line, or row and column.
    """
    file = Path(path)
    if file.is_dir():
        inside = file / "domain.xml"
        file = inside if inside.exists() else web_file_in(file) or inside
    if file.suffix == ".xml":
        return exercise_of_domain(file, [Path(one) for one in profiles], rounds)
    plain = read_yaml(file) if file.suffix in _PLAIN else None
    if plain is not None and is_web(plain.values):
        return exercise_of_web(plain, [Path(one) for one in profiles], rounds)
    if profiles:
        cure = "leave it out: a case sheet holds the points of both parties"
        raise SimError("only a Genius or GeniusWeb domain has profiles", key="profiles", cure=cure)
    if plain is not None:
        sheet = plain
        return exercise_of(
            sheet.values, _called(file), lambda path: sheet.where(path) or sheet.name, rounds
        )
    if file.suffix in _TABLES:
        return _exercise_of_table(read_sheet(file, _MOST_ROWS), _called(file), rounds)
    allowed = ", ".join((*_PLAIN, *_TABLES, ".xml"))
    raise SimError("not a file of an exercise", key=str(file), given=file.suffix, allowed=allowed)


def holds_exercise(path: Path | str) -> bool:
    """Whether a file is meant as an exercise, and not as a scenario.

    Raises
    ------
    SimError
        A file of plain data that cannot be read.
    """
    file = Path(path)
    if file.is_dir() or file.suffix in (".xml", *_TABLES):
        return True
    if file.suffix not in _PLAIN:
        return False
    values = read_yaml(file).values
    return is_case_sheet(values) or is_web(values)


def write_exercise(exercise: Exercise, path: Path | str) -> None:
    """Write a case sheet that :func:`read_exercise` reads as an equal exercise, atomically."""
    write_text(path, sheet_text(exercise, Path(path).name))


def sheet_text(exercise: Exercise, file: str) -> str:
    """The case sheet of an exercise as text."""
    head = f"# {exercise.title or exercise.name}\n# Plain data: tariffsim exercise file={file}\n\n"
    return head + to_yaml(to_plain(exercise))


def _called(file: Path) -> str:
    return re.sub(r"[^\w-]+", "_", file.stem)[:60] or "exercise"


def _exercise_of_table(sheet: Sheet, name: str, rounds: int | None) -> Exercise:
    """The exercise of a table: a row for each option, one for walk away, one for rounds."""
    parties = [column for column in sheet.columns if column not in ("issue", "option")]
    if "issue" not in sheet.columns or "option" not in sheet.columns or len(parties) != 2:
        given = ", ".join(sheet.columns)
        raise SimError("not a table of points", key=sheet.path, given=given, allowed=_HEAD)
    plain: dict[str, Any] = {"parties": parties, "issues": {}}
    places: dict[str, tuple[str, int]] = {}
    faults = Faults()
    for row, (issue, option) in enumerate(_rows(sheet)):
        if issue in _ROUNDS_ROW:
            plain["rounds"] = 1
            with faults.catching():
                plain["rounds"] = _whole(sheet.value("option", row))
            places["rounds"] = ("option", row)
            continue
        points: dict[str, Any] = dict.fromkeys(parties, 0)
        for party in parties:
            with faults.catching():
                points[party] = sheet.value(party, row)
        if issue in _WALK_AWAY:
            plain["walk_away"] = points
            places |= {f"walk_away.{party}": (party, row) for party in parties}
            continue
        topic = plain["issues"].setdefault(issue, {"options": [], **{p: [] for p in parties}})
        place = len(topic["options"])
        places[f"issues.{issue}.options.{place}"] = ("option", row)
        topic["options"].append(option)
        for party in parties:
            topic[party].append(points[party])
            places[f"issues.{issue}.{party}.{place}"] = (party, row)

    def where(path: str) -> str | None:
        return sheet.where(*places[path]) if path in places else sheet.path

    with faults.catching():
        if "walk_away" not in plain:
            cure = (
                "a row: walk away, an empty option, and the points of each party without agreement"
            )
            raise SimError("walk away is missing", key=sheet.path, cure=cure)
        made = exercise_of(plain, name, where, rounds)
    faults.refuse()
    return made


def _rows(sheet: Sheet) -> list[tuple[str, str]]:
    """Issue and option of each row; an issue holds until the next is named."""
    found, issue = [], ""
    for row, (said, option) in enumerate(
        zip(sheet.texts("issue"), sheet.texts("option"), strict=True)
    ):
        issue = said or issue
        if not issue:
            raise SimError("an empty cell", key=sheet.where("issue", row), cure="name the issue")
        found.append((issue, option))
    return found


def _whole(value: object) -> object:
    """A number of a spreadsheet, which has no whole numbers, as one where it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
