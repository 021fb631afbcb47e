"""A sweep: the design of many scenarios around one, what is measured, and when to stop.

Kinds: ``grid`` (every combination), ``list`` (rows of a CSV or Parquet file), ``latin_hypercube``,
``sobol``, ``saltelli`` (Saltelli et al. 2010, for first- and total-order indices) and ``morris``
(Morris 1991, elementary effects). A factor is any numeric or categorical setting by its dotted
name. This is only the description; :mod:`sim.batch.read` reads and checks it, :mod:`sim.sweeps`
draws and runs it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from sim.config.fields import Group, In, Named, OneOf, Text

__all__ = [
    "DESIGNS",
    "DISTRIBUTIONS",
    "MOST_FOCUS",
    "SWEPT",
    "Constraint",
    "Factor",
    "Stopping",
    "Sweep",
]

DESIGNS = ("grid", "list", "latin_hypercube", "sobol", "saltelli", "morris")
DISTRIBUTIONS = ("uniform", "loguniform", "integers", "normal", "triangular")
SWEPT = ("number", "count", "choice", "flag", "date")
"""Kinds of settings that a design moves."""
KEEP = ("core", "all")
FIGURES = ("auto", "phase", "lines", "indices", "none")
MOST_FOCUS = 2  # panels side by side in the first figure
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

    ``values`` lists its values (a grid's points, or categories drawn with equal chance); else it is
    drawn from ``distribution`` (unless named uniform, or integers for counts) with ``low`` and ``high`` (bounds, inclusive), ``mean`` and ``sd``
    (normal, cut at the bounds) or ``mode`` (triangular). ``same_as`` names the factor whose value
    it copies.
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


class Stopping(Group):
    """Add runs to a point, from 60 on, until the 95 % interval of a measure is narrow enough."""

    measure: Annotated[str, Text(80)] = "breakthrough"
    """share of an outcome or mean of a measure"""
    half_width: Annotated[float, In(1e-9, 1e9, "measure")] = 0.02
    """target half width of the interval. Source: the researcher"""
    most_runs: Annotated[int, In(2, 1000000, "runs")] = 2000
    """most runs at a point. Source: the researcher"""


class Sweep(Group):
    """A design around a scenario."""

    name: Annotated[str, Text(64)] = ""
    """name of the sweep: lower-case letters, digits, - and _"""
    title: Annotated[str, Text(120)] = ""
    """title in figures"""
    question: Annotated[str, Text(2000)] = ""
    """the question that it answers"""
    scenario: Annotated[str, Text(64)] = ""
    """scenario around which it is set where none is chosen; empty for the default"""
    focus: tuple[str, ...] = ()
    """the outcome or measure that the question is about, at most two: answer, title and first
    figure follow"""
    contrast: Annotated[str, Text(80)] = ""
    """the factor whose values the question compares"""
    kind: Annotated[str, OneOf(DESIGNS)] = "grid"
    """the design. Source: Saltelli et al. 2008; Owen 2020 on Sobol points"""
    factors: Mapping[str, Factor] = Named()
    """what is moved, by dotted name, in the order of the axes"""
    constraints: tuple[Constraint, ...] = ()
    """comparisons that rows must meet"""
    file: Annotated[str, Text(1000)] = ""
    """list: table of the points (.csv, .tsv, .txt, .xlsx, .parquet) whose columns are dotted names"""
    labels: tuple[str, ...] = ()
    """list: columns that only label the points; they are kept with the results"""
    points: Annotated[int, In(1, 100000000, "points")] = 256
    """number of points, base points or trajectories; not of a grid or list. Source: the
    researcher"""
    levels: Annotated[int, In(2, 100, "levels")] = 4
    """morris: levels of the grid, an even number. Source: Morris 1991"""
    second_order: bool = False
    """saltelli: whether to estimate second-order indices. Source: Saltelli 2002"""
    design_seed: Annotated[int, In(0, 2**32 - 1, "seed")] = 0
    """seed of the design's own draws. Source: arbitrary"""
    runs: Annotated[int, In(1, 1000000, "runs/point")] = 60
    """runs at each point. Source: interval of a share of 50 %: +-13 points at 60"""
    common_random_numbers: bool = True
    """whether all points share their draws. Source: variance reduction (Law 2015, chapter 11)"""
    stopping: Stopping | None = None
    """when to stop adding runs"""
    measures: tuple[str, ...] = ()
    """outcomes (as shares) or measures that figures show, in order"""
    keep: Annotated[str, OneOf(KEEP)] = "core"
    """measures stored of each run: the main ones in single precision, or all
    Source: docs/scaling.md, *What it costs*"""
    figure: Annotated[str, OneOf(FIGURES)] = "auto"
    """the figure drawn of it. Source: convention of this project"""

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
            return math.prod(
                len(factor.values) for factor in self.factors.values() if not factor.same_as
            )
        extra = {"saltelli": 2 * free + 2 if self.second_order else free + 2, "morris": free + 1}
        return self.points * extra.get(self.kind, 1)
