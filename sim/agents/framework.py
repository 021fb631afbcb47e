"""What this model takes from Mesa: agents that stay for the run, and a collector whose reports of
agents reach ``mesa.batch_run``.

Mesa is imported without the warning that tqdm gives in a notebook that lacks ipywidgets: it loads
it for a bar that nothing here draws.
"""

from __future__ import annotations

import warnings
from typing import Any, NoReturn

from sim.config.errors import SimError

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa

__all__ = ["Agent", "Collector", "mesa"]


class Agent(mesa.Agent):
    """An agent with a place in the state; it reads its row there at every use, so that an agent of a
    copied model reads the copy's.
    """

    def remove(self) -> NoReturn:
        """Refused: compiled rules run over all places, whoever is on Mesa's list.

        Raises
        ------
        SimError
            Always.
        """
        raise SimError(
            "an agent of this model stays for the run",
            key=f"{type(self).__name__}.remove",
            cure="change what it does in a subclass, or how many there are: firms.magnets.firms=50",
        )


class Collector(mesa.DataCollector):
    """Mesa's collector, with reporters of kinds of agents that ``mesa.batch_run`` finds: before Mesa
    3.5 it reads only what is kept of all agents together, at the place of the model's row.
    """

    def collect(self, model: Any) -> None:
        """Collect a week."""
        by_kind = self.agenttype_reporters
        together = bool(by_kind) and not hasattr(self, "_collection_steps")
        if together:
            self.agent_reporters = {}  # else Mesa calls them too
        super().collect(model)
        if together:
            names = dict.fromkeys(name for reporters in by_kind.values() for name in reporters)
            self.agent_reporters = names
            place = len(next(iter(self.model_vars.values()))) - 1
            self._agent_records[place] = [
                (*row[:2], *map(dict(zip(by_kind[kind], row[2:], strict=True)).get, names))
                for kind, rows in self._agenttype_records[model.steps].items()
                for row in rows
            ]
