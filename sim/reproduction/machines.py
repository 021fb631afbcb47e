"""The environment a result was made in against the one at hand: what differs, what that may change, which tier is promised.

It compares what manifests record and measures nothing; versions and names of a manifest are a stranger's words and are checked before they
are repeated in a form that another program reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.config.errors import MACHINE, SimError

__all__ = ["T0", "T1", "T2", "Change", "changes", "check_version", "promised", "requirements"]

T0, T1, T2 = "T0", "T1", "T2"
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,40}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_NOT_INSTALLED = "not installed"  # a checkout that was never installed has no version; its rules still have a hash
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
_LATER = ("processor", "vector features", "blas", "lock file")  # manifests did not always have them: no difference then
_PINNED = tuple(name for name, _ in _EFFECTS if name.startswith("version "))
_LIBRARIES = tuple(
    name.removeprefix("version ") for name in _PINNED if name not in ("version tariffsim", "version python")
)


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was recorded, and what it may do."""

    name: str
    recorded: str
    now: str
    effect: str

    def __str__(self) -> str:
        return f"{self.name}: {self.recorded} recorded, {self.now} here ({self.effect})"


def changes(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two environments (parts of manifests), the likeliest to matter first."""
    before, here = _flat(recorded), _flat(now)
    return tuple(
        Change(name, before.get(name, "nothing"), here.get(name, "nothing"), effect)
        for name, effect in _EFFECTS
        if before.get(name) != here.get(name)
        and _NOT_INSTALLED not in (before.get(name), here.get(name))
        and (name not in _LATER or (name in before and name in here))
    )


def promised(found: Sequence[Change], now: Mapping[str, Any]) -> str | None:
    """The tier of identity promised between two environments that differ by ``found``; None under other rules.

    T0: same kind of machine and pinned versions; T1: another x86-64 Linux with them; T2: anything else.
    """
    names = {change.name for change in found}
    here = _flat(now)
    if names & {"rules", "version tariffsim"}:
        return None
    if names & {*_PINNED, "machine", "system"}:
        return T2
    if "libc" in names:
        return T1 if (here.get("system"), here.get("machine")) == ("Linux", "x86_64") else T2
    return T0


def check_version(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse a result of other rules or of another version.

    Raises
    ------
    SimError
        With exit code 3; the cure names the commit or version that made it.
    """
    found = {change.name: change for change in changes(recorded, now)}
    for name in ("rules", "version tariffsim"):
        if name in found:
            made = _flat(recorded)
            by = f"commit {made['commit']}" if "commit" in made else f"tariffsim {made.get('version tariffsim', '?')}"
            raise SimError(
                f"made with other {'rules' if name == 'rules' else 'code'} than this version's", key=name,
                given=found[name].recorded, allowed=found[name].now,
                cure=f"use {by}, or --allow-version to see what differs", exit_code=MACHINE,
            )  # fmt: skip


def requirements(recorded: Mapping[str, Any]) -> str:
    """The environment of a manifest as a requirements file: libraries pinned, Python and the rest in comments.

    Raises
    ------
    SimError
        A version in the manifest that is none.
    """
    flat = _flat(recorded)
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


def _flat(environment: Mapping[str, Any]) -> dict[str, str]:
    """Names of ``_EFFECTS`` to what is recorded, as text; what is not plain text is left out."""
    flat: dict[str, Any] = {"rules": environment.get("rules"), "lock file": environment.get("lock")}
    versions, platform, git = (environment.get(part) for part in ("versions", "platform", "git"))
    if isinstance(versions, Mapping):
        flat |= {f"version {name}": value for name, value in versions.items()}
    if isinstance(platform, Mapping):
        flat |= {name: platform.get(name) for name in ("system", "machine", "libc", "processor", "blas")}
        features = platform.get("vector_features")
        flat["vector features"] = " ".join(map(str, features)) or "none" if isinstance(features, list) else None
    if isinstance(git, Mapping):
        commit = git.get("commit")
        flat["commit"] = commit if isinstance(commit, str) and _COMMIT.fullmatch(commit) else None
        flat["uncommitted changes"] = "yes" if git.get("dirty") else "no"
    return {name: value[:80] for name, value in flat.items() if isinstance(value, str) and value}
