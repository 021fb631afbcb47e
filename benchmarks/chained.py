"""Runs whose true shares are known, with surprises as the model's: for the coverage of estimates.

A truce is a chain: in force it breaks with a chance a week, broken it heals with another. A belief
drawn at the start decides whether it becomes a deal, and how good a one. The shares of the closing
weeks follow exactly from the chances; the surprises are summed by date as in
:mod:`sim.rules.surprises`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from sim.analysis.controls import Luck
from sim.vocabulary import OUTCOMES

__all__ = ["Chain"]

_WEEKS, _CLOSING, _ERAS, _KEPT = 104, 52, 6, (0.8, 0.95)
_DEAL, _GOOD = 0.9, 1.5  # beliefs from which there is a deal, and a good one
_IDLE = 12  # other beliefs, which do nothing
_CODES = {name: OUTCOMES[name].code for name in OUTCOMES}


class Chain(NamedTuple):
    """Chances a week that a truce in force breaks, and that a broken one heals."""

    breaks: float = 0.02
    heals: float = 0.12

    def shares(self) -> np.ndarray:
        """The true shares, in the order of OUTCOMES."""
        broken, seen = 0.0, []
        for _ in range(_WEEKS):
            broken = broken * (1.0 - self.heals) + (1.0 - broken) * self.breaks
            seen.append(broken)
        deal, good, down = norm.sf(_DEAL), norm.sf(_GOOD), float(np.mean(seen[-_CLOSING:]))
        named = {
            "breakthrough": good,
            "narrow_deal": deal - good,
            "tactical_pause": (1.0 - deal) * (1.0 - down),
            "breakdown": (1.0 - deal) * down,
        }
        found = np.zeros(len(OUTCOMES))
        for name, share in named.items():
            found[_CODES[name]] = share
        return found

    def luck(self, draws: np.random.SeedSequence, runs: int) -> Luck:
        """Runs under ``draws``, which two chains may share."""
        rng = np.random.default_rng(draws)
        beliefs, census = rng.normal(size=(runs, 1 + _IDLE)), rng.integers(_CLOSING, size=runs)
        deal, good = beliefs[:, 0] > _DEAL, beliefs[:, 0] > _GOOD
        broken, states = np.zeros(runs, bool), np.zeros((_WEEKS, runs), np.int64)
        recent = np.zeros((2, len(_KEPT), runs))
        dated, weighted = np.zeros((2, _ERAS, runs)), np.zeros((2, len(_KEPT), runs))
        for week in range(_WEEKS):
            moves, chance = rng.random(runs), np.where(broken, self.heals, self.breaks)
            event = (moves < chance) & ~deal
            surprise = np.where(deal, 0.0, event - chance)
            each = np.stack([np.where(broken, 0.0, surprise), np.where(broken, surprise, 0.0)])
            dated[:, week * _ERAS // _WEEKS] += each
            recent += each[:, None]
            broken = broken ^ event
            if week >= _WEEKS - _CLOSING:
                weighted += recent / _CLOSING
            recent *= np.asarray(_KEPT)[:, None]
            states[week] = np.where(broken, _CODES["breakdown"], _CODES["tactical_pause"])
            states[week, deal] = _CODES["narrow_deal"]
            states[week, good] = _CODES["breakthrough"]
        last = states[-_CLOSING:]
        closing = np.stack([(last == k).mean(axis=0) for k in range(len(OUTCOMES))], axis=1)
        sums = [part.reshape(-1, runs).T for part in (dated, weighted)]
        return Luck(
            last[census, np.arange(runs)], closing, np.concatenate([*sums, beliefs], axis=1)
        )
