"""A tariff truce between Washington and Beijing, simulated: what turns a tactical pause into a
breakthrough or a breakdown?

``sim.load`` makes a scenario, ``sim.run`` runs it, ``sim.sweep`` sweeps it, ``sim.TruceModel``
opens one run as a Mesa model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import exercises, export, theory, tournament
    from sim.agents.strategies import Strategy
    from sim.api import Interrupted, evaluate, explain, join, resume, run, sweep
    from sim.config.compose import load
    from sim.config.errors import SimError
    from sim.config.scenario import Scenario
    from sim.config.tables import scenarios, settings
    from sim.model import TruceModel
    from sim.reproduction import reproduce
    from sim.results import Results, load_results
    from sim.studies import ask, compare, discover, objective, reach, sensitivity

__all__ = [
    "Interrupted",
    "Results",
    "Scenario",
    "SimError",
    "Strategy",
    "TruceModel",
    "ask",
    "branch",
    "compare",
    "discover",
    "environment",
    "evaluate",
    "exercises",
    "explain",
    "export",
    "join",
    "load",
    "load_results",
    "objective",
    "reach",
    "reproduce",
    "resume",
    "run",
    "scenarios",
    "sensitivity",
    "settings",
    "sweep",
    "theory",
    "tournament",
]

__version__ = "0.5.0"

_HOMES = {
    "Interrupted": "sim.api",
    "Results": "sim.results",
    "Scenario": "sim.config.scenario",
    "SimError": "sim.config.errors",
    "Strategy": "sim.agents.strategies",
    "TruceModel": "sim.model",
    "ask": "sim.studies",
    "branch": "sim.studies",
    "compare": "sim.studies",
    "discover": "sim.studies",
    "environment": "sim.seats",
    "evaluate": "sim.api",
    "explain": "sim.api",
    "join": "sim.api",
    "load": "sim.config.compose",
    "load_results": "sim.results",
    "objective": "sim.studies",
    "reach": "sim.studies",
    "reproduce": "sim.reproduction",
    "resume": "sim.api",
    "run": "sim.api",
    "scenarios": "sim.config.tables",
    "settings": "sim.config.tables",
    "sensitivity": "sim.studies",
    "sweep": "sim.api",
}
_ROOMS = ("exercises", "export", "theory", "tournament")  # modules with several names to use


def __getattr__(name: str) -> Any:
    """The public names, imported when first used, so that ``import sim`` stays cheap."""
    if name in _ROOMS:
        return import_module(f"sim.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
