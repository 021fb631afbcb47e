"""Draw every figure that fits a result into its folder, and write the report.

The bytes depend on the result and the versions of the libraries alone. Nothing here runs a model.
"""

from __future__ import annotations

from pathlib import Path

from sim.batch import Figures
from sim.figures.encode import Picture, figure_bytes, house_style
from sim.figures.gallery import figures_of
from sim.figures.report import write_report
from sim.results.folder import atomic_write
from sim.results.regular import inner_folder
from sim.results.results import Results

__all__ = ["draw_all"]

_FORMATS = {"png": ("png",), "svg": ("svg",), "both": ("png", "svg")}


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
    written, pictures = [], []
    kinds = _FORMATS[figures.format]
    with house_style():
        for name, figure in figures_of(results, figures) if figures.draw else ():
            for kind in dict.fromkeys((*kinds, "png")) if figures.report else kinds:
                data = figure_bytes(figure, kind)
                if kind in kinds:
                    written.append(_written(folder / "figures" / f"{name}.{kind}", data))
                if kind == "png":
                    pictures.append(Picture(name, figure.get_suptitle(), data))
    if figures.report:
        written.append(folder / "report.html")
        write_report(results, pictures, written[-1], answered)
    return written


def _written(path: Path, data: bytes) -> Path:
    inner_folder(path.parent.parent, path.parent.name, make=True)
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)
    return path
