"""The finding of a check: a claim, its evidence, tests with their intervals, and the lines of its
figure. Data only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Finding", "Line", "Test"]


@dataclass(frozen=True)
class Test:
    """One comparison: ``value`` with the ends of its 95 % interval, and whether the requirement
    ``asked`` is met.
    """

    __test__ = False  # not for pytest

    what: str
    asked: str
    value: float
    low: float
    high: float
    met: bool


@dataclass(frozen=True)
class Line:
    """A line of the figure: ``x`` and ``y``, with ends of intervals where known."""

    name: str
    x: list[float]
    y: list[float]
    low: list[float] | None = None
    high: list[float] | None = None


@dataclass(frozen=True)
class Finding:
    """A row of the report.

    ``note`` says what limits the check. Where a pattern fails, ``condition`` says what would have
    to be true for it to hold, and ``beside`` tests that; neither changes the result.
    """

    code: str
    claim: str
    evidence: str
    source: str
    tests: tuple[Test, ...]
    note: str = ""
    x: str = ""
    y: str = ""
    lines: tuple[Line, ...] = field(default=())
    condition: str = ""
    beside: tuple[Test, ...] = ()

    @property
    def met(self) -> bool:
        """Whether every test is met."""
        return all(test.met for test in self.tests)

    @property
    def explained(self) -> bool:
        """Whether it is met, or its condition is stated and met."""
        return self.met or bool(self.beside and all(test.met for test in self.beside))
