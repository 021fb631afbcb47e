"""Figures as files of a result's folder, and as pictures for its report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure

from sim.batch import Figures
from sim.figures.encode import figure_bytes, house_style
from sim.report import Picture
from sim.results.folder import atomic_write
from sim.results.regular import inner_folder

__all__ = ["pictures_of", "write_figures"]

_FORMATS = {"png": ("png",), "svg": ("svg",), "both": ("png", "svg")}


def write_figures(
    figures: Iterable[tuple[str, Figure]], folder: Path, style: Figures
) -> tuple[list[Path], list[Picture]]:
    """Write figures into ``folder/figures``, in the formats asked for.

    Parameters
    ----------
    figures
        Name and figure; each is drawn, written and let go before the next is asked for.
    folder
        The folder of the result.
    style
        Their formats, and whether a report wants them.

    Returns
    -------
    list of Path, list of Picture
        The files written, and for a report each figure as PNG with its title as alternative text;
        none where no report is wanted.
    """
    kinds, written, pictures = _FORMATS[style.format], [], []
    with house_style():
        for name, figure in figures:
            for kind in dict.fromkeys((*kinds, "png")) if style.report else kinds:
                data = figure_bytes(figure, kind)
                if kind in kinds:
                    written.append(_written(folder, f"{name}.{kind}", data))
                if kind == "png" and style.report:
                    pictures.append(Picture(name, _title(figure), data))
    return written, pictures


def pictures_of(figures: Iterable[tuple[str, Figure]]) -> list[Picture]:
    """Figures as pictures for a report, without files."""
    with house_style():
        return [
            Picture(name, _title(figure), figure_bytes(figure, "png")) for name, figure in figures
        ]


def _title(figure: Figure) -> str:
    """The title in a line, without matplotlib's escapes."""
    return " ".join(figure.get_suptitle().replace("\\$", "$").split())


def _written(folder: Path, name: str, data: bytes) -> Path:
    inner_folder(folder, "figures", make=True)
    path = folder / "figures" / name
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)
    return path
