"""A tariff truce between Washington and Beijing, simulated: what turns a tactical pause into a
breakthrough or a breakdown?

``sim.load`` makes a scenario, ``sim.run`` runs it, ``sim.sweep`` sweeps it, ``sim.TruceModel``
opens one run as a Mesa model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api import evaluate, resume, run, sweep
    from sim.config.compose import load
    from sim.config.errors import SimError
    from sim.config.scenario import Scenario
    from sim.model import TruceModel
    from sim.reproduction import reproduce
    from sim.results import Results, load_results
    from sim.studies import compare, objective, reach

__all__ = [
    "Results",
    "Scenario",
    "SimError",
    "TruceModel",
    "compare",
    "evaluate",
    "load",
    "load_results",
    "objective",
    "reach",
    "reproduce",
    "resume",
    "run",
    "sweep",
]

__version__ = "0.1.0"

_HOMES = {
    "Results": "sim.results",
    "Scenario": "sim.config.scenario",
    "SimError": "sim.config.errors",
    "TruceModel": "sim.model",
    "compare": "sim.studies",
    "evaluate": "sim.api",
    "load": "sim.config.compose",
    "load_results": "sim.results",
    "objective": "sim.studies",
    "reach": "sim.studies",
    "reproduce": "sim.reproduction",
    "resume": "sim.api",
    "run": "sim.api",
    "sweep": "sim.api",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used, so that ``import sim`` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
