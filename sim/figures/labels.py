"""Numbers and names as text, for titles, axes and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.analysis import labels
from sim.figures.style import NAMES
from sim.vocabulary import OUTCOMES

__all__ = ["Notes", "between", "joined", "percent", "percents", "share_words", "unit_of"]

Notes = Mapping[str, Mapping[str, str]]
"""Label and unit of each column."""
_NOTHING = 1e-9  # per cent, below which a share is a rounding error


def percent(share: float) -> str:
    """A share in per cent, with a decimal only near 0 and 100; a small share prints as ``<0.1``."""
    if np.isnan(share):
        return "no value"
    points = 100.0 * share
    if _NOTHING < points < 0.05:
        return "<0.1\u00a0%"
    fine = 0.05 <= points < 1.0 or 99.0 < points < 99.95
    return f"{points:.1f}\u00a0%" if fine else f"{points:.0f}\u00a0%"


def between(low: float, high: float) -> str:
    """Two shares as an interval: 53–67 %."""
    return f"{percent(low)[:-2]}\u2013{percent(high)}"


def joined(parts: list[str]) -> str:
    """A list as text: a, b and c."""
    return (
        parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
    )


def percents(shares: Sequence[float]) -> list[str]:
    """Shares in per cent that add to 100 as printed."""
    return [text.replace(" %", "\u00a0%") for text in labels.percents(shares)]


def share_words(
    shares: Mapping[str, float], but: str = "", never: Mapping[str, str] | None = None
) -> str:
    """Outcomes with their shares, the largest first: tactical pause 60 %, narrow deal 24 %, ...

    ``shares`` are of all outcomes, so that they add to 100 as printed; ``but`` is left out, and
    those that can ``never`` happen (with the reason) come last, without a share.
    """
    printed = dict(zip(shares, percents(list(shares.values())), strict=True))
    never = never or {}
    order = sorted(shares, key=lambda name: (-shares[name], OUTCOMES[name].code))
    clauses = [
        f"{NAMES[name]} {printed[name]}" for name in order if name != but and name not in never
    ]
    impossible = joined([NAMES[name] for name in order if name in never])
    return ", ".join([*clauses, *([f"{impossible} cannot happen here"] if impossible else [])])


def unit_of(
    notes: Mapping[str, Mapping[str, str]], column: str, words: str = "", *, raw: bool = False
) -> str:
    """Label and unit of a column, for an axis: ``Tariff (% ad valorem)``.

    ``words`` replaces the label; ``raw`` keeps the unit of a share, for an axis that is not written
    in per cent.
    """
    note = notes.get(column, {"label": column, "unit": ""})
    unit = note["unit"]
    if raw:
        pass
    elif unit in ("share", "ad valorem", "probability") or unit.startswith("share of"):
        unit = {"share": "%", "ad valorem": "% ad valorem", "probability": "probability"}.get(
            unit, unit.replace("share of", "% of")
        )
    label = words or note["label"]
    return f"{label[:1].upper()}{label[1:]} ({unit})" if unit else label
