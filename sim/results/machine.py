"""What a result was made on, as far as it may matter to its bits; what differs here, and which tier
of identity is promised.

Facts of a kind of machine and never of one machine: no user, host, path or serial number. What
cannot be learnt is None. Nothing here enters a content hash, and no bit of a run should depend on
any of it: tests/reproduction/test_identity.py holds that to account.

Versions and names in a manifest are a stranger's words: they are checked before they are repeated
in a form that another program reads.
"""

from __future__ import annotations

import contextlib
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.config.errors import MACHINE, SimError

__all__ = [
    "T0",
    "T1",
    "T2",
    "Change",
    "Environment",
    "Git",
    "Platform",
    "blas_library",
    "changes",
    "check_version",
    "environment",
    "lock_hash",
    "peak_memory",
    "processor_model",
    "promised",
    "requirements",
    "vector_features",
]

T0, T1, T2 = "T0", "T1", "T2"  # docs/reproducibility.md says what each promises
_LOCK = "requirements/run.txt"
_MOST_LETTERS = 80


@dataclass(frozen=True, kw_only=True)
class Git:
    """The commit of the code, and whether the checkout was changed."""

    commit: str
    dirty: bool


@dataclass(frozen=True, kw_only=True)
class Platform:
    """The kind of machine; None where the system does not say, or where an older version did not
    ask.
    """

    system: str = ""
    machine: str = ""
    libc: str = ""
    processor: str | None = None
    vector_features: tuple[str, ...] | None = None
    blas: str | None = None


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What a result was made with: ``versions`` by library, the hash of the ``rules``, commit,
    machine, hash of the lock file.
    """

    versions: Mapping[str, str]
    rules: str = ""
    git: Git | None = None
    platform: Platform = field(default_factory=Platform)
    lock: str | None = None


_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,40}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
# a checkout that was never installed has no version; its rules still have a hash
_NOT_INSTALLED = "not installed"
_WORD = re.compile(r"[A-Za-z0-9_. -]{0,40}")
_EFFECTS: tuple[tuple[str, str], ...] = (
    ("rules", "other rules: other results"),
    ("version tariffsim", "another version: tables may have other columns"),
    ("machine", "another processor: fused operations may move last bits"),
    ("system", "another system: compiled code may move last bits"),
    ("version numba", "another compiler of the rules may move last bits"),
    ("version llvmlite", "another compiler of the rules may move last bits"),
    ("version numpy", "designs and weekly quantiles may move last bits"),
    ("version scipy", "drawn designs may have other points"),
    ("version SALib", "drawn designs may have other points"),
    ("libc", "no effect expected: the rules have their own exp and log"),
    ("processor", "no effect expected within a family"),
    ("vector features", "no effect expected: tested with all of them off"),
    ("blas", "no effect expected: no matrix product enters a run"),
    ("version python", "no effect expected"),
    ("version pandas", "tables only: no effect on values expected"),
    ("version pyarrow", "files only: no effect on values expected"),
    ("version mesa", "none on the ensemble; on the Mesa engine, none expected"),
    ("version hydra-core", "reading of command lines only"),
    ("version omegaconf", "reading of command lines only"),
    ("version matplotlib", "figures only"),
    ("commit", "no effect while the rules are the same"),
    ("uncommitted changes", "no effect while the rules are the same"),
    ("lock file", "no effect while the versions are the same"),
)
_LATER = (
    "processor",
    "vector features",
    "blas",
    "lock file",
)  # manifests did not always have them: no difference then
_PINNED = tuple(name for name, _ in _EFFECTS if name.startswith("version "))
_LIBRARIES = tuple(
    name.removeprefix("version ")
    for name in _PINNED
    if name not in ("version tariffsim", "version python")
)


@cache
def environment() -> Environment:
    """The environment at hand."""
    from sim.rules.compiled import source_hash

    versions = {"tariffsim": _own_version(), "python": platform.python_version()}
    for name in _LIBRARIES:
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
    here = Platform(
        system=platform.system(),
        machine=platform.machine(),
        libc=" ".join(platform.libc_ver()),
        processor=processor_model(),
        vector_features=vector_features(),
        blas=blas_library(),
    )
    return Environment(
        versions=versions, rules=source_hash(), git=_git(), platform=here, lock=lock_hash()
    )


def processor_model(listed: Path = Path("/proc/cpuinfo")) -> str | None:
    """The processor's make and model: what Linux lists, elsewhere what Python knows."""
    try:
        for line in listed.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name" and value.strip():
                return _words(value)
    except OSError:
        pass
    return _words(platform.processor())


def vector_features() -> tuple[str, ...] | None:
    """Groups of vector instructions that numpy found here and may use beyond those it always
    does.
    """
    found = _numpy_part("SIMD Extensions").get("found")
    return tuple(str(name) for name in found) if isinstance(found, list) else None


def blas_library() -> str | None:
    """Name and version of the linear algebra that numpy was built with, such as ``scipy-openblas
    0.3.31``.
    """
    blas = _numpy_part("Build Dependencies").get("blas")
    if not isinstance(blas, dict):
        return None
    return _words(" ".join(str(blas[key]) for key in ("name", "version") if blas.get(key)))


def _numpy_part(name: str) -> dict[str, Any]:
    """Part of what numpy reports about itself; most of the rest are folders of the machine that built
    it.
    """
    import numpy as np

    listed: Any = np.show_config(mode="dicts")
    part = listed.get(name) if isinstance(listed, dict) else None
    return part if isinstance(part, dict) else {}


def lock_hash(root: Path | None = None) -> str | None:
    """SHA-256 of the lock file beside the code; None where the code was installed without it.

    It says which lock went with the code, not that it was followed: that is for the recorded
    versions to say.
    """
    from sim.results.files import file_hash

    root = root or Path(__file__).resolve().parent.parent.parent
    lock = root / _LOCK
    return file_hash(lock) if lock.is_file() and (root / "pyproject.toml").is_file() else None


def peak_memory() -> int | None:
    """Most bytes that this process has had in memory since it began, whatever it did; None where
    the system does not say.
    """
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(
        most if sys.platform == "darwin" else most * 1024
    )  # macOS counts bytes, Linux and the BSDs kibibytes


def _words(text: str) -> str | None:
    """Plain words in a line, or None where there are none."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain[:_MOST_LETTERS] or None


def _own_version() -> str:
    try:
        return version("tariffsim")
    except PackageNotFoundError:
        return "not installed"


def _git() -> Git | None:
    """Commit of the checkout that holds this code, and whether it is changed; None outside one."""
    package = Path(__file__).resolve().parent.parent
    if not (package.parent / ".git").exists():
        return None

    def ask(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(package.parent), *words],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        return done.stdout.strip()

    try:
        return Git(
            commit=ask("rev-parse", "HEAD"),
            dirty=bool(ask("status", "--porcelain", "--", "sim", "configs")),
        )
    except (OSError, subprocess.SubprocessError):
        return None


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was recorded, and what it may do."""

    name: str
    recorded: str
    now: str
    effect: str

    def __str__(self) -> str:
        return f"{self.name}: {self.recorded} recorded, {self.now} here ({self.effect})"


def changes(recorded: Environment, now: Environment) -> tuple[Change, ...]:
    """What differs between two environments (a manifest is one), the likeliest to matter first."""
    before, here = _facts(recorded), _facts(now)
    return tuple(
        Change(name, before.get(name, "nothing"), here.get(name, "nothing"), effect)
        for name, effect in _EFFECTS
        if before.get(name) != here.get(name)
        and _NOT_INSTALLED not in (before.get(name), here.get(name))
        and (name not in _LATER or (name in before and name in here))
    )


def promised(found: Sequence[Change], now: Environment) -> str | None:
    """The tier of identity promised between two environments that differ by ``found``; None under
    other rules.

    T0: same kind of machine and pinned versions; T1: another x86-64 Linux with them; T2: anything
    else.
    """
    names = {change.name for change in found}
    here = _facts(now)
    if names & {"rules", "version tariffsim"}:
        return None
    if names & {*_PINNED, "machine", "system"}:
        return T2
    if "libc" in names:
        return T1 if (here.get("system"), here.get("machine")) == ("Linux", "x86_64") else T2
    return T0


def check_version(recorded: Environment, now: Environment) -> None:
    """Refuse a result of other rules or of another version.

    Raises
    ------
    SimError
        With exit code 3; the cure names the commit or version that made it.
    """
    found = {change.name: change for change in changes(recorded, now)}
    for name in ("rules", "version tariffsim"):
        if name in found:
            made = _facts(recorded)
            by = (
                f"commit {made['commit']}"
                if "commit" in made
                else f"tariffsim {made.get('version tariffsim', '?')}"
            )
            raise SimError(
                f"made with other {'rules' if name == 'rules' else 'code'} than this version's",
                key=name,
                given=found[name].recorded,
                allowed=found[name].now,
                cure=f"use {by}, or --allow-version to see what differs",
                exit_code=MACHINE,
            )


def requirements(recorded: Environment) -> str:
    """The environment of a manifest as a requirements file: libraries pinned, Python and the rest
    in comments.

    Raises
    ------
    SimError
        A version in the manifest that is none.
    """
    flat = _facts(recorded)
    pins = []
    for name in _LIBRARIES:
        version = flat.get(f"version {name}")
        if version is None:
            continue
        if not _VERSION.fullmatch(version):
            raise SimError("not a version", key=f"manifest: versions.{name}", given=version)
        pins.append(f"{name}=={version}")
    places = " ".join(flat[name] for name in ("system", "machine", "libc") if name in flat)
    commit = f", commit {flat['commit']}" if "commit" in flat else ""
    return "\n".join(
        [
            f"# Python {_plain(flat.get('version python'))} on {_plain(places)}",
            f"# tariffsim {_plain(flat.get('version tariffsim'))}{commit}: install it from its repository, without dependencies",
            "# What these libraries need in turn: requirements/run.txt of that commit",
            *sorted(pins, key=str.lower),
            "",
        ]
    )


def _plain(text: str | None) -> str:
    return text if text and _WORD.fullmatch(text) else "(not recorded)"


def _facts(environment: Environment) -> dict[str, str]:
    """Names of ``_EFFECTS`` to what is recorded, as text; what is not recorded is left out."""
    machine, git = environment.platform, environment.git
    features = machine.vector_features
    facts = {
        "rules": environment.rules,
        "lock file": environment.lock,
        **{f"version {name}": value for name, value in environment.versions.items()},
        "system": machine.system,
        "machine": machine.machine,
        "libc": machine.libc,
        "processor": machine.processor,
        "blas": machine.blas,
        "vector features": None if features is None else " ".join(features) or "none",
    }
    if git is not None:
        facts["commit"] = git.commit if _COMMIT.fullmatch(git.commit) else None
        facts["uncommitted changes"] = "yes" if git.dirty else "no"
    return {name: value[:_MOST_LETTERS] for name, value in facts.items() if value}
