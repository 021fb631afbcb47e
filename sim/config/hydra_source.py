"""Our two Hydra plug-ins: where our config groups are, and the content of their options.

Hydra merges options; it opens no file of ours. The address of the source names the class whose
parts are the groups (``tariffsim://module:class``), so that a launcher's other process finds it
again. The plug-ins are active only within :func:`our_groups`: an application that uses us composes
its own configs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from importlib import import_module
from typing import Any

from hydra import __version__ as hydra_version
from hydra import compose as hydra_compose
from hydra import initialize
from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.global_hydra import GlobalHydra
from hydra.core.object_type import ObjectType
from hydra.core.plugins import Plugins
from hydra.core.singleton import Singleton
from hydra.core.utils import JobRuntime
from hydra.errors import HydraException
from hydra.plugins.config_source import ConfigResult, ConfigSource
from hydra.plugins.search_path_plugin import SearchPathPlugin
from omegaconf import OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from sim.config.errors import SimError
from sim.config.options import SCENARIOS, SWEEPS, groups, option_values

__all__ = ["HYDRA_DEFAULTS", "TOP", "GroupsPath", "GroupsSource", "compose", "our_groups"]

TOP, DEFAULT_SCENARIO = "config", "london_2025"
# Hydra 1.3 warns where its defaults are not chosen, 1.4 where they are
HYDRA_DEFAULTS: dict[str, Any] = {"version_base": "1.3"} if hydra_version < "1.4" else {}
_SCHEME = "tariffsim"
_HYDRA_IS_GLOBAL = threading.RLock()
_roots: list[type] = []


class GroupsPath(SearchPathPlugin):
    """Puts our groups on Hydra's path."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Add them, within :func:`our_groups`."""
        for root in _roots[-1:]:
            search_path.append("tariffsim", f"{_SCHEME}://{root.__module__}:{root.__name__}")


class GroupsSource(ConfigSource):
    """Our groups as a Hydra config source."""

    def __init__(self, provider: str, path: str) -> None:
        super().__init__(provider, path)
        module, _, name = self.path.partition(":")
        self.root: type = getattr(import_module(module), name)

    @staticmethod
    def scheme() -> str:
        """The prefix of its addresses."""
        return _SCHEME

    def available(self) -> bool:
        """It always is."""
        return True

    def load_config(self, config_path: str) -> ConfigResult:
        """The content of an option; the scenario's names are at the top."""
        group, _, option = config_path.removesuffix(".yaml").rpartition("/")
        values = deepcopy(option_values(self.root, group, option)) if group else _top(self.root)
        header = {"package": "_global_" if group in ("", SCENARIOS) else None}
        return ConfigResult(self.provider, self.full_path(), OmegaConf.create(values), header)

    def is_group(self, config_path: str) -> bool:
        """Whether it is one of our groups, or contains one."""
        path = config_path.rstrip("/")
        return any(group == path or group.startswith(f"{path}/") for group in groups(self.root))

    def is_config(self, config_path: str) -> bool:
        """Whether it is one of our options."""
        group, _, option = config_path.removesuffix(".yaml").rpartition("/")
        return option in groups(self.root).get(group, ()) if group else option == TOP

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """Options of a group."""
        return (
            []
            if results_filter == ObjectType.GROUP
            else [*groups(self.root).get(config_path.rstrip("/"), ())]
        )


def _top(root: type) -> dict[str, Any]:
    """One option of each group, then the scenario, whose own names come last."""
    chosen = [{group: "default"} for group in groups(root) if group not in (SCENARIOS, SWEEPS)]
    return {"defaults": [*chosen, {SWEEPS: None}, {SCENARIOS: DEFAULT_SCENARIO}, "_self_"]}


@contextmanager
def our_groups(root: type) -> Iterator[None]:
    """Within it Hydra finds the groups of ``root``."""
    plugins = Plugins.instance()
    plugins.register(GroupsSource)
    plugins.register(GroupsPath)
    _roots.append(root)
    try:
        yield
    finally:
        _roots.pop()


@contextmanager
def _hydra_set_aside() -> Iterator[None]:
    """Hydra keeps global instances, of itself and of the job whose name it gives: put aside those of
    a multirun's job, or of an application around us.
    """
    with _HYDRA_IS_GLOBAL:
        outer = {kind: Singleton._instances.pop(kind, None) for kind in (GlobalHydra, JobRuntime)}
        try:
            yield
        finally:
            for kind, instance in outer.items():
                Singleton._instances.pop(kind, None)
                if instance is not None:
                    Singleton._instances[kind] = instance


def compose(root: type, overrides: Sequence[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """(the composed groups, the option chosen for each)."""
    try:
        with (
            _hydra_set_aside(),
            our_groups(root),
            initialize(None, job_name="tariffsim", **HYDRA_DEFAULTS),
        ):
            cfg = hydra_compose(TOP, list(overrides), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise SimError(
            f"the config groups do not compose: {str(error).splitlines()[0]}", key="configs"
        ) from None
    choices = {
        group: option
        for group, option in cfg.hydra.runtime.choices.items()
        if group in groups(root) and option
    }
    with open_dict(cfg):
        del cfg["hydra"]
    values = OmegaConf.to_container(cfg)
    assert isinstance(values, dict)
    return {str(name): value for name, value in values.items()}, choices
