"""Where the files shipped with the package are: configs, data and CITATION.cff.

An installed package has them inside ``sim/``; in a checkout a folder may be beside ``sim/``
instead. Paths only: nothing here reads a file.
"""

from __future__ import annotations

import os
from pathlib import Path

from sim.config.errors import MACHINE, SimError

__all__ = ["configs_folder", "data_folder", "path_given", "shipped"]

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The folder or file ``name`` shipped with the package.

    Raises
    ------
    SimError
        The installation lacks it.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.exists():
            return folder
    raise SimError(
        "the installation is incomplete: a part is missing",
        key=name,
        cure="install the package again",
        exit_code=MACHINE,
    )


def path_given(given: object, key: str) -> Path:
    """The path that somebody gave.

    Raises
    ------
    SimError
        It is neither text nor a path.
    """
    if isinstance(given, (str, os.PathLike)) and not isinstance(given, bytes):
        return Path(os.fspath(given))
    allowed = "a path"
    raise SimError("not a path", key=key, given=type(given).__name__, allowed=allowed)


def configs_folder() -> Path:
    """The tree of config groups."""
    return shipped("configs")


def data_folder() -> Path:
    """The data with their sources."""
    return shipped("data")
