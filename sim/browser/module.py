"""The built module that is shipped with the package: loaded, or refused if the rules have changed
since.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from sim.browser.build import CODE, DESCRIPTION
from sim.browser.description import Description, describe
from sim.config.errors import MACHINE, SimError

__all__ = ["Module", "built_folder", "engine_source", "is_current", "load_module"]

_COMMAND = "make wasm (or python -m sim.browser)"


@dataclass(frozen=True)
class Module:
    """The WebAssembly code, and the description of its records."""

    code: bytes
    description: Description


def built_folder() -> Path:
    """Where ``make wasm`` puts the module: inside the package, so that a wheel contains it."""
    return Path(__file__).resolve().parent / "built"


def load_module(folder: Path | None = None) -> Module:
    """The module in ``folder``, by default the one shipped with the package.

    Raises
    ------
    SimError
        It was never built, or was built from other rules or settings; the message gives the command
        that builds it.
    """
    place = folder or built_folder()
    try:
        description = json.loads((place / DESCRIPTION).read_text(encoding="utf-8"))
        code = (place / CODE).read_bytes()
    except (OSError, ValueError) as error:
        problem = "this installation lacks the WebAssembly module of the rules"
        raise SimError(problem, key=CODE, cure=_COMMAND, exit_code=MACHINE) from error
    if not _describes(description, code):
        problem = "the WebAssembly module was built from other rules"
        raise SimError(problem, key=CODE, cure=_COMMAND, exit_code=MACHINE)
    return Module(code, description)


def is_current(folder: Path | None = None) -> bool:
    """Whether the module exists and was built from the current rules and settings."""
    try:
        load_module(folder)
    except SimError:
        return False
    return True


def _describes(description: Description, code: bytes) -> bool:
    """Whether the file's description matches the sources: hash of the rules, every position, every
    meaning.
    """
    now = json.loads(json.dumps(describe()))
    return description.get("bytes") == len(code) and now.items() <= description.items()


def engine_source() -> str:
    """The JavaScript that runs the module, for a page to carry."""
    return (Path(__file__).resolve().parent / "engine.js").read_text(encoding="utf-8")
