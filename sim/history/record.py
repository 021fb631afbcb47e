"""Tables of the record, shipped with the package: tidy, dates parsed, source and confidence kept on every row."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from sim.config.errors import MACHINE, SimError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["events", "magnet_exports", "parameters", "sources", "tariffs", "trade_flows", "truces"]


def tariffs() -> pd.DataFrame:
    """Average tariffs of both sides by date (PIIE and others), percent; column names say which average."""
    return _read("tariffs.csv", ["date"])


def events() -> pd.DataFrame:
    """Dated events: talks, measures, listings, claims of breach."""
    return _read("events.csv", ["date", "deadline"])


def truces() -> pd.DataFrame:
    """Truces of trade disputes: start, deadline, how and when they ended."""
    return _read("truces.csv", ["start", "deadline", "resolution_date"])


def magnet_exports() -> pd.DataFrame:
    """China's exports of rare-earth magnets by month, tonnes: ``month`` (first day), ``to_us_t``, ``to_world_t``; ``us_basis`` says where
    a month was reported, derived or imputed.
    """
    return _read("magnet_exports.csv", ["month"])


def trade_flows() -> pd.DataFrame:
    """Monthly goods trade between the two, bn USD (US Census Bureau)."""
    return _read("trade_flows.csv", ["month"])


def parameters() -> pd.DataFrame:
    """Figures behind the defaults: value, range, unit, source, confidence."""
    return _read("parameters.csv", [])


def sources() -> pd.DataFrame:
    """What the short names of sources stand for."""
    return _read("sources.csv", [])


def _read(name: str, dates: list[str]) -> pd.DataFrame:
    import pandas as pd

    try:
        with as_file(files("sim").joinpath("data", name)) as path:
            frame = pd.read_csv(path)
    except FileNotFoundError:
        raise SimError("the package is incomplete", key=name, cure="install it anew", exit_code=MACHINE) from None
    for column in dates:
        frame[column] = pd.to_datetime(frame[column], errors="coerce", format="mixed")
    return frame
