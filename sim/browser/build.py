"""From the rules as they stand to ``rules.wasm`` and ``rules.json``: IR, object, linked module,
description.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from sim.browser.description import EXPORT, Description, describe
from sim.browser.entry import ENVIRONMENT
from sim.browser.retarget import FEATURES, to_object
from sim.config.errors import MACHINE, SimError

__all__ = ["CODE", "DESCRIPTION", "assemble", "build", "lowered"]

CODE, DESCRIPTION = "rules.wasm", "rules.json"
# The stack lies below all data (--stack-first), so that running out of it stops the run and
# overwrites nothing. The rules need a few kilobytes; the rest is room for later ones.
_LINK = (
    "--no-entry",
    f"--export={EXPORT}",
    "--export=__heap_base",
    "--strip-all",
    "--gc-sections",
    "--stack-first",
    "-z",
    "stack-size=262144",
)


def build(folder: Path) -> Description:
    """Build the module into ``folder``; its description.

    The code is written first and the description, which says what rules it is made from, last.

    Raises
    ------
    SimError
        When the linker is missing, or the rules hold something that cannot run in a browser.
    """
    _require_linker()
    code = assemble(lowered())
    description = {**describe(), "built_with": _versions(), "bytes": len(code)}
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / CODE, code)
    _replace(
        folder / DESCRIPTION, (json.dumps(description, indent=1, sort_keys=True) + "\n").encode()
    )
    return description


def lowered() -> str:
    """LLVM IR of the exported function, from a process that recompiles the rules for a generic
    processor.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rules.ll"
        done = subprocess.run(
            [sys.executable, "-P", "-m", "sim.browser.entry", str(target)],
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SimError(f"the rules did not compile: {done.stderr[-2000:]}", exit_code=MACHINE)
        return target.read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    """The environment of this process with this package first on the path, and no Numba variables
    but ours.
    """
    others = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**others, **ENVIRONMENT, "PYTHONPATH": path}


def assemble(ir: str, features: str = FEATURES) -> bytes:
    """The linked module of that IR, for a browser with ``features``. An undefined symbol fails the
    link: the module imports nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "rules.o", Path(folder) / CODE
        source.write_bytes(to_object(ir, features))
        done = subprocess.run(
            [sys.executable, "-m", "ziglang", "wasm-ld", str(source), "-o", str(target), *_LINK],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SimError(
                f"the module could not be linked: {done.stderr[-2000:]}", exit_code=MACHINE
            )
        return target.read_bytes()


def _require_linker() -> None:
    if importlib.util.find_spec("ziglang") is None:
        raise SimError(
            "the linker of the WebAssembly module is not installed",
            key="ziglang",
            cure="make wasm sets it up; elsewhere: pip install ziglang",
            exit_code=MACHINE,
        )


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("numba", "llvmlite", "numpy", "ziglang")
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "features": FEATURES,
    }


def _replace(path: Path, content: bytes) -> None:
    """Write atomically."""
    part = path.with_suffix(f"{path.suffix}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)
