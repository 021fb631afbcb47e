"""The page as a file of the user's, opened with two scenarios of their choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from sim.batch import Run
from sim.browser.module import load_module
from sim.config.check import to_plain
from sim.config.errors import SimError
from sim.config.fields import settings_of
from sim.config.scenario import Scenario
from sim.page.build import PAGE, page_html, with_opening
from sim.page.contents import contents
from sim.page.decoder import load_decoder
from sim.results.folder import atomic_write, prepare_folder

__all__ = ["names_of_sides", "write_page"]

_DATED = ("changes", "shocks.chronology", "economy.tariff_path")
_MOST_NAMED = 2  # settings that a name lists
_MOST_LETTERS = settings_of(Scenario)["title"].most


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
        A scenario with what the page does not run; this installation lacks the module of the rules, or the folder cannot be written.
    """
    for scenario in sides:
        _refuse_dated(scenario)
    html = page_html(contents(load_module(), load_decoder()))
    titled = [
        replace(one, title=name) for one, name in zip(sides, names_of_sides(*sides), strict=True)
    ]
    a, b = (to_plain(scenario) for scenario in titled)
    opening = {"a": a, "b": b, "seed": str(settings.seed), "runs": settings.runs}
    name = settings.name or "-".join(dict.fromkeys(scenario.name for scenario in sides))
    path = (folder or prepare_folder(settings.out, "page", name)) / PAGE
    with atomic_write(path) as draft:
        draft.write_text(with_opening(html, opening), encoding="utf-8", newline="\n")
    return path


def names_of_sides(one: Scenario, other: Scenario) -> tuple[str, str]:
    """What both sides are called: their titles, and where these are the same what the other changes.

    Examples
    --------
    >>> london = Scenario()
    >>> names_of_sides(london, london.change({"linkage.cn": 0.5}))
    ('London, June 2025', 'London with linkage.cn=0.5')
    """
    if one.title != other.title:
        return one.title, other.title
    changed = [
        f"{path}={after:g}" if isinstance(after, float) else f"{path}={after}"
        for path, (_, after) in one.diff(other).items()
        if path not in ("name", "title", "about")
    ]
    # the page cuts a title at its comma
    title = f"{other.title.partition(',')[0]} with"
    named = " and ".join(changed) if 0 < len(changed) <= _MOST_NAMED else ""
    if not named or len(title) + len(named) >= _MOST_LETTERS:
        named = f"{len(changed)} changes"
    return one.title, f"{title[: _MOST_LETTERS - len(named) - 1]} {named}"


def _refuse_dated(scenario: Scenario) -> None:
    """Refuse what a scenario dates: the page would run it without, and say nothing.

    Raises
    ------
    SimError
        Settings that change on a day, a chronology or a path of tariffs.
    """
    given = next((name for name in _DATED if attrgetter(name)(scenario)), None)
    if given is not None:
        cure = "tariffsim run or compare takes it; for the page leave it out"
        raise SimError("is not run by the page", key=given, given=scenario.name, cure=cure)
