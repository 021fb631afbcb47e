"""The record: tariffs, events, truces and flows as they were, with their sources."""

from sim.history.dataset import (
    events,
    magnet_exports,
    parameters,
    renewals,
    sources,
    tariffs,
    threats,
    trade_flows,
    truces,
)

__all__ = [
    "events",
    "magnet_exports",
    "parameters",
    "renewals",
    "sources",
    "tariffs",
    "threats",
    "trade_flows",
    "truces",
]
