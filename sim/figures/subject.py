"""The subject of figures: a result and a style, with what several figures of one result share.

A figure takes from here its caption, the labels of settings and, for a sweep, which settings
it shows. Each part is computed once, when the first figure needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from sim.analysis.impossible import RuledOut, find_ruled_out
from sim.analysis.labels import label_of
from sim.analysis.pooled import pooled_shares
from sim.analysis.ranking import Ranking, rank_settings
from sim.analysis.sampling import SAMPLED, draws_of
from sim.batch import Figures
from sim.batch.sweep import Sweep
from sim.figures.bands import quantiles
from sim.figures.labels import Notes
from sim.figures.levers import classes
from sim.figures.style import NAMES, Caption
from sim.results.example import Example
from sim.results.results import Results
from sim.vocabulary import GOODS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Drawn", "Subject", "pages"]

_PANELS_PER_SLIDE = 2  # more leave no room for text that is readable from the back of a room
_MOST_LABELS = 4  # of settings that a footnote lists before it counts the rest
Drawn = tuple[str, "Figure"]
"""The end of a figure's file name (empty, or the number of its slide), and the figure."""


class Subject:
    """A result to be drawn in a style.

    Attributes
    ----------
    results, style
        The result; size and type of its figures.
    """

    def __init__(self, results: Results, style: Figures, single: Example | None = None) -> None:
        self.results, self.style = results, style
        self._single = single

    @property
    def single(self) -> Example | None:
        """The run that figures of one run show: the result's example unless another was given; None
        where there is none.
        """
        return self._single or self.results.example

    @cached_property
    def caption(self) -> Caption:
        """Title and footnote of the result as it is."""
        run, count = self.results.manifest.run, len(self.results.table(["outcome"]))
        assert run is not None
        name, title, sweep = self.results.scenario.name, self.results.title, self.results.sweep
        if sweep is not None and sweep.name:
            name, title = f"{name}, sweep {sweep.name}", sweep.title or title
        return Caption(title, name, count, run.seed)

    @cached_property
    def ruled_out(self) -> RuledOut:
        """What cannot happen in each row of the table of runs."""
        return find_ruled_out(self.results)

    # of a run

    @property
    def example(self) -> Example:
        """The run in full that figures of one run show."""
        assert self.single is not None
        return self.single

    @cached_property
    def example_caption(self) -> Caption:
        """Caption of a figure of the example, with how it was chosen."""
        shown = self.example
        if not shown.measures:
            return self.caption.adding(f"Run {shown.run}, which ends in {NAMES[shown.outcome]}.")
        outcome = f"the most common outcome, {NAMES[shown.outcome]}"
        if shown.among == 1:
            return self.caption.adding(
                f"Run {shown.run} is the only one with the most common outcome, {NAMES[shown.outcome]}."
            )
        return self.caption.adding(
            f"Run {shown.run} is typical: of the {shown.among:,} runs of {outcome}, "
            f"the one closest to the others (medoid of {shown.measures} measures by rank)."
        )

    @cached_property
    def weeks(self) -> pd.DataFrame:
        """Mean and quantiles over runs, by series and week."""
        weeks = self.results.weeks
        assert weeks is not None
        return quantiles(weeks) if "run" in weeks else weeks

    @cached_property
    def weeks_caption(self) -> Caption:
        """Caption of a figure of all weeks, which counts the runs with weekly series."""
        return replace(self.caption, runs=self.results.weekly_runs or self.caption.runs)

    @cached_property
    def sectors(self) -> dict[str, tuple[str, ...]]:
        """Names of the sectors by good."""
        firms = self.results.scenario.firms
        return {good: tuple(getattr(firms, good).sectors) for good in GOODS}

    # of a sweep

    @property
    def sweep(self) -> Sweep:
        """The sweep that the result is of."""
        assert self.results.sweep is not None
        return self.results.sweep

    @cached_property
    def levers(self) -> list[str]:
        """Settings that the sweep moved and that differ between runs, without copies of another."""
        return [name for name in self.results.design if name not in self.sweep.copies]

    @cached_property
    def notes(self) -> Notes:
        """Labels and units; a setting moved for both sides is labelled so."""
        notes = self.results.notes
        both = {
            name: {**notes[name], "label": label_of(name, notes, True, unit=False)}
            for name in self.sweep.copies.values()
            if name in notes
        }
        return {**notes, **both}

    @cached_property
    def indexed(self) -> bool:
        """Whether indices of its settings are drawn: requested, or more than two settings
        sampled.
        """
        sampled = self.sweep.kind in SAMPLED and len(self.levers) > 2
        return self.sweep.figure == "indices" or (self.sweep.figure == "auto" and sampled)

    @cached_property
    def ranking(self) -> Ranking:
        """Its settings, the strongest first."""
        return rank_settings(self.results.table, self.sweep, self.levers)

    @cached_property
    def moved(self) -> list[str]:
        """The one or two settings along which outcomes are shown: the strongest where there are
        indices.
        """
        order = list(self.ranking.order) if self.indexed else self.levers
        return order[:1] if self.sweep.figure == "lines" or len(order) == 1 else order[:2]

    @cached_property
    def binned(self) -> tuple[pd.DataFrame, list[str]]:
        """Runs with the settings of ``moved`` in classes where they have many values, and which
        have.
        """
        return classes(self.results.table([*self.moved, "point", "run", "outcome"]), self.moved)

    def shares(self, by: Sequence[str]) -> pd.DataFrame:
        """Shares of the outcomes by settings of ``moved``, with the reason where one cannot
        happen.
        """
        runs, _ = self.binned
        shares = pooled_shares(runs, by, **draws_of(self.sweep))
        return self.ruled_out.mark(shares, runs, by)

    def averaged(self, shown: Sequence[str], binned: Sequence[str]) -> Caption:
        """Caption of a figure along the settings ``shown``: what it averages over, what is in
        classes.
        """
        order = list(self.ranking.order) if self.indexed else self.levers
        labels = {name: self.notes.get(name, {"label": name})["label"] for name in order}
        others = [labels[name] for name in order if name not in shown]
        more = []
        if others:
            rest = len(others) - _MOST_LABELS
            listed = ", ".join(others[:_MOST_LABELS]) + (f" and {rest} more" if rest > 0 else "")
            more.append(f"Averaged over {listed}.")
        if binned:
            of = ", ".join(labels[name] for name in binned)
            more.append(f"In classes of equally many runs: {of}.")
        return self.caption.adding(" ".join(more))


def pages(panels: Sequence[str], style: Figures) -> Iterator[tuple[str, Sequence[str]]]:
    """The panels of a figure, or on slides two at a time, each with the end of its name."""
    if not style.height:
        yield "", panels
        return
    for start in range(0, len(panels), _PANELS_PER_SLIDE):
        yield f"-{start // _PANELS_PER_SLIDE + 1}", panels[start : start + _PANELS_PER_SLIDE]
