"""Our config groups through Hydra: what they compose to, and which file and line gave each setting.

Hydra reads the defaults lists and merges; every file used is also read strictly, so that no trap of YAML 1.1, no tag and no
interpolation passes, and so that errors can name the line. It validates no settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sim.config.errors import SimError
from sim.config.locate import configs_folder
from sim.config.overrides import groups
from sim.config.plain import Plain, read_plain

__all__ = ["Tree", "compose_groups", "located", "refuse_clash"]

Made = TypeVar("Made")

_HYDRA_IS_GLOBAL = threading.Lock()


@dataclass(frozen=True)
class Tree:
    """What groups or a file come to, and where each setting was written.

    ``files`` holds (prefix of its dotted names, file), the last to speak first; ``by_hand`` the names set on the command line.
    """

    plain: Mapping[str, Any]
    files: tuple[tuple[str, Plain], ...]
    by_hand: tuple[str, ...] = ()

    def where(self, key: str) -> str | None:
        """``file:line`` that gave ``key``; None where the command line did."""
        if any(key == name or key.startswith(f"{name}.") for name in self.by_hand):
            return None
        for prefix, file in self.files:
            inner = key.removeprefix(prefix) if key.startswith(prefix) else ""
            if inner in file.lines:
                return file.where(inner)
        return None


def located(tree: Tree, make: Callable[[], Made]) -> Made:
    """``make()``; an error of validation also says which file and line gave the key."""
    try:
        return make()
    except SimError as error:
        where = tree.where(error.key or "")
        if where is not None:
            error = SimError(
                f"{error.problem} (written in {where})",
                key=error.key,
                given=error.given,
                allowed=error.allowed,
                suggestion=error.suggestion,
                cure=error.cure,
                exit_code=error.exit_code,
            )
        raise error from None


@lru_cache(maxsize=256)
def compose_groups(chosen: tuple[tuple[str, str], ...]) -> Tree:
    """Hydra's composition of our groups; each file used is read strictly first, so that no trap of YAML 1.1 passes."""
    root = configs_folder()
    read_plain(root / "config.yaml", groups=True)
    options = dict(chosen)
    for group, option in chosen:
        _sources(root, group, option)
    values, made = _hydra_compose([f"{group}={option}" for group, option in chosen])
    choices = {group: option for group, option in made.items() if group in groups()}
    order = sorted(choices, key=lambda group: (group != "scenario", group not in options))
    files = tuple(entry for group in order if choices[group] for entry in _sources(root, group, str(choices[group])))
    return Tree(values, files)


def _sources(root: Path, group: str, option: str) -> list[tuple[str, Plain]]:
    """The files behind an option, the one that speaks last first."""
    path = root / group / f"{option}.yaml"
    plain = read_plain(path, groups=True)
    plain.name = f"configs/{group}/{option}.yaml"
    prefix = "" if group == "scenario" else group.replace("/", ".") + "."
    found = [(prefix, plain)]
    for entry in plain.values.pop("defaults", []):
        for key, value in entry.items() if isinstance(entry, dict) else [(entry, None)]:
            words = str(key).removeprefix("override ").strip().lstrip("/")
            if value is None and words != "_self_" and words not in groups().get(group, ()):
                raise _foreign(plain, words)
            if value is not None and (words not in groups() or str(value) not in groups()[words]):
                raise _foreign(plain, f"{words}: {value}")
            if value is None and words != "_self_":
                found += _sources(root, group, words)
    return found


def _foreign(plain: Plain, words: str) -> SimError:
    return SimError("a defaults list may name our own groups only", key=plain.where("defaults"), given=words)


@contextmanager
def _hydra_set_aside() -> Iterator[None]:
    """Hydra keeps one global instance: put aside the one of a multirun's job, or of an application around us."""
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.singleton import Singleton

    with _HYDRA_IS_GLOBAL:
        outer = Singleton._instances.pop(GlobalHydra, None)
        try:
            yield
        finally:
            Singleton._instances.pop(GlobalHydra, None)
            if outer is not None:
                Singleton._instances[GlobalHydra] = outer


def _hydra_compose(overrides: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what our groups compose to, the option chosen of each group)."""
    from hydra import compose, initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf, open_dict
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        with _hydra_set_aside(), initialize_config_dir(str(configs_folder()), job_name="tariffsim", version_base="1.3"):
            cfg = compose("config", overrides, return_hydra_config=True)
            choices = dict(cfg.hydra.runtime.choices)
            with open_dict(cfg):
                del cfg["hydra"]
            values = OmegaConf.to_container(cfg)
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise SimError(f"the config groups do not compose: {str(error).splitlines()[0]}", key="configs") from None
    assert isinstance(values, dict)
    return {str(name): value for name, value in values.items()}, choices


def refuse_clash(tree: Tree, chosen: tuple[tuple[str, str], ...], by_hand: set[str]) -> None:
    """A group chosen by hand whose settings the scenario file would overwrite."""
    spoken = [plain for prefix, plain in tree.files if prefix == ""]
    for group, option in chosen:
        own = [
            entry for entry in tree.files if entry[1].name == f"configs/{group}/{option}.yaml" and group != "scenario"
        ]
        for prefix, plain in own:
            clashes = [
                (path, value, scenario.where(path))
                for path, value in _flat(plain.values, prefix)
                for scenario in spoken
                if path not in by_hand and _get(scenario.values, path) not in (None, value)
            ]
            if clashes:
                path, _, where = clashes[0]
                raise SimError(
                    f"the scenario sets {path} itself ({where}) and would overwrite this choice",
                    key=group,
                    given=option,
                    cure="set by hand as well: " + " ".join(f"{path}={value}" for path, value, _ in clashes[:6]),
                )


def _flat(node: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in node.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", value)]
    return found


def _get(node: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node
