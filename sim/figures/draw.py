"""Every figure that fits a result, into its folder, and the report.

A run gives outcomes, a timeline and the bargaining space of a typical run (:mod:`sim.analysis.typical`), the survival of its truces, and, where weeks were kept, fans and
licensing; a sweep gives its phase diagram or lines, and its outcomes along the first lever; where its points are sampled, first the indices
of its settings, and the two strongest take the place of the first two. The bytes depend on the result and the versions of the
libraries alone. It steps one Mesa run where the weeks of that run are not in the result; nothing else here runs a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.words import label_of
from sim.config.groups.outcomes import Figures
from sim.config.groups.sweep import Sweep
from sim.figures.bands import Notes, quantiles
from sim.figures.files import Picture, figure_bytes, house_style
from sim.figures.style import NAMES, Caption, unit_of
from sim.results.folder import whole_file
from sim.results.results import Results
from sim.rules.measures import OUTCOMES
from sim.vocabulary import GOODS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.analysis.typical import Typical

__all__ = ["draw_all", "figures_of"]

_PANELS_A_SLIDE = 2  # more leave no room for text that the back of a room can read
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
    from sim.figures.timeline import PANELS, timeline

    caption = _caption(results)
    yield "outcomes", outcomes(outcome_shares(results.table(["outcome"]), []), caption, look)
    typical = typical_run(results.table().head(_MOST_COMPARED))
    example = caption.adding(_how_typical(typical))
    weeks = _weeks_of(results, typical.run)
    for name, shown in _pages("timeline", PANELS, look) if weeks is not None else ():
        yield name, timeline(weeks, results.scenario, example, look, shown)
    yield from _of_truces(results, caption, look)
    if results.weeks is not None:
        yield from _of_weeks(results, caption, look)
    if results.manifest.strategies:
        return  # a strategy in Python is not at hand to step a run with
    space = bargaining_space(results.scenario, caption.seed, typical.run)
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
    from sim.figures.fans import PANELS, fans
    from sim.figures.licensing import ROWS, licensing
    from sim.history.record import magnet_exports

    assert results.weeks is not None
    weeks = quantiles(results.weeks) if "run" in results.weeks else results.weeks
    sectors = {good: tuple(getattr(results.scenario.firms, good).sectors) for good in GOODS}
    caption = replace(caption, runs=results.weekly_runs or caption.runs)
    record = magnet_exports()
    for name, shown in _pages("fans", PANELS, look):
        yield name, fans(weeks, results.notes, sectors, caption, look, record, shown)
    for name, shown in _pages("licensing", ROWS, look):
        yield name, licensing(weeks, results.notes, sectors, caption, look, shown)


def _pages(name: str, panels: Sequence[str], look: Figures) -> Iterator[tuple[str, Sequence[str]]]:
    """A figure of many panels as it is, or as slides of two of them."""
    if not look.height:
        yield name, panels
        return
    for start in range(0, len(panels), _PANELS_A_SLIDE):
        yield f"{name}-{start // _PANELS_A_SLIDE + 1}", panels[start : start + _PANELS_A_SLIDE]


def _of_sweep(results: Results, look: Figures) -> Iterator[Drawn]:
    from sim.analysis.drawn import SAMPLED, draws_of, source_words
    from sim.analysis.pooled import pooled_shares
    from sim.analysis.ranking import rank_settings
    from sim.analysis.sensitivity import sensitivity
    from sim.figures.binned import classes
    from sim.figures.indices import MOST_MEASURES, indices
    from sim.figures.outcomes import outcomes
    from sim.figures.phase import LEADERS, PANELS, lines, phase

    sweep = results.sweep
    assert sweep is not None
    wanted = sweep.figure
    names = [name for name in results.design if name not in sweep.copies]
    if wanted == "none" or not names:
        return
    yield from _of_target(results, look)
    notes = _notes(results, sweep)
    if wanted == "indices" or (wanted == "auto" and sweep.kind in SAMPLED and len(names) > 2):
        found = sensitivity(results.table, sweep, names, _measures(sweep)[:MOST_MEASURES])
        ranking = rank_settings(results.table, sweep, names)
        yield "indices", indices(found, ranking, notes, _caption(results), look)
        names = list(ranking.order)
    flat = wanted == "lines" or len(names) == 1
    moved = names[:1] if flat else names[:2]
    runs, binned = classes(results.table([*moved, "point", "run", "outcome"]), moved)
    draws = draws_of(sweep)
    caption = _caption(results, _of_more(notes, names, moved, binned))
    shares = pooled_shares(runs, moved, **draws)
    if flat:
        yield "lines", lines(shares, moved[0], notes, caption, look, source_words(draws))
    else:
        for name, part in (("phase-1", LEADERS), ("phase-2", PANELS)) if look.height else (("phase", ""),):
            yield name, phase(shares, moved, notes, caption, look, part)
    first = pooled_shares(runs, moved[:1], **draws)
    label = unit_of(notes, moved[0], raw=True)
    rest = [] if flat else moved[1:]
    caption = _caption(results, _of_more(notes, names, moved[:1], [name for name in binned if name not in rest]))
    yield "outcomes", outcomes(first, caption, look, by=moved[0], label=label, source=source_words(draws))


def _of_target(results: Results, look: Figures) -> Iterator[Drawn]:
    """The figure that answers the sweep's own question, where it names a focus."""
    from sim.analysis import target
    from sim.analysis.told import tell_target
    from sim.figures.focus import focus_cells, focus_contrast, focus_levers, focus_lines

    found = target.find(results)
    if not found:
        return
    caption = _caption(results)
    title = f"{caption.lead} {tell_target(found, brief=bool(look.height))}".replace(" %", "\u00a0%")
    levers = [effect.setting for effect in found[0].effects]
    kind = target.shape(found[0])
    if kind == target.CELLS:
        moved = [name for name in results.design if name in levers]
        tables = [target.cells(results, part.focus, moved) for part in found]
        figure = focus_cells(found, tables, title, caption, look)
    else:
        drawer = {target.LINES: focus_lines, target.LEVERS: focus_levers, target.CONTRAST: focus_contrast}[kind]
        figure = drawer(found, title, caption, look)
    yield "answer", figure


def _measures(sweep: Sweep) -> list[str]:
    """What indices are of: the sweep's own measures, but for designs that need a value in every run the outcomes among them."""
    wanted = sweep.focus or sweep.measures or OUTCOMES
    whole = [name for name in wanted if name in OUTCOMES or sweep.kind not in ("saltelli", "morris")]
    return list(whole or OUTCOMES)


def _notes(results: Results, sweep: Sweep) -> Notes:
    """Labels and units, those of settings that move for both sides saying so."""
    linked = set(sweep.copies.values())
    both = {
        name: {**results.notes[name], "label": label_of(name, results.notes, True, unit=False)}
        for name in linked
        if name in results.notes
    }
    return {**results.notes, **both}


def _of_more(notes: Notes, names: list[str], moved: list[str], binned: list[str]) -> str:
    labels = {name: notes.get(name, {"label": name})["label"] for name in names}
    others = [labels[name] for name in names if name not in moved]
    told = []
    if others:
        listed = ", ".join(others[:4]) + (f" and {len(others) - 4} more" if len(others) > 4 else "")
        told.append(f"Averaged over {listed}.")
    if binned:
        told.append(f"In classes of equally many runs: {', '.join(labels[name] for name in binned)}.")
    return " ".join(told)


def _caption(results: Results, more: str = "") -> Caption:
    run, count = results.manifest.run, len(results.table(["outcome"]))
    assert run is not None
    name, title = results.scenario.name, results.title
    if results.sweep is not None and results.sweep.name:
        name, title = f"{name}, sweep {results.sweep.name}", results.sweep.title or title
    return Caption(title, name, count, run.seed, more)


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
    if results.manifest.strategies:
        return None
    from sim.model import simulate
    from sim.results.columns import weeks_table

    settings = results.manifest.run
    assert settings is not None
    _, series = simulate(results.scenario, np.asarray([run], np.int64), settings.seed, weekly=1)
    return weeks_table(series, results.params, results.scenario.calendar.start, "all").assign(run=run)
