"""Results as folders and archives: what there is to reproduce at a path, and a result as one
archive fit for a data repository.

A path leads to the folder of a result, to a manifest alone, to a multirun with a result in each
job's folder, to an archive, to a report or to a scenario. The archive is RO-Crate 1.1 in a zip
file: only what the manifest lists goes in, unchanged, with the manifest and
``ro-crate-metadata.json``; nothing is compressed (tables and pictures are already) and no clock is
read, so the same result gives the same bytes. An archive from elsewhere is unpacked into a folder
of its own, within bounds, as regular files alone.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from sim.config.errors import DONE, MACHINE, SimError
from sim.config.locate import path_given
from sim.results.citation import address, authors
from sim.results.files import file_hash
from sim.results.folder import atomic_write
from sim.results.joint import JOB, JobRecord, job_bytes, read_job
from sim.results.manifest import (
    MULTIRUN,
    NAME,
    Manifest,
    changed_files,
    check_name,
    read_manifest,
    without_places,
)
from sim.results.record import record_in
from sim.results.regular import open_regular, reading
from sim.sweeps.store import PLAN

__all__ = [
    "CRATE",
    "Source",
    "Who",
    "failed_jobs",
    "is_multirun",
    "make_bundle",
    "make_hashed_bundle",
    "opened",
    "results_in",
    "unpack",
]

CRATE = "ro-crate-metadata.json"
MOST_FILES = 100_000
MOST_BYTES = 8_000_000_000
MOST_RATIO = 100
MOST_RESULTS = 10_000
_MOST_PAGE = 200_000_000
_KINDS = {
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
}
_CONTENTS = {
    "codebook.csv": "codebook: label and unit of every column of the tables",
    "runs.parquet": "one row per run; codebook.csv says what the columns are",
    "weeks.parquet": "one row per week; codebook.csv says what the columns are",
    "design.parquet": "one row per point of the design",
    "scenario.yaml": "every setting of the scenario",
    NAME: "what was computed, with what, and the hash of every file",
}
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_AUTHOR, _FOR, _MAKERS = "#author", "#organization", "#contributors"
_OPEN = "not stated: to be named before publishing"
_SPDX = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.+"
_BLOCK = 1 << 20
_LOCAL_HEADER = 30  # bytes before an entry's name, at the least


@dataclass(frozen=True)
class Source:
    """What a path leads to: a ``scenario`` file, or the ``manifests`` of results.

    ``alone`` where a manifest may have come without its result; ``container`` the folder that holds
    the results of many jobs, else None.
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
        Nothing there, or nothing that can be reproduced.
    """
    given = path_given(path, "reproduce")
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
        with tempfile.TemporaryDirectory(prefix="tariffsim-") as folder:
            unpack(given, Path(folder))
            yield replace(_folder(Path(folder), str(given)), path=given)
    else:
        raise SimError("nothing that can be reproduced", key=str(path), cure=_CURE)


def _folder(folder: Path, called: str = "") -> Source:
    places = results_in(folder, called)
    manifests = tuple(place / NAME for place in places)
    return Source(folder, manifests=manifests, container=None if places == [folder] else folder)


_CURE = "give the folder of a result, its manifest.json or report.html, a scenario.yaml, or the .zip of tariffsim bundle"


def _unpack_page(page: Path, folder: Path) -> None:
    """The record that a report carries, into an empty folder."""
    if page.stat().st_size > _MOST_PAGE:
        raise SimError("too large to be a report", key=str(page), allowed=f"{_MOST_PAGE:,} bytes")
    record = record_in(page.read_text(encoding="utf-8", errors="replace"))
    if record is None:
        raise SimError(
            "not a report of this simulator, or of an older version", key=str(page), cure=_CURE
        )
    archive = folder.with_name(f"{folder.name}.zip")
    try:
        archive.write_bytes(record)
        unpack(archive, folder)
    finally:
        archive.unlink(missing_ok=True)


def results_in(folder: Path, called: str = "") -> list[Path]:
    """The folders of results at ``folder``: itself, or, of a multirun, those directly below it in
    the order of their numbers.
    """
    if (folder / NAME).is_file() and not is_multirun(folder):
        return [folder]
    found = [place.parent for place in folder.glob(f"*/{NAME}") if place.is_file()]
    if not found:
        started = (folder / PLAN).is_file()
        cure = (
            f"a sweep that was stopped; to go on: tariffsim sweep resume={folder}"
            if started
            else _CURE
        )
        raise SimError(
            "no result here", key=called or str(folder), given=f"no {NAME} in it", cure=cure
        )
    if len(found) > MOST_RESULTS:
        raise SimError(
            "too many results",
            key=called or str(folder),
            given=len(found),
            allowed=f"{MOST_RESULTS:,}",
        )
    return sorted(
        found,
        key=lambda place: (
            (len(place.name), place.name) if place.name.isdecimal() else (0, place.name)
        ),
    )


def is_multirun(folder: Path) -> bool:
    """Whether the manifest of a folder is that of a multirun, whose results stand in folders
    below.
    """
    return (folder / NAME).is_file() and read_manifest(folder / NAME).verb == MULTIRUN


def failed_jobs(folder: Path) -> list[str]:
    """Jobs of a multirun that left no result, by the name of their folder."""
    failed = []
    for path in sorted(folder.glob(f"*/{JOB}")) if folder.is_dir() else ():
        with contextlib.suppress(SimError):
            if read_job(path).exit_code != DONE:
                failed.append(path.parent.name)
    return failed


class Who(NamedTuple):
    """Who answers for data: a person, and an organization with its address after its name."""

    author: str = ""
    organization: str = ""


NOBODY = Who()


def make_bundle(
    path: Path | str,
    out: Path | str | None = None,
    licence: str = "",
    author: str = "",
    organization: str = "",
) -> Path:
    """Write the archive of a result folder (of a run, a sweep or a multirun).

    Parameters
    ----------
    path
        The folder, or the manifest in it.
    out
        The archive; ``<folder>.zip`` beside the folder unless given.
    licence
        SPDX identifier under which the data are published, such as ``CC-BY-4.0``; left open unless
        given.
    author, organization
        Who made the runs and answers for the data; ``University of Here, https://example.org``.
        Left open unless given.

    Raises
    ------
    SimError
        No result there, a file that is not as the manifest says, or an archive of that name with
        other contents.
    """
    return make_hashed_bundle(path, out, licence, Who(author, organization))[0]


def make_hashed_bundle(
    path: Path | str, out: Path | str | None = None, licence: str = "", who: Who = NOBODY
) -> tuple[Path, str]:
    """What :func:`make_bundle` does; the archive, and the SHA-256 of its bytes."""
    folder = Path(path).parent if Path(path).is_file() else Path(path)
    if licence.strip(_SPDX):
        raise SimError(
            "not an SPDX identifier", key="license", given=licence, allowed="such as CC-BY-4.0"
        )
    places = results_in(folder)
    if is_multirun(folder):
        places = [folder, *places]
    found = {place.relative_to(folder).as_posix(): read_manifest(place / NAME) for place in places}
    files: dict[str, Path | bytes] = {}
    for inside, manifest in found.items():
        place = folder / inside
        changed = changed_files(place, manifest)
        if changed:
            cure = "bundle a result as it was made; tariffsim reproduce says what differs"
            raise SimError(
                "not as it was made", key=str(place), given="; ".join(changed), cure=cure
            )
        for name in (*manifest.files, NAME):
            files[(PurePosixPath(inside) / name).as_posix()] = place / name
    for job in sorted(folder.glob(f"*/{JOB}")) if places != [folder] else ():
        files[job.relative_to(folder).as_posix()] = job_bytes(_without_places(read_job(job)))
    files[CRATE] = _crate(files, found, licence, who)
    target = Path(out) if out else folder.resolve().with_name(f"{folder.resolve().name}.zip")
    return target, _write(files, target)


def _without_places(job: JobRecord) -> JobRecord:
    """What a job of a multirun left, without folders of somebody's machine; of a failure not the
    message, which may name one.
    """
    answer = job.answer if job.exit_code == DONE else "failed"
    return replace(job, overrides=tuple(without_places(job.overrides)), answer=answer)


def _write(files: Mapping[str, Path | bytes], target: Path) -> str:
    """The archive, whole or not at all, and its hash; one of the same bytes is left as it is."""
    if not target.parent.is_dir():
        raise SimError("no such folder", key="out", given=str(target.parent))
    with atomic_write(target) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted(files, key=lambda name: (name != CRATE, name)):
                info = zipfile.ZipInfo(name)
                info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
                given = files[name]
                info.file_size = len(given) if isinstance(given, bytes) else given.stat().st_size
                with archive.open(info, "w") as entry:
                    for block in _blocks(given):
                        entry.write(block)
        digest = file_hash(temporary)
        if os.path.lexists(target) and file_hash(target) != digest:
            raise SimError(
                "is there already, with other contents",
                key=str(target),
                cure="out=FILE.zip names another",
            )
    return digest


def _blocks(given: Path | bytes) -> Iterator[bytes]:
    """The bytes of a file, or those given, a few at a time."""
    if isinstance(given, bytes):
        yield given
        return
    with open_regular(given) as source:
        while True:
            with reading(given):  # what fails where the block is written has another name
                block = source.read(_BLOCK)
            if not block:
                return
            yield block


def _crate(
    files: Mapping[str, Path | bytes], found: Mapping[str, Manifest], licence: str, who: Who
) -> bytes:
    """RO-Crate metadata by the Process Run Crate profile, with one action a result: what ran, on
    what, and what came of it.
    """
    names, sums = sorted(files), _sums(found)
    software = _software(next(iter(found.values())))
    parties = _parties(who.author, who.organization)
    entities = [
        {**_entity(name, files[name]), **({"sha256": sums[name]} if name in sums else {})}
        for name in names
    ]
    actions = [
        {**_action(n, place, manifest, names), "instrument": {"@id": software["@id"]}}
        for n, (place, manifest) in enumerate(found.items())
    ]
    descriptor = {
        "@id": CRATE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    profile = {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": PurePosixPath(PROFILE).name,
    }
    about = [_root(list(found.values()), names, licence), profile, _licence(licence)]
    graph = [descriptor, *about, software, *parties, *actions, *entities]
    context = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
    return (
        json.dumps({"@context": context, "@graph": graph}, indent=1, ensure_ascii=False) + "\n"
    ).encode()


def _software(first: Manifest) -> dict[str, object]:
    """The program: by its address, or where it has none by the hash of its rules."""
    version = first.versions.get("tariffsim", "")
    where = address()
    return {
        "@id": f"{where}#{version}" if where else _named_information(first.rules),
        "@type": "SoftwareApplication",
        "name": "tariffsim",
        "softwareVersion": version,
        "author": {"@id": _MAKERS},
        **({"url": where} if where else {}),
    }


def _named_information(digest: str) -> str:
    """The URI of a SHA-256 (RFC 6920). A manifest may hold any text for one."""
    known = bytes.fromhex(digest) if re.fullmatch("[0-9a-f]{64}", digest) else b""
    return f"ni:///sha-256;{base64.urlsafe_b64encode(known).decode().rstrip('=')}"


def _parties(author: str, organization: str) -> list[dict[str, object]]:
    """Who made the runs, for whom, and who made the program."""
    name, _, where = organization.rpartition(" ")
    named = (name.rstrip(" ,"), where) if re.match("https?://", where) else (organization, "")
    party = {"@type": "Person" if author else "Organization", "name": author or _OPEN}
    return [
        {"@id": _AUTHOR, **party, "affiliation": {"@id": _FOR}},
        _organization(_FOR, *named),
        _organization(_MAKERS, ", ".join(authors()), address()),
    ]


def _organization(name: str, title: str, where: str) -> dict[str, object]:
    url = {"url": where} if where else {}
    return {"@id": name, "@type": "Organization", "name": title or _OPEN, **url}


def _licence(licence: str) -> dict[str, object]:
    return {
        "@id": f"https://spdx.org/licenses/{licence}" if licence else "#licence",
        "@type": "CreativeWork",
        "name": licence or _OPEN,
    }


def _links(names: Iterable[str]) -> dict[str, str] | list[dict[str, str]]:
    """References to entities: one is not a list of one (RO-Crate 1.1, *Compacted*)."""
    links = [{"@id": name} for name in names]
    return links[0] if len(links) == 1 else links


def _root(manifests: Sequence[Manifest], names: Sequence[str], licence: str) -> dict[str, object]:
    """The data set as a whole, described by its first result."""
    first = manifests[0]
    title = str(first.scenario.get("title") or first.scenario.get("name") or "A result")
    about = f"A result of the tariff-truce simulator; to reproduce it: tariffsim reproduce FILE.zip. {first.scenario.get('about', '')}"
    return {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": PROFILE},
        "name": title if len(manifests) == 1 else f"{title} and {len(manifests) - 1} more",
        "citation": first.citation,
        "description": about.strip(),
        "datePublished": first.ended[:10],
        "license": {"@id": _licence(licence)["@id"]},
        "author": {"@id": _AUTHOR},
        "publisher": {"@id": _FOR},
        "hasPart": _links(names),
        "mentions": _links(f"#run-{n}" for n in range(len(manifests))),
    }


def _sums(found: Mapping[str, Manifest]) -> dict[str, str]:
    """SHA-256 by name, from the manifests that list them."""
    return {
        (PurePosixPath(place) / name).as_posix(): entry.sha256
        for place, manifest in found.items()
        for name, entry in manifest.files.items()
    }


def _entity(name: str, given: Path | bytes) -> dict[str, object]:
    size = len(given) if isinstance(given, bytes) else given.stat().st_size
    kind = _KINDS.get(PurePosixPath(name).suffix, "application/octet-stream")
    what = _CONTENTS.get(PurePosixPath(name).name)
    return {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": kind,
        "contentSize": str(size),
        **({"description": what} if what else {}),
    }


def _action(number: int, inside: str, manifest: Manifest, names: list[str]) -> dict[str, object]:
    place = "" if inside == "." else f"{inside}/"
    results = [
        name
        for name in names
        if name.startswith(place)
        and name.removeprefix(place) in manifest.files
        and name.endswith((".parquet", ".png", ".svg", ".html", ".csv"))
    ]
    return {
        "@id": f"#run-{number}",
        "@type": "CreateAction",
        "name": f"{manifest.verb} of {manifest.name}",
        "description": f"tariffsim {manifest.verb} with the settings that {place}{NAME} records",
        "startTime": manifest.started,
        "endTime": manifest.ended,
        "agent": {"@id": _AUTHOR},
        "object": _links(
            name for name in names if name in (f"{place}scenario.yaml", f"{place}design.parquet")
        ),
        "result": _links(results),
    }


def unpack(archive: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Unpack a bundle into an empty ``folder``: regular files below it and nothing else.

    Raises
    ------
    SimError
        Not a zip file, broken, too large, or with an entry that is anything but a plain file in its
        place.
    """
    key = str(archive)
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            _check_entries(entries, key, most_bytes)
            if sum(entry.file_size for entry in entries) > shutil.disk_usage(folder).free:
                raise SimError(
                    "no room to unpack it", key=key, cure="free some space", exit_code=MACHINE
                )
            for entry in entries:
                _unpack_entry(opened, entry, folder / entry.filename, key)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        FileExistsError,
        NotADirectoryError,
    ) as error:
        raise SimError("not a readable archive", key=key, given=str(error).split("\n")[0]) from None


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, key: str) -> None:
    """One file, no longer than the archive's directory says: it was that which was held against the
    bounds.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, open(target, "xb") as file:
        while block := source.read(min(_BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                raise SimError("holds more than it says", key=key, given=entry.filename)
            file.write(block)


def _check_entries(entries: list[zipfile.ZipInfo], key: str, most_bytes: int) -> None:
    if len(entries) > MOST_FILES:
        raise SimError("too many files", key=key, given=len(entries), allowed=f"{MOST_FILES:,}")
    seen: set[str] = set()
    for entry in entries:
        check_name(entry.filename, key)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise SimError("holds something other than plain files", key=key, given=entry.filename)
        if entry.flag_bits & 1:
            raise SimError("is encrypted", key=key, given=entry.filename)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SimError(
                "compressed in an unknown way",
                key=key,
                given=entry.filename,
                allowed="stored, deflated",
            )
        if entry.filename.casefold() in seen:
            raise SimError("holds a name twice", key=key, given=entry.filename)
        seen.add(entry.filename.casefold())
    _check_overlaps(entries, key)
    unpacked, packed = (
        sum(entry.file_size for entry in entries),
        sum(entry.compress_size for entry in entries),
    )
    if unpacked > min(most_bytes, MOST_RATIO * max(packed, 10_000)):
        allowed = f"{most_bytes:,} bytes, and {MOST_RATIO} times what it is packed"
        raise SimError(
            "unpacks to too much",
            key=key,
            given=f"{unpacked:,} bytes from {packed:,}",
            allowed=allowed,
        )


def _check_overlaps(entries: list[zipfile.ZipInfo], key: str) -> None:
    """Refuse entries that share bytes: a few of them can then unpack to any size, while each alone
    looks harmless.
    """
    before = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < before:
            raise SimError("holds entries that overlap", key=key, given=entry.filename)
        before = (
            entry.header_offset + _LOCAL_HEADER + len(entry.filename.encode()) + entry.compress_size
        )
