"""What a check finds: a claim, its evidence, tests with their intervals, and the lines of its figure. It holds; it computes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Finding", "Line", "Test"]


@dataclass(frozen=True)
class Test:
    """One comparison: ``value`` with the ends of its 95 % interval, and whether it met what was asked of it."""

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

    ``note`` says what limits the check. Where a pattern fails, ``condition`` says what would have to be true for it to hold, and ``beside``
    tests that; neither counts for the verdict.
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
        """Whether every test is."""
        return all(test.met for test in self.tests)

    @property
    def explained(self) -> bool:
        """Whether it is met, or its condition is named and holds."""
        return self.met or bool(self.beside and all(test.met for test in self.beside))
