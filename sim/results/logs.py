"""What was asked and done in the runs whose weeks are kept, as two tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.results.columns import Notes
from sim.vocabulary import ACTS, DECISIONS, SIDES

if TYPE_CHECKING:
    import pandas as pd

    from sim.rules.logs import Logs

__all__ = ["ACTS_NOTES", "TRANSCRIPT_NOTES", "log_tables"]

_RUN = {"run": {"label": "run number", "unit": "count"}}
_WEEK = {"week": {"label": "weeks since the start", "unit": "weeks"}}
TRANSCRIPT_NOTES: Notes = {
    **_RUN,
    **_WEEK,
    "ask": {"label": "number of the ask in its week", "unit": "count"},
    "side": {"label": "side that was asked", "unit": "name"},
    "decision": {"label": "what it was asked", "unit": "name"},
    "choice": {"label": "choice it made", "unit": "name"},
    "worth": {"label": "worth it answered", "unit": "bn USD/yr of offers, bn USD of the rest"},
}
ACTS_NOTES: Notes = {
    **_RUN,
    **_WEEK,
    "side": {"label": "side that acted", "unit": "name"},
    "act": {"label": "what it did", "unit": "name"},
    "first": {"label": "first detail of the act", "unit": "that of the act"},
    "second": {"label": "second detail of the act", "unit": "that of the act"},
}
BOTH = "both"
"""The side of an act of both, or of nobody."""
_NO_CHOICE = ""
CHOICES = (
    _NO_CHOICE,
    *dict.fromkeys(choice for one in DECISIONS.values() for choice in one.choices),
)
_PLACES = np.array(
    [
        [CHOICES.index(choice) for choice in one.choices]
        + [0] * (max(len(other.choices) for other in DECISIONS.values()) - len(one.choices))
        for one in DECISIONS.values()
    ]
)


def log_tables(logs: Logs) -> dict[str, pd.DataFrame]:
    """``transcript`` and ``acts``: a row an ask and an act, in the order of runs, weeks and asks.

    A week is counted as in the table of weeks, the first 1.
    """
    import pandas as pd

    keys = sorted(logs.asks)
    asks, acts = _joined([logs.asks[k] for k in keys]), _joined([logs.acts[k] for k in keys])
    worths = np.array([one.is_worth for one in DECISIONS.values()])[asks["decision"]]
    places = np.where(worths, 0, _PLACES[asks["decision"], np.clip(asks["choice"], 0, None)])
    transcript = {
        "run": np.repeat([run for _, run in keys], [len(logs.asks[k]) for k in keys]),
        "week": asks["week"] + 1,
        "ask": asks["ask"],
        "side": pd.Categorical.from_codes(asks["side"], list(SIDES)),
        "decision": pd.Categorical.from_codes(asks["decision"], list(DECISIONS)),
        "choice": pd.Categorical.from_codes(places, list(CHOICES)),
        "worth": asks["worth"],
    }
    done = {
        "run": np.repeat([run for _, run in keys], [len(logs.acts[k]) for k in keys]),
        "week": acts["week"] + 1,
        "side": pd.Categorical.from_codes(acts["side"], [*SIDES, BOTH]),
        "act": pd.Categorical.from_codes(acts["act"], list(ACTS)),
        "first": acts["first"],
        "second": acts["second"],
    }
    return {"transcript": pd.DataFrame(transcript), "acts": pd.DataFrame(done)}


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts)
