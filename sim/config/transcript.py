"""A transcript: answers to what governments are asked, by week and number of the ask.

A run writes one (``results.transcript``), and a scenario may have one: its rows answer in the place
of the sides' own rules. What is asked when depends on the run, so a row is met only where its side
is asked its decision under its number; asks that no row answers are the rule's (docs/strategies.md,
*Transcripts*).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

from sim.config.errors import SimError, nearest
from sim.config.fields import Group, In, OneOf, Text
from sim.vocabulary import DECISIONS, SIDES

__all__ = ["MOST_ROWS", "TranscriptRow", "check_answer"]

MOST_ROWS = 8192  # as many as a run keeps (sim.rules.state.MOST_ASKS)
_MOST_WORTH = 1e6  # bn USD: beyond all that issues can be worth


class TranscriptRow(Group):
    """An ask and its answer."""

    table: ClassVar[tuple[str, str]] = ("a transcript", "answer")
    one_per: ClassVar[str] = "moment"

    week: Annotated[int, In(1, 5200, "weeks")]
    """the week, the first 1. Source: the run"""
    ask: Annotated[int, In(0, MOST_ROWS, "asks")]
    """number of the ask in its week, the first 0. Source: the run"""
    side: Annotated[str, OneOf(SIDES)]
    """the side that is asked. Source: the run"""
    decision: Annotated[str, OneOf(DECISIONS)]
    """what it is asked (docs/strategies.md). Source: the run"""
    answer: Annotated[str, Text(40)]
    """one of the decision's choices, or a worth in bn USD. Source: who decides"""

    @property
    def moment(self) -> tuple[int, int]:
        """Week and number of the ask, which no two rows share."""
        return self.week, self.ask

    def refused(self) -> Iterator[SimError]:
        """An answer that its decision has not."""
        try:
            check_answer(self.decision, self.answer, "answer")
        except SimError as error:
            yield error


def check_answer(decision: str, answer: str, key: str) -> None:
    """Refuse an answer that its decision has not.

    Raises
    ------
    SimError
        No choice of this decision, or no number where a worth is asked.

    Examples
    --------
    >>> check_answer("threaten", "act", "transcript.1")
    >>> check_answer("offer", "31.5", "transcript.1")
    """
    asked = DECISIONS[decision]
    if asked.is_worth:
        if not _is_worth(answer):
            allowed = f"a number from -{_MOST_WORTH:,.0f} to {_MOST_WORTH:,.0f} ({asked.unit})"
            raise SimError("not a worth", key=key, given=answer, allowed=allowed)
    elif answer not in asked.choices:
        near = nearest(answer, asked.choices)
        problem = f"not a choice of {decision}"
        raise SimError(problem, key=key, given=answer, allowed=asked.choices, suggestion=near)


def _is_worth(answer: str) -> bool:
    try:
        worth = float(answer)
    except ValueError:
        return False
    return math.isfinite(worth) and abs(worth) <= _MOST_WORTH
