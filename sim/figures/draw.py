"""Every figure that fits a result, into its folder, and the report.

A run gives outcomes, a timeline and the bargaining space of a typical run (:mod:`sim.analysis.typical`), the survival of its truces, and, where weeks were kept, fans and
licensing; a sweep gives its phase diagram or lines, and its outcomes along the first lever; where its points are sampled, first the indices
of its settings, and the two strongest take the place of the first two. The bytes depend on the result and the versions of the
libraries alone. It steps one Mesa run where the weeks of that run are not in the result; nothing else here runs a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.config.groups.outcomes import Figures
from sim.config.params import GOODS
from sim.figures.bands import quantiles
from sim.figures.files import Picture, figure_bytes, house_style
from sim.figures.style import NAMES, Caption, unit_of
from sim.results.folder import whole_file
from sim.results.results import Results
from sim.rules.measures import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.analysis.typical import Typical

__all__ = ["draw_all", "figures_of"]

_SAMPLED = ("sobol", "latin_hypercube", "saltelli", "morris")
_MOST_COMPARED = 10_000  # runs among which the typical one is looked for: 0.2 s
_FORMATS = {"png": ("png",), "svg": ("svg",), "both": ("png", "svg")}
Drawn = tuple[str, "Figure"]


def draw_all(results: Results, folder: Path, figures: Figures, answered: str = "") -> list[Path]:
    """Draw what fits ``results`` into ``folder/figures`` and write ``folder/report.html``, each where wanted.

    ``answered`` is the result's answer in a line, where it is known already.

    Returns
    -------
    list of Path
        The files written, in order.

    Raises
    ------
    SimError
        Where the machine refuses to write.
    """
    from sim.figures.report import write_report

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
    path.parent.mkdir(exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)
    return path


def figures_of(results: Results, look: Figures) -> Iterator[Drawn]:
    """Name and figure of all that fits a result, in the order of the report."""
    yield from _of_sweep(results, look) if results.design else _of_run(results, look)


def _of_run(results: Results, look: Figures) -> Iterator[Drawn]:
    from sim.agents.space import bargaining_space
    from sim.analysis.shares import outcome_shares
    from sim.analysis.typical import typical_run
    from sim.figures.bargaining import bargaining
    from sim.figures.outcomes import outcomes
    from sim.figures.timeline import timeline

    caption = _caption(results)
    yield "outcomes", outcomes(outcome_shares(results.table(["outcome"]), []), caption, look)
    shown = typical_run(results.table().head(_MOST_COMPARED))
    example = caption.adding(_how_typical(shown))
    weeks = _weeks_of(results, shown.run)
    if weeks is not None:
        yield "timeline", timeline(weeks, results.scenario, example, look)
    yield from _of_truces(results, caption, look)
    if results.weeks is not None:
        yield from _of_weeks(results, caption, look)
    if results.manifest.get("strategies"):
        return  # a strategy in Python is not at hand to step a run with
    space = bargaining_space(results.scenario, caption.seed, shown.run)
    if space is not None:
        yield "bargaining", bargaining(space, example, look)


def _of_truces(results: Results, caption: Caption, look: Figures) -> Iterator[Drawn]:
    from sim.analysis.survival import truce_survival
    from sim.figures.survival import survival

    runs = results.table(["weeks_to_first_truce", "weeks_to_first_break"])
    curve = truce_survival(runs, results.scenario.calendar.horizon_weeks)
    if curve["at_risk"].iloc[0] > 0:
        yield "survival", survival(curve, results.scenario, caption, look)


def _of_weeks(results: Results, caption: Caption, look: Figures) -> Iterator[Drawn]:
    from sim.figures.fans import fans
    from sim.figures.licensing import licensing
    from sim.history.record import magnet_exports

    assert results.weeks is not None
    weeks = quantiles(results.weeks) if "run" in results.weeks else results.weeks
    sectors = {good: tuple(getattr(results.scenario.firms, good).sectors) for good in GOODS}
    caption = replace(caption, runs=results.weekly_runs or caption.runs)
    yield "fans", fans(weeks, results.notes, sectors, caption, look, magnet_exports())
    yield "licensing", licensing(weeks, results.notes, sectors, caption, look)


def _of_sweep(results: Results, look: Figures) -> Iterator[Drawn]:
    from sim.analysis.sensitivity import sensitivity
    from sim.analysis.shares import outcome_shares
    from sim.figures.indices import MOST_MEASURES, indices, strongest
    from sim.figures.outcomes import outcomes
    from sim.figures.phase import classes, lines, phase

    described = results.manifest.get("sweep") or {}
    wanted = described.get("figure", "auto")
    names = _levers(results, described)
    if wanted == "none" or not names:
        return
    if wanted == "indices" or (wanted == "auto" and described.get("kind") in _SAMPLED and len(names) > 2):
        found = sensitivity(results.table, described, names, _measures(described)[:MOST_MEASURES])
        yield "indices", indices(found, results.notes, _caption(results, described), look)
        names = strongest(found)
    flat = wanted == "lines" or len(names) == 1
    moved = names[:1] if flat else names[:2]
    runs, binned = classes(results.table([*moved, "outcome"]), moved)
    caption = _caption(results, described, _of_more(results, names, moved, binned))
    if flat:
        yield "lines", lines(outcome_shares(runs, moved), moved[0], results.notes, caption, look)
    else:
        yield "phase", phase(outcome_shares(runs, moved), moved, results.notes, caption, look)
    first = outcome_shares(runs, moved[:1])
    label = unit_of(results.notes, moved[0], raw=True)
    rest = [] if flat else moved[1:]
    caption = _caption(
        results, described, _of_more(results, names, moved[:1], [name for name in binned if name not in rest])
    )
    yield "outcomes", outcomes(first, caption, look, by=moved[0], label=label)


def _measures(described: Mapping[str, Any]) -> list[str]:
    """What indices are of: the sweep's own measures, but for designs that need a value in every run the outcomes among them."""
    wanted = described.get("measures") or OUTCOMES
    whole = [name for name in wanted if name in OUTCOMES or described.get("kind") not in ("saltelli", "morris")]
    return list(whole or OUTCOMES)


def _levers(results: Results, described: dict[str, Any]) -> list[str]:
    """What the sweep moved and runs differ in, what copies another lever left out."""
    factors = described.get("factors") or {}
    return [name for name in results.design if not (factors.get(name) or {}).get("same_as")]


def _of_more(results: Results, names: list[str], moved: list[str], binned: list[str]) -> str:
    labels = {name: results.notes.get(name, {"label": name})["label"] for name in names}
    others = [labels[name] for name in names if name not in moved]
    told = []
    if others:
        listed = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
        told.append(f"Averaged over {listed}.")
    if binned:
        told.append(f"In classes of equally many runs: {', '.join(labels[name] for name in binned)}.")
    return " ".join(told)


def _caption(results: Results, described: dict[str, Any] | None = None, more: str = "") -> Caption:
    run, count = results.manifest["run"], len(results.table(["outcome"]))
    name, title = results.scenario.name, results.title
    if described and described.get("name"):
        name, title = f"{name}, sweep {described['name']}", described.get("title") or title
    return Caption(title, name, count, int(run["seed"]), more)


def _how_typical(shown: Typical) -> str:
    """How the example was chosen, for its footnote."""
    if shown.among == 1:
        return f"Run {shown.run} is the only one that ends in {NAMES[shown.outcome]}, the commonest outcome."
    return (
        f"Run {shown.run} is typical: of the {shown.among:,} runs that end in {NAMES[shown.outcome]}, the commonest outcome, the one "
        f"nearest to the others (medoid of {shown.measures} measures by rank)."
    )


def _weeks_of(results: Results, run: int) -> pd.DataFrame | None:
    """The weeks of one run: those in the result, else stepped anew; None where a strategy in Python would be needed for that."""
    if results.weeks is not None and "run" in results.weeks:
        weeks = results.weeks[results.weeks["run"] == run]
        if len(weeks):
            return weeks.reset_index(drop=True)
    if results.manifest.get("strategies"):
        return None
    from sim.model import simulate
    from sim.results.tables import weeks_table

    seed = int(results.manifest["run"]["seed"])
    _, series = simulate(results.scenario, np.asarray([run], np.int64), seed, weekly=1)
    return weeks_table(series, results.params, results.scenario.calendar.start, "all").assign(run=run)
