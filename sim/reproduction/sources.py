"""What there is to reproduce at a path, and whether its files are as they were made.

A path leads to the folder of a result, to a manifest alone, to a multirun with a result in each job's folder, to a bundle or to a scenario. The
names in a manifest are a stranger's words: only plain files below its own folder are ever opened for them.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from sim.config.errors import SimError
from sim.results.files import file_hash
from sim.results.manifest import NAME, read_manifest

__all__ = ["JOB", "Source", "check_name", "failed_jobs", "file_troubles", "is_multirun", "opened", "results_in"]

JOB = "job.json"
MOST_RESULTS = 10_000
_MOST_FILES = 1_000_000
_MOST_JOB = 1_000_000
_MOST_PAGE = 200_000_000
MULTIRUN = "multirun"


@dataclass(frozen=True)
class Source:
    """What a path leads to: a ``scenario`` file, or the ``manifests`` of results.

    ``alone`` where a manifest may have come without its result; ``container`` the folder that holds the results of many jobs, else None.
    """

    path: Path
    scenario: Path | None = None
    manifests: tuple[Path, ...] = ()
    alone: bool = False
    container: Path | None = None


@contextlib.contextmanager
def opened(path: Path | str) -> Iterator[Source]:
    """What is at ``path``; a bundle is unpacked for as long as the block lasts.

    Raises
    ------
    SimError
        Nothing there, or nothing that can be made again.
    """
    given = Path(path)
    try:
        there, is_file = given.exists(), given.is_file()
    except (OSError, ValueError):
        there, is_file = False, False
    if not there:
        raise SimError("no such file or folder", key=str(path), cure=_CURE)
    if not is_file:
        yield _folder(given)
    elif given.suffix in (".yaml", ".yml"):
        yield Source(given, scenario=given)
    elif given.suffix == ".json":
        many = given.name == NAME and is_multirun(given.parent)
        yield _folder(given.parent) if many else Source(given, manifests=(given,), alone=True)
    elif given.suffix == ".parquet":
        yield _folder(given.parent if (given.parent / NAME).is_file() else given.parent.parent)
    elif given.suffix in (".html", ".htm"):
        with tempfile.TemporaryDirectory(prefix="tariffsim-") as folder:
            _unpack_page(given, Path(folder))
            yield replace(_folder(Path(folder), str(given)), path=given, alone=True)
    elif given.suffix == ".zip":
        from sim.reproduction.bundle import unpack

        with tempfile.TemporaryDirectory(prefix="tariffsim-") as folder:
            unpack(given, Path(folder))
            yield replace(_folder(Path(folder), str(given)), path=given)
    else:
        raise SimError("nothing that can be made again", key=str(path), cure=_CURE)


def _folder(folder: Path, called: str = "") -> Source:
    places = results_in(folder, called)
    manifests = tuple(place / NAME for place in places)
    return Source(folder, manifests=manifests, container=None if places == [folder] else folder)


_CURE = (
    "give the folder of a result, its manifest.json or report.html, a scenario.yaml, or the .zip of tariffsim bundle"
)


def _unpack_page(page: Path, folder: Path) -> None:
    """The record that a report carries, into an empty folder."""
    from sim.reproduction.bundle import unpack
    from sim.results.record import record_in

    if page.stat().st_size > _MOST_PAGE:
        raise SimError("too large to be a report", key=str(page), allowed=f"{_MOST_PAGE:,} bytes")
    record = record_in(page.read_text(encoding="utf-8", errors="replace"))
    if record is None:
        raise SimError("not a report of this simulator, or of an older version", key=str(page), cure=_CURE)
    archive = folder.with_name(f"{folder.name}.zip")
    try:
        archive.write_bytes(record)
        unpack(archive, folder)
    finally:
        archive.unlink(missing_ok=True)


def results_in(folder: Path, called: str = "") -> list[Path]:
    """The folders of results at ``folder``: itself, or, of a multirun, those directly below it in the order of their numbers."""
    if (folder / NAME).is_file() and not is_multirun(folder):
        return [folder]
    found = [place.parent for place in folder.glob(f"*/{NAME}") if place.is_file()]
    if not found:
        begun = (folder / "plan.json").is_file()
        cure = f"a sweep that was stopped; to go on: tariffsim sweep resume={folder}" if begun else _CURE
        raise SimError("no result here", key=called or str(folder), given=f"no {NAME} in it", cure=cure)
    if len(found) > MOST_RESULTS:
        raise SimError("too many results", key=called or str(folder), given=len(found), allowed=f"{MOST_RESULTS:,}")
    return sorted(found, key=lambda place: (len(place.name), place.name) if place.name.isdecimal() else (0, place.name))


def is_multirun(folder: Path) -> bool:
    """Whether the manifest of a folder is that of a multirun, whose results stand in folders below."""
    return (folder / NAME).is_file() and read_manifest(folder / NAME)["verb"] == MULTIRUN


def failed_jobs(folder: Path) -> list[str]:
    """Jobs of a multirun that left no result, by the name of their folder."""
    failed = []
    for told in sorted(folder.glob(f"*/{JOB}")) if folder.is_dir() else ():
        with contextlib.suppress(ValueError, OSError, RecursionError):
            job = json.loads(told.read_text(encoding="utf-8")[:_MOST_JOB])
            if isinstance(job, dict) and job.get("exit_code") != 0:
                failed.append(told.parent.name)
    return failed


def check_name(name: str, key: str) -> None:
    """Refuse a name that is not that of a file below its folder, on any system."""
    path = PurePosixPath(name)
    plain = name.isprintable() and "\\" not in name and ":" not in name and len(name) <= 500
    if not plain or path.is_absolute() or not path.parts or ".." in path.parts or path.as_posix() != name:
        raise SimError("a name that leads elsewhere", key=key, given=name, allowed="plain files in the folder itself")


def file_troubles(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Files of a result that are not as the manifest says, each in a few words.

    Raises
    ------
    SimError
        A manifest that names anything but files below its own folder.
    """
    files, key = manifest["files"], f"{folder / NAME}: files"
    if len(files) > _MOST_FILES:
        raise SimError("too many files", key=key, given=len(files), allowed=f"{_MOST_FILES:,}")
    troubles = []
    for name, entry in files.items():
        check_name(name, key)
        if not isinstance(entry, dict) or not isinstance(entry.get("sha256"), str):
            raise SimError("incomplete manifest", key=key, given=name)
        trouble = _trouble(folder, name, entry)
        if trouble:
            troubles.append(f"{name} {trouble}")
    inside = (path.relative_to(folder).as_posix() for path in sorted(folder.glob("runs/*.parquet")))
    return [*troubles, *(f"{name} is not in the manifest" for name in inside if name not in files)]


def _trouble(folder: Path, name: str, entry: Mapping[str, Any]) -> str:
    path = folder / name
    if os.path.realpath(path) != os.path.join(os.path.realpath(folder), *PurePosixPath(name).parts):
        return "is a link to somewhere else"
    if not path.is_file():
        return "is missing"
    if path.stat().st_size != entry.get("bytes", path.stat().st_size) or file_hash(path) != entry["sha256"]:
        return "was changed"
    return ""
