"""Prices of settling that are beyond what a scenario's own issues can give: said, for London's
prices are of London's issues. Commands say it as a notice, Python as a warning, each once.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator

from sim.config.groups.issues import Issue
from sim.config.scenario import Scenario
from sim.vocabulary import SIDES, TRACKS

__all__ = ["prices_beyond_reach", "said", "warn_beyond_reach"]

_OF_THE_MOST = 0.75  # a price of settling as London's are set (docs/bargaining.md)
_SAID: set[str] = set()  # in this process: one scenario comes through many doors


def warn_beyond_reach(scenario: Scenario) -> None:
    """Warn of each price of settling that is beyond reach, unless that has been said before, at the
    line outside this package that gave the scenario.
    """
    for text in prices_beyond_reach(scenario):
        if text not in _SAID:
            warnings.warn(said(text), stacklevel=_caller())


def said(text: str) -> str:
    """The same text, which a warning need not say again.

    Examples
    --------
    >>> said("all is well")
    'all is well'
    """
    _SAID.add(text)
    return text


def _caller() -> int:
    """How many calls above :func:`warn_beyond_reach` stands the first that is not of this package."""
    package, frame, level = __name__.partition(".")[0], inspect.currentframe(), 0
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, level = frame.f_back, level + 1
    return max(1, level)


def prices_beyond_reach(scenario: Scenario) -> Iterator[str]:
    """What is said of each usual price of settling above all that its side could be given.

    The most is what the other's issues are worth from their terms to their red lines, conceded for
    nothing, bn USD/yr. Issues whose worth follows tariffs or firms have no such bound, and their
    track is left out.
    """
    package = scenario.linkage.tracks == "package"
    for side in SIDES:
        resolve = getattr(scenario, side).resolve
        prices = {track: float(getattr(resolve, track)) for track in TRACKS}
        if package:
            prices = {"": sum(prices.values())}
        for track, price in prices.items():
            asked = _asked_of_the_other(scenario, side, track)
            most = sum(issue.benefit * (issue.red_line - issue.terms) for issue in asked)
            bounded = all(issue.driver == "constant" for issue in asked)
            if asked and bounded and price > most:
                name = (
                    f"{side}.resolve.{track}" if track else f"{side}.resolve, all tracks together,"
                )
                yield (
                    f"{name} is {price:g} bn USD/yr, more than the {most:g} that there is to gain: only a government far softer "
                    f"than the usual one settles; of these issues it would be about {_OF_THE_MOST * most:.2g}, or 0 for none"
                )


def _asked_of_the_other(scenario: Scenario, side: str, track: str) -> list[Issue]:
    """The other side's issues on a track, or on all where ``track`` is empty."""
    return [
        issue
        for issue in scenario.issues.values()
        if issue.owner != side and track in ("", issue.track)
    ]
