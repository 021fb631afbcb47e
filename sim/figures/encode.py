"""Figures as bytes: the same figure gives the same bytes, without dates or random names, whatever
the user's matplotlibrc says.

The typeface is the one shipped with matplotlib; characters that it lacks, such as Chinese, are
taken from the first installed typeface of a short list, and show as boxes without one.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

__all__ = ["figure_bytes", "house_style", "settle"]

_SALT = "tariffsim"
_DIGITS = 6
_TYPEFACE = "DejaVu Sans"
_OTHERS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
)


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Use matplotlib's own defaults, not the user's, while figures are drawn and written; do not
    warn of missing characters.
    """
    settings: dict[Any, Any] = {
        name: value
        for name, value in mpl.rcParamsDefault.items()
        if not name.startswith(("backend", "savefig.directory"))
    }
    settings.update(
        {"svg.hashsalt": _SALT, "svg.fonttype": "path", "font.sans-serif": list(_typefaces())}
    )
    with warnings.catch_warnings(), mpl.rc_context():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        warnings.simplefilter("ignore", mpl.MatplotlibDeprecationWarning)
        mpl.rcParams.update(settings)
        yield


@cache
def _typefaces() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    return _TYPEFACE, *(name for name in _OTHERS if name in known)


def settle(figure: Figure) -> Figure:
    """Compute the layout, once for every format, and round it: the solver's last digits are not the
    same from call to call.
    """
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)  # only the layout, without drawing everything
        figure.set_layout_engine(None)
        for ax in figure.axes:
            left, bottom, width, height = (
                round(part, _DIGITS) for part in ax.get_position().bounds
            )
            ax.set_position((left, bottom, width, height))
        for text in figure.texts:
            x, y = text.get_position()
            text.set_position((round(x, _DIGITS), round(y, _DIGITS)))
    return figure


def figure_bytes(figure: Figure, kind: str) -> bytes:
    """A figure as the bytes of a ``png`` or ``svg`` file."""
    metadata: dict[str, Any] = (
        {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    )
    buffer = BytesIO()
    with house_style():
        settle(figure).savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
