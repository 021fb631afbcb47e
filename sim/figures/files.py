"""Figures as files: the same figure gives the same bytes, without dates or random names."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["Picture", "figure_bytes", "settle"]

_SALT = "tariffsim"
_DIGITS = 6


class Picture(NamedTuple):
    """A drawn figure, as the report takes it: its name, what it says, its PNG."""

    name: str
    title: str
    png: bytes


def settle(figure: Figure) -> Figure:
    """Compute the layout, once for every format, and round it: the solver's last digits are not the same from call to call."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine(None)
        for ax in figure.axes:
            left, bottom, width, height = (round(part, _DIGITS) for part in ax.get_position().bounds)
            ax.set_position((left, bottom, width, height))
        for text in figure.texts:
            x, y = text.get_position()
            text.set_position((round(x, _DIGITS), round(y, _DIGITS)))
    return figure


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """A figure as the bytes of a ``png`` or ``svg`` file."""
    metadata: dict[str, Any] = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    held = BytesIO()
    with mpl.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "path"}):
        settle(figure).savefig(held, format=kind, metadata=metadata)
    return held.getvalue()
