"""The record: tariffs, events, truces and flows as they were, with their sources."""

from sim.history.dataset import (
    calendar,
    events,
    magnet_exports,
    parameters,
    renewals,
    sources,
    tariff_bases,
    tariffs,
    threats,
    trade_flows,
    trade_groups,
    trade_season,
    truces,
)

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
