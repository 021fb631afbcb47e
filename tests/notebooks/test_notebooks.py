"""Notebooks run from top to bottom."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
QUICK = "01_first_scenario"


@pytest.mark.nightly
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_through(nbformat.read(path, as_version=4), monkeypatch)


def test_the_first_notebook_runs_with_few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = (path for path in NOTEBOOKS if path.stem == QUICK)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = re.sub(r"\bruns=\d+", "runs=20", cell.source)
    run_through(notebook, monkeypatch)


def run_through(notebook: nbformat.NotebookNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every cell in a kernel of its own; one at least shows a figure."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in ran)
    assert any(output.output_type == "display_data" for cell in ran for output in cell.outputs)


def test_there_is_a_first_notebook() -> None:
    assert NOTEBOOKS
