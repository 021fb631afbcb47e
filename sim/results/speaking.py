"""What a result can be asked: its answer, shares, figures, report and arrays.

What computes and draws is in rooms above this one, which read results and are not read by them; a
method finds its room by name when it is called, so that a result costs no import until then. Two
of them run the model: :meth:`Speaking.compare`, and :meth:`Speaking.plot` of a run by its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sim.config.errors import SimError, nearest
from sim.results.folder import claim_folder, cleared_on_failure, prepare_folder

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from sim.batch import Figures
    from sim.results.example import Example
    from sim.results.results import Results

__all__ = ["Speaking"]


class Speaking:
    """The questions that :class:`sim.results.Results` answers."""

    @cached_property
    def answer(self) -> str:
        """The answer in a line, as the command line prints it."""
        return import_module("sim.analysis.answer").answer(self)

    def shares(self, by: str | Sequence[str] = ()) -> pd.DataFrame:
        """Share of runs in each outcome, with the ends of its 95 % interval.

        Parameters
        ----------
        by
            Columns whose values make groups: of a sweep settings that it moved, of a run any column
            of its table.

        Returns
        -------
        pandas.DataFrame
            ``by``, ``outcome``, ``share``, ``low``, ``high``, ``runs``, and why an outcome is
            ``ruled_out``, empty where it can happen.

        Raises
        ------
        SimError
            A column that there is none of.
        """
        groups = [by] if isinstance(by, str) else list(by)
        here = self._results
        allowed = list(here.design) or [name for name in here.columns if name != "outcome"]
        for name in groups:
            if name not in allowed:
                raise SimError(
                    "not moved by this sweep" if here.design else "no such column",
                    key="by",
                    given=name,
                    allowed=allowed,
                    suggestion=nearest(name, allowed),
                )
        return import_module("sim.analysis.result_shares").result_shares(here, groups)

    def plot(
        self, name: str = "outcomes", *, run: int | None = None, style: Figures | None = None
    ) -> Figure:
        """A figure of the report by its name: ``outcomes``, ``timeline``, ``survival``, ``fans``,
        ``licensing``, ``bargaining``; of a sweep ``answer``, ``indices``, ``phase``, ``lines``,
        ``outcomes``.

        Parameters
        ----------
        name
            The figure; of several with this name the first, others as ``lines-2``.
        run
            For ``timeline`` and ``bargaining``, which run is shown; the typical one unless given. It
            is run once more.
        style
            Size and type: :class:`sim.batch.Figures`.

        Returns
        -------
        matplotlib.figure.Figure
            A notebook shows it; ``figure.savefig("timeline.svg")`` writes it.

        Raises
        ------
        SimError
            No such figure, or one that this result lacks the data for.
        """
        single = None if run is None else self._run_in_full(run)
        draw = import_module("sim.figures.gallery").figure_of
        return cast("Figure", draw(self, name, style, single))

    def compare(self, *others: Any, **given: Any) -> Any:
        """Its scenario against others under common random numbers: what :func:`sim.studies.compare`
        gives, whose arguments may follow.

        Runs and seed are those of this result unless given, or a precision; the scenario is run
        again, with the same bits.
        """
        run = self._results.manifest.run
        if run is not None:
            runs = {} if given.get("precision") else {"runs": run.runs}
            given = {**runs, "seed": run.seed, **given}
        return import_module("sim.studies").compare(self, *others, **given)

    def probability(self, question: Any, **given: Any) -> Any:
        """The chance that something happened by a day in its runs: what :func:`sim.studies.ask`
        gives, whose arguments may follow.

        The runs are those of this result, computed again with the same bits.
        """
        here = self._results
        run = here.manifest.run
        if run is not None:
            import_module("sim.results.manifest").refuse_other_rules(here.manifest, "probability")
            given = {"runs": run.runs, "seed": run.seed, **given}
        return import_module("sim.studies").ask(question, here.scenario, **given)

    def score(self, observed: Any, columns: Mapping[str, str] | None = None) -> Any:
        """Observed months or days held against its runs: :func:`sim.api.score_results`, whose
        arguments these are.
        """
        return import_module("sim.api").score_results(self, observed, columns)

    @cached_property
    def scored(self) -> Any:
        """What its runs make of the observed series that it was given
        (:class:`sim.analysis.observed_scores.Scored`); None where it was given none.
        """
        here = self._results
        if here.held_scores is not None or here.observed is None or here.folder is None:
            return here.held_scores
        read = import_module("sim.analysis.observed_scores").read_scored
        return read(here.folder, here.observed, here.weekly_runs)

    def join(self, *others: Results) -> Results:
        """Join the runs that follow, as one result: :func:`sim.api.join`."""
        return cast("Results", import_module("sim.api").join(self, *others))

    def report(self, path: Path | str = "report.html", *, style: Figures | None = None) -> Path:
        """Write the report with all figures as one file, from which the result can be reproduced;
        returns its path.
        """
        from sim.batch import Figures

        page, figures = import_module("sim.report"), import_module("sim.figures.write")
        here, style = self._results, style or Figures()
        drawn = import_module("sim.figures.gallery").figures_of(here, style) if style.draw else ()
        pictures = figures.pictures_of(drawn)
        made = import_module("sim.figures.report").report_of(here, pictures, self.answer)
        if here.folder is None:
            content = import_module("sim.results.results").content_of(here)
            made = replace(made, manifest=replace(here.manifest, content=content))
        page.write_report(replace(made, alone=True), Path(path))
        return Path(path)

    def save(
        self,
        folder: Path | str | None = None,
        *,
        out: Path | str = "outputs",
        name: str = "",
        style: Figures | None = None,
    ) -> Results:
        """Write the folder that the command line writes: tables, scenario, figures, report,
        manifest.

        Parameters
        ----------
        folder
            A new or empty folder; unless given, ``out/run/<name>-<time>`` is made.
        out, name
            Where the new folder is made, and what it is called; the scenario's name unless given.
        style
            Size and type of the figures, and whether there are any and a report.

        Returns
        -------
        Results
            The result as it stands on disk.

        Raises
        ------
        SimError
            It is on disk already, or the folder is not empty.
        """
        from sim.batch import Figures

        here, style = self._results, style or Figures()
        if here.folder is not None:
            cure = "copy that folder, or results.report(path) for a page"
            raise SimError("saved already", key="folder", given=str(here.folder), cure=cure)
        new = Path(folder) if folder is not None else None
        place = claim_folder(new) if new else prepare_folder(out, "run", name or here.scenario.name)
        with cleared_on_failure(place):
            saved = cast("Results", import_module("sim.results.results").save(here, place))
            import_module("sim.figures.draw").draw_all(saved, place, style, self.answer)
            write = import_module("sim.results.manifest").write_manifest
            saved.manifest = write(saved.manifest, place)
        return saved

    def to_xarray(self) -> xr.Dataset:
        """The table of runs as an ``xarray.Dataset`` along ``run`` (of a sweep ``point`` and
        ``run``, the settings moved as coordinates of ``point``), with labels and units; the table
        of weeks along ``week`` too.

        Raises
        ------
        SimError
            xarray is not installed.
        """
        return import_module("sim.results.arrays").dataset_of(self)

    def _run_in_full(self, run: int) -> Example:
        here = self._results
        if here.design or here.manifest.strategies:
            what = "a sweep" if here.design else "made with strategies in Python"
            raise SimError(
                "no single run can be shown", key="run", given=what, allowed="results of sim.run"
            )
        settings, numbers = here.manifest.run, here.table(["run", "outcome"])
        assert settings is not None
        if run not in set(numbers["run"]):
            first, last = int(numbers["run"].iloc[0]), int(numbers["run"].iloc[-1])
            raise SimError("no such run", key="run", given=run, allowed=f"{first} to {last}")
        import_module("sim.results.manifest").refuse_other_rules(here.manifest, "run")
        make = import_module("sim.example").make_example
        return cast("Example", make(here.scenario, settings.seed, here.runs, int(run)))

    def _repr_html_(self) -> str:
        return import_module("sim.report.cards").results_card(self)

    @property
    def _results(self) -> Results:
        return cast("Results", self)
