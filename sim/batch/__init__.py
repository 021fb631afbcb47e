"""A batch of runs: how many, how they are computed and drawn; and which verb uses which of these
settings.

A batch setting that a verb does not use is refused, with what to do instead, unless the value is
what happens anyway; a manifest records only what was used. One table holds for every verb.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from sim.config.errors import SimError
from sim.config.fields import Folder, FolderName, Group, In, OneOf, Text, settings_of
from sim.config.scenario import Scenario

__all__ = [
    "BATCH",
    "ENGINES",
    "EXECUTORS",
    "EXPORTS",
    "FORMATS",
    "MOST_OUTCOMES",
    "MOST_RUNS",
    "MOST_WEEKLY_RUNS",
    "OVER_LISTS",
    "USED",
    "Everything",
    "Figures",
    "Run",
    "check_batch",
    "default_runs",
    "recorded",
    "refuse_word",
]

ENGINES = ("auto", "ensemble", "mesa")
EXECUTORS = ("local", "dask")
FORMATS = ("png", "svg", "both")
MOST_WEEKLY_RUNS = 1_000  # of run.weeks=quantiles
EXPORTS = ("genius", "gambit")  # what a scenario at a date is written as: sim/export
OVER_LISTS = ("time_dependent", "tit_for_tat", "micro", "hardliner")
"""Strategies that play an exercise (docs/exercises.md): the others need what the model has and a
list of packages has not, a continuous frontier and what a deal is expected to be worth."""
MOST_OUTCOMES = 200_000
"""Outcomes of an exported domain unless told otherwise: negotiators that sort them all do in a
second (judgement)."""


class Run(Group):
    """The number of runs, and what is kept of them."""

    runs: Annotated[int, In(1, 10000000, "runs")] = 200
    """number of runs; of a sweep, at each point. Source: interval of a share of 50 %: +-7 points"""
    precision: Annotated[float, In(0, 0.5, "share")] = 0.0
    """half width of the 95 % intervals at which to stop; runs is then the most; 0 makes them all
    Source: the researcher"""
    first: Annotated[int, In(0, 2**32 - 2, "run number")] = 0
    """number of the first run: later ones refine an earlier result. Source: run k does not depend on
    it"""
    seed: Annotated[int, In(0, 2**64 - 1, "seed")] = 1
    """seed of all draws. Source: arbitrary"""
    weeks: Annotated[str, OneOf(("none", "quantiles", "all"))] = "quantiles"
    """what to keep of the weekly series. Source: convention of this project"""
    engine: Annotated[str, OneOf(ENGINES)] = "auto"
    """which engine computes: auto takes the ensemble where it can. Source: convention of this
    project"""
    threads: Annotated[int, In(0, 1024, "threads")] = 0
    """threads of the ensemble; 0 uses all processors. Source: the bits do not depend on it"""
    executor: Annotated[str, OneOf(EXECUTORS)] = "local"
    """where a sweep's chunks are computed: here, or on a Dask cluster. Source: docs/scaling.md"""
    address: Annotated[str, Text(200)] = ""
    """address of a Dask scheduler; empty starts worker processes on this machine"""
    name: Annotated[str, FolderName()] = ""
    """name of the result folder; empty for the scenario's name"""
    out: Annotated[str, Folder(1000)] = "outputs"
    """folder in which result folders are created"""


class Figures(Group):
    """How figures are drawn."""

    draw: bool = True
    """whether to draw figures. Source: convention of this project"""
    report: bool = True
    """whether to write report.html. Source: convention of this project"""
    format: Annotated[str, OneOf(FORMATS)] = "both"
    """file formats. Source: convention of this project"""
    dpi: Annotated[int, In(50, 600, "dots/inch")] = 160
    """resolution of PNG files. Source: readable on a projector"""
    width: Annotated[float, In(4, 30, "inches")] = 10.0
    """width of a figure. Source: a slide or a full page"""
    height: Annotated[float, In(0, 30, "inches")] = 0.0
    """height of every figure, for slides; 0 fits each to its content
    Source: a slide is 16:9"""
    text_size: Annotated[float, In(6, 40, "points")] = 12.0
    """size of the text. Source: readable on a projector at this width"""


class Everything(Scenario):
    """All that a command line may set besides a sweep: a scenario, its batch and its figures."""

    run: Run = Run()
    figures: Figures = Figures()


_RUN = tuple(f"run.{name}" for name in settings_of(Run))
_FIGURES = tuple(f"figures.{name}" for name in settings_of(Figures))
BATCH = (*_RUN, *_FIGURES)

_PAGE = ("run.runs", "run.seed", "run.name", "run.out")  # of the runs that the page makes
USED: dict[str, tuple[str, ...]] = {
    "run": (
        "run.runs",
        "run.precision",
        "run.first",
        "run.seed",
        "run.weeks",
        "run.engine",
        "run.threads",
        "run.name",
        "run.out",
        *_FIGURES,
    ),
    "sweep": (
        "run.runs",
        "run.seed",
        "run.threads",
        "run.executor",
        "run.address",
        "run.name",
        "run.out",
        *_FIGURES,
    ),
    "tournament": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "exercise": ("run.runs", "run.seed", "run.name", "run.out", *_FIGURES),
    "compare": (
        "run.runs",
        "run.precision",
        "run.seed",
        "run.threads",
        "run.name",
        "run.out",
        *_FIGURES,
    ),
    "ask": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "explain": ("run.seed",),
    "branch": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "sensitivity": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "discover": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "reach": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "claims": ("run.runs", "run.seed", "run.threads", "run.name", "run.out", *_FIGURES),
    "validate": ("run.runs", "run.seed", "run.threads", "run.name", "run.out"),
    "export": ("run.seed", "run.name", "run.out", "figures.report"),
    "page": _PAGE,
    "app": _PAGE,
    "kit": ("run.name", "run.out"),
    "reproduce": ("run.threads",),
    "bundle": ("run.out",),
    "glossary": (),
    "law": (),
    "completion": (),
}
"""Settings of a batch that each verb uses; of a sweep, ``run.runs`` are the runs at each point
(``sweep.runs``)."""

_ENSEMBLE = {"run.weeks": ("none",), "run.engine": ("auto", "ensemble")}
_HERE: dict[str, tuple[Any, ...]] = {"run.executor": ("local",), "run.address": ("",)}
_ANYWAY: dict[str, dict[str, tuple[Any, ...]]] = {
    "run": _HERE,
    "sweep": _ENSEMBLE,
    "tournament": {**_ENSEMBLE, **_HERE},
    "exercise": {**_ENSEMBLE, **_HERE, "run.threads": (0, 1)},
    "compare": {**_ENSEMBLE, **_HERE},
    "ask": {**_ENSEMBLE, **_HERE},
    "explain": {**_ENSEMBLE, **_HERE, "run.threads": (0, 1)},
    "branch": {**_ENSEMBLE, **_HERE},
    "sensitivity": {**_ENSEMBLE, **_HERE},
    "discover": {**_ENSEMBLE, **_HERE},
    "reach": {**_ENSEMBLE, **_HERE},
    "claims": {**_ENSEMBLE, **_HERE},
    "validate": {**_ENSEMBLE, **_HERE},
    "export": {
        **_HERE,
        "run.weeks": ("none",),
        "run.engine": ("auto", "mesa"),
        "figures.draw": (False,),
    },
    "page": {**_ENSEMBLE, **_HERE},
    "app": {**_ENSEMBLE, **_HERE},
    "kit": {**_ENSEMBLE, **_HERE, "run.threads": (0, 1)},
}
_LEAVE = "leave it out"
_CURES = {
    "run.precision": "leave it out; tariffsim run and compare stop on width, a sweep by sweep.stopping.half_width",
    "run.weeks": "leave it out; tariffsim run keeps weeks",
    "run.engine": "leave it out: the ensemble computes it; tariffsim run engine=mesa runs the agents, with the same bits",
    "run.executor": "leave it out; tariffsim sweep distributes its parts over a cluster",
    "run.address": "leave it out; tariffsim sweep run.executor=dask distributes its parts over a cluster",
}
_CURES_OF = {
    ("export", "run.precision"): "leave it out: one run is computed up to the day",
    ("export", "run.runs"): "leave it out: one run is computed up to the day, and seed= says which",
    ("export", "run.threads"): "leave it out: one run is computed up to the day",
    ("export", "run.engine"): "leave it out: one Mesa run is computed up to the day",
    ("explain", "run.first"): "leave it out: run= says which run",
    ("explain", "run.precision"): "leave it out: one run is told",
    ("explain", "run.runs"): "leave it out: one run is told, and run= says which",
    ("explain", "run.threads"): "leave it out: one run is told",
    **{
        ("kit", f"run.{name}"): "leave it out: cards show the first day, and nothing is run"
        for name in ("runs", "first", "precision", "seed", "threads")
    },
    **{
        (verb, name): "leave it out: it draws nothing"
        for verb in ("export", "explain", "kit")
        for name in _FIGURES
    },
    **{
        (verb, name): "leave it out: the page draws its own pictures"
        for verb in ("page", "app")
        for name in _FIGURES
    },
    **{(verb, "run.threads"): "leave it out: the browser has its own" for verb in ("page", "app")},
    **{("validate", name): "leave it out: its report has a fixed format" for name in _FIGURES},
    **{
        ("reproduce", name): "leave it out: a result is recomputed with its recorded settings"
        for name in ("run.runs", "run.precision", "run.seed")
    },
}
MOST_RUNS = 50_000
"""Runs after which a verb that stops on width gives up unless told otherwise: half a point on any
share that is counted, about a minute."""
_PLACES = ("out", "address")
_RUNS_OF = {
    "validate": 1000,  # judgement: the patterns' intervals are then about 3 points wide
    "ask": 2000,  # a chance is then known to 2 points
    "discover": 4,  # at each of 2,048 points: more points say more of the levers than more runs
    "claims": 1000,  # judgement: a share is then known to 6 points over some 500 checks at once
    "compare": 2000,  # a difference is then known to 2 points, a lever's share to 4
    "reach": 4000,  # a share is then known to 1.6 points, a size to some 0.03
}


def default_runs(verb: str, *, precise: bool = False) -> int:
    """Default number of runs of a verb; the most it makes where a precision is asked for."""
    stops = precise and "run.precision" in USED[verb]
    return MOST_RUNS if stops else _RUNS_OF.get(verb, Run().runs)


def check_batch(verb: str, run: Run, figures: Figures, given: Collection[str]) -> None:
    """Refuse settings that would have no effect.

    Parameters
    ----------
    verb
        A verb of the command line that runs something.
    run, figures
        The settings of the batch.
    given
        Dotted names of those that were typed; others count where they differ from their default
        (through an option of a group).

    Raises
    ------
    SimError
        Names the setting, what was given and what to do.
    """
    for name in BATCH:
        part, _, last = name.partition(".")
        settings, start = (run, Run()) if part == "run" else (figures, Figures())
        value = getattr(settings, last)
        if name in USED[verb] or (name not in given and value == getattr(start, last)):
            continue
        if value not in _ANYWAY[verb].get(name, ()):
            raise _unused(verb, name, value)
    if run.address and run.executor != "dask":
        cure = "add run.executor=dask, or leave it out"
        raise SimError(
            "an address without a cluster", key="run.address", given=run.address, cure=cure
        )
    if verb == "run" and run.engine == "mesa" and run.threads > 1:
        cure = "leave it out, or engine=ensemble: the bits are the same"
        raise SimError(
            "the Mesa engine computes one run after another",
            key="run.threads",
            given=run.threads,
            cure=cure,
        )


def refuse_word(verb: str, name: str, value: str) -> None:
    """Refuse ``name=value`` after a verb that takes paths, where ``name`` is a batch setting.

    Raises
    ------
    SimError
        Naming the cure.
    """
    if name in BATCH:
        raise _unused(verb, name, value)


def _unused(verb: str, name: str, value: Any) -> SimError:
    cure = _CURES_OF.get((verb, name)) or _CURES.get(name, _LEAVE)
    return SimError(f"not for {verb}, which does not use it", key=name, given=value, cure=cure)


def recorded(verb: str, run: Mapping[str, Any]) -> dict[str, Any]:
    """What a manifest says of ``run``: the settings that the verb used, without paths of a
    machine.
    """
    used = {name.removeprefix("run.") for name in USED.get(verb, BATCH)} - {*_PLACES}
    if verb == "sweep":
        used -= {"runs"}  # recorded as sweep.runs
    return {name: value for name, value in run.items() if name in used}
