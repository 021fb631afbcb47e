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


@pytest.mark.filterwarnings("ignore")  # of show(), where figures have no window
def test_the_cells_of_the_first_notebook_run_with_few_runs() -> None:
    import matplotlib.pyplot as plt

    (path,) = (path for path in NOTEBOOKS if path.stem == QUICK)
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    space: dict[str, object] = {}
    for cell in cells:
        few = re.sub(r"\bruns=\d+", "runs=20", cell.source)
        exec(compile(few, str(path), "exec"), space)  # the notebook of our own repository
    assert len(cells) > 5 and plt.get_fignums()
    plt.close("all")


@pytest.mark.nightly
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    ran = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in ran)
    assert any(output.output_type == "display_data" for cell in ran for output in cell.outputs)


def test_there_is_a_first_notebook() -> None:
    assert NOTEBOOKS
