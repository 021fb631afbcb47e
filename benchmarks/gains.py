"""The gains of trade that each strategy reaches where prices of settling are private: ``python -m
benchmarks.gains`` prints the table of docs/bargaining.md, *Known answers*.

The unit case of :mod:`sim.theory.private_prices`: pie 1, both prices uniform on [0, 1], both sides
of one strategy with London's numbers, a deadline that is real, a meeting later worth 0.98. A side's
best leaves the other at the softest price. What no rule that both would play freely exceeds is 27/32
(Myerson, Satterthwaite 1983).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator

import sim
from sim.config.groups.negotiators import Strategy
from sim.rules.codes import HARDLINER, TIME_DEPENDENT
from sim.rules.screening import claimed, expected_price
from sim.rules.strategies import aspiration
from sim.theory.private_prices import SECOND_BEST, gains_of_trade

__all__ = ["MEETINGS", "STRATEGIES", "gains", "lines"]

MEETINGS = (1, 5, 15, 60)
_PATIENCE, _TYPES = 0.98, 60
_BEST = 1.0  # the softest price of the other is 0
_ROUNDING = 1e-12

Heard = list[float]
# what a side asks: its price, the share of the clock, what it asked before, and what it has heard
Asks = Callable[[Strategy, float, float, Heard, Heard], float]


def _by_clock(own: Strategy, price: float, share: float, asked: Heard, heard: Heard) -> float:
    return float(aspiration(TIME_DEPENDENT, price, _BEST, share, 1.0, own.exponent))


def _late(own: Strategy, price: float, share: float, asked: Heard, heard: Heard) -> float:
    return float(aspiration(HARDLINER, price, _BEST, share, 1.0, own.hold))


def _in_kind(own: Strategy, price: float, share: float, asked: Heard, heard: Heard) -> float:
    """Gives back the improvement of the last offer over the one before."""
    if not asked:
        return _BEST
    conceded = max(0.0, heard[-1] - heard[-2]) if len(heard) > 1 else 0.0
    return max(price, asked[-1] - own.reciprocity * conceded)


def _step_by_step(own: Strategy, price: float, share: float, asked: Heard, heard: Heard) -> float:
    """The next of equal concessions once the other has made as many offers."""
    made = len({*asked})
    if len({*heard}) >= made:
        made += 1
    given = min(1.0, max(0, made - 1) / own.steps)
    return max(price, _BEST - (_BEST - price) * given)


def _whatever_comes(own: Strategy, price: float, share: float, asked: Heard, heard: Heard) -> float:
    """A share of what it expects."""
    claim = claimed(price, _BEST, own.bluff)
    expected = 1.0 - expected_price(0.0, _BEST, 1.0 - claim)
    return price + own.insist * max(0.0, expected - price)


STRATEGIES: dict[str, Asks] = {
    "time_dependent": _by_clock,
    "hardliner": _late,
    "tit_for_tat": _in_kind,
    "micro": _step_by_step,
    "committed": _whatever_comes,
}
"""All but screening, which is :func:`sim.theory.gains_of_trade`, and equilibrium, which is told the
other's price and so reaches all."""


def gains(asks: Asks, meetings: int, types: int = _TYPES) -> float:
    """Share of the first best that two sides of one strategy reach, in turn first at a meeting."""
    own = sim.load().us.strategy
    prices = [(n + 0.5) / types for n in range(types)]
    possible = [(one, two) for one in prices for two in prices if one + two < 1.0]
    first_best = math.fsum(1.0 - one - two for one, two in possible)
    reached = math.fsum(
        (1.0 - one - two) * _PATIENCE**waited
        for one, two in possible
        if (waited := _waited(asks, own, (one, two), meetings)) is not None
    )
    return reached / first_best


def _waited(asks: Asks, own: Strategy, prices: tuple[float, float], meetings: int) -> int | None:
    """Meetings gone before both agree by AC_next; None where they never do."""
    asked: tuple[Heard, Heard] = ([], [])
    heard: tuple[Heard, Heard] = ([], [])
    for number in range(meetings):
        for i in (number % 2, 1 - number % 2):
            target = asks(own, prices[i], (number + 1) / meetings, asked[i], heard[i])
            if heard[i] and heard[i][-1] >= target - _ROUNDING:
                return number
            asked[i].append(target)
            heard[1 - i].append(1.0 - target)
    return None


def lines() -> Iterator[str]:
    """The table, a row per strategy."""
    yield f"| both sides | {' | '.join(str(n) for n in MEETINGS)} |"
    yield "|---" * (1 + len(MEETINGS)) + "|"
    bluff = sim.load().us.strategy.bluff
    shown = [gains_of_trade(n, _PATIENCE, bluff, types=_TYPES) for n in MEETINGS]
    yield _row("screening", shown)
    for name, asks in STRATEGIES.items():
        yield _row(name, [gains(asks, n) for n in MEETINGS])
    yield f"| second best |{f' {SECOND_BEST:.3f} |' * len(MEETINGS)}"


def _row(name: str, shares: list[float]) -> str:
    return f"| `{name}` | {' | '.join(f'{share:.3f}' for share in shares)} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines())
