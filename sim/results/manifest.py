"""The manifest: what was run, with what, and what came out; enough to run it again, and nothing about the person who did.

A reader takes what it knows and leaves the rest: entries were added to the first format since, none was changed.

Never in it: user, host, home, absolute paths, environment variables, registry addresses.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.config.batch import recorded
from sim.config.errors import SimError
from sim.results.files import file_hash
from sim.results.folder import whole_file
from sim.results.machine import blas_library, lock_hash, peak_memory, processor_model, vector_features

__all__ = [
    "CITATION",
    "LICENCE",
    "NAME",
    "PLACES",
    "SCHEMA",
    "environment",
    "make_manifest",
    "read_manifest",
    "seed_plan",
    "without_places",
    "write_manifest",
]

SCHEMA = 1
NAME = "manifest.json"
TIER = "T0"  # the same bits on the same kind of machine with the pinned versions: docs/reproducibility.md
_LIBRARIES = (
    "numpy", "scipy", "numba", "llvmlite", "mesa", "hydra-core", "omegaconf", "pandas", "pyarrow", "matplotlib", "SALib",
)  # fmt: skip
_MOST_BYTES = 50_000_000
LICENCE = "Made with tariffsim, which is under the MIT licence; what it makes carries no terms of its own."
CITATION = (
    "To cite: The tariffsim contributors (2026). tariffsim: a tariff truce between Washington and Beijing, simulated. "
    "Version {version}."
)
PLACES = ("out", "address")
_FILES = ("file", "sweep_file", "sweep.file")


def make_manifest(
    *,
    verb: str,
    scenario: Mapping[str, Any],
    run: Mapping[str, Any],
    overrides: tuple[str, ...],
    engine: str,
    started: dt.datetime,
    sweep: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Everything known before the files are hashed; seconds and peak memory are those of the computation, without what is drawn later."""
    ended = dt.datetime.now(dt.UTC)
    return {
        "schema": SCHEMA,
        "verb": verb,
        "name": scenario["name"],
        "scenario": dict(scenario),
        "run": recorded(verb, run),
        "sweep": dict(sweep) if sweep else None,
        "overrides": without_places(overrides),
        "engine": engine,
        "started": started.isoformat(timespec="seconds"),
        "ended": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 3),
        "peak_memory_bytes": peak_memory(),
        "seeds": seed_plan(run, sweep),
        "tier": TIER,
        "content": {},
        "files": {},
        "licence": LICENCE,
        "citation": CITATION.format(version=environment()["versions"]["tariffsim"]),
        **environment(),
    }


def seed_plan(run: Mapping[str, Any], sweep: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """How every draw follows from the seed: the generator, what its key and the words of its counter are (:mod:`sim.rules.randomness`)."""
    word = "run number, from 0"
    if sweep and not sweep.get("common_random_numbers", True):
        most = (sweep.get("stopping") or {}).get("most_runs") or sweep.get("runs")
        word = f"point number x {most} + run number, both from 0"
    elif sweep:
        word = "run number, from 0, the same at every point"
    plan = {
        "generator": "Philox4x32-10",
        "key": "seed (64 bits)",
        "counter": [word, "stream", "week", "entity"],
        "counter_bits": 32,
        "seed": run.get("seed"),
    }
    return {**plan, "design_seed": sweep["design_seed"]} if sweep and "design_seed" in sweep else plan


def without_places(overrides: Iterable[str]) -> list[str]:
    """Overrides without what says where on somebody's machine: output folders, cluster addresses, the folders of files."""
    kept = []
    for text in overrides:
        key, equals, value = text.partition("=")
        name = key.lstrip("+~").removeprefix("run.")
        if name in _FILES:
            kept.append(f"{key}{equals}{value.replace(chr(92), '/').rpartition('/')[2]}")
        elif name not in PLACES and not name.startswith("hydra"):
            kept.append(text)
    return kept


@cache
def _environment() -> str:
    from sim.rules.compiled import source_hash

    libraries = {}
    for name in _LIBRARIES:
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            continue
    return json.dumps(
        {
            "versions": {"tariffsim": _own_version(), "python": platform.python_version(), **libraries},
            "rules": source_hash(),
            "git": _git(),
            "platform": {
                "system": platform.system(),
                "machine": platform.machine(),
                "libc": " ".join(platform.libc_ver()),
                "processor": processor_model(),
                "vector_features": vector_features(),
                "blas": blas_library(),
            },
            "lock": lock_hash(),
        }
    )


def environment() -> dict[str, Any]:
    """Versions, hash of the rules, commit, platform and hash of the lock file."""
    return json.loads(_environment())


def write_manifest(manifest: dict[str, Any], folder: Path, *, below: bool = True) -> dict[str, Any]:
    """Add size and hash of every file of ``folder``, or with ``below`` false of those directly in it, and write the manifest, last and whole.

    Only its own entries are sorted: within the scenario and the sweep the order of issues, sectors and factors carries meaning. Of
    strategies in Python, whose code is not recorded, no tier is claimed.
    """
    files = {}
    for path in sorted(folder.rglob("*") if below else folder.glob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and path.name != NAME and not any(part.startswith(".") for part in inside.parts):
            files[inside.as_posix()] = {"bytes": path.stat().st_size, "sha256": file_hash(path)}
    complete = {**manifest, "files": files}
    if manifest.get("strategies"):
        complete["tier"] = None
    with whole_file(folder / NAME) as temporary:
        text = json.dumps(dict(sorted(complete.items())), indent=1, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")
    return complete


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest from its file.

    Raises
    ------
    SimError
        Missing, not JSON, not a manifest, or of a later schema than this version knows.
    """
    if not path.is_file():
        raise SimError("no such manifest", key=str(path), cure="give a result folder, or the manifest.json in one")
    if path.stat().st_size > _MOST_BYTES:
        raise SimError("too large to be a manifest", key=str(path), allowed=f"{_MOST_BYTES:,} bytes")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise SimError("not JSON", key=str(path)) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("schema"), int):
        raise SimError("not a manifest of this simulator", key=str(path))
    if manifest["schema"] > SCHEMA:
        raise SimError(
            "made by a later version", key=str(path), given=manifest["schema"], allowed=f"schema up to {SCHEMA}",
            cure="install a newer tariffsim",
        )  # fmt: skip
    wanted = {"verb": str, "scenario": dict, "run": dict, "content": dict, "files": dict, "versions": dict}
    for name, kind in wanted.items():
        if not isinstance(manifest.get(name), kind):
            raise SimError("incomplete manifest", key=f"{path}: {name}", given=manifest.get(name))
    return manifest


def _own_version() -> str:
    try:
        return version("tariffsim")
    except PackageNotFoundError:
        return "not installed"


def _git() -> dict[str, Any] | None:
    """Commit of the checkout that holds this code, and whether it is changed; None outside one."""
    package = Path(__file__).resolve().parent.parent
    if not (package.parent / ".git").exists():
        return None

    def ask(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(package.parent), *words], capture_output=True, text=True, timeout=10, check=True
        )
        return done.stdout.strip()

    try:
        return {"commit": ask("rev-parse", "HEAD"), "dirty": bool(ask("status", "--porcelain", "--", "sim", "configs"))}
    except (OSError, subprocess.SubprocessError):
        return None
