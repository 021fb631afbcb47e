"""The historical record, shipped with the package: tidy tables, dates parsed, with unit, source and
confidence in every row.

What happened up to the end of August 2025, as collected in the project's data folder, whose short
names of sources :func:`sources` spells out. Nothing here is estimated: a month that is itself
derived or imputed says so in its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sim.config.errors import MACHINE, SimError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "calendar",
    "events",
    "magnet_exports",
    "parameters",
    "renewals",
    "sources",
    "tariff_bases",
    "tariffs",
    "threats",
    "trade_flows",
    "trade_groups",
    "trade_season",
    "truces",
]

_DAY = "%Y-%m-%d"
_MONTH = "%Y-%m"


def tariffs() -> pd.DataFrame:
    """Tariffs of both sides from each ``date`` on, per cent.

    Returns
    -------
    pandas.DataFrame
        ``us_`` and ``cn_`` columns for three measures that must not be mixed: ``additional_2025``
        (labels added since January 2025), ``average_total`` (statutory, weighted by trade;
        ``_basis`` says whose) and ``effective_total`` (after exemptions); ``source``,
        ``confidence``.
    """
    return _read("tariffs.csv", {"date": _DAY})


def events() -> pd.DataFrame:
    """Who did what on which issue, and how many days before the deadline then running: ``date``,
    ``actor``, ``kind``, ``issue``.
    """
    return _read("events.csv", {"date": _DAY, "deadline": _DAY})


def calendar() -> pd.DataFrame:
    """What was scheduled, and what leaders' meetings there were: known at the end of August 2025 by
    announcement, law or tradition.

    Returns
    -------
    pandas.DataFrame
        ``date`` and ``last_date``, ``kind`` (that of a scheduled event), ``event``, ``sides``,
        ``announced`` (when it was known, where that is known), ``basis`` (record, announced, law,
        tradition, order, notice or court), ``setting`` (its name in ``calendar.events`` of a
        scenario, else empty), ``weight``, ``weight_low``, ``weight_high`` (of that setting and its
        plausible range: judgements), ``source``, ``confidence``.
    """
    return _read("calendar.csv", dict.fromkeys(("date", "last_date", "announced"), _DAY))


def truces() -> pd.DataFrame:
    """Truces and their deadlines, how and when each was resolved; ``length_days`` and
    ``days_before_deadline`` in days.
    """
    return _read("truces.csv", {"start": _DAY, "deadline": _DAY, "resolution_date": _DAY})


def magnet_exports() -> pd.DataFrame:
    """China's exports of rare-earth magnets (HS 85051110), tonnes a month.

    Returns
    -------
    pandas.DataFrame
        ``month`` (its first day), ``to_us_t``, ``to_world_t``, ``source``; ``us_basis`` and
        ``world_basis`` say whether the month was reported, derived or imputed.
    """
    return _read("magnet_exports.csv", {"month": _MONTH})


def trade_flows() -> pd.DataFrame:
    """Goods trade between the two, bn USD a month (US Census Bureau, not seasonally adjusted):
    ``month`` is its first day.
    """
    return _read("trade_flows.csv", {"month": _MONTH})


def trade_groups() -> pd.DataFrame:
    """Groups of goods, a number per row.

    Returns
    -------
    pandas.DataFrame
        ``direction`` (``us_imports`` from China, ``cn_imports`` from the United States), ``group``,
        ``quantity``, ``value``, ``low``, ``high``, ``unit``, ``source``, ``confidence``, ``basis``.
    """
    return _read("trade_groups.csv", {})


def tariff_bases() -> pd.DataFrame:
    """The legal bases of duties, a row per basis and rate, in force ``from`` a day on.

    Returns
    -------
    pandas.DataFrame
        ``basis``, ``side`` (``us_third``: US duties on third countries), ``rate`` and
        ``suspended_rate`` (ad valorem), ``suspended_until``, ``scope_`` columns (the share of a
        group; where ``kind`` is ``rate_by_group`` a rate), ``statutory_factor``, ``void_group``,
        ``limit_days``, and in words ``statute``, ``scope``, ``exemption``, ``how_it_ends``,
        ``source``, ``confidence``. A basis that no row begins has no day.
    """
    return _read("tariff_bases.csv", {"from": _DAY, "suspended_until": _DAY})


def trade_season() -> pd.DataFrame:
    """The season of monthly trade: ``series``, ``month`` (1 to 12), ``factor`` of the year's mean."""
    return _read("trade_season.csv", {})


def renewals() -> pd.DataFrame:
    """Arrangements with a date and what became of it, here and elsewhere.

    Returns
    -------
    pandas.DataFrame
        ``kind`` (truce, talks, deal, interim, waiver), ``start``, ``date``, ``length_days``,
        ``resolution`` (extended, upgraded, lapsed, broken from inside), ``resolved_on``,
        ``days_before`` the date (below 0: after it), ``next_length_days``, ``source`` (short names
        or addresses), ``confidence``.
    """
    return _read("renewals.csv", {"start": _DAY, "date": _DAY, "resolved_on": _DAY})


def threats() -> pd.DataFrame:
    """Threats of either side and what became of them.

    Returns
    -------
    pandas.DataFrame
        ``announced``, ``actor``, ``threat``, ``stated_date`` (none where it had none),
        ``notice_days``, ``inside_truce``, ``outcome`` (carried_out, settled, dropped),
        ``resolved_on``, ``source``, ``confidence``.
    """
    return _read("threats.csv", {"announced": _DAY, "stated_date": _DAY, "resolved_on": _DAY})


def parameters() -> pd.DataFrame:
    """Figures behind the defaults: ``value`` (text, for some are dates), ``low``, ``high``,
    ``unit``, ``source``, ``confidence``, ``basis``.
    """
    return _read("parameters.csv", {})


def sources() -> pd.DataFrame:
    """What the short names of sources in tariffs, events, truces and calendar stand for: ``id``, ``type``,
    ``title``, ``where``.
    """
    return _read("sources.csv", {})


def _read(name: str, dates: Mapping[str, str]) -> pd.DataFrame:
    import pandas as pd

    frame = _table(name).copy()
    for column, form in dates.items():
        frame[column] = pd.to_datetime(frame[column], format=form)
    return frame


@cache
def _table(name: str) -> pd.DataFrame:
    """A table as it is written, read once.

    Raises
    ------
    SimError
        Where the package was installed without it.
    """
    import pandas as pd

    try:
        with files("sim").joinpath("data", name).open(encoding="utf-8") as file:
            return pd.read_csv(file)
    except FileNotFoundError:
        raise SimError(
            "the package is incomplete", key=name, cure="install it again", exit_code=MACHINE
        ) from None
