"""The record: tariffs, events, truces and flows as they were, with their sources."""

from sim.history.dataset import (
    calendar,
    events,
    magnet_exports,
    parameters,
    sources,
    tariffs,
    trade_flows,
    truces,
)

__all__ = [
    "calendar",
    "events",
    "magnet_exports",
    "parameters",
    "sources",
    "tariffs",
    "trade_flows",
    "truces",
]
