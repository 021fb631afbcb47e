"""Draw every figure that fits a result into its folder, and write the report.

The bytes depend on the result and the versions of the libraries alone. Nothing here runs a model.
"""

from __future__ import annotations

from pathlib import Path

from sim.batch import Figures
from sim.figures.gallery import figures_of
from sim.figures.report import report_of
from sim.figures.write import write_figures
from sim.report import write_report
from sim.results.results import Results

__all__ = ["draw_all"]


def draw_all(results: Results, folder: Path, figures: Figures, answered: str = "") -> list[Path]:
    """Draw what fits ``results`` into ``folder/figures`` and write ``folder/report.html``, each if
    wanted.

    ``answered`` is the result's answer in one line, if it is known already.

    Returns
    -------
    list of Path
        The files written, in order.

    Raises
    ------
    SimError
        The machine refuses to write.
    """
    drawn = figures_of(results, figures) if figures.draw else ()
    written, pictures = write_figures(drawn, folder, figures)
    if figures.report:
        written.append(folder / "report.html")
        write_report(report_of(results, pictures, answered), written[-1])
    return written
