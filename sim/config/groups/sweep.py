"""A sweep: the design of many scenarios around one, what is measured, and when to stop.

Kinds: ``grid`` (every combination), ``list`` (rows of a CSV or Parquet file), ``latin_hypercube``, ``sobol``, ``saltelli`` (Saltelli
et al. 2010, for first- and total-order indices) and ``morris`` (Morris 1991, elementary effects). A factor is any numeric or
categorical setting by its dotted name. It describes; :mod:`sim.config.sweeps` reads and checks, :mod:`sim.sweeps` draws and runs.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.config.fields import Field, choice, count, flag, number, text

__all__ = ["DESIGNS", "DISTRIBUTIONS", "MOST_FOCUS", "Constraint", "Factor", "Stopping", "Sweep"]

DESIGNS = ("grid", "list", "latin_hypercube", "sobol", "saltelli", "morris")
DISTRIBUTIONS = ("uniform", "loguniform", "integers", "normal", "triangular")
KEEP = ("core", "all")
FIGURES = ("auto", "phase", "lines", "indices", "none")
MOST_FOCUS = 2  # panels that a first figure holds side by side
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Factor:
    """One setting that a design moves.

    ``values`` lists its values (a grid's points, or categories drawn with equal chance); else it is drawn from ``distribution``
    with ``low`` and ``high`` (bounds, inclusive), ``mean`` and ``sd`` (normal, cut at the bounds) or ``mode`` (triangular).
    ``same_as`` names the factor whose value it copies.
    """

    name: str
    values: tuple[Any, ...] = ()
    distribution: str = ""
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    mode: float | None = None
    same_as: str = ""


@dataclass(frozen=True)
class Constraint:
    """A comparison that every row must meet: a setting with another or with a number."""

    left: str
    comparison: str
    right: str | float

    def holds(self, value_of: Mapping[str, Any]) -> Any:
        """Whether it holds, given the value of each name; elementwise where values are arrays."""
        right = value_of[self.right] if isinstance(self.right, str) else self.right
        return _OPERATORS[self.comparison](value_of[self.left], right)


@dataclass(frozen=True)
class Stopping:
    """Add runs to a point, from 60 on, until the 95 % interval of a measure is narrow enough."""

    measure: str = text("breakthrough", "share of an outcome or mean of a measure", most=80)
    half_width: float = number(0.02, "measure", (1e-9, 1e9), "half width of the interval aimed at", "the researcher")
    most_runs: int = count(2000, "runs", (2, 1_000_000), "most runs at a point", "the researcher")


def _structured(kind: str, description: str) -> Any:
    empty: Callable[[], Any] = dict if kind == "factors" else tuple
    return field(default_factory=empty, metadata={"field": Field(kind, description=description)})


@dataclass(frozen=True)
class Sweep:
    """A design around a scenario."""

    name: str = text("", "name of the sweep: lower-case letters, digits, - and _", most=64)
    title: str = text("", "what figures call it", most=120)
    question: str = text("", "what it answers", most=2000)
    scenario: str = text("", "scenario around which it is set where none is chosen; empty for the default", most=64)
    focus: tuple[str, ...] = _structured(
        "measures",
        "the outcome or measure that the question is about, at most two: answer, title and first figure follow",
    )
    contrast: str = text("", "the factor whose values the question compares", most=80)
    kind: str = choice("grid", DESIGNS, "the design", "Saltelli et al. 2008; Owen 2020 on Sobol points")
    factors: dict[str, Factor] = _structured("factors", "what is moved, by dotted name, in the order of the axes")
    constraints: tuple[Constraint, ...] = _structured("constraints", "comparisons that rows must meet")
    file: str = text("", "list: CSV or Parquet file whose columns are dotted names", most=1000)
    points: int = count(
        256, "points", (1, 100_000_000), "number of points, base points or trajectories", "the researcher"
    )
    levels: int = count(4, "levels", (2, 100), "morris: levels of the grid, an even number", "Morris 1991")
    second_order: bool = flag(False, "saltelli: whether to estimate second-order indices", "Saltelli 2002")
    design_seed: int = count(0, "seed", (0, 2**32 - 1), "seed of the design's own draws", "arbitrary")
    runs: int = count(
        60, "runs/point", (1, 1_000_000), "runs at each point", "interval of a share of 50 %: +-13 points at 60"
    )
    common_random_numbers: bool = flag(
        True, "whether all points share their draws", "variance reduction; ARCHITECTURE.md"
    )
    stopping: Stopping | None = field(
        default=None, metadata={"field": Field("stopping", item=Stopping, description="when to stop adding runs")}
    )
    measures: tuple[str, ...] = _structured(
        "measures", "outcomes (as shares) or measures that figures show, first first"
    )
    keep: str = choice(
        "core", KEEP, "measures stored of each run: the main ones in single precision, or all", "PERF_EVIDENCE.md"
    )
    figure: str = choice("auto", FIGURES, "the figure drawn of it", "ARCHITECTURE.md")
    largest: int = count(
        50_000_000, "runs", (1, 10**12), "refuse a design of more runs than this", "a guard: half an hour to hours"
    )

    @property
    def copies(self) -> dict[str, str]:
        """Factors that copy the value of another, each with the name of that one."""
        return {name: factor.same_as for name, factor in self.factors.items() if factor.same_as}

    @property
    def rows(self) -> int | None:
        """Number of points of the design; None for a list, whose file says."""
        free = sum(1 for factor in self.factors.values() if not factor.same_as)
        if self.kind == "list":
            return None
        if self.kind == "grid":
            return math.prod(len(factor.values) for factor in self.factors.values() if not factor.same_as)
        extra = {"saltelli": 2 * free + 2 if self.second_order else free + 2, "morris": free + 1}
        return self.points * extra.get(self.kind, 1)
