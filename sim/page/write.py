"""The page as a file of the user's, opened with two scenarios of their choice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.batch import Run
from sim.browser.module import load_module
from sim.config.check import to_plain
from sim.config.scenario import Scenario
from sim.page.build import PAGE, page_html, with_opening
from sim.page.contents import contents
from sim.page.decoder import load_decoder
from sim.results.folder import atomic_write, prepare_folder

__all__ = ["write_page"]


def write_page(sides: Sequence[Scenario], settings: Run, folder: Path | None = None) -> Path:
    """Write the page with sides A and B as it opens; its path.

    Parameters
    ----------
    sides
        The two scenarios.
    settings
        ``seed`` and ``runs`` of each side; ``out`` and ``name`` of the folder.
    folder
        The folder itself, there and empty; by default a new one.

    Raises
    ------
    SimError
        This installation lacks the module of the rules, or the folder cannot be written.
    """
    html = page_html(contents(load_module(), load_decoder()))
    a, b = (to_plain(scenario) for scenario in sides)
    opening = {"a": a, "b": b, "seed": str(settings.seed), "runs": settings.runs}
    name = settings.name or "-".join(dict.fromkeys(scenario.name for scenario in sides))
    path = (folder or prepare_folder(settings.out, "page", name)) / PAGE
    with atomic_write(path) as draft:
        draft.write_text(with_opening(html, opening), encoding="utf-8", newline="\n")
    return path
