"""A transcript as a table: what governments answered, by week and number of the ask.

The tables that a run writes (``transcript.parquet``) are read back, and so is a sheet made by hand
with a column ``answer``. A row that is refused is named as the sheet counts it.
"""

from __future__ import annotations

from pathlib import Path

from sim.config.check import check_value
from sim.config.contradictions import contradictions
from sim.config.errors import Faults, SimError
from sim.config.fields import settings_of
from sim.config.transcript import MOST_ROWS, TranscriptRow
from sim.sheets.sheet import Sheet, read_sheet, sheet_of
from sim.vocabulary import DECISIONS

__all__ = ["read_transcript", "transcript_in"]

_COLUMNS = ("week", "ask", "side", "decision")
_ANSWER, _PARTS, _RUN = "answer", ("choice", "worth"), "run"


def read_transcript(path: Path) -> list[TranscriptRow]:
    """The rows of a table: columns ``week``, ``ask``, ``side``, ``decision``, and ``answer`` or, as
    results write it, ``choice`` and ``worth``.

    Raises
    ------
    SimError
        A table that cannot be read, of more than one run, a column that is missing, or a cell that
        is refused.
    """
    return _rows(read_sheet(path, MOST_ROWS))


def transcript_in(table: object) -> list[TranscriptRow]:
    """The same of a table in memory: a DataFrame or a mapping of columns.

    Examples
    --------
    >>> one = {"week": [12], "ask": [0], "side": ["us"], "decision": ["renew"], "answer": ["no"]}
    >>> transcript_in(one)[0].answer
    'no'
    """
    columns = {str(name): list(table[name]) for name in table}  # type: ignore[attr-defined,index]
    return _rows(sheet_of(columns, "transcript", MOST_ROWS))


def _rows(sheet: Sheet) -> list[TranscriptRow]:
    _refuse_others(sheet)
    made, faults = list[TranscriptRow](), Faults()
    for row in range(len(sheet.rows)):
        with faults.catching():
            made.append(_row(sheet, row))
    faults.refuse()
    return made


def _refuse_others(sheet: Sheet) -> None:
    """Refuse a table without the columns, or of several runs."""
    answers = (_ANSWER,) if _ANSWER in sheet.columns else _PARTS
    for name in (*_COLUMNS, *answers):
        if name not in sheet.columns:
            cure = "columns week, ask, side, decision and answer"
            problem = f"no column {_ANSWER if name in _PARTS else name}"
            raise SimError(problem, key=sheet.path, allowed=list(sheet.columns), cure=cure)
    runs = sorted(set(sheet.texts(_RUN))) if _RUN in sheet.columns else []
    if len(runs) > 1:
        cure = "keep the rows of one run: results.transcript.query('run == 0')"
        raise SimError(
            "transcripts of several runs", key=sheet.path, given=f"{len(runs):,} runs", cure=cure
        )


def _row(sheet: Sheet, row: int) -> TranscriptRow:
    settings, faults = settings_of(TranscriptRow), Faults()
    where = {name: sheet.where(name, row) for name in _COLUMNS}
    values: dict[str, object] = {}
    for name in _COLUMNS:
        with faults.catching():
            values[name] = check_value(settings[name], sheet.value(name, row), where[name])
    faults.refuse()
    column = _ANSWER
    if _ANSWER not in sheet.columns:
        column = "worth" if DECISIONS[str(values["decision"])].is_worth else "choice"
    made = TranscriptRow(**values, answer=_answer(sheet, column, row))  # type: ignore[arg-type]
    where["answer"] = sheet.where(column, row)
    faults.found += [e.changed(key=where.get(str(e.key), e.key)) for e in contradictions(made)]
    faults.refuse()
    return made


def _answer(sheet: Sheet, column: str, row: int) -> str:
    """An answer as text: a word, yes or no for a flag, or the shortest digits of a number."""
    value = sheet.value(column, row)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(float(value)) if isinstance(value, (int, float)) else str(value)
