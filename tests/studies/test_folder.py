"""sim.studies.folder: a study's folder is whole or not there, says what each column is, and a verb is
reproduced by one row.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim
from sim.batch import Figures, Run
from sim.config.errors import SimError
from sim.report import Report, Section, Table, report_html
from sim.reproduction import rerun
from sim.results.manifest import Manifest, read_manifest, recorded_scenarios
from sim.results.reader import record_of
from sim.studies.folder import Order, Study, note_of, write_study

NOTES = {"lever": {"label": "lever", "unit": "name"}, "share": {"label": "share", "unit": "share"}}


def tables(factor: float) -> dict[str, pd.DataFrame]:
    return {
        "boxes": pd.DataFrame(
            {"lever": ["a", "b"], "share": [factor, 2 * factor], "share.low": 0.0, "low": 0.0}
        )
    }


def study(factor: float = 0.25, **more) -> Study:
    scenario = sim.load("truce.length_weeks=26")
    return Study(
        verb="mine",
        answer="so",
        tables=tables(factor),
        notes=NOTES,
        scenarios={"a": scenario, "b": sim.load()},
        runs=7,
        seed=3,
        recorded={"asked": {"factor": factor}},
        **more,
    )


def report(manifest: Manifest, pictures) -> Report:
    return Report(
        title="t",
        question="q",
        answer="so",
        manifest=manifest,
        sections=[Section("s", [Table("c", ("x",), [("1",)]), *pictures])],
    )


def figures(style: Figures):
    figure = Figure(figsize=(2, 1))
    figure.suptitle("What is to be seen")
    yield "boxes", figure


def test_the_folder_holds_tables_codebook_scenarios_figures_report_and_manifest(tmp_path) -> None:
    order = Order(out=tmp_path, name="n", words=["a=1", "out=/some"], style=Figures(format="both"))
    folder = write_study(study(files={"more.json": b"{}"}), order, report, figures)
    assert folder.parent == tmp_path / "mine" and folder.name.startswith("n-")
    manifest = read_manifest(folder / "manifest.json")
    assert sorted(manifest.files) == [
        "boxes.csv",
        "codebook.csv",
        "figures/boxes.png",
        "figures/boxes.svg",
        "more.json",
        "report.html",
        "scenario-a.yaml",
        "scenario-b.yaml",
    ]
    assert manifest.asked == {"factor": 0.25} and manifest.overrides == ("a=1",)
    assert [one.truce.length_weeks for one in recorded_scenarios(manifest)] == [26, 13]
    rows = list(csv.DictReader((folder / "codebook.csv").open(encoding="utf-8")))
    assert [row["label"] for row in rows] == [
        "lever",
        "share",
        "share: lower end of the 95 % interval",
        "lower end of the 95 % interval",
    ]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'alt="What is to be seen"' in page


def test_without_figures_and_report_neither_is_drawn(tmp_path) -> None:
    def never(*given):
        raise AssertionError

    order = Order(folder=tmp_path, style=Figures(draw=False, report=False))
    folder = write_study(study(), order, never, never)
    assert folder == tmp_path
    assert not (folder / "report.html").exists() and not (folder / "figures").exists()


def test_what_fails_leaves_nothing_behind(tmp_path) -> None:
    def fails(manifest, pictures):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write_study(study(), Order(out=tmp_path), fails, figures)
    assert list((tmp_path / "mine").iterdir()) == []


def test_an_unknown_column_has_no_note() -> None:
    with pytest.raises(KeyError):
        note_of(NOTES, "colour")


@dataclass(frozen=True, kw_only=True)
class Asked:
    factor: float


def again(manifest: Manifest, settings: Run, progress) -> dict[str, pd.DataFrame]:
    assert (settings.runs, settings.seed) == (7, 3)
    return tables(record_of(Asked, manifest.asked, "what mine was asked", "asked").factor)


@pytest.mark.parametrize("alone", [False, True])
def test_one_row_makes_a_verb_reproducible_from_its_folder_and_its_page(
    alone, tmp_path, monkeypatch
) -> None:
    module = ModuleType("of_mine")
    module.tables_again = again  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "of_mine", module)
    monkeypatch.setitem(rerun.STUDIES, "mine", "of_mine")
    folder = write_study(study(), Order(out=tmp_path, style=Figures(draw=False)), report)
    assert sim.reproduce(folder / "report.html" if alone else folder).same
    changed = read_manifest(folder / "manifest.json")
    monkeypatch.setattr(module, "tables_again", lambda *given: tables(0.3))
    assert not sim.reproduce(folder / "report.html" if alone else folder).same
    assert report_html(report(changed, [])).count("<h1>") == 1


def test_a_verb_without_a_row_is_refused_by_name(tmp_path) -> None:
    folder = write_study(study(), Order(out=tmp_path, style=Figures(draw=False)), report)
    with pytest.raises(SimError, match="cannot be reproduced"):
        sim.reproduce(Path(folder))
